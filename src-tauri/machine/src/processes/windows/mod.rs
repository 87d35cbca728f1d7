//! Windows: one snapshot of all processes, and details only of what could matter, through handles with the least rights.

pub(crate) mod held;
mod list;
pub(crate) mod places;
pub(crate) mod text;
mod token;
pub(crate) mod top_level;
mod version;

pub use places::own_places;

use super::candidates::{Listed, candidates};
use super::{CannotLook, Own};
use crate::clock;
use held::{Held, NotHeld};
use helper_core::presence::{Owner, ProcessFact, ProcessId, ProgramPath, Scan};
use std::collections::HashMap;
use sysinfo::{ProcessRefreshKind, ProcessesToUpdate, UpdateKind};
use token::Token;
use top_level::TopLevel;

/// `FILETIME` counts 100 ns units since 1601: so many seconds before 1970.
const EPOCH_SECONDS: u64 = 11_644_473_600;
/// `FILETIME` units in a second.
const UNITS_PER_SECOND: u64 = 10_000_000;

/// Lists what could be TeamViewer or our module. `launched` is the process that the helper started last.
///
/// # Errors
/// [`CannotLook`] when the system gives no list of processes.
pub fn scan(own: &Own, launched: Option<ProcessId>) -> Result<Scan, CannotLook> {
    let all = list::all().ok_or(CannotLook("the system gives no list of processes"))?;
    let listed: Vec<Listed<'_>> =
        all.iter().map(|line| Listed { pid: line.pid, parent: line.parent, name: &line.name }).collect();
    let is_ours = |name: &str| own.names.iter().any(|own| own.to_lowercase() == name.to_lowercase());
    let chosen = candidates(&listed, launched.map(|launched| launched.pid), is_ours);
    let (me, windows) = (Token::mine(), top_level::visible());
    let mut sessions = list::Sessions::default();
    let lines = all.iter().filter(|line| chosen.contains(&line.pid));
    let mut processes: Vec<ProcessFact> =
        lines.filter_map(|line| fact(line, me.as_ref(), &windows, &mut sessions)).collect();
    forget_false_parents(&mut processes);
    add_arguments(&mut processes);
    Ok(Scan { processes, places: own_places(own), launched })
}

fn fact(
    line: &list::Line,
    me: Option<&Token>,
    windows: &[TopLevel],
    sessions: &mut list::Sessions,
) -> Option<ProcessFact> {
    let held = match Held::open(line.pid) {
        Ok(held) if held.has_ended() => return None,
        Ok(held) => Some(held),
        Err(NotHeld::Gone) => return None,
        Err(NotHeld::Denied) => None,
    };
    let started = held.as_ref().and_then(Held::started);
    let program = held.as_ref().and_then(Held::program);
    let owner = match (&held, me) {
        (Some(held), Some(me)) => me.owner_of(held),
        _ => Owner::Unknown,
    };
    let titles = windows.iter().filter(|window| window.pid == line.pid);
    let fact = ProcessFact {
        id: ProcessId { pid: line.pid, started: started.unwrap_or(0) },
        parent: (line.parent != 0).then_some(line.parent),
        name: line.name.clone(),
        owner,
        session: sessions.of(line.pid),
        product: program.as_deref().and_then(version::product_of),
        bundle: None,
        arguments: Vec::new(),
        age: started.map(age),
        title: titles.filter_map(|window| window.title()).next(),
        config_id: program.as_deref().and_then(version::config_id_of),
        path: program.map_or(ProgramPath::Unreadable, ProgramPath::Known),
    };
    // Gone between the look and now: as if it had never been there.
    (!held.is_some_and(|held| held.has_ended())).then_some(fact)
}

/// A parent's number stays with its children when it is gone, and may be another process's by now: that one is younger.
fn forget_false_parents(processes: &mut [ProcessFact]) {
    let started: HashMap<u32, u64> = processes.iter().map(|fact| (fact.id.pid, fact.id.started)).collect();
    for fact in processes.iter_mut().filter(|fact| fact.id.started != 0) {
        let parent = fact.parent.and_then(|parent| started.get(&parent));
        if parent.is_some_and(|parent| *parent > fact.id.started) {
            fact.parent = None;
        }
    }
}

/// Only these processes are opened for it, and only if they are still the same afterwards.
fn add_arguments(processes: &mut [ProcessFact]) {
    let wanted: Vec<sysinfo::Pid> = processes.iter().map(|fact| sysinfo::Pid::from_u32(fact.id.pid)).collect();
    let Ok(mut system) = sysinfo::System::new() else { return };
    let what = ProcessRefreshKind::nothing().with_cmd(UpdateKind::Always);
    system.refresh_processes_specifics(ProcessesToUpdate::Some(&wanted), false, what);
    for fact in processes {
        let seen = system.process(sysinfo::Pid::from_u32(fact.id.pid));
        if let Some(seen) = seen.filter(|_| identity(fact.id.pid) == Some(fact.id)) {
            fact.arguments = seen.cmd().iter().map(|word| word.to_string_lossy().into_owned()).collect();
        }
    }
}

/// Seconds since a start in `FILETIME` units.
fn age(started: u64) -> u64 {
    let now = u64::try_from(clock::wall().as_second()).unwrap_or(0);
    (now + EPOCH_SECONDS).saturating_sub(started / UNITS_PER_SECOND)
}

/// The process that has this id now; `started` in 100 ns units since 1601, and 0 for one that may not be opened. One that has
/// ended keeps its id for as long as anybody holds it, as whoever started it does.
pub fn identity(pid: u32) -> Option<ProcessId> {
    match Held::open(pid) {
        Ok(held) => Some(ProcessId { pid, started: held.started()? }),
        Err(NotHeld::Denied) => Some(ProcessId { pid, started: 0 }),
        Err(NotHeld::Gone) => None,
    }
}

/// The program file of a process, if it still is that process and may be known.
pub fn program_of(process: ProcessId) -> Option<String> {
    let held = Held::open(process.pid).ok()?;
    let program = held.program().filter(|_| held.started() == Some(process.started));
    // One that has ended runs no program, though its number may still be held.
    program.filter(|_| !held.has_ended())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_very_process_is_seen() {
        let me = identity(std::process::id()).unwrap();
        let name = std::env::current_exe().unwrap().file_name().unwrap().to_string_lossy().to_uppercase();
        let own = Own { folders: vec![], names: vec![name], title: String::new(), config_id: String::new() };
        let scan = scan(&own, None).unwrap();
        let fact = scan.processes.iter().find(|fact| fact.id == me).unwrap();
        assert_eq!((fact.owner, fact.path.clone()), (Owner::Me, ProgramPath::Known(program_of(me).unwrap())));
        assert!(fact.age.unwrap() < 3600 && !fact.arguments.is_empty());
        assert_eq!(program_of(ProcessId { started: me.started + 1, ..me }), None);
    }

    #[test]
    fn a_parent_is_older_than_its_child() {
        let fact = |pid, parent, started| ProcessFact {
            id: ProcessId { pid, started },
            parent: Some(parent),
            name: String::new(),
            path: ProgramPath::Unreadable,
            owner: Owner::Unknown,
            session: helper_core::presence::Session::Mine,
            product: None,
            bundle: None,
            arguments: Vec::new(),
            age: None,
            title: None,
            config_id: None,
        };
        let mut processes = [fact(1, 9, 10), fact(2, 1, 11), fact(3, 1, 9), fact(4, 1, 0)];
        forget_false_parents(&mut processes);
        let parents: Vec<_> = processes.iter().map(|fact| fact.parent).collect();
        assert_eq!(parents, [Some(9), Some(1), None, Some(1)], "what cannot be told stays as it is");
    }
}
