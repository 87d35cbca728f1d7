//! Reading signed files: every signature, hash and version is checked, expiry is not.

use super::sign::next;
use crate::Refused;
use helper_machine::package::hash_piece;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs;
use std::path::Path;
use tough::schema::{Metafile, Role, Root, Signed, Snapshot, Targets, Timestamp};

/// From the root that is trusted to the newest: each must be signed by its own keys and by those before it.
pub(super) fn read_roots(folder: &Path, metadata: &Path) -> Result<Vec<Signed<Root>>, Refused> {
    let bad = |path: &Path, why: &dyn std::fmt::Display| Refused::Repository(format!("{}: {why}", path.display()));
    let path = folder.join("root.json");
    let mut root: Signed<Root> = parse(&path)?;
    root.signed.verify_role(&root).map_err(|error| bad(&path, &error))?;
    let mut roots = Vec::new();
    loop {
        let version = next(root.signed.version)?;
        let path = metadata.join(format!("{version}.root.json"));
        if !path.exists() {
            roots.push(root);
            return Ok(roots);
        }
        let newer: Signed<Root> = parse(&path)?;
        root.signed.verify_role(&newer).map_err(|error| bad(&path, &error))?;
        newer.signed.verify_role(&newer).map_err(|error| bad(&path, &error))?;
        if newer.signed.version != version {
            return Err(bad(&path, &"its version is another one"));
        }
        roots.push(root);
        root = newer;
    }
}

/// Timestamp, snapshot and list of targets.
pub(super) type Chain = (Signed<Timestamp>, Signed<Snapshot>, Signed<Targets>);

/// Reads the three, each as the one before describes it.
pub(super) fn read_chain(root: &Root, metadata: &Path) -> Result<Chain, Refused> {
    let timestamp: Signed<Timestamp> = read_role(root, &metadata.join("timestamp.json"), None)?;
    let snapshot: Signed<Snapshot> =
        read_versioned(root, metadata, timestamp.signed.meta.get("snapshot.json"), "snapshot")?;
    let targets = read_versioned(root, metadata, snapshot.signed.meta.get("targets.json"), "targets")?;
    Ok((timestamp, snapshot, targets))
}

/// Reads a file whose signatures somebody else checks.
pub(crate) fn parse<T: DeserializeOwned>(path: &Path) -> Result<T, Refused> {
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
