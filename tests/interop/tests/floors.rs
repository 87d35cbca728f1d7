//! Stored metadata that was torn, flipped or deleted: no version older than what was accepted is ever accepted again, and
//! the next refresh mends it (TRUST.md 6.3, rows 25, 31, 63).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A broken world ends the test here.

use flows::Publisher;
use helper_core::input::Failure;
use helper_core::release::Release;
use helper_publish::keys::PrivateKey;
use interop::signing::{self, Rotation, rotate, sign};
use interop::{Client, address};
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;
use tough::schema::{Metafile, Signed, Snapshot};

type Files = BTreeMap<PathBuf, Vec<u8>>;

/// A PC that saw three versions and two rotations, and a mirror that stayed behind at each.
struct World {
    publisher: Publisher,
    client: Client,
    /// Mirrors in order; each was accepted once and is older than what the PC has.
    behind: Vec<TempDir>,
    newest: Vec<String>,
}

fn world() -> World {
    let publisher = Publisher::new();
    let client = Client::new(&publisher);
    let mut behind = Vec::new();
    let refresh = |client: &Client, publisher: &Publisher| -> Vec<Release> {
        client.refresh(&[&address(&publisher.mirror())], Timestamp::now()).unwrap()
    };
    publisher.publish("1.0.0", 50_000, 1);
    refresh(&client, &publisher);
    behind.push(publisher.copy_of_mirror());
    rotate(&publisher, Rotation::RootKey);
    publisher.publish("1.1.0", 50_000, 2);
    refresh(&client, &publisher);
    behind.push(publisher.copy_of_mirror());
    rotate(&publisher, Rotation::OnlineKey);
    publisher.publish("1.2.0", 50_000, 3);
    refresh(&client, &publisher);
    let newest = ["1.0.0", "1.1.0", "1.2.0"].map(str::to_owned).to_vec();
    assert_eq!(client.cached(), newest);
    World { publisher, client, behind, newest }
}

impl World {
    /// After damage: what is behind is refused, what is new is accepted, and all is mended.
    fn holds(&self, what: &str) {
        let damaged = self.client.files();
        for (number, behind) in self.behind.iter().enumerate() {
            let refused = self.client.versions(&[&address(behind.path())], Timestamp::now());
            assert_eq!(refused, Err(Failure::Untrusted), "{what}: mirror {number} is behind");
            self.client.restore(&damaged);
        }
        assert_eq!(self.client.cached(), self.newest, "{what}: the catalog without a network");
        let newest = address(&self.publisher.mirror());
        assert_eq!(self.client.versions(&[&newest], Timestamp::now()).unwrap(), self.newest, "{what}");
        assert_eq!(self.client.cached(), self.newest, "{what}");
    }
}

/// The ways in which a file can be wrong.
fn damages(bytes: &[u8]) -> Vec<(String, Option<Vec<u8>>)> {
    let mut all = vec![("deleted".to_owned(), None), ("empty".to_owned(), Some(Vec::new()))];
    let length = bytes.len();
    for cut in [1, length / 2, length - 1] {
        all.push((format!("cut at {cut} of {length}"), Some(bytes[..cut].to_vec())));
    }
    // Text, numbers, signatures, whatever is there.
    for place in (0..8).map(|eighth| eighth * (length - 1) / 7) {
        let mut flipped = bytes.to_vec();
        flipped[place] ^= 1;
        all.push((format!("bit flipped at {place} of {length}"), Some(flipped)));
    }
    all
}

fn damage(path: &PathBuf, bytes: &Option<Vec<u8>>) {
    match bytes {
        None => fs::remove_file(path).unwrap(),
        Some(bytes) => fs::write(path, bytes).unwrap(),
    }
}

#[test]
fn any_one_damaged_file_costs_no_floor_and_no_catalog() {
    let world = world();
    let whole = world.client.files();
    assert!(whole.len() >= 7, "{:?}", whole.keys());
    let mut tried = 0;
    for (path, bytes) in &whole {
        for (how, changed) in damages(bytes) {
            damage(path, &changed);
            world.holds(&format!("{} {how}", path.file_name().unwrap().display()));
            world.client.restore(&whole);
            tried += 1;
        }
    }
    eprintln!("{tried} damages of {} files", whole.len());
}

#[test]
fn whatever_is_left_the_next_refresh_works_and_the_one_after_it_has_its_floors_again() {
    let world = world();
    let whole: Files = world.client.files();
    let newest = address(&world.publisher.mirror());
    let mut tried = 0;
    for (first, first_bytes) in &whole {
        for (second, second_bytes) in whole.range(first.clone()..).skip(1) {
            for (way, _) in damages(first_bytes).iter().enumerate().step_by(5) {
                let (one, two) = (&damages(first_bytes)[way].1, &damages(second_bytes)[way].1);
                damage(first, one);
                damage(second, two);
                // No crash and no lie, whatever is left; then everything is there again.
                let cached = world.client.cached();
                assert!(cached.is_empty() || world.newest.starts_with(&cached), "{cached:?}");
                assert_eq!(world.client.versions(&[&newest], Timestamp::now()).unwrap(), world.newest);
                if tried % 10 == 0 {
                    world.holds("mended");
                }
                world.client.restore(&whole);
                tried += 1;
            }
        }
    }
    // With nothing left it is a new PC.
    world.client.restore(&Files::new());
    assert!(world.client.cached().is_empty());
    assert_eq!(world.client.versions(&[&newest], Timestamp::now()).unwrap(), world.newest);
    world.holds("from the built-in root");
    eprintln!("{tried} pairs");
}

/// A thief of the online key signs a snapshot that takes targets back. The client's library compares it only with a
/// snapshot that fits the newest accepted timestamp, so a refresh that is cut off behind the timestamp would open the way.
#[test]
fn a_refresh_that_was_cut_off_behind_the_timestamp_forgets_no_version_of_targets() {
    let world = world();
    let mirror = address(&world.publisher.mirror());
    let online = signing::key(&world.publisher, "online.pem");
    // The timestamp of the next version arrives, and nothing else.
    helper_publish::status::refresh(world.publisher.folder(), &world.publisher.keys(), Timestamp::now()).unwrap();
    let name = newest_snapshot(&world.publisher);
    let hidden = fs::read(signing::metadata(&world.publisher, &name)).unwrap();
    fs::remove_file(signing::metadata(&world.publisher, &name)).unwrap();
    assert!(world.client.versions(&[&mirror], Timestamp::now()).is_err());
    fs::write(signing::metadata(&world.publisher, &name), hidden).unwrap();

    let stolen = forge_older_targets(&world.publisher, &online);
    assert_eq!(world.client.versions(&[&address(stolen.path())], Timestamp::now()), Err(Failure::Untrusted));
    // The thief's timestamp was signed as it should be and keeps the PC away from older ones until the key is replaced.
    assert_eq!(world.client.versions(&[&mirror], Timestamp::now()), Err(Failure::Untrusted));
    assert_eq!(world.client.cached(), world.newest);
    rotate(&world.publisher, Rotation::OnlineKey);
    assert_eq!(world.client.versions(&[&mirror], Timestamp::now()).unwrap(), world.newest);
}

fn newest_snapshot(publisher: &Publisher) -> String {
    let timestamp: Signed<tough::schema::Timestamp> = signing::read(publisher, "timestamp.json");
    format!("{}.snapshot.json", timestamp.signed.meta["snapshot.json"].version)
}

/// A mirror with the newest timestamp and snapshot, signed with the stolen key, that lists the targets before the newest.
fn forge_older_targets(publisher: &Publisher, online: &PrivateKey) -> TempDir {
    let mirror = publisher.copy_of_mirror();
    let metadata = mirror.path().join("metadata");
    let mut snapshot: Signed<Snapshot> = signing::read(publisher, &newest_snapshot(publisher));
    let mut timestamp: Signed<tough::schema::Timestamp> = signing::read(publisher, "timestamp.json");
    let version = snapshot.signed.version.checked_add(1).unwrap();
    let listed = snapshot.signed.meta["targets.json"].version.get() - 1;
    let bare = |version| Metafile { length: None, hashes: None, version, _extra: HashMap::new() };
    snapshot.signed.meta.insert("targets.json".into(), bare(listed.try_into().unwrap()));
    snapshot.signed.version = version;
    timestamp.signed.version = timestamp.signed.version.checked_add(1).unwrap();
    timestamp.signed.meta.insert("snapshot.json".into(), bare(version));
    fs::write(metadata.join(format!("{version}.snapshot.json")), sign(snapshot.signed, &[online])).unwrap();
    fs::write(metadata.join("timestamp.json"), sign(timestamp.signed, &[online])).unwrap();
    mirror
}
