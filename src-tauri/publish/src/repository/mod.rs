//! A repository on disk: read with all signatures checked, changed by signing and writing the next versions.

mod publish;
mod read;
pub(crate) mod sign;
pub(crate) mod staged;

pub(crate) use publish::has_online_key;
pub use publish::{Outcome, Refreshed};
pub(crate) use read::parse;

use crate::Refused;
use helper_core::release::{Custom, Digest, Release};
use jiff::Timestamp as Moment;
use staged::Staged;
use std::collections::HashMap;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use tough::TargetName;
use tough::schema::{Hashes, RoleType, Root, Signed, Snapshot, Target, Targets, Timestamp};

/// A repository whose signatures, hashes and versions were checked while reading. Expiry is not: a publisher must be
/// able to renew what expired. It holds the repository's lock; two changes at once are refused.
#[derive(Debug)]
pub struct Repository {
    folder: PathBuf,
    root: Signed<Root>,
    targets: Signed<Targets>,
    snapshot: Signed<Snapshot>,
    timestamp: Signed<Timestamp>,
    staged: Option<Staged>,
    _lock: File,
}

impl Repository {
    /// Reads `folder/mirror/metadata`, trusting `folder/root.json` only, and the change that waits beside it, if any.
    ///
    /// # Errors
    /// [`Refused::Repository`] if anything does not fit, [`Refused::Io`] if files are missing.
    pub fn open(folder: &Path) -> Result<Self, Refused> {
        let metadata = metadata_folder(folder);
        let lock = Self::hold(folder)?;
        let roots = read::read_roots(folder, &metadata)?;
        let mut newest = roots.iter().rev();
        let last = newest.next().ok_or_else(|| Refused::Repository("it has no root".into()))?;
        let (root, (timestamp, snapshot, targets)) = match (read::read_chain(&last.signed, &metadata), newest.next()) {
            (Ok(chain), _) => (last, chain),
            // A change of keys that was cut off in the middle: its root is there, what it signs is not. It is done again.
            (Err(error), Some(before)) if crate::root::is_waiting(folder, last.signed.version) => {
                let chain = read::read_chain(&before.signed, &metadata).map_err(|_| error)?;
                (before, chain)
            }
            (Err(error), _) => return Err(error),
        };
        let root = root.clone();
        let staged = Staged::read(folder, &root.signed, &targets.signed)?;
        Ok(Self { folder: folder.to_path_buf(), root, targets, snapshot, timestamp, staged, _lock: lock })
    }

    /// The lock of a repository, without a look at what is in it.
    pub(crate) fn hold(folder: &Path) -> Result<File, Refused> {
        if !metadata_folder(folder).is_dir() {
            return Err(Refused::input(format!(
                "{} is no repository; create one with: helper-publish init {0}",
                folder.display()
            )));
        }
        lock(folder)
    }

    /// Is the newest root there without what it signs? The lock must be held.
    pub(crate) fn half_changed(folder: &Path) -> bool {
        let metadata = metadata_folder(folder);
        read::read_roots(folder, &metadata)
            .is_ok_and(|roots| roots.last().is_some_and(|last| read::read_chain(&last.signed, &metadata).is_err()))
    }

    /// All published releases, as the helper sees them, the highest rank first.
    ///
    /// # Errors
    /// [`Refused::Repository`] if an entry has no description that this version understands.
    pub fn releases(&self) -> Result<Vec<Release>, Refused> {
        releases(&self.targets.signed)
    }

    /// The published list of targets.
    pub fn targets(&self) -> &Targets {
        &self.targets.signed
    }

    /// The list that the next change begins with: the one that waits for more signatures, else the published one.
    pub(crate) fn draft(&self) -> &Targets {
        self.staged.as_ref().map_or(&self.targets.signed, |staged| &staged.targets.signed)
    }

    /// The change that waits for more signatures.
    pub(crate) fn staged(&self) -> Option<&Staged> {
        self.staged.as_ref()
    }

    /// The keys and rules that are in force.
    pub(crate) fn root(&self) -> &Signed<Root> {
        &self.root
    }

    /// Where the repository lies.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// When a role's metadata expires.
    pub fn expires(&self, role: RoleType) -> Moment {
        match role {
            RoleType::Root => self.root.signed.expires,
            RoleType::Snapshot => self.snapshot.signed.expires,
            RoleType::Timestamp => self.timestamp.signed.expires,
            RoleType::Targets | RoleType::DelegatedTargets => self.targets.signed.expires,
        }
    }

    /// The version of a role's metadata.
    pub(crate) fn version(&self, role: RoleType) -> u64 {
        let version = match role {
            RoleType::Root => self.root.signed.version,
            RoleType::Snapshot => self.snapshot.signed.version,
            RoleType::Timestamp => self.timestamp.signed.version,
            RoleType::Targets | RoleType::DelegatedTargets => self.targets.signed.version,
        };
        version.get()
    }

    /// The folder that is served.
    pub fn mirror(&self) -> PathBuf {
        mirror_folder(&self.folder)
    }
}

/// `folder/mirror`: what a web server serves.
pub fn mirror_folder(folder: &Path) -> PathBuf {
    folder.join("mirror")
}

/// `folder/mirror/metadata`.
pub(crate) fn metadata_folder(folder: &Path) -> PathBuf {
    mirror_folder(folder).join("metadata")
}

/// A list's releases, the highest rank first.
pub(crate) fn releases(targets: &Targets) -> Result<Vec<Release>, Refused> {
    let mut releases =
        targets.targets.iter().map(|(name, target)| as_release(name, target)).collect::<Result<Vec<_>, _>>()?;
    releases.sort_by(|a, b| {
        let order = b.custom.rank.cmp(&a.custom.rank);
        order.then_with(|| a.custom.os.cmp(&b.custom.os)).then_with(|| a.target.cmp(&b.target))
    });
    Ok(releases)
}

fn as_release(name: &TargetName, target: &Target) -> Result<Release, Refused> {
    let bad = |why: String| Refused::Repository(format!("{}: {why}", name.raw()));
    let custom: Custom = serde_json::to_value(&target.custom)
        .and_then(serde_json::from_value)
        .map_err(|error| bad(error.to_string()))?;
    let sha256 = <[u8; 32]>::try_from(&*target.hashes.sha256).map_err(|_| bad("its hash is too short".into()))?;
    Ok(Release { target: name.raw().into(), length: target.length, sha256: Digest(sha256), custom })
}

/// A release as it stands in targets metadata.
///
/// # Errors
/// [`Refused::Input`] if it cannot be written as JSON, which no release that passed the checks does.
pub(crate) fn as_target(release: &Release) -> Result<Target, Refused> {
    let bad = |error: serde_json::Error| Refused::input(format!("the description cannot be written: {error}"));
    let custom: HashMap<String, serde_json::Value> =
        serde_json::to_value(&release.custom).and_then(serde_json::from_value).map_err(bad)?;
    Ok(Target {
        length: release.length,
        hashes: Hashes { sha256: release.sha256.0.to_vec().into(), _extra: HashMap::new() },
        custom,
        _extra: HashMap::new(),
    })
}

fn lock(folder: &Path) -> Result<File, Refused> {
    let path = folder.join(".lock");
    let file =
        File::options().create(true).truncate(false).write(true).open(&path).map_err(Refused::at("open", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            Err(Refused::input("another helper-publish works on this repository; try again when it is done"))
        }
        Err(TryLockError::Error(source)) => Err(Refused::at("lock", &path)(source)),
    }
}
