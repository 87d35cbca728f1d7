//! The click from the first to the last step (SPEC A1, A3, A4, A6, A7).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)] // A broken world ends the test here.

use flows::{Pc, Publisher};
use helper_world::{Fault, Mirror, Times, wait_until};

/// A PC with a display whose mirror has one module.
fn ready(size: u64) -> (Publisher, Mirror, Pc) {
    let publisher = Publisher::new();
    publisher.publish("15.70.4", size, 1);
    let mirror = Mirror::serve(publisher.mirror()).unwrap();
    let pc = Pc::new(&publisher, &[&mirror.base()]).with_display();
    (publisher, mirror, pc)
}

#[test]
fn first_click_fetches_and_starts_second_click_needs_no_network() {
    flows::alone!();
    let publisher = Publisher::new();
    publisher.publish("15.70.4", 4_000_000, 1);
    let mirror = Mirror::serve(publisher.mirror()).unwrap();
    let pc = Pc::awkward(&publisher, &[&mirror.base()]).with_display();

    let first = pc.click();
    assert_eq!(first.code, 0, "{first:?}");
    assert_eq!(first.scenes(), ["ready", "looking", "preparing", "looking", "starting", "running"]);
    assert_eq!(pc.modules().len(), 1);

    pc.end_modules();
    let requests = mirror.seen().len();
    let second = pc.click();
    assert_eq!(second.code, 0, "{second:?}");
    assert_eq!(second.scenes(), ["ready", "looking", "starting", "running"]);
    assert_eq!(mirror.seen().len(), requests, "SPEC A3: with everything ready the click makes no request");
    assert_eq!(pc.modules().len(), 1);
}

#[test]
fn a_slow_line_is_shown_with_bytes_percent_and_remaining_time() {
    flows::alone!();
    let publisher = Publisher::new();
    let release = publisher.publish("15.70.4", 5_000_000, 1);
    let mirror = Mirror::serve(publisher.mirror()).unwrap();
    mirror.fault("/targets/*", Fault::Trickle { bytes_per_second: 2_000_000 }, Times::Always);
    let pc = Pc::new(&publisher, &[&mirror.base()]).with_display();

    let called = pc.click();
    assert_eq!(called.code, 0, "{called:?}");
    let cards = called.cards();
    let shown: Vec<_> = cards.iter().filter(|card| card["progress"]["percent"].is_u64()).collect();
    assert!(shown.len() >= 4, "about four a second for two and a half seconds: {shown:#?}");
    let mut last = 0;
    for card in &shown {
        let progress = &card["progress"];
        let (done, total) = (progress["done"].as_u64().unwrap(), progress["total"].as_u64().unwrap());
        assert_eq!(total, release.length);
        assert!(done >= last && done <= total, "{done} after {last}");
        assert_eq!(progress["percent"].as_u64().unwrap(), done * 100 / total);
        assert_eq!(card["actions"][0]["wish"], "cancel");
        last = done;
    }
    let promised: Vec<_> = shown.iter().filter(|card| card["progress"]["remaining"].is_u64()).collect();
    assert!(!promised.is_empty(), "{shown:#?}");
    for card in promised {
        let progress = &card["progress"];
        let left = progress["total"].as_u64().unwrap() - progress["done"].as_u64().unwrap();
        assert_eq!(progress["remaining"].as_u64().unwrap(), left.div_ceil(progress["rate"].as_u64().unwrap()));
        assert_eq!(card["details"].as_array().unwrap().len(), 1, "the time that is left is written out: {card:#}");
        assert!(progress["rate"].as_u64().unwrap() < 4_000_000, "the line brings 2 MB a second: {card:#}");
    }
}

#[test]
fn a_newer_module_on_the_mirror_does_not_hold_up_the_click() {
    flows::alone!();
    let (publisher, mirror, pc) = ready(3_000_000);
    assert_eq!(pc.click().code, 0);
    pc.end_modules();
    let (placed, requests) = (pc.placed(), mirror.seen().len());

    publisher.publish("15.71.0", 3_000_000, 2);
    pc.learn(&publisher, &mirror.base());
    let refreshed = mirror.seen().len();
    assert!(refreshed > requests, "the helper knows of the newer one");
    let second = pc.click();
    assert_eq!(second.scenes(), ["ready", "looking", "starting", "running"], "SPEC A6: {second:?}");
    assert_eq!(mirror.seen().len(), refreshed);
    assert_eq!(pc.placed(), placed);
}

#[test]
fn a_module_that_dies_at_once_is_one_card_with_three_ways_on() {
    flows::alone!();
    let (_publisher, _mirror, pc) = ready(3_000_000);
    pc.home.plan_modules("die=early").unwrap();
    let called = pc.click();
    assert_eq!(called.code, 3, "{called:?}");
    assert_eq!(called.problem().as_deref(), Some("M-36"));
    assert_eq!(called.offers(), ["try-again", "fetch-fresh", "show-copy", "cancel"], "SPEC A7");

    pc.home.plan_modules("").unwrap();
    let again = pc.click();
    assert_eq!(again.code, 0, "{again:?}");
}

#[test]
fn a_module_without_a_window_is_given_up_after_a_minute() {
    flows::alone!();
    let (_publisher, _mirror, pc) = ready(3_000_000);
    pc.home.plan_modules("window=none").unwrap();
    let mut talk = pc.talk();
    talk.wait_for_scene("starting");
    wait_until(flows::LONG, "the module", || (pc.modules().len() == 1).then_some(())).unwrap();
    let began = std::time::Instant::now();
    // It ends by itself; nobody needs to be there.
    talk.hang_up();
    let called = talk.wait_end_within(std::time::Duration::from_secs(90));
    assert_eq!((called.code, called.problem().as_deref()), (3, Some("M-36")), "{called:?}");
    let waited = began.elapsed().as_secs();
    assert!((55..75).contains(&waited), "given up after {waited} s");

    // The one that came up without a window is in the way: starting again ends it first.
    pc.home.plan_modules("").unwrap();
    let old = pc.modules();
    let mut talk = pc.talk();
    talk.wait_for_scene("already-running");
    talk.answer("start-afresh");
    let called = talk.wait_end();
    assert_eq!(called.code, 0, "{called:?}");
    assert_eq!(pc.modules().len(), 1);
    assert_ne!(pc.modules(), old);
}

#[test]
fn a_launcher_that_unpacks_itself_and_leaves_counts_as_its_module() {
    flows::alone!();
    let (_publisher, _mirror, pc) = ready(3_000_000);
    pc.home.plan_modules("launcher=leave").unwrap();
    let called = pc.click();
    assert_eq!(called.code, 0, "{called:?}");
    wait_until(flows::LONG, "the launcher's end", || pc.modules().is_empty().then_some(())).unwrap();
    let left = pc.home.processes();
    let unpacked: Vec<_> = left.iter().filter(|seen| seen.exe.ends_with("teamviewerqs/tv_bin/TeamViewer")).collect();
    assert_eq!(unpacked.len(), 1, "{left:?}");
}

#[test]
fn a_launcher_that_stays_counts_as_its_module() {
    flows::alone!();
    let (_publisher, _mirror, pc) = ready(3_000_000);
    pc.home.plan_modules("launcher=stay").unwrap();
    let called = pc.click();
    assert_eq!(called.code, 0, "{called:?}");
    assert_eq!(pc.modules().len(), 1, "the launcher");
    let started = pc.home.processes().into_iter().filter(|seen| seen.exe.ends_with("tv_bin/TeamViewer")).count();
    assert_eq!(started, 2, "and the program that it unpacked");
}
