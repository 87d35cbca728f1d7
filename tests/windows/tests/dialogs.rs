//! Where no web view can be made the system's dialogs show the cards (SPEC I7). Wine has no web view: every window of the helper here is
//! a dialog.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

use flows::{LONG, Publisher, alone};
use helper_world::{Fault, Key, Mirror, Times, click_at, press, wait_until};
use windows_flows::{CodeSigner, MODULE, TEAMVIEWER, WindowsPc};

/// The title of every dialog.
const HELPER: &str = "원격지원 도우미";

fn pc() -> (WindowsPc, Mirror, Publisher) {
    let publisher = Publisher::new();
    CodeSigner::new(TEAMVIEWER).publish(&publisher, "15.70.4", 1);
    let mirror = Mirror::serve(publisher.mirror()).unwrap();
    (WindowsPc::new(&publisher, &[&mirror.base()]), mirror, publisher)
}

/// Presses a key in the dialog. Without a window manager the keyboard follows the pointer: it is put on the dialog's edge first.
fn key(pc: &WindowsPc, key: Key) {
    let place = pc.wait_for_window(HELPER).geometry;
    // Wine puts its tray over the upper left corner of the display.
    let right = place.x + i16::try_from(place.width).unwrap() - 6;
    click_at(pc.display(), right, place.y + 6).unwrap();
    press(pc.display(), key).unwrap();
}

fn has_dialog(pc: &WindowsPc) -> bool {
    pc.windows().iter().any(|window| window.title == HELPER)
}

#[test]
fn a_question_is_a_dialog_whose_main_answer_is_one_key_away_and_which_goes_when_answered() {
    alone!();
    let (pc, _mirror, _publisher) = pc();
    let mut full = pc.start_full("");
    let _helper = pc.daemon();
    assert!(!has_dialog(&pc), "nobody asked for anything");
    pc.click();
    pc.wait_for_scene("please-close");
    pc.wait_for_window(HELPER);
    pc.picture("dialog-please-close");
    assert!(full.is_alive(), "nothing is closed unasked");
    key(&pc, Key::Return);
    full.wait_end();
    pc.wait_for_state("running");
    pc.wait_for_window(MODULE);
    pc.wait_until_closed(HELPER);
}

#[test]
fn closing_the_dialog_cancels_nothing_and_it_comes_back_when_asked_for() {
    alone!();
    let (pc, _mirror, _publisher) = pc();
    let mut full = pc.start_full("");
    let _helper = pc.daemon();
    pc.click();
    pc.wait_for_window(HELPER);
    pc.close_window(HELPER);
    assert_eq!(pc.status().unwrap()["state"], "asking-to-close");
    assert_eq!(pc.call(&["open"]).code, 0);
    pc.wait_for_window(HELPER);
    // Escape does not reach Wine's dialog once it was opened again: the cross stands for both.
    pc.close_window(HELPER);
    assert_eq!(pc.status().unwrap()["state"], "asking-to-close");
    // The question is withdrawn elsewhere: there is nothing to show any more.
    pc.click();
    pc.wait_for_window(HELPER);
    pc.answer("cancel");
    pc.wait_for_state("idle");
    assert!(full.is_alive());
}

#[test]
fn while_it_is_fetched_there_is_a_dialog_only_for_who_asks_and_then_it_follows_to_the_guide() {
    alone!();
    let (pc, mirror, _publisher) = pc();
    mirror.fault("/targets/*", Fault::Trickle { bytes_per_second: 3_000_000 }, Times::Always);
    let _helper = pc.daemon();
    pc.click();
    let percent = || pc.status()?["view"]["progress"]["percent"].as_u64();
    // By then the request is older than the second after which a window would have come.
    wait_until(LONG, "half of it", || percent().filter(|percent| *percent >= 50)).unwrap();
    assert!(!has_dialog(&pc), "the tray's tip tells it");
    pc.picture("dialog-none-while-fetching");
    assert_eq!(pc.call(&["open"]).code, 0);
    pc.wait_for_window(HELPER);
    pc.picture("dialog-fetching");
    pc.wait_for_state("running");
    pc.wait_for_window(MODULE);
    pc.wait_for_window(HELPER);
    pc.picture("dialog-guide");
    pc.close_window(HELPER);
    assert_eq!(pc.status().unwrap()["state"], "running");
}

#[test]
fn a_problem_is_a_dialog_and_trying_again_is_its_main_button() {
    alone!();
    let (pc, mirror, _publisher) = pc();
    mirror.fault("*", Fault::status(503), Times::Always);
    let _helper = pc.daemon();
    pc.click();
    pc.wait_for_state("stuck");
    pc.wait_for_window(HELPER);
    pc.picture("dialog-problem");
    mirror.clear_faults();
    key(&pc, Key::Return);
    pc.wait_for_state("running");
    pc.wait_for_window(MODULE);
    pc.wait_until_closed(HELPER);
}
