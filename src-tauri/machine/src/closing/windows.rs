//! Windows: messages to the windows of one process, and handles, which can never hit another process that got the same id.
#![allow(unsafe_code)] // Messages.

use crate::processes::windows::held::{Held, NotHeld, is_denial};
use crate::processes::windows::top_level;
use helper_core::input::CloseFailure;
use helper_core::presence::ProcessId;
use windows::Win32::Foundation::{LPARAM, WPARAM};
use windows::Win32::UI::WindowsAndMessaging::{PostMessageW, WM_CLOSE};

/// Asks a process to quit: `WM_CLOSE` to each of its visible top-level windows (TEAMVIEWER.md 12.2). One without a window is
/// asked nothing, and simply stays. `program` is the path that was seen when it was judged.
///
/// # Errors
/// [`CloseFailure::Changed`] when it is not that process or not that program any more; [`CloseFailure::NotPermitted`] when it
/// has more rights than the helper.
pub fn ask_to_end(process: ProcessId, program: Option<&str>) -> Result<(), CloseFailure> {
    // Held until the end, so that the windows found are this process's.
    let held = checked(Held::open(process.pid), process, program)?;
    let windows = top_level::visible().into_iter().filter(|window| window.pid == process.pid);
    // Posted, not sent: nobody waits for a window that hangs.
    // SAFETY: The message carries no memory. A window that is gone meanwhile is an error, and nothing else.
    let answers = windows.map(|window| unsafe { PostMessageW(Some(window.window), WM_CLOSE, WPARAM(0), LPARAM(0)) });
    let (asked, refused): (Vec<_>, Vec<_>) = answers.partition(Result::is_ok);
    drop(held);
    match refused.iter().filter_map(|answer| answer.as_ref().err()).any(is_denial) {
        true if asked.is_empty() => Err(CloseFailure::NotPermitted),
        _ => Ok(()),
    }
}

/// Ends a process (`TerminateProcess`).
///
/// # Errors
/// As [`ask_to_end`].
pub fn end(process: ProcessId, program: Option<&str>) -> Result<(), CloseFailure> {
    let held = checked(Held::open_to_end(process.pid), process, program)?;
    held.terminate().map_err(|error| {
        // One that ended by itself meanwhile is "denied" as well.
        if is_denial(&error) && !held.has_ended() { CloseFailure::NotPermitted } else { CloseFailure::Changed }
    })
}

/// First the handle, then the checks: from here on the id cannot pass to another process unnoticed.
fn checked(held: Result<Held, NotHeld>, process: ProcessId, program: Option<&str>) -> Result<Held, CloseFailure> {
    let held = held.map_err(|why| match why {
        NotHeld::Denied => CloseFailure::NotPermitted,
        NotHeld::Gone => CloseFailure::Changed,
    })?;
    let is_the_one = held.started() == Some(process.started) && !held.has_ended();
    let is_the_program = program.is_none() || held.program().as_deref() == program;
    if is_the_one && is_the_program { Ok(held) } else { Err(CloseFailure::Changed) }
}

/// Waits, without any polling, until a process is gone. `true` when it is; `false` when that cannot be known.
pub fn wait_until_gone(process: ProcessId) -> bool {
    match Held::open(process.pid) {
        Ok(held) if held.started() == Some(process.started) => held.wait(),
        Ok(_) | Err(NotHeld::Gone) => true,
        Err(NotHeld::Denied) => {
            tracing::warn!(pid = process.pid, "a process may not be watched");
            false
        }
    }
}
