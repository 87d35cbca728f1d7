//! Linux and macOS: an open file is in nobody's way, and nobody can be kept from it.

use std::fs::{File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

/// Never.
pub const fn is_held(_: &io::Error) -> bool {
    false
}

/// Opens the file.
///
/// # Errors
/// Whatever the system says.
pub fn hold(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// Creates a file that only its owner can read.
///
/// # Errors
/// Whatever the system says; a file that is there already is an error.
pub fn create_own(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

/// What the file system has for users without special rights (POSIX `statvfs`).
pub fn free_room(folder: &Path) -> Option<u64> {
    let found = rustix::fs::statvfs(folder).ok()?;
    Some(found.f_bavail.saturating_mul(found.f_frsize))
}

/// Everybody may read the file, whatever it was made with; only its owner may write it.
///
/// # Errors
/// Whatever the system says.
pub fn let_all_read(file: &File) -> io::Result<()> {
    file.set_permissions(Permissions::from_mode(0o644))
}
