//! Keys are lost, stolen and replaced: by a new root that enough holders sign, one after another.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use common::{World, snapshot};
use helper_publish::add::add;
use helper_publish::init::Quorum;
use helper_publish::keys::PrivateKey;
use helper_publish::repository::Repository;
use helper_publish::root::{Ceremony, KeyRole, RootChange, RootOutcome, discard, read_public, show, write_public};
use helper_publish::status::{refresh, renew};
use helper_publish::{Outcome, Refused};
use jiff::SignedDuration;
use std::fs;
use std::path::{Path, PathBuf};

fn world() -> World {
    let world = World::with(Quorum { keys: 3, threshold: 2 });
    let two = world.holder("first two", &["targets-1.pem", "targets-2.pem", "online.pem"]);
    add(&world.repo(), &two, &world.linux("1"), world.now).unwrap();
    world
}

/// A key that a holder makes at home: its folder, and the public half as the others get it.
fn new_key(world: &World, name: &str) -> (PathBuf, PathBuf) {
    let folder = world.home.path().join(name);
    fs::create_dir(&folder).unwrap();
    let key = PrivateKey::generate().unwrap();
    key.write(&folder.join(format!("{name}.pem")), None).unwrap();
    let public = folder.join(format!("{name}.pub"));
    write_public(&key, &public).unwrap();
    (folder, public)
}

/// The id of the number-th key of a role, as `root show` prints it.
fn id(world: &World, role: &str, number: usize) -> String {
    let text = show(&world.repo()).unwrap();
    let line = text.lines().find(|line| line.starts_with(role)).unwrap();
    line.rsplit_once(": ").unwrap().1.split(", ").nth(number).unwrap().into()
}

fn root_version(world: &World) -> u64 {
    show(&world.repo()).unwrap().split(['n', ',']).nth(1).unwrap().trim().parse().unwrap()
}

fn replace(world: &World, role: KeyRole, number: usize, public: &Path) -> RootChange {
    let name = match role {
        KeyRole::Root => "root:",
        KeyRole::Targets => "targets:",
        KeyRole::Online => "online:",
    };
    RootChange {
        add: vec![(role, read_public(public).unwrap())],
        remove: vec![(role, id(world, name, number))],
        thresholds: vec![],
    }
}

fn sign(world: &World, keys: &PathBuf) -> Result<RootOutcome, Refused> {
    Ceremony::open(&world.repo(), world.now)?.sign(keys, world.now)
}

fn waits(outcome: Result<RootOutcome, Refused>, words: &[&str]) {
    let RootOutcome::Waiting(missing) = outcome.unwrap() else { panic!("published too early") };
    assert_eq!(missing.len(), words.len(), "{missing:?}");
    for (missing, word) in missing.iter().zip(words) {
        assert!(missing.contains(word), "{missing:?} {word}");
    }
}

#[test]
fn a_lost_targets_key_is_replaced_by_two_root_holders() {
    let world = world();
    let (new, public) = new_key(&world, "targets-new");
    let change = replace(&world, KeyRole::Targets, 0, &public);
    let (one, two) = (world.holder("a", &["root-1.pem"]), world.holder("b", &["root-2.pem"]));
    let ceremony = Ceremony::propose(&world.repo(), &change, world.now).unwrap();
    let text = ceremony.text();
    for words in ["root, version 1 -> 2", "! removed   targets key ", "+ new       targets key ", "0 of 2 signatures"] {
        assert!(text.contains(words), "{text}");
    }
    let before = snapshot(&world.mirror());
    waits(ceremony.sign(&one, world.now), &["until now (1 of 2", "new root (1 of 2", "targets keys", "online key"]);
    assert!(snapshot(&world.mirror()) == before, "not in force yet");
    assert!(Ceremony::propose(&world.repo(), &change, world.now).unwrap_err().to_string().contains("waits"));
    let error = sign(&world, &one).unwrap_err().to_string();
    assert!(error.contains("signed already") && error.contains("until now"), "{error}");
    // The list was signed by 1 and 2, and 1 counts no more: those who may sign now sign it again.
    waits(sign(&world, &two), &["targets keys of the new root (0 of 2", "online key"]);
    waits(sign(&world, &new), &["targets keys of the new root (1 of 2", "online key"]);
    waits(sign(&world, &world.holder("c", &["targets-3.pem"])), &["online key"]);
    assert_eq!(sign(&world, &world.holder("host", &["online.pem"])).unwrap(), RootOutcome::Published(2));
    assert!(!world.repo().join("ceremony").exists());
    assert!(world.mirror().join("metadata/1.root.json").exists(), "old roots stay");

    // The lost key is worth nothing, the new one is.
    let lost = world.holder("lost", &["targets-1.pem", "online.pem"]);
    let error = renew(&world.repo(), &lost, world.now).unwrap_err().to_string();
    assert!(error.contains("none of the keys at hand"), "{error}");
    fs::copy(world.keys().join("online.pem"), new.join("online.pem")).unwrap();
    assert!(matches!(renew(&world.repo(), &new, world.now).unwrap().outcome, Outcome::Staged { signed: 1, needed: 2 }));
}

#[test]
fn a_stolen_online_key_is_replaced() {
    let world = world();
    let (new, public) = new_key(&world, "online-new");
    let change = replace(&world, KeyRole::Online, 0, &public);
    let roots = world.holder("roots", &["root-1.pem", "root-3.pem"]);
    let ceremony = Ceremony::propose(&world.repo(), &change, world.now).unwrap();
    waits(ceremony.sign(&roots, world.now), &["the online key of the new root"]);
    assert_eq!(sign(&world, &new).unwrap(), RootOutcome::Published(2));
    assert!(matches!(refresh(&world.repo(), &world.keys(), world.now), Err(Refused::Keys(_))), "the stolen key");
    refresh(&world.repo(), &new, world.now).unwrap();
    assert!(world.mirror().join("metadata/3.snapshot.json").exists());
    assert!(!world.mirror().join("metadata/3.targets.json").exists(), "the list is as good as before");
}

#[test]
fn root_keys_are_replaced_by_old_and_new_holders_together() {
    let world = world();
    let (new, public) = new_key(&world, "root-new");
    let change = replace(&world, KeyRole::Root, 1, &public);
    // The holders of keys 1 and 2 are enough under the old rules, not under the new ones.
    let old = world.holder("old", &["root-1.pem", "root-2.pem"]);
    let ceremony = Ceremony::propose(&world.repo(), &change, world.now).unwrap();
    waits(ceremony.sign(&old, world.now), &["root keys of the new root (1 of 2"]);
    let before = snapshot(&world.mirror());
    assert_eq!(sign(&world, &new).unwrap(), RootOutcome::Published(2));
    let mut expected = before.clone();
    let added = world.mirror().join("metadata/2.root.json");
    expected.insert(added.clone(), Some(fs::read(&added).unwrap()));
    assert!(snapshot(&world.mirror()) == expected, "nothing else has to be signed again");
    // Key 2 alone with key 3 is not enough any more.
    let renewal = Ceremony::propose(&world.repo(), &RootChange::default(), world.now).unwrap();
    let gone = world.holder("gone", &["root-2.pem"]);
    assert!(matches!(renewal.sign(&gone, world.now), Err(Refused::Keys(_))));
    assert!(!world.repo().join("ceremony").exists());
}

#[test]
fn a_root_is_renewed_before_it_ends_and_many_times() {
    let world = world();
    let roots = world.holder("roots", &["root-1.pem", "root-2.pem"]);
    for version in 2..=5 {
        let ceremony = Ceremony::propose(&world.repo(), &RootChange::default(), world.now).unwrap();
        assert!(ceremony.text().contains("the same keys, for a longer time"));
        assert_eq!(ceremony.sign(&roots, world.now).unwrap(), RootOutcome::Published(version));
        assert_eq!(root_version(&world), version);
    }
    for version in 1..=5 {
        assert!(world.mirror().join(format!("metadata/{version}.root.json")).exists());
    }
}

#[test]
fn thresholds_change_and_impossible_rules_are_refused() {
    let world = world();
    let (_, public) = new_key(&world, "targets-new");
    let key = || read_public(&public).unwrap();
    let propose = |change: &RootChange| Ceremony::propose(&world.repo(), change, world.now);
    let bad = |change: RootChange, words: &str| {
        let error = propose(&change).expect_err(words).to_string();
        assert!(error.contains(words), "{error}");
    };
    let none = RootChange::default;
    bad(RootChange { thresholds: vec![(KeyRole::Targets, 4)], ..none() }, "4 of 3 keys is not possible");
    bad(RootChange { thresholds: vec![(KeyRole::Root, 0)], ..none() }, "1 or more");
    bad(RootChange { remove: vec![(KeyRole::Root, "00000000".into())], ..none() }, "no single root key");
    bad(RootChange { remove: vec![(KeyRole::Root, id(&world, "root:", 0)[..4].into())], ..none() }, "eight digits");
    bad(RootChange { remove: vec![(KeyRole::Online, id(&world, "online:", 0))], ..none() }, "1 of 0 keys");
    let two = |number| (KeyRole::Targets, id(&world, "targets:", number));
    bad(RootChange { remove: vec![two(0), two(1)], ..none() }, "2 of 1 keys");
    // One key for two duties is one lock for two doors.
    bad(RootChange { add: vec![(KeyRole::Targets, key()), (KeyRole::Root, key())], ..none() }, "a targets key already");
    bad(RootChange { add: vec![(KeyRole::Targets, key()), (KeyRole::Targets, key())], ..none() }, "already");
    assert!(matches!(read_public(&world.keys().join("root-1.pem")), Err(Refused::Keys(_))), "no private key passes");

    // Three of four from now on.
    let change = RootChange { add: vec![(KeyRole::Targets, key())], thresholds: vec![(KeyRole::Targets, 3)], ..none() };
    assert_eq!(propose(&change).unwrap().sign(&world.keys(), world.now).unwrap(), RootOutcome::Published(2));
    let two = world.holder("two", &["targets-1.pem", "targets-2.pem", "online.pem"]);
    assert_eq!(
        add(&world.repo(), &two, &world.linux("2"), world.now).unwrap().outcome,
        Outcome::Staged { signed: 2, needed: 3 }
    );
}

#[test]
fn a_new_root_that_no_longer_fits_is_dropped() {
    let world = world();
    let one = world.holder("a", &["root-1.pem"]);
    let renewal = || Ceremony::propose(&world.repo(), &RootChange::default(), world.now).unwrap();
    waits(renewal().sign(&one, world.now), &["until now", "new root"]);
    let late = world.now + SignedDuration::from_hours(24 * 731);
    assert!(Ceremony::open(&world.repo(), late).unwrap_err().to_string().contains("discard"));
    let kept = world.home.path().join("kept");
    fs::rename(world.repo().join("ceremony"), &kept).unwrap();
    renewal().sign(&world.keys(), world.now).unwrap();
    fs::rename(&kept, world.repo().join("ceremony")).unwrap();
    assert!(sign(&world, &one).unwrap_err().to_string().contains("no longer fits"));
    discard(&world.repo()).unwrap();
    assert!(discard(&world.repo()).unwrap_err().to_string().contains("no change of keys"));
    // A list that is published meanwhile does not stop the ceremony: what is signed again is the newer one.
    let (new, public) = new_key(&world, "targets-new");
    let change = replace(&world, KeyRole::Targets, 0, &public);
    let roots = world.holder("roots", &["root-1.pem", "root-2.pem"]);
    fs::copy(world.keys().join("targets-3.pem"), roots.join("targets-3.pem")).unwrap();
    let ceremony = Ceremony::propose(&world.repo(), &change, world.now).unwrap();
    waits(ceremony.sign(&roots, world.now), &["targets keys of the new root (1 of 2", "online key"]);
    let two = world.holder("first two", &[]);
    add(&world.repo(), &two, &world.linux("2"), world.now).unwrap();
    waits(sign(&world, &new), &["targets keys of the new root (1 of 2", "online key"]);
    fs::copy(world.keys().join("online.pem"), roots.join("online.pem")).unwrap();
    assert_eq!(sign(&world, &roots).unwrap(), RootOutcome::Published(3));
    assert_eq!(Repository::open(&world.repo()).unwrap().releases().unwrap().len(), 2);
}

#[test]
fn nobody_signs_a_root_or_a_list_that_was_touched() {
    let world = world();
    let (_, public) = new_key(&world, "targets-new");
    let change = replace(&world, KeyRole::Targets, 0, &public);
    let roots = world.holder("roots", &["root-1.pem", "root-2.pem", "targets-3.pem"]);
    let ceremony = Ceremony::propose(&world.repo(), &change, world.now).unwrap();
    waits(ceremony.sign(&roots, world.now), &["targets keys of the new root (1 of 2", "online key"]);
    let touch = |name: &str, from: &str, to: &str| {
        let path = world.repo().join("ceremony").join(name);
        let good = fs::read_to_string(&path).unwrap();
        let bad = good.replacen(from, to, 1);
        assert_ne!(bad, good, "{from}");
        fs::write(&path, bad).unwrap();
        (path, good)
    };
    for (from, to) in [
        ("\"consistent_snapshot\": true", "\"consistent_snapshot\": false"),
        ("\"spec_version\"", "\"more\": 1, \"spec_version\""),
        ("\"threshold\": 1", "\"more\": 1, \"threshold\": 1"),
        ("\"threshold\": 1", "\"threshold\": 2"),
    ] {
        let (path, good) = touch("root.json", from, to);
        let error = Ceremony::open(&world.repo(), world.now).expect_err(to).to_string();
        assert!(error.contains("cannot be shown"), "{error}");
        fs::write(path, good).unwrap();
    }
    // A touched list is not continued: the next holder signs the published one again.
    for (from, to) in [
        ("\"spec_version\"", "\"more\": 1, \"spec_version\""),
        ("\"basis_points\": 10000", "\"basis_points\": 1"),
        ("\"expires\": \"20", "\"expires\": \"21"),
    ] {
        let (path, _) = touch("targets.json", from, to);
        waits(sign(&world, &roots), &["targets keys of the new root (1 of 2", "online key"]);
        let written = fs::read_to_string(path).unwrap();
        assert!(!written.contains("more") && written.contains(": 10000") && !written.contains(": \"21"), "{to}");
    }
}

#[test]
fn a_change_of_keys_that_was_cut_off_is_completed() {
    let world = world();
    let (new, public) = new_key(&world, "online-new");
    let change = replace(&world, KeyRole::Online, 0, &public);
    let roots = world.holder("roots", &["root-1.pem", "root-3.pem"]);
    waits(Ceremony::propose(&world.repo(), &change, world.now).unwrap().sign(&roots, world.now), &["online key"]);
    // As a kill between the root and the timestamp leaves it.
    fs::copy(world.repo().join("ceremony/root.json"), world.mirror().join("metadata/2.root.json")).unwrap();
    assert_eq!(root_version(&world), 1, "not in force yet");
    assert!(discard(&world.repo()).unwrap_err().to_string().contains("must be completed"));
    assert_eq!(sign(&world, &new).unwrap(), RootOutcome::Published(2));
    refresh(&world.repo(), &new, world.now).unwrap();
    assert_eq!(root_version(&world), 2);
}
