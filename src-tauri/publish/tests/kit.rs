//! What the HIS kit offers follows what is published.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use common::{World, linux_package, mac_package, request, windows_program};
use helper_core::release::{Arch, Release, Status, System};
use helper_publish::Outcome;
use helper_publish::add::{Add, add};
use helper_publish::init::Quorum;
use helper_publish::kit::{Kit, renew};
use helper_publish::status::{Selection, roll_out, set, step_back};
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// As `scripts/build-help` puts it into a mirror, and with a word of somebody else's in it.
fn kit(world: &World) -> PathBuf {
    let path = world.mirror().join("kit/kit.json");
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut said: Value = serde_json::from_str(include_str!("../../../ui/kit/kit.json")).unwrap();
    (said["helper"], said["module"]) = (json!({}), json!({}));
    said["ward"] = json!("3 West");
    fs::write(&path, said.to_string()).unwrap();
    path
}

fn said(world: &World) -> Value {
    serde_json::from_slice(&fs::read(world.mirror().join("kit/kit.json")).unwrap()).unwrap()
}

fn publish(world: &World, request: &Add) -> Release {
    add(&world.repo(), &world.keys(), request, world.now).unwrap().what
}

/// The published file that an offer leads to.
fn led_to(world: &World, href: &Value) -> Vec<u8> {
    let quoted = href.as_str().unwrap().strip_prefix("../targets/").unwrap();
    let path = quoted.replace("%26", "&").replace("%20", " ");
    assert!(!path.contains('%'), "{quoted}");
    fs::read(world.mirror().join("targets").join(path)).unwrap()
}

#[test]
fn the_kit_offers_what_everybody_may_have() {
    let world = World::new();
    assert_eq!(renew(&world.repo()).unwrap(), Kit::Absent);
    assert!(!world.mirror().join("kit").exists());
    let path = kit(&world);
    let before = said(&world);
    assert_eq!(renew(&world.repo()).unwrap(), Kit::Same, "nothing is published yet");

    let first = windows_program(0x8664);
    let file = world.file("EDGE&NEXT Support.exe", &first);
    publish(&world, &request(file.clone(), System::Windows, Arch::X86_64, "1"));
    assert_eq!(renew(&world.repo()).unwrap(), Kit::Renewed);
    let offered = |world: &World| said(world)["module"]["windows"]["href"].clone();
    assert_eq!(said(&world)["module"]["windows"]["file"], "EDGE&NEXT Support.exe");
    assert_eq!(led_to(&world, &offered(&world)), first);
    let (bytes, old) = (fs::read(&path).unwrap(), offered(&world));
    assert_eq!(renew(&world.repo()).unwrap(), Kit::Same);
    assert_eq!(fs::read(&path).unwrap(), bytes);

    // A version that is being rolled out is nobody's download; one for everybody is.
    let second = [first.clone(), b"2".to_vec()].concat();
    fs::write(&file, &second).unwrap();
    let mut slowly = request(file.clone(), System::Windows, Arch::X86_64, "2");
    slowly.basis_points = 9_999;
    publish(&world, &slowly);
    let select = |version: &str| Selection {
        module: "quicksupport".into(),
        system: System::Windows,
        arch: None,
        version: version.into(),
    };
    assert_eq!(renew(&world.repo()).unwrap(), Kit::Same);
    roll_out(&world.repo(), &world.keys(), &select("2"), Some(10_000), None, world.now).unwrap();
    renew(&world.repo()).unwrap();
    assert_eq!(led_to(&world, &offered(&world)), second);
    step_back(&world.repo(), &world.keys(), &select("1"), world.now).unwrap();
    renew(&world.repo()).unwrap();
    assert_eq!(led_to(&world, &offered(&world)), first);
    set(&world.repo(), &world.keys(), &select("1"), Status::Paused, world.now).unwrap();
    renew(&world.repo()).unwrap();
    assert_eq!(led_to(&world, &offered(&world)), second);
    set(&world.repo(), &world.keys(), &select("2"), Status::Revoked, world.now).unwrap();
    renew(&world.repo()).unwrap();
    assert_eq!(offered(&world), Value::Null, "and not {old}");

    // Another channel, and a processor that not every PC has.
    fs::write(&file, [first.clone(), b"3".to_vec()].concat()).unwrap();
    let mut pilot = request(file.clone(), System::Windows, Arch::X86_64, "3");
    pilot.channel = "pilot".into();
    publish(&world, &pilot);
    fs::write(&file, windows_program(0xaa64)).unwrap();
    publish(&world, &request(file, System::Windows, Arch::Aarch64, "4"));
    let mac = world.file("support.zip", &mac_package("TeamViewerQS.app/Contents/MacOS/TeamViewerQS"));
    publish(&world, &request(mac, System::Macos, Arch::Any, "1"));
    publish(&world, &world.linux("1"));
    renew(&world.repo()).unwrap();
    let now = said(&world);
    assert_eq!(offered(&world), Value::Null);
    assert_eq!(
        led_to(&world, &now["module"]["macos"]["href"]),
        mac_package("TeamViewerQS.app/Contents/MacOS/TeamViewerQS")
    );
    assert_eq!(led_to(&world, &now["module"]["linux"]["href"]), linux_package("1"));
    assert_eq!(now["module"]["linux"]["file"], "EDGE&NEXT Support.tar.gz");
    assert_eq!(now["helper"], json!({}));
    for key in ["name", "follows", "origin", "phone", "ward"] {
        assert_eq!(now[key], before[key], "{key} is not ours");
    }
}

#[test]
fn installers_of_the_helper_are_offered_too() {
    let world = World::new();
    kit(&world);
    let bytes = windows_program(0x8664);
    let (signature, key) = common::updater_lock(&bytes, Some("1.0.0"));
    let mut helper = request(world.file("setup.exe", &bytes), System::Windows, Arch::X86_64, "1.0.0");
    helper.module = "helper".into();
    helper.updater = Some(helper_publish::add::UpdaterFiles {
        signature: world.file("setup.exe.sig", signature.as_bytes()),
        key: world.file("updater.pub", key.as_bytes()),
    });
    publish(&world, &helper);
    renew(&world.repo()).unwrap();
    assert_eq!(led_to(&world, &said(&world)["helper"]["windows"]), bytes);
}

#[test]
fn the_kit_follows_when_the_second_person_has_signed() {
    let world = World::with(Quorum { keys: 2, threshold: 2 });
    kit(&world);
    let first = world.holder("first", &["targets-1.pem", "online.pem"]);
    let second = world.holder("second", &["targets-2.pem"]);
    let done = add(&world.repo(), &first, &world.linux("1"), world.now).unwrap();
    assert_ne!(done.outcome, Outcome::Published);
    let output = Command::new(env!("CARGO_BIN_EXE_helper-publish"))
        .args(["approve", "--yes", "--repo"])
        .arg(world.repo())
        .arg("--keys")
        .arg(second)
        .output()
        .unwrap();
    let words = String::from_utf8(output.stdout).unwrap();
    assert!(words.contains("published\n") && words.contains("offers what is published now"), "{words}");
    assert_eq!(led_to(&world, &said(&world)["module"]["linux"]["href"]), linux_package("1"));
}

#[test]
fn a_kit_that_is_none_stays_and_the_change_is_published() {
    let world = World::new();
    let path = kit(&world);
    for bad in [&b"{\"name\": \"x\"}"[..], b"[]", b"\xff", b"", b"{"] {
        fs::write(&path, bad).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_helper-publish"))
            .args(["refresh", "--repo"])
            .arg(world.repo())
            .output()
            .unwrap();
        let words = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{words}");
        assert!(words.contains("timestamp signed until") && words.contains("WARNING: the HIS kit"), "{words}");
        assert_eq!(fs::read(&path).unwrap(), bad);
    }
    // Built again, the daily refresh brings the offers.
    kit(&world);
    add(&world.repo(), &world.keys(), &world.linux("1"), jiff::Timestamp::now()).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_helper-publish"))
        .args(["refresh", "--repo"])
        .arg(world.repo())
        .output()
        .unwrap();
    assert!(String::from_utf8(output.stdout).unwrap().contains("offers what is published now"));
    assert_eq!(led_to(&world, &said(&world)["module"]["linux"]["href"]), linux_package("1"));
}
