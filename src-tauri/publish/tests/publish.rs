//! From an empty folder to a published module, and everything that is refused on the way.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use common::{World, linux_package, mac_package, request, snapshot, updater_lock, windows_program};
use helper_core::release::{Arch, PackageKind, Status, System};
use helper_machine::package::{Fetched, hash_piece};
use helper_publish::add::{Add, UpdaterFiles, add};
use helper_publish::init::{Quorum, init};
use helper_publish::report::report;
use helper_publish::repository::Repository;
use helper_publish::status::{Selection, refresh, set};
use helper_publish::{Outcome, Refused};
use jiff::{SignedDuration, Timestamp};
use std::fs;
use std::path::Path;

/// Expects a refusal with these words, and a mirror that is the same byte for byte.
fn refused(world: &World, request: &Add, words: &str) {
    let before = snapshot(&world.mirror());
    let error = add(&world.repo(), &world.keys(), request, world.now).expect_err(words).to_string();
    assert!(error.contains(words), "{error:?} does not say {words:?}");
    assert!(snapshot(&world.mirror()) == before, "the mirror has changed");
}

#[test]
fn a_new_repository_has_its_keys_apart() {
    let world = World::with(Quorum { keys: 3, threshold: 2 });
    let mut keys: Vec<_> =
        fs::read_dir(world.keys()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    keys.sort();
    assert_eq!(
        keys,
        ["online.pem", "root-1.pem", "root-2.pem", "root-3.pem", "targets-1.pem", "targets-2.pem", "targets-3.pem"]
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&world.keys()), 0o700);
        assert_eq!(mode(&world.keys().join("root-1.pem")), 0o600);
    }
    let metadata = world.mirror().join("metadata");
    for name in ["1.root.json", "1.targets.json", "1.snapshot.json", "timestamp.json"] {
        assert!(metadata.join(name).is_file(), "{name}");
    }
    assert_eq!(fs::read(world.repo().join("root.json")).unwrap(), fs::read(metadata.join("1.root.json")).unwrap());
    assert!(snapshot(&world.mirror()).values().flatten().all(|bytes| !bytes.windows(7).any(|part| part == b"PRIVATE")));
    let text = report(&world.repo(), world.now).unwrap();
    for line in ["730 days 0 hours", "180 days 0 hours", "30 days 0 hours", "7 days 0 hours"] {
        assert!(text.contains(line), "{text}");
    }
    let one = Quorum { keys: 1, threshold: 1 };
    let again = init(&world.repo(), &world.repo().join("k2"), one, one, world.now);
    assert!(matches!(again, Err(Refused::Input(_))));
    assert!(!world.repo().join("k2").exists());
}

#[test]
fn impossible_quorums_are_refused() {
    let home = tempfile::tempdir().unwrap();
    let good = Quorum { keys: 1, threshold: 1 };
    for (keys, threshold) in [(0, 0), (1, 0), (1, 2), (17, 1)] {
        let bad = Quorum { keys, threshold };
        for (root, targets) in [(bad, good), (good, bad)] {
            assert!(
                init(&home.path().join("r"), &home.path().join("k"), root, targets, Timestamp::UNIX_EPOCH).is_err()
            );
        }
    }
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
}

#[test]
fn a_published_module_is_what_helpers_accept() {
    let world = World::with(Quorum { keys: 3, threshold: 2 });
    let mut request = world.linux("15.70.4");
    request.basis_points = 500;
    request.groups = vec!["pilot-it".into()];
    request.min_helper = Some("1.2.0".into());
    let added = add(&world.repo(), &world.keys(), &request, world.now).unwrap().what;
    assert_eq!(added.target, "quicksupport/linux-x86_64/15.70.4/edgenext-support.tar.gz");
    assert_eq!(added.custom.install.entry, "teamviewerqs/teamviewer");
    assert_eq!(added.custom.install.kind, PackageKind::TarGz);
    assert_eq!((added.custom.rank, added.custom.rollout.basis_points), (1, 500));
    assert_eq!(added.custom.pieces.sha256.len(), added.length.div_ceil(1 << 20) as usize);
    let bytes = fs::read(&request.file).unwrap();
    for (piece, expected) in bytes.chunks(1 << 20).zip(&added.custom.pieces.sha256) {
        assert_eq!(hash_piece(piece), *expected);
    }

    let read = Repository::open(&world.repo()).unwrap().releases().unwrap();
    assert_eq!(read, std::slice::from_ref(&added));
    let stored = world.mirror().join("targets").join(added.consistent_name());
    assert!(stored.ends_with(format!("15.70.4/{}.edgenext-support.tar.gz", added.sha256)));
    let staging = world.home.path().join("staging");
    let unpacked = Fetched::new(&stored).verify(&added).unwrap().unpack(&staging).unwrap();
    assert_eq!(unpacked.program(), Path::new("teamviewerqs/teamviewer"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&stored).unwrap().permissions().mode() & 0o777, 0o644, "a web server must read it");
    }
    assert!(world.mirror().join("metadata/2.targets.json").exists());
    let text = report(&world.repo(), world.now).unwrap();
    for word in ["15.70.4", "linux-x86_64", "stable", "active", "5 %", " MB"] {
        assert!(text.contains(word), "{word} in {text}");
    }
}

#[test]
fn each_system_gets_its_own() {
    let world = World::new();
    let exe = world.file("EDGE&NEXT 지원.exe", &windows_program(0x14c));
    let added =
        add(&world.repo(), &world.keys(), &request(exe, System::Windows, Arch::Any, "15.1"), world.now).unwrap().what;
    assert_eq!(added.custom.install.entry, "EDGE&NEXT 지원.exe");
    assert_eq!(added.target, "quicksupport/windows-any/15.1/EDGE-NEXT---.exe");
    let app = world.file("TeamViewerQS.zip", &mac_package("TeamViewerQS.app/Contents/MacOS/TeamViewerQS"));
    let added =
        add(&world.repo(), &world.keys(), &request(app, System::Macos, Arch::Any, "15.1"), world.now).unwrap().what;
    assert_eq!(added.custom.install.entry, "TeamViewerQS.app/Contents/MacOS/TeamViewerQS");
    // Each system counts for itself.
    assert_eq!(added.custom.rank, 1);
    assert_eq!(Repository::open(&world.repo()).unwrap().releases().unwrap().len(), 2);
}

#[test]
fn bad_input_is_refused_before_it_is_signed() {
    let world = World::new();
    let good = world.linux("2.0");
    let with = |name: &str, bytes: &[u8], system, arch| request(world.file(name, bytes), system, arch, "9");
    refused(&world, &with("page.exe", b"<html>sign in</html>", System::Windows, Arch::Any), "does not fit windows-any");
    refused(&world, &with("x.exe", &windows_program(0x14c), System::Linux, Arch::X86_64), "does not fit linux");
    refused(&world, &with("x.exe", &windows_program(0xaa64), System::Windows, Arch::X86_64), "does not fit windows");
    refused(&world, &with("x.exe", &windows_program(0x8664), System::Windows, Arch::Any), "does not fit windows");
    refused(&world, &with("x", &linux_package("1"), System::Windows, Arch::Any), "does not fit windows");
    refused(&world, &with("x.exe", &windows_program(0x14c), System::Macos, Arch::Any), "does not fit macos");
    let maker = |file: &str| Add {
        publisher: Some("TeamViewer Germany GmbH".into()),
        ..request(common::signed(file), System::Windows, Arch::X86_64, "99")
    };
    refused(&world, &maker("unsigned.exe"), "is not signed");
    refused(&world, &maker("somebody.exe"), "is signed by \"Somebody GmbH\"");
    refused(&world, &with("x.zip", &mac_package("bin/x"), System::Macos, Arch::Any), "which program");
    let zip = mac_package("TeamViewerQS.app/Contents/MacOS/TeamViewerQS");
    refused(&world, &with("x.zip", &zip, System::Linux, Arch::X86_64), "does not fit linux");
    refused(&world, &with("x.zip", &zip, System::Windows, Arch::Any), "no program for windows");
    let helper = "TeamViewerQS.app/Contents/Frameworks/helper";
    refused(
        &world,
        &Add { entry: Some(helper.into()), ..with("x.zip", &zip, System::Macos, Arch::Any) },
        "application folder",
    );
    refused(&world, &with("x.zip", &zip[..zip.len() - 9], System::Macos, Arch::Any), "helpers would refuse");
    refused(&world, &with("empty", b"", System::Linux, Arch::X86_64), "1 byte");
    refused(&world, &request(world.home.path().join("absent"), System::Linux, Arch::X86_64, "9"), "cannot open");
    refused(&world, &request(world.home.path().into(), System::Linux, Arch::X86_64, "9"), "name the package itself");
    refused(&world, &Add { entry: Some("absent".into()), ..good.clone() }, "no file \"absent\"");
    refused(&world, &Add { entry: Some("teamviewerqs/data.bin".into()), ..good.clone() }, "not an executable");
    refused(&world, &Add { entry: Some("teamviewerqs/link".into()), ..good.clone() }, "no file");
    refused(&world, &Add { entry: Some("../x".into()), ..good.clone() }, "not allowed");
    refused(&world, &Add { kind: Some(PackageKind::Zip), ..good.clone() }, "--kind");
    for version in ["", "../1", "1/2", "1 2", ".1", "1.", "버전"] {
        refused(&world, &Add { version: version.into(), ..good.clone() }, "--version");
    }
    refused(&world, &Add { module: "Quick/Support".into(), ..good.clone() }, "--module");
    refused(&world, &Add { channel: "a b".into(), ..good.clone() }, "--channel");
    refused(&world, &Add { min_helper: Some("1.2".into()), ..good.clone() }, "--min-helper");
    refused(&world, &Add { basis_points: 10_001, ..good.clone() }, "--rollout");

    add(&world.repo(), &world.keys(), &Add { rank: Some(7), ..good.clone() }, world.now).unwrap();
    refused(&world, &good, "needs a new version");
    refused(&world, &Add { arch: Arch::Any, ..good.clone() }, "needs a new version");
    for rank in [0, 1, 7] {
        refused(&world, &Add { rank: Some(rank), version: "3".into(), ..good.clone() }, "use 8");
    }
    let next = add(&world.repo(), &world.keys(), &Add { version: "3".into(), ..good }, world.now).unwrap().what;
    assert_eq!(next.custom.rank, 8);
}

#[test]
fn without_keys_nothing_changes() {
    let world = World::with(Quorum { keys: 3, threshold: 2 });
    fs::remove_file(world.keys().join("targets-1.pem")).unwrap();
    assert_eq!(
        add(&world.repo(), &world.keys(), &world.linux("1"), world.now).unwrap().outcome,
        Outcome::Published,
        "two of three are enough"
    );
    // Keys of somebody else are none.
    let other = World::with(Quorum { keys: 3, threshold: 2 });
    let request = world.linux("2");
    let before = snapshot(&world.repo());
    for (keys, words) in [
        (other.keys(), "none of the keys at hand"),
        (world.holder("nothing", &[]), "no keys in"),
        (world.holder("root", &["root-1.pem", "root-2.pem"]), "no keys in"),
        (world.home.path().join("absent"), "cannot list the keys"),
    ] {
        let error = add(&world.repo(), &keys, &request, world.now).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
        assert!(snapshot(&world.repo()) == before);
    }
    // Renewing needs the online key only.
    refresh(&world.repo(), &world.holder("host", &["online.pem"]), world.now).unwrap();
    let before = snapshot(&world.repo());
    let targets = world.holder("targets", &["targets-2.pem"]);
    assert!(matches!(refresh(&world.repo(), &targets, world.now), Err(Refused::Keys(_))));
    assert!(snapshot(&world.repo()) == before);
}

#[test]
fn a_lower_version_is_most_likely_the_wrong_file() {
    let world = World::new();
    add(&world.repo(), &world.keys(), &world.linux("15.70.4"), world.now).unwrap();
    add(&world.repo(), &world.keys(), &world.linux("15.70.10"), world.now).unwrap();
    for version in ["15.70.9", "15.8", "14"] {
        refused(&world, &world.linux(version), "add --older");
    }
    let older = Add { older: true, ..world.linux("15.70.9") };
    assert_eq!(add(&world.repo(), &world.keys(), &older, world.now).unwrap().what.custom.rank, 3);
    // Another system, channel or module has an order of its own.
    let exe = world.file("x.exe", &windows_program(0x14c));
    add(&world.repo(), &world.keys(), &request(exe, System::Windows, Arch::Any, "1"), world.now).unwrap();
    let pilot = Add { channel: "pilot".into(), ..world.linux("14.1") };
    add(&world.repo(), &world.keys(), &pilot, world.now).unwrap();
}

#[test]
fn the_vendors_link_and_the_connections_are_signed() {
    let world = World::new();
    let good = world.linux("1");
    let with = |url: &str| Add { vendor_url: Some(url.into()), ..good.clone() };
    for url in ["http://get.example/x", "get.example/x", "https://", "ftp://x/y", "https://user@get.example/x", ""] {
        refused(&world, &with(url), "begins with https://");
    }
    for count in [0, 9] {
        refused(&world, &Add { connections: Some(count), ..good.clone() }, "1 to 8");
    }
    let request = Add { connections: Some(8), ..with("https://get.example/qs.tar.gz?os=linux") };
    add(&world.repo(), &world.keys(), &request, world.now).unwrap();
    let release = &Repository::open(&world.repo()).unwrap().releases().unwrap()[0];
    assert_eq!(release.custom.vendor.as_ref().unwrap().url, "https://get.example/qs.tar.gz?os=linux");
    assert_eq!(release.custom.connections, Some(8));
}

#[test]
fn a_helper_release_needs_the_updaters_lock_for_the_same_version() {
    let world = World::new();
    let mut program = vec![0; 400_000];
    program[..4].copy_from_slice(b"\x7fELF");
    program[18] = 62;
    let file = world.file("support-helper.AppImage", &program);
    let lock = |version| {
        let (signature, key) = updater_lock(&program, version);
        UpdaterFiles { signature: world.file("a.sig", signature.as_bytes()), key: world.file("a.pub", key.as_bytes()) }
    };
    let helper = |version: &str, updater| Add {
        module: "helper".into(),
        updater,
        ..request(file.clone(), System::Linux, Arch::X86_64, version)
    };
    refused(&world, &helper("1.2.0", None), "needs its updater signature");
    refused(&world, &helper("1.2.0", Some(lock(Some("1.2.1")))), "for version 1.2.1, not for 1.2.0");
    refused(&world, &helper("1.2.0", Some(lock(None))), "names no version");
    refused(&world, &helper("1.2", Some(lock(Some("1.2")))), "three numbers");
    let module = Add { module: "quicksupport".into(), ..helper("1.2.0", Some(lock(Some("1.2.0")))) };
    refused(&world, &module, "--module helper");
    // The key of somebody else, another file, a cut text.
    let good = lock(Some("1.2.0"));
    let text = fs::read_to_string(&good.signature).unwrap();
    let other = updater_lock(&program, Some("1.2.0")).1;
    let other = UpdaterFiles { key: world.file("b.pub", other.as_bytes()), ..good.clone() };
    refused(&world, &helper("1.2.0", Some(other)), "helpers would refuse it");
    let cut = UpdaterFiles { signature: world.file("c.sig", &text.as_bytes()[..40]), ..good.clone() };
    refused(&world, &helper("1.2.0", Some(cut)), "c.sig");
    program[300_000] = 1;
    world.file("support-helper.AppImage", &program);
    refused(&world, &helper("1.2.0", Some(good.clone())), "helpers would refuse it");
    program[300_000] = 0;
    world.file("support-helper.AppImage", &program);
    // An archive is no helper for Linux.
    let archive = Add { file: world.file("h.tar.gz", &linux_package("1")), ..helper("1.2.0", Some(good.clone())) };
    refused(&world, &archive, "one program file");

    let added = add(&world.repo(), &world.keys(), &helper("1.2.0", Some(good)), world.now).unwrap().what;
    assert_eq!(added.custom.updater.as_deref(), Some(text.trim()));
    assert_eq!(added.custom.install.kind, PackageKind::Exe);
    assert_eq!(added.target, "helper/linux-x86_64/1.2.0/support-helper.AppImage");
}

#[cfg(unix)]
#[test]
fn a_write_that_fails_in_the_middle_leaves_nothing() {
    let world = World::new();
    add(&world.repo(), &world.keys(), &world.linux("1"), world.now).unwrap();
    // In the place of the next snapshot stands a folder that is not empty: the target and the list of targets are
    // written already when that is found out.
    let blocked = world.mirror().join("metadata/3.snapshot.json");
    fs::create_dir(&blocked).unwrap();
    fs::write(blocked.join("x"), "").unwrap();
    refused(&world, &world.linux("2"), "Nothing was changed");
    fs::remove_dir_all(&blocked).unwrap();
    add(&world.repo(), &world.keys(), &world.linux("2"), world.now).unwrap();
}

#[test]
fn tampering_is_noticed_before_anything_is_signed() {
    let world = World::new();
    add(&world.repo(), &world.keys(), &world.linux("1"), world.now).unwrap();
    let metadata = world.mirror().join("metadata");
    let swap = |name: &str, from: &str, to: &str| {
        let path = metadata.join(name);
        let good = fs::read_to_string(&path).unwrap();
        assert!(good.contains(from), "{name}");
        fs::write(&path, good.replacen(from, to, 1)).unwrap();
        let error = report(&world.repo(), world.now).expect_err(name);
        assert!(matches!(error, Refused::Repository(_)), "{name}: {error}");
        refused(&world, &world.linux("2"), "damaged");
        fs::write(&path, good).unwrap();
    };
    swap("2.targets.json", "\"basis_points\": 10000", "\"basis_points\": 10001");
    swap("2.targets.json", "\"active\"", "\"paused\"");
    swap("2.snapshot.json", "\"version\": 2", "\"version\": 9");
    swap("timestamp.json", "\"version\": 2", "\"version\": 1");
    swap("timestamp.json", "\"sig\": \"", "\"sig\": \"00");
    // An old list of targets in the place of the new one.
    let path = metadata.join("2.targets.json");
    let good = fs::read(&path).unwrap();
    fs::copy(metadata.join("1.targets.json"), &path).unwrap();
    refused(&world, &world.linux("2"), "damaged");
    fs::write(&path, good).unwrap();
    // A root that somebody else signed.
    let other = World::new();
    fs::copy(other.repo().join("root.json"), metadata.join("2.root.json")).unwrap();
    refused(&world, &world.linux("2"), "damaged");
    fs::remove_file(metadata.join("2.root.json")).unwrap();
    add(&world.repo(), &world.keys(), &world.linux("2"), world.now).unwrap();
}

#[test]
fn a_release_can_be_paused_resumed_and_revoked() {
    let world = World::new();
    add(&world.repo(), &world.keys(), &world.linux("1"), world.now).unwrap();
    add(&world.repo(), &world.keys(), &world.linux("2"), world.now).unwrap();
    let select = |version: &str| Selection {
        module: "quicksupport".into(),
        system: System::Linux,
        arch: None,
        version: version.into(),
    };
    let set = |version: &str, status| set(&world.repo(), &world.keys(), &select(version), status, world.now);
    let statuses = || -> Vec<Status> {
        let releases = Repository::open(&world.repo()).unwrap().releases().unwrap();
        releases.iter().map(|release| release.custom.status).collect()
    };
    set("2", Status::Paused).unwrap();
    assert_eq!(statuses(), [Status::Paused, Status::Active]);
    assert!(matches!(set("2", Status::Paused), Err(Refused::Input(_))));
    set("2", Status::Active).unwrap();
    set("2", Status::Revoked).unwrap();
    assert_eq!(statuses(), [Status::Revoked, Status::Active]);
    for status in [Status::Active, Status::Paused, Status::Revoked] {
        assert!(set("2", status).unwrap_err().to_string().contains("final"));
    }
    assert!(set("3", Status::Paused).unwrap_err().to_string().contains("no quicksupport 3 for linux"));
    assert!(report(&world.repo(), world.now).unwrap().contains("revoked"));
}

#[test]
fn what_expired_can_be_renewed_but_not_by_a_clock_that_is_behind() {
    let world = World::new();
    let later = world.now + SignedDuration::from_hours(24 * 100);
    assert!(report(&world.repo(), later).unwrap().contains("EXPIRED"));
    refresh(&world.repo(), &world.keys(), later).unwrap();
    assert!(!report(&world.repo(), later).unwrap().contains("EXPIRED"));
    assert!(world.mirror().join("metadata/2.snapshot.json").exists());
    assert!(!world.mirror().join("metadata/2.targets.json").exists());
    let error = refresh(&world.repo(), &world.keys(), world.now).unwrap_err();
    assert!(error.to_string().contains("clock"));
}

#[test]
fn two_publishers_at_once_are_refused() {
    let world = World::new();
    let open = Repository::open(&world.repo()).unwrap();
    refused(&world, &world.linux("1"), "another helper-publish");
    drop(open);
    add(&world.repo(), &world.keys(), &world.linux("1"), world.now).unwrap();
    assert!(Repository::open(world.home.path()).unwrap_err().to_string().contains("helper-publish init"));
}
