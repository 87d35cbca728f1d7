//! Which keys may sign what: changes to it, and the public halves of keys as files.

use crate::Refused;
use crate::keys::{KeyId, PrivateKey, hex, id_of, short};
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::num::NonZeroU64;
use std::path::Path;
use std::str::FromStr;
use tough::schema::key::Key;
use tough::schema::{RoleType, Root};

/// Most keys of one role.
const MAX_KEYS: usize = 16;
/// Largest public key file that is read, in bytes.
const MAX_PUBLIC: u64 = 16 << 10;

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyRole {
    /// Signs who may sign.
    Root,
    /// Signs what is published.
    Targets,
    /// Signs snapshot and timestamp, every day.
    Online,
}

impl KeyRole {
    pub(super) fn roles(self) -> &'static [RoleType] {
        match self {
            Self::Root => &[RoleType::Root],
            Self::Targets => &[RoleType::Targets],
            Self::Online => &[RoleType::Snapshot, RoleType::Timestamp],
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::Targets => "targets",
            Self::Online => "online",
        }
    }
}

impl FromStr for KeyRole {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        [Self::Root, Self::Targets, Self::Online]
            .into_iter()
            .find(|role| role.name() == text)
            .ok_or_else(|| "root, targets or online".into())
    }
}

/// What shall be different; empty for a renewal.
#[derive(Clone, Debug, Default)]
pub struct RootChange {
    /// Public keys that may sign from now on.
    pub add: Vec<(KeyRole, Key)>,
    /// Keys that may no longer, by the beginning of their id: at least eight digits.
    pub remove: Vec<(KeyRole, String)>,
    /// How many keys must sign.
    pub thresholds: Vec<(KeyRole, usize)>,
}

impl RootChange {
    /// The rules after the change; version and expiry stay for the caller.
    ///
    /// # Errors
    /// [`Refused::Input`] with what is impossible about it.
    pub(super) fn apply(&self, root: &Root) -> Result<Root, Refused> {
        let mut new = root.clone();
        for (role, prefix) in &self.remove {
            let id = find(root, *role, prefix)?;
            for name in role.roles() {
                if let Some(keys) = new.roles.get_mut(name) {
                    keys.keyids.retain(|other| *other != id);
                }
            }
        }
        for (role, key) in &self.add {
            let id = id_of(key)?;
            // A key that can do two things is two locks with one key.
            if let Some(other) = new.roles.iter().find(|(_, keys)| keys.keyids.contains(&id)) {
                return Err(Refused::input(format!("key {} is a {} key already; make a new one", short(&id), other.0)));
            }
            for name in role.roles() {
                if let Some(keys) = new.roles.get_mut(name) {
                    keys.keyids.push(id.clone());
                }
            }
            new.keys.insert(id, key.clone());
        }
        for (role, count) in &self.thresholds {
            let count = u64::try_from(*count).ok().and_then(NonZeroU64::new);
            let count = count.ok_or_else(|| Refused::input("a threshold is 1 or more"))?;
            for name in role.roles() {
                if let Some(keys) = new.roles.get_mut(name) {
                    keys.threshold = count;
                }
            }
        }
        let roles = &new.roles;
        new.keys.retain(|id, _| roles.values().any(|keys| keys.keyids.contains(id)));
        for role in [KeyRole::Root, KeyRole::Targets, KeyRole::Online] {
            check(&new, role)?;
        }
        Ok(new)
    }
}

/// Is everything that differs between two roots what `describe` shows: keys, thresholds, version and expiry?
pub(super) fn is_shown(old: &Root, new: &Root) -> bool {
    let mut rest = old.clone();
    (rest.version, rest.expires) = (new.version, new.expires);
    (rest.keys, rest.roles) = (new.keys.clone(), new.roles.clone());
    let plain = |role: &RoleType| new.roles.get(role).filter(|keys| keys._extra.is_empty());
    let all = [RoleType::Root, RoleType::Targets, RoleType::Snapshot, RoleType::Timestamp];
    rest == *new
        && new.roles.len() == all.len()
        && all.iter().all(|role| plain(role).is_some())
        // Both are shown as one.
        && plain(&RoleType::Snapshot) == plain(&RoleType::Timestamp)
        && new.keys.iter().all(|(id, key)| id_of(key).is_ok_and(|real| real == *id))
}

fn check(root: &Root, role: KeyRole) -> Result<(), Refused> {
    for keys in role.roles().iter().filter_map(|role| root.roles.get(role)) {
        let (count, needed) = (keys.keyids.len(), keys.threshold.get());
        if count > MAX_KEYS || needed > count as u64 {
            return Err(Refused::input(format!(
                "{}: {needed} of {count} keys is not possible; 1 to {MAX_KEYS} keys, of which at least one must sign. Use \
                 --add and --threshold along with --remove",
                role.name()
            )));
        }
    }
    Ok(())
}

fn find(root: &Root, role: KeyRole, prefix: &str) -> Result<KeyId, Refused> {
    let prefix = prefix.to_ascii_lowercase();
    let mut fitting = role
        .roles()
        .iter()
        .take(1)
        .filter_map(|role| root.roles.get(role))
        .flat_map(|keys| &keys.keyids)
        .filter(|id| prefix.len() >= 8 && hex(id).starts_with(&prefix));
    match (fitting.next(), fitting.next()) {
        (Some(id), None) => Ok(id.clone()),
        _ => Err(Refused::input(format!(
            "no single {} key has an id that begins with {prefix:?} (eight digits or more); see helper-publish root show",
            role.name()
        ))),
    }
}

/// Writes the public half of a key: what its holder gives to those who add it. An existing file is not touched.
///
/// # Errors
/// [`Refused::Io`].
pub fn write_public(key: &PrivateKey, path: &Path) -> Result<String, Refused> {
    let public = key.public()?;
    let text = serde_json::to_string_pretty(&public).map_err(|error| Refused::Keys(error.to_string()))?;
    let mut file = File::options().write(true).create_new(true).open(path).map_err(Refused::at("create", path))?;
    writeln!(file, "{text}").map_err(Refused::at("write", path))?;
    Ok(hex(&id_of(&public)?))
}

/// Reads a public key file.
///
/// # Errors
/// [`Refused::Keys`] if it holds no Ed25519 public key, [`Refused::Io`].
pub fn read_public(path: &Path) -> Result<Key, Refused> {
    let wrong = || {
        Refused::Keys(format!(
            "{} holds no public key; it is the .pub file that helper-publish key new writes",
            path.display()
        ))
    };
    let length = fs::metadata(path).map_err(Refused::at("read", path))?.len();
    if length > MAX_PUBLIC {
        return Err(wrong());
    }
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MAX_PUBLIC).read_to_end(&mut bytes))
        .map_err(Refused::at("read", path))?;
    match serde_json::from_slice(&bytes) {
        Ok(Key::Ed25519 { keyval, scheme, .. }) if keyval.public.len() == 32 => {
            // Without foreign fields: they would count for the id.
            Ok(Key::Ed25519 { keyval, scheme, _extra: Default::default() })
        }
        _ => Err(wrong()),
    }
}
