//! Linux: the environment is the only setting that belongs to the system; desktops keep theirs to themselves.

use super::{Abilities, NotHere};
use helper_core::proxy_list::gnome_text;
use std::process::{Command, Stdio};

/// What of the system's settings can be followed.
pub const fn abilities() -> Abilities {
    Abilities {
        entered: Err(NotHere(
            "each desktop keeps its own; set it by policy, or for everybody in /etc/environment (https_proxy, no_proxy)",
        )),
        scripted: Err(NotHere("Linux has nothing of its own that runs proxy scripts (PAC); set the proxy by policy")),
    }
}

/// The script that the desktop is set to, for telling people why nothing is reached. Blocks.
pub fn script() -> Option<String> {
    let ask = |key: &str| {
        let words = ["get", "org.gnome.system.proxy", key];
        let asked = Command::new("/usr/bin/gsettings").args(words).stdin(Stdio::null()).output();
        let answer = asked.ok().filter(|answer| answer.status.success())?;
        gnome_text(&String::from_utf8_lossy(&answer.stdout))
    };
    ask("mode").filter(|mode| mode == "auto")?;
    // Without an address it is searched for.
    Some(ask("autoconfig-url").unwrap_or_else(|| "WPAD".to_owned()))
}
