//! Windows: the copy stands on the Desktop, wherever that was redirected to, or among the downloads.

// The system's folders are asked for through its C interface.
#![allow(unsafe_code)]

use super::{Copied, NotPlaced, copy};
use helper_core::input::CopyPlace;
use std::ffi::{OsString, c_void};
use std::os::windows::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};
use windows::Win32::System::Com::CoTaskMemFree;
use windows::Win32::UI::Shell::{FOLDERID_Desktop, FOLDERID_Downloads, KF_FLAG_DEFAULT, SHGetKnownFolderPath};
use windows::core::{GUID, PWSTR};

/// Places a copy of the proven program `source` under `name` where people find it: on the Desktop, or where that cannot be written
/// among the downloads. A copy that runs just now is left as it is.
///
/// # Errors
/// [`NotPlaced`].
pub fn place_copy(source: &Path, name: &str) -> Result<Copied, NotPlaced> {
    let places = [(CopyPlace::Desktop, FOLDERID_Desktop), (CopyPlace::Downloads, FOLDERID_Downloads)];
    copy::place_in(places.into_iter().filter_map(|(place, id)| Some((place, known_folder(&id)?))), source, name)
}

/// The folders where people look for files, as far as they are there.
pub fn for_people() -> Vec<PathBuf> {
    [FOLDERID_Desktop, FOLDERID_Downloads].iter().filter_map(known_folder).collect()
}

/// The helper's own folders.
pub fn runs_from(_name: &str) -> Option<PathBuf> {
    None
}

/// Where one of the user's folders is; `None` when it is not there.
fn known_folder(id: &GUID) -> Option<PathBuf> {
    // SAFETY: plain values; the text is given back below.
    let found = unsafe { SHGetKnownFolderPath(id, KF_FLAG_DEFAULT, None) };
    let text = Text(found.inspect_err(|error| tracing::debug!(%error, ?id, "no such folder")).ok()?);
    // SAFETY: the system's text ends in a zero.
    Some(PathBuf::from(OsString::from_wide(unsafe { text.0.as_wide() })))
}

/// A text that the system made, given back in the end.
struct Text(PWSTR);

impl Drop for Text {
    fn drop(&mut self) {
        let text: *const c_void = self.0.as_ptr().cast();
        // SAFETY: SHGetKnownFolderPath made it, and its documentation wants it freed so.
        unsafe { CoTaskMemFree(Some(text)) };
    }
}
