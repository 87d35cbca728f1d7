//! Bytes from a web server or a folder, and what a failure of it means.

mod folder;
mod http;

pub use folder::FolderTransport;
pub use http::HttpTransport;

use crate::fetch::Span;
use crate::network::any_interface_is_up;
use crate::{clock, proxy, tls};
use bytes::Bytes;
use helper_core::input::Failure;
use helper_core::policy::Proxy;
use jiff::fmt::rfc2822::DateTimeParser;
use std::error::Error;
use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::time::Duration;

/// How long connecting may take (TRUST.md 5.4).
pub const CONNECT_LIMIT: Duration = Duration::from_secs(15);
/// How long nothing may arrive before a connection is given up.
pub const SILENCE_LIMIT: Duration = Duration::from_secs(30);
/// How many redirects are followed, never from https to http.
const MAX_REDIRECTS: usize = 5;

/// How long work that cannot be interrupted (a name that is looked up, a share that does not answer) is waited for at the end.
const PARTING: Duration = Duration::from_millis(100);

/// A way to a file that signed metadata names. What comes is believed by its hash only.
pub trait Transport: Send + Sync + std::fmt::Debug {
    /// Asks for a run of bytes, not empty, of a file of `length` bytes.
    ///
    /// Errors: [`TransportError`] when it cannot be had, or is not exactly what was asked for.
    fn open(&self, span: Span, length: u64) -> Opening<'_>;
}

/// A request on its way to its answer.
pub type Opening<'a> = Pin<Box<dyn Future<Output = Result<Answer, TransportError>> + Send + 'a>>;

/// A chunk on its way; `None` at the end.
pub type Chunk<'a> = Pin<Box<dyn Future<Output = Result<Option<Bytes>, TransportError>> + Send + 'a>>;

/// Bytes of a file that are about to come.
pub struct Answer {
    /// The first byte that comes: what was asked for, or 0 from a server that ignores ranges and sends the whole file.
    pub from: u64,
    /// The bytes.
    pub body: Box<dyn Body>,
}

/// Bytes in their order.
pub trait Body: Send {
    /// The next ones. Errors: [`TransportError`] when the line breaks.
    fn chunk(&mut self) -> Chunk<'_>;
}

/// Is it worth asking the same source again?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// No: the answer would be the same.
    Never,
    /// Once: it was nonsense, and may have been an accident.
    Once,
    /// After pauses that grow: a line or a server that is down for a while.
    BackOff,
    /// Not before so many seconds, as it said itself (RFC 9110, 10.2.3).
    After(u32),
}

/// A failed transfer: its class decides, its words are for the log.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct TransportError {
    /// What it means.
    pub failure: Failure,
    /// Whether it is worth trying again.
    pub retry: Retry,
    message: String,
}

impl TransportError {
    /// A failure with words for the log.
    pub fn new(failure: Failure, retry: Retry, message: impl Into<String>) -> Self {
        Self { failure, retry, message: message.into() }
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
        let failure = class_of(error, &message);
        let retry = match failure {
            Failure::Offline | Failure::Unreachable => Retry::BackOff,
            Failure::ServerFault if !error.is_redirect() => Retry::Once,
            _ => Retry::Never,
        };
        Self { failure, retry, message }
    }

    /// Sorts an answer that is no success, with what it says about coming back; `None` for a success.
    pub fn of_response(response: &reqwest::Response, address: &str) -> Option<Self> {
        let error = Self::of_status(response.status(), address)?;
        let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok());
        match (response.status().as_u16(), header("retry-after")) {
            (429 | 503, Some(wish)) => match seconds_until(wish, header("date")) {
                Some(seconds) => Some(Self { failure: Failure::Busy(seconds), retry: Retry::After(seconds), ..error }),
                None => Some(error),
            },
            _ => Some(error),
        }
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
        let retry = match status.as_u16() {
            408 | 425 | 429 | 500..=599 if status.as_u16() != 511 => Retry::BackOff,
            _ => Retry::Never,
        };
        Some(Self::new(failure, retry, format!("{address} answered {status}")))
    }
}

/// Seconds of a `Retry-After`, at most a day: a number, or a date, counted from the answer's own `Date` because this PC's
/// clock may be wrong.
fn seconds_until(wish: &str, date: Option<&str>) -> Option<u32> {
    const DAY: i64 = 86_400;
    let parser = DateTimeParser::new();
    let seconds = match wish.trim().parse::<u64>() {
        Ok(seconds) => i64::try_from(seconds).unwrap_or(DAY),
        Err(_) => {
            let then = parser.parse_timestamp(wish.trim()).ok()?;
            let now = date.and_then(|date| parser.parse_timestamp(date.trim()).ok()).unwrap_or_else(clock::wall);
            then.as_second() - now.as_second()
        }
    };
    u32::try_from(seconds.clamp(0, DAY)).ok()
}

/// The error and everything below it. TLS errors come wrapped in an input/output error or two, whose own `source` passes
/// over what they wrap.
pub(crate) fn layers<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
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
    // The tunnel's answer is only told in words. They have spaces: no address in the message can hold them, as it can hold a number.
    if message.contains("tunnel error: proxy authorization required") {
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

/// An HTTP client with the product's rules: this way to the mirrors, the system's certificate store, no compression, few
/// redirects, no cookies, no total time limit on bodies.
///
/// # Errors
/// [`TransportError`] when the proxy's address is none.
pub fn client(proxy: &Proxy) -> Result<reqwest::Client, TransportError> {
    let tls =
        tls::config().map_err(|error| TransportError::new(Failure::TlsRefused, Retry::Never, error.to_string()))?;
    let builder = rules().tls_backend_preconfigured(tls);
    proxy::on(builder, proxy)?.build().map_err(|error| TransportError::of(&error))
}

/// The rules of [`client`] but for its way and its trust, which whoever builds on them has to add.
pub fn rules() -> reqwest::ClientBuilder {
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
    reqwest::Client::builder()
        .user_agent(concat!("support-helper/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT_LIMIT)
        .read_timeout(SILENCE_LIMIT)
        .redirect(redirects)
        .http1_only()
}

/// Runs one piece of network work to its end on the calling thread. No timer outlives it, and no thread but one that hangs
/// in the system (a name server or a share that does not answer): nobody waits for that.
///
/// # Errors
/// [`TransportError`] when the runtime cannot be made.
pub fn block_on<T>(work: impl Future<Output = T>) -> Result<T, TransportError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        // For hashing, shares and names; more would only compete for the processor.
        .max_blocking_threads(8)
        .build()
        .map_err(|error| TransportError::new(Failure::ServerFault, Retry::Never, format!("no runtime: {error}")))?;
    let done = runtime.block_on(work);
    runtime.shutdown_timeout(PARTING);
    Ok(done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_to_come_back_is_a_number_or_a_date() {
        let date = Some("Tue, 24 Nov 2026 10:00:00 GMT");
        for (wish, seconds) in [
            ("120", Some(120)),
            (" 0 ", Some(0)),
            ("99999999999999999999", None),
            ("9999999", Some(86_400)),
            ("Tue, 24 Nov 2026 10:01:30 GMT", Some(90)),
            ("Tue, 24 Nov 2026 09:00:00 GMT", Some(0)),
            ("Fri, 24 Nov 2028 09:00:00 GMT", Some(86_400)),
            ("soon", None),
            ("-5", None),
        ] {
            assert_eq!(seconds_until(wish, date), seconds, "{wish}");
        }
    }

    #[test]
    fn a_number_in_an_address_is_no_answer() {
        // Port 1 of this PC: nobody listens there.
        let way = Proxy::Address("http://127.0.0.1:1".into());
        for (proxy, address) in [(&Proxy::None, "https://127.0.0.1:1/407"), (&way, "https://127.0.0.1:40787/407.json")]
        {
            let client = client(proxy).unwrap();
            let error = block_on(async { client.get(address).send().await }).unwrap().unwrap_err();
            assert_eq!(TransportError::of(&error).failure, Failure::Unreachable, "{address}");
        }
    }

    #[test]
    fn statuses_are_sorted() {
        for (status, failure, retry) in [
            (404, Failure::NotFound, Retry::Never),
            (407, Failure::ProxySignIn, Retry::Never),
            (403, Failure::Blocked, Retry::Never),
            (511, Failure::SignInPage, Retry::Never),
            (500, Failure::ServerFault, Retry::BackOff),
            (429, Failure::ServerFault, Retry::BackOff),
            (204, Failure::ServerFault, Retry::Never),
        ] {
            let error = TransportError::of_status(reqwest::StatusCode::from_u16(status).unwrap(), "x").unwrap();
            assert_eq!((error.failure, error.retry), (failure, retry), "{status}");
        }
        assert!(TransportError::of_status(reqwest::StatusCode::OK, "x").is_none());
    }
}
