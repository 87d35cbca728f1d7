//! The module stays fresh without anybody's doing (SPEC F).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)] // A broken world ends the test here.

use flows::{LONG, Pc, Publisher};
use helper_core::release::{Release, Status};
use helper_world::{Fault, Mirror, Times, wait_until};
use serde_json::json;

/// A PC with the first version placed, a helper at rest, and the publisher with its mirror.
fn kept_fresh() -> (Publisher, Mirror, Pc, Release) {
    let publisher = Publisher::new();
    let first = publisher.publish("15.70.4", 400_000, 1);
    let mirror = Mirror::serve(publisher.mirror()).unwrap();
    let pc = Pc::new(&publisher, &[&mirror.base()]).with_display().with_bus();
    pc.place(&publisher, &first);
    (publisher, mirror, pc, first)
}

fn names(releases: &[&Release]) -> Vec<String> {
    let mut names: Vec<String> = releases.iter().map(|release| release.custom.install.tree.to_string()).collect();
    names.sort();
    names
}

#[test]
fn a_newer_module_comes_by_itself_and_the_next_click_starts_it_without_the_network() {
    flows::alone!();
    let (publisher, mirror, pc, first) = kept_fresh();
    let _helper = pc.daemon();
    let second = publisher.publish("15.71.0", 500_000, 2);
    let upkeep = pc.update();
    assert_eq!(upkeep["failures"], 0, "{upkeep}");
    assert_eq!(pc.placed(), names(&[&first, &second]), "the one before is kept");
    assert_eq!(pc.status().unwrap()["state"], "idle", "nobody was bothered");
    let requests = mirror.seen().len();
    assert_eq!(pc.call(&["start"]).code, 0);
    pc.wait_for_state("running");
    let running = pc.home.processes().into_iter().find(|seen| seen.exe.starts_with(pc.data())).unwrap();
    let launched = pc
        .journal()
        .iter()
        .any(|line| line["effects"].to_string().contains(&format!("Launch {}", second.custom.install.tree)));
    assert!(launched, "{running:?}");
    assert_eq!(mirror.seen().len(), requests, "the click asked nobody");
}

#[test]
fn a_check_with_nothing_new_is_two_requests_and_little_to_read() {
    flows::alone!();
    let (_publisher, mirror, pc, _) = kept_fresh();
    let _helper = pc.daemon();
    pc.update();
    let (requests, bytes) = (mirror.seen().len(), mirror.bytes_sent());
    pc.update();
    let seen: Vec<String> = mirror.seen()[requests..].iter().map(|seen| seen.path.clone()).collect();
    assert_eq!(seen, ["/metadata/2.root.json", "/metadata/timestamp.json"]);
    assert!(mirror.bytes_sent() - bytes < 5_000, "{} bytes", mirror.bytes_sent() - bytes);
}

#[test]
fn a_revoked_module_steps_back_to_the_one_before_without_fetching_it_again() {
    flows::alone!();
    let (publisher, mirror, pc, first) = kept_fresh();
    let second = publisher.publish("15.71.0", 500_000, 2);
    let _helper = pc.daemon();
    pc.update();
    assert_eq!(pc.placed(), names(&[&first, &second]));
    let fetched = mirror.count("/targets/*");
    publisher.revoke("15.71.0");
    pc.update();
    assert_eq!(pc.call(&["start"]).code, 0);
    pc.wait_for_state("running");
    let launched = format!("Launch {}", first.custom.install.tree);
    assert!(pc.journal().iter().any(|line| line["effects"].to_string().contains(&launched)));
    assert_eq!(mirror.count("/targets/*"), fetched, "it was still here");
}

#[test]
fn the_publishers_step_back_is_followed_and_a_pause_is_not() {
    flows::alone!();
    let (publisher, _mirror, pc, first) = kept_fresh();
    let second = publisher.publish("15.71.0", 500_000, 2);
    let _helper = pc.daemon();
    pc.update();
    let current = || {
        pc.call(&["start"]);
        pc.wait_for_state("running");
        let line = pc
            .journal()
            .iter()
            .rev()
            .find_map(|line| line["effects"].to_string().split("Launch ").nth(1).map(|rest| rest[..64].to_owned()));
        pc.end_modules();
        pc.wait_for_state("idle");
        line.unwrap()
    };
    publisher.set("quicksupport", "15.71.0", Status::Paused);
    pc.update();
    assert_eq!(current(), second.custom.install.tree.to_string(), "who has it keeps it");
    publisher.step_back("15.70.4");
    pc.update();
    assert_eq!(current(), first.custom.install.tree.to_string());
}

#[test]
fn a_click_takes_over_what_is_being_fetched() {
    flows::alone!();
    let publisher = Publisher::new();
    publisher.publish("15.70.4", 4_000_000, 1);
    let mirror = Mirror::serve(publisher.mirror()).unwrap();
    mirror.fault("/targets/*", Fault::Trickle { bytes_per_second: 1_000_000 }, Times::Always);
    let pc = Pc::new(&publisher, &[&mirror.base()]).with_display().with_bus();
    let _helper = pc.daemon();
    assert_eq!(pc.call(&["update"]).code, 0);
    let fetching = || pc.status().filter(|status| status["upkeep"]["state"] == "fetching-module");
    wait_until(LONG, "fetching ahead", fetching).unwrap();
    wait_until(LONG, "the package's request", || (mirror.count("/targets/*") == 1).then_some(())).unwrap();
    assert_eq!(pc.call(&["start"]).code, 0);
    pc.wait_for_state("running");
    assert_eq!(mirror.count("/targets/*"), 1, "one package transfer");
    assert_eq!(mirror.count("/metadata/timestamp.json"), 1, "the catalog was fresh");
    assert_eq!(pc.modules().len(), 1);
}

#[test]
fn a_click_that_needs_nothing_stops_what_is_fetched_ahead_and_its_pieces_are_kept() {
    flows::alone!();
    let (publisher, mirror, pc, first) = kept_fresh();
    let second = publisher.publish("15.71.0", 6_000_000, 2);
    mirror.fault("/targets/*", Fault::Trickle { bytes_per_second: 1_500_000 }, Times::Times(1));
    let _helper = pc.daemon();
    assert_eq!(pc.call(&["update"]).code, 0);
    let part = || std::fs::read_dir(pc.data().join("module/incoming")).ok()?.next()?.ok()?.metadata().ok();
    wait_until(LONG, "two megabytes", || part().filter(|part| part.len() > 2_200_000)).unwrap();
    assert_eq!(pc.call(&["start"]).code, 0);
    pc.wait_for_state("running");
    let launched = format!("Launch {}", first.custom.install.tree);
    assert!(pc.journal().iter().any(|line| line["effects"].to_string().contains(&launched)), "at once, as it is");
    assert_eq!(pc.placed(), names(&[&first]));
    pc.end_modules();
    pc.wait_for_state("idle");
    pc.update();
    assert_eq!(pc.placed(), names(&[&first, &second]));
    let resumed = mirror.seen().iter().any(|seen| {
        seen.path.starts_with("/targets/") && seen.range.as_deref().is_some_and(|range| !range.starts_with("bytes=0-"))
    });
    assert!(resumed, "{:?}", mirror.seen().iter().map(|seen| (&seen.path, &seen.range)).collect::<Vec<_>>());
}

#[test]
fn while_support_runs_nothing_is_asked_for() {
    flows::alone!();
    let (publisher, mirror, pc, _) = kept_fresh();
    let _helper = pc.daemon();
    assert_eq!(pc.call(&["start"]).code, 0);
    pc.wait_for_state("running");
    publisher.publish("15.71.0", 500_000, 2);
    assert_eq!(pc.call(&["update"]).code, 5, "refused");
    assert_eq!(mirror.seen().len(), 0);
}

#[test]
fn an_outage_is_quiet_and_the_module_still_starts() {
    flows::alone!();
    let (_publisher, mirror, pc, _) = kept_fresh();
    mirror.down().unwrap();
    let _helper = pc.daemon();
    let upkeep = pc.update();
    assert_eq!((&upkeep["failures"], &upkeep["failure"]), (&json!(1), &json!("unreachable")), "{upkeep}");
    assert_eq!(pc.status().unwrap()["state"], "idle", "no card");
    let soon = upkeep["next_in"].as_u64().unwrap();
    assert!((600_000..=1_200_000).contains(&soon), "again in about a quarter of an hour: {soon} ms");
    mirror.up().unwrap();
    assert_eq!(pc.update()["failures"], 0);
    assert_eq!(pc.call(&["start"]).code, 0);
    pc.wait_for_state("running");
}

#[test]
fn the_first_check_comes_soon_after_the_first_start_and_later_ones_at_their_turn() {
    flows::alone!();
    let (_publisher, _mirror, pc, _) = kept_fresh();
    let next = || pc.status().unwrap()["upkeep"]["next_in"].as_u64().unwrap();
    {
        let _helper = pc.daemon();
        assert!((25_000..=120_000).contains(&next()), "never served: {} ms", next());
        pc.update();
        assert_eq!(pc.call(&["quit"]).code, 0);
    }
    wait_until(LONG, "the helper's end", || pc.status().is_none().then_some(())).unwrap();
    let _helper = pc.daemon();
    let after = next();
    assert!((30_000..=21_600_000).contains(&after), "served a moment ago: {after} ms");
}
