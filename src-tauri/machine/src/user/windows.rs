//! Windows: security identifiers (SID) in their text form, `S-1-5-21-...` (Microsoft: "SID Components").

// The system is asked through its C interface.
#![allow(unsafe_code)]

use std::io;
use std::os::windows::io::{AsRawHandle as _, FromRawHandle as _, OwnedHandle};
use std::path::Path;
use windows::Win32::Foundation::{HANDLE, HLOCAL, LocalFree, WIN32_ERROR};
use windows::Win32::Security::Authorization::{ConvertSidToStringSidW, GetNamedSecurityInfoW, SE_FILE_OBJECT};
use windows::Win32::Security::{
    GetTokenInformation, OWNER_SECURITY_INFORMATION, PSECURITY_DESCRIPTOR, PSID, TOKEN_QUERY, TOKEN_USER, TokenUser,
};
use windows::Win32::System::Threading::{
    GetCurrentProcess, OpenProcess, OpenProcessToken, PROCESS_QUERY_LIMITED_INFORMATION,
};
use windows::core::{HSTRING, PWSTR};

/// The same error with the system's own number, which the standard library knows kinds and words for.
pub(crate) fn io_error(error: windows::core::Error) -> io::Error {
    match WIN32_ERROR::from_error(&error) {
        Some(code) => io::Error::from_raw_os_error(code.0.cast_signed()),
        None => io::Error::other(error),
    }
}

/// The user that this program runs as.
pub(crate) fn me() -> io::Result<String> {
    // SAFETY: it takes nothing and gives a number that stands for this process; it is not to be closed.
    user_of(unsafe { GetCurrentProcess() })
}

/// The user that a process runs as.
///
/// # Errors
/// There is no such process, or it is so much somebody else's that it may not even be asked.
pub(crate) fn of_process(id: u32) -> io::Result<String> {
    // SAFETY: plain numbers go in; the handle that comes out is owned below.
    let process = unsafe { OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, false, id) }.map_err(io_error)?;
    // SAFETY: it is open, and nobody else closes it.
    let process = unsafe { OwnedHandle::from_raw_handle(process.0) };
    user_of(HANDLE(process.as_raw_handle()))
}

/// The user or group that owns a file or folder.
pub(crate) fn owner_of(path: &Path) -> io::Result<String> {
    let mut owner = PSID::default();
    let mut descriptor = PSECURITY_DESCRIPTOR::default();
    // SAFETY: the name and both places live longer than the call.
    let asked = unsafe {
        GetNamedSecurityInfoW(
            &HSTRING::from(path),
            SE_FILE_OBJECT,
            OWNER_SECURITY_INFORMATION,
            Some(&raw mut owner),
            None,
            None,
            None,
            &raw mut descriptor,
        )
    };
    asked.ok().map_err(io_error)?;
    let _descriptor = Local(descriptor.0);
    // SAFETY: the owner lies in the descriptor, which is freed when this function ends.
    unsafe { text(owner) }
}

fn user_of(process: HANDLE) -> io::Result<String> {
    let mut token = HANDLE::default();
    // SAFETY: the place for the handle lives longer than the call.
    unsafe { OpenProcessToken(process, TOKEN_QUERY, &raw mut token) }.map_err(io_error)?;
    // SAFETY: it is open, and nobody else closes it.
    let token = unsafe { OwnedHandle::from_raw_handle(token.0) };
    // A TOKEN_USER and the longest SID (SECURITY_MAX_SID_SIZE, 68 bytes) behind it, aligned as the structure wants it.
    let mut room = [0_u64; 16];
    let mut length = 0;
    // SAFETY: the room is as long as stated.
    unsafe {
        GetTokenInformation(
            HANDLE(token.as_raw_handle()),
            TokenUser,
            Some(room.as_mut_ptr().cast()),
            u32::try_from(size_of_val(&room)).unwrap_or(0),
            &raw mut length,
        )
    }
    .map_err(io_error)?;
    // SAFETY: the system filled in a TOKEN_USER, and the room is aligned for it.
    let user = unsafe { room.as_ptr().cast::<TOKEN_USER>().read() };
    // SAFETY: its SID lies in the room.
    unsafe { text(user.User.Sid) }
}

/// # Safety
/// It must be a SID.
unsafe fn text(sid: PSID) -> io::Result<String> {
    let mut text = PWSTR::null();
    // SAFETY: the caller vouches for the SID; the place for the text lives longer than the call.
    unsafe { ConvertSidToStringSidW(sid, &raw mut text) }.map_err(io_error)?;
    let _text = Local(text.0.cast());
    // SAFETY: the system made a text that ends with a zero, and it is freed when this function ends.
    unsafe { text.to_string() }.map_err(io::Error::other)
}

/// Memory that the system lent.
struct Local(*mut core::ffi::c_void);

impl Drop for Local {
    fn drop(&mut self) {
        // SAFETY: the functions above say that what they made is freed so, and it is done once.
        unsafe { LocalFree(Some(HLOCAL(self.0))) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_of_mine_and_a_file_of_mine_are_mine() {
        let me = me().unwrap();
        assert!(me.starts_with("S-1-"), "{me}");
        assert_eq!(of_process(std::process::id()).unwrap(), me);
        let folder = tempfile::tempdir().unwrap();
        assert!(owner_of(folder.path()).unwrap().starts_with("S-1-"));
        assert!(owner_of(&folder.path().join("nowhere")).is_err());
        assert!(of_process(0xffff_fff0).is_err(), "nobody's");
    }
}
