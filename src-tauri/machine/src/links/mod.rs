//! Opening addresses, folders and the system's settings with the system's own program for it, and being the program that the
//! HIS's links open. No shell: what is opened is one argument.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "windows")]
mod windows;

#[cfg(target_os = "linux")]
use linux as system;
#[cfg(target_os = "macos")]
use macos as system;
#[cfg(target_os = "windows")]
use windows as system;

use helper_core::effect::Pane;
use std::io;
use std::path::Path;

/// Opens a web address in the browser.
///
/// # Errors
/// Refuses anything but `https://` and `http://`; otherwise whatever the system says.
pub fn open_address(address: &str) -> io::Result<()> {
    if !address.starts_with("https://") && !address.starts_with("http://") {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "only web addresses are opened"));
    }
    system::open(address.as_ref())
}

/// Shows a folder in the file browser.
///
/// # Errors
/// Whatever the system says.
pub fn show_folder(folder: &Path) -> io::Result<()> {
    system::open(folder.as_os_str())
}

/// Shows a file in the file browser, selected where the system can.
///
/// # Errors
/// Whatever the system says.
pub fn show_file(file: &Path) -> io::Result<()> {
    system::show_file(file)
}

/// Opens a pane of the system's settings (SPEC E2).
///
/// # Errors
/// [`io::ErrorKind::Unsupported`] where there is no such pane, otherwise whatever the system says.
pub fn open_pane(pane: Pane) -> io::Result<()> {
    system::open_pane(pane)
}

/// Makes `program` the one that links of `scheme` open, for this user; does nothing when it is already. `title` is what the system
/// shows about it.
///
/// # Errors
/// Whatever the system says.
pub fn register(scheme: &str, title: &str, program: &Path) -> io::Result<()> {
    system::register(scheme, title, program)
}

/// Starts the system's opener and does not wait for it.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn start(program: &str, arguments: &[&std::ffi::OsStr]) -> io::Result<()> {
    use std::process::{Command, Stdio};
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    // Somebody must ask how it ended, or it stays in the process table.
    std::thread::Builder::new().name("opener".into()).spawn(move || child.wait())?;
    Ok(())
}
