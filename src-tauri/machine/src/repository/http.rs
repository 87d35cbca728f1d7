//! One mirror over HTTP.

use crate::transport::{Retry, TransportError};
use helper_core::input::Failure;
use jiff::{SignedDuration, Timestamp};
use sigstore_tuf::Error;
use sigstore_tuf::transport::FetchFuture;
use std::sync::{Arc, Mutex, PoisonError};

/// Metadata from one mirror.
#[derive(Clone, Debug)]
pub struct HttpMirror {
    client: reqwest::Client,
    metadata: String,
    date: Arc<Mutex<Option<Timestamp>>>,
}

impl HttpMirror {
    /// A mirror at this address: its metadata is at `<mirror>/metadata/<name>`.
    pub fn new(client: reqwest::Client, mirror: &str) -> Self {
        Self::of_metadata(client, &format!("{}/metadata", mirror.trim_end_matches('/')))
    }

    /// Metadata right below this address, as other TUF repositories have it.
    pub fn of_metadata(client: reqwest::Client, metadata: &str) -> Self {
        Self { client, metadata: metadata.trim_end_matches('/').to_owned(), date: Arc::default() }
    }

    /// What time it was at the mirror when it last answered, if it said so.
    pub fn date(&self) -> Option<Timestamp> {
        *self.date.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note_date(&self, headers: &reqwest::header::HeaderMap) {
        if let Some(date) = date_of(headers) {
            *self.date.lock().unwrap_or_else(PoisonError::into_inner) = Some(date);
        }
    }

    async fn fetch(&self, name: &str, max_length: u64) -> Result<Option<Vec<u8>>, TransportError> {
        let address = format!("{}/{name}", self.metadata);
        let mut response = self.client.get(&address).send().await.map_err(|error| TransportError::of(&error))?;
        self.note_date(response.headers());
        match TransportError::of_status(response.status(), &address) {
            Some(error) if error.failure == Failure::NotFound => return Ok(None),
            Some(error) => return Err(error),
            None => {}
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| TransportError::of(&error))? {
            if body.len() as u64 + chunk.len() as u64 > max_length {
                let message = format!("{address} is longer than {max_length} bytes");
                return Err(TransportError::new(Failure::Untrusted, Retry::Never, message));
            }
            body.extend_from_slice(&chunk);
        }
        // Metadata is a JSON object; a page of markup is somebody between us and the mirror.
        let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
        if first == Some(&b'<') {
            let words = format!("{address} answered with a web page");
            return Err(TransportError::new(Failure::SignInPage, Retry::Never, words));
        }
        Ok(Some(body))
    }
}

impl sigstore_tuf::Repository for HttpMirror {
    fn fetch_metadata<'a>(&'a self, name: &'a str, max_length: u64) -> FetchFuture<'a> {
        Box::pin(async move {
            self.fetch(name, max_length)
                .await
                .map_err(|error| Error::transport_with_source("metadata could not be fetched", error))
        })
    }

    fn fetch_target<'a>(&'a self, path: &'a str, _: u64) -> FetchFuture<'a> {
        // Packages are fetched in pieces by `fetch`, never whole into memory.
        Box::pin(async move { Err(Error::transport(format!("{path}: targets are fetched elsewhere"))) })
    }
}

/// The time of an answer: `Date` (RFC 9110, 6.6.1) and, from a proxy's store, how long ago that was (`Age`, RFC 9111, 5.1).
pub(crate) fn date_of(headers: &reqwest::header::HeaderMap) -> Option<Timestamp> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let date = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text("date")?).ok()?;
    let age = text("age").and_then(|age| age.trim().parse::<u32>().ok()).unwrap_or(0);
    date.checked_add(SignedDuration::from_secs(i64::from(age))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

    #[test]
    fn the_time_of_an_answer_is_read() {
        let read = |headers: &[(&'static str, &'static str)]| {
            let pair = |(name, value): &(&'static str, &'static str)| {
                (HeaderName::from_static(name), HeaderValue::from_static(value))
            };
            date_of(&headers.iter().map(pair).collect::<HeaderMap>()).map(|date| date.to_string())
        };
        let date = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(read(&[date]).as_deref(), Some("1994-11-06T08:49:37Z"));
        assert_eq!(read(&[date, ("age", "86400")]).as_deref(), Some("1994-11-07T08:49:37Z"));
        assert_eq!(read(&[date, ("age", "old")]).as_deref(), Some("1994-11-06T08:49:37Z"));
        assert_eq!(read(&[("date", "yesterday")]), None);
        assert_eq!(read(&[]), None);
    }
}
