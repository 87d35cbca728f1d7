//! A file on a web server, asked for by ranges (RFC 9110, 14).

use super::{Answer, Body, Chunk, Opening, Retry, Transport, TransportError};
use crate::fetch::Span;
use helper_core::input::Failure;

/// A file at an address.
#[derive(Clone)]
pub struct HttpTransport {
    client: reqwest::Client,
    address: String,
}

impl std::fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.address)
    }
}

impl HttpTransport {
    /// A file at this address.
    pub fn new(client: reqwest::Client, address: String) -> Self {
        Self { client, address }
    }

    async fn ask(&self, span: Span, length: u64) -> Result<Answer, TransportError> {
        let Self { client, address } = self;
        let whole = span == Span::new(0, length);
        let mut request = client.get(address).header("accept-encoding", "identity");
        if !whole {
            let last = if span.end == length { String::new() } else { (span.end - 1).to_string() };
            request = request.header("range", format!("bytes={}-{last}", span.start));
        }
        let response = request.send().await.map_err(|error| TransportError::of(&error))?;
        let header =
            |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let nonsense = |words: String| Err(TransportError::new(Failure::ServerFault, Retry::Once, words));
        if response.status().as_u16() == 416 {
            // "bytes */<length>" (RFC 9110, 14.4): of another length it is another file.
            let range = header("content-range");
            return match range.strip_prefix("bytes */").and_then(|total| total.parse::<u64>().ok()) {
                Some(total) if total != length => Err(TransportError::new(
                    Failure::NotFound,
                    Retry::Never,
                    format!("{address} has {total} bytes, not {length}"),
                )),
                _ => nonsense(format!("{address} has not got the range ({range:?})")),
            };
        }
        if let Some(error) = TransportError::of_response(&response, address) {
            return Err(error);
        }
        if !matches!(header("content-encoding"), "" | "identity") {
            return Err(TransportError::new(Failure::ServerFault, Retry::Never, "the answer is compressed on the way"));
        }
        if header("content-type").starts_with("text/html") {
            let words = format!("{address} answered with a web page");
            return Err(TransportError::new(Failure::SignInPage, Retry::Never, words));
        }
        let from = if response.status().as_u16() == 206 {
            let expected = format!("bytes {}-{}/{length}", span.start, span.end - 1);
            if header("content-range") != expected {
                return nonsense(format!("{address} sends {:?}, not {expected:?}", header("content-range")));
            }
            span.start
        } else {
            0
        };
        Ok(Answer { from, body: Box::new(HttpBody(response)) })
    }
}

impl Transport for HttpTransport {
    fn open(&self, span: Span, length: u64) -> Opening<'_> {
        Box::pin(self.ask(span, length))
    }
}

struct HttpBody(reqwest::Response);

impl Body for HttpBody {
    fn chunk(&mut self) -> Chunk<'_> {
        Box::pin(async { self.0.chunk().await.map_err(|error| TransportError::of(&error)) })
    }
}
