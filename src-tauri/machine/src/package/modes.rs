//! Which files are executable. Unix keeps that on the file; elsewhere it is kept in a list beside the files.

use super::PackageError;
use std::collections::BTreeSet;
use std::fs::{self, Metadata};
use std::path::Path;

/// Name of the list in the unpacked folder, where the file system has no such mark. It is not part of the tree: a wrong
/// list gives a wrong digest, so it needs no trust of its own. No package may hold a file of that name.
pub(super) const LIST: &str = ".executables";

/// Where the executable mark is read from.
#[derive(Debug)]
pub(super) enum Modes {
    /// The file's own mode.
    #[cfg_attr(not(unix), allow(dead_code))]
    OnDisk,
    /// The paths in the list, composed.
    Listed(BTreeSet<String>),
}

impl Modes {
    /// What this system uses in a folder. A missing or unreadable list counts as empty: the digest will tell.
    #[cfg(unix)]
    pub fn of(_folder: &Path) -> Self {
        Self::OnDisk
    }

    /// What this system uses in a folder. A missing or unreadable list counts as empty: the digest will tell.
    #[cfg(not(unix))]
    pub fn of(folder: &Path) -> Self {
        Self::listed(folder)
    }

    /// Reads the list.
    #[cfg_attr(unix, allow(dead_code))]
    pub fn listed(folder: &Path) -> Self {
        /// More than any package needs; keeps a planted file from filling the memory.
        const MOST: u64 = 4 << 20;
        let path = folder.join(LIST);
        let sane = fs::symlink_metadata(&path).is_ok_and(|found| found.is_file() && found.len() <= MOST);
        let text = if sane { fs::read_to_string(&path).unwrap_or_default() } else { String::new() };
        Self::Listed(text.lines().map(str::to_owned).collect())
    }

    /// True for the list itself, which is no part of the tree.
    pub fn is_list(&self, path: &str) -> bool {
        match self {
            Self::OnDisk => false,
            Self::Listed(_) => path == LIST,
        }
    }

    /// Is the file executable?
    ///
    /// # Errors
    /// [`PackageError::Kind`] for a setuid, setgid or sticky file.
    pub fn executable(&self, path: &str, found: &Metadata) -> Result<bool, PackageError> {
        match self {
            Self::Listed(paths) => Ok(paths.contains(path)),
            Self::OnDisk => {
                let mode = mode_of(found);
                if mode & 0o7000 != 0 {
                    return Err(PackageError::Kind { name: path.into(), what: "a setuid, setgid or sticky file" });
                }
                Ok(mode & 0o100 != 0)
            }
        }
    }

    /// Writes the list where one is needed.
    ///
    /// # Errors
    /// [`PackageError::Io`] if it cannot be written.
    pub fn remember(folder: &Path, executables: &BTreeSet<String>) -> Result<(), PackageError> {
        if cfg!(unix) {
            return Ok(());
        }
        Self::write_list(folder, executables)
    }

    /// Writes the list.
    pub fn write_list(folder: &Path, executables: &BTreeSet<String>) -> Result<(), PackageError> {
        let path = folder.join(LIST);
        let text: String = executables.iter().map(|path| format!("{path}\n")).collect();
        fs::write(&path, text).map_err(PackageError::at("write", &path))
    }
}

#[cfg(unix)]
fn mode_of(found: &Metadata) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    found.permissions().mode()
}

#[cfg(not(unix))]
fn mode_of(_found: &Metadata) -> u32 {
    0
}

/// Opens a new file for writing; never an existing one, never through a link.
pub(super) fn create(path: &Path, executable: bool) -> Result<fs::File, PackageError> {
    let file =
        fs::OpenOptions::new().write(true).create_new(true).open(path).map_err(PackageError::at("create", path))?;
    set_mode(&file, executable).map_err(PackageError::at("set the mode of", path))?;
    Ok(file)
}

#[cfg(unix)]
fn set_mode(file: &fs::File, executable: bool) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    // Set, not asked for at creation: the user's mask must not decide whether a module can be started.
    file.set_permissions(fs::Permissions::from_mode(if executable { 0o755 } else { 0o644 }))
}

#[cfg(not(unix))]
fn set_mode(_file: &fs::File, _executable: bool) -> std::io::Result<()> {
    Ok(())
}

/// Creates a symbolic link.
///
/// # Errors
/// [`PackageError::Link`] where the system needs special rights for links; packages for it have none.
#[cfg(unix)]
pub(super) fn link(target: &str, path: &Path) -> Result<(), PackageError> {
    std::os::unix::fs::symlink(target, path).map_err(PackageError::at("link", path))
}

/// Creates a symbolic link.
///
/// # Errors
/// [`PackageError::Link`] where the system needs special rights for links; packages for it have none.
#[cfg(not(unix))]
pub(super) fn link(target: &str, path: &Path) -> Result<(), PackageError> {
    let name = path.display().to_string();
    Err(PackageError::Link { name, target: target.into(), why: "packages for this system have no links" })
}

/// Writes a folder's entries through to the disk; a no-op where folders cannot be opened.
pub(super) fn sync_folder(path: &Path) -> Result<(), PackageError> {
    if cfg!(unix) {
        fs::File::open(path).and_then(|folder| folder.sync_all()).map_err(PackageError::at("sync", path))?;
    }
    Ok(())
}

/// Is the open file the one that the walk saw? Between the two a link could have been put in its place.
#[cfg(unix)]
pub(super) fn same_file(walked: &Metadata, opened: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    opened.is_file() && walked.dev() == opened.dev() && walked.ino() == opened.ino()
}

/// Is the open file the one that the walk saw? Between the two a link could have been put in its place.
#[cfg(not(unix))]
pub(super) fn same_file(walked: &Metadata, opened: &Metadata) -> bool {
    opened.is_file() && walked.len() == opened.len()
}
