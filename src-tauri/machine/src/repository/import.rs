//! Offline import: a repository that somebody carries in, as a folder or one zip file (TRUST.md 2.8).
//!
//! The same roots, signatures, thresholds, lengths, hashes and floors as on the network; nothing is trusted because it came
//! by hand. Only age is judged kindlier: a stick is often older than the week for which a timestamp holds. Until all of it
//! has been read and verified, nothing on this PC changes.

use super::bundle::Bundle;
use super::folder::{CopyError, FolderMirror, not_fetched};
use super::kept::Kept;
use super::session::Session;
use super::{RefreshError, Repository};
use crate::package::{Class, Fetched, PackageError};
use crate::state_file::UNFINISHED;
use crate::store::Store;
use crate::transport::{TransportError, block_on};
use helper_core::input::{Failure, PlacedId};
use helper_core::release::Release;
use jiff::{SignedDuration, Timestamp};
use sigstore_tuf::transport::FetchFuture;
use sigstore_tuf::{Error, Metadata, UpdaterConfig};
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

/// How long ago a carried timestamp may have expired.
pub const MAX_AGE: SignedDuration = SignedDuration::from_hours(24 * 180);

/// Why nothing was imported. Nothing has changed.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// There is no repository in what was named.
    #[error("no bundle: {0}")]
    NoBundle(String),
    /// It was there and cannot be read any more.
    #[error("the bundle cannot be read any more: {0}")]
    Gone(String),
    /// It is older than what this PC has accepted. Both as the moments until which they were signed to hold.
    #[error("the bundle holds until {offered}, what this PC has until {held}")]
    Older {
        /// What this PC has.
        held: Timestamp,
        /// What the bundle has.
        offered: Timestamp,
    },
    /// It expired more than [`MAX_AGE`] ago.
    #[error("the bundle expired at {0}, which is too long ago")]
    TooOld(Timestamp),
    /// A file is missing in it.
    #[error("the bundle is incomplete: {0}")]
    Incomplete(String),
    /// It does not verify, or this PC cannot keep it.
    #[error("{message}")]
    Refused {
        /// What it means.
        failure: Failure,
        /// Words for the log.
        message: String,
    },
}

impl ImportError {
    fn disk(error: &io::Error, release: &Release) -> Self {
        let failure = match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Failure::DiskFull(release.length * 3),
            _ => Failure::NotWritable,
        };
        Self::Refused { failure, message: error.to_string() }
    }

    fn package(error: &PackageError, release: &Release) -> Self {
        let failure = match error.class() {
            Class::Damaged | Class::Forbidden | Class::TooLarge => Failure::Untrusted,
            Class::DiskFull => Failure::DiskFull(release.length * 3),
            Class::Io => Failure::NotWritable,
        };
        Self::Refused { failure, message: error.to_string() }
    }

    /// The source failed after it had been found.
    fn source(error: &TransportError) -> Self {
        match error.failure {
            Failure::Unreachable => Self::Gone(error.to_string()),
            failure => Self::Refused { failure, message: error.to_string() },
        }
    }
}

impl From<RefreshError> for ImportError {
    fn from(error: RefreshError) -> Self {
        let message = error.to_string();
        match error.failure {
            Failure::Unreachable => Self::Gone(message),
            Failure::NotFound => Self::Incomplete(message),
            failure => Self::Refused { failure, message },
        }
    }
}

/// A bundle that was read and verified. Nothing of it is kept yet.
#[derive(Debug)]
pub struct Offer {
    source: Arc<Source>,
    kept: Kept,
    catalog: Vec<Release>,
    valid_until: Timestamp,
    age: SignedDuration,
}

impl Repository {
    /// Reads and verifies a bundle: a folder or a zip file with `metadata/` and `targets/` in it. `now` is the wall clock.
    ///
    /// # Errors
    /// [`ImportError`]; nothing has changed.
    pub fn import(&self, bundle: &Path, now: Timestamp) -> Result<Offer, ImportError> {
        let source = Arc::new(Source::open(bundle).map_err(|error| ImportError::NoBundle(error.to_string()))?);
        let limit = UpdaterConfig::default().timestamp_max_length;
        let timestamp = source
            .metadata("timestamp.json", limit)
            .map_err(|error| ImportError::NoBundle(error.to_string()))?
            .ok_or_else(|| ImportError::NoBundle(format!("{} has no timestamp.json", bundle.display())))?;
        let valid_until = Metadata::<sigstore_tuf::Timestamp>::from_slice(&timestamp)
            .map_err(|error| ImportError::from(RefreshError::from(error)))?
            .signed()
            .expires;
        let moment = moment(now, valid_until).ok_or(ImportError::TooOld(valid_until))?;

        let kept = Kept::new(self.folder.clone(), &self.root, true);
        // The timestamp that the moment was taken from is the one that is judged, whatever the stick says by then.
        let mirror = Carried { source: Arc::clone(&source), timestamp };
        let mut session = Session::new(mirror, &self.root, kept.clone())?;
        let refreshed = block_on(session.try_refresh(moment)).map_err(|error| ImportError::source(&error))?;
        if let Some(trouble) = kept.take_trouble() {
            return Err(RefreshError::from(Error::io("what this PC has", trouble)).into());
        }
        let rolled_back = matches!(refreshed, Err(Error::Rollback { .. }));
        let untrusted = matches!(&refreshed, Err(error) if !matches!(error, Error::Transport { .. }));
        if rolled_back && let Some(held) = kept.held_timestamp() {
            return Err(ImportError::Older { held: held.expires, offered: valid_until });
        }
        if untrusted || refreshed.is_ok() {
            // Without its predecessor a root cannot be reached, and what it signed looks forged.
            let reached = session.updater().trusted().root().version;
            let newest = source.newest_root().map_err(|error| ImportError::source(&error))?;
            if newest > reached {
                return Err(ImportError::Incomplete(format!(
                    "{}.root.json is missing or does not follow",
                    reached + 1
                )));
            }
        }
        let catalog = refreshed.map_err(RefreshError::from)?;
        Ok(Offer { source, kept, catalog, valid_until, age: now.duration_since(valid_until).max(SignedDuration::ZERO) })
    }
}

impl Offer {
    /// What is signed, for every kind of PC.
    pub fn catalog(&self) -> &[Release] {
        &self.catalog
    }

    /// Until when it was signed to hold.
    pub fn valid_until(&self) -> Timestamp {
        self.valid_until
    }

    /// How long that is past; zero when it is not.
    pub fn age(&self) -> SignedDuration {
        self.age
    }

    /// Copies and verifies the package of `release`, one of the catalog, then keeps the catalog and places the module as
    /// one that was fetched. Without a release only the catalog is kept. For the one helper of this user.
    ///
    /// # Errors
    /// [`ImportError`]; nothing has changed, but that a catalog may be kept whose module could not be placed.
    pub fn accept(self, release: Option<&Release>, store: &Store) -> Result<Option<PlacedId>, ImportError> {
        let Some(release) = release else {
            self.keep()?;
            return Ok(None);
        };
        let incoming = store.incoming();
        // A name that the next start removes after a kill.
        let mut file = tempfile::Builder::new()
            .prefix(UNFINISHED)
            .tempfile_in(&incoming)
            .map_err(|error| ImportError::disk(&error, release))?;
        match self.source.copy(&release.consistent_name(), file.as_file_mut(), release.length) {
            Ok(Some(_)) => {}
            Ok(None) => return Err(ImportError::Incomplete(release.target.clone())),
            Err(CopyError::Source(error)) => return Err(ImportError::source(&error)),
            Err(CopyError::Disk(error)) => return Err(ImportError::disk(&error, release)),
        }
        file.as_file().sync_all().map_err(|error| ImportError::disk(&error, release))?;
        let path = file.into_temp_path();
        let verified =
            Fetched::new(path.to_path_buf()).verify(release).map_err(|error| ImportError::package(&error, release))?;
        self.keep()?;
        store.place(verified).map(Some).map_err(|error| ImportError::package(&error, release))
    }

    fn keep(&self) -> Result<(), ImportError> {
        self.kept.keep().map_err(|error| RefreshError::from(error).into())
    }
}

/// The moment at which a carried catalog is judged: now, or the last second of its timestamp. `None` when that is more
/// than [`MAX_AGE`] ago.
fn moment(now: Timestamp, expires: Timestamp) -> Option<Timestamp> {
    let last = expires.checked_sub(SignedDuration::from_secs(1)).ok()?;
    (now.duration_since(expires) <= MAX_AGE).then(|| now.min(last))
}

/// Where a bundle is.
#[derive(Debug)]
enum Source {
    Folder(FolderMirror),
    File(Bundle),
}

impl Source {
    fn open(path: &Path) -> Result<Self, TransportError> {
        if path.is_dir() { Ok(Self::Folder(FolderMirror::new(path))) } else { Bundle::open(path).map(Self::File) }
    }

    fn metadata(&self, name: &str, max_length: u64) -> Result<Option<Vec<u8>>, TransportError> {
        match self {
            Self::Folder(folder) => folder.metadata(name, max_length),
            Self::File(bundle) => bundle.metadata(name, max_length),
        }
    }

    fn copy(&self, name: &str, to: &mut dyn Write, max_length: u64) -> Result<Option<u64>, CopyError> {
        match self {
            Self::Folder(folder) => folder.copy(name, to, max_length),
            Self::File(bundle) => bundle.copy(name, to, max_length),
        }
    }

    /// The highest N of all N.root.json in it, 0 without any.
    fn newest_root(&self) -> Result<u64, TransportError> {
        let names = match self {
            Self::Folder(folder) => folder.metadata_names()?,
            Self::File(bundle) => bundle.metadata_names(),
        };
        let versions = names.iter().filter_map(|name| name.strip_suffix(".root.json")?.parse::<u64>().ok());
        Ok(versions.max().unwrap_or(0))
    }
}

/// A bundle as the TUF client sees it.
struct Carried {
    source: Arc<Source>,
    timestamp: Vec<u8>,
}

impl sigstore_tuf::Repository for Carried {
    fn fetch_metadata<'a>(&'a self, name: &'a str, max_length: u64) -> FetchFuture<'a> {
        let fetched = match name {
            "timestamp.json" => Ok(Some(self.timestamp.clone())),
            name => self.source.metadata(name, max_length),
        };
        Box::pin(async move { fetched.map_err(not_fetched) })
    }

    fn fetch_target<'a>(&'a self, path: &'a str, _: u64) -> FetchFuture<'a> {
        Box::pin(async move { Err(Error::transport(format!("{path}: targets are copied elsewhere"))) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_moment_of_an_import() {
        let expires: Timestamp = "2026-08-01T00:00:00Z".parse().unwrap();
        let at = |hours: i64| moment(expires + SignedDuration::from_hours(hours), expires);
        assert_eq!(at(-5), Some(expires - SignedDuration::from_hours(5)), "fresh: now");
        let last = Some(expires - SignedDuration::from_secs(1));
        assert_eq!(at(0), last);
        assert_eq!(at(1), last);
        assert_eq!(at(24 * 180), last);
        assert_eq!(at(24 * 180 + 1), None);
    }
}
