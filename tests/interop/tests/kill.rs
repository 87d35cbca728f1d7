//! The client ended or failed by the system at any call that touches its files (TRUST.md 6.3, rows 31, 35, 37): the
//! catalog without a network, the floors and the next refresh are as good as before.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]
// A broken world ends the test here.

use flows::Publisher;
use helper_core::input::Failure;
use helper_world::Mirror;
use interop::signing::{Rotation, rotate};
use interop::{Client, address, probe};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// No thread makes so many calls.
const NEVER: u32 = 60_000;

/// A PC that has one version; a newer one with two rotations is on the mirror.
struct World {
    publisher: Publisher,
    mirror: Mirror,
    client: Client,
    before: BTreeMap<PathBuf, Vec<u8>>,
    older: TempDir,
}

fn world() -> World {
    let publisher = Publisher::new();
    let client = Client::new(&publisher);
    publisher.publish("1.0.0", 50_000, 1);
    let older = publisher.copy_of_mirror();
    publisher.publish("1.1.0", 50_000, 2);
    client.refresh(&[&address(&publisher.mirror())], Timestamp::now()).unwrap();
    rotate(&publisher, Rotation::RootKey);
    rotate(&publisher, Rotation::OnlineKey);
    publisher.publish("1.2.0", 50_000, 3);
    let mirror = Mirror::serve(publisher.mirror()).unwrap();
    let before = client.files();
    World { publisher, mirror, client, before, older }
}

impl World {
    /// Which calls of these kinds concern the client's own files, counted by thread as the tracer does.
    fn own_calls(&self, calls: &str) -> BTreeSet<u32> {
        let folder = self.client.folder().display().to_string();
        let (mut counts, mut own) = (BTreeMap::new(), BTreeSet::new());
        for line in self.trace(calls, "signal=SIGKILL", NEVER).1.lines() {
            let (thread, call) = line.split_once(' ').unwrap();
            // The second half of a call that was interrupted by another thread's is no other call.
            if call.contains('(') && !call.contains("resumed>") {
                let count = counts.entry(thread.to_owned()).or_insert(0);
                *count += 1;
                if call.contains(&folder) {
                    own.insert(*count);
                }
            }
        }
        own
    }

    /// Refreshes with the command-line client while the `n`-th call of these kinds is met by `what`. `None` when there
    /// were not so many calls.
    fn refresh_with(&self, calls: &str, what: &str, n: u32) -> Option<Output> {
        let (output, log) = self.trace(calls, what, n);
        (log.contains("(INJECTED)") || log.contains("killed by SIGKILL")).then_some(output)
    }

    fn trace(&self, calls: &str, what: &str, n: u32) -> (Output, String) {
        self.client.restore(&self.before);
        let log = self.client.folder().with_extension("strace");
        let mut traced = Command::new("strace");
        // With the names of open files, so that it can be told whose they are.
        traced.args(["-f", "-y", "-qq", "-o"]).arg(&log);
        traced.args(["-e", &format!("trace={calls}"), "-e", &format!("inject={calls}:{what}:when={n}")]);
        traced.arg(probe()).arg("--metadata-dir").arg(self.client.folder());
        traced.args(["--metadata-url", &self.mirror.url("/metadata"), "refresh"]).stdin(Stdio::null());
        let output = traced.output().unwrap();
        let text = fs::read_to_string(&log).unwrap();
        fs::remove_file(&log).unwrap();
        (output, text)
    }

    fn holds(&self, what: &str) {
        let cached = self.client.cached();
        assert!(cached == ["1.0.0", "1.1.0"] || cached == ["1.0.0", "1.1.0", "1.2.0"], "{what}: {cached:?}");
        let left = self.client.files();
        let older = self.client.versions(&[&address(self.older.path())], Timestamp::now());
        assert_eq!(older, Err(Failure::Untrusted), "{what}: a floor is gone");
        self.client.restore(&left);
        let newest = self.client.versions(&[&address(&self.publisher.mirror())], Timestamp::now());
        assert_eq!(newest.as_deref().map(<[String]>::len), Ok(3), "{what}");
        assert_eq!(self.client.cached().len(), 3, "{what}");
    }
}

fn has_strace() -> bool {
    let there = Command::new("strace").arg("-V").output().is_ok();
    if !there {
        eprintln!("SKIPPED: strace is not installed, so no single call can be hit");
    }
    there
}

/// Hits every call of these kinds on the client's own files, one a run. How many were hit, and how many of these runs ended well.
fn sweep(calls: &str, what: &str) -> (u32, u32) {
    let world = world();
    let (mut hit, mut well) = (0, 0);
    for n in world.own_calls(calls) {
        let Some(output) = world.refresh_with(calls, what, n) else { continue };
        hit += 1;
        if output.status.success() {
            well += 1;
            assert_eq!(world.client.cached().len(), 3, "{calls} {n}: a success that keeps nothing");
        } else if !what.contains("SIGKILL") {
            assert!(!output.stderr.is_empty(), "{calls} {n}: a failure without a word");
        }
        world.holds(&format!("{what} at {calls} {n}"));
    }
    eprintln!("{calls} {what}: {hit} calls were hit, {well} runs ended well all the same");
    (hit, well)
}

#[test]
fn killed_at_any_rename_the_catalog_and_the_floors_hold() {
    if has_strace() {
        let (hit, well) = sweep("rename,renameat,renameat2", "signal=SIGKILL");
        // Two roots, each twice; timestamp, snapshot, targets; the catalog as a whole and the one before it.
        assert!(hit >= 8 && well == 0, "{hit} {well}");
    }
}

#[test]
fn killed_at_any_sync_the_catalog_and_the_floors_hold() {
    if has_strace() {
        let (hit, well) = sweep("fsync,fdatasync", "signal=SIGKILL");
        assert!(hit >= 16 && well == 0, "{hit} {well}");
    }
}

#[test]
fn killed_at_any_write_the_catalog_and_the_floors_hold() {
    if has_strace() {
        let (hit, well) = sweep("write,pwrite64,ftruncate,linkat,unlink,unlinkat,mkdir", "signal=SIGKILL");
        assert!(hit >= 8 && well == 0, "{hit} {well}");
    }
}

#[test]
fn killed_at_any_opening_of_a_file_the_catalog_and_the_floors_hold() {
    if has_strace() {
        let (hit, well) = sweep("openat", "signal=SIGKILL");
        assert!(hit >= 20 && well == 0, "{hit} {well}");
    }
}

#[test]
fn a_full_or_broken_disk_ends_the_refresh_and_keeps_the_floors() {
    if has_strace() {
        for (calls, what) in [("rename,renameat,renameat2", "error=ENOSPC"), ("fsync,fdatasync", "error=EIO")] {
            let (hit, well) = sweep(calls, what);
            assert!(hit >= 8 && well == 0, "what cannot be kept is no success: {calls} {what} {hit} {well}");
        }
    }
}

#[test]
fn a_file_that_cannot_be_opened_or_written_costs_no_floor() {
    if has_strace() {
        // What a file holds already is compared before it is written; without that it is written once more.
        for (calls, what) in [("openat", "error=EIO"), ("write", "error=ENOSPC"), ("openat", "error=ENOSPC")] {
            let (hit, well) = sweep(calls, what);
            assert!(hit >= 8 && well <= hit / 2, "{calls} {what} {hit} {well}");
        }
    }
}
