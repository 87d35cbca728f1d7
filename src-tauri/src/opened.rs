//! What macOS tells a program that runs already: links of its scheme, and that somebody opened it once more. Other systems start a
//! second process for that, which hands its wish over.

use helper_core::intent::Intent;
use tauri::RunEvent;

/// The wishes in an event. `scheme` is the one of our links; a link that the command line would refuse is refused here as well.
#[cfg(target_os = "macos")]
pub fn wishes(event: &RunEvent, scheme: &str) -> Vec<Intent> {
    match event {
        RunEvent::Opened { urls } => urls.iter().filter_map(|url| wish_of(url.as_str(), scheme)).take(1).collect(),
        RunEvent::Reopen { has_visible_windows: false, .. } => vec![Intent::OpenWindow],
        _ => Vec::new(),
    }
}

/// Nothing.
#[cfg(not(target_os = "macos"))]
pub const fn wishes(_: &RunEvent, _: &str) -> Vec<Intent> {
    Vec::new()
}

#[cfg(any(target_os = "macos", test))]
fn wish_of(link: &str, scheme: &str) -> Option<Intent> {
    match helper_core::link::read(link, scheme) {
        Ok(person) => Some(Intent::Called { person }),
        Err(error) => {
            tracing::warn!(%error, "a link is not followed");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use helper_core::person::Person;

    #[test]
    fn a_link_wishes_what_it_wishes_on_the_command_line() {
        let person = Person { name: "x".into(), ..Person::default() };
        let wished = wish_of("edgenext-support://start?name=x", "edgenext-support");
        assert_eq!(wished, Some(Intent::Called { person }));
        assert_eq!(wish_of("edgenext-support://quit", "edgenext-support"), None);
        assert_eq!(wish_of("file:///etc/passwd", "edgenext-support"), None);
    }

    /// Launch Services reads it there; `brand.toml` is what a vendor edits.
    #[test]
    fn the_bundles_description_names_the_brands_scheme() {
        let brand: serde_json::Value =
            serde_json::from_str(include_str!(concat!(env!("OUT_DIR"), "/brand.json"))).unwrap();
        let text = |name: &str| brand[name].as_str().unwrap().to_owned();
        let plist = include_str!("../Info.plist");
        let after = |key: &str| plist.split(&format!("<key>{key}</key>")).nth(1).unwrap().trim_start().to_owned();
        let schemes = after("CFBundleURLSchemes");
        let list = schemes.split("</array>").next().unwrap();
        assert_eq!(list.matches("<string>").count(), 1);
        assert!(list.contains(&format!("<string>{}</string>", text("link_scheme"))));
        assert!(after("CFBundleURLName").starts_with(&format!("<string>{}</string>", text("identifier"))));
        assert!(after("LSUIElement").starts_with("<true/>"), "no Dock icon flashes up at login");
        let config: serde_json::Value = serde_json::from_str(include_str!("../tauri.conf.json")).unwrap();
        assert_eq!(config["identifier"], text("identifier"), "managed preferences and the login entry go by it");
    }
}
