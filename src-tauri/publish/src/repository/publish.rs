//! Signing and writing the next versions: a change, another signature for one that waits, the daily refresh.

use super::sign::{Document, expiry, merge, next, sign, signatures, threshold};
use super::staged::{self, Staged};
use super::{Repository, metadata_folder};
use crate::Refused;
use crate::keys::{Keyring, PrivateKey, Wanted};
use crate::writes::Writes;
use helper_core::release::Release;
use helper_machine::package::Fetched;
use jiff::Timestamp as Moment;
use std::fs::File;
use tough::schema::{RoleType, Root, Signed, Snapshot, Targets, Timestamp};

/// What became of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is in the mirror.
    Published,
    /// It waits beside the mirror for the signatures of other people.
    Staged {
        /// How many keys have signed.
        signed: usize,
        /// How many must sign.
        needed: usize,
    },
    /// Enough people have signed; the next `refresh` where the online key is publishes it.
    NeedsOnlineKey,
}

/// What the daily refresh did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refreshed {
    /// Until when the timestamp is good.
    pub timestamp: Moment,
    /// Until when the list of targets is good.
    pub targets: Moment,
    /// Was a change that enough people had signed published along?
    pub published: bool,
}

impl Repository {
    /// Signs a new list of targets with the keys at hand, and publishes it if they are enough; otherwise it waits beside
    /// the mirror. A new target file goes first, `timestamp.json` last; after an error nothing has changed.
    ///
    /// A change that waits already is continued, but only by those who made it: nobody signs what somebody else put there
    /// without having looked at it.
    ///
    /// # Errors
    /// [`Refused::Keys`] if no key fits, [`Refused::Input`] if the clock is behind or somebody else's change waits,
    /// [`Refused::Io`].
    pub fn change(
        &self,
        mut targets: Targets,
        file: Option<(&File, &Release)>,
        keyring: &Keyring<'_>,
        now: Moment,
    ) -> Result<Outcome, Refused> {
        self.check_clock(now)?;
        let keys = keyring.load(Wanted::TARGETS)?;
        if let Some(waiting) = self.staged() {
            waiting.check_fits()?;
            let mine = keys.iter().map(PrivateKey::id).collect::<Result<Vec<_>, _>>()?;
            // Signed by nobody: somebody has changed it since.
            if waiting.signers.is_empty() || !waiting.signers.iter().all(|id| mine.contains(id)) {
                return Err(Refused::input(
                    "a change made by somebody else waits for signatures. Look at it first: helper-publish approve, or drop \
                     it with: helper-publish discard. Nothing was changed",
                ));
            }
        }
        targets.version = next(self.targets.signed.version)?;
        targets.expires = expiry(RoleType::Targets, now)?;
        let signatures = signatures(&targets, &self.root.signed, &keys)?;
        if signatures.is_empty() {
            return Err(Refused::Keys(
                "none of the keys at hand may sign targets for this repository; name another folder with --keys. Nothing \
                 was changed"
                    .into(),
            ));
        }
        self.settle(Signed { signed: targets, signatures }, file, &keys, now)
    }

    /// Adds the signatures of the keys at hand to the change that waits, and publishes it if they are enough now.
    ///
    /// # Errors
    /// [`Refused::Input`] if nothing waits or it no longer fits, [`Refused::Keys`] if these keys have signed already or may
    /// not.
    pub(crate) fn approve(&self, keyring: &Keyring<'_>, now: Moment) -> Result<Outcome, Refused> {
        self.check_clock(now)?;
        let waiting = self.waiting(now)?;
        let keys = keyring.load(Wanted::TARGETS)?;
        let mut signed = waiting.targets.clone();
        // A signature that does not hold is in the way of a good one by the same key.
        signed.signatures.retain(|signature| waiting.signers.contains(&signature.keyid));
        let more = signatures(&signed.signed, &self.root.signed, &keys)?;
        merge(&mut signed, more);
        let needed = threshold(&self.root.signed, RoleType::Targets);
        if signed.signatures.len() == waiting.signers.len() && waiting.signers.len() < needed {
            return Err(Refused::Keys(
                "the keys at hand have signed this change already, or may not sign; another key holder must approve it. \
                 Nothing was changed"
                    .into(),
            ));
        }
        self.settle(signed, None, &keys, now)
    }

    /// Signs snapshot and timestamp anew; a change that enough people signed is published along.
    ///
    /// # Errors
    /// [`Refused`], nothing has changed then.
    pub(crate) fn refresh(&self, keyring: &Keyring<'_>, now: Moment) -> Result<Refreshed, Refused> {
        self.check_clock(now)?;
        let keys = keyring.load(Wanted::ONLINE)?;
        let ready = match self.waiting(now) {
            Ok(waiting) if self.root.signed.verify_role(&waiting.targets).is_ok() => Some(waiting.targets.clone()),
            _ => None,
        };
        let published = ready.is_some();
        let targets = ready.map(Document::new).transpose()?;
        let expires = targets.as_ref().map_or(self.targets.signed.expires, |targets| targets.signed.signed.expires);
        self.write(targets.as_ref(), None, &keys, now)?;
        Ok(Refreshed { timestamp: expiry(RoleType::Timestamp, now)?, targets: expires, published })
    }

    /// The change that waits, if it can still be published.
    pub(crate) fn waiting(&self, now: Moment) -> Result<&Staged, Refused> {
        let waiting = self.staged().ok_or_else(|| Refused::input("no change waits for signatures"))?;
        waiting.check_fits()?;
        if waiting.targets.signed.expires <= now {
            return Err(Refused::input(
                "the change has waited for signatures until it expired; drop it with: helper-publish discard, and make it \
                 again",
            ));
        }
        Ok(waiting)
    }

    fn settle(
        &self,
        signed: Signed<Targets>,
        file: Option<(&File, &Release)>,
        keys: &[PrivateKey],
        now: Moment,
    ) -> Result<Outcome, Refused> {
        let root = &self.root.signed;
        let (count, needed) = (signed.signatures.len(), threshold(root, RoleType::Targets));
        let enough = root.verify_role(&signed).is_ok();
        let targets = Document::new(signed)?;
        if enough && has_online_key(root, keys)? {
            self.write(Some(&targets), file, keys, now)?;
            return Ok(Outcome::Published);
        }
        staged::write(&self.folder, &targets, file)?;
        Ok(if enough { Outcome::NeedsOnlineKey } else { Outcome::Staged { signed: count, needed } })
    }

    /// Writes the next snapshot and timestamp, and the new list of targets with its packages before them.
    fn write(
        &self,
        targets: Option<&Document<Targets>>,
        file: Option<(&File, &Release)>,
        keys: &[PrivateKey],
        now: Moment,
    ) -> Result<(), Refused> {
        let (snapshot, timestamp) = self.online(&self.root.signed, targets, keys, now)?;
        let metadata = metadata_folder(&self.folder);
        let mut writes = Writes::default();
        if let Some(targets) = targets {
            for release in staged::added(&targets.signed.signed, &self.targets.signed)? {
                let path = self.mirror().join("targets").join(release.consistent_name());
                match file.filter(|(_, new)| new.target == release.target) {
                    Some((file, _)) => writes.copy(&path, file)?,
                    None => {
                        let from = staged::package(&self.folder, &release);
                        // It lay there for days: what is published is what was signed.
                        Fetched::new(&from).verify(&release)?;
                        writes.copy(&path, &File::open(&from).map_err(Refused::at("open", &from))?)?;
                    }
                }
            }
            writes.put(&metadata.join(targets.file_name()), &targets.bytes)?;
        }
        writes.put(&metadata.join(snapshot.file_name()), &snapshot.bytes)?;
        writes.commit(&metadata.join("timestamp.json"), &timestamp.bytes)?;
        if targets.is_some() {
            // What stays is recognised as published.
            let _ = staged::clear(&self.folder);
        }
        Ok(())
    }

    /// The next snapshot and timestamp, signed under these rules.
    pub(crate) fn online(
        &self,
        root: &Root,
        targets: Option<&Document<Targets>>,
        keys: &[PrivateKey],
        now: Moment,
    ) -> Result<(Document<Snapshot>, Document<Timestamp>), Refused> {
        let mut snapshot = self.snapshot.signed.clone();
        snapshot.version = next(snapshot.version)?;
        snapshot.expires = expiry(RoleType::Snapshot, now)?;
        if let Some(targets) = targets {
            snapshot.meta.insert("targets.json".into(), targets.describe());
        }
        let snapshot = sign(snapshot, root, keys)?;
        let mut timestamp = self.timestamp.signed.clone();
        timestamp.version = next(timestamp.version)?;
        timestamp.expires = expiry(RoleType::Timestamp, now)?;
        timestamp.meta.insert("snapshot.json".into(), snapshot.describe());
        Ok((snapshot, sign(timestamp, root, keys)?))
    }

    /// # Errors
    /// [`Refused::Input`] if this PC's clock is behind: what it signs would be older than what is there.
    pub(crate) fn check_clock(&self, now: Moment) -> Result<(), Refused> {
        if expiry(RoleType::Timestamp, now)? < self.timestamp.signed.expires {
            return Err(Refused::input(
                "the clock of this PC is behind the one that signed last; set it first. Nothing was changed",
            ));
        }
        Ok(())
    }

    /// Are snapshot and timestamp, as they are, good under other rules too?
    pub(crate) fn online_holds_under(&self, root: &Root) -> bool {
        root.verify_role(&self.snapshot).is_ok() && root.verify_role(&self.timestamp).is_ok()
    }

    /// Is the list of targets, as it is, good under other rules too?
    pub(crate) fn targets_hold_under(&self, root: &Root) -> bool {
        root.verify_role(&self.targets).is_ok()
    }
}

/// Is the key for snapshot and timestamp at hand?
pub(crate) fn has_online_key(root: &Root, keys: &[PrivateKey]) -> Result<bool, Refused> {
    let online = |role: RoleType| -> Result<usize, Refused> {
        let allowed = root.roles.get(&role).map(|role| role.keyids.as_slice()).unwrap_or_default();
        let mut ids = keys.iter().map(PrivateKey::id).collect::<Result<Vec<_>, _>>()?;
        ids.retain(|id| allowed.contains(id));
        ids.sort_by_key(crate::keys::hex);
        ids.dedup();
        Ok(ids.len())
    };
    Ok(online(RoleType::Snapshot)? >= threshold(root, RoleType::Snapshot)
        && online(RoleType::Timestamp)? >= threshold(root, RoleType::Timestamp))
}
