//! What stands between a PC and its mirror: one card with the right code, or the next mirror (TRUST.md 6.3, rows 1-22).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)] // A broken world ends the test here.

use flows::{LONG, Pc, Publisher};
use helper_core::release::Release;
use helper_world::{Fault, Mirror, Times, wait_until};
use std::process::Stdio;

const SIZE: u64 = 3_500_000;

/// A publisher with one module, its mirror, and a new PC that knows it.
struct World {
    publisher: Publisher,
    release: Release,
    mirror: Mirror,
    pc: Pc,
}

fn world() -> World {
    let publisher = Publisher::new();
    let release = publisher.publish("15.70.4", SIZE, 1);
    let mirror = Mirror::serve(publisher.mirror()).unwrap();
    let pc = Pc::new(&publisher, &[&mirror.base()]).with_display();
    World { publisher, release, mirror, pc }
}

impl World {
    /// The click ends with this problem, and nothing was placed or started.
    fn ends_with(&self, problem: &str) {
        let called = self.pc.click();
        assert_eq!((called.code, called.problem().as_deref()), (3, Some(problem)), "{called:?}");
        assert!(self.pc.modules().is_empty());
        assert!(self.pc.placed().is_empty(), "{:?}", self.pc.placed());
        let offers_origin = called.offers().iter().any(|offer| offer == "open-origin");
        let outage = matches!(problem, "N-12" | "N-17" | "P-21");
        assert_eq!(offers_origin, outage, "SPEC A11: {:?}", called.offers());
    }

    /// The click ends with the module running.
    fn works(&self) {
        let called = self.pc.click();
        assert_eq!(called.code, 0, "{called:?}");
        assert_eq!(self.pc.modules().len(), 1);
    }

    /// Body bytes of the package that were sent.
    fn package_bytes(&self) -> u64 {
        let path = self.publisher.path_of(&self.release);
        self.mirror.seen().iter().filter(|seen| seen.path == path).map(|seen| seen.body_bytes).sum()
    }
}

#[test]
fn every_obstacle_has_its_own_card() {
    flows::alone!();
    let world = world();
    for (fault, problem) in [
        (Fault::Html, "N-13"),
        (Fault::status(511), "N-13"),
        (Fault::status(407), "N-14"),
        (Fault::status(403), "N-15"),
        (Fault::status(451), "N-15"),
        (Fault::status(500), "N-17"),
        (Fault::busy(60), "N-17"),
        (Fault::RedirectLoop, "N-17"),
        (Fault::status(404), "P-21"),
        (Fault::Refuse, "N-12"),
        (Fault::ResetAfter(0), "N-12"),
    ] {
        world.mirror.fault("*", fault, Times::Always);
        world.ends_with(problem);
        world.mirror.clear_faults();
    }
    // None of it left anything behind that spoils the next try.
    world.works();
}

#[test]
fn obstacles_on_the_way_to_the_package_have_their_cards_too() {
    flows::alone!();
    let world = world();
    for (fault, problem) in [
        (Fault::Html, "N-13"),
        (Fault::status(407), "N-14"),
        (Fault::status(403), "N-15"),
        (Fault::status(404), "P-21"),
        (Fault::status(503), "N-17"),
        (Fault::Gzip, "N-17"),
        (Fault::RedirectLoop, "N-17"),
        (Fault::ResetAfter(0), "N-12"),
    ] {
        world.mirror.fault("/targets/*", fault, Times::Always);
        world.ends_with(problem);
        world.mirror.clear_faults();
    }
    world.works();
}

#[test]
fn nothing_that_listens_is_an_outage_and_mends_itself() {
    flows::alone!();
    let world = world();
    world.mirror.down().unwrap();
    world.ends_with("N-12");
    world.mirror.up().unwrap();
    world.works();
}

#[test]
fn a_pc_without_any_network_is_told_so() {
    flows::alone!();
    if !flows::alone::can_mount() {
        return;
    }
    let world = world();
    // In a network namespace of its own even 127.0.0.1 cannot be reached.
    let helper = world.pc.helper(&["start", "--headless", "--json"]);
    let mut cut_off = world.pc.home.command("unshare");
    cut_off.arg("--net").arg(helper.get_program()).args(helper.get_args());
    let called = flows::Called::from(cut_off.stdin(Stdio::null()).output().unwrap());
    assert_eq!((called.code, called.problem().as_deref()), (3, Some("N-11")), "{called:?}");
}

#[test]
fn a_connection_that_breaks_is_resumed_where_it_broke() {
    flows::alone!();
    for place in [0, 1, SIZE / 2, SIZE - 1] {
        let world = world();
        world.mirror.fault("/targets/*", Fault::ResetAfter(place), Times::Times(1));
        world.works();
        assert_eq!(world.mirror.count("/targets/*"), 2, "reset after {place}");
        let again = world.mirror.seen().into_iter().rev().find(|seen| seen.path.starts_with("/targets/")).unwrap();
        // What had arrived is kept; the kernel may drop what a reset overtook.
        let kept: Option<u64> = again.range.as_deref().map(|range| range[6..range.len() - 1].parse().unwrap());
        assert!(kept.unwrap_or(0) <= place, "{kept:?} of {place}");
        assert_eq!(again.status, if kept.is_some() { 206 } else { 200 });
    }
}

#[test]
fn a_body_that_ends_early_is_no_error_for_the_person() {
    flows::alone!();
    let world = world();
    for place in [10, 1_500_000, 2_500_000] {
        world.mirror.fault("/targets/*", Fault::Truncate(place), Times::Times(1));
    }
    world.works();
    assert!(world.mirror.seen().iter().any(|seen| seen.range.as_deref() == Some("bytes=1500010-")));
    assert!(world.package_bytes() < 2 * world.release.length, "{}", world.package_bytes());
}

#[test]
fn a_mirror_that_ignores_ranges_is_read_from_the_beginning() {
    flows::alone!();
    let world = world();
    world.mirror.fault("/targets/*", Fault::Truncate(2_500_000), Times::Times(1));
    world.mirror.fault("/targets/*", Fault::IgnoreRange, Times::Always);
    world.works();
    assert_eq!(world.package_bytes(), 2_500_000 + world.release.length, "never appended to what was there");
}

#[test]
fn another_range_than_the_one_asked_for_is_dropped() {
    flows::alone!();
    let world = world();
    world.mirror.fault("/targets/*", Fault::Truncate(2_500_000), Times::Times(1));
    world.mirror.fault("/targets/*", Fault::WrongRange, Times::Times(1));
    world.works();

    world.pc.forget();
    world.mirror.fault("/targets/*", Fault::Truncate(2_500_000), Times::Times(1));
    world.mirror.fault("/targets/*", Fault::WrongRange, Times::Always);
    world.ends_with("N-17");
}

#[test]
fn the_next_mirror_is_asked_whatever_is_wrong_with_the_first() {
    flows::alone!();
    let world = world();
    let second = Mirror::serve(world.publisher.mirror()).unwrap();
    world.pc.set_mirrors(&[&world.mirror.base(), &second.base()]);
    for (pattern, fault) in [
        ("*", Fault::Html),
        ("*", Fault::status(403)),
        ("*", Fault::status(404)),
        ("*", Fault::status(500)),
        ("*", Fault::RedirectLoop),
        ("*", Fault::Refuse),
        ("*", Fault::FlipBit(40)),
        ("/targets/*", Fault::Html),
        ("/targets/*", Fault::Gzip),
        ("/targets/*", Fault::Endless),
        ("/targets/*", Fault::status(404)),
        ("/targets/*", Fault::FlipBit(1_200_000)),
        ("/targets/*", Fault::ResetAfter(0)),
    ] {
        world.mirror.fault(pattern, fault.clone(), Times::Always);
        let before = second.count("/targets/*");
        let called = world.pc.click();
        assert_eq!(called.code, 0, "{fault:?} for {pattern}: {called:?}");
        // Pieces that were wrong are asked for one by one.
        assert!((before + 1..=before + 4).contains(&second.count("/targets/*")), "{fault:?} for {pattern}");
        world.mirror.clear_faults();
        world.pc.forget();
    }
    world.mirror.down().unwrap();
    world.works();
}

#[test]
fn a_redirect_to_another_server_is_followed() {
    flows::alone!();
    let world = world();
    let other = Mirror::serve(world.publisher.mirror()).unwrap();
    let path = world.publisher.path_of(&world.release);
    world.mirror.fault("/targets/*", Fault::RedirectTo(other.url(&path)), Times::Always);
    world.works();
    assert_eq!(other.count("/targets/*"), 1);
}

#[test]
fn a_line_that_is_down_for_a_while_costs_one_click_and_no_byte_twice() {
    flows::alone!();
    let world = world();
    world.mirror.fault("/targets/*", Fault::Trickle { bytes_per_second: 2_000_000 }, Times::Times(1));
    let talk = world.pc.talk();
    wait_until(LONG, "half the package", || (world.package_bytes() > SIZE / 2).then_some(())).unwrap();
    world.mirror.down().unwrap();
    let called = talk.wait_end();
    assert_eq!((called.code, called.problem().as_deref()), (3, Some("N-12")), "{called:?}");
    world.mirror.up().unwrap();
    world.works();
    let again = world.mirror.seen().into_iter().rev().find(|seen| seen.path.starts_with("/targets/")).unwrap();
    assert_eq!(again.range.as_deref(), Some("bytes=1048576-"), "whole pieces of 1 MiB are kept");
}

#[test]
fn a_mirror_that_falls_silent_is_left_after_half_a_minute() {
    flows::alone!();
    let world = world();
    let second = Mirror::serve(world.publisher.mirror()).unwrap();
    world.pc.set_mirrors(&[&world.mirror.base(), &second.base()]);
    world.mirror.fault("/metadata/*", Fault::Stall, Times::Always);
    let talk = world.pc.talk();
    let began = std::time::Instant::now();
    let called = talk.wait_end_within(2 * LONG);
    assert_eq!(called.code, 0, "{called:?}");
    let waited = began.elapsed().as_secs();
    assert!((28..50).contains(&waited), "left after {waited} s");
}
