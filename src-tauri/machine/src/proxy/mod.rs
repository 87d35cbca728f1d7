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
pub use linux::abilities;
#[cfg(target_os = "macos")]
pub use macos::abilities;
#[cfg(target_os = "windows")]
pub use windows::abilities;

pub use tunnel::explained;

use crate::transport::{Retry, TransportError};
use helper_core::input::Failure;
use helper_core::policy::Proxy;
use hyper_util::client::proxy::matcher::Matcher;

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
        Proxy::System => named_by_system(&Matcher::from_system(), address),
    }
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
            let matcher = Matcher::from_system();
            Ok(builder.proxy(reqwest::Proxy::custom(move |url| named_by_system(&matcher, url.as_str()))))
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
    fn policy_leaves_nothing_to_the_environment() {
        assert_eq!(proxy_for(&Proxy::None, "https://mirror.example/m"), None);
        let named = Proxy::Address("http://proxy.example:3128".into());
        assert_eq!(proxy_for(&named, "https://mirror.example/m").as_deref(), Some("http://proxy.example:3128"));
    }
}
