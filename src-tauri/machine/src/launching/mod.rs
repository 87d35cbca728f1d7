//! Starting what was proven, without a shell, and seeing whether it came up.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "windows")]
mod windows;

#[cfg(target_os = "linux")]
pub use linux::{Desktop, raise};
#[cfg(target_os = "macos")]
pub use macos::{Desktop, raise};
#[cfg(target_os = "windows")]
pub use windows::{Desktop, raise};

use crate::processes::identity;
use crate::store::Placed;
use helper_core::input::LaunchFailure;
use helper_core::presence::ProcessId;
use std::io;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// A module that was started. Dropping it neither ends nor reaps the process: see [`Started::reap`].
#[derive(Debug)]
pub struct Started {
    /// Its first process.
    pub process: ProcessId,
    /// The folder that its programs are in.
    pub folder: PathBuf,
    child: Child,
}

impl Started {
    /// Waits for the end of the first process and takes it out of the process table.
    pub fn reap(mut self) {
        if let Err(error) = self.child.wait() {
            tracing::debug!(%error, "the started process could not be waited for");
        }
    }
}

/// Starts a module that was proven just now. It lives on when the helper ends, and nothing typed at the helper's terminal
/// reaches it.
///
/// # Errors
/// [`LaunchFailure`] by what the system says.
pub fn start(placed: &Placed) -> Result<Started, LaunchFailure> {
    let mut command = Command::new(placed.program());
    command.current_dir(placed.folder()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let mut child = command.spawn().map_err(|error| {
        tracing::warn!(%error, program = %placed.program().display(), "the module cannot be started");
        match error.kind() {
            io::ErrorKind::NotFound => LaunchFailure::Vanished,
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => LaunchFailure::Forbidden,
            _ => LaunchFailure::System,
        }
    })?;
    match identity(child.id()) {
        Some(process) => Ok(Started { process, folder: placed.folder().to_owned(), child }),
        None => {
            // It was gone before it could be looked at.
            let _ = child.wait();
            Err(LaunchFailure::System)
        }
    }
}
