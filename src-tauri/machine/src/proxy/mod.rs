//! The way to the mirrors: straight, through the proxy that policy names, or through the one that environment or system
//! name (SPEC I3; TRUST.md 5.4, 8).
//!
//! No proxy is ever sent a user or a password: policy may not hold one, and what stands in an environment variable was not
//! meant for whatever that variable names today (TRUST.md 6.2, "malicious proxy").

mod tunnel;

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "windows")]
mod windows;

#[cfg(target_os = "linux")]
pub use linux::{abilities, script};
#[cfg(target_os = "macos")]
pub use macos::{abilities, script};
#[cfg(target_os = "windows")]
pub use windows::{abilities, script};

pub use tunnel::explained;
pub(crate) use tunnel::{ask, status_of, values};

use crate::transport::{Retry, TransportError};
use helper_core::input::Failure;
use helper_core::policy::Proxy;
use hyper_util::client::proxy::matcher::Matcher;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Something that this system does not offer, or that is not written for it; why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not available here: {0}")]
pub struct NotHere(pub &'static str);

/// What of the system's own settings can be followed.
#[derive(Clone, Copy, Debug)]
pub struct Abilities {
    /// A proxy that a person or an administrator entered in the system's settings.
    pub entered: Result<(), NotHere>,
    /// A proxy that a script names for every address (PAC, WPAD).
    pub scripted: Result<(), NotHere>,
}

/// The environment variables that the HTTP client follows, the first that is set wins per scheme.
const VARIABLES: [&str; 6] = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];

/// The environment variable that names a proxy, if one does.
pub fn variable() -> Option<&'static str> {
    VARIABLES.into_iter().find(|name| std::env::var(name).is_ok_and(|value| !value.trim().is_empty()))
}

/// The proxy that a request to this address goes through, without user and password; `None` for a straight connection.
pub fn proxy_for(choice: &Proxy, address: &str) -> Option<String> {
    match choice {
        Proxy::None => None,
        Proxy::Address(proxy) => Some(proxy.clone()),
        Proxy::System => Way::of_system().to(address),
    }
}

/// The way that environment and system name: the environment alone if it names a proxy, else what was entered in the system's settings,
/// else what their script says.
struct Way {
    matcher: Matcher,
    settings_count: bool,
    /// What settings and script said about a host, for as long as this way is used: asking again takes time.
    said: Mutex<HashMap<String, Option<String>>>,
}

impl Way {
    fn of_system() -> Self {
        Self { matcher: Matcher::from_system(), settings_count: variable().is_none(), said: Mutex::default() }
    }

    fn to(&self, address: &str) -> Option<String> {
        let named = named_by_system(&self.matcher, address);
        if named.is_some() || !self.settings_count {
            return named;
        }
        let host = address.split_once("://").map_or(address, |(_, rest)| rest).split(['/', '?', '#']).next();
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        said.entry(host.unwrap_or_default().to_owned()).or_insert_with(|| by_settings(address)).clone()
    }
}

#[cfg(target_os = "windows")]
use windows::by_settings;

/// There is nothing that the HTTP client's rules do not see.
#[cfg(not(target_os = "windows"))]
fn by_settings(_: &str) -> Option<String> {
    None
}

/// This proxy, unless the address is one of those that go straight (`*.inside.example;10.*;<local>`, Microsoft: "Proxy bypass list").
#[cfg(any(target_os = "windows", test))]
fn unless_excepted(proxy: String, except: Option<&str>, address: &str) -> Option<String> {
    let except = except.unwrap_or_default().replace(';', ",").replace("*.", "");
    named_by_system(&Matcher::builder().all(proxy).no(except).build(), address)
}

fn named_by_system(matcher: &Matcher, address: &str) -> Option<String> {
    let proxy = matcher.intercept(&address.parse().ok()?)?;
    // The address alone: who it is and a password, if the variable holds them, stay here.
    Some(proxy.uri().to_string())
}

/// Gives the client its way.
///
/// # Errors
/// [`TransportError`] when the proxy's address is none.
pub(crate) fn on(builder: reqwest::ClientBuilder, choice: &Proxy) -> Result<reqwest::ClientBuilder, TransportError> {
    match choice {
        Proxy::None => Ok(builder.no_proxy()),
        Proxy::Address(address) => {
            let proxy = reqwest::Proxy::all(address).map_err(|error| {
                TransportError::new(
                    Failure::Unreachable,
                    Retry::Never,
                    format!("{address} is no proxy's address: {error}"),
                )
            })?;
            Ok(builder.proxy(proxy))
        }
        Proxy::System => {
            let way = Way::of_system();
            Ok(builder.proxy(reqwest::Proxy::custom(move |url| way.to(url.as_str()))))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environments_password_stays_here() {
        let matcher = Matcher::builder().all("http://user:s3cret@proxy.example:3128").no("inside.example").build();
        assert_eq!(
            named_by_system(&matcher, "https://mirror.example/m").as_deref(),
            Some("http://proxy.example:3128/")
        );
        assert_eq!(named_by_system(&matcher, "https://inside.example/m"), None);
    }

    #[test]
    fn what_is_excepted_goes_straight() {
        let way = |address| unless_excepted("http://a:80".into(), Some("*.inside.example;10.0.0.1"), address);
        assert_eq!(way("https://mirror.example/m").as_deref(), Some("http://a:80/"));
        assert_eq!((way("https://x.inside.example/m"), way("http://10.0.0.1/")), (None, None));
    }

    #[test]
    fn policy_leaves_nothing_to_the_environment() {
        assert_eq!(proxy_for(&Proxy::None, "https://mirror.example/m"), None);
        let named = Proxy::Address("http://proxy.example:3128".into());
        assert_eq!(proxy_for(&named, "https://mirror.example/m").as_deref(), Some("http://proxy.example:3128"));
    }
}
