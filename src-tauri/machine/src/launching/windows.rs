//! Windows: the visible windows of this session's desktop, and what a started program gets from the helper.
#![allow(unsafe_code)] // Window stations, jobs, and the foreground.

use crate::processes::windows::held::Held;
use crate::processes::windows::places::both_spellings;
use crate::processes::windows::top_level::{self, TopLevel};
use crate::processes::{identity, program_of};
use helper_core::input::LaunchFailure;
use helper_core::presence::{ProcessId, is_below};
use std::os::windows::ffi::OsStrExt as _;
use std::os::windows::process::CommandExt as _;
use std::path::Path;
use std::process::Command;
use windows::Win32::Foundation::{
    ERROR_ACCESS_DISABLED_BY_POLICY, ERROR_ELEVATION_REQUIRED, ERROR_SYSTEM_INTEGRITY_POLICY_VIOLATION,
    ERROR_VIRUS_DELETED, ERROR_VIRUS_INFECTED, HANDLE, RECT, WIN32_ERROR,
};
use windows::Win32::Graphics::Dwm::{DWMWA_CLOAKED, DwmGetWindowAttribute};
use windows::Win32::System::JobObjects::{
    JOB_OBJECT_LIMIT_BREAKAWAY_OK, JOBOBJECT_EXTENDED_LIMIT_INFORMATION, JobObjectExtendedLimitInformation,
    QueryInformationJobObject,
};
use windows::Win32::System::StationsAndDesktops::{
    GetProcessWindowStation, GetUserObjectInformationW, UOI_FLAGS, USEROBJECTFLAGS,
};
use windows::Win32::System::Threading::{CREATE_BREAKAWAY_FROM_JOB, CREATE_NEW_PROCESS_GROUP, DETACHED_PROCESS};
use windows::Win32::UI::WindowsAndMessaging::{
    AllowSetForegroundWindow, GW_OWNER, GetWindow, GetWindowRect, IsIconic, SW_RESTORE, SetForegroundWindow,
    ShowWindowAsync, WSF_VISIBLE,
};

/// A working folder may not be longer (`CreateProcessW`, Microsoft: `MAX_PATH` with the separator and the zero).
const LONGEST_WORKING_FOLDER: usize = 257;

/// The desktop of this session.
#[derive(Debug)]
pub struct Desktop(());

impl Desktop {
    /// The desktop that a person looks at; `None` for a program that runs where no window is ever seen, as in a service or
    /// over a remote shell.
    pub fn open() -> Option<Self> {
        let mut flags = USEROBJECTFLAGS::default();
        let (target, size) = ((&raw mut flags).cast(), u32::try_from(size_of::<USEROBJECTFLAGS>()).ok()?);
        // SAFETY: The station belongs to the process and is not closed; the target is as long as `size` says, and lives until
        // the call returns.
        let told = unsafe {
            let station = GetProcessWindowStation().ok()?;
            GetUserObjectInformationW(HANDLE(station.0), UOI_FLAGS, Some(target), size, None)
        };
        let visible = u32::try_from(WSF_VISIBLE).ok()?;
        (told.is_ok() && flags.dwFlags & visible != 0).then_some(Self(()))
    }

    /// The owner of a visible window whose program is in `folder`.
    pub fn window_of(&self, folder: &Path) -> Option<ProcessId> {
        let folders = both_spellings(&folder.to_string_lossy());
        let mut windows = top_level::visible();
        windows.retain(can_be_seen);
        // A program has several windows: its path is asked for once.
        windows.sort_by_key(|window| window.pid);
        windows.dedup_by_key(|window| window.pid);
        windows.iter().filter_map(|window| identity(window.pid)).find(|owner| {
            program_of(*owner).is_some_and(|program| folders.iter().any(|folder| is_below(&program, folder)))
        })
    }
}

/// Has it an area, and does the desktop's composer show it? Windows of other virtual desktops are "cloaked".
fn can_be_seen(window: &TopLevel) -> bool {
    let mut area = RECT::default();
    // SAFETY: The area is written to a place that lives until the call returns.
    let known = unsafe { GetWindowRect(window.window, &mut area) };
    let mut cloaked = 0u32;
    let (target, size) = ((&raw mut cloaked).cast(), 4);
    // SAFETY: The target is as long as `size` says, and lives until the call returns. Systems that do not know the attribute
    // leave it at 0.
    let _ = unsafe { DwmGetWindowAttribute(window.window, DWMWA_CLOAKED, target, size) };
    known.is_ok() && area.right > area.left && area.bottom > area.top && cloaked == 0
}

/// Brings a process's window to the front. Best effort: the system gives the foreground only to whom the person spoke last.
pub fn raise(process: ProcessId) {
    // Held until the end, so that the windows found are this process's.
    let Ok(held) = Held::open(process.pid) else { return };
    if held.started() != Some(process.started) {
        return;
    }
    let mut windows = top_level::visible();
    windows.retain(|window| window.pid == process.pid);
    // The main window has no owner; its dialogs come to the front with it.
    // SAFETY: No memory is passed. A window without an owner is an error or nothing.
    let is_main = |window: &&TopLevel| unsafe { GetWindow(window.window, GW_OWNER) }.is_err();
    let Some(main) = windows.iter().find(is_main).or(windows.first()) else {
        tracing::debug!(pid = process.pid, "the module has no window to raise");
        return;
    };
    // SAFETY: No memory is passed, and a window that hangs is not waited for.
    let raised = unsafe {
        if IsIconic(main.window).as_bool() {
            let _ = ShowWindowAsync(main.window, SW_RESTORE);
        }
        // Whether or not the helper may take the foreground itself, the module may when it wants to.
        let _ = AllowSetForegroundWindow(process.pid);
        SetForegroundWindow(main.window).as_bool()
    };
    tracing::debug!(pid = process.pid, raised, "the module's window was asked to the front");
}

/// What a started program gets: its folder to work in, no console, no keys typed at the helper's console, and a life of its
/// own where a job that the helper runs in would end it with the helper.
pub(super) fn prepare(command: &mut Command, folder: &Path) {
    let mut flags = DETACHED_PROCESS | CREATE_NEW_PROCESS_GROUP;
    if may_leave_the_job() {
        flags |= CREATE_BREAKAWAY_FROM_JOB;
    }
    command.creation_flags(flags.0);
    if folder.as_os_str().encode_wide().count() <= LONGEST_WORKING_FOLDER {
        command.current_dir(folder);
    }
}

/// A job that does not allow it refuses every start that asks for it.
fn may_leave_the_job() -> bool {
    let mut limits = JOBOBJECT_EXTENDED_LIMIT_INFORMATION::default();
    let Ok(size) = u32::try_from(size_of::<JOBOBJECT_EXTENDED_LIMIT_INFORMATION>()) else { return false };
    let (what, target) = (JobObjectExtendedLimitInformation, (&raw mut limits).cast());
    // SAFETY: Without a job's handle the caller's own job is meant; the target is as long as `size` says, and lives until the
    // call returns.
    let told = unsafe { QueryInformationJobObject(None, what, target, size, None) };
    told.is_ok() && limits.BasicLimitInformation.LimitFlags.contains(JOB_OBJECT_LIMIT_BREAKAWAY_OK)
}

/// What a refusal means that Rust has no kind for (System Error Codes, Microsoft).
pub(super) fn refusal(code: i32) -> Option<LaunchFailure> {
    match WIN32_ERROR(u32::try_from(code).ok()?) {
        // Protection software took it away between the check and the start.
        ERROR_VIRUS_INFECTED | ERROR_VIRUS_DELETED => Some(LaunchFailure::Vanished),
        ERROR_ACCESS_DISABLED_BY_POLICY | ERROR_ELEVATION_REQUIRED | ERROR_SYSTEM_INTEGRITY_POLICY_VIOLATION => {
            Some(LaunchFailure::Forbidden)
        }
        _ => None,
    }
}
