//! Carried-in repositories, between reading and keeping: root chains, and sticks that vanish (TRUST.md 2.8; 6.3, rows 27, 65).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A broken world ends the test here.

use flows::Publisher;
use helper_core::input::Failure;
use helper_machine::repository::ImportError;
use helper_machine::store::Store;
use interop::signing::{Rotation, metadata, rotate};
use interop::{Client, address, files_below};
use jiff::{SignedDuration, Timestamp};
use std::fs;

#[test]
fn a_stick_carries_every_root_and_without_one_it_is_refused() {
    let publisher = Publisher::new();
    publisher.publish("1.0.0", 50_000, 1);
    let client = Client::new(&publisher);
    client.refresh(&[&address(&publisher.mirror())], Timestamp::now()).unwrap();
    // With the last one only the root key changes: without that root everything but the chain still fits.
    for rotation in [Rotation::OnlineKey, Rotation::RootKey, Rotation::RootKey] {
        rotate(&publisher, rotation);
    }
    publisher.publish("1.1.0", 50_000, 2);
    let before = client.files();
    for missing in ["2.root.json", "3.root.json"] {
        let stick = publisher.copy_of_mirror();
        fs::remove_file(stick.path().join("metadata").join(missing)).unwrap();
        let refused = client.repository().import(stick.path(), Timestamp::now());
        assert!(
            matches!(&refused, Err(ImportError::Incomplete(why)) if why.contains(missing)),
            "{missing}: {refused:?}"
        );
        assert_eq!(client.files(), before);
    }
    let offer = client.repository().import(&publisher.mirror(), Timestamp::now()).unwrap();
    assert_eq!(offer.catalog().len(), 2);
    assert_eq!(client.files(), before, "an offer is only looked at");
    let store = tempfile::tempdir().unwrap();
    let store = Store::new(store.path(), Default::default());
    store.prepare().unwrap();
    offer.accept(None, &store).unwrap();
    assert_eq!(client.cached(), ["1.0.0", "1.1.0"]);
    assert!(store.placed().is_empty());
}

#[test]
fn a_stick_that_vanishes_or_changes_after_it_was_read_changes_nothing() {
    let publisher = Publisher::new();
    let release = publisher.publish("1.0.0", 200_000, 1);
    let client = Client::new(&publisher);
    let home = tempfile::tempdir().unwrap();
    let store = Store::new(home.path(), Default::default());
    store.prepare().unwrap();
    let before = files_below(home.path());
    let package = format!("targets/{}", release.consistent_name());
    type Change<'a> = &'a dyn Fn(&std::path::Path);
    let changes: [(&str, Change<'_>); 4] = [
        ("gone", &|stick| fs::remove_dir_all(stick).unwrap()),
        ("incomplete", &|stick| fs::remove_file(stick.join(&package)).unwrap()),
        ("refused", &|stick| fs::write(stick.join(&package), b"something else").unwrap()),
        ("refused", &|stick| {
            let file = fs::File::options().append(true).open(stick.join(&package)).unwrap();
            file.set_len(release.length + 1).unwrap();
        }),
    ];
    for (what, change) in changes {
        let stick = publisher.copy_of_mirror();
        let offer = client.repository().import(stick.path(), Timestamp::now()).unwrap();
        change(stick.path());
        let refused = offer.accept(Some(&release), &store).unwrap_err();
        let said = match &refused {
            ImportError::Gone(_) => "gone",
            ImportError::Incomplete(_) => "incomplete",
            ImportError::Refused { failure: Failure::Untrusted, .. } => "refused",
            other => panic!("{what}: {other:?}"),
        };
        assert_eq!(said, what, "{refused}");
        assert!(client.files().is_empty(), "{what}: a catalog was kept");
        assert_eq!(files_below(home.path()), before, "{what}: something lies about");
    }
    let offer = client.repository().import(&publisher.mirror(), Timestamp::now()).unwrap();
    let placed = offer.accept(Some(&release), &store).unwrap();
    assert_eq!(placed.map(|id| id.0), Some(release.custom.install.tree));
    assert_eq!(store.placed().len(), 1);
}

#[test]
fn what_had_expired_before_the_timestamp_did_is_not_revived() {
    // The root holds two years; a timestamp that was signed after that cannot bring it back.
    let publisher = Publisher::at(Timestamp::now() - SignedDuration::from_hours(24 * 800));
    publisher.publish("1.0.0", 50_000, 1);
    let later = Publisher::renewed(&publisher, Timestamp::now());
    later.publish("1.1.0", 50_000, 2);
    assert!(metadata(&later, "timestamp.json").exists());
    let client = Client::new(&publisher);
    let refused = client.repository().import(&later.mirror(), Timestamp::now());
    assert!(matches!(refused, Err(ImportError::Refused { failure: Failure::Expired, .. })), "{refused:?}");
    assert!(client.files().is_empty());
}
