//! The module's copy for people: where they find it themselves (SPEC A8), and how it is shown to them (A7).

use super::Known;
use crate::mailbox::Mailbox;
use helper_core::input::{Input, PlacedId};
use helper_core::release::Digest;
use helper_machine::links;
use helper_machine::package::hash_all;
use helper_machine::placing::{self, Copied, NotPlaced};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// The copy that was placed last.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Last {
    id: Digest,
    path: PathBuf,
}

/// Places the copy of a version that has none yet, and mends one that was changed. One that the person removed stays removed
/// until the next version.
pub(super) fn place(known: &Known, id: PlacedId, name: &str, tell: &Mailbox) {
    let Some((_, program)) = known.store.recorded_as(id) else { return };
    if let Some(Last { id: last, path }) = known.copied.read::<Last>()
        && last == id.0
        && (!path.exists() || same_bytes(&program, &path).unwrap_or(false))
    {
        return;
    }
    match copy(known, id.0, &program, name) {
        Ok(copied) => tell.tell(Input::CopyPlaced(Some(copied.place))),
        Err(NotPlaced::NotHere) => {}
        Err(error) => {
            tracing::warn!(%error, "the module has no copy for people");
            tell.tell(Input::CopyPlaced(None));
        }
    }
}

fn copy(known: &Known, id: Digest, program: &Path, name: &str) -> Result<Copied, NotPlaced> {
    let copied = placing::place_copy(program, name)?;
    if let Err(error) = known.copied.write(&Last { id, path: copied.path.clone() }) {
        tracing::warn!(%error, "the copy cannot be noted");
    }
    Ok(copied)
}

fn same_bytes(one: &Path, other: &Path) -> io::Result<bool> {
    let length = one.metadata()?.len();
    let of = |path: &Path| hash_all(&mut File::open(path)?, length.saturating_add(1));
    Ok(other.metadata()?.len() == length && of(one)? == of(other)?)
}

/// Shows the copy in the file browser, or where there is none the module's folder.
pub(super) fn show(known: &Known, name: &str) {
    let Some((_, program)) = known.store.recorded() else { return };
    let proven = known.store.placed().first().and_then(|id| known.store.open(*id).ok().map(|_| *id));
    let copied = proven.and_then(|id| copy(known, id.0, &program, name).ok());
    let shown = match (&copied, program.parent()) {
        (Some(copied), _) => links::show_file(&copied.path),
        (None, Some(folder)) => links::show_folder(folder),
        (None, None) => return,
    };
    if let Err(error) = shown {
        tracing::warn!(%error, "the module's copy cannot be shown");
    }
}
