//! Linux: signals through a process file descriptor, which can never hit another process that got the same id.

use crate::processes::{identity, program_of};
use helper_core::input::CloseFailure;
use helper_core::presence::ProcessId;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use std::os::fd::OwnedFd;

/// Asks a process to quit (SIGTERM, TEAMVIEWER.md 12.2). `program` is the path that was seen when it was judged.
///
/// # Errors
/// [`CloseFailure::Changed`] when it is not that process or not that program any more.
pub fn ask_to_end(process: ProcessId, program: Option<&str>) -> Result<(), CloseFailure> {
    signal(process, program, Signal::TERM)
}

/// Ends a process (SIGKILL).
///
/// # Errors
/// As [`ask_to_end`].
pub fn end(process: ProcessId, program: Option<&str>) -> Result<(), CloseFailure> {
    signal(process, program, Signal::KILL)
}

fn signal(process: ProcessId, program: Option<&str>, signal: Signal) -> Result<(), CloseFailure> {
    // First the descriptor, then the checks: from here on the id cannot pass to another process unnoticed.
    let descriptor = open(process).ok_or(CloseFailure::Changed)?;
    if program.is_some() && program_of(process).as_deref() != program {
        return Err(CloseFailure::Changed);
    }
    match pidfd_send_signal(&descriptor, signal) {
        Ok(()) => Ok(()),
        Err(Errno::PERM) => Err(CloseFailure::NotPermitted),
        Err(_) => Err(CloseFailure::Changed),
    }
}

fn open(process: ProcessId) -> Option<OwnedFd> {
    let pid = Pid::from_raw(i32::try_from(process.pid).ok()?)?;
    let descriptor = pidfd_open(pid, PidfdFlags::empty()).ok()?;
    (identity(process.pid) == Some(process)).then_some(descriptor)
}

/// Waits, without any polling, until a process is gone. `true` when it is; `false` when that cannot be known.
pub fn wait_until_gone(process: ProcessId) -> bool {
    let Some(descriptor) = open(process) else { return true };
    loop {
        let mut wanted = [PollFd::new(&descriptor, PollFlags::IN)];
        match poll(&mut wanted, None) {
            Ok(_) => return true,
            Err(Errno::INTR) => {}
            Err(error) => {
                tracing::warn!(%error, pid = process.pid, "cannot watch a process");
                return false;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn a_process_that_is_not_the_one_looked_at_is_left_alone() {
        let mut child = Command::new("sleep").arg("30").spawn().unwrap();
        let process = identity(child.id()).unwrap();
        let other = ProcessId { started: process.started + 1, ..process };
        assert_eq!(ask_to_end(other, None), Err(CloseFailure::Changed));
        assert_eq!(ask_to_end(process, Some("/usr/bin/something-else")), Err(CloseFailure::Changed));
        assert_eq!(child.try_wait().unwrap(), None, "still alive");
        let program = program_of(process).unwrap();
        assert_eq!(ask_to_end(process, Some(&program)), Ok(()));
        assert!(!child.wait().unwrap().success());
        assert!(wait_until_gone(process), "gone is told at once");
        assert_eq!(end(process, None), Err(CloseFailure::Changed), "there is nothing to end any more");
    }
}
