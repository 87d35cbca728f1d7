//! The helper replaces itself: the real program by the real program, and back when the new one does not come up (SPEC F4).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)] // A broken world ends the test here.

use flows::{LONG, Pc, Publisher, Renewed, UpdaterKey, with_version};
use helper_core::release::Status;
use helper_world::{Mirror, wait_until};
use serde_json::json;
use std::fs;
use std::path::PathBuf;
use std::process::{Child, Stdio};

struct World {
    publisher: Publisher,
    updater: UpdaterKey,
    mirror: Mirror,
    pc: Pc,
    folder: tempfile::TempDir,
}

fn world() -> World {
    let publisher = Publisher::new();
    let updater = UpdaterKey::new();
    let module = publisher.publish("15.70.4", 400_000, 1);
    let mirror = Mirror::serve(publisher.mirror()).unwrap();
    let pc = Pc::new(&publisher, &[&mirror.base()]).with_display().with_bus();
    pc.home.set_env("SUPPORT_HELPER_COME_UP_SECONDS", "10");
    pc.trust_updater(&updater);
    pc.place(&publisher, &module);
    World { publisher, updater, mirror, pc, folder: tempfile::tempdir().unwrap() }
}

impl World {
    /// A program file with this version.
    fn build(&self, version: &str) -> PathBuf {
        let program = self.folder.path().join("support-helper");
        with_version(version, &program);
        program
    }

    fn publish(&self, version: &str) {
        self.publisher.publish_helper(&self.updater, version, &self.build(version));
    }
}

#[test]
fn the_real_helper_updates_itself_to_the_next_real_helper_and_a_click_works_then() {
    flows::alone!();
    let world = world();
    let helper = Renewed::new(&world.pc, "0.1.0");
    let _running = helper.start();
    assert_eq!(world.pc.status().unwrap()["version"], "0.1.0");
    world.publish("0.2.0");
    assert_eq!(world.pc.call(&["update"]).code, 0);
    let status = helper.wait_for_version("0.2.0");
    assert_eq!(status["state"], "idle", "quietly");
    assert_eq!(fs::read(helper.program()).unwrap(), fs::read(world.build("0.2.0")).unwrap());
    let trial = || {
        fs::read_to_string(world.pc.data().join("helper/trial")).ok().filter(|text| text.contains("\"came_up\":true"))
    };
    wait_until(LONG, "the end of the trial", trial).unwrap();
    assert_eq!(world.pc.update()["failures"], 0);
    assert_eq!(world.mirror.count("/targets/helper/*"), 1, "once is enough");
    assert_eq!(world.pc.call(&["start"]).code, 0);
    world.pc.wait_for_state("running");
    assert_eq!(world.pc.call(&["quit"]).code, 0);
}

#[test]
fn a_helper_that_does_not_come_up_is_taken_back_and_not_tried_again() {
    flows::alone!();
    let world = world();
    let helper = Renewed::new(&world.pc, "0.1.0");
    let _running = helper.start();
    // A real program that is no helper: it ends at once.
    world.publisher.publish_helper(&world.updater, "0.3.0", &PathBuf::from("/bin/false").canonicalize().unwrap());
    assert_eq!(world.pc.call(&["update"]).code, 0);
    let refused = || world.pc.status().filter(|status| status["upkeep"]["refused"] == json!(["0.3.0"]));
    let status = wait_until(LONG, "the way back", refused).unwrap();
    assert_eq!(status["version"], "0.1.0");
    assert_eq!(world.pc.update()["failures"], 0);
    assert_eq!(world.mirror.count("/targets/helper/*"), 1, "not fetched again");
    // A better one is welcome.
    world.publish("0.4.0");
    assert_eq!(world.pc.call(&["update"]).code, 0);
    helper.wait_for_version("0.4.0");
    assert_eq!(world.pc.call(&["quit"]).code, 0);
}

#[test]
fn a_helper_that_hangs_is_taken_back_as_well() {
    flows::alone!();
    let world = world();
    world.pc.home.set_env("SUPPORT_HELPER_COME_UP_SECONDS", "2");
    let helper = Renewed::new(&world.pc, "0.1.0");
    let _running = helper.start();
    // Lives for ever and never says a word.
    let hangs = helper_world::stand_in_program("standin-quicksupport").unwrap();
    world.publisher.publish_helper(&world.updater, "0.3.0", &hangs);
    assert_eq!(world.pc.call(&["update"]).code, 0);
    let refused = || world.pc.status().filter(|status| status["upkeep"]["refused"] == json!(["0.3.0"]));
    assert_eq!(wait_until(LONG, "the way back", refused).unwrap()["version"], "0.1.0");
    assert_eq!(world.pc.call(&["quit"]).code, 0);
}

#[test]
fn a_new_helper_that_nobody_watches_is_taken_back_at_its_third_start() {
    flows::alone!();
    let world = world();
    let helper = Renewed::new(&world.pc, "0.1.0");
    let folder = world.pc.data().join("helper");
    {
        let _running = helper.start();
        world.publish("0.2.0");
        assert_eq!(world.pc.call(&["update"]).code, 0);
        helper.wait_for_version("0.2.0");
        assert_eq!(world.pc.call(&["quit"]).code, 0);
        wait_until(LONG, "its end", || world.pc.status().is_none().then_some(())).unwrap();
    }
    // As after power cuts in its first two starts.
    let text = fs::read_to_string(folder.join("trial")).unwrap();
    let trial: serde_json::Value = serde_json::from_str(text.lines().nth(1).unwrap()).unwrap();
    let unlucky = json!({ "version": "0.2.0", "program": trial["program"], "starts": 2, "came_up": false });
    helper_machine::state_file::StateFile::new(folder.join("trial")).write(&unlucky).unwrap();
    let _running = helper.start();
    let status = helper.wait_for_version("0.1.0");
    assert_eq!(status["upkeep"]["refused"], json!(["0.2.0"]));
    assert_eq!(world.pc.call(&["quit"]).code, 0);
}

#[test]
fn both_locks_must_open_and_support_comes_first() {
    flows::alone!();
    let world = world();
    let helper = Renewed::new(&world.pc, "0.1.0");
    let _running = helper.start();
    // Signed metadata names it, but the updater's signature is another key's.
    world.publisher.publish_helper(&UpdaterKey::new(), "0.2.0", &world.build("0.2.0"));
    let upkeep = world.pc.update();
    assert_eq!(upkeep["failure"], "untrusted", "{upkeep}");
    assert_eq!(world.pc.status().unwrap()["version"], "0.1.0");
    world.publisher.set("helper", "0.2.0", Status::Revoked);
    world.publish("0.2.1");
    // While somebody is being helped nothing is replaced.
    assert_eq!(world.pc.call(&["start"]).code, 0);
    world.pc.wait_for_state("running");
    assert_eq!(world.pc.call(&["update"]).code, 5);
    assert_eq!(world.pc.status().unwrap()["version"], "0.1.0");
    world.pc.end_modules();
    world.pc.wait_for_state("idle");
    assert_eq!(world.pc.call(&["update"]).code, 0);
    helper.wait_for_version("0.2.1");
    assert_eq!(world.pc.call(&["quit"]).code, 0);
}

#[test]
fn without_the_updaters_key_or_for_the_whole_machine_it_stays_as_it_is() {
    flows::alone!();
    let world = world();
    world.publish("0.2.0");
    // The program of the build folder belongs to the developer as well, but the key is missing.
    fs::remove_file(world.pc.brand_file("updater.pub")).unwrap();
    let helper = Renewed::new(&world.pc, "0.1.0");
    let _running = helper.start();
    assert_eq!(world.pc.update()["failures"], 0);
    assert_eq!(world.pc.status().unwrap()["version"], "0.1.0");
    assert_eq!(world.mirror.count("/targets/helper/*"), 0);
    assert_eq!(world.pc.call(&["quit"]).code, 0);
}

/// Starts the helper under a tracer that kills it when it is about to make its `n`-th call of one of these kinds on the files that a
/// renewal replaces, and lets it renew itself. `false` when it came through.
fn killed_while_renewing(world: &World, helper: &Renewed<'_>, calls: &str, n: u32) -> bool {
    let kept = world.pc.data().join("helper");
    let apps = helper.program().parent().unwrap().to_owned();
    let mut traced = world.pc.home.command("strace");
    traced.args(["-f", "--seccomp-bpf", "-qq", "-o", "/dev/null"]);
    for path in [helper.program().to_owned(), kept.join("predecessor"), kept.join("trial"), kept.clone(), apps.clone()]
    {
        traced.arg("-P").arg(path);
    }
    traced.args(["-e", &format!("trace={calls}"), "-e", &format!("inject={calls}:signal=SIGKILL:when={n}")]);
    traced.arg(helper.program()).arg("--background");
    let mut tracer = traced.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    // Before the work in the background begins, a wish for it is refused; and it may be killed before that.
    let begun = || world.pc.status().is_some_and(|status| status["upkeep"]["state"] != "off");
    let ended = |tracer: &mut Child| tracer.try_wait().unwrap().is_some();
    wait_until(LONG, "the traced helper", || (begun() || ended(&mut tracer)).then_some(())).unwrap();
    let _ = world.pc.call(&["update"]);
    let killed = wait_until(LONG, "its end or its successor", || {
        let renewed = world.pc.status().is_some_and(|status| status["version"] == "0.2.0");
        let nobody = world.pc.home.processes().iter().all(|seen| !seen.exe.starts_with(world.pc.home.root()));
        (renewed || nobody).then_some(!renewed)
    });
    let killed = killed.unwrap();
    if !killed {
        assert_eq!(world.pc.call(&["quit"]).code, 0);
    }
    tracer.wait().unwrap();
    killed
}

/// Whatever moment it is killed at: the name holds one whole program, and that one starts and renews itself.
fn sweep(calls: &str) {
    if std::process::Command::new("strace").arg("-V").output().is_err() {
        eprintln!("SKIPPED: strace is not installed, so no single call can be hit");
        return;
    }
    let world = world();
    let (old, new) = (fs::read(world.build("0.1.0")).unwrap(), fs::read(world.build("0.2.0")).unwrap());
    world.publish("0.2.0");
    let mut hit = 0;
    for n in 1.. {
        let _ = fs::remove_dir_all(world.pc.data().join("helper"));
        let helper = Renewed::new(&world.pc, "0.1.0");
        if !killed_while_renewing(&world, &helper, calls, n) {
            break;
        }
        hit += 1;
        let there = fs::read(helper.program()).unwrap();
        assert!(there == old || there == new, "killed at {calls} {n}: {} bytes", there.len());
        let _running = helper.start();
        if there == old {
            assert_eq!(world.pc.call(&["update"]).code, 0);
        }
        helper.wait_for_version("0.2.0");
        // What was fetched before the kill is proven again, not fetched again.
        assert_eq!(world.mirror.count("/targets/helper/*"), usize::try_from(hit).unwrap(), "killed at {calls} {n}");
        assert_eq!(world.pc.call(&["quit"]).code, 0);
        wait_until(LONG, "its end", || world.pc.status().is_none().then_some(())).unwrap();
        let left: Vec<_> = fs::read_dir(helper.program().parent().unwrap()).unwrap().flatten().collect();
        assert_eq!(left.len(), 1, "killed at {calls} {n}: {left:?}");
    }
    assert!(hit >= 1, "no call of {calls} was hit");
    eprintln!("{hit} calls of {calls} were hit");
}

#[test]
fn killed_at_any_rename_of_a_renewal_one_whole_helper_starts() {
    flows::alone!();
    sweep("rename,renameat,renameat2");
}
