//! macOS: the kernel's list of processes for ids, parents, program files and owners; Launch Services for bundle identifiers.
//!
//! Only what this log-on session shows as an application has a bundle identifier here (Apple, "NSRunningApplication"):
//! daemons, agents and the applications of another person's session have none.

use super::candidates::{Listed, candidates};
use super::{CannotLook, Own};
use helper_core::presence::{Owner, Places, ProcessFact, ProcessId, ProgramPath, Scan, Session};
use helper_core::release::System;
use objc2::rc::Retained;
use objc2_app_kit::NSRunningApplication;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use sysinfo::{Pid, Process, ProcessRefreshKind, ProcessStatus, ProcessesToUpdate, System as Look, UpdateKind};

/// Lists what could be TeamViewer or our module. `launched` is the process that the helper started last.
///
/// # Errors
/// [`CannotLook`] when the kernel shows no processes at all, not even this one.
pub fn scan(own: &Own, launched: Option<ProcessId>) -> Result<Scan, CannotLook> {
    let look = look(ProcessesToUpdate::All).ok_or(CannotLook("the kernel lists no processes"))?;
    let names: Vec<(&Process, String)> =
        look.processes().values().map(|process| (process, text(process.name()))).collect();
    let listed: Vec<Listed<'_>> = names
        .iter()
        .map(|(process, name)| Listed {
            pid: process.pid().as_u32(),
            parent: process.parent().map_or(0, Pid::as_u32),
            name,
        })
        .collect();
    let ours = |name: &str| own.names.iter().any(|own| own == name);
    let chosen = candidates(&listed, launched.map(|launched| launched.pid), ours);
    let me = rustix::process::getuid().as_raw();
    let processes = look
        .processes()
        .values()
        .filter(|process| chosen.contains(&process.pid().as_u32()) && process.status() != ProcessStatus::Zombie)
        .map(|process| fact(process, me))
        .collect();
    Ok(Scan { processes, places: own_places(own), launched })
}

fn look(which: ProcessesToUpdate<'_>) -> Option<Look> {
    let mut look = Look::new().ok()?;
    let details = ProcessRefreshKind::nothing().with_exe(UpdateKind::Always).with_cmd(UpdateKind::Always);
    look.refresh_processes_specifics(which, true, details);
    (!look.processes().is_empty()).then_some(look)
}

fn look_at<T>(pid: u32, see: impl FnOnce(&Process) -> T) -> Option<T> {
    let pid = Pid::from_u32(pid);
    let look = look(ProcessesToUpdate::Some(&[pid]))?;
    look.process(pid).filter(|process| process.status() != ProcessStatus::Zombie).map(see)
}

fn id(process: &Process) -> ProcessId {
    ProcessId { pid: process.pid().as_u32(), started: process.start_time() }
}

fn path(process: &Process) -> Option<String> {
    process.exe().filter(|path| path.is_absolute()).map(|path| text(path.as_os_str()))
}

fn text(text: &OsStr) -> String {
    text.to_string_lossy().into_owned()
}

fn fact(process: &Process, me: u32) -> ProcessFact {
    let owner = match process.user_id() {
        Some(user) if **user == me => Owner::Me,
        Some(_) => Owner::Other,
        None => Owner::Unknown,
    };
    let bundle = application(process.pid().as_u32())
        .and_then(|application| application.bundleIdentifier())
        .map(|identifier| identifier.to_string());
    ProcessFact {
        id: id(process),
        parent: process.parent().map(Pid::as_u32),
        name: text(process.name()),
        path: path(process).map_or(ProgramPath::Unreadable, ProgramPath::Known),
        owner,
        session: if owner == Owner::Me || bundle.is_some() { Session::Mine } else { Session::Other },
        product: None,
        bundle,
        arguments: process.cmd().iter().map(|argument| text(argument)).collect(),
        age: Some(process.run_time()),
        title: None,
        config_id: None,
    }
}

/// The application with this process id, if this log-on session has one.
pub(crate) fn application(pid: u32) -> Option<Retained<NSRunningApplication>> {
    NSRunningApplication::runningApplicationWithProcessIdentifier(i32::try_from(pid).ok()?)
}

/// The processes whose program is exactly this file, the latest first.
pub(crate) fn running(program: &Path) -> Vec<ProcessId> {
    let Some(look) = look(ProcessesToUpdate::All) else { return Vec::new() };
    let of_program = |process: &&Process| process.exe() == Some(program) && process.status() != ProcessStatus::Zombie;
    let mut found: Vec<ProcessId> = look.processes().values().filter(of_program).map(id).collect();
    found.sort_by_key(|process| std::cmp::Reverse(process.started));
    found
}

/// The process that has this id now; `started` in seconds since 1970 (`pbi_start_tvsec` of proc_pidinfo). The kernel does not
/// give an id again before it has counted through all others, so a second is fine enough.
pub fn identity(pid: u32) -> Option<ProcessId> {
    look_at(pid, id)
}

/// The program file of a process, if it still is that process and may be known.
pub fn program_of(process: ProcessId) -> Option<String> {
    look_at(process.pid, |found| (id(found) == process).then(|| path(found)).flatten()).flatten()
}

/// What the rules compare with on this system.
pub fn own_places(own: &Own) -> Places {
    let canonical = |folder: &PathBuf| std::fs::canonicalize(folder).unwrap_or_else(|_| folder.clone());
    Places {
        system: System::Macos,
        installed: vec!["/Applications/TeamViewer.app".into()],
        temporary: vec![text(std::env::temp_dir().as_os_str())],
        // The kernel's paths have no links in them.
        module: own.folders.iter().map(|folder| text(canonical(folder).as_os_str())).collect(),
        module_title: own.title.clone(),
        module_config_id: own.config_id.clone(),
    }
}
