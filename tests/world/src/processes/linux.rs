//! Linux: the processes that run from below one folder, by `/proc`.

use std::fs;
use std::path::{Path, PathBuf};

use rustix::process::{Pid, Signal, kill_process};

use super::ProcessSeen;

/// Every process whose program file lies below `folder`; zombies have no program file any more and are left out.
pub fn processes_under(folder: &Path) -> Vec<ProcessSeen> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let mut seen: Vec<ProcessSeen> = entries
        .flatten()
        .filter_map(|entry| {
            let pid: u32 = entry.file_name().to_str()?.parse().ok()?;
            let exe = without_mark(fs::read_link(entry.path().join("exe")).ok()?);
            exe.starts_with(folder).then(|| ProcessSeen { pid, parent: parent_of(&entry.path()), exe })
        })
        .collect();
    seen.sort_by_key(|process| process.pid);
    seen
}

fn without_mark(exe: PathBuf) -> PathBuf {
    match exe.to_str().and_then(|text| text.strip_suffix(" (deleted)")) {
        Some(bare) => PathBuf::from(bare),
        None => exe,
    }
}

fn parent_of(process: &Path) -> u32 {
    let stat = fs::read_to_string(process.join("stat")).unwrap_or_default();
    // The program's name stands in brackets and may itself hold spaces and brackets: count from the last one.
    stat.rsplit_once(')')
        .and_then(|(_, rest)| rest.split_whitespace().nth(1))
        .and_then(|parent| parent.parse().ok())
        .unwrap_or(0)
}

/// Ends a process; it may have ended by itself meanwhile, which is what is wanted.
pub(super) fn end(process: &ProcessSeen) {
    if let Some(pid) = i32::try_from(process.pid).ok().and_then(Pid::from_raw) {
        let _ = kill_process(pid, Signal::KILL);
    }
}
