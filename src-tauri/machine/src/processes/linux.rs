//! Linux: one pass over names, and details only of what could matter.

use super::{CannotLook, Own};
use helper_core::presence::{Owner, Places, ProcessFact, ProcessId, ProgramPath, Scan, Session};
use helper_core::release::System;
use std::collections::HashSet;
use std::fs;
use std::path::Path;
use sysinfo::{Pid, Process, ProcessRefreshKind, ProcessesToUpdate, UpdateKind};

/// Lists what could be TeamViewer or our module. `launched` is the process that the helper started last.
///
/// # Errors
/// [`CannotLook`] when `/proc` shows no processes at all, not even this one.
pub fn scan(own: &Own, launched: Option<ProcessId>) -> Result<Scan, CannotLook> {
    let mut system = sysinfo::System::new().map_err(|_| CannotLook("/proc is not there"))?;
    // Names and parents of all; nothing else, and no threads.
    system.refresh_processes_specifics(ProcessesToUpdate::All, false, ProcessRefreshKind::nothing().without_tasks());
    if system.processes().is_empty() {
        return Err(CannotLook("/proc shows no processes"));
    }
    let interesting = interesting(&system, own, launched);
    let details = ProcessRefreshKind::nothing()
        .without_tasks()
        .with_exe(UpdateKind::Always)
        .with_cmd(UpdateKind::Always)
        .with_user(UpdateKind::Always);
    system.refresh_processes_specifics(ProcessesToUpdate::Some(&interesting), false, details);
    let me = rustix::process::geteuid().as_raw();
    let processes =
        interesting.iter().filter_map(|pid| system.process(*pid)).filter_map(|process| fact(process, me)).collect();
    Ok(Scan { processes, places: own_places(own), launched })
}

/// Candidates by name, what was launched and all that descends from it. Links of `/proc/<pid>/exe` are read for these only.
fn interesting(system: &sysinfo::System, own: &Own, launched: Option<ProcessId>) -> Vec<Pid> {
    let mut chosen: HashSet<Pid> = system
        .processes()
        .iter()
        .filter(|(_, process)| {
            let name = process.name().to_string_lossy();
            // The kernel cuts names to 15 bytes.
            name.to_lowercase().contains("teamviewer")
                || own.names.iter().any(|own| {
                    !name.is_empty()
                        && own.as_bytes().starts_with(name.as_bytes())
                        && (own.len() == name.len() || name.len() == 15)
                })
        })
        .map(|(pid, _)| *pid)
        .collect();
    if let Some(launched) = launched {
        let launched = Pid::from_u32(launched.pid);
        if system.process(launched).is_some() {
            chosen.insert(launched);
        }
        // Children of children: repeat until nothing is added; a chain is never longer than the list.
        loop {
            let more: Vec<Pid> = system
                .processes()
                .iter()
                .filter(|(pid, process)| {
                    !chosen.contains(pid)
                        && process.parent().is_some_and(|parent| parent == launched || chosen.contains(&parent))
                })
                .map(|(pid, _)| *pid)
                .collect();
            if more.is_empty() {
                break;
            }
            chosen.extend(more);
        }
    }
    chosen.into_iter().collect()
}

fn fact(process: &Process, me: u32) -> Option<ProcessFact> {
    let pid = process.pid().as_u32();
    // Gone between the look and now: as if it had never been there.
    let id = identity(pid)?;
    if is_zombie(pid) {
        return None;
    }
    let owner = match process.user_id() {
        Some(user) if **user == me => Owner::Me,
        Some(_) => Owner::Other,
        None => Owner::Unknown,
    };
    Some(ProcessFact {
        id,
        parent: process.parent().map(Pid::as_u32),
        name: process.name().to_string_lossy().into_owned(),
        path: process
            .exe()
            .map_or(ProgramPath::Unreadable, |path| ProgramPath::Known(path.to_string_lossy().into_owned())),
        owner,
        session: Session::Mine,
        product: None,
        bundle: None,
        arguments: process.cmd().iter().map(|word| word.to_string_lossy().into_owned()).collect(),
        age: Some(process.run_time()),
        title: None,
        config_id: None,
    })
}

/// Fields of `/proc/<pid>/stat` after the name, which may itself hold spaces and brackets: proc(5).
fn stat_fields(pid: u32) -> Option<Vec<String>> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, rest) = stat.rsplit_once(')')?;
    Some(rest.split_whitespace().map(str::to_owned).collect())
}

fn is_zombie(pid: u32) -> bool {
    stat_fields(pid).is_some_and(|fields| matches!(fields.first().map(String::as_str), Some("Z" | "X")))
}

/// The process that has this id now; `started` in clock ticks since boot (field 22 of proc(5)).
pub fn identity(pid: u32) -> Option<ProcessId> {
    let started = stat_fields(pid)?.get(19)?.parse().ok()?;
    Some(ProcessId { pid, started })
}

/// The program file of a process, if it still is that process and may be known.
pub fn program_of(process: ProcessId) -> Option<String> {
    let program = fs::read_link(format!("/proc/{}/exe", process.pid)).ok()?;
    (identity(process.pid)? == process).then(|| program.to_string_lossy().into_owned())
}

/// What the rules compare with on this system.
pub fn own_places(own: &Own) -> Places {
    let text = |path: &Path| path.to_string_lossy().into_owned();
    Places {
        system: System::Linux,
        installed: vec!["/opt/teamviewer".into()],
        temporary: vec![text(&std::env::temp_dir())],
        module: own
            .folders
            .iter()
            // `/proc/<pid>/exe` has no links in it.
            .map(|folder| text(&fs::canonicalize(folder).unwrap_or_else(|_| folder.clone())))
            .collect(),
        module_title: own.title.clone(),
        module_config_id: own.config_id.clone(),
    }
}
