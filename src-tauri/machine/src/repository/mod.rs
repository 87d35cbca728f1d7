//! The signed catalog: TUF 1.0 in the hospital profile (TRUST.md 2.6), client `sigstore-tuf` behind our own functions.
//!
//! Nothing here is believed because of where it came from: mirrors are tried in order, and every byte is verified from the
//! trust root that the vendor built in.

mod crypto;
mod http;
mod metadata_folder;

pub use http::HttpMirror;
pub use metadata_folder::MetadataFolder;

use crate::transport::TransportError;
use helper_core::input::Failure;
use helper_core::release::{Custom, Digest, Release};
use sigstore_tuf::{Error, MetadataStore, Targets, TrustedMetadataSet, Updater};
use std::error::Error as _;

/// A catalog that could not be had.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct RefreshError {
    /// What it means.
    pub failure: Failure,
    message: String,
}

/// The client's side of one TUF repository.
#[derive(Clone, Debug)]
pub struct Repository {
    root: Vec<u8>,
    folder: MetadataFolder,
}

impl Repository {
    /// A repository trusted by this root (`N.root.json` of the vendor; empty when the build has none).
    pub fn new(root: &[u8], folder: MetadataFolder) -> Self {
        crypto::install();
        Self { root: root.to_vec(), folder }
    }

    /// Is this a root that is signed by its own keys?
    ///
    /// # Errors
    /// [`RefreshError`] when it is not.
    pub fn check_root(root: &[u8]) -> Result<(), RefreshError> {
        crypto::install();
        TrustedMetadataSet::from_root(root).map(|_| ()).map_err(sort)
    }

    /// Refreshes from one mirror and returns what is signed. `now` is the wall clock, for expiry only.
    ///
    /// # Errors
    /// [`RefreshError`] with the class of what went wrong; floors and accepted metadata stay as they were.
    pub async fn refresh(
        &self,
        mirror: impl sigstore_tuf::Repository + 'static,
        now: jiff::Timestamp,
    ) -> Result<Vec<Release>, RefreshError> {
        let mut updater = self.updater(mirror)?;
        updater.refresh(now).await.map_err(sort)?;
        Ok(releases(updater.trusted().targets_role("targets")))
    }

    /// The TUF client over this mirror: trusts the root, keeps what it accepts.
    ///
    /// # Errors
    /// [`RefreshError`] when the root is missing or is none.
    pub fn updater(&self, mirror: impl sigstore_tuf::Repository + 'static) -> Result<Updater, RefreshError> {
        if self.root.is_empty() {
            return Err(RefreshError { failure: Failure::NoRoot, message: "this build has no trust root".into() });
        }
        Ok(Updater::new(mirror, &self.root).map_err(sort)?.with_store(self.folder.clone()))
    }

    /// Refreshes from the first mirror that has an acceptable answer. An outage of one leads to the next; so does an answer
    /// that does not verify, but then the end is `Untrusted` unless another mirror is good: an alarm is no outage.
    ///
    /// # Errors
    /// [`RefreshError`] of the gravest class met.
    pub async fn refresh_from(
        &self,
        client: &reqwest::Client,
        mirrors: &[String],
        now: jiff::Timestamp,
    ) -> Result<Vec<Release>, RefreshError> {
        let mut worst: Option<RefreshError> = None;
        for mirror in mirrors {
            match self.refresh(HttpMirror::new(client.clone(), mirror), now).await {
                Ok(catalog) => return Ok(catalog),
                Err(error) => {
                    tracing::warn!(%mirror, failure = ?error.failure, %error, "mirror gave no catalog");
                    let graver = worst.as_ref().is_none_or(|worst| gravity(error.failure) > gravity(worst.failure));
                    if graver {
                        worst = Some(error);
                    }
                }
            }
        }
        Err(worst.unwrap_or_else(|| RefreshError { failure: Failure::Unreachable, message: "no mirror is set".into() }))
    }

    /// The catalog as last accepted, verified again from the root but for its age: an expired catalog blocks updates, never
    /// a start. Empty when there is none or it does not hold. Reads files only.
    pub fn cached(&self) -> Vec<Release> {
        self.try_cached().unwrap_or_else(|error| {
            tracing::debug!(%error, "no catalog kept");
            Vec::new()
        })
    }

    fn try_cached(&self) -> Result<Vec<Release>, Error> {
        // Before every expiry: only signatures, versions and hashes are of interest here.
        let now = jiff::Timestamp::UNIX_EPOCH;
        let mut trusted = TrustedMetadataSet::from_root(&self.root)?;
        while let Some(bytes) = self.folder.load(&format!("root_history/{}.root.json", trusted.root().version + 1))? {
            trusted.update_root(&bytes)?;
        }
        let load = |name: &str| self.folder.load(name)?.ok_or_else(|| Error::Malformed(format!("no {name}")));
        trusted.update_timestamp(&load("timestamp.json")?, now)?;
        trusted.update_snapshot(&load("snapshot.json")?, now)?;
        Ok(releases(Some(trusted.update_targets(&load("targets.json")?, now)?)))
    }
}

/// Reads our part out of every signed target; a target without it is somebody else's and is left alone.
fn releases(targets: Option<&Targets>) -> Vec<Release> {
    let Some(targets) = targets else { return Vec::new() };
    targets
        .targets
        .iter()
        .filter_map(|(path, target)| {
            let custom: Custom = serde_json::from_value(target.custom.clone()?)
                .inspect_err(|error| tracing::warn!(%path, %error, "a signed target is not understood"))
                .ok()?;
            let sha256 = Digest::from_hex(target.hashes.get("sha256")?)?;
            Some(Release { target: path.clone(), length: target.length, sha256, custom })
        })
        .collect()
}

/// Which of two failures is worth more words: an alarm before an obstacle before an outage.
pub(crate) const fn gravity(failure: Failure) -> u8 {
    match failure {
        Failure::Untrusted => 5,
        Failure::Expired | Failure::WrongClock => 4,
        Failure::SignInPage | Failure::ProxySignIn | Failure::Blocked | Failure::TlsRefused => 3,
        Failure::ServerFault | Failure::Busy(_) | Failure::NotFound => 2,
        _ => 1,
    }
}

fn sort(error: Error) -> RefreshError {
    let mut message = error.to_string();
    let mut cause = error.source();
    let mut transport = None;
    while let Some(inner) = cause {
        message.push_str(": ");
        message.push_str(&inner.to_string());
        transport = transport.or_else(|| inner.downcast_ref::<TransportError>().map(|error| error.failure));
        cause = inner.source();
    }
    let failure = match (transport, &error) {
        (Some(failure), _) => failure,
        // Without a cause of ours: the mirror has no such file.
        (None, Error::Transport { .. }) => Failure::NotFound,
        (None, Error::Expired { .. }) => Failure::Expired,
        (None, Error::Io { .. }) => Failure::NotWritable,
        (None, _) => Failure::Untrusted,
    };
    RefreshError { failure, message }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alarm_outweighs_an_outage() {
        assert!(gravity(Failure::Untrusted) > gravity(Failure::Unreachable));
        assert!(gravity(Failure::Blocked) > gravity(Failure::ServerFault));
        assert_eq!(sort(Error::Malformed("x".into())).failure, Failure::Untrusted);
        assert_eq!(sort(Error::transport("timestamp.json not found")).failure, Failure::NotFound);
        let ours = TransportError::new(Failure::ProxySignIn, crate::transport::Retry::Never, "407");
        assert_eq!(sort(Error::transport_with_source("x", ours)).failure, Failure::ProxySignIn);
    }

    #[test]
    fn without_a_root_nothing_is_trusted() {
        let folder = tempfile::tempdir().unwrap();
        let repository = Repository::new(b"", MetadataFolder::new(folder.path()));
        assert!(repository.cached().is_empty());
        let client = crate::transport::client(&Default::default()).unwrap();
        let refreshed = crate::transport::block_on(repository.refresh_from(
            &client,
            &["http://127.0.0.1:1/".to_owned()],
            jiff::Timestamp::UNIX_EPOCH,
        ));
        assert_eq!(refreshed.unwrap().unwrap_err().failure, Failure::NoRoot);
    }
}
