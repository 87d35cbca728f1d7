//! The root ceremony: keys are replaced, thresholds changed and the root renewed by a new root that is signed by enough
//! of the old root keys and enough of the new ones (TUF 1.0, 6.1). Holders sign one after another; until then the new root
//! waits in `ceremony/`. Old roots stay in the mirror for ever: a PC that was off for years walks the whole chain.

mod change;
mod describe;

pub use change::{KeyRole, RootChange, read_public, write_public};

use crate::Refused;
use crate::keys::{Keyring, PrivateKey, Wanted};
use crate::repository::sign::{Document, expiry, merge, next, signatures, signers, threshold};
use crate::repository::{Repository, has_online_key, metadata_folder, parse};
use crate::writes::Writes;
use jiff::Timestamp as Moment;
use std::fs;
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};
use tough::schema::{RoleType, Root, Signed, Targets};

/// What became of a new root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RootOutcome {
    /// It is in the mirror, with this version.
    Published(u64),
    /// It waits; these are still missing, in words.
    Waiting(Vec<String>),
}

/// A new root that waits, with the repository's lock: what is signed is what was shown.
#[derive(Debug)]
pub struct Ceremony {
    repository: Repository,
    root: Signed<Root>,
    /// The list of targets once more, if those who may sign it have changed so much that the present one no longer counts.
    targets: Option<Signed<Targets>>,
}

impl Ceremony {
    /// Plans a new root and does not write it yet; without any change the present one is renewed.
    ///
    /// # Errors
    /// [`Refused::Input`] if the change is impossible or another one waits, [`Refused::Keys`] for unreadable public keys.
    pub fn propose(folder: &Path, change: &RootChange, now: Moment) -> Result<Self, Refused> {
        let repository = Repository::open(folder)?;
        repository.check_clock(now)?;
        if exists(folder) {
            return Err(Refused::input(
                "a change of keys waits for signatures already. Look at it with: helper-publish root sign, or drop it with: \
                 helper-publish root discard",
            ));
        }
        let mut root = change.apply(&repository.root().signed)?;
        root.version = next(root.version)?;
        root.expires = expiry(RoleType::Root, now)?;
        Ok(Self { repository, root: Signed { signed: root, signatures: Vec::new() }, targets: None })
    }

    /// Reads the one that waits.
    ///
    /// # Errors
    /// [`Refused::Input`] if none waits or it no longer fits.
    pub fn open(folder: &Path, now: Moment) -> Result<Self, Refused> {
        let repository = Repository::open(folder)?;
        let root: Signed<Root> = if exists(folder) {
            parse(&root_file(folder)).map_err(|_| {
                Refused::input("the change of keys that waits is damaged; drop it with: helper-publish root discard")
            })?
        } else {
            return Err(Refused::input("no change of keys waits for signatures"));
        };
        if root.signed.version != next(repository.root().signed.version)? || root.signed.expires <= now {
            return Err(Refused::input(
                "the change of keys that waits no longer fits, or has expired; drop it with: helper-publish root discard",
            ));
        }
        if !change::is_shown(&repository.root().signed, &root.signed) {
            return Err(Refused::input(
                "the change of keys that waits has something in it that cannot be shown; do not sign it, drop it with: \
                 helper-publish root discard",
            ));
        }
        let path = targets_file(folder);
        let targets = if path.exists() { parse(&path).ok() } else { None };
        Ok(Self { repository, root, targets })
    }

    /// What it changes and who has signed, for people.
    pub fn text(&self) -> String {
        describe::change(self.old(), &self.root)
    }

    /// Signs with all keys at hand that count, and publishes as soon as nothing is missing.
    ///
    /// # Errors
    /// [`Refused::Keys`] if these keys have signed already or may not; nothing has changed then.
    pub fn sign<'k>(mut self, keyring: impl Into<Keyring<'k>>, now: Moment) -> Result<RootOutcome, Refused> {
        self.repository.check_clock(now)?;
        let keys = keyring.into().load(Wanted::ROOT)?;
        let before = (self.root.signatures.len(), self.targets.clone());
        let new = self.root.signed.clone();
        let by_old = signatures(&new, self.old(), &keys)?;
        merge(&mut self.root, by_old);
        merge(&mut self.root, signatures(&new, &new, &keys)?);
        self.sign_targets(&new, &keys, now)?;
        let signed_targets =
            self.targets != before.1 && self.targets.as_ref().is_some_and(|targets| !targets.signatures.is_empty());
        let progress = signed_targets || self.root.signatures.len() > before.0;

        let needs_online = self.targets.is_some() || !self.repository.online_holds_under(&new);
        let missing = self.missing(&new, needs_online && !has_online_key(&new, &keys)?);
        if missing.is_empty() {
            self.publish(needs_online, &keys, now)?;
            return Ok(RootOutcome::Published(new.version.get()));
        }
        if !progress {
            return Err(Refused::Keys(format!(
                "the keys at hand have signed already, or do not count. Still missing: {}. Nothing was changed",
                missing.join("; ")
            )));
        }
        self.keep()?;
        Ok(RootOutcome::Waiting(missing))
    }

    fn old(&self) -> &Root {
        &self.repository.root().signed
    }

    /// If the list of targets must be signed anew, begins or continues that.
    fn sign_targets(&mut self, new: &Root, keys: &[PrivateKey], now: Moment) -> Result<(), Refused> {
        if self.repository.targets_hold_under(new) {
            self.targets = None;
            return Ok(());
        }
        let current = self.repository.targets();
        let version = next(current.version)?;
        let latest = expiry(RoleType::Targets, now)?;
        let fits = |kept: &Signed<Targets>| {
            // The same list in every word, for no longer than a new signature would make it.
            let mut same = current.clone();
            (same.version, same.expires) = (version, kept.signed.expires);
            same == kept.signed && (now..=latest).contains(&kept.signed.expires)
        };
        // Another list was published since: signatures for the old one are worth nothing.
        let mut targets = match self.targets.take().filter(fits) {
            Some(kept) => kept,
            None => {
                let mut fresh = current.clone();
                (fresh.version, fresh.expires) = (version, latest);
                Signed { signed: fresh, signatures: Vec::new() }
            }
        };
        let good = signers(new, &targets);
        targets.signatures.retain(|signature| good.contains(&signature.keyid));
        let more = signatures(&targets.signed, new, keys)?;
        merge(&mut targets, more);
        self.targets = Some(targets);
        Ok(())
    }

    fn missing(&self, new: &Root, online: bool) -> Vec<String> {
        let mut missing = Vec::new();
        let mut count = |what: &str, signed: usize, needed: usize| {
            if signed < needed {
                missing.push(format!("{what} ({signed} of {needed} signatures)"));
            }
        };
        let root = |rules: &Root| (signers(rules, &self.root).len(), threshold(rules, RoleType::Root));
        let (signed, needed) = root(self.old());
        count("root keys in force until now", signed, needed);
        let (signed, needed) = root(new);
        count("root keys of the new root", signed, needed);
        if let Some(targets) = &self.targets {
            count("targets keys of the new root", signers(new, targets).len(), threshold(new, RoleType::Targets));
        }
        if online {
            missing.push("the online key of the new root".into());
        }
        missing
    }

    fn keep(&self) -> Result<(), Refused> {
        let folder = self.repository.folder();
        let ceremony = ceremony_folder(folder);
        fs::create_dir_all(&ceremony).map_err(Refused::at("create", &ceremony))?;
        let path = targets_file(folder);
        match &self.targets {
            // By rename, like everything; on its own it is worth nothing.
            Some(targets) => Writes::default().commit(&path, &Document::new(targets.clone())?.bytes)?,
            None if path.exists() => fs::remove_file(&path).map_err(Refused::at("remove", &path))?,
            None => {}
        }
        Writes::default().commit(&root_file(folder), &Document::new(self.root.clone())?.bytes)
    }

    /// A kill in the middle leaves the new root without what it signs; reading notices that as long as `ceremony/` is
    /// there, and signing again completes it.
    fn publish(&self, needs_online: bool, keys: &[PrivateKey], now: Moment) -> Result<(), Refused> {
        let new = &self.root.signed;
        let folder = self.repository.folder();
        let metadata = metadata_folder(folder);
        let root = Document::new(self.root.clone())?;
        if needs_online {
            self.keep()?;
            let targets = self.targets.clone().map(Document::new).transpose()?;
            let (snapshot, timestamp) = self.repository.online(new, targets.as_ref(), keys, now)?;
            let mut writes = Writes::default();
            if let Some(targets) = &targets {
                writes.put(&metadata.join(targets.file_name()), &targets.bytes)?;
            }
            writes.put(&metadata.join(snapshot.file_name()), &snapshot.bytes)?;
            writes.put(&metadata.join(root.file_name()), &root.bytes)?;
            writes.commit(&metadata.join("timestamp.json"), &timestamp.bytes)?;
        } else {
            Writes::default().commit(&metadata.join(root.file_name()), &root.bytes)?;
        }
        // What stays no longer fits and says so.
        let _ = clear(folder);
        Ok(())
    }
}

/// Drops the change of keys that waits. What is in force stays in force.
///
/// # Errors
/// [`Refused::Input`] if none waits, [`Refused::Io`].
pub fn discard(folder: &Path) -> Result<(), Refused> {
    let _lock = Repository::hold(folder)?;
    if !exists(folder) {
        return Err(Refused::input("no change of keys waits for signatures"));
    }
    // One that was cut off while it was published is in the mirror half-way, and can only be completed.
    if let Ok(root) = parse::<Signed<Root>>(&root_file(folder))
        && metadata_folder(folder).join(format!("{}.root.json", root.signed.version)).exists()
        && Repository::half_changed(folder)
    {
        return Err(Refused::input(
            "this change of keys was being published and must be completed: helper-publish root sign",
        ));
    }
    clear(folder)
}

/// Who may sign what, for people.
///
/// # Errors
/// [`Refused`] if the repository is damaged.
pub fn show(folder: &Path) -> Result<String, Refused> {
    let repository = Repository::open(folder)?;
    let mut text = describe::rules(&repository.root().signed);
    if exists(folder) {
        text.push_str("a change of keys waits for signatures; look at it with: helper-publish root sign\n");
    }
    Ok(text)
}

/// Does a new root wait?
pub(crate) fn exists(folder: &Path) -> bool {
    root_file(folder).exists()
}

/// Does a new root of this version wait?
pub(crate) fn is_waiting(folder: &Path, version: NonZeroU64) -> bool {
    exists(folder) && parse::<Signed<Root>>(&root_file(folder)).is_ok_and(|root| root.signed.version == version)
}

fn clear(folder: &Path) -> Result<(), Refused> {
    let (root, ceremony) = (root_file(folder), ceremony_folder(folder));
    fs::remove_file(&root).map_err(Refused::at("remove", &root))?;
    fs::remove_dir_all(&ceremony).map_err(Refused::at("remove", &ceremony))
}

fn ceremony_folder(folder: &Path) -> PathBuf {
    folder.join("ceremony")
}

fn root_file(folder: &Path) -> PathBuf {
    ceremony_folder(folder).join("root.json")
}

fn targets_file(folder: &Path) -> PathBuf {
    ceremony_folder(folder).join("targets.json")
}
