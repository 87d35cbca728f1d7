//! The processes that run from below one folder.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "windows")]
mod windows;

#[cfg(target_os = "linux")]
use linux::end;
#[cfg(target_os = "linux")]
pub use linux::processes_under;
#[cfg(target_os = "windows")]
use windows::end;
#[cfg(target_os = "windows")]
pub use windows::processes_under;

use std::path::{Path, PathBuf};
use std::time::Duration;

/// A running process and the program file it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProcessSeen {
    /// Process id.
    pub pid: u32,
    /// Parent process id; 0 if it could not be read.
    pub parent: u32,
    /// The program file; on Linux without the kernel's mark for deleted files.
    pub exe: PathBuf,
}

/// Ends every process that runs from below a folder.
pub(crate) fn end_under(root: &Path) {
    // Asked again each round: a launcher may start its program between two looks.
    let gone = crate::wait_until(Duration::from_secs(5), "the home's processes to end", || {
        let left = processes_under(root);
        left.iter().for_each(end);
        left.is_empty().then_some(())
    });
    // A destructor cannot report, and a process in an uninterruptible wait harms nobody but itself.
    drop(gone);
}
