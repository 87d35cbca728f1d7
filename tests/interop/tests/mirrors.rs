//! What mirrors and what stands before them may do, and what the clock may say (TRUST.md 6.3, rows 9, 11, 23-30).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A broken world ends the test here.

use flows::Publisher;
use helper_core::input::Failure;
use helper_world::{Fault, Mirror, Times};
use interop::signing::{self, Rotation, rotate};
use interop::{Client, address};
use jiff::{SignedDuration, Timestamp};
use std::fs;

/// A publisher with one module, its mirror, and a PC that knows nothing yet.
fn world() -> (Publisher, Mirror, Client) {
    let publisher = Publisher::new();
    publisher.publish("1.0.0", 100_000, 1);
    let mirror = Mirror::serve(publisher.mirror()).unwrap();
    let client = Client::new(&publisher);
    (publisher, mirror, client)
}

fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

#[test]
fn a_folder_serves_as_well_as_a_web_server() {
    let (publisher, mirror, client) = world();
    let folder = address(&publisher.mirror());
    assert_eq!(client.versions(&[&folder], Timestamp::now()).unwrap(), ["1.0.0"]);
    publisher.publish("1.1.0", 100_000, 2);
    assert_eq!(client.versions(&["/nowhere/at/all", &folder], Timestamp::now()).unwrap(), ["1.0.0", "1.1.0"]);
    assert_eq!(client.versions(&[&mirror.base()], Timestamp::now()).unwrap(), ["1.0.0", "1.1.0"]);
    assert_eq!(client.versions(&["/nowhere/at/all"], Timestamp::now()), Err(Failure::Unreachable));
    let later = Timestamp::now() + days(8);
    assert_eq!(client.versions(&[&folder], later), Err(Failure::Expired), "a share is no import: age is strict");
}

#[test]
fn forty_rotations_while_the_pc_was_off_are_walked() {
    let (publisher, mirror, client) = world();
    assert_eq!(client.versions(&[&mirror.base()], Timestamp::now()).unwrap(), ["1.0.0"]);
    for number in 0..40 {
        rotate(&publisher, [Rotation::RootKey, Rotation::OnlineKey, Rotation::Nothing][number % 3]);
    }
    publisher.publish("1.1.0", 100_000, 2);
    assert_eq!(client.versions(&[&mirror.base()], Timestamp::now()).unwrap(), ["1.0.0", "1.1.0"]);
    let asked = mirror.count("/metadata/*.root.json");
    assert_eq!(asked, 1 + 41, "every root once, and the one that is not there");
    assert_eq!(client.cached(), ["1.0.0", "1.1.0"], "without any network");
    assert_eq!(client.versions(&[&mirror.base()], Timestamp::now()).unwrap().len(), 2);
    assert_eq!(mirror.count("/metadata/*.root.json"), asked + 1, "what was walked is not walked again");
    assert_eq!(Client::new(&publisher).versions(&[&mirror.base()], Timestamp::now()).unwrap().len(), 2, "a new PC");
}

#[test]
fn a_root_that_is_missing_in_the_chain_ends_it_and_nothing_changes() {
    let (publisher, mirror, client) = world();
    client.refresh(&[&mirror.base()], Timestamp::now()).unwrap();
    for _ in 0..3 {
        rotate(&publisher, Rotation::OnlineKey);
    }
    publisher.publish("1.1.0", 100_000, 2);
    let third = signing::metadata(&publisher, "3.root.json");
    let bytes = fs::read(&third).unwrap();
    fs::remove_file(&third).unwrap();
    assert_eq!(client.versions(&[&mirror.base()], Timestamp::now()), Err(Failure::Untrusted));
    assert_eq!(client.cached(), ["1.0.0"]);
    fs::write(&third, bytes).unwrap();
    assert_eq!(client.versions(&[&mirror.base()], Timestamp::now()).unwrap(), ["1.0.0", "1.1.0"]);
}

#[test]
fn a_block_page_for_everything_or_for_roots_alone_is_never_up_to_date() {
    let (publisher, mirror, client) = world();
    let second = Mirror::serve(publisher.mirror()).unwrap();
    let both: [&str; 2] = [&mirror.base(), &second.base()];
    client.refresh(&both, Timestamp::now()).unwrap();
    rotate(&publisher, Rotation::RootKey);
    let before = client.files();
    for pattern in ["*", "/metadata/timestamp.json", "/metadata/*.root.json"] {
        for (status, failure) in
            [(403, Failure::Blocked), (451, Failure::Blocked), (407, Failure::ProxySignIn), (511, Failure::SignInPage)]
        {
            for mirror in [&mirror, &second] {
                mirror.fault(pattern, Fault::status(status), Times::Always);
            }
            assert_eq!(client.versions(&both, Timestamp::now()), Err(failure), "{status} for {pattern}");
            [&mirror, &second].iter().for_each(|mirror| mirror.clear_faults());
            if pattern != "/metadata/timestamp.json" {
                assert_eq!(client.files(), before, "{status} for {pattern}");
            }
            client.restore(&before);
        }
    }
    // One that is let through is enough.
    mirror.fault("*", Fault::status(403), Times::Always);
    assert!(client.versions(&both, Timestamp::now()).is_ok());
}

#[test]
fn a_sign_in_page_moves_no_floor() {
    let (publisher, mirror, client) = world();
    client.refresh(&[&mirror.base()], Timestamp::now()).unwrap();
    publisher.publish("1.1.0", 100_000, 2);
    let before = client.files();
    let page = || Fault::RedirectTo(mirror.url("/login"));
    for fault in [Fault::Html, page()] {
        for name in ["2.root.json", "timestamp.json"] {
            mirror.fault("/login", Fault::Html, Times::Always);
            mirror.fault(&format!("/metadata/{name}"), fault.clone(), Times::Always);
            assert_eq!(client.versions(&[&mirror.base()], Timestamp::now()), Err(Failure::SignInPage), "{name}");
            assert_eq!(client.files(), before, "{name}");
            mirror.clear_faults();
        }
    }
    assert_eq!(client.versions(&[&mirror.base()], Timestamp::now()).unwrap(), ["1.0.0", "1.1.0"]);
}

#[test]
fn a_mirror_that_is_behind_is_passed_over_and_an_alarm_only_when_all_are() {
    let (publisher, mirror, client) = world();
    let older = publisher.copy_of_mirror();
    publisher.publish("1.1.0", 100_000, 2);
    let behind = Mirror::serve(older.path()).unwrap();
    // A PC that knows nothing newer takes the first valid word.
    assert_eq!(client.versions(&[&behind.base(), &mirror.base()], Timestamp::now()).unwrap(), ["1.0.0"]);
    assert_eq!(client.versions(&[&mirror.base()], Timestamp::now()).unwrap(), ["1.0.0", "1.1.0"]);
    let before = client.files();
    let both = [&*behind.base(), &mirror.base()];
    assert_eq!(client.versions(&both, Timestamp::now()).unwrap(), ["1.0.0", "1.1.0"], "passed over quietly");
    assert_eq!(client.versions(&[&behind.base()], Timestamp::now()), Err(Failure::Untrusted));
    mirror.down().unwrap();
    assert_eq!(client.versions(&both, Timestamp::now()), Err(Failure::Untrusted), "an alarm is no outage");
    assert_eq!(client.files(), before);
}

#[test]
fn a_clock_that_is_ahead_is_named_and_forgotten_as_soon_as_it_is_right() {
    let (publisher, mirror, client) = world();
    let now = Timestamp::now();
    client.refresh(&[&mirror.base()], now).unwrap();
    publisher.publish("1.1.0", 100_000, 2);
    let ahead: Timestamp = "2099-01-01T00:00:00Z".parse().unwrap();
    let soon = now + days(30);
    assert_eq!(client.versions(&[&mirror.base()], soon), Err(Failure::Expired), "no mirror says what time it is");
    assert_eq!(client.versions(&[&mirror.base()], ahead), Err(Failure::Expired));
    let header = |date: Timestamp| {
        let date = jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&date).unwrap();
        Fault::Status(404, vec![("Date".into(), date)], Vec::new())
    };
    // `Date` of any answer serves, also of the one that ends the chain of roots.
    mirror.fault("/metadata/2.root.json", header(ahead - SignedDuration::from_hours(1)), Times::Always);
    assert_eq!(client.versions(&[&mirror.base()], ahead), Err(Failure::Expired));
    mirror.clear_faults();
    mirror.fault("/metadata/2.root.json", header(now), Times::Always);
    assert_eq!(client.versions(&[&mirror.base()], ahead), Err(Failure::WrongClock));
    assert_eq!(client.versions(&[&mirror.base()], soon), Err(Failure::WrongClock));
    mirror.clear_faults();
    mirror.fault("/metadata/2.root.json", header(ahead), Times::Always);
    assert_eq!(client.versions(&[&mirror.base()], now).unwrap(), ["1.0.0", "1.1.0"], "`Date` decides nothing");
    assert_eq!(client.cached(), ["1.0.0", "1.1.0"], "an expired catalog is one");
}
