//! A repository carried in on a stick, as a folder or one zip file (SPEC F6; TRUST.md 2.8; 6.3, rows 28, 65, 66).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]
// A broken world ends the test here.

use flows::{Called, Pc, Publisher};
use helper_core::release::{Release, System};
use helper_world::Mirror;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

/// A publisher with one module, and a PC whose mirror must never be asked.
struct World {
    publisher: Publisher,
    release: Release,
    mirror: Mirror,
    pc: Pc,
    stick: tempfile::TempDir,
}

fn world() -> World {
    world_of(Publisher::new())
}

fn world_of(publisher: Publisher) -> World {
    let release = publisher.publish("15.70.4", 1_500_000, 1);
    let mirror = Mirror::serve(publisher.mirror()).unwrap();
    let pc = Pc::awkward(&publisher, &[&mirror.base()]).with_display();
    World { publisher, release, mirror, pc, stick: tempfile::tempdir().unwrap() }
}

impl World {
    /// A zip file of a mirror.
    fn zip(&self, mirror: &Path, name: &str) -> PathBuf {
        let path = self.stick.path().join(name);
        let mut writer = zip::ZipWriter::new(File::create(&path).unwrap());
        for (file, bytes) in files_below(mirror) {
            let name = file.strip_prefix(mirror).unwrap().display().to_string();
            let method = if name.ends_with(".json") { CompressionMethod::Deflated } else { CompressionMethod::Stored };
            writer.start_file(name, SimpleFileOptions::default().compression_method(method)).unwrap();
            writer.write_all(&bytes).unwrap();
        }
        writer.finish().unwrap();
        path
    }

    fn import(&self, path: &Path) -> Called {
        self.pc.call(&["--language", "en", "import", path.to_str().unwrap()])
    }

    /// What the helper keeps, but for its journal and the random number of the first start.
    fn kept(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = files_below(&self.pc.data());
        let aside = ["journal", "seed", "seed.prev"].map(|name| self.pc.data().join(name));
        files.retain(|path, _| !aside.iter().any(|aside| path.starts_with(aside)));
        files
    }

    /// This is refused with these words, and nothing has changed.
    fn refused(&self, path: &Path, words: &str) {
        let before = self.kept();
        let called = self.import(path);
        assert_eq!(called.code, 3, "{words}: {called:?}");
        assert!(called.stderr.contains(words), "{words}: {called:?}");
        assert!(self.kept() == before, "{words}: something changed");
        assert!(self.mirror.seen().is_empty(), "{words}: the network was used");
    }

    fn starts_without_a_network(&self) {
        let called = self.pc.click();
        assert_eq!(called.code, 0, "{called:?}");
        assert_eq!(self.pc.modules().len(), 1);
        assert!(self.mirror.seen().is_empty(), "{:?}", self.mirror.seen());
        self.pc.end_modules();
    }
}

fn files_below(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).into_iter().flatten().map(Result::unwrap) {
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            files.extend(files_below(&entry.path()));
        } else if kind.is_file() {
            files.insert(entry.path(), fs::read(entry.path()).unwrap());
        }
    }
    files
}

fn ago(days: i64) -> jiff::Timestamp {
    jiff::Timestamp::now() - jiff::SignedDuration::from_hours(24 * days)
}

#[test]
fn a_pc_without_a_network_gets_its_module_from_a_stick() {
    flows::alone!();
    let world = world();
    let folder = world.publisher.copy_of_mirror();
    for bundle in [world.zip(&world.publisher.mirror(), "원격 지원 & 업데이트.zip"), folder.path().to_owned()] {
        world.pc.forget();
        let called = world.import(&bundle);
        assert_eq!(called.code, 0, "{called:?}");
        assert!(called.stdout.contains("Imported: EDGE&NEXT Support 15.70.4 (valid until 20"), "{called:?}");
        assert!(!called.stdout.contains("expired"), "{called:?}");
        assert_eq!(world.pc.placed(), [world.release.custom.install.tree.to_string()]);
        world.starts_without_a_network();
        assert_eq!(world.import(&bundle).code, 0, "the same once more does no harm");
        assert!(world.pc.journal().iter().any(|line| line["what"] == "imported, in place: true"));
    }
    let korean = world.pc.call(&["import", folder.path().to_str().unwrap()]);
    assert!(korean.stdout.starts_with("가져왔어요: EDGE&NEXT Support 15.70.4"), "{korean:?}");
}

#[test]
fn what_is_no_bundle_or_not_whole_is_refused_and_nothing_changes() {
    flows::alone!();
    let world = world();
    let good = world.zip(&world.publisher.mirror(), "good.zip");
    let bytes = fs::read(&good).unwrap();
    let changed = |name: &str, bytes: &[u8]| {
        let path = world.stick.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    };
    let none = "no update folder or file";
    world.refused(Path::new("/nowhere/at/all"), none);
    world.refused(&world.pc.home.temp(), none);
    world.refused(&changed("text.zip", b"no zip at all"), none);
    for cut in [10, bytes.len() / 2, bytes.len() - 1] {
        world.refused(&changed("cut.zip", &bytes[..cut]), none);
    }
    world.refused(&changed("ahead.zip", &[b"#!/bin/sh\n".as_slice(), &bytes].concat()), none);

    let without = |name: &str| {
        let mirror = world.publisher.copy_of_mirror();
        fs::remove_file(mirror.path().join(name)).unwrap();
        mirror
    };
    let package = world.publisher.path_of(&world.release);
    let package = package.trim_start_matches('/');
    for name in ["metadata/2.snapshot.json", "metadata/2.targets.json", package] {
        let mirror = without(name);
        world.refused(mirror.path(), "a part is missing");
        world.refused(&world.zip(mirror.path(), "part.zip"), "a part is missing");
    }
    world.refused(without("metadata/timestamp.json").path(), none);
    assert_eq!(world.import(&good).code, 0);
    world.starts_without_a_network();
}

#[test]
fn what_the_publisher_did_not_sign_is_refused_and_nothing_changes() {
    flows::alone!();
    let world = world();
    let other = Publisher::new();
    other.publish("99.0.0", 500_000, 9);
    world.refused(other.mirror().as_path(), "could not be confirmed as genuine");
    let package = world.publisher.path_of(&world.release);
    for name in ["metadata/timestamp.json", "metadata/2.snapshot.json", "metadata/2.targets.json", &package[1..]] {
        let mirror = world.publisher.copy_of_mirror();
        let path = mirror.path().join(name);
        let mut bytes = fs::read(&path).unwrap();
        // A digit in metadata, a bit in the package: still readable, no longer signed.
        let place = if name.ends_with(".json") { bytes.iter().rposition(u8::is_ascii_digit) } else { None };
        let place = place.unwrap_or(bytes.len() / 2);
        bytes[place] ^= 1;
        fs::write(&path, bytes).unwrap();
        world.refused(mirror.path(), "could not be confirmed as genuine");
        world.refused(&world.zip(mirror.path(), "forged.zip"), "could not be confirmed as genuine");
    }
    // For another system only: what is signed holds, and the person is told that there is nothing.
    let windows = Publisher::new();
    let exe = world.pc.home.temp().join("module.exe");
    fs::write(&exe, windows_program()).unwrap();
    windows.add_program(System::Windows, "15.70.4", &exe);
    let elsewhere = Pc::new(&windows, &[]);
    let called = elsewhere.call(&["--language", "en", "import", windows.mirror().to_str().unwrap()]);
    assert_eq!(called.code, 3, "{called:?}");
    assert!(called.stderr.contains("no support program in it that this PC can use"), "{called:?}");
}

fn windows_program() -> Vec<u8> {
    let mut bytes = vec![0; 0x200];
    bytes[..2].copy_from_slice(b"MZ");
    bytes[0x3c] = 0x40;
    bytes[0x40..0x44].copy_from_slice(b"PE\0\0");
    bytes[0x44..0x46].copy_from_slice(&0x8664_u16.to_le_bytes());
    bytes
}

#[test]
fn an_older_stick_is_refused_with_both_dates() {
    flows::alone!();
    let world = world_of(Publisher::at(ago(3)));
    let older = world.publisher.copy_of_mirror();
    let newer = Publisher::renewed(&world.publisher, jiff::Timestamp::now());
    let newest = newer.publish("15.71.0", 1_000_000, 2);
    assert_eq!(world.import(&newer.mirror()).code, 0);
    assert_eq!(world.pc.placed(), [newest.custom.install.tree.to_string()]);
    let day = |at: jiff::Timestamp| (at + jiff::SignedDuration::from_hours(24 * 7)).strftime("%Y-%m-%d").to_string();
    let dates = format!("This PC: {}, the file: {}", day(jiff::Timestamp::now()), day(ago(3)));
    world.refused(older.path(), &dates);
    world.refused(&world.zip(older.path(), "older.zip"), &dates);
    world.starts_without_a_network();
}

#[test]
fn a_stick_that_lay_about_is_taken_for_half_a_year_and_its_age_is_told() {
    flows::alone!();
    // A timestamp holds for 7 days: these expired 53, 179 and 181 days ago.
    for (days, taken) in [(60, true), (186, true), (188, false)] {
        let world = world_of(Publisher::at(ago(days)));
        let bundle = world.zip(&world.publisher.mirror(), "old.zip");
        if taken {
            let called = world.import(&bundle);
            assert_eq!(called.code, 0, "{days}: {called:?}");
            assert!(called.stdout.contains(&format!("expired {} days ago", days - 7)), "{called:?}");
            world.starts_without_a_network();
            // The network stays strict.
            world.pc.forget();
            assert_eq!(world.pc.click().problem().as_deref(), Some("P-23"));
        } else {
            world.refused(&bundle, "expired too long ago");
        }
    }
}

/// A stick that is pulled out is a file whose next bytes cannot be read: at every place.
#[test]
fn a_stick_that_is_pulled_out_at_any_moment_changes_nothing() {
    flows::alone!();
    if Command::new("strace").arg("-V").output().is_err() {
        eprintln!("SKIPPED: strace is not installed, so no single read can be hit");
        return;
    }
    let world = world();
    let bundle = world.zip(&world.publisher.mirror(), "stick.zip");
    let log = world.pc.home.temp().join("strace.log");
    let before = {
        // The folders are made by any start.
        world.refused(Path::new("/nowhere"), "no update folder");
        world.kept()
    };
    let mut pulled = 0;
    for n in 1.. {
        let helper = world.pc.helper(&["--language", "en", "import", bundle.to_str().unwrap()]);
        let mut traced = world.pc.home.command("strace");
        traced.args(["-f", "-qq", "-o"]).arg(&log).arg("-P").arg(&bundle);
        traced.args(["-e", "trace=read", "-e", &format!("inject=read:error=ENODEV:when={n}+")]);
        traced.arg(helper.get_program()).args(helper.get_args()).stdin(Stdio::null());
        let called = Called::from(traced.output().unwrap());
        if !fs::read_to_string(&log).unwrap().contains("(INJECTED)") {
            assert_eq!(called.code, 0, "{called:?}");
            break;
        }
        pulled += 1;
        assert_eq!(called.code, 3, "at read {n}: {called:?}");
        let said = ["could not be read to its end", "no update folder or file"];
        assert!(said.iter().any(|said| called.stderr.contains(said)), "at read {n}: {called:?}");
        assert!(world.kept() == before, "at read {n}: something changed");
    }
    assert!(pulled >= 10, "{pulled}");
    eprintln!("pulled out at {pulled} reads");
    world.starts_without_a_network();
}

#[test]
fn while_a_helper_runs_nothing_is_imported() {
    flows::alone!();
    let world = world();
    let helper = world.pc.daemon();
    let called = world.import(&world.publisher.mirror());
    assert_eq!(called.code, 5, "{called:?}");
    assert!(called.stderr.contains("The helper is running. Quit it"), "{called:?}");
    drop(helper);
    assert_eq!(world.import(&world.publisher.mirror()).code, 0);
}

/// The clock's battery is dead. The program knows that it is later than when it was built, which hides nothing that had
/// expired by then.
#[test]
fn in_1980_a_click_works_and_what_had_expired_stays_expired() {
    flows::alone!();
    let mut library =
        fs::read_dir("/usr/lib").unwrap().map(|entry| entry.unwrap().path().join("faketime/libfaketime.so.1"));
    let Some(library) = library.find(|path| path.exists()) else {
        eprintln!("SKIPPED: libfaketime is not installed, so no clock can be wrong");
        return;
    };
    let click_in_1980 = |pc: &Pc| {
        let mut helper = pc.helper(&["start", "--headless", "--json"]);
        helper.env("LD_PRELOAD", &library).env("FAKETIME", "@1980-01-04 00:00:00");
        Called::from(helper.env("FAKETIME_DONT_FAKE_MONOTONIC", "1").output().unwrap())
    };
    let world = world();
    let called = click_in_1980(&world.pc);
    assert_eq!(called.code, 0, "{called:?}");
    world.pc.forget();
    let world = world_of(Publisher::at(ago(60)));
    let called = click_in_1980(&world.pc);
    assert_eq!((called.code, called.problem().as_deref()), (3, Some("P-23")), "{called:?}");
}
