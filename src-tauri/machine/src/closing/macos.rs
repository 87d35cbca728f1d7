//! macOS: applications are asked by the system's own call, which needs no consent to automation; everything else by a signal.
//! Ends are told by the kernel (kqueue(2), `NOTE_EXIT`).

// The kernel's queue is filled through a call that Rust cannot check.
#![allow(unsafe_code)]

use crate::processes::{application, identity, program_of};
use helper_core::input::CloseFailure;
use helper_core::presence::ProcessId;
use objc2_app_kit::NSRunningApplication;
use rustix::event::kqueue::{Event, EventFilter, EventFlags, ProcessEvents, kevent, kqueue};
use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process};
use std::os::fd::OwnedFd;

/// Asks a process to quit (TEAMVIEWER.md 12.2). `program` is the path that was seen when it was judged.
///
/// # Errors
/// [`CloseFailure::Changed`] when it is not that process or not that program any more.
pub fn ask_to_end(process: ProcessId, program: Option<&str>) -> Result<(), CloseFailure> {
    close(process, program, NSRunningApplication::terminate, Signal::TERM)
}

/// Ends a process.
///
/// # Errors
/// As [`ask_to_end`].
pub fn end(process: ProcessId, program: Option<&str>) -> Result<(), CloseFailure> {
    close(process, program, NSRunningApplication::forceTerminate, Signal::KILL)
}

/// There is no handle that keeps the id from passing on between check and call; the kernel counts through all other ids first.
fn close(
    process: ProcessId,
    program: Option<&str>,
    ask: fn(&NSRunningApplication) -> bool,
    signal: Signal,
) -> Result<(), CloseFailure> {
    let same_program = program.is_none() || program_of(process).as_deref() == program;
    if identity(process.pid) != Some(process) || !same_program {
        return Err(CloseFailure::Changed);
    }
    // `false` says that the wish could not be sent.
    if application(process.pid).is_some_and(|application| ask(&application)) {
        return Ok(());
    }
    let pid = pid(process).ok_or(CloseFailure::Changed)?;
    match kill_process(pid, signal) {
        Ok(()) => Ok(()),
        Err(Errno::PERM) => Err(CloseFailure::NotPermitted),
        Err(_) => Err(CloseFailure::Changed),
    }
}

fn pid(process: ProcessId) -> Option<Pid> {
    Pid::from_raw(i32::try_from(process.pid).ok()?)
}

/// Waits, without any polling, until a process is gone. `true` when it is; `false` when that cannot be known.
pub fn wait_until_gone(process: ProcessId) -> bool {
    let Some(pid) = pid(process) else { return true };
    match wait(process, pid) {
        // No such process: gone before it could be watched.
        Ok(()) | Err(Errno::SRCH) => true,
        Err(error) => {
            tracing::warn!(%error, pid = process.pid, "cannot watch a process");
            false
        }
    }
}

fn wait(process: ProcessId, pid: Pid) -> Result<(), Errno> {
    let queue = kqueue()?;
    let end = EventFilter::Proc { pid, flags: ProcessEvents::EXIT };
    let wish = Event::new(end, EventFlags::ADD | EventFlags::ONESHOT, std::ptr::null_mut());
    // Watched first, looked at then: from here on its end cannot be missed.
    ask(&queue, &[wish], &mut [] as &mut [Event])?;
    if identity(process.pid) != Some(process) {
        return Ok(());
    }
    let mut told = Vec::with_capacity(1);
    loop {
        match ask(&queue, &[], rustix::buffer::spare_capacity(&mut told)) {
            Err(Errno::INTR) => {}
            Err(error) => return Err(error),
            Ok(_) => return Ok(()),
        }
    }
}

fn ask<Room: rustix::buffer::Buffer<Event>>(
    queue: &OwnedFd,
    wishes: &[Event],
    room: Room,
) -> Result<Room::Output, Errno> {
    // SAFETY: no wish names a file descriptor, which would have to live as long as the queue; they name a process.
    unsafe { kevent(queue, wishes, room, None) }
}
