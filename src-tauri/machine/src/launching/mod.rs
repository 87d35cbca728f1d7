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
#[cfg(target_os = "windows")]
use windows::{prepare, refusal};

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
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    prepare(&mut command, placed.folder());
    let mut child = command.spawn().map_err(|error| {
        tracing::warn!(%error, program = %placed.program().display(), "the module cannot be started");
        failure_of(&error)
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

fn failure_of(error: &io::Error) -> LaunchFailure {
    error.raw_os_error().and_then(refusal).unwrap_or(match error.kind() {
        io::ErrorKind::NotFound => LaunchFailure::Vanished,
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => LaunchFailure::Forbidden,
        _ => LaunchFailure::System,
    })
}

/// What a started program gets: its folder to work in, and no keys typed at the helper's terminal.
#[cfg(unix)]
fn prepare(command: &mut Command, folder: &std::path::Path) {
    use std::os::unix::process::CommandExt as _;
    command.current_dir(folder).process_group(0);
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
