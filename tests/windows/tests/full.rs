//! TeamViewer Full runs (SPEC B1-B8): closed when the person agrees, told apart from the module by more than its name.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

use flows::{Publisher, alone};
use helper_world::Mirror;
use windows_flows::{CodeSigner, FULL, MODULE, TEAMVIEWER, WindowsPc};

fn pc() -> (WindowsPc, Mirror, Publisher) {
    let publisher = Publisher::new();
    CodeSigner::new(TEAMVIEWER).publish(&publisher, "15.70.4", 1);
    let mirror = Mirror::serve(publisher.mirror()).unwrap();
    (WindowsPc::new(&publisher, &[&mirror.base()]), mirror, publisher)
}

#[test]
fn full_is_closed_when_the_person_agrees_and_only_then() {
    alone!();
    let (pc, _mirror, _publisher) = pc();
    let mut full = pc.start_full("");
    let _helper = pc.daemon();
    pc.click();
    let status = pc.wait_for_state("asking-to-close");
    assert_eq!(status["view"]["scene"], "please-close");
    pc.picture("please-close");
    assert!(full.is_alive(), "nothing is closed unasked");
    pc.answer("cancel");
    pc.wait_for_state("idle");
    assert!(full.is_alive());
    pc.click();
    pc.wait_for_state("asking-to-close");
    pc.answer("close-and-continue");
    full.wait_end();
    pc.wait_for_state("running");
    pc.wait_for_window(MODULE);
}

#[test]
fn full_that_hides_in_the_tray_is_waited_for_and_full_that_refuses_is_ended_by_a_second_consent() {
    alone!();
    let (pc, _mirror, _publisher) = pc();
    let _helper = pc.daemon();
    let mut hiding = pc.start_full("quit=hide");
    pc.click();
    pc.wait_for_state("asking-to-close");
    pc.answer("close-and-continue");
    pc.wait_for_scene("how-to-quit");
    pc.picture("how-to-quit");
    assert!(hiding.is_alive());
    // From its own tray icon.
    hiding.plan("quit=now");
    pc.wait_for_state("running");
    pc.close_window(MODULE);
    pc.wait_for_state("idle");

    let mut refusing = pc.start_full("quit=refuse");
    pc.click();
    pc.wait_for_state("asking-to-close");
    pc.answer("close-and-continue");
    pc.wait_for_scene("how-to-quit");
    assert!(refusing.is_alive());
    pc.answer("force-close");
    refusing.wait_end();
    pc.wait_for_state("running");
}

#[test]
fn full_in_use_says_so_and_a_teamviewer_that_cannot_be_named_may_stay() {
    alone!();
    let (pc, _mirror, _publisher) = pc();
    let _helper = pc.daemon();
    let mut used = pc.start_full("in_use=yes");
    pc.click();
    let status = pc.wait_for_state("asking-to-close");
    assert_eq!(status["view"]["sentence"]["key"], "close.in_use.sentence", "{status}");
    pc.picture("in-use");
    pc.answer("close-and-continue");
    used.wait_end();
    pc.wait_for_state("running");
    pc.close_window(MODULE);
    pc.wait_for_state("idle");

    let mut foreign = pc.start_standin("standin-full.exe", "도구 모음/TeamViewer.exe", "");
    pc.wait_for_window(FULL);
    pc.click();
    let status = pc.wait_for_state("asking-to-close");
    assert_eq!(status["view"]["headline"]["key"], "close.unknown.headline", "{status}");
    pc.answer("leave-running");
    pc.wait_for_state("running");
    assert!(foreign.is_alive());
}
