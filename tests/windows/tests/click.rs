//! One click on Windows, from nothing to the running module (SPEC A1-A6, A8, D1, D2).

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

use flows::{Publisher, alone};
use helper_world::{Mirror, wait_until};
use std::fs;
use windows_flows::{CodeSigner, MODULE, TEAMVIEWER, WindowsPc};

fn published() -> (Publisher, Mirror, Vec<u8>) {
    let publisher = Publisher::new();
    let (_, signed) = CodeSigner::new(TEAMVIEWER).publish(&publisher, "15.70.4", 1);
    let mirror = Mirror::serve(publisher.mirror()).unwrap();
    (publisher, mirror, signed)
}

#[test]
fn the_first_click_fetches_places_and_starts_and_the_next_ones_need_no_network() {
    alone!();
    let (publisher, mirror, signed) = published();
    let pc = WindowsPc::new(&publisher, &[&mirror.base()]);
    let _helper = pc.daemon();
    pc.picture("rest");
    pc.click();
    pc.wait_for_state("running");
    pc.wait_for_window(MODULE);
    let copy = pc.desktop().join("EDGE&NEXT Support.exe");
    wait_until(flows::LONG, "the copy on the Desktop", || copy.exists().then_some(())).unwrap();
    assert!(fs::read(&copy).unwrap() == signed, "the copy is the published program");
    pc.picture("running");

    // The window is closed: support has ended, and the next click starts what is there.
    pc.close_window(MODULE);
    pc.wait_for_state("idle");
    let before = mirror.seen().len();
    pc.click();
    pc.wait_for_state("running");
    pc.wait_for_window(MODULE);
    assert_eq!(mirror.seen().len(), before, "a click with everything ready asks nobody");
}

#[test]
fn a_launcher_that_unpacks_itself_as_teamviewer_is_the_module_whether_it_stays_or_leaves() {
    alone!();
    let (publisher, mirror, _) = published();
    let pc = WindowsPc::new(&publisher, &[&mirror.base()]);
    let _helper = pc.daemon();
    for launcher in ["stay", "leave"] {
        pc.plan_modules(&format!("launcher={launcher}\ncode=s00-000-000"));
        pc.click();
        pc.wait_for_state("running");
        pc.wait_for_window(MODULE);
        pc.picture(&format!("dead-code-{launcher}"));
        // A click while it runs asks; starting afresh ends that window and opens another one.
        pc.plan_modules(&format!("launcher={launcher}"));
        // By its process: a display gives the number of a window that is gone to the next one.
        let first = pc.wait_for_window(MODULE).pid;
        assert!(first.is_some());
        pc.click();
        pc.wait_for_state("already-running");
        pc.answer("start-afresh");
        pc.wait_for_state("running");
        let second = || pc.windows().into_iter().find(|window| window.title == MODULE && window.pid != first);
        wait_until(flows::LONG, "another window", second).unwrap();
        assert_eq!(pc.windows().iter().filter(|window| window.title == MODULE).count(), 1);
        pc.close_window(MODULE);
        pc.wait_for_state("idle");
    }
}

#[test]
fn a_module_that_does_not_come_up_is_said_and_the_copy_is_shown() {
    alone!();
    let (publisher, mirror, _) = published();
    let pc = WindowsPc::new(&publisher, &[&mirror.base()]);
    pc.plan_modules("die=early");
    let _helper = pc.daemon();
    pc.click();
    let status = pc.wait_for_state("stuck");
    assert_eq!(status["view"]["problem"]["code"], "M-36", "{status}");
    pc.picture("did-not-start");
    pc.answer("show-copy");
    let copy = pc.desktop().join("EDGE&NEXT Support.exe");
    wait_until(flows::LONG, "the copy on the Desktop", || copy.exists().then_some(())).unwrap();
    pc.plan_modules("");
    pc.answer("try-again");
    pc.wait_for_state("running");
}
