//! How a web server behaves: ranges, missing files, caching.

use super::judge::Finding;
use super::source::{Hash, wrong};
use helper_core::release::Release;
use reqwest::header::{ACCEPT_ENCODING, AGE, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_RANGE, HeaderName, RANGE};
use reqwest::{Client, Response, StatusCode};

/// For longer than this, in seconds, nobody may keep a timestamp: a revocation would be hidden for as long.
const MAX_CACHE: u64 = 300;
/// A name that no publisher gives to a file.
const NO_SUCH_FILE: &str = "no-such-file.helper-publish-verify";

/// A mirror on a web server.
#[derive(Debug)]
pub(super) struct Server {
    client: Client,
    base: String,
}

impl Server {
    pub(super) fn new(client: Client, base: &str) -> Self {
        Self { client, base: base.trim_end_matches('/').to_owned() }
    }

    async fn get(&self, name: &str, range: Option<String>) -> Result<Response, Finding> {
        let mut request = self.client.get(format!("{}/{name}", self.base)).header(ACCEPT_ENCODING, "identity");
        if let Some(range) = range {
            request = request.header(RANGE, range);
        }
        request.send().await.map_err(|error| broken(name, &error))
    }

    pub(super) async fn exists(&self, name: &str) -> bool {
        self.get(name, None).await.is_ok_and(|response| response.status() == StatusCode::OK)
    }

    /// What does not depend on any release.
    pub(super) async fn manners(&self, findings: &mut Vec<Finding>) {
        if let Ok(response) = self.get("metadata/timestamp.json", None).await
            && response.status() == StatusCode::OK
        {
            findings.extend(caching(&text(&response, CACHE_CONTROL), &text(&response, AGE)));
        }
        for folder in ["metadata", "targets"] {
            let name = format!("{folder}/{NO_SUCH_FILE}");
            // A server that does not answer at all is told by the client's own attempt.
            if let Ok(response) = self.get(&name, None).await {
                findings.extend(missing(folder, response.status().as_u16()));
            }
        }
    }

    /// One range, exactly as asked for (RFC 9110, 14).
    pub(super) async fn range(&self, name: &str, start: u64, length: u64, total: u64) -> Result<Vec<u8>, Finding> {
        let last = start + length.saturating_sub(1);
        let response = self.get(name, Some(format!("bytes={start}-{last}"))).await?;
        let status = response.status();
        if status == StatusCode::OK {
            return Err(Finding::error(
                "no-range",
                format!("{name}: the server sends the whole file when a part is asked for; switch on Range requests"),
            ));
        }
        self.plain(name, &response, StatusCode::PARTIAL_CONTENT)?;
        let range = text(&response, CONTENT_RANGE);
        if range != format!("bytes {start}-{last}/{total}") {
            return Err(Finding::error(
                "package-wrong",
                format!("{name}: asked for bytes {start} to {last} of {total}, the server sends {range:?}"),
            ));
        }
        let mut response = response;
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| broken(name, &error))? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() as u64 > length {
                return Err(wrong(name));
            }
        }
        Ok(bytes)
    }

    /// The whole file, by its hash; and one byte of it, for the server's manners.
    pub(super) async fn whole(&self, name: &str, release: &Release) -> Result<(), Finding> {
        self.range(name, 0, 1, release.length).await?;
        let mut response = self.get(name, None).await?;
        self.plain(name, &response, StatusCode::OK)?;
        let (mut hash, mut length) = (Hash::new(), 0);
        while let Some(chunk) = response.chunk().await.map_err(|error| broken(name, &error))? {
            hash.update(&chunk);
            length += chunk.len() as u64;
            if length > release.length {
                return Err(wrong(name));
            }
        }
        if hash.is(release.sha256) { Ok(()) } else { Err(wrong(name)) }
    }

    fn plain(&self, name: &str, response: &Response, expected: StatusCode) -> Result<(), Finding> {
        let status = response.status();
        if status != expected {
            return Err(Finding::error(
                "package-missing",
                format!("{name}: the server answers {status}; copy it again"),
            ));
        }
        let encoding = text(response, CONTENT_ENCODING);
        if !encoding.is_empty() && encoding != "identity" {
            return Err(Finding::error(
                "encoded",
                format!("{name}: the server compresses it ({encoding}); switch that off for targets"),
            ));
        }
        Ok(())
    }
}

fn text(response: &Response, name: HeaderName) -> String {
    let all = response.headers().get_all(name);
    all.iter().filter_map(|value| value.to_str().ok()).collect::<Vec<_>>().join(", ")
}

fn broken(name: &str, error: &reqwest::Error) -> Finding {
    Finding::error("unreachable", format!("{name}: {}", helper_machine::transport::TransportError::of(error)))
}

fn missing(folder: &str, status: u16) -> Option<Finding> {
    match status {
        404 => None,
        // Clients that find no next root would take it for a proxy that forbids everything.
        403 if folder == "metadata" => Some(Finding::error(
            "forbidden",
            "missing metadata is answered with 403, which helpers take for a proxy that blocks; it must be 404 (object \
             stores: allow the list permission)"
                .into(),
        )),
        403 => None,
        _ => Some(Finding::error(
            "no-404",
            format!("a missing file below {folder}/ is answered with {status}; it must be 404"),
        )),
    }
}

/// For how long the timestamp is kept by others (RFC 9111, 5.2).
fn caching(control: &str, age: &str) -> Option<Finding> {
    let age = age.trim().parse::<u64>().unwrap_or(0);
    let words: Vec<String> = control.split(',').map(|word| word.trim().to_ascii_lowercase()).collect();
    let seconds = |name: &str| {
        let value = words.iter().find_map(|word| word.strip_prefix(name).and_then(|rest| rest.strip_prefix('=')));
        value.and_then(|value| value.trim_matches('"').parse::<u64>().ok())
    };
    let fresh = words.iter().any(|word| word == "no-store" || word == "no-cache");
    let longest = seconds("max-age").into_iter().chain(seconds("s-maxage")).max();
    let too_long = |seconds: u64| {
        Finding::error(
            "cached-long",
            format!("timestamp.json may be kept for {seconds} seconds; set Cache-Control: max-age=60 for it"),
        )
    };
    match longest {
        _ if age > MAX_CACHE => Some(too_long(age)),
        _ if fresh => None,
        Some(seconds) if seconds > MAX_CACHE => Some(too_long(seconds)),
        Some(_) => None,
        None => Some(Finding::warning(
            "cache-unknown",
            "nothing says for how long timestamp.json may be kept; set Cache-Control: max-age=60 for it".into(),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timestamp_is_kept_for_minutes_at_most() {
        let code = |control: &str, age: &str| caching(control, age).map(|finding| finding.code);
        for control in ["max-age=60", "public, max-age=300", "no-cache", "no-store, max-age=9999", "Max-Age=\"60\""] {
            assert_eq!(code(control, ""), None, "{control}");
        }
        for control in ["max-age=301", "max-age=31536000, immutable", "max-age=0, s-maxage=86400"] {
            assert_eq!(code(control, ""), Some("cached-long"), "{control}");
        }
        assert_eq!(code("max-age=60", "4000"), Some("cached-long"));
        assert_eq!(code("", ""), Some("cache-unknown"));
        assert_eq!(code("public, max-age=x", ""), Some("cache-unknown"));
    }

    #[test]
    fn missing_is_missing() {
        let code = |folder, status| missing(folder, status).map(|finding| finding.code);
        assert_eq!((code("metadata", 404), code("targets", 404), code("targets", 403)), (None, None, None));
        assert_eq!(code("metadata", 403), Some("forbidden"));
        for status in [200, 301, 500] {
            assert_eq!(code("targets", status), Some("no-404"), "{status}");
        }
    }
}
