//! Linux: the module is an archive of many files; the helper's own copy of it is the only one.

use super::{Copied, NotPlaced};
use std::path::{Path, PathBuf};

/// No copy here.
///
/// # Errors
/// Always [`NotPlaced::NotHere`].
pub const fn place_copy(_: &Path, _: &str) -> Result<Copied, NotPlaced> {
    Err(NotPlaced::NotHere)
}

/// The helper's own folders.
pub const fn runs_from(_: &str) -> Option<PathBuf> {
    None
}
