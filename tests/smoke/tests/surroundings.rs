//! Desktops that lack something: no tray, no session bus, no display (SPEC I7).
#![cfg(target_os = "linux")]

use flows::{LONG, Pc, Publisher};
use helper_world::{Mirror, close_window};
use smoke::{Desk, MODULE, labels, standing_labels, words};

#[test]
fn without_a_tray_the_window_serves_and_a_late_tray_gets_its_icon() {
    flows::alone!();
    let (_publisher, desk) = Desk::ready();
    let _helper = desk.pc.spawn(&[]);
    let window = desk.wait_for_helper_window();
    desk.pc.wait_for_state("idle");

    // The click works from the window.
    desk.click_main_button(&window);
    desk.pc.wait_for_state("running");
    desk.wait_for_window(MODULE);

    let first = desk.tray();
    first.wait_for_item(LONG).unwrap();
    desk.wait_for(&first, "running", "tray.running");
    drop(first);
    desk.pc.wait_for_state("running");
    // The icon is back, and it is kept up to date.
    let second = desk.tray();
    second.wait_for_item(LONG).unwrap();
    assert_eq!(second.item_count(), 1);
    desk.pc.end_modules();
    desk.wait_for(&second, "idle", "tray.ready");
    assert_eq!(labels(&second), standing_labels());
    second.activate().unwrap();
    desk.pc.wait_for_state("running");
}

#[test]
fn started_at_login_without_a_tray_it_waits_unseen() {
    flows::alone!();
    let (_publisher, desk) = Desk::ready();
    let _helper = desk.pc.spawn(&["--background"]);
    desk.pc.wait_for_state("idle");
    assert_eq!(desk.pc.call(&["start"]).code, 0);
    desk.pc.wait_for_state("running");
    desk.wait_for_window(MODULE);
    // A bare start shows the window: there is nothing else to be seen of it.
    assert_eq!(desk.pc.call(&[]).code, 0);
    let window = desk.wait_for_helper_window();
    close_window(desk.display(), window.id).unwrap();
    desk.wait_for_no_helper_window();
    desk.pc.wait_for_state("running");
}

#[test]
fn without_a_session_bus_it_lives_on_and_a_click_works() {
    flows::alone!();
    let (_publisher, desk) = Desk::ready();
    // Not merely unset: some systems would start a bus for whoever asks.
    desk.pc.home.set_env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
    let mut helper = desk.pc.spawn(&["--background"]);
    desk.pc.wait_for_state("idle");
    let called = desk.pc.call(&["start"]);
    assert_eq!((called.code, called.stdout.trim()), (0, "accepted"), "{called:?}");
    desk.pc.wait_for_state("running");
    desk.wait_for_window(MODULE);
    assert_eq!(desk.pc.call(&["open"]).code, 0);
    desk.wait_for_helper_window();
    assert_eq!(desk.pc.call(&["quit"]).code, 0);
    assert_eq!(helper.wait_end(), 0);
}

#[test]
fn without_a_display_a_start_speaks_in_the_terminal() {
    flows::alone!();
    let publisher = Publisher::new();
    publisher.publish("15.70.4", 400_000, 1);
    let mirror = Mirror::serve(publisher.mirror()).unwrap();
    let pc = Pc::new(&publisher, &[&mirror.base()]);
    let called = pc.call(&["start"]);
    assert_eq!(called.code, 0, "{called:?}");
    assert_eq!(pc.modules().len(), 1);
    let starts: Vec<&str> = called.stdout.lines().filter(|line| line.starts_with("* ")).collect();
    let last = starts.last().unwrap();
    assert!(last.contains(&words("running.headline")), "{called:?}");
    assert!(starts.len() > 2, "one line a step: {called:?}");
    // It was a click, not a helper that stays.
    assert_eq!(pc.call(&["status"]).code, 6);
}

#[test]
fn a_display_that_is_gone_counts_as_none() {
    flows::alone!();
    let (_publisher, desk) = Desk::ready();
    desk.pc.home.set_env("DISPLAY", ":4711");
    desk.pc.home.plan_modules("window=none").unwrap();
    let called = desk.pc.call(&["start"]);
    assert_eq!(called.code, 0, "{called:?}");
    assert!(called.stdout.contains(&words("running.headline")), "{called:?}");
    assert_eq!(desk.pc.modules().len(), 1);
}

#[test]
fn without_a_display_nothing_is_begun_unasked() {
    flows::alone!();
    let (_publisher, desk) = Desk::ready();
    desk.pc.home.set_env("DISPLAY", "");
    for words in [&["--background"][..], &[]] {
        let called = desk.pc.call(words);
        assert_eq!((called.code, called.stdout.as_str()), (1, ""), "{called:?}");
        assert!(called.stderr.contains("display"), "it says why: {called:?}");
        assert_eq!(desk.pc.modules(), Vec::<u32>::new());
        assert_eq!(desk.pc.journal().len(), 0, "nobody asked for support");
    }
}
