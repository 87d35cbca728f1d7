//! One TUF client at work: from what is kept, over one mirror, to what is signed.

use super::error::RefreshError;
use super::kept::Kept;
use super::releases;
use helper_core::input::Failure;
use helper_core::release::Release;
use jiff::Timestamp;
use sigstore_tuf::transport::FetchFuture;
use sigstore_tuf::{Error, Updater, UpdaterConfig};

/// How many root versions are walked in one refresh: as many as the publisher's own reader allows. A chain is signed link
/// by link, so a mirror cannot make one up.
const MAX_ROOTS: u32 = 1024;

/// One client over one mirror.
#[derive(Debug)]
pub struct Session {
    updater: Updater,
    kept: Kept,
}

impl Session {
    pub(super) fn new(
        mirror: impl sigstore_tuf::Repository + 'static,
        root: &[u8],
        kept: Kept,
    ) -> Result<Self, RefreshError> {
        if root.is_empty() {
            return Err(RefreshError::new(Failure::NoRoot, "this build has no trust root"));
        }
        let mut config = UpdaterConfig::default();
        config.max_root_rotations = MAX_ROOTS;
        let updater = Updater::new(Watched { mirror, kept: kept.clone() }, root)?.with_config(config);
        Ok(Self { updater: updater.with_store(kept.clone()), kept })
    }

    /// Refreshes and returns what is signed; see [`super::Repository::refresh`].
    ///
    /// # Errors
    /// [`RefreshError`].
    pub async fn refresh(&mut self, now: Timestamp) -> Result<Vec<Release>, RefreshError> {
        let releases = self.refresh_aside(now).await?;
        self.kept.keep()?;
        Ok(releases)
    }

    /// The same, but for keeping the catalog as a whole.
    pub(super) async fn refresh_aside(&mut self, now: Timestamp) -> Result<Vec<Release>, RefreshError> {
        let refreshed = self.try_refresh(now).await;
        if let Some(trouble) = self.kept.take_trouble() {
            return Err(Error::io("metadata cannot be kept", trouble).into());
        }
        Ok(refreshed?)
    }

    /// The client's own word on what went wrong.
    pub(super) async fn try_refresh(&mut self, now: Timestamp) -> Result<Vec<Release>, Error> {
        self.updater.refresh(now).await?;
        Ok(releases(self.updater.trusted().targets_role("targets")))
    }

    /// The TUF client itself, for what the helper has no use of: delegations, targets in memory.
    pub fn updater(&mut self) -> &mut Updater {
        &mut self.updater
    }
}

/// A mirror with a watch over what it offers.
struct Watched<M> {
    mirror: M,
    kept: Kept,
}

impl<M: sigstore_tuf::Repository> sigstore_tuf::Repository for Watched<M> {
    fn fetch_metadata<'a>(&'a self, name: &'a str, max_length: u64) -> FetchFuture<'a> {
        Box::pin(async move {
            self.kept.check()?;
            let bytes = self.mirror.fetch_metadata(name, max_length).await?;
            if let Some(bytes) = &bytes
                && (name == "snapshot.json" || name.ends_with(".snapshot.json"))
            {
                self.kept.refuse_rollback(bytes)?;
            }
            Ok(bytes)
        })
    }

    fn fetch_target<'a>(&'a self, path: &'a str, max_length: u64) -> FetchFuture<'a> {
        self.mirror.fetch_target(path, max_length)
    }
}
