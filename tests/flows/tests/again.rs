//! A module that runs already, and starting it again (SPEC A7, C3, D1, D2).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)] // A broken world ends the test here.

use flows::{LONG, Pc, Publisher};
use helper_world::{Mirror, wait_until};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

/// A PC with a desktop on which the module is placed and nothing runs.
fn desk() -> (Publisher, Mirror, Pc) {
    let publisher = Publisher::new();
    let release = publisher.publish("15.70.4", 2_000_000, 1);
    let mirror = Mirror::serve(publisher.mirror()).unwrap();
    let pc = Pc::awkward(&publisher, &[&mirror.base()]).with_display().with_bus();
    pc.place(&publisher, &release);
    (publisher, mirror, pc)
}

/// The one module that runs.
fn only(pc: &Pc) -> u32 {
    let modules = pc.modules();
    assert_eq!(modules.len(), 1, "{:?}", pc.home.processes());
    modules[0]
}

#[test]
fn the_dead_session_is_restarted_with_one_command() {
    flows::alone!();
    let (_publisher, _mirror, pc) = desk();
    pc.home.plan_modules("code=s00-000-000").unwrap();
    let _helper = pc.daemon();
    assert_eq!(pc.call(&["start"]).code, 0);
    pc.wait_for_state("running");
    let old = only(&pc);
    let card = pc.status().unwrap();
    let offered: Vec<_> = card["view"]["actions"].as_array().unwrap().iter().map(|action| &action["wish"]).collect();
    assert_eq!(offered, ["restart"], "SPEC D1: always on the card");

    assert_eq!(pc.call(&["restart"]).code, 0);
    wait_until(LONG, "another module", || pc.modules().iter().any(|pid| *pid != old).then_some(())).unwrap();
    pc.wait_for_state("running");
    assert_ne!(only(&pc), old);
}

#[test]
fn a_restart_ends_a_module_that_refuses_to_end() {
    flows::alone!();
    let (_publisher, _mirror, pc) = desk();
    pc.home.plan_modules("quit=refuse").unwrap();
    let _helper = pc.daemon();
    assert_eq!(pc.call(&["start"]).code, 0);
    pc.wait_for_state("running");
    let old = only(&pc);
    assert_eq!(pc.call(&["restart"]).code, 0);
    pc.wait_for_state("ending");
    assert_eq!(only(&pc), old, "it was asked gently first");
    wait_until(LONG, "another module", || pc.modules().iter().any(|pid| *pid != old).then_some(())).unwrap();
    pc.wait_for_state("running");
    assert_ne!(only(&pc), old);
}

#[test]
fn the_end_of_support_is_noticed_and_said_once() {
    flows::alone!();
    let (_publisher, _mirror, pc) = desk();
    let _helper = pc.daemon();
    assert_eq!(pc.call(&["start"]).code, 0);
    pc.wait_for_state("running");
    assert_eq!(pc.status().unwrap()["view"]["headline"]["key"], "running.headline");
    pc.end_modules();
    pc.wait_for_state("idle");
    assert_eq!(pc.status().unwrap()["view"]["headline"]["key"], "ended.headline", "SPEC C3");
    let said = pc.journal().iter().filter(|line| line["effects"].to_string().contains("SupportEnded")).count();
    assert_eq!(said, 1);
    assert_eq!(pc.call(&["start"]).code, 0);
    pc.wait_for_state("running");
}

#[test]
fn a_click_while_a_module_runs_goes_on_with_it_when_nobody_answers() {
    flows::alone!();
    let (_publisher, _mirror, pc) = desk();
    assert_eq!(pc.click().code, 0);
    let module = only(&pc);
    let second = pc.click();
    assert_eq!(second.code, 0, "{second:?}");
    assert_eq!(second.scenes(), ["ready", "looking", "already-running", "running"], "SPEC D2");
    assert_eq!(only(&pc), module);
}

#[test]
fn a_click_while_a_module_runs_starts_afresh_on_the_second_button() {
    flows::alone!();
    let (_publisher, _mirror, pc) = desk();
    pc.home.plan_modules("code=s00-000-000").unwrap();
    assert_eq!(pc.click().code, 0);
    let mut old = only(&pc);
    for answer in ["2", "start-afresh"] {
        let mut talk = pc.talk();
        let card = talk.wait_for_scene("already-running");
        assert!(card["sentence"].as_str().unwrap().contains("s00-000-000"), "the sign is named: {card:#}");
        assert_eq!(card["actions"][0]["wish"], "go-on");
        talk.answer(answer);
        let called = talk.wait_end();
        assert_eq!(called.code, 0, "{called:?}");
        assert_eq!(
            called.scenes(),
            ["ready", "looking", "already-running", "ending", "looking", "starting", "running"]
        );
        assert_ne!(only(&pc), old);
        old = only(&pc);
    }
}

#[test]
fn a_module_that_somebody_started_by_hand_counts_as_running() {
    flows::alone!();
    let (_publisher, _mirror, pc) = desk();
    let by_hand = helper_world::Module::start(&pc.home, "").unwrap();
    let called = pc.click();
    assert_eq!(called.scenes(), ["ready", "looking", "already-running", "running"], "{called:?}");
    assert!(by_hand.is_alive());
    assert_eq!(pc.modules(), [0u32; 0], "never two (SPEC A2)");
}

#[test]
fn the_card_of_a_failed_start_leads_on_to_a_fresh_copy_or_to_the_folder() {
    flows::alone!();
    let (_publisher, mirror, pc) = desk();
    // The file browser of this PC writes down what it is asked to show.
    let shown = pc.home.root().join("shown");
    let tools = pc.home.root().join("tools");
    fs::create_dir(&tools).unwrap();
    let browser = tools.join("xdg-open");
    fs::write(&browser, format!("#!/bin/sh\nprintf %s \"$1\" > '{}'\n", shown.display())).unwrap();
    fs::set_permissions(&browser, fs::Permissions::from_mode(0o755)).unwrap();
    pc.home.set_env("PATH", format!("{}:{}", tools.display(), std::env::var("PATH").unwrap()));

    pc.home.plan_modules("die=early").unwrap();
    let _helper = pc.daemon();
    assert_eq!(pc.call(&["start"]).code, 0);
    pc.wait_for_state("stuck");
    assert_eq!(pc.status().unwrap()["view"]["problem"]["code"], "M-36");
    assert_eq!(mirror.count("/targets/*"), 0);
    pc.answer("fetch-fresh");
    wait_until(LONG, "a fresh copy", || (mirror.count("/targets/*") == 1).then_some(())).unwrap();
    pc.wait_for_state("stuck");

    pc.answer("show-copy");
    let folder =
        wait_until(LONG, "the file browser", || fs::read_to_string(&shown).ok().filter(|path| !path.is_empty()));
    let folder = std::path::PathBuf::from(folder.unwrap());
    assert!(folder.join("TeamViewer").is_file(), "the copy is in {}", folder.display());
    let card = pc.status().unwrap();
    assert_eq!(card["state"], "stuck");
    assert!(
        card["view"]["details"].to_string().contains("copy_shown") || card.to_string().contains("copy"),
        "{card:#}"
    );

    pc.home.plan_modules("").unwrap();
    pc.answer("try-again");
    pc.wait_for_state("running");
}
