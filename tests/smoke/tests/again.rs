//! A second start, a killed helper, a helper that quits: the module does not mind (SPEC A2, D2).
#![cfg(target_os = "linux")]

use flows::Publisher;
use helper_world::{Fault, Mirror, Times, WindowSeen};
use serde_json::Value;
use smoke::{Desk, MODULE, process, words};

#[test]
fn a_second_start_joins_and_a_bare_one_opens_the_window() {
    flows::alone!();
    let publisher = Publisher::new();
    publisher.publish("15.70.4", 400_000, 1);
    let mirror = Mirror::serve(publisher.mirror()).unwrap();
    mirror.fault("*", Fault::Stall, Times::Always);
    let desk = Desk::new(&publisher, &[&mirror.base()]);
    let tray = desk.tray();
    let helper = desk.in_background(&tray);

    let bare = desk.pc.call(&[]);
    assert_eq!((bare.code, bare.stdout.trim()), (0, "accepted"), "{bare:?}");
    let window = desk.wait_for_helper_window();
    assert_eq!(window.pid, Some(helper.pid()), "the first helper's window");

    let answers: Vec<Value> = (0..2)
        .map(|_| {
            let called = desk.pc.call(&["start", "--json"]);
            assert_eq!(called.code, 0, "{called:?}");
            serde_json::from_str(&called.stdout).unwrap()
        })
        .collect();
    assert_eq!(answers[0]["answer"], "accepted");
    assert_eq!(answers[1]["answer"], "joined");
    desk.pc.wait_for_state("preparing");
    assert_eq!(tray.item_count(), 1);
    assert_eq!(desk.wait_for_helper_window().id, window.id, "the window that was there, no second one");
}

#[test]
fn a_module_outlives_its_helper_and_the_next_one_finds_it() {
    flows::alone!();
    let (_publisher, desk) = Desk::ready();
    let tray = desk.tray();
    let mut helper = desk.in_background(&tray);
    tray.activate().unwrap();
    desk.pc.wait_for_state("running");
    let module = desk.wait_for_module_other_than(&[]);
    let before = desk.wait_for_window(MODULE);
    tray.click_label(&words("do.open")).unwrap();
    desk.settled(&desk.wait_for_helper_window());

    helper.kill();
    desk.wait_for_no_helper_window();
    tray.wait_for_no_item(flows::LONG).unwrap();
    assert_eq!(desk.pc.modules(), [module]);
    let views = || process::living_in(desk.pc.home.root()).into_iter().filter(|(name, _)| name.starts_with("WebKit"));
    helper_world::wait_until(flows::LONG, "the web view's end", || views().next().is_none().then_some(())).unwrap();

    let _next = desk.in_background(&tray);
    tray.activate().unwrap();
    desk.wait_for(&tray, "already-running", "tray.asks");
    tray.click_label(&words("do.go_on")).unwrap();
    desk.wait_for(&tray, "running", "tray.running");
    assert_eq!(desk.pc.modules(), [module], "going on starts nothing and ends nothing");
    assert_eq!(desk.wait_for_window(MODULE).id, before.id);
    desk.pc.end_modules();
    desk.wait_for(&tray, "idle", "tray.ready");
}

#[test]
fn quitting_leaves_the_module_and_nothing_else() {
    flows::alone!();
    let (_publisher, desk) = Desk::ready();
    let tray = desk.tray();
    let mut helper = desk.in_background(&tray);
    tray.activate().unwrap();
    desk.pc.wait_for_state("running");
    let window: WindowSeen = desk.wait_for_window(MODULE);
    tray.click_label(&words("do.quit")).unwrap();
    assert_eq!(helper.wait_end(), 0);
    assert_eq!(desk.pc.call(&["status"]).code, 6);
    let left: Vec<u32> = process::living_in(desk.pc.home.root()).into_iter().map(|(_, pid)| pid).collect();
    assert_eq!(left, desk.pc.modules());
    assert_eq!(desk.wait_for_window(MODULE).id, window.id);
}

#[test]
fn who_wishes_the_end_is_answered_every_time() {
    flows::alone!();
    let (_publisher, desk) = Desk::ready();
    for _ in 0..8 {
        let mut helper = desk.pc.daemon();
        let called = desk.pc.call(&["quit"]);
        assert_eq!((called.code, called.stdout.trim()), (0, "accepted"), "{called:?}");
        assert_eq!(helper.wait_end(), 0);
    }
}
