//! The cheap list of all processes. It opens none of them: a program that opens every process on the PC, those that keep
//! passwords included, is what protection software looks out for.
#![allow(unsafe_code)] // Snapshots and sessions.

use super::text;
use helper_core::presence::Session;
use std::collections::HashMap;
use windows::Win32::System::Diagnostics::ToolHelp::{
    CreateToolhelp32Snapshot, PROCESSENTRY32W, Process32FirstW, Process32NextW, TH32CS_SNAPPROCESS,
};
use windows::Win32::System::RemoteDesktop::{
    ProcessIdToSessionId, WTS_CURRENT_SERVER_HANDLE, WTSEnumerateProcessesW, WTSFreeMemory,
};
use windows::core::Owned;

/// One line of the list.
#[derive(Debug)]
pub(super) struct Line {
    pub pid: u32,
    pub parent: u32,
    pub name: String,
}

/// Every process of the PC; `None` when the system gives no list.
pub(super) fn all() -> Option<Vec<Line>> {
    // SAFETY: No memory is passed; the handle is new and owned by nobody else.
    let snapshot = unsafe { Owned::new(CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0).ok()?) };
    let mut entry = PROCESSENTRY32W { dwSize: u32::try_from(size_of::<PROCESSENTRY32W>()).ok()?, ..Default::default() };
    let mut lines = Vec::new();
    // SAFETY: The entry says how big it is, and lives until the call returns.
    let mut more = unsafe { Process32FirstW(*snapshot, &mut entry) };
    while more.is_ok() {
        let name = text::from_wide(&entry.szExeFile);
        lines.push(Line { pid: entry.th32ProcessID, parent: entry.th32ParentProcessID, name });
        // SAFETY: As above.
        more = unsafe { Process32NextW(*snapshot, &mut entry) };
    }
    (!lines.is_empty()).then_some(lines)
}

/// In which sessions processes run.
#[derive(Debug, Default)]
pub(super) struct Sessions {
    of_closed: Option<HashMap<u32, u32>>,
}

impl Sessions {
    /// In whose session a process runs. What cannot be told is taken for ours: better asked about than overlooked.
    pub(super) fn of(&mut self, pid: u32) -> Session {
        let own = direct(std::process::id());
        let other = direct(pid).or_else(|| self.of_closed.get_or_insert_with(listed).get(&pid).copied());
        match (own, other) {
            (Some(own), Some(other)) if own != other => Session::Other,
            _ => Session::Mine,
        }
    }
}

fn direct(pid: u32) -> Option<u32> {
    let mut session = 0;
    // SAFETY: The number is written to a place that lives until the call returns.
    unsafe { ProcessIdToSessionId(pid, &mut session) }.ok()?;
    Some(session)
}

/// The sessions of all processes, those included that may not be opened.
fn listed() -> HashMap<u32, u32> {
    let (mut first, mut count) = (std::ptr::null_mut(), 0);
    // SAFETY: Place and number are written before the call returns; 1 is the only version there is.
    let done = unsafe { WTSEnumerateProcessesW(Some(WTS_CURRENT_SERVER_HANDLE), 0, 1, &mut first, &mut count) };
    if done.is_err() || first.is_null() {
        return HashMap::new();
    }
    // SAFETY: The system gave so many entries; they are read before they are given back.
    let entries = unsafe { std::slice::from_raw_parts(first, usize::try_from(count).unwrap_or(0)) };
    let sessions = entries.iter().map(|entry| (entry.ProcessId, entry.SessionId)).collect();
    // SAFETY: The entries are ours to give back, once, and nobody reads them any more.
    unsafe { WTSFreeMemory(first.cast()) };
    sessions
}
