//! Opening a link or a folder with the system's own program for it. No shell: the address is one argument.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

/// Opens a web address in the browser.
///
/// # Errors
/// Refuses anything but `https://` and `http://`; otherwise whatever the system says.
pub fn open_address(address: &str) -> io::Result<()> {
    if !address.starts_with("https://") && !address.starts_with("http://") {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "only web addresses are opened"));
    }
    open(address.as_ref())
}

/// Shows a folder in the file browser.
///
/// # Errors
/// Whatever the system says.
pub fn show_folder(folder: &Path) -> io::Result<()> {
    open(folder.as_os_str())
}

fn open(what: &std::ffi::OsStr) -> io::Result<()> {
    let program = if cfg!(target_os = "macos") {
        "open"
    } else if cfg!(target_os = "windows") {
        "explorer.exe"
    } else {
        "xdg-open"
    };
    let mut child =
        Command::new(program).arg(what).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    // Somebody must ask how it ended, or it stays in the process table.
    std::thread::Builder::new().name("opener".into()).spawn(move || child.wait())?;
    Ok(())
}
