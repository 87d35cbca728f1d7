//! Bundles for networks without a way to the mirror.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use common::{World, request, snapshot, windows_program};
use helper_core::release::{Arch, Status, System};
use helper_machine::mirror::Mirror;
use helper_publish::Refused;
use helper_publish::add::add;
use helper_publish::bundle::export;
use helper_publish::root::{Ceremony, RootChange};
use helper_publish::status::{Selection, set};
use helper_publish::verify::verify;
use jiff::SignedDuration;
use std::collections::BTreeSet;
use std::fs;
use std::io::Read as _;

#[test]
fn a_bundle_is_the_mirror_for_the_chosen_systems() {
    let world = World::new();
    let exe = world.file("qs.exe", &windows_program(0x14c));
    let now = world.now;
    let windows = add(&world.repo(), &world.keys(), &request(exe, System::Windows, Arch::Any, "1"), now).unwrap().what;
    let old = add(&world.repo(), &world.keys(), &world.linux("1"), now).unwrap().what;
    let linux = add(&world.repo(), &world.keys(), &world.linux("2"), now).unwrap().what;
    let select = Selection { module: "quicksupport".into(), system: System::Linux, arch: None, version: "1".into() };
    set(&world.repo(), &world.keys(), &select, Status::Revoked, now).unwrap();
    for _ in 0..2 {
        Ceremony::propose(&world.repo(), &RootChange::default(), now).unwrap().sign(&world.keys(), now).unwrap();
    }
    let path = |name: &str| world.home.path().join(name);
    let exported = export(&world.repo(), &path("all"), &[], now).unwrap();
    assert_eq!(exported.releases.len(), 2);
    assert_eq!(exported.fresh_until.duration_since(now).as_hours(), 7 * 24 - 1);

    // A folder: exactly these files, byte for byte those of the mirror, and a client accepts it.
    let names: BTreeSet<_> = snapshot(&path("all"))
        .into_iter()
        .filter(|(_, content)| content.is_some())
        .map(|(file, _)| file.strip_prefix(path("all")).unwrap().display().to_string())
        .collect();
    let mut expected: BTreeSet<_> = ["1.root", "2.root", "3.root", "5.snapshot", "5.targets", "timestamp"]
        .map(|name| format!("metadata/{name}.json"))
        .into();
    expected.extend([&windows, &linux].map(|release| format!("targets/{}", release.consistent_name())));
    assert_eq!(names, expected);
    for name in &names {
        assert!(fs::read(path("all").join(name)).unwrap() == fs::read(world.mirror().join(name)).unwrap(), "{name}");
    }
    assert!(!names.contains(&format!("targets/{}", old.consistent_name())), "revoked");
    let root = fs::read(world.repo().join("root.json")).unwrap();
    let report = verify(&[Mirror::Folder(path("all"))], &root, true, now).unwrap().remove(0);
    assert!(report.good && report.findings.is_empty(), "{report:?}");

    // One system in a zip: stored, in order, the same bytes every time.
    export(&world.repo(), &path("a.zip"), &[System::Linux], now).unwrap();
    export(&world.repo(), &path("b.ZIP"), &[System::Linux], now + SignedDuration::from_hours(1)).unwrap();
    assert!(fs::read(path("a.zip")).unwrap() == fs::read(path("b.ZIP")).unwrap());
    let mut archive = zip::ZipArchive::new(fs::File::open(path("a.zip")).unwrap()).unwrap();
    expected.remove(&format!("targets/{}", windows.consistent_name()));
    let mut order = Vec::new();
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).unwrap();
        assert_eq!(entry.compression(), zip::CompressionMethod::Stored);
        let name = entry.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        assert!(bytes == fs::read(world.mirror().join(&name)).unwrap(), "{name}");
        order.push(name);
    }
    assert_eq!(order, expected.into_iter().collect::<Vec<_>>(), "sorted");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(path("a.zip")).unwrap().permissions().mode() & 0o777, 0o644);
    }
    // Somebody else's unzip.
    if let Ok(output) = std::process::Command::new("unzip").arg("-tq").arg(path("a.zip")).output() {
        assert!(output.status.success(), "{output:?}");
    }
}

#[test]
fn no_bundle_is_written_that_nobody_could_use() {
    let world = World::new();
    let added = add(&world.repo(), &world.keys(), &world.linux("1"), world.now).unwrap().what;
    let before = snapshot(world.home.path());
    let to = world.home.path().join("b.zip");
    let refused = |to: &std::path::Path, systems: &[System], hours: i64, words: &str| {
        let error = export(&world.repo(), to, systems, world.now + SignedDuration::from_hours(hours)).unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
    };
    refused(&to, &[System::Macos], 0, "nothing active");
    refused(&to, &[], 24 * 7 + 1, "helper-publish refresh");
    refused(&to, &[], 24 * 800, "helper-publish refresh");
    refused(&world.keys(), &[], 0, "exists already");
    refused(&world.home.path().join("no/folder/b.zip"), &[], 0, "cannot write to");
    assert!(snapshot(world.home.path()) == before);
    let package = world.mirror().join("targets").join(added.consistent_name());
    let mut bytes = fs::read(&package).unwrap();
    bytes[0] ^= 1;
    fs::write(&package, bytes).unwrap();
    for name in ["b.zip", "b"] {
        assert!(matches!(
            export(&world.repo(), &world.home.path().join(name), &[], world.now),
            Err(Refused::Package(_))
        ));
        assert!(!world.home.path().join(name).exists());
    }
}
