//! Linux: one pass over `/proc/<pid>/stat`, and details only of what could matter. A PC has hundreds of processes and the
//! person waits meanwhile, so nothing else is read of the rest.

use super::candidates::{Listed, candidates};
use super::{CannotLook, Own};
use helper_core::presence::{Owner, Places, ProcessFact, ProcessId, ProgramPath, Scan, Session};
use helper_core::release::System;
use std::collections::HashSet;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;

/// What the kernel tells times in, on every architecture (`USER_HZ`).
const TICKS_PER_SECOND: u64 = 100;

/// Lists what could be TeamViewer or our module. `launched` is the process that the helper started last.
///
/// # Errors
/// [`CannotLook`] when `/proc` shows no processes at all, not even this one.
pub fn scan(own: &Own, launched: Option<ProcessId>) -> Result<Scan, CannotLook> {
    let all = all();
    if all.is_empty() {
        return Err(CannotLook("/proc shows no processes"));
    }
    let (chosen, me) = (interesting(&all, own, launched), rustix::process::geteuid().as_raw());
    let processes = all
        .into_iter()
        .filter(|process| chosen.contains(&process.id.pid) && !process.ended)
        .filter_map(|process| fact(process, me))
        .collect();
    Ok(Scan { processes, places: own_places(own), launched })
}

/// What one line of the kernel says of a process.
#[derive(Debug)]
struct Seen {
    id: ProcessId,
    name: String,
    parent: u32,
    /// Only its number is left, until its parent asks for its end.
    ended: bool,
}

fn all() -> Vec<Seen> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| seen(entry.file_name().to_str()?.parse().ok()?)).collect()
}

fn seen(pid: u32) -> Option<Seen> {
    let mut buffer = [0; 1024];
    // The kernel gives the whole line in one go.
    let length = File::open(format!("/proc/{pid}/stat")).ok()?.read(&mut buffer).ok()?;
    parse(pid, &String::from_utf8_lossy(buffer.get(..length)?))
}

/// Fields by their numbers in proc(5): name, state (3), parent (4), start (22). The name may itself hold spaces and brackets.
fn parse(pid: u32, line: &str) -> Option<Seen> {
    let (before, after) = line.rsplit_once(") ")?;
    let (_, name) = before.split_once('(')?;
    let mut fields = after.split(' ');
    let state = fields.next()?;
    let parent = fields.next()?.parse().ok()?;
    let started = fields.nth(17)?.parse().ok()?;
    Some(Seen { id: ProcessId { pid, started }, name: name.to_owned(), parent, ended: matches!(state, "Z" | "X") })
}

fn interesting(all: &[Seen], own: &Own, launched: Option<ProcessId>) -> HashSet<u32> {
    // The kernel cuts names to 15 bytes.
    let ours =
        |name: &str| own.names.iter().any(|own| own.starts_with(name) && (own.len() == name.len() || name.len() == 15));
    let listed: Vec<Listed<'_>> =
        all.iter().map(|process| Listed { pid: process.id.pid, parent: process.parent, name: &process.name }).collect();
    candidates(&listed, launched.map(|launched| launched.pid), ours)
}

fn fact(process: Seen, me: u32) -> Option<ProcessFact> {
    let Seen { id, name, parent, .. } = process;
    let read = |name: &str| fs::read(format!("/proc/{}/{name}", id.pid)).unwrap_or_default();
    let owner = match user_of(&read("status")) {
        Some(user) if user == me => Owner::Me,
        Some(_) => Owner::Other,
        None => Owner::Unknown,
    };
    let path = fs::read_link(format!("/proc/{}/exe", id.pid));
    let words = read("cmdline");
    let words = words.split(|byte| *byte == 0).filter(|word| !word.is_empty());
    let arguments = words.map(|word| String::from_utf8_lossy(word).into_owned()).collect();
    // Gone between the look and now: as if it had never been there. And all of the above is of this one.
    if seen(id.pid).is_none_or(|now| now.id != id || now.ended) {
        return None;
    }
    Some(ProcessFact {
        id,
        parent: (parent != 0).then_some(parent),
        name,
        path: path.map_or(ProgramPath::Unreadable, |path| ProgramPath::Known(path.to_string_lossy().into_owned())),
        owner,
        session: Session::Mine,
        product: None,
        bundle: None,
        arguments,
        age: age(id.started),
        title: None,
        config_id: None,
    })
}

/// The real user in `/proc/<pid>/status`.
fn user_of(status: &[u8]) -> Option<u32> {
    let line = status.split(|byte| *byte == b'\n').find_map(|line| line.strip_prefix(b"Uid:"))?;
    std::str::from_utf8(line).ok()?.split_whitespace().next()?.parse().ok()
}

/// Seconds since a start in clock ticks after boot.
fn age(started: u64) -> Option<u64> {
    let uptime = fs::read_to_string("/proc/uptime").ok()?;
    let seconds: u64 = uptime.split('.').next()?.parse().ok()?;
    Some(seconds.saturating_sub(started / TICKS_PER_SECOND))
}

/// The process that has this id now; `started` in clock ticks since boot (field 22 of proc(5)).
pub fn identity(pid: u32) -> Option<ProcessId> {
    seen(pid).map(|process| process.id)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_hold_anything() {
        let line = "7 (a) S (b c) Z 1 7 7 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654 1 2";
        let process = parse(7, line).unwrap();
        assert_eq!((process.name.as_str(), process.parent, process.ended), ("a) S (b c", 1, true));
        assert_eq!(process.id, ProcessId { pid: 7, started: 987_654 });
        assert!(parse(7, "7 (cut o").is_none() && parse(7, "").is_none() && parse(7, "7 (x) S 1").is_none());
    }

    #[test]
    fn cut_names_are_ours_as_well() {
        let own = Own {
            folders: vec![],
            names: vec!["a-rather-long-program".into()],
            title: "".into(),
            config_id: "".into(),
        };
        let process = |pid: u32, parent: u32, name: &str| Seen {
            id: ProcessId { pid, started: 1 },
            name: name.into(),
            parent,
            ended: false,
        };
        let all = [
            process(1, 0, "init"),
            process(2, 1, "TeamViewer_Desk"),
            process(3, 1, "a-rather-long-p"),
            process(4, 1, "a-rather"),
        ];
        let mut chosen: Vec<u32> =
            interesting(&all, &own, Some(ProcessId { pid: 5, started: 1 })).into_iter().collect();
        chosen.sort_unstable();
        assert_eq!(chosen, [2, 3]);
        assert_eq!(user_of(b"Name:\tx\nUid:\t1000\t0\t0\t0\n"), Some(1000));
    }

    #[test]
    fn this_very_process_is_seen() {
        let me = std::process::id();
        let found = all().into_iter().find(|process| process.id.pid == me).unwrap();
        assert_eq!(identity(me), Some(found.id));
        let fact = fact(found, rustix::process::geteuid().as_raw()).unwrap();
        assert_eq!((fact.owner, fact.path.clone()), (Owner::Me, ProgramPath::Known(program_of(fact.id).unwrap())));
        assert!(fact.age.unwrap() < 3600 && !fact.arguments.is_empty());
    }
}
