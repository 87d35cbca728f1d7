//! Starting what was proven, without a shell, and seeing whether it came up.

#[cfg(not(target_os = "macos"))]
mod child;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "windows")]
mod windows;

#[cfg(not(target_os = "macos"))]
use child::{End, spawn};
#[cfg(target_os = "linux")]
pub use linux::{Desktop, raise};
#[cfg(target_os = "macos")]
pub use macos::{Desktop, raise};
#[cfg(target_os = "macos")]
use macos::{End, spawn};
#[cfg(target_os = "windows")]
pub use windows::{Desktop, raise};

use crate::store::Placed;
use helper_core::input::LaunchFailure;
use helper_core::presence::ProcessId;
use std::io;
use std::path::PathBuf;

/// A module that was started. Dropping it neither ends nor reaps the process: see [`Started::reap`].
#[derive(Debug)]
pub struct Started {
    /// Its first process.
    pub process: ProcessId,
    /// The folder that its programs are in.
    pub folder: PathBuf,
    end: End,
}

impl Started {
    /// Waits for the end of the first process; what is left of it is gone then.
    pub fn reap(self) {
        self.end.wait();
    }
}

/// Starts a module that was proven just now. It lives on when the helper ends, and nothing typed at the helper's terminal
/// reaches it.
///
/// # Errors
/// [`LaunchFailure`] by what the system says.
pub fn start(placed: &Placed) -> Result<Started, LaunchFailure> {
    let started = spawn(placed.program(), placed.folder()).map_err(|error| {
        tracing::warn!(%error, program = %placed.program().display(), "the module cannot be started");
        match error.kind() {
            io::ErrorKind::NotFound => LaunchFailure::Vanished,
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => LaunchFailure::Forbidden,
            _ => LaunchFailure::System,
        }
    })?;
    // It was gone before it could be looked at.
    let (process, end) = started.ok_or(LaunchFailure::System)?;
    Ok(Started { process, folder: placed.folder().to_owned(), end })
}
