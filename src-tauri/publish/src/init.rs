//! Creates a repository: keys, root, and the first, empty, version of everything.

use crate::Refused;
use crate::keys::{PrivateKey, file_name, stem};
use crate::passphrase::{Passphrases, Unencrypted};
use crate::repository::sign::{SPEC_VERSION, expiry, sign};
use crate::repository::{metadata_folder, mirror_folder};
use jiff::Timestamp as Moment;
use std::collections::HashMap;
use std::fs;
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};
use tough::schema::{RoleKeys, RoleType, Root, Snapshot, Targets, Timestamp};

/// How many keys a role has, and how many of them must sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quorum {
    /// 1 to 16.
    pub keys: usize,
    /// 1 to `keys`.
    pub threshold: usize,
}

/// [`create`] with keys that are not encrypted: for demonstrations and tests.
///
/// # Errors
/// Those of [`create`].
pub fn init(folder: &Path, key_folder: &Path, root: Quorum, targets: Quorum, now: Moment) -> Result<(), Refused> {
    create(folder, key_folder, root, targets, &Unencrypted, now)
}

/// Creates `folder/mirror`, `folder/root.json` and the keys, each under the passphrase of its holder. Neither a mirror nor
/// keys may be there already.
///
/// # Errors
/// [`Refused::Input`] for impossible numbers or what exists already, [`Refused::Keys`] for passphrases, [`Refused::Io`].
/// Nothing is left behind then.
pub fn create(
    folder: &Path,
    key_folder: &Path,
    root: Quorum,
    targets: Quorum,
    passphrases: &dyn Passphrases,
    now: Moment,
) -> Result<(), Refused> {
    for (name, quorum) in [("root", root), ("targets", targets)] {
        if quorum.threshold == 0 || quorum.threshold > quorum.keys || quorum.keys > 16 {
            return Err(Refused::input(format!(
                "{name}: {} of {} keys is not possible; 1 to 16 keys, of which at least one must sign",
                quorum.threshold, quorum.keys
            )));
        }
    }
    if mirror_folder(folder).exists() || folder.join("root.json").exists() {
        return Err(Refused::input(format!("{} has a repository already; choose another folder", folder.display())));
    }
    if key_folder.exists() {
        return Err(Refused::input(format!(
            "{} exists already; keys are never mixed, choose another folder with --keys",
            key_folder.display()
        )));
    }
    let new_keys = Keys::generate(root, targets)?;
    let locks = new_keys.files.iter().map(|(name, _)| passphrases.fresh(&stem(Path::new(name))));
    let locks = locks.collect::<Result<Vec<_>, _>>()?;
    fs::create_dir_all(folder).map_err(Refused::at("create", folder))?;
    // Everything is made aside and moved into place when it is whole.
    let aside =
        tempfile::Builder::new().prefix(".init-").tempdir_in(folder).map_err(Refused::at("write to", folder))?;
    write_mirror(aside.path(), &new_keys, now)?;

    let mut guard = Unfinished { keys: key_folder, root: folder.join("root.json"), keep: false };
    create_private(key_folder)?;
    for ((name, key), lock) in new_keys.files.iter().zip(&locks) {
        key.write(&key_folder.join(name), lock.as_ref())?;
    }
    for name in ["root.json", "mirror"] {
        let path = folder.join(name);
        fs::rename(aside.path().join(name), &path).map_err(Refused::at("create", &path))?;
    }
    guard.keep = true;
    Ok(())
}

/// Takes everything away again if the repository was not finished; these keys signed nothing that anybody has.
struct Unfinished<'a> {
    keys: &'a Path,
    root: PathBuf,
    keep: bool,
}

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        if !self.keep {
            let _ = fs::remove_dir_all(self.keys);
            let _ = fs::remove_file(&self.root);
        }
    }
}

struct Keys {
    files: Vec<(String, PrivateKey)>,
    quorums: [(RoleType, Quorum); 3],
}

impl Keys {
    fn generate(root: Quorum, targets: Quorum) -> Result<Self, Refused> {
        let quorums = [
            (RoleType::Root, root),
            (RoleType::Targets, targets),
            (RoleType::Timestamp, Quorum { keys: 1, threshold: 1 }),
        ];
        let mut files = Vec::new();
        for (role, quorum) in quorums {
            for number in 1..=quorum.keys {
                files.push((file_name(role, number), PrivateKey::generate()?));
            }
        }
        Ok(Self { files, quorums })
    }

    fn root(&self, now: Moment) -> Result<Root, Refused> {
        let mut root = Root {
            spec_version: SPEC_VERSION.into(),
            consistent_snapshot: true,
            version: NonZeroU64::MIN,
            expires: expiry(RoleType::Root, now)?,
            keys: HashMap::new(),
            roles: HashMap::new(),
            _extra: HashMap::new(),
        };
        let mut files = self.files.iter();
        for (role, quorum) in self.quorums {
            let mut keyids = Vec::new();
            for (_, key) in files.by_ref().take(quorum.keys) {
                let public = key.public()?;
                let id = public.key_id().map_err(|error| Refused::Keys(error.to_string()))?;
                keyids.push(id.clone());
                root.keys.insert(id, public);
            }
            let threshold = NonZeroU64::new(quorum.threshold as u64).unwrap_or(NonZeroU64::MIN);
            let keys = RoleKeys { keyids, threshold, _extra: HashMap::new() };
            if role == RoleType::Timestamp {
                root.roles.insert(RoleType::Snapshot, keys.clone());
            }
            root.roles.insert(role, keys);
        }
        Ok(root)
    }
}

fn write_mirror(folder: &Path, keys: &Keys, now: Moment) -> Result<(), Refused> {
    let root = keys.root(now)?;
    let first = NonZeroU64::MIN;
    let mut targets = Targets::new(SPEC_VERSION.into(), first, expiry(RoleType::Targets, now)?);
    targets.delegations = None;
    let private: Vec<PrivateKey> = keys.files.iter().map(|(_, key)| key.clone()).collect();
    let targets = sign(targets, &root, &private)?;
    let mut snapshot = Snapshot::new(SPEC_VERSION.into(), first, expiry(RoleType::Snapshot, now)?);
    snapshot.meta.insert("targets.json".into(), targets.describe());
    let snapshot = sign(snapshot, &root, &private)?;
    let mut timestamp = Timestamp::new(SPEC_VERSION.into(), first, expiry(RoleType::Timestamp, now)?);
    timestamp.meta.insert("snapshot.json".into(), snapshot.describe());
    let timestamp = sign(timestamp, &root, &private)?;
    let root = sign(root.clone(), &root, &private)?;

    let metadata = metadata_folder(folder);
    for path in [&metadata, &mirror_folder(folder).join("targets")] {
        fs::create_dir_all(path).map_err(Refused::at("create", path))?;
    }
    let files = [
        (folder.join("root.json"), &root.bytes),
        (metadata.join("1.root.json"), &root.bytes),
        (metadata.join(targets.file_name()), &targets.bytes),
        (metadata.join(snapshot.file_name()), &snapshot.bytes),
        (metadata.join("timestamp.json"), &timestamp.bytes),
    ];
    files.iter().try_for_each(|(path, bytes)| fs::write(path, bytes).map_err(Refused::at("write", path)))
}

fn create_private(path: &Path) -> Result<(), Refused> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(path).map_err(Refused::at("create", path))
}
