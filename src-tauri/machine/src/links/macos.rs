//! macOS: `open`, which asks Launch Services.

use helper_core::effect::Pane;
use std::ffi::OsStr;
use std::io;
use std::path::Path;

/// The privacy settings by their address; it opens in System Settings (macOS 13 and later) and in System Preferences before.
const PRIVACY: &str = "x-apple.systempreferences:com.apple.preference.security";

pub(super) fn open(what: &OsStr) -> io::Result<()> {
    super::start("/usr/bin/open", &[what])
}

pub(super) fn show_file(file: &Path) -> io::Result<()> {
    super::start("/usr/bin/open", &["-R".as_ref(), file.as_os_str()])
}

pub(super) fn open_pane(pane: Pane) -> io::Result<()> {
    let part = match pane {
        Pane::ScreenRecording => "Privacy_ScreenCapture",
        Pane::Accessibility => "Privacy_Accessibility",
    };
    open(format!("{PRIVACY}?{part}").as_ref())
}

/// Launch Services knows the scheme from the bundle's `Info.plist` since it saw the helper (Apple, `CFBundleURLTypes`): nothing is to
/// be done at run time, and nothing could be.
///
/// # Errors
/// None here.
pub(super) const fn register(_scheme: &str, _title: &str, _program: &Path) -> io::Result<()> {
    Ok(())
}
