//! Windows: the processes that run from below one folder, by a snapshot and the path of each one's program.
#![allow(unsafe_code)] // Snapshots and handles.

use std::ffi::OsString;
use std::os::windows::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};

use windows::Win32::Foundation::HANDLE;
use windows::Win32::System::Diagnostics::ToolHelp::{
    CreateToolhelp32Snapshot, PROCESSENTRY32W, Process32FirstW, Process32NextW, TH32CS_SNAPPROCESS,
};
use windows::Win32::System::Threading::{
    OpenProcess, PROCESS_ACCESS_RIGHTS, PROCESS_NAME_WIN32, PROCESS_QUERY_LIMITED_INFORMATION, PROCESS_SYNCHRONIZE,
    PROCESS_TERMINATE, QueryFullProcessImageNameW, TerminateProcess, WaitForSingleObject,
};
use windows::core::{Owned, PWSTR};

use super::ProcessSeen;

/// How long an ended process may take to let go of its file, in milliseconds.
const LETTING_GO: u32 = 5_000;

/// Every process whose program file lies below `folder`. Those that may not be opened are somebody else's.
pub fn processes_under(folder: &Path) -> Vec<ProcessSeen> {
    let mut seen: Vec<ProcessSeen> = all()
        .into_iter()
        .filter_map(|(pid, parent)| {
            let exe = program(*open(pid, PROCESS_QUERY_LIMITED_INFORMATION)?)?;
            exe.starts_with(folder).then_some(ProcessSeen { pid, parent, exe })
        })
        .collect();
    seen.sort_by_key(|process| process.pid);
    seen
}

fn all() -> Vec<(u32, u32)> {
    let mut found = Vec::new();
    // SAFETY: No memory is passed; the handle is new and owned by nobody else.
    let Ok(snapshot) = (unsafe { CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0).map(|new| Owned::new(new)) }) else {
        return found;
    };
    let size = u32::try_from(size_of::<PROCESSENTRY32W>()).unwrap_or(0);
    let mut entry = PROCESSENTRY32W { dwSize: size, ..Default::default() };
    // SAFETY: The entry says how big it is, and lives until the call returns.
    let mut more = unsafe { Process32FirstW(*snapshot, &mut entry) };
    while more.is_ok() {
        found.push((entry.th32ProcessID, entry.th32ParentProcessID));
        // SAFETY: As above.
        more = unsafe { Process32NextW(*snapshot, &mut entry) };
    }
    found
}

fn open(pid: u32, rights: PROCESS_ACCESS_RIGHTS) -> Option<Owned<HANDLE>> {
    // SAFETY: No memory is passed; the handle is new and owned by nobody else.
    unsafe { OpenProcess(rights, false, pid).map(|new| Owned::new(new)).ok() }
}

/// Nothing for a process that has ended but is still held by somebody.
fn program(process: HANDLE) -> Option<PathBuf> {
    let mut buffer = vec![0u16; 32_768];
    let mut length = u32::try_from(buffer.len()).ok()?;
    let target = PWSTR(buffer.as_mut_ptr());
    // SAFETY: The buffer is as long as `length` says, and lives until the call returns.
    unsafe { QueryFullProcessImageNameW(process, PROCESS_NAME_WIN32, target, &mut length) }.ok()?;
    Some(OsString::from_wide(buffer.get(..usize::try_from(length).ok()?)?).into())
}

/// Ends a process, if its number still is this program's; it may have ended by itself meanwhile, which is what is wanted.
pub(super) fn end(process: &ProcessSeen) {
    let rights = PROCESS_QUERY_LIMITED_INFORMATION | PROCESS_TERMINATE | PROCESS_SYNCHRONIZE;
    let Some(held) = open(process.pid, rights) else { return };
    if program(*held).as_ref() == Some(&process.exe) {
        // SAFETY: No memory is passed, and the handle is held.
        unsafe {
            let _ = TerminateProcess(*held, 1);
            WaitForSingleObject(*held, LETTING_GO);
        }
    }
}
