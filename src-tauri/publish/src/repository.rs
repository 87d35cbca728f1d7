//! A repository on disk: read with all signatures checked, changed by signing and writing the next versions.

use crate::keys::{PrivateKey, at_once};
use crate::writes::Writes;
use crate::{Refused, keys};
use aws_lc_rs::rand::SystemRandom;
use helper_core::release::{Custom, Digest, Release};
use helper_machine::package::hash_piece;
use jiff::{SignedDuration, Timestamp as Moment};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use std::fs::{self, File, TryLockError};
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};
use tough::editor::signed::SignedRole;
use tough::schema::{Hashes, KeyHolder, Metafile, Role, RoleType, Root, Signed, Snapshot, Target, Targets, Timestamp};

/// How long signed metadata stays valid, in days, by role.
pub(crate) fn lifetime(role: RoleType) -> SignedDuration {
    let days = match role {
        RoleType::Root => 730,
        RoleType::Targets | RoleType::DelegatedTargets => 180,
        RoleType::Snapshot => 30,
        // The longest time for which a malicious mirror can hide a revocation.
        RoleType::Timestamp => 7,
    };
    SignedDuration::from_hours(24 * days)
}

/// The TUF specification version that the metadata follows.
pub(crate) const SPEC_VERSION: &str = "1.0.0";

/// When metadata signed now expires; whole seconds, which every reader understands.
pub(crate) fn expiry(role: RoleType, now: Moment) -> Result<Moment, Refused> {
    Moment::from_second(now.as_second())
        .and_then(|second| second.checked_add(lifetime(role)))
        .map_err(|_| Refused::input("the clock of this PC is far off; set it first"))
}

/// A repository whose signatures, hashes and versions were checked while reading. Expiry is not: a publisher must be
/// able to renew what expired. It holds the repository's lock; two changes at once are refused.
#[derive(Debug)]
pub struct Repository {
    folder: PathBuf,
    root: Signed<Root>,
    targets: Signed<Targets>,
    snapshot: Signed<Snapshot>,
    timestamp: Signed<Timestamp>,
    _lock: File,
}

impl Repository {
    /// Reads `folder/mirror/metadata`, trusting `folder/root.json` only.
    ///
    /// # Errors
    /// [`Refused::Repository`] if anything does not fit, [`Refused::Io`] if files are missing.
    pub fn open(folder: &Path) -> Result<Self, Refused> {
        let metadata = metadata_folder(folder);
        if !metadata.is_dir() {
            return Err(Refused::input(format!(
                "{} is no repository; create one with: helper-publish init {0}",
                folder.display()
            )));
        }
        let lock = lock(folder)?;
        let root = read_root(folder, &metadata)?;
        let timestamp: Signed<Timestamp> = read_role(&root.signed, &metadata.join("timestamp.json"), None)?;
        let snapshot_meta = timestamp.signed.meta.get("snapshot.json");
        let snapshot: Signed<Snapshot> = read_versioned(&root.signed, &metadata, snapshot_meta, "snapshot")?;
        let targets_meta = snapshot.signed.meta.get("targets.json");
        let targets: Signed<Targets> = read_versioned(&root.signed, &metadata, targets_meta, "targets")?;
        Ok(Self { folder: folder.to_path_buf(), root, targets, snapshot, timestamp, _lock: lock })
    }

    /// All releases, as the helper sees them, the highest rank first.
    ///
    /// # Errors
    /// [`Refused::Repository`] if an entry has no description that this version understands.
    pub fn releases(&self) -> Result<Vec<Release>, Refused> {
        let mut releases = Vec::new();
        for (name, target) in &self.targets.signed.targets {
            let bad = |why: String| Refused::Repository(format!("{}: {why}", name.raw()));
            let custom: Custom = serde_json::to_value(&target.custom)
                .and_then(serde_json::from_value)
                .map_err(|error| bad(error.to_string()))?;
            let sha256 =
                <[u8; 32]>::try_from(&*target.hashes.sha256).map_err(|_| bad("its hash is too short".into()))?;
            releases.push(Release { target: name.raw().into(), length: target.length, sha256: Digest(sha256), custom });
        }
        releases.sort_by(|a, b| {
            b.custom
                .rank
                .cmp(&a.custom.rank)
                .then_with(|| a.custom.os.cmp(&b.custom.os))
                .then_with(|| a.target.cmp(&b.target))
        });
        Ok(releases)
    }

    /// The list of targets, to be changed and given to [`Repository::publish`].
    pub fn targets(&self) -> &Targets {
        &self.targets.signed
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

    /// The folder that is served.
    pub fn mirror(&self) -> PathBuf {
        mirror_folder(&self.folder)
    }

    /// Signs and writes the next version: of targets, snapshot and timestamp, or of the last two if no targets are
    /// given. A new target file goes first, `timestamp.json` last; after an error nothing has changed.
    ///
    /// # Errors
    /// [`Refused::Keys`] if signatures are missing, [`Refused::Input`] if the clock is behind, [`Refused::Io`].
    pub fn publish(
        &self,
        targets: Option<Targets>,
        file: Option<(&File, &Release)>,
        key_folder: &Path,
        now: Moment,
    ) -> Result<(), Refused> {
        let timestamp_expires = expiry(RoleType::Timestamp, now)?;
        if timestamp_expires < self.timestamp.signed.expires {
            return Err(Refused::input(
                "the clock of this PC is behind the one that signed last; set it first. Nothing was changed",
            ));
        }
        let keys = keys::load(key_folder, targets.is_some())?;
        let root = &self.root.signed;
        let signed_targets = match targets {
            Some(mut targets) => {
                targets.version = next(self.targets.signed.version)?;
                targets.expires = expiry(RoleType::Targets, now)?;
                Some(sign(targets, root, &keys)?)
            }
            None => None,
        };
        let mut snapshot = self.snapshot.signed.clone();
        snapshot.version = next(snapshot.version)?;
        snapshot.expires = expiry(RoleType::Snapshot, now)?;
        if let Some(targets) = &signed_targets {
            snapshot.meta.insert("targets.json".into(), describe(targets));
        }
        let snapshot = sign(snapshot, root, &keys)?;
        let mut timestamp = self.timestamp.signed.clone();
        timestamp.version = next(timestamp.version)?;
        timestamp.expires = timestamp_expires;
        timestamp.meta.insert("snapshot.json".into(), describe(&snapshot));
        let timestamp = sign(timestamp, root, &keys)?;

        let metadata = metadata_folder(&self.folder);
        let mut writes = Writes::default();
        if let Some((file, release)) = file {
            writes.copy(&self.mirror().join("targets").join(consistent(release)), file)?;
        }
        if let Some(targets) = &signed_targets {
            writes.put(&metadata.join(targets.signed().signed.filename(true)), targets.buffer())?;
        }
        writes.put(&metadata.join(snapshot.signed().signed.filename(true)), snapshot.buffer())?;
        writes.commit(&metadata.join("timestamp.json"), timestamp.buffer())
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

/// Where a target lies below `targets/`: the hash stands before the file's name, in the target's folder.
pub fn consistent(release: &Release) -> String {
    match release.target.rsplit_once('/') {
        Some((folder, name)) => format!("{folder}/{}.{name}", release.sha256),
        None => format!("{}.{}", release.sha256, release.target),
    }
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

/// Signs a role with all keys that fit, and checks the result as a reader would.
///
/// # Errors
/// [`Refused::Keys`] if fewer keys are there than the root asks for.
pub(crate) fn sign<T: Role + Serialize>(role: T, root: &Root, keys: &[PrivateKey]) -> Result<SignedRole<T>, Refused> {
    let needed = root.roles.get(&T::TYPE).map_or(0, |keys| keys.threshold.get());
    let missing = |error: &dyn std::fmt::Display| {
        Refused::Keys(format!(
            "{} needs {needed} of its keys in the keys folder: {error}. Nothing was changed",
            T::TYPE
        ))
    };
    let sources: Vec<_> = keys.iter().map(PrivateKey::source).collect();
    let signed = at_once(SignedRole::new(role, &KeyHolder::Root(root.clone()), &sources, &SystemRandom::new()))
        .map_err(|error| missing(&error))?;
    root.verify_role(signed.signed()).map_err(|error| missing(&error))?;
    Ok(signed)
}

/// What the next role in the chain says about a signed one.
pub(crate) fn describe<T: Role + Serialize>(role: &SignedRole<T>) -> Metafile {
    Metafile {
        length: Some(*role.length()),
        hashes: Some(Hashes { sha256: role.sha256().to_vec().into(), _extra: HashMap::new() }),
        version: role.signed().signed.version(),
        _extra: HashMap::new(),
    }
}

fn next(version: NonZeroU64) -> Result<NonZeroU64, Refused> {
    version.checked_add(1).ok_or_else(|| Refused::Repository("its version is at the end".into()))
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

/// From the root that is trusted to the newest: each must be signed by its own keys and by those before it.
fn read_root(folder: &Path, metadata: &Path) -> Result<Signed<Root>, Refused> {
    let bad = |path: &Path, why: &dyn std::fmt::Display| Refused::Repository(format!("{}: {why}", path.display()));
    let path = folder.join("root.json");
    let mut root: Signed<Root> = parse(&path)?;
    root.signed.verify_role(&root).map_err(|error| bad(&path, &error))?;
    loop {
        let version = next(root.signed.version)?;
        let path = metadata.join(format!("{version}.root.json"));
        if !path.exists() {
            return Ok(root);
        }
        let newer: Signed<Root> = parse(&path)?;
        root.signed.verify_role(&newer).map_err(|error| bad(&path, &error))?;
        newer.signed.verify_role(&newer).map_err(|error| bad(&path, &error))?;
        if newer.signed.version != version {
            return Err(bad(&path, &"its version is another one"));
        }
        root = newer;
    }
}

fn parse<T: DeserializeOwned>(path: &Path) -> Result<T, Refused> {
    let bytes = fs::read(path).map_err(Refused::at("read", path))?;
    serde_json::from_slice(&bytes).map_err(|error| Refused::Repository(format!("{}: {error}", path.display())))
}

fn read_versioned<T: Role + Serialize + DeserializeOwned>(
    root: &Root,
    metadata: &Path,
    meta: Option<&Metafile>,
    name: &str,
) -> Result<Signed<T>, Refused> {
    let meta = meta.ok_or_else(|| Refused::Repository(format!("nothing is said about {name}.json")))?;
    read_role(root, &metadata.join(format!("{}.{name}.json", meta.version)), Some(meta))
}

fn read_role<T: Role + Serialize + DeserializeOwned>(
    root: &Root,
    path: &Path,
    meta: Option<&Metafile>,
) -> Result<Signed<T>, Refused> {
    let bad = |why: &dyn std::fmt::Display| Refused::Repository(format!("{}: {why}", path.display()));
    let bytes = fs::read(path).map_err(Refused::at("read", path))?;
    let role: Signed<T> = serde_json::from_slice(&bytes).map_err(|error| bad(&error))?;
    if let Some(meta) = meta {
        let same_hash = meta.hashes.as_ref().is_none_or(|hashes| *hashes.sha256 == hash_piece(&bytes).0);
        if !same_hash || meta.length.is_some_and(|length| length != bytes.len() as u64) {
            return Err(bad(&"it is not the file that was signed"));
        }
        if meta.version != role.signed.version() {
            return Err(bad(&"its version is another one"));
        }
    }
    root.verify_role(&role).map_err(|error| bad(&error))?;
    Ok(role)
}
