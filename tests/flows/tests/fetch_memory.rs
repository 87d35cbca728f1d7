//! The memory of a fetch does not grow with the file. A test of its own program: its peak is the process's.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)] // A broken world ends the test here.

use flows::Download;
use std::fs;

/// A line of proc(5)'s `status` in kilobytes.
fn memory(name: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim().trim_end_matches(" kB").trim().parse().unwrap()
}

/// By how many kilobytes the process grows at most while it fetches a file of this size over several connections.
fn growth(size: u64) -> u64 {
    let mut world = Download::new(size, 1);
    world.release.custom.connections = Some(8);
    let before = memory("VmRSS:");
    // proc(5): resets the peak to what is used now.
    fs::write("/proc/self/clear_refs", "5").unwrap();
    let (fetched, _) = world.fetch();
    let peak = memory("VmHWM:");
    fetched.unwrap().verify(&world.release).unwrap();
    peak.saturating_sub(before)
}

#[test]
fn a_file_ten_times_as_large_needs_no_more_memory() {
    let _warm = growth(1_000_000);
    let (small, large) = (growth(20_000_000), growth(200_000_000));
    eprintln!("grown by {small} kB for 20 MB and by {large} kB for 200 MB");
    assert!(large < 64_000, "{large} kB");
    assert!(large < small + 16_000, "{small} kB for 20 MB, {large} kB for 200 MB");
}
