//! Windows: who opens a file says what others may do meanwhile.

// The room on a disk is only told by the C interface.
#![allow(unsafe_code)]

use std::fs::{File, OpenOptions};
use std::io;
use std::os::windows::ffi::OsStrExt as _;
use std::os::windows::fs::OpenOptionsExt as _;
use std::path::Path;
use windows::Win32::Foundation::{
    ERROR_ACCESS_DENIED, ERROR_LOCK_VIOLATION, ERROR_SHARING_VIOLATION, ERROR_USER_MAPPED_FILE, WIN32_ERROR,
};
use windows::Win32::Storage::FileSystem::{FILE_SHARE_READ, GetDiskFreeSpaceExW};
use windows::core::PCWSTR;

/// Held by another program, mapped as a running one, or (access denied) on its way out while somebody still looks at it
/// (Microsoft, "System Error Codes").
pub fn is_held(error: &io::Error) -> bool {
    let held = [ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION, ERROR_ACCESS_DENIED, ERROR_USER_MAPPED_FILE];
    error.raw_os_error().is_some_and(|code| held.contains(&WIN32_ERROR(code.cast_unsigned())))
}

/// Opens the file so that others may only read it; a program may be started from it (Microsoft, "CreateFileW function").
///
/// # Errors
/// Whatever the system says.
pub fn hold(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).share_mode(FILE_SHARE_READ.0).open(path)
}

/// Creates a file with the rights of its folder: the user's own data is the user's alone there.
///
/// # Errors
/// Whatever the system says; a file that is there already is an error.
pub fn create_own(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}

/// What this user may still write there, quotas included.
pub fn free_room(folder: &Path) -> Option<u64> {
    let path: Vec<u16> = folder.as_os_str().encode_wide().chain([0]).collect();
    let mut free = 0;
    // SAFETY: the path ends in a zero, and both live through the call.
    unsafe { GetDiskFreeSpaceExW(PCWSTR(path.as_ptr()), Some(&raw mut free), None, None) }.ok()?;
    Some(free)
}

/// Nothing to do: a file has the rights of its folder here.
///
/// # Errors
/// None.
pub const fn let_all_read(_: &File) -> io::Result<()> {
    Ok(())
}
