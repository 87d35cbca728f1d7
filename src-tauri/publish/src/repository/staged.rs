//! A change that was signed by too few keys so far. It lies beside the mirror, where no web server sees it:
//! `staged/targets.json` and, below `staged/targets/`, the packages that it adds.

use super::releases;
use super::sign::{Document, next, signers};
use crate::Refused;
use crate::keys::KeyId;
use crate::writes::Writes;
use helper_core::release::Release;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use tough::schema::{Root, Signed, Targets};

/// The change that waits.
#[derive(Clone, Debug)]
pub(crate) struct Staged {
    pub(crate) targets: Signed<Targets>,
    /// The keys whose signatures hold, by the rules that are in force now.
    pub(crate) signers: Vec<KeyId>,
    fits: bool,
}

impl Staged {
    /// Reads it; `None` if nothing waits.
    pub(super) fn read(folder: &Path, root: &Root, current: &Targets) -> Result<Option<Self>, Refused> {
        let path = list(folder);
        if !path.exists() {
            return Ok(None);
        }
        let bytes = fs::read(&path).map_err(Refused::at("read", &path))?;
        let targets: Signed<Targets> = serde_json::from_slice(&bytes).map_err(|error| {
            Refused::input(format!(
                "the change that waits for signatures is damaged ({}: {error}); drop it with: helper-publish discard, and \
                 make it again",
                path.display()
            ))
        })?;
        if targets.signed == *current {
            // It was published, and the end came before it was cleared away.
            return Ok(None);
        }
        let signers = signers(root, &targets);
        let fits = targets.signed.version == next(current.version)?;
        Ok(Some(Self { targets, signers, fits }))
    }

    /// It must follow what is published now.
    ///
    /// # Errors
    /// [`Refused::Input`] if something else was published since.
    pub(crate) fn check_fits(&self) -> Result<(), Refused> {
        if self.fits {
            return Ok(());
        }
        Err(Refused::input(
            "the change that waits for signatures no longer fits: something else was published in between. Drop it with: \
             helper-publish discard, and make it again",
        ))
    }
}

/// Writes the change: packages first, the list last.
pub(super) fn write(
    folder: &Path,
    targets: &Document<Targets>,
    file: Option<(&File, &Release)>,
) -> Result<(), Refused> {
    let staged = staged_folder(folder);
    fs::create_dir_all(&staged).map_err(Refused::at("create", &staged))?;
    let mut writes = Writes::default();
    if let Some((file, release)) = file {
        writes.copy(&package(folder, release), file)?;
    }
    writes.commit(&list(folder), &targets.bytes)
}

/// Where a package of the change lies.
pub(crate) fn package(folder: &Path, release: &Release) -> PathBuf {
    staged_folder(folder).join("targets").join(release.consistent_name())
}

/// The releases of a list that are not in another one: their packages are new.
pub(crate) fn added(targets: &Targets, current: &Targets) -> Result<Vec<Release>, Refused> {
    let before = releases(current)?;
    let mut after = releases(targets)?;
    after
        .retain(|release| !before.iter().any(|other| other.target == release.target && other.sha256 == release.sha256));
    Ok(after)
}

/// Drops the change; the list goes first, so that what remains after a failure is no change.
pub(crate) fn clear(folder: &Path) -> Result<(), Refused> {
    let (list, staged) = (list(folder), staged_folder(folder));
    if list.exists() {
        fs::remove_file(&list).map_err(Refused::at("remove", &list))?;
    }
    if staged.exists() {
        fs::remove_dir_all(&staged).map_err(Refused::at("remove", &staged))?;
    }
    Ok(())
}

/// Does anything wait, readable or not?
pub(crate) fn exists(folder: &Path) -> bool {
    list(folder).exists()
}

fn staged_folder(folder: &Path) -> PathBuf {
    folder.join("staged")
}

fn list(folder: &Path) -> PathBuf {
    staged_folder(folder).join("targets.json")
}
