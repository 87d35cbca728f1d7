//! The signed catalog: TUF 1.0 in the hospital profile (TRUST.md 2.6), client `sigstore-tuf` behind our own functions.
//!
//! Nothing here is believed because of where it came from: mirrors are tried in order, and every byte is verified from the
//! trust root that the vendor built in.

mod bundle;
mod crypto;
mod error;
mod folder;
mod http;
mod import;
mod kept;
mod metadata_folder;
mod roles;
mod session;

pub use error::RefreshError;
pub(crate) use error::gravity;
pub use http::HttpMirror;
pub(crate) use http::date_of;
pub use import::{ImportError, Offer};
pub use metadata_folder::MetadataFolder;
pub use session::Session;

use crate::mirror::Mirror;
use folder::FolderMirror;
use helper_core::input::Failure;
use helper_core::release::{Custom, Digest, Release};
use jiff::{SignedDuration, Timestamp};
use kept::Kept;
use sigstore_tuf::{Error, Targets, TrustedMetadataSet};

/// From this difference to the mirrors' clock on, this PC's clock is wrong.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_hours(24);

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
        TrustedMetadataSet::from_root(root).map(|_| ()).map_err(RefreshError::from)
    }

    /// Refreshes from one mirror and returns what is signed. `now` is the wall clock, for expiry only.
    ///
    /// # Errors
    /// [`RefreshError`] with the class of what went wrong; no floor is lower than before.
    pub async fn refresh(
        &self,
        mirror: impl sigstore_tuf::Repository + 'static,
        now: Timestamp,
    ) -> Result<Vec<Release>, RefreshError> {
        self.session(mirror)?.refresh(now).await
    }

    /// A TUF client over this mirror: trusts the root, starts from what is kept, keeps what it accepts.
    ///
    /// # Errors
    /// [`RefreshError`] when the root is missing or is none.
    pub fn session(&self, mirror: impl sigstore_tuf::Repository + 'static) -> Result<Session, RefreshError> {
        Session::new(mirror, &self.root, Kept::new(self.folder.clone(), &self.root, false))
    }

    /// Refreshes from the first mirror that has an acceptable answer. An outage of one leads to the next; so does an answer
    /// that does not verify or is older than what was accepted before, but then the end is `Untrusted` unless another
    /// mirror is good: an alarm is no outage. A mirror that is only behind is told in the log alone.
    ///
    /// # Errors
    /// [`RefreshError`] of the gravest class met.
    pub async fn refresh_from(
        &self,
        client: &reqwest::Client,
        mirrors: &[Mirror],
        now: Timestamp,
    ) -> Result<Vec<Release>, RefreshError> {
        let mut worst: Option<RefreshError> = None;
        for mirror in mirrors {
            let refreshed = match mirror {
                Mirror::Http(address) => {
                    let http = HttpMirror::new(client.clone(), address);
                    let refreshed = self.refresh(http.clone(), now).await;
                    refreshed.map_err(|error| {
                        let failure = explain(error.failure, http.date(), now);
                        error.explained(failure)
                    })
                }
                Mirror::Folder(folder) => self.refresh(FolderMirror::new(folder), now).await,
            };
            match refreshed {
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
        Err(worst.unwrap_or_else(|| RefreshError::new(Failure::Unreachable, "no mirror is set")))
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
        let first = TrustedMetadataSet::from_root(&self.root)?;
        // The files may be of two refreshes, one of which was cut off; then the catalog kept as a whole holds.
        let trusted = kept::files(&self.folder, first.root())
            .and_then(|files| kept::verified(&self.root, &files))
            .or_else(|error| match self.folder.complete() {
                Some(complete) => kept::verified(&self.root, &complete),
                None => Err(error),
            })?;
        Ok(releases(trusted.targets_role("targets")))
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

/// Names a wrong clock as the reason of an expiry. `date` is what the mirror's answers said (RFC 9110, 6.6.1): it explains
/// to people, and nothing is accepted or refused by it.
fn explain(failure: Failure, date: Option<Timestamp>, now: Timestamp) -> Failure {
    let far = |date: Timestamp| now.duration_since(date).abs() > CLOCK_TOLERANCE;
    if failure == Failure::Expired && date.is_some_and(far) { Failure::WrongClock } else { failure }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_wrong_when_it_is_more_than_a_day_off() {
        let now: Timestamp = "2026-08-01T00:00:00Z".parse().unwrap();
        let hours = |hours| Some(now + SignedDuration::from_hours(hours));
        for (date, failure) in [(None, Failure::Expired), (hours(24), Failure::Expired), (hours(-24), Failure::Expired)]
        {
            assert_eq!(explain(Failure::Expired, date, now), failure);
        }
        assert_eq!(explain(Failure::Expired, hours(25), now), Failure::WrongClock);
        assert_eq!(explain(Failure::Expired, hours(-25), now), Failure::WrongClock);
        assert_eq!(explain(Failure::Untrusted, hours(-99), now), Failure::Untrusted, "only an expiry is explained");
    }

    #[test]
    fn without_a_root_nothing_is_trusted() {
        let folder = tempfile::tempdir().unwrap();
        let repository = Repository::new(b"", MetadataFolder::new(folder.path()));
        assert!(repository.cached().is_empty());
        let client = crate::transport::client(&Default::default()).unwrap();
        let mirrors = [Mirror::Http("http://127.0.0.1:1".to_owned())];
        let refreshed =
            crate::transport::block_on(repository.refresh_from(&client, &mirrors, Timestamp::UNIX_EPOCH)).unwrap();
        assert_eq!(refreshed.unwrap_err().failure, Failure::NoRoot);
    }
}
