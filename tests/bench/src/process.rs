//! What the system knows of a process, by proc(5).

use rustix::time::{ClockId, clock_gettime};
use std::fs;

/// Nanoseconds of the monotonic clock, the same clock for all processes.
pub fn now() -> i128 {
    let now = clock_gettime(ClockId::Monotonic);
    i128::from(now.tv_sec) * 1_000_000_000 + i128::from(now.tv_nsec)
}

/// The load of the machine in the last minute.
pub fn load() -> String {
    fs::read_to_string("/proc/loadavg").unwrap_or_default().split(' ').next().unwrap_or("?").to_owned()
}

/// Memory in kilobytes.
#[derive(Clone, Copy, Debug)]
pub struct Memory {
    /// Own pages, and its share of those that others use as well.
    pub proportional: f64,
    /// Pages that are in no file: what the program itself asked for.
    pub anonymous: f64,
}

/// The memory of a process.
pub fn memory(pid: u32) -> Memory {
    let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap();
    let field = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim().trim_end_matches(" kB").parse::<f64>().unwrap()
    };
    Memory { proportional: field("Pss:"), anonymous: field("Anonymous:") }
}

/// What a process has done since its start.
#[derive(Clone, Copy, Debug, Default)]
pub struct Activity {
    /// Clock ticks of processor time, in the program and for it in the kernel.
    pub ticks: u64,
    /// Processor time in microseconds, of the threads that live.
    pub microseconds: u64,
    /// How often a thread went to sleep, that is: woke up before.
    pub wake_ups: u64,
    /// How often a thread was interrupted by another.
    pub interrupted: u64,
    /// How many threads live.
    pub threads: u64,
}

impl Activity {
    /// What it has done so far.
    pub fn of(pid: u32) -> Self {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
        // The name stands in brackets and may hold brackets itself; utime and stime are fields 14 and 15.
        let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
        let number = |text: &str| text.trim().parse::<u64>().unwrap_or(0);
        let mut activity = Self { ticks: number(fields[11]) + number(fields[12]), ..Self::default() };
        for task in fs::read_dir(format!("/proc/{pid}/task")).unwrap().flatten() {
            // A thread may end between two looks.
            let status = fs::read_to_string(task.path().join("status")).unwrap_or_default();
            let field = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)).map_or(0, number);
            activity.wake_ups += field("voluntary_ctxt_switches:");
            activity.interrupted += field("nonvoluntary_ctxt_switches:");
            let run = fs::read_to_string(task.path().join("schedstat")).unwrap_or_default();
            activity.microseconds += run.split(' ').next().map_or(0, number) / 1_000;
            activity.threads += 1;
        }
        activity
    }

    /// What it has done since another look; threads as they are now.
    pub fn since(&self, before: &Self) -> Self {
        Self {
            ticks: self.ticks.saturating_sub(before.ticks),
            microseconds: self.microseconds.saturating_sub(before.microseconds),
            wake_ups: self.wake_ups.saturating_sub(before.wake_ups),
            interrupted: self.interrupted.saturating_sub(before.interrupted),
            threads: self.threads,
        }
    }
}

/// Every process below this one: its id, and its program's name.
pub fn below(pid: u32) -> Vec<(u32, String)> {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let all: Vec<u32> = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    let parent = |pid: u32| -> Option<u32> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
    };
    let descends = |from: &u32| std::iter::successors(parent(*from), |at| parent(*at)).any(|above| above == pid);
    // One that has ended and was not waited for yet has no program any more.
    let name = |pid: u32| {
        let program = fs::read_link(format!("/proc/{pid}/exe")).ok()?;
        Some((pid, program.file_name()?.to_string_lossy().into_owned()))
    };
    all.into_iter().filter(descends).filter_map(name).collect()
}

/// How many processes of the web engine run.
pub fn web_engines() -> usize {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let programs = entries.filter_map(|entry| fs::read_link(entry.path().join("exe")).ok());
    programs.filter(|program| program.file_name().is_some_and(|name| name.to_string_lossy().contains("WebKit"))).count()
}
