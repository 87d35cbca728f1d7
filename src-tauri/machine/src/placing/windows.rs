//! To be written.

use super::{Copied, NotPlaced};
use std::path::{Path, PathBuf};

/// Places a copy of the proven program `source` under `name` where people find it.
///
/// # Errors
/// [`NotPlaced`].
pub fn place_copy(_source: &Path, _name: &str) -> Result<Copied, NotPlaced> {
    Err(NotPlaced::NotHere)
}

/// The folder that the module's tree is copied into and started from; `None` where the helper's own folders serve.
pub fn runs_from(_name: &str) -> Option<PathBuf> {
    None
}
