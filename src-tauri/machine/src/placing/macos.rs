//! macOS: no copy on the Desktop; the application itself lies where applications belong.

use super::applications::seat;
use super::{Copied, NotPlaced};
use std::path::{Path, PathBuf};

/// No copy here.
///
/// # Errors
/// Always [`NotPlaced::NotHere`].
pub const fn place_copy(_: &Path, _: &str) -> Result<Copied, NotPlaced> {
    Err(NotPlaced::NotHere)
}

/// The folders where people look for files, as far as they are there.
pub fn for_people() -> Vec<PathBuf> {
    let home = std::env::home_dir().filter(|home| home.is_absolute());
    let folders = home.into_iter().flat_map(|home| ["Desktop", "Downloads"].map(|name| home.join(name)));
    folders.filter(|folder| folder.is_dir()).collect()
}

/// The folder that the module's tree is copied into and started from: among everybody's applications if this user may write there,
/// else among the user's own. `None` without a home.
pub fn runs_from(name: &str) -> Option<PathBuf> {
    let home = std::env::home_dir().filter(|home| home.is_absolute())?;
    Some(seat(name, Path::new("/Applications"), &home.join("Applications")))
}
