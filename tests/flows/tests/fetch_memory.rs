//! The memory of a fetch does not grow with the file. A test of its own program: its peak is the process's.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, clippy::print_stdout)] // A broken world ends the test here.

use flows::Download;
use helper_core::release::Release;
use helper_machine::fetch::{self, Bytes, Cancel, Pace};
use helper_machine::mirror::mirrors_of;
use helper_machine::transport;
use std::process::Command;
use std::{env, fs};

// Publishing leaves free memory behind that would hide what fetching takes: the fetch has a process to itself.

/// A line of proc(5)'s `status` in kilobytes.
fn memory(name: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim().trim_end_matches(" kB").trim().parse().unwrap()
}

/// By how many kilobytes a process that does nothing else grows at most while it fetches a file of this size.
fn growth(size: u64) -> u64 {
    let mut world = Download::new(size, 1);
    world.release.custom.connections = Some(8);
    let file = world.folder.path().join("release.json");
    fs::write(&file, serde_json::to_vec(&world.release).unwrap()).unwrap();
    let child = Command::new(env::current_exe().unwrap())
        .args(["--exact", "fetches_in_a_process_of_its_own", "--ignored", "--nocapture"])
        .env("FETCH_RELEASE", file)
        .env("FETCH_MIRROR", world.mirrors[0].base())
        .output()
        .unwrap();
    let said = String::from_utf8(child.stdout).unwrap();
    let grown = said.lines().find_map(|line| line.strip_prefix("grown by ")).expect("the child fetched");
    grown.parse().unwrap()
}

#[test]
#[ignore = "the other half of a_file_ten_times_as_large_needs_no_more_memory"]
fn fetches_in_a_process_of_its_own() {
    // Asked for by hand there is nothing to fetch.
    let Some(release) = env::var_os("FETCH_RELEASE") else { return };
    let release: Release = serde_json::from_slice(&fs::read(release).unwrap()).unwrap();
    let base = env::var("FETCH_MIRROR").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (client, pace, (_keep, cancelled)) =
        (transport::client(&Default::default()).unwrap(), Pace::click(), Cancel::new());
    let (mirrors, mut tell) = (mirrors_of([base.as_str()]), |_: Bytes| ());
    let before = memory("VmRSS:");
    let work = fetch::fetch(&client, &mirrors, &release, folder.path(), &pace, cancelled, &mut tell);
    let fetched = transport::block_on(work).unwrap().unwrap();
    let peak = memory("VmHWM:");
    fetched.verify(&release).unwrap();
    println!("\ngrown by {}", peak - before);
}

#[test]
fn a_file_ten_times_as_large_needs_no_more_memory() {
    let (small, large) = (growth(20_000_000), growth(200_000_000));
    eprintln!("grown by {small} kB for 20 MB and by {large} kB for 200 MB");
    assert!(small > 100, "{small} kB: something was measured");
    assert!(large < 64_000, "{large} kB");
    assert!(large < small + 16_000, "{small} kB for 20 MB, {large} kB for 200 MB");
}
