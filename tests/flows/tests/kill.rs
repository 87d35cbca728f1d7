//! Ended at any moment, as by a power cut: the next click repairs everything (SPEC F5; TRUST.md 6.3, rows 4, 31-35).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)] // A broken world ends the test here.

use flows::{Called, LONG, Pc, Publisher};
use helper_core::release::Release;
use helper_world::{Fault, Mirror, Times, wait_until};
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

/// A publisher with one module, its mirror, and a PC that has to fetch it over a line with a known speed.
struct World {
    release: Release,
    mirror: Mirror,
    pc: Pc,
    publisher: Publisher,
}

fn world(size: u64) -> World {
    let publisher = Publisher::new();
    let release = publisher.publish("15.70.4", size, 1);
    let mirror = Mirror::serve(publisher.mirror()).unwrap();
    let pc = Pc::awkward(&publisher, &[&mirror.base()]).with_display();
    World { release, mirror, pc, publisher }
}

impl World {
    fn slow_line(&self, bytes_per_second: u64) {
        self.mirror.fault("/targets/*", Fault::Trickle { bytes_per_second }, Times::Always);
    }

    /// The click after whatever happened: the module runs, and nothing half-made is left.
    fn recovers(&self, after: &str) {
        self.mirror.clear_faults();
        let called = self.pc.click();
        assert_eq!(called.code, 0, "{after}: {called:?}");
        assert_eq!(self.pc.modules().len(), 1, "{after}");
        assert_eq!(self.pc.placed(), [self.release.custom.install.tree.to_string()], "{after}");
        let left = leftovers(&self.pc.data(), &self.pc.versions());
        assert!(left.is_empty(), "{after}: {left:?}");
    }

    fn package_bytes(&self) -> u64 {
        self.mirror.seen().iter().filter(|seen| seen.path.starts_with("/targets/")).map(|seen| seen.body_bytes).sum()
    }
}

/// Files that only something unfinished has: temporary names, packages on their way, folders aside.
fn leftovers(folder: &Path, versions: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        if name.starts_with(".unfinished-") || name.ends_with(".part") || name.starts_with("aside-") {
            found.push(entry.path().display().to_string());
        } else if entry.file_type().unwrap().is_dir() && entry.path() != versions {
            found.extend(leftovers(&entry.path(), versions));
        }
    }
    found
}

/// Kills a first click after each of `moments` delays that cover the whole of it, beginning with the `first`-th and
/// leaving every second one to the other test.
fn sweep(first: u32, moments: u32) {
    let world = world(3_000_000);
    let began = Instant::now();
    world.slow_line(8_000_000);
    assert_eq!(world.pc.click().code, 0);
    let whole = began.elapsed();
    let mut states = Vec::new();
    for moment in (first..moments).step_by(2) {
        world.pc.forget();
        world.slow_line(8_000_000);
        let mut helper = world.pc.spawn(&["start", "--headless"]);
        thread::sleep(whole * moment / moments);
        helper.kill();
        let journal = world.pc.journal();
        states.push(journal.last().and_then(|line| line["to"].as_str()).unwrap_or("nothing").to_owned());
        world.recovers(&format!("killed at {moment} of {moments}"));
    }
    states.dedup();
    assert!(states.len() >= 2, "the moments fell into different states: {states:?}");
}

#[test]
fn killed_at_an_even_moment_of_the_first_click_the_next_one_works() {
    flows::alone!();
    sweep(0, 40);
}

#[test]
fn killed_at_an_odd_moment_of_the_first_click_the_next_one_works() {
    flows::alone!();
    sweep(1, 40);
}

/// Clicks and kills the helper when one of its threads makes its `n`-th call of one of these kinds. `None` when no thread
/// made so many.
fn killed_at(pc: &Pc, calls: &str, n: u32) -> Option<Called> {
    let helper = pc.helper(&["start", "--headless", "--json"]);
    let mut traced = pc.home.command("strace");
    traced.args(["-f", "-qq", "-o", "/dev/null", "-e", &format!("trace={calls}")]);
    traced.args(["-e", &format!("inject={calls}:signal=SIGKILL:when={n}")]);
    traced.arg(helper.get_program()).args(helper.get_args());
    // The module that it starts is traced as well and would keep the tracer: it is ended as soon as it is there.
    let mut child = traced.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let ended = wait_until(LONG, "the end of the traced helper", || {
        pc.modules().into_iter().for_each(flows::terminate);
        child.try_wait().unwrap()
    });
    ended.unwrap();
    let called = Called::from(child.wait_with_output().unwrap());
    // The tracer ends as its program did: by the signal.
    (called.code == -1).then_some(called)
}

/// Sweeps over every call of these kinds in a first click. Calls are counted by thread: with a catalog that is known already, the first ones are those that place the package.
fn sweep_calls(calls: &str, catalog_is_known: bool) {
    if std::process::Command::new("strace").arg("-V").output().is_err() {
        eprintln!("SKIPPED: strace is not installed, so no single call can be hit");
        return;
    }
    let world = world(1_500_000);
    let mut hit = 0;
    for n in 1.. {
        world.pc.forget();
        if catalog_is_known {
            world.pc.learn(&world.publisher, &world.mirror.base());
            // The number that places this PC in roll-outs is made by a start; this one finds no package.
            world.mirror.fault("/targets/*", Fault::status(404), Times::Always);
            assert_eq!(world.pc.click().code, 3);
            world.mirror.clear_faults();
        }
        if killed_at(&world.pc, calls, n).is_none() {
            break;
        }
        hit += 1;
        world.recovers(&format!("killed at {calls} {n}"));
    }
    assert!(hit >= 1, "no call of {calls} was hit");
    eprintln!("{hit} calls of {calls} were hit");
}

#[test]
fn killed_at_any_rename_of_a_first_click_the_next_one_works() {
    flows::alone!();
    sweep_calls("rename,renameat,renameat2", false);
}

#[test]
fn killed_at_any_rename_while_placing_the_next_click_works() {
    flows::alone!();
    // The folder, then the pointer.
    sweep_calls("rename,renameat,renameat2", true);
}

#[test]
fn killed_at_any_sync_of_a_first_click_the_next_one_works() {
    flows::alone!();
    sweep_calls("fsync,fdatasync", false);
}

#[test]
fn killed_at_any_sync_while_placing_the_next_click_works() {
    flows::alone!();
    sweep_calls("fsync,fdatasync", true);
}

#[test]
fn a_download_that_was_killed_is_resumed() {
    flows::alone!();
    let size = 12_000_000;
    let world = world(size);
    world.slow_line(8_000_000);
    let mut helper = world.pc.spawn(&["start", "--headless"]);
    wait_until(LONG, "half the package", || (world.package_bytes() > size / 2).then_some(())).unwrap();
    helper.kill();
    world.recovers("killed at half the package");
    let last = world.mirror.seen().into_iter().rev().find(|seen| seen.path.starts_with("/targets/")).unwrap();
    let from: u64 = last.range.expect("the rest only")[6..].trim_end_matches('-').parse().unwrap();
    assert!(from >= size / 3 && from.is_multiple_of(1 << 20), "whole pieces of 1 MiB are kept: {from}");
    let all = world.package_bytes();
    assert!(all < world.release.length * 12 / 10, "{all} of {}", world.release.length);
}

#[test]
fn a_package_that_nobody_wants_any_more_does_not_stay() {
    flows::alone!();
    let world = world(3_000_000);
    world.slow_line(4_000_000);
    let mut helper = world.pc.spawn(&["start", "--headless"]);
    wait_until(LONG, "some of the package", || (world.package_bytes() > 1_500_000).then_some(())).unwrap();
    helper.kill();
    world.mirror.clear_faults();
    world.publisher.publish("15.71.0", 3_000_000, 2);
    assert_eq!(world.pc.click().code, 0);
    let left = leftovers(&world.pc.data(), &world.pc.versions());
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_working_module_survives_a_repair_that_is_killed() {
    flows::alone!();
    let world = world(3_000_000);
    let pc = &world.pc;
    let newer = world.publisher.publish("15.71.0", 3_000_000, 2);
    pc.place(&world.publisher, &world.release);
    pc.place(&world.publisher, &newer);
    // The newest is damaged and asked for again; the previous one works all the time.
    pc.home.plan_modules("die=early").unwrap();
    for wait in [Duration::from_millis(100), Duration::from_millis(300), Duration::from_millis(600)] {
        let program = pc.placed_file(&newer, flows::ENTRY);
        fs::remove_file(&program).unwrap_or_default();
        world.slow_line(8_000_000);
        let mut helper = pc.spawn(&["start", "--headless"]);
        thread::sleep(wait);
        helper.kill();
        world.mirror.clear_faults();
        pc.home.plan_modules("").unwrap();
        pc.end_modules();
        world.mirror.down().unwrap();
        let called = pc.click();
        assert_eq!(called.code, 0, "without any network: {called:?}");
        world.mirror.up().unwrap();
        pc.end_modules();
    }
}
