//! The whole story of a click, as a person at the PC lives it: one helper from its start to its end.
#![cfg(target_os = "linux")]

use flows::{LONG, Publisher};
use helper_world::{Fault, Full, Mirror, Times, wait_until};
use smoke::picture::Picture;
use smoke::{Desk, Look, MODULE, labels, labels_during_a_request, process, standing_labels, words};
use std::collections::BTreeSet;

/// The colour in which the stand-in writes a dead code.
const DEAD: [u8; 3] = [0xb3, 0x26, 0x1e];

#[test]
fn from_the_icon_to_the_end_and_every_state_shows() {
    flows::alone!();
    let publisher = Publisher::new();
    publisher.publish("15.70.4", 3_000_000, 1);
    let mirror = Mirror::serve(publisher.mirror()).unwrap();
    mirror.fault("/targets/*", Fault::Trickle { bytes_per_second: 1_000_000 }, Times::Always);
    let desk = Desk::new(&publisher, &[&mirror.base()]);
    let tray = desk.tray();
    let (notices, _listening) = desk.notices();
    let full = Full::start(&desk.pc.home, "").unwrap();
    desk.wait_for_window("TeamViewer");

    // At rest: an icon with a menu, no window, no web view, no request.
    let mut helper = desk.in_background(&tray);
    let ready = desk.wait_for(&tray, "idle", "tray.ready");
    wait_until(LONG, "the whole menu", || (labels(&tray) == standing_labels()).then_some(())).unwrap();
    assert!(tray.menu().unwrap().iter().all(|line| line.enabled));
    assert_eq!(desk.helper_windows(), []);
    assert_eq!(process::web_views(helper.pid()), Vec::<String>::new());

    // Full is in the way: one question, in a window that appears by itself; nothing is closed before the answer.
    tray.activate().unwrap();
    let asks = desk.wait_for(&tray, "asking-to-close", "tray.asks");
    let window = desk.wait_for_helper_window();
    let mut expected = vec![words("do.close_and_continue"), words("do.cancel"), String::new()];
    expected.extend(labels_during_a_request());
    assert_eq!(labels(&tray), expected);
    assert!(full.is_alive(), "SPEC B1: nothing is closed unasked");
    assert_eq!(mirror.seen().len(), 0, "nothing is fetched before the answer");
    desk.click_main_button(&window);
    full.wait_end(LONG).unwrap();

    // Fetched with progress.
    desk.pc.wait_for_state("preparing");
    wait_until(LONG, "progress", || {
        desk.pc.status()?["view"]["progress"]["percent"].as_u64().filter(|percent| (1..100).contains(percent))
    })
    .unwrap();
    // The tip counts along.
    let (before, after) =
        words("tray.fetching").split_once("{percent}").map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    let percent = |look: &Look| -> Option<u64> { look.says.strip_prefix(&before)?.strip_suffix(&after)?.parse().ok() };
    let busy = wait_until(LONG, "a tip with percent", || {
        Look::of(&tray).filter(|look| percent(look).is_some_and(|percent| (1..100).contains(&percent)))
    })
    .unwrap();

    // The module's window.
    let running = desk.wait_for(&tray, "running", "tray.running");
    let first = desk.wait_for_module_other_than(&[]);
    assert_eq!(desk.wait_for_window(MODULE).pid, Some(first));
    assert_eq!(mirror.count("/targets/*"), 1);

    // The session ends, the window stays with the dead code: a restart from the menu brings another one.
    desk.pc.home.plan_modules("code=s00-000-000").unwrap();
    let dead = || Picture::of(&desk, desk.wait_for_window(MODULE).geometry).has(DEAD);
    wait_until(LONG, "the dead code in the window", || dead().then_some(())).unwrap();
    desk.pc.home.plan_modules("").unwrap();
    tray.click_label(&words("do.restart")).unwrap();
    let second = desk.wait_for_module_other_than(&[first]);
    desk.wait_for(&tray, "running", "tray.running");
    assert_eq!(desk.wait_for_window(MODULE).pid, Some(second), "a new window of a new process");
    assert!(!process::runs(first));
    wait_until(LONG, "a live code in the window", || (!dead()).then_some(())).unwrap();
    assert_eq!(mirror.count("/targets/*"), 1, "SPEC A3: what is there is not fetched again");

    // The module ends by itself.
    desk.pc.end_modules();
    assert_eq!(desk.wait_for(&tray, "idle", "tray.ready"), ready);
    assert_eq!(desk.pc.status().unwrap()["view"]["headline"]["key"], "ended.headline");
    let ended = || (!notices.said().is_empty()).then(|| notices.said());
    assert_eq!(wait_until(LONG, "a notice", ended).unwrap(), [words("ended.headline")]);

    // It does not come up: one card, and the way on from it.
    desk.pc.home.plan_modules("die=early").unwrap();
    tray.activate().unwrap();
    let problem = desk.wait_for(&tray, "stuck", "tray.problem");
    desk.pc.home.plan_modules("").unwrap();
    tray.click_label(&words("do.try_again")).unwrap();
    desk.wait_for_module_other_than(&[first, second]);
    assert_eq!(desk.wait_for(&tray, "running", "tray.running"), running);

    let looks: BTreeSet<u64> = [&ready, &asks, &busy, &running, &problem].map(|look| look.pixels).into();
    assert_eq!(looks.len(), 5, "every state has a picture of its own");

    desk.pc.end_modules();
    desk.wait_for(&tray, "idle", "tray.ready");
    wait_until(LONG, "the second notice", || (notices.said().len() > 1).then_some(())).unwrap();
    assert_eq!(notices.said().len(), 2, "SPEC C3: each end is said once");
    tray.click_label(&words("do.quit")).unwrap();
    assert_eq!(helper.wait_end(), 0);
    tray.wait_for_no_item(LONG).unwrap();
    let left = wait_until(LONG, "nothing left", || process::living_in(desk.pc.home.root()).is_empty().then_some(()));
    left.unwrap_or_else(|error| panic!("{error}: {:?}", process::living_in(desk.pc.home.root())));
}

#[test]
fn the_icon_turns_busy_before_anything_is_fetched() {
    flows::alone!();
    let publisher = Publisher::new();
    publisher.publish("15.70.4", 400_000, 1);
    let mirror = Mirror::serve(publisher.mirror()).unwrap();
    // Not one byte of an answer comes: whatever the icon shows, it shows without.
    mirror.fault("*", Fault::Stall, Times::Always);
    let desk = Desk::new(&publisher, &[&mirror.base()]);
    let tray = desk.tray();
    let _helper = desk.in_background(&tray);
    tray.activate().unwrap();
    desk.wait_for(&tray, "preparing", "tray.busy");
    assert_eq!(mirror.count("/targets/*"), 0);
    // A wait of more than a second brings the window.
    desk.wait_for_helper_window();
    assert_eq!(desk.pc.status().unwrap()["state"], "preparing");
}
