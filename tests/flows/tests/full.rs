//! TeamViewer Full is in the way (SPEC B).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)] // A broken world ends the test here.

use flows::{LONG, Pc, Publisher};
use helper_world::{Daemon, Full, Mirror, wait_until};
use std::fs;

/// A PC with a display on which the module is placed and nothing runs.
fn desk() -> (Publisher, Mirror, Pc) {
    let publisher = Publisher::new();
    let release = publisher.publish("15.70.4", 2_000_000, 1);
    let mirror = Mirror::serve(publisher.mirror()).unwrap();
    let pc = Pc::awkward(&publisher, &[&mirror.base()]).with_display();
    pc.place(&publisher, &release);
    (publisher, mirror, pc)
}

#[test]
fn nothing_is_closed_when_nobody_answers() {
    flows::alone!();
    let (_publisher, _mirror, pc) = desk();
    let full = Full::start(&pc.home, "").unwrap();
    let called = pc.click();
    assert_eq!(called.code, 4, "{called:?}");
    assert_eq!(called.scenes(), ["ready", "looking", "please-close", "ready"], "SPEC B1");
    assert!(full.is_alive());
    assert!(pc.modules().is_empty());
}

#[test]
fn nothing_is_closed_when_the_person_cancels() {
    flows::alone!();
    let (_publisher, _mirror, pc) = desk();
    let full = Full::start(&pc.home, "").unwrap();
    for answer in ["cancel", "2"] {
        let mut talk = pc.talk();
        let card = talk.wait_for_scene("please-close");
        assert_eq!(card["actions"][0]["wish"], "close-and-continue");
        assert_eq!(card["actions"][1]["wish"], "cancel");
        talk.answer(answer);
        assert_eq!(talk.wait_end().code, 4);
        assert!(full.is_alive());
        assert!(pc.modules().is_empty());
    }
}

#[test]
fn what_was_not_offered_is_not_done() {
    flows::alone!();
    let (_publisher, _mirror, pc) = desk();
    let full = Full::start(&pc.home, "").unwrap();
    let mut talk = pc.talk();
    talk.wait_for_scene("please-close");
    for wish in ["force-close", "leave-running", "9", "kill it"] {
        talk.answer(wish);
    }
    let refused = pc.call(&["answer", "force-close"]);
    assert_eq!(refused.code, 5, "{refused:?}");
    assert_eq!(pc.status().unwrap()["state"], "asking-to-close");
    assert_eq!(talk.end().code, 4);
    assert!(full.is_alive());
}

#[test]
fn with_consent_full_is_closed_and_the_module_runs() {
    flows::alone!();
    let (_publisher, _mirror, pc) = desk();
    let full = Full::start(&pc.home, "quit=slow").unwrap();
    let mut talk = pc.talk();
    talk.wait_for_scene("please-close");
    talk.answer("close-and-continue");
    let called = talk.wait_end();
    assert_eq!(called.code, 0, "{called:?}");
    let expected = ["ready", "looking", "please-close", "closing", "looking", "starting", "running"];
    assert_eq!(called.scenes(), expected, "SPEC B2");
    let ended = full.wait_end(LONG).unwrap();
    assert!(ended.success(), "it ended in its own way, not by force: {ended}");
    assert_eq!(pc.modules().len(), 1);
}

#[test]
fn every_running_full_is_closed() {
    flows::alone!();
    let (_publisher, _mirror, pc) = desk();
    let both = [Full::start(&pc.home, "").unwrap(), Full::start(&pc.home, "quit=slow").unwrap()];
    let mut talk = pc.talk();
    talk.wait_for_scene("please-close");
    talk.answer("close-and-continue");
    assert_eq!(talk.wait_end().code, 0);
    assert!(both.iter().all(|full| !full.is_alive()));
}

#[test]
fn full_that_hides_in_its_tray_is_waited_for_and_then_the_helper_goes_on_by_itself() {
    flows::alone!();
    let (_publisher, _mirror, pc) = desk();
    let full = Full::start(&pc.home, "quit=hide").unwrap();
    let mut talk = pc.talk();
    talk.wait_for_scene("please-close");
    talk.answer("close-and-continue");
    let card = talk.wait_for_scene("how-to-quit");
    assert_eq!(card["actions"][0]["wish"], "force-close", "SPEC B3");
    assert!(full.is_alive());
    full.plan("quit=now").unwrap();
    let called = talk.wait_end();
    assert_eq!(called.code, 0, "{called:?}");
    assert!(full.wait_end(LONG).unwrap().success(), "it was ended by hand, not by force");
    assert_eq!(pc.modules().len(), 1);
}

#[test]
fn full_that_refuses_is_ended_only_after_a_second_consent() {
    flows::alone!();
    let (_publisher, _mirror, pc) = desk();
    let full = Full::start(&pc.home, "quit=refuse").unwrap();
    let mut talk = pc.talk();
    talk.wait_for_scene("please-close");
    talk.answer("close-and-continue");
    talk.wait_for_scene("how-to-quit");
    assert!(full.is_alive());
    talk.answer("force-close");
    let called = talk.wait_end();
    assert_eq!(called.code, 0, "{called:?}");
    assert!(!full.wait_end(LONG).unwrap().success(), "by force");
    assert_eq!(pc.modules().len(), 1);
}

#[test]
fn full_that_the_person_closes_without_answering_is_noticed() {
    flows::alone!();
    let (_publisher, _mirror, pc) = desk();
    let full = Full::start(&pc.home, "").unwrap();
    let talk = pc.talk();
    talk.wait_for_scene("please-close");
    full.plan("quit=now").unwrap();
    let called = talk.wait_end();
    assert_eq!(called.code, 0, "{called:?}");
}

#[test]
fn the_question_says_when_somebody_is_connected() {
    flows::alone!();
    let (_publisher, _mirror, pc) = desk();
    let full = Full::start(&pc.home, "").unwrap();
    for (plan, key) in [("", "close.sentence"), ("in_use=yes", "close.in_use.sentence")] {
        full.plan(plan).unwrap();
        let desktop = || pc.home.processes().into_iter().any(|seen| seen.exe.ends_with("TeamViewer_Desktop"));
        wait_until(LONG, "the plan to be followed", || (desktop() != plan.is_empty()).then_some(())).unwrap();
        let talk = pc.talk();
        talk.wait_for_scene("please-close");
        assert_eq!(pc.status().unwrap()["view"]["sentence"]["key"], key, "SPEC B4");
        assert_eq!(talk.end().code, 4);
    }
    assert!(full.is_alive());
}

#[test]
fn the_background_program_of_full_is_no_conflict_and_is_left_alone() {
    flows::alone!();
    let (_publisher, _mirror, pc) = desk();
    let service = Daemon::start(&pc.home).unwrap();
    let called = pc.click();
    assert_eq!(called.code, 0, "{called:?}");
    assert_eq!(called.scenes(), ["ready", "looking", "starting", "running"], "SPEC B6");
    assert!(service.is_alive());
}

#[test]
fn a_teamviewer_that_cannot_be_named_may_stay() {
    flows::alone!();
    let (_publisher, _mirror, pc) = desk();
    // The same program at a place that says nothing about it.
    let place = pc.home.root().join("tv/TeamViewer");
    fs::create_dir(pc.home.root().join("tv")).unwrap();
    fs::copy(pc.home.install_full().unwrap(), &place).unwrap();
    let unknown = helper_world::Module::start_placed(&pc.home, &place, "").unwrap();

    let mut talk = pc.talk();
    talk.wait_for_scene("please-close");
    let status = pc.status().unwrap();
    assert_eq!(status["view"]["sentence"]["key"], "close.unknown.sentence", "SPEC B7");
    talk.answer("leave-running");
    let called = talk.wait_end();
    assert_eq!(called.code, 0, "{called:?}");
    assert_eq!(called.cards()[2]["actions"].as_array().unwrap().len(), 3);
    assert!(unknown.is_alive());
    assert_eq!(pc.modules().len(), 1);
}

#[test]
fn full_that_comes_back_while_the_module_is_fetched_is_asked_about_again() {
    flows::alone!();
    let (publisher, mirror, pc) = desk();
    let release = publisher.publish("15.71.0", 3_000_000, 2);
    pc.forget();
    mirror.fault(
        &publisher.path_of(&release),
        helper_world::Fault::Trickle { bytes_per_second: 1_500_000 },
        helper_world::Times::Always,
    );
    let mut talk = pc.talk();
    talk.wait_for_scene("preparing");
    let full = Full::start(&pc.home, "").unwrap();
    talk.wait_for_scene("please-close");
    assert!(pc.modules().is_empty(), "no module beside Full");
    talk.answer("close-and-continue");
    let called = talk.wait_end();
    assert_eq!(called.code, 0, "{called:?}");
    assert!(!full.is_alive());
    assert_eq!(mirror.count("/targets/*"), 1);
}
