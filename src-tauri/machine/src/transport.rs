//! Bytes over HTTP, and what a failure of it means.

use crate::{proxy, tls};
use helper_core::input::Failure;
use helper_core::policy::Proxy;
use std::error::Error;
use std::io::{self, ErrorKind};
use std::time::Duration;

/// How long connecting may take (TRUST.md 5.4).
pub const CONNECT_LIMIT: Duration = Duration::from_secs(15);
/// How long nothing may arrive before a connection is given up.
pub const SILENCE_LIMIT: Duration = Duration::from_secs(30);
/// How many redirects are followed, never from https to http.
const MAX_REDIRECTS: usize = 5;

/// A failed transfer: its class decides, its words are for the log.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct TransportError {
    /// What it means.
    pub failure: Failure,
    message: String,
}

impl TransportError {
    /// A failure with words for the log.
    pub fn new(failure: Failure, message: impl Into<String>) -> Self {
        Self { failure, message: message.into() }
    }

    /// Sorts what the HTTP client said.
    pub fn of(error: &reqwest::Error) -> Self {
        let mut message = error.to_string();
        for inner in layers(error).skip(1) {
            // What wraps another error says the same, in the words of its debugger.
            let is_wrapper = inner.downcast_ref::<io::Error>().is_some_and(|io| io.get_ref().is_some());
            if !is_wrapper {
                message.push_str(": ");
                message.push_str(&inner.downcast_ref().map_or_else(|| inner.to_string(), tls::words));
            }
        }
        Self { failure: class_of(error, &message), message }
    }

    /// Sorts an HTTP status that is no success; `None` for a success.
    pub fn of_status(status: reqwest::StatusCode, address: &str) -> Option<Self> {
        let failure = match status.as_u16() {
            200 | 206 => return None,
            404 | 410 => Failure::NotFound,
            407 => Failure::ProxySignIn,
            511 => Failure::SignInPage,
            401 | 403 | 451 => Failure::Blocked,
            _ => Failure::ServerFault,
        };
        Some(Self::new(failure, format!("{address} answered {status}")))
    }
}

/// The error and everything below it. TLS errors come wrapped in an input/output error or two, whose own `source` passes
/// over what they wrap.
fn layers<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| {
        let error: &'a (dyn Error + 'static) = *error;
        match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        }
    })
}

fn class_of(error: &reqwest::Error, message: &str) -> Failure {
    for inner in layers(error) {
        if let Some(error) = inner.downcast_ref::<rustls::Error>() {
            return tls::failure_of(error);
        }
        if let Some(io) = inner.downcast_ref::<io::Error>() {
            match io.kind() {
                ErrorKind::NetworkUnreachable | ErrorKind::NetworkDown => return Failure::Offline,
                // In the middle of a body the client calls these "decoding", but it is the line that broke.
                ErrorKind::ConnectionReset
                | ErrorKind::ConnectionAborted
                | ErrorKind::BrokenPipe
                | ErrorKind::UnexpectedEof
                | ErrorKind::TimedOut => return Failure::Unreachable,
                _ => {}
            }
        }
    }
    if error.is_timeout() {
        return Failure::Unreachable;
    }
    if error.is_redirect() || error.is_decode() {
        return Failure::ServerFault;
    }
    // The tunnel's answer is only told in words.
    if message.contains("407") || message.contains("proxy authorization required") {
        return Failure::ProxySignIn;
    }
    if message.contains("tunnel error: unsuccessful") {
        return Failure::Blocked;
    }
    if error.is_connect() && message.contains("dns error") && !any_interface_is_up() {
        return Failure::Offline;
    }
    Failure::Unreachable
}

/// Is there any network but the PC's own?
#[cfg(target_os = "linux")]
fn any_interface_is_up() -> bool {
    // `operstate` of sysfs: "up", or "unknown" for devices that cannot tell.
    let Ok(interfaces) = std::fs::read_dir("/sys/class/net") else { return true };
    interfaces.flatten().filter(|interface| interface.file_name() != "lo").any(|interface| {
        std::fs::read_to_string(interface.path().join("operstate"))
            .is_ok_and(|state| matches!(state.trim(), "up" | "unknown"))
    })
}

#[cfg(not(target_os = "linux"))]
fn any_interface_is_up() -> bool {
    true
}

/// An HTTP client with the product's rules: this way to the mirrors, the system's certificate store, no compression, few
/// redirects, no cookies, no total time limit on bodies.
///
/// # Errors
/// [`TransportError`] when the proxy's address is none.
pub fn client(proxy: &Proxy) -> Result<reqwest::Client, TransportError> {
    let tls = tls::config().map_err(|error| TransportError::new(Failure::TlsRefused, error.to_string()))?;
    let redirects = reqwest::redirect::Policy::custom(|attempt| {
        let downgrade = attempt.url().scheme() == "http"
            && attempt.previous().last().is_some_and(|previous| previous.scheme() == "https");
        if downgrade {
            attempt.error("redirect from https to http")
        } else if attempt.previous().len() > MAX_REDIRECTS {
            attempt.error("too many redirects")
        } else {
            attempt.follow()
        }
    });
    let builder = reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .user_agent(concat!("support-helper/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT_LIMIT)
        .read_timeout(SILENCE_LIMIT)
        .redirect(redirects)
        .http1_only();
    proxy::on(builder, proxy)?.build().map_err(|error| TransportError::of(&error))
}

/// Runs one piece of network work to its end on the calling thread. No thread or timer outlives it.
///
/// # Errors
/// [`TransportError`] when the runtime cannot be made.
pub fn block_on<T>(work: impl Future<Output = T>) -> Result<T, TransportError> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map(|runtime| runtime.block_on(work))
        .map_err(|error| TransportError::new(Failure::ServerFault, format!("no runtime: {error}")))
}
