//! Windows: where the shell keeps this user's local, non-roaming data, and whether a folder is this user's.

// The shell is asked through its C interface.
#![allow(unsafe_code)]

use crate::user;
use std::ffi::OsString;
use std::io;
use std::os::windows::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};
use windows::Win32::System::Com::CoTaskMemFree;
use windows::Win32::UI::Shell::{FOLDERID_LocalAppData, KF_FLAG_DEFAULT, SHGetKnownFolderPath};

/// Who may own a folder beside the user: administrators, whom an elevated program makes the owner of what it creates, and the
/// system. Both can do everything on the PC anyway (Microsoft: "Well-known SIDs").
const ABOVE_EVERY_USER: [&str; 2] = ["S-1-5-32-544", "S-1-5-18"];

/// The user's local application data. The environment is not asked: whoever starts the helper can set it as they like.
pub(super) fn local_app_data() -> Option<PathBuf> {
    // SAFETY: the identifier is the system's own; what comes out is freed below.
    let path = unsafe { SHGetKnownFolderPath(&FOLDERID_LocalAppData, KF_FLAG_DEFAULT, None) }.ok()?;
    // SAFETY: the system made a text that ends with a zero.
    let folder = PathBuf::from(OsString::from_wide(unsafe { path.as_wide() }));
    // SAFETY: the function says that it is freed so, and it is done once.
    unsafe { CoTaskMemFree(Some(path.0.cast_const().cast())) };
    folder.is_absolute().then_some(folder)
}

/// A folder that somebody else made under our name is not used.
pub(super) fn require_own(folder: &Path) -> io::Result<()> {
    let owner = user::owner_of(folder)?;
    if ABOVE_EVERY_USER.contains(&owner.as_str()) || owner == user::me()? {
        return Ok(());
    }
    let message = format!("{} belongs to user {owner}", folder.display());
    Err(io::Error::new(io::ErrorKind::PermissionDenied, message))
}
