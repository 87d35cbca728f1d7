//! What a blind nurse hears: the accessibility tree of the real window, card by card, as reviewed in `snapshots`. A name, a role,
//! an order or a focus that changes is seen here; `UPDATE_SNAPSHOTS=1` writes the trees anew, for another review.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use flows::LONG;
use helper_world::{Full, StatusNotifierHost, wait_until};
use smoke::heard::{Ears, compare};
use smoke::{Desk, MODULE, labels, standing_labels, words};
use std::fs;

/// Who listens at a desk, and the headline heard last.
struct Listener<'a> {
    desk: &'a Desk,
    ears: Ears,
    headline: String,
}

impl<'a> Listener<'a> {
    fn at(desk: &'a Desk) -> Self {
        Self { desk, ears: desk.listen(), headline: String::new() }
    }

    /// The next card, once it is painted and its headline has the focus.
    fn hear(&mut self, scene: &str) -> String {
        self.desk.wait_for_scene(scene);
        let window = self.desk.wait_for_helper_window();
        self.desk.settled(&window);
        // As a window manager does for a new window.
        self.desk.give_keyboard(&window);
        self.ears.next_card(&words("ui.title"), &mut self.headline)
    }
}

fn open_settings(tray: &StatusNotifierHost) {
    wait_until(LONG, "the whole menu", || (labels(tray) == standing_labels()).then_some(())).unwrap();
    tray.click_label(&words("do.settings")).unwrap();
}

#[test]
fn every_kind_of_card_is_heard_as_it_was_reviewed() {
    flows::alone!();
    let (_publisher, desk) = Desk::ready();
    let mut listener = Listener::at(&desk);
    let tray = desk.tray();
    let _helper = desk.in_background(&tray);

    tray.click_label(&words("do.open")).unwrap();
    let ready = listener.hear("ready");

    let full = Full::start(&desk.pc.home, "").unwrap();
    desk.wait_for_window("TeamViewer");
    tray.activate().unwrap();
    let please_close = listener.hear("please-close");
    desk.pc.answer("cancel");
    listener.hear("ready");
    drop(full);

    desk.pc.home.plan_modules("die=early").unwrap();
    tray.activate().unwrap();
    let problem = listener.hear("problem");

    desk.pc.home.plan_modules("").unwrap();
    desk.pc.answer("try-again");
    desk.wait_for_window(MODULE);
    let running = listener.hear("running");

    desk.pc.end_modules();
    let ended = listener.hear("ready");
    let link = "edgenext-support://start?name=%EA%B9%80%ED%95%98%EB%8A%98&extension=1234&department=%EC%99%B8%EB%9E%98";
    assert_eq!(desk.pc.call(&[link]).code, 0);
    let copies = listener.hear("running");

    compare("ready", &ready);
    compare("please-close", &please_close);
    compare("problem", &problem);
    compare("running", &running);
    compare("ready-ended", &ended);
    compare("running-copies", &copies);
}

#[test]
fn the_first_run_is_heard_as_it_was_reviewed() {
    flows::alone!();
    let (_publisher, desk) = Desk::ready();
    fs::remove_file(desk.pc.data().join("preferences")).unwrap();
    let mut listener = Listener::at(&desk);
    let tray = desk.tray();
    let _helper = desk.in_background(&tray);
    let welcome = listener.hear("wizard");
    desk.pc.answer("next");
    let who = listener.hear("wizard");

    compare("wizard-welcome", &welcome);
    compare("wizard-who", &who);
}

#[test]
fn settings_and_help_are_heard_as_they_were_reviewed() {
    flows::alone!();
    let (_publisher, desk) = Desk::ready();
    let mut listener = Listener::at(&desk);
    let tray = desk.tray();
    let _helper = desk.in_background(&tray);
    open_settings(&tray);
    let settings = listener.hear("settings");
    tray.click_label(&words("do.help")).unwrap();
    let help = listener.hear("help");

    compare("settings", &settings);
    compare("help", &help);
}

#[test]
fn the_doctor_and_the_diagnosis_are_heard_as_they_were_reviewed() {
    flows::alone!();
    let (_publisher, desk) = Desk::ready();
    fs::write(desk.pc.brand_file("outside"), "origin http://127.0.0.1:9/\nstatus http://127.0.0.1:9/\n").unwrap();
    let mut listener = Listener::at(&desk);
    let tray = desk.tray();
    let _helper = desk.in_background(&tray);
    tray.click_label(&words("do.help")).unwrap();
    listener.hear("help");
    desk.pc.answer("open-doctor");
    wait_until(LONG, "the doctor's word", || {
        let view = desk.pc.status()?.get("view").cloned()?;
        (view["headline"]["key"] == "doctor.headline.bad").then_some(())
    })
    .unwrap();
    let doctor = listener.hear("doctor");
    desk.pc.answer("open-diagnostics");
    let diagnosis = listener.hear("diagnostics");

    compare("doctor", &doctor);
    compare("diagnostics", &diagnosis);
}

#[test]
fn what_hospital_it_has_locked_is_heard_as_locked() {
    flows::alone!();
    let (_publisher, desk) = Desk::ready();
    desk.pc.set_policy(
        "language = \"ko\"\ndepartment = \"응급실\"\nstart_at_login = true\nmirrors = [\"https://mirror.example/m\"]\n",
    );
    let mut listener = Listener::at(&desk);
    let tray = desk.tray();
    let _helper = desk.in_background(&tray);
    open_settings(&tray);
    let policy = desk.pc.policy_file();
    compare("settings-locked", &listener.hear("settings").replace(&policy.display().to_string(), "policy.toml"));
}
