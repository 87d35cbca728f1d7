//! The processes that run from below one folder, by `/proc`.

use std::fs;
use std::path::{Path, PathBuf};

/// A running process and the program file it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProcessSeen {
    /// Process id.
    pub pid: u32,
    /// Parent process id; 0 if it could not be read.
    pub parent: u32,
    /// The program file, without the kernel's mark for deleted files.
    pub exe: PathBuf,
}

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
