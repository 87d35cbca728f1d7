//! Linux: `xdg-open` (xdg-utils), which asks the desktop.

use helper_core::effect::Pane;
use std::ffi::OsStr;
use std::io;
use std::path::Path;

pub(super) fn open(what: &OsStr) -> io::Result<()> {
    super::start("xdg-open", &[what])
}

pub(super) fn show_file(file: &Path) -> io::Result<()> {
    open(file.parent().unwrap_or(file).as_os_str())
}

pub(super) fn open_pane(_: Pane) -> io::Result<()> {
    Err(io::Error::from(io::ErrorKind::Unsupported))
}

pub(super) fn register(_scheme: &str, _title: &str, _program: &Path) -> io::Result<()> {
    Err(io::Error::from(io::ErrorKind::Unsupported))
}
