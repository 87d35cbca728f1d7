//! What one refresh starts from and leaves behind: the TUF client's store over a [`MetadataFolder`].
//!
//! The client treats a store that cannot be read as empty and one that cannot be written as a nuisance. Here both end the
//! refresh: a floor that is not known, or not kept, is none.

use super::metadata_folder::{Complete, MetadataFolder};
use super::roles::{self, signed_by};
use sigstore_tuf::{Error, MetadataStore, Root, Snapshot, Timestamp, TrustedMetadataSet};
use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

const ROLES: [&str; 3] = ["timestamp.json", "snapshot.json", "targets.json"];

/// The client's store during one refresh, shared with the transport that watches over it.
#[derive(Clone, Debug)]
pub(super) struct Kept(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    folder: MetadataFolder,
    /// Nothing is written before [`Kept::keep`].
    aside: bool,
    /// The newest root that the client trusts.
    root: Vec<u8>,
    /// What the client was given or has accepted, by name.
    current: BTreeMap<String, Vec<u8>>,
    /// The first thing that the disk did not do.
    trouble: Option<io::Error>,
}

impl Kept {
    /// A store that begins with the built-in root. With `aside` everything accepted stays in memory until
    /// [`Kept::keep`].
    pub(super) fn new(folder: MetadataFolder, root: &[u8], aside: bool) -> Self {
        let state = State { folder, aside, root: root.to_vec(), current: BTreeMap::new(), trouble: None };
        Self(Arc::new(Mutex::new(state)))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // What a panicked thread left is still a plain value.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The disk's trouble so far, once.
    pub(super) fn take_trouble(&self) -> Option<io::Error> {
        self.lock().trouble.take()
    }

    /// Ends a refresh whose floor is not known or not kept, before anything more is accepted.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub(super) fn check(&self) -> Result<(), Error> {
        match &self.lock().trouble {
            None => Ok(()),
            Some(error) => Err(Error::io("the metadata folder", io::Error::new(error.kind(), error.to_string()))),
        }
    }

    /// Refuses a snapshot that lists an older version of targets than any that this PC has accepted (TUF 1.0, 5.5.5). The
    /// client itself compares only with a snapshot that the newest accepted timestamp names, and forgets it when a
    /// refresh ended between the two.
    ///
    /// # Errors
    /// [`Error::Rollback`]. What cannot be read is left to the client.
    pub(super) fn refuse_rollback(&self, snapshot: &[u8]) -> Result<(), Error> {
        let state = self.lock();
        let Some(root) = roles::root_of(&state.root) else { return Ok(()) };
        let Some(offered) = signed_by::<Snapshot>(&root, snapshot, "snapshot") else { return Ok(()) };
        for held in state.snapshots() {
            let Some(held) = signed_by::<Snapshot>(&root, &held, "snapshot") else { continue };
            for (name, floor) in &held.meta {
                let new = offered.meta.get(name).map_or(0, |meta| meta.version);
                if new < floor.version {
                    return Err(Error::Rollback {
                        role: format!("{name} (via snapshot)"),
                        trusted: floor.version,
                        new,
                    });
                }
            }
        }
        Ok(())
    }

    /// After a whole refresh: writes what is not in the folder yet, mends what is damaged there, and keeps the catalog as a
    /// whole.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub(super) fn keep(&self) -> Result<(), Error> {
        let state = self.lock();
        let roots = state.current.iter().filter(|(name, _)| !ROLES.contains(&name.as_str()));
        for (name, bytes) in roots.chain(ROLES.iter().filter_map(|role| state.current.get_key_value(*role))) {
            state.folder.write(name, bytes)?;
        }
        state.complete().map_or(Ok(()), |complete| state.folder.keep_complete(&complete))
    }

    /// The newest timestamp among those kept that the newest root vouches for.
    pub(super) fn held_timestamp(&self) -> Option<Timestamp> {
        let mut state = self.lock();
        let bytes = state.load("timestamp.json").ok().flatten()?;
        signed_by(&roles::root_of(&state.root)?, &bytes, "timestamp")
    }
}

impl State {
    /// Every snapshot that is at hand.
    fn snapshots(&self) -> Vec<Vec<u8>> {
        let complete = self.folder.complete().map(|complete| complete.snapshot.into_bytes());
        let file = self.folder.read(ROLES[1]).ok().flatten();
        [self.current.get(ROLES[1]).cloned(), file, complete].into_iter().flatten().collect()
    }

    /// The catalog as a whole, of what is current.
    fn complete(&self) -> Option<Complete> {
        let text = |name: &str| String::from_utf8(self.current.get(name)?.clone()).ok();
        let mut roots = BTreeMap::new();
        for name in self.current.keys() {
            if let Some(version) = root_version(name) {
                roots.insert(version, text(name)?);
            }
        }
        Some(Complete { roots, timestamp: text(ROLES[0])?, snapshot: text(ROLES[1])?, targets: text(ROLES[2])? })
    }

    /// The bytes under this name that the client will accept, from the file or from the complete catalog.
    fn load(&mut self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        let file = self.folder.read(name)?;
        let complete = self.folder.complete();
        let fallback = complete.and_then(|complete| {
            let text = match (name, root_version(name)) {
                ("timestamp.json", _) => complete.timestamp,
                ("snapshot.json", _) => complete.snapshot,
                ("targets.json", _) => complete.targets,
                (_, Some(version)) => complete.roots.get(&version)?.clone(),
                _ => return None,
            };
            Some(text.into_bytes())
        });
        let candidates: Vec<Vec<u8>> = file.into_iter().chain(fallback).collect();
        let Some(root) = roles::root_of(&self.root) else { return Ok(None) };
        let chosen = match (name, root_version(name)) {
            (_, Some(_)) => candidates.into_iter().find(|bytes| self.follows(bytes)),
            ("timestamp.json", _) => candidates
                .into_iter()
                .filter_map(|bytes| Some((signed_by::<Timestamp>(&root, &bytes, "timestamp")?.version, bytes)))
                .max_by_key(|(version, _)| *version)
                .map(|(_, bytes)| bytes),
            ("snapshot.json" | "targets.json", _) => candidates.into_iter().find(|bytes| self.fits(name, bytes)),
            // Delegated roles, which the helper has not got: the client judges them.
            _ => candidates.into_iter().next(),
        };
        if let Some(bytes) = &chosen {
            if root_version(name).is_some() {
                self.root.clone_from(bytes);
            }
            self.current.insert(name.to_owned(), bytes.clone());
        }
        Ok(chosen)
    }

    /// Is this the root after the newest one?
    fn follows(&self, bytes: &[u8]) -> bool {
        TrustedMetadataSet::from_root(&self.root).and_then(|mut trusted| trusted.update_root(bytes)).is_ok()
    }

    /// Do the roles before it, as far as they are current, name these bytes?
    fn fits(&self, name: &str, bytes: &[u8]) -> bool {
        // Before every expiry: an expired floor is a floor.
        let now = jiff::Timestamp::UNIX_EPOCH;
        let try_fit = || {
            let mut trusted = TrustedMetadataSet::from_root(&self.root)?;
            let current = |name: &str| {
                self.current.get(name).map(Vec::as_slice).ok_or_else(|| Error::Malformed(format!("no {name}")))
            };
            trusted.update_timestamp(current(ROLES[0])?, now)?;
            if name == ROLES[1] {
                return trusted.update_snapshot(bytes, now);
            }
            trusted.update_snapshot(current(ROLES[1])?, now)?;
            trusted.update_targets(bytes, now).map(|_| ())
        };
        try_fit().is_ok()
    }

    fn note(&mut self, error: Error) -> Error {
        let Error::Io { context, source } = error else { return error };
        let copy = io::Error::new(source.kind(), source.to_string());
        self.trouble.get_or_insert_with(|| io::Error::new(source.kind(), format!("{context}: {source}")));
        Error::io(context, copy)
    }
}

/// The version in `root_history/N.root.json`.
fn root_version(name: &str) -> Option<u64> {
    name.strip_prefix("root_history/")?.strip_suffix(".root.json")?.parse().ok()
}

impl MetadataStore for Kept {
    fn load(&self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        let mut state = self.lock();
        state.load(name).map_err(|error| state.note(error))
    }

    fn store(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        // The same bytes come under the role's plain name as well, which is the one that is read.
        if name.split('.').next().is_some_and(|first| !first.is_empty() && first.bytes().all(|b| b.is_ascii_digit())) {
            return Ok(());
        }
        let mut state = self.lock();
        if name == "root.json" {
            let newer = state.root != bytes;
            state.root = bytes.to_vec();
            if newer {
                // What the old root vouched for is judged anew.
                state.current.retain(|name, _| !ROLES.contains(&name.as_str()));
            }
        }
        if !state.aside {
            let written = state.folder.write(name, bytes);
            written.map_err(|error| state.note(error))?;
        }
        state.current.insert(name.to_owned(), bytes.to_vec());
        Ok(())
    }
}

/// The catalog's targets out of these files: verified from the built-in root, but for their age.
///
/// # Errors
/// Whatever does not hold.
pub(super) fn verified(root: &[u8], kept: &Complete) -> Result<TrustedMetadataSet, Error> {
    let now = jiff::Timestamp::UNIX_EPOCH;
    let mut trusted = TrustedMetadataSet::from_root(root)?;
    while let Some(next) = kept.roots.get(&(trusted.root().version + 1)) {
        trusted.update_root(next.as_bytes())?;
    }
    trusted.update_timestamp(kept.timestamp.as_bytes(), now)?;
    trusted.update_snapshot(kept.snapshot.as_bytes(), now)?;
    trusted.update_targets(kept.targets.as_bytes(), now)?;
    Ok(trusted)
}

/// What the files of the folder hold, as far as they are there and text.
pub(super) fn files(folder: &MetadataFolder, first: &Root) -> Result<Complete, Error> {
    let text = |name: &str| -> Result<String, Error> {
        let bytes = folder.read(name)?.ok_or_else(|| Error::Malformed(format!("no {name}")))?;
        String::from_utf8(bytes).map_err(|_| Error::Malformed(format!("{name} is no text")))
    };
    let mut roots = BTreeMap::new();
    let mut next = first.version + 1;
    while let Ok(root) = text(&format!("root_history/{next}.root.json")) {
        roots.insert(next, root);
        next += 1;
    }
    Ok(Complete { roots, timestamp: text(ROLES[0])?, snapshot: text(ROLES[1])?, targets: text(ROLES[2])? })
}
