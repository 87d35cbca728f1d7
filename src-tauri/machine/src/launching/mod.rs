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
use linux::prepare;
#[cfg(target_os = "linux")]
pub use linux::{Desktop, raise};
#[cfg(target_os = "macos")]
pub use macos::{Desktop, raise};
#[cfg(target_os = "macos")]
use macos::{End, spawn};
#[cfg(target_os = "windows")]
pub use windows::{Desktop, raise};
#[cfg(target_os = "windows")]
use windows::{prepare, refusal};

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
        failure_of(&error)
    })?;
    // It was gone before it could be looked at.
    let (process, end) = started.ok_or(LaunchFailure::System)?;
    Ok(Started { process, folder: placed.folder().to_owned(), end })
}

fn failure_of(error: &io::Error) -> LaunchFailure {
    error.raw_os_error().and_then(refusal).unwrap_or(match error.kind() {
        io::ErrorKind::NotFound => LaunchFailure::Vanished,
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => LaunchFailure::Forbidden,
        _ => LaunchFailure::System,
    })
}

/// Rust has a kind for every refusal of these systems.
#[cfg(unix)]
fn refusal(_: i32) -> Option<LaunchFailure> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_says_has_a_meaning() {
        #[cfg(unix)]
        let (gone, forbidden, busy) = (&[2][..], &[1, 13, 30][..], &[26, 8][..]);
        // Not found (2, 3), virus (225, 226) · access (5), elevation (740), policy (1260, 4551) · sharing (32), format (193).
        #[cfg(windows)]
        let (gone, forbidden, busy) = (&[2, 3, 225, 226][..], &[5, 740, 1260, 4551][..], &[32, 193][..]);
        for (codes, failure) in
            [(gone, LaunchFailure::Vanished), (forbidden, LaunchFailure::Forbidden), (busy, LaunchFailure::System)]
        {
            for code in codes {
                assert_eq!(failure_of(&io::Error::from_raw_os_error(*code)), failure, "{code}");
            }
        }
    }
}
