//! What is on the PC's own disk is damaged, full or closed (SPEC A5, F5; TRUST.md 6.3, rows 36, 37, 42, 63).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)] // A broken world ends the test here.

use flate2::Compression;
use flate2::write::GzEncoder;
use flows::{ENTRY, Pc, Publisher, alone};
use helper_core::release::{Release, System};
use helper_world::Mirror;
use std::fs;
use std::path::Path;

/// A PC with a display on which one module is placed, and a mirror that has it.
struct World {
    publisher: Publisher,
    release: Release,
    mirror: Mirror,
    pc: Pc,
}

fn world() -> World {
    let publisher = Publisher::new();
    let release = publisher.publish("15.70.4", 1_500_000, 1);
    let mirror = Mirror::serve(publisher.mirror()).unwrap();
    let pc = Pc::new(&publisher, &[&mirror.base()]).with_display();
    pc.place(&publisher, &release);
    World { publisher, release, mirror, pc }
}

fn flip_a_byte(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(path, bytes).unwrap();
}

#[test]
fn whatever_is_wrong_with_the_placed_module_it_is_repaired_and_never_started() {
    flows::alone!();
    type Damage = fn(&World);
    let damages: [(&str, Damage); 7] = [
        ("one bit of the program", |world| flip_a_byte(&world.pc.placed_file(&world.release, ENTRY))),
        ("one bit beside it", |world| {
            flip_a_byte(&world.pc.placed_file(&world.release, "teamviewerqs/tv_bin/archive.bin"));
        }),
        ("half a program", |world| {
            let program = fs::File::options().write(true).open(world.pc.placed_file(&world.release, ENTRY)).unwrap();
            program.set_len(1_000).unwrap();
        }),
        ("no program", |world| fs::remove_file(world.pc.placed_file(&world.release, ENTRY)).unwrap()),
        ("one file more", |world| fs::write(world.pc.placed_file(&world.release, "teamviewerqs/x.so"), "x").unwrap()),
        ("not executable", |world| {
            use std::os::unix::fs::PermissionsExt as _;
            let program = world.pc.placed_file(&world.release, ENTRY);
            fs::set_permissions(program, fs::Permissions::from_mode(0o644)).unwrap();
        }),
        ("nothing at all", |world| fs::remove_dir_all(world.pc.versions()).unwrap()),
    ];
    for (what, damage) in damages {
        let world = world();
        damage(&world);
        let called = world.pc.click();
        assert_eq!(called.code, 0, "{what}: {called:?}");
        assert_eq!(world.mirror.count("/targets/*"), 1, "{what}");
        assert_eq!(
            called.scenes(),
            ["ready", "looking", "starting", "looking", "preparing", "looking", "starting", "running"],
            "{what}"
        );
        let module = world.pc.modules();
        assert_eq!(module.len(), 1, "{what}");
        world.pc.end_modules();
        let again = world.pc.click();
        assert_eq!(again.scenes(), ["ready", "looking", "starting", "running"], "{what}: repaired for good");
    }
}

#[test]
fn a_third_repair_in_a_day_is_for_people_to_look_into() {
    flows::alone!();
    let world = world();
    for _ in 0..2 {
        flip_a_byte(&world.pc.placed_file(&world.release, ENTRY));
        assert_eq!(world.pc.click().code, 0);
        world.pc.end_modules();
    }
    assert_eq!(world.mirror.count("/targets/*"), 2);
    flip_a_byte(&world.pc.placed_file(&world.release, ENTRY));
    let called = world.pc.click();
    assert_eq!((called.code, called.problem().as_deref()), (3, Some("M-31")), "SPEC A5: {called:?}");
    assert_eq!(world.mirror.count("/targets/*"), 2, "not fetched a third time");
    assert!(world.pc.modules().is_empty());
}

#[test]
fn damaged_with_the_mirror_down_is_an_outage_and_no_unverified_start() {
    flows::alone!();
    let world = world();
    flip_a_byte(&world.pc.placed_file(&world.release, ENTRY));
    world.mirror.down().unwrap();
    let called = world.pc.click();
    assert_eq!((called.code, called.problem().as_deref()), (3, Some("N-12")), "{called:?}");
    assert!(world.pc.modules().is_empty());
    assert!(!world.pc.journal().iter().any(|line| line["to"] == "running"));
}

#[test]
fn the_previous_version_is_started_while_the_newest_is_damaged() {
    flows::alone!();
    let world = world();
    let newer = world.publisher.publish("15.71.0", 1_500_000, 2);
    world.pc.place(&world.publisher, &newer);
    assert_eq!(world.pc.placed().len(), 2);
    flip_a_byte(&world.pc.placed_file(&newer, ENTRY));
    world.mirror.down().unwrap();
    let called = world.pc.click();
    assert_eq!(called.code, 0, "{called:?}");
    assert_eq!(world.pc.modules().len(), 1);
    assert_eq!(world.mirror.seen().len(), 0);
}

#[test]
fn damaged_state_files_are_repaired_quietly() {
    flows::alone!();
    for garbage in [&b""[..], b"garbage", b"{}", &[0; 4096]] {
        let world = world();
        assert_eq!(world.pc.click().code, 0);
        world.pc.end_modules();
        world.pc.learn(&world.publisher, &world.mirror.base());
        let data = world.pc.data();
        let mut spoilt = 0;
        for name in
            ["seed", "module/pointer", "module/repairs", "repository/timestamp.json", "repository/snapshot.json"]
        {
            fs::write(data.join(name), garbage).unwrap();
            spoilt += 1;
        }
        assert_eq!(spoilt, 5);
        let called = world.pc.click();
        assert_eq!(called.code, 0, "{garbage:?}: {called:?}");
        assert_eq!(world.mirror.count("/targets/*"), 0, "without its pointer the module is found again, not fetched");
        world.pc.end_modules();
        let again = world.pc.click();
        assert_eq!(again.scenes(), ["ready", "looking", "starting", "running"], "{garbage:?}");
        assert_eq!(world.pc.placed().len(), 1);
    }
}

#[test]
fn a_journal_that_cannot_be_written_stops_nothing() {
    flows::alone!();
    let world = world();
    fs::create_dir_all(world.pc.data().join("journal/helper.jsonl")).unwrap();
    assert_eq!(world.pc.click().code, 0);
}

#[test]
fn a_folder_that_cannot_be_written_has_its_card() {
    flows::alone!();
    if !alone::can_mount() {
        return;
    }
    let world = world();
    world.pc.forget();
    // The folders exist, as after an earlier start; only what the module needs is closed.
    fs::create_dir_all(world.pc.data().join("module/versions")).unwrap();
    fs::create_dir_all(world.pc.data().join("module/incoming")).unwrap();
    alone::mount_read_only(&world.pc.data().join("module"));
    let called = world.pc.click();
    assert_eq!((called.code, called.problem().as_deref()), (3, Some("M-33")), "{called:?}");
    assert!(world.pc.modules().is_empty());
}

#[test]
fn a_data_folder_that_cannot_be_written_at_all_is_said_too() {
    flows::alone!();
    if !alone::can_mount() {
        return;
    }
    let world = world();
    world.pc.forget();
    fs::create_dir_all(world.pc.data()).unwrap();
    alone::mount_read_only(&world.pc.data());
    let called = world.pc.click();
    assert_eq!(called.code, 1, "the helper itself cannot work here: {called:?}");
    assert!(called.stderr.contains("folders cannot be made"), "{called:?}");
}

#[test]
fn a_disk_without_room_has_its_card_before_anything_is_fetched() {
    flows::alone!();
    if !alone::can_mount() {
        return;
    }
    let world = world();
    world.pc.forget();
    fs::create_dir_all(world.pc.data()).unwrap();
    alone::mount_small(&world.pc.data(), 8_000_000);
    let called = world.pc.click();
    assert_eq!((called.code, called.problem().as_deref()), (3, Some("M-32")), "{called:?}");
    assert_eq!(world.mirror.count("/targets/*"), 0);
}

/// A package of a few hundred kilobytes that unpacks to `size` bytes of nothing beside a real program.
fn swelling_archive(path: &Path, size: u64) {
    let program = fs::read(helper_world::stand_in_program("standin-quicksupport").unwrap()).unwrap();
    let mut tar = tar::Builder::new(GzEncoder::new(fs::File::create(path).unwrap(), Compression::fast()));
    let mut header = tar::Header::new_gnu();
    header.set_mode(0o755);
    header.set_size(program.len() as u64);
    tar.append_data(&mut header, ENTRY, program.as_slice()).unwrap();
    let mut header = tar::Header::new_gnu();
    header.set_mode(0o644);
    header.set_size(size);
    tar.append_data(&mut header, "teamviewerqs/nothing", std::io::Read::take(std::io::repeat(0), size)).unwrap();
    tar.into_inner().unwrap().finish().unwrap();
}

#[test]
fn a_disk_that_fills_up_while_unpacking_keeps_what_was_there() {
    flows::alone!();
    if !alone::can_mount() {
        return;
    }
    let world = world();
    let file = world.publisher.keys().join("swelling.tar.gz");
    swelling_archive(&file, 150_000_000);
    let big = world.publisher.add(System::Linux, "15.71.0", &file).unwrap();
    world.pc.forget();
    fs::create_dir_all(world.pc.data()).unwrap();
    alone::mount_small(&world.pc.data(), 100_000_000);
    assert!(big.length * 3 + 20_000_000 < 100_000_000, "there is room for the package: {}", big.length);
    world.pc.place(&world.publisher, &world.release);
    flip_a_byte(&world.pc.placed_file(&world.release, ENTRY));
    let called = world.pc.click();
    assert_eq!((called.code, called.problem().as_deref()), (3, Some("M-32")), "{called:?}");
    assert_eq!(world.pc.placed(), [world.release.custom.install.tree.to_string()], "nothing half-unpacked is left");
    assert!(world.pc.modules().is_empty());
}
