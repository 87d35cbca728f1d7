//! To be written.

use helper_core::effect::Pane;
use std::ffi::OsStr;
use std::io;
use std::path::Path;

pub(super) fn open(_: &OsStr) -> io::Result<()> {
    Err(io::Error::from(io::ErrorKind::Unsupported))
}

pub(super) fn show_file(_: &Path) -> io::Result<()> {
    Err(io::Error::from(io::ErrorKind::Unsupported))
}

pub(super) fn open_pane(_: Pane) -> io::Result<()> {
    Err(io::Error::from(io::ErrorKind::Unsupported))
}

pub(super) fn register(_scheme: &str, _title: &str, _program: &Path) -> io::Result<()> {
    Err(io::Error::from(io::ErrorKind::Unsupported))
}
