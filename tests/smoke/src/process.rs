//! Who runs, by `/proc`.

use std::fs;
use std::path::Path;

fn all() -> Vec<u32> {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
}

fn parent(pid: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The program's name stands in brackets and may hold brackets itself.
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

fn name(pid: u32) -> Option<String> {
    let program = fs::read_link(format!("/proc/{pid}/exe")).ok()?;
    Some(program.file_name()?.to_string_lossy().trim_end_matches(" (deleted)").to_owned())
}

fn descends(pid: u32, from: u32) -> bool {
    let mut at = pid;
    while let Some(above) = parent(at).filter(|above| *above > 1) {
        if above == from {
            return true;
        }
        at = above;
    }
    false
}

/// The web engine's processes below this one.
pub fn web_views(of: u32) -> Vec<String> {
    let below = all().into_iter().filter(|pid| descends(*pid, of));
    below.filter_map(name).filter(|name| name.starts_with("WebKit")).collect()
}

/// Every process that was started with this home, by name and id: also what nobody waits for any more.
pub fn living_in(home: &Path) -> Vec<(String, u32)> {
    let mark = format!("HOME={}", home.display()).into_bytes();
    let lives = |pid: &u32| {
        fs::read(format!("/proc/{pid}/environ"))
            .is_ok_and(|all| all.split(|byte| *byte == 0).any(|entry| entry == mark.as_slice()))
    };
    all().into_iter().filter(lives).filter_map(|pid| Some((name(pid)?, pid))).collect()
}

/// Does this process still run? A zombie does not.
pub fn runs(pid: u32) -> bool {
    name(pid).is_some()
}
