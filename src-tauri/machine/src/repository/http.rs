//! One mirror over HTTP.

use crate::transport::{Retry, TransportError};
use helper_core::input::Failure;
use sigstore_tuf::Error;
use sigstore_tuf::transport::FetchFuture;

/// Metadata from one mirror.
#[derive(Clone, Debug)]
pub struct HttpMirror {
    client: reqwest::Client,
    metadata: String,
}

impl HttpMirror {
    /// A mirror at this address: its metadata is at `<mirror>/metadata/<name>`.
    pub fn new(client: reqwest::Client, mirror: &str) -> Self {
        Self::of_metadata(client, &format!("{}/metadata", mirror.trim_end_matches('/')))
    }

    /// Metadata right below this address, as other TUF repositories have it.
    pub fn of_metadata(client: reqwest::Client, metadata: &str) -> Self {
        Self { client, metadata: metadata.trim_end_matches('/').to_owned() }
    }

    async fn fetch(&self, name: &str, max_length: u64) -> Result<Option<Vec<u8>>, TransportError> {
        let address = format!("{}/{name}", self.metadata);
        let mut response = self.client.get(&address).send().await.map_err(|error| TransportError::of(&error))?;
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
