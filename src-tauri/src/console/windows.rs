//! A program of the desktop begins without the console that it was typed in (Microsoft Learn, "AttachConsole function"). What it prints there
//! is Unicode: the standard library writes to a console by `WriteConsoleW`, whatever its code page.

// The console is functions of C.
#![allow(unsafe_code)]

use std::fs::File;
use std::os::windows::io::IntoRawHandle as _;
use windows::Win32::Foundation::HANDLE;
use windows::Win32::System::Console::{
    ATTACH_PARENT_PROCESS, AttachConsole, GetStdHandle, STD_ERROR_HANDLE, STD_HANDLE, STD_INPUT_HANDLE,
    STD_OUTPUT_HANDLE, SetStdHandle,
};

/// Joins the console of the program that started this one, if there is one and the standard handles lead nowhere. Handles that lead
/// somewhere, to a file or another program, stay as they are.
pub fn join() {
    let all = [STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE];
    let given = all.map(handle);
    if given.iter().all(Option::is_some) {
        return;
    }
    // SAFETY: no pointers. Fails when there is none, as at a click, and when this process has it already: opening it tells.
    let _ = unsafe { AttachConsole(ATTACH_PARENT_PROCESS) };
    for (which, given) in all.into_iter().zip(given) {
        if let Some(handle) = given.or_else(|| open(which)) {
            // SAFETY: a handle that was given to this process, or was opened for it and stays open to its end.
            let _ = unsafe { SetStdHandle(which, handle) };
        }
    }
}

fn handle(which: STD_HANDLE) -> Option<HANDLE> {
    // SAFETY: no pointers.
    unsafe { GetStdHandle(which) }.ok().filter(|handle| !handle.is_invalid())
}

/// The console by its documented file names ("Console Handles").
fn open(which: STD_HANDLE) -> Option<HANDLE> {
    let name = if which == STD_INPUT_HANDLE { "CONIN$" } else { "CONOUT$" };
    let file = File::options().read(true).write(true).open(name).ok()?;
    Some(HANDLE(file.into_raw_handle()))
}
