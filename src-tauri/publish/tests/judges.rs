//! What this program writes is accepted by two independent readers of the format, and what was tampered with by none.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use common::World;
use helper_core::release::{Custom, Release, Status, System};
use helper_publish::Outcome;
use helper_publish::add::add;
use helper_publish::approve::Waiting;
use helper_publish::init::Quorum;
use helper_publish::keys::PrivateKey;
use helper_publish::root::{Ceremony, KeyRole, RootChange, RootOutcome, read_public, show, write_public};
use helper_publish::status::{Selection, refresh, renew, roll_out, set, step_back};
use jiff::{SignedDuration, Timestamp};
use reqwest::Url;
use sigstore_tuf::{Updater, transport::FetchFuture};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use tough::{FilesystemTransport, IntoVec, RepositoryLoader, TargetName, Transport, TransportError, TransportStream};

/// A mirror folder, read as the helper reads a USB stick.
struct Folder(PathBuf);

impl Folder {
    fn read(&self, path: PathBuf, max: u64) -> sigstore_tuf::Result<Option<Vec<u8>>> {
        match fs::read(path) {
            Ok(bytes) if bytes.len() as u64 <= max => Ok(Some(bytes)),
            Ok(_) => Err(sigstore_tuf::Error::transport("too long")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(sigstore_tuf::Error::io("read", error)),
        }
    }
}

impl sigstore_tuf::Repository for Folder {
    fn fetch_metadata<'a>(&'a self, name: &'a str, max: u64) -> FetchFuture<'a> {
        let result = self.read(self.0.join("metadata").join(name), max);
        Box::pin(async move { result })
    }

    fn fetch_target<'a>(&'a self, path: &'a str, max: u64) -> FetchFuture<'a> {
        let result = self.read(self.0.join("targets").join(path), max);
        Box::pin(async move { result })
    }
}

/// tough puts the hash before the whole target path; the specification, and every other reader, before the file name.
#[derive(Clone, Debug)]
struct Respell;

#[tough::async_trait]
impl Transport for Respell {
    async fn fetch(&self, mut url: Url) -> Result<TransportStream, TransportError> {
        if let Some((before, after)) = url.path().split_once("/targets/") {
            let (hash, path) = after.split_once('.').unwrap();
            let (folder, name) = path.rsplit_once('/').unwrap();
            let path = format!("{before}/targets/{folder}/{hash}.{name}");
            url.set_path(&path);
        }
        FilesystemTransport.fetch(url).await
    }
}

fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// The target as the first reader sees it, and its bytes.
fn first_judge(root: &Path, mirror: &Path, target: &str, now: Timestamp) -> Result<(Release, Vec<u8>), String> {
    block_on(async {
        let text = |error: sigstore_tuf::Error| error.to_string();
        let root = fs::read(root).unwrap();
        let mut updater = Updater::new(Folder(mirror.into()), &root).map_err(text)?;
        updater.refresh(now).await.map_err(text)?;
        let info = updater.get_target_info(target, now).await.map_err(text)?.ok_or("not listed")?;
        let bytes = updater.get_target(target, now).await.map_err(text)?;
        let custom: Custom = serde_json::from_value(info.custom.unwrap()).map_err(|error| error.to_string())?;
        let sha256 = helper_core::release::Digest::from_hex(&info.hashes["sha256"]).unwrap();
        Ok((Release { target: target.into(), length: info.length, sha256, custom }, bytes))
    })
}

fn second_judge(root: &Path, mirror: &Path, target: &str) -> Result<Vec<u8>, String> {
    block_on(async {
        let root = fs::read(root).unwrap();
        let address = |name: &str| Url::from_directory_path(mirror.join(name)).unwrap();
        let repository = RepositoryLoader::new(&root, address("metadata"), address("targets"))
            .transport(Respell)
            .load()
            .await
            .map_err(|error| error.to_string())?;
        let name = TargetName::new(target).unwrap();
        let stream = repository.read_target(&name).await.map_err(|error| error.to_string())?.ok_or("not listed")?;
        stream.into_vec().await.map_err(|error| error.to_string())
    })
}

#[test]
fn both_readers_accept_every_version() {
    let world = World::with(Quorum { keys: 3, threshold: 2 });
    let root = world.repo().join("root.json");
    let request = world.linux("15.70.4");
    let bytes = fs::read(&request.file).unwrap();
    let added = add(&world.repo(), &world.keys(), &request, world.now).unwrap().what;
    let judge = |expected: &Release| {
        let (read, body) = first_judge(&root, &world.mirror(), &added.target, world.now).unwrap();
        assert_eq!(&read, expected);
        assert!(body == bytes);
        assert!(second_judge(&root, &world.mirror(), &added.target).unwrap() == bytes);
    };
    judge(&added);
    refresh(&world.repo(), &world.keys(), world.now).unwrap();
    judge(&added);
    let selection =
        Selection { module: "quicksupport".into(), system: System::Linux, arch: None, version: "15.70.4".into() };
    set(&world.repo(), &world.keys(), &selection, Status::Revoked, world.now).unwrap();
    let mut revoked = added.clone();
    revoked.custom.status = Status::Revoked;
    judge(&revoked);
    add(&world.repo(), &world.keys(), &world.linux("15.70.5"), world.now).unwrap();
    judge(&revoked);
}

#[test]
fn both_readers_refuse_what_was_tampered_with() {
    let world = World::new();
    let root = world.repo().join("root.json");
    let added = add(&world.repo(), &world.keys(), &world.linux("1"), world.now).unwrap().what;
    let accepted = || {
        let first = first_judge(&root, &world.mirror(), &added.target, world.now).is_ok();
        assert_eq!(first, second_judge(&root, &world.mirror(), &added.target).is_ok());
        first
    };
    assert!(accepted());
    let files = [
        "metadata/timestamp.json".to_owned(),
        "metadata/2.snapshot.json".to_owned(),
        "metadata/2.targets.json".to_owned(),
        format!("targets/{}", added.consistent_name()),
    ];
    for name in files {
        let path = world.mirror().join(&name);
        let good = fs::read(&path).unwrap();
        let mut bad = good.clone();
        // A digit in metadata, a bit in the package: still readable, no longer signed.
        let at =
            if name.ends_with(".json") { bad.iter().rposition(u8::is_ascii_digit).unwrap() } else { bad.len() / 2 };
        bad[at] ^= 1;
        fs::write(&path, bad).unwrap();
        assert!(!accepted(), "{name}");
        fs::remove_file(&path).unwrap();
        assert!(!accepted(), "{name} absent");
        fs::write(&path, good).unwrap();
        assert!(accepted());
    }
    let other = World::new();
    assert!(first_judge(&other.repo().join("root.json"), &world.mirror(), &added.target, world.now).is_err());
    assert!(second_judge(&other.repo().join("root.json"), &world.mirror(), &added.target).is_err());
    let later = world.now + SignedDuration::from_hours(24 * 8);
    assert!(first_judge(&root, &world.mirror(), &added.target, later).is_err(), "the timestamp lasts 7 days");
    refresh(&world.repo(), &world.keys(), later).unwrap();
    assert!(first_judge(&root, &world.mirror(), &added.target, later).is_ok());
}

/// Everything that several people can do, one after another; both readers follow each step from the first root on.
#[test]
fn both_readers_follow_approvals_steps_back_and_new_keys() {
    let world = World::with(Quorum { keys: 3, threshold: 2 });
    let root = world.repo().join("root.json");
    let kim = world.holder("kim", &["targets-1.pem", "online.pem"]);
    let lee = world.holder("lee", &["targets-2.pem", "online.pem"]);
    let approve = || Waiting::open(&world.repo(), world.now).unwrap().approve(&lee, world.now).unwrap();
    let judge = |target: &str, rank: u64, points: u16| {
        let (read, body) = first_judge(&root, &world.mirror(), target, world.now).unwrap();
        assert_eq!((read.custom.rank, read.custom.rollout.basis_points), (rank, points));
        assert!(second_judge(&root, &world.mirror(), target).unwrap() == body);
    };
    let listed = |target: &str| {
        let first = first_judge(&root, &world.mirror(), target, world.now).is_ok();
        assert_eq!(first, second_judge(&root, &world.mirror(), target).is_ok());
        first
    };
    let one = add(&world.repo(), &kim, &world.linux("1"), world.now).unwrap().what.target;
    let two = add(&world.repo(), &kim, &world.linux("2"), world.now).unwrap().what.target;
    assert!(!listed(&one), "one signature is none");
    assert_eq!(approve(), Outcome::Published);
    judge(&one, 1, 10_000);
    judge(&two, 2, 10_000);

    let select = |version: &str| Selection {
        module: "quicksupport".into(),
        system: System::Linux,
        arch: None,
        version: version.into(),
    };
    roll_out(&world.repo(), &kim, &select("2"), Some(1_250), None, world.now).unwrap();
    approve();
    judge(&two, 2, 1_250);
    step_back(&world.repo(), &kim, &select("1"), world.now).unwrap();
    approve();
    judge(&one, 3, 10_000);
    renew(&world.repo(), &world.keys(), world.now).unwrap();
    judge(&one, 3, 10_000);

    // All kinds of keys are replaced, one a ceremony; a reader with the very first root walks the chain.
    for (role, name) in
        [(KeyRole::Online, "online-new"), (KeyRole::Targets, "targets-new"), (KeyRole::Root, "root-new")]
    {
        let key = PrivateKey::generate().unwrap();
        key.write(&world.keys().join(format!("{name}.pem")), None).unwrap();
        let public = world.home.path().join(format!("{name}.pub"));
        write_public(&key, &public).unwrap();
        let text = show(&world.repo()).unwrap();
        let prefix = format!("{}:", name.trim_end_matches("-new"));
        let line = text.lines().find(|line| line.starts_with(&prefix)).unwrap();
        let old = line.rsplit_once(": ").unwrap().1.split(", ").next().unwrap();
        let change = RootChange {
            add: vec![(role, read_public(&public).unwrap())],
            remove: vec![(role, old.into())],
            thresholds: vec![],
        };
        let ceremony = Ceremony::propose(&world.repo(), &change, world.now).unwrap();
        assert!(matches!(ceremony.sign(&world.keys(), world.now).unwrap(), RootOutcome::Published(_)));
        judge(&one, 3, 10_000);
        refresh(&world.repo(), &world.keys(), world.now).unwrap();
        judge(&two, 2, 1_250);
    }
    // A root in the middle of the chain is needed for ever: without it the new keys are strangers.
    fs::remove_file(world.mirror().join("metadata/2.root.json")).unwrap();
    assert!(!listed(&one));
}
