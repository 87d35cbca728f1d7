//! Linux: the module is an archive of many files; the helper's own copy of it is the only one.

use super::{Copied, NotPlaced};
use crate::dirs;
use std::fs;
use std::path::{Path, PathBuf};

/// No copy here.
///
/// # Errors
/// Always [`NotPlaced::NotHere`].
pub const fn place_copy(_: &Path, _: &str) -> Result<Copied, NotPlaced> {
    Err(NotPlaced::NotHere)
}

/// The folders where people look for files, as far as they are there: as `user-dirs.dirs` names them (xdg-user-dirs), then the
/// usual ones, then the home.
pub fn for_people() -> Vec<PathBuf> {
    let Some(home) = std::env::home_dir().filter(|home| home.is_absolute()) else { return Vec::new() };
    let file = dirs::config_home().ok().map(|folder| folder.join("user-dirs.dirs"));
    let text = file.and_then(|file| fs::read_to_string(file).ok()).unwrap_or_default();
    let named = ["XDG_DESKTOP_DIR", "XDG_DOWNLOAD_DIR"].into_iter().filter_map(|name| named_folder(&text, name, &home));
    let usual = ["Desktop", "Downloads", ""].into_iter().map(|name| home.join(name));
    // A folder that is not wanted is set to the home.
    let wanted = named.filter(|folder| *folder != home).chain(usual);
    wanted.filter(|folder| folder.is_dir()).collect()
}

/// `XDG_DESKTOP_DIR="$HOME/바탕화면"`: an absolute path or one below the home.
fn named_folder(text: &str, name: &str, home: &Path) -> Option<PathBuf> {
    let value = text.lines().filter_map(|line| line.trim().strip_prefix(name)?.strip_prefix('=')).next_back()?;
    let value = value.trim().strip_prefix('"')?.strip_suffix('"')?.replace('\\', "");
    match value.strip_prefix("$HOME") {
        Some(rest) => Some(home.join(rest.trim_start_matches('/'))),
        None => Some(PathBuf::from(value)).filter(|path| path.is_absolute()),
    }
}

/// The helper's own folders.
pub const fn runs_from(_: &str) -> Option<PathBuf> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_found_as_the_desktop_names_them() {
        let text = "# comment\nXDG_DESKTOP_DIR=\"$HOME/바탕 화면\"\nXDG_DOWNLOAD_DIR=\"/srv/내려받기\"\nXDG_MUSIC_DIR=relative\n";
        let folder = |name| named_folder(text, name, Path::new("/home/kim"));
        assert_eq!(folder("XDG_DESKTOP_DIR"), Some(PathBuf::from("/home/kim/바탕 화면")));
        assert_eq!(folder("XDG_DOWNLOAD_DIR"), Some(PathBuf::from("/srv/내려받기")));
        assert_eq!((folder("XDG_MUSIC_DIR"), folder("XDG_VIDEOS_DIR")), (None, None));
    }
}
