//! What is not what the publisher signed: refused, named as an alarm, and never started (TRUST.md 6.2; 6.3, rows 6-8, 23-26, 53).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)] // A broken world ends the test here.

use flate2::Compression;
use flate2::write::GzEncoder;
use flows::{ENTRY, Pc, Publisher};
use helper_core::release::System;
use helper_world::{Fault, Mirror, Times};
use std::fs;
use std::io::Write as _;
use std::path::Path;

/// A publisher with one module, its mirror, and a new PC that knows it.
fn world() -> (Publisher, Mirror, Pc) {
    let publisher = Publisher::new();
    publisher.publish("15.70.4", 3_000_000, 1);
    let mirror = Mirror::serve(publisher.mirror()).unwrap();
    let pc = Pc::new(&publisher, &[&mirror.base()]).with_display();
    (publisher, mirror, pc)
}

/// The click ends with this problem, and nothing was placed or started.
fn ends_with(pc: &Pc, problem: &str) {
    let called = pc.click();
    assert_eq!((called.code, called.problem().as_deref()), (3, Some(problem)), "{called:?}");
    assert!(!called.offers().contains(&"open-origin".to_owned()), "SPEC A11: {:?}", called.offers());
    assert!(pc.modules().is_empty());
    assert!(pc.placed().is_empty(), "{:?}", pc.placed());
}

#[test]
fn one_flipped_bit_is_fetched_again_and_nobody_is_bothered() {
    flows::alone!();
    for place in [0, 1_500_000, 2_999_000] {
        let (_publisher, mirror, pc) = world();
        mirror.fault("/targets/*", Fault::FlipBit(place), Times::Times(1));
        let called = pc.click();
        assert_eq!(called.code, 0, "{called:?}");
        assert_eq!(mirror.count("/targets/*"), 2, "only the one piece was fetched again");
        let range = mirror.seen().last().unwrap().range.clone().unwrap();
        let piece = place / 1_048_576;
        assert!(range.starts_with(&format!("bytes={}-", piece * 1_048_576)), "{range}");
        assert!(piece == 2 || range.ends_with(&format!("-{}", (piece + 1) * 1_048_576 - 1)), "{range}");
    }
}

#[test]
fn a_package_that_is_always_wrong_is_an_alarm() {
    flows::alone!();
    let (_publisher, mirror, pc) = world();
    for fault in [Fault::FlipBit(1_500_000), Fault::Endless] {
        mirror.fault("/targets/*", fault, Times::Always);
        ends_with(&pc, "P-24");
        mirror.clear_faults();
    }
    assert!(mirror.count("/targets/*") <= 4, "an alarm is not tried for ever");
    assert_eq!(pc.click().code, 0, "what was wrong is not kept");
}

#[test]
fn a_wrong_package_stays_an_alarm_when_the_other_mirror_is_down() {
    flows::alone!();
    let (publisher, mirror, pc) = world();
    let second = Mirror::serve(publisher.mirror()).unwrap();
    pc.set_mirrors(&[&mirror.base(), &second.base()]);
    mirror.fault("/targets/*", Fault::FlipBit(10), Times::Always);
    second.fault("/targets/*", Fault::Refuse, Times::Always);
    ends_with(&pc, "P-24");
    mirror.clear_faults();
    mirror.fault("/metadata/*", Fault::FlipBit(10), Times::Always);
    second.down().unwrap();
    ends_with(&pc, "P-24");
}

#[test]
fn a_package_with_something_appended_is_cut_where_it_was_signed_to_end() {
    flows::alone!();
    let (publisher, _mirror, pc) = world();
    let release = publisher.publish("15.71.0", 1_000_000, 2);
    let longer = publisher.copy_of_mirror();
    let package = longer.path().join(publisher.path_of(&release).trim_start_matches('/'));
    fs::File::options().append(true).open(package).unwrap().write_all(&[7; 5_000_000]).unwrap();
    let mirror = Mirror::serve(longer.path()).unwrap();
    pc.set_mirrors(&[&mirror.base()]);
    let called = pc.click();
    assert_eq!(called.code, 0, "{called:?}");
}

#[test]
fn metadata_with_one_flipped_bit_is_an_alarm() {
    flows::alone!();
    let (publisher, mirror, pc) = world();
    let mut tried = 0;
    for file in fs::read_dir(publisher.mirror().join("metadata")).unwrap() {
        let (name, length) = (file.as_ref().unwrap().file_name(), file.unwrap().metadata().unwrap().len());
        let name = name.into_string().unwrap();
        // Only the newest of each role is read; version 1 lists nothing.
        if !["timestamp.json", "2.snapshot.json", "2.targets.json"].contains(&name.as_str()) {
            continue;
        }
        for place in [0, length / 5, length / 3, length / 2, length - 2] {
            mirror.fault(&format!("/metadata/{name}"), Fault::FlipBit(place), Times::Always);
            ends_with(&pc, "P-24");
            mirror.clear_faults();
            tried += 1;
        }
    }
    assert_eq!(tried, 15);
    assert_eq!(pc.click().code, 0, "no floor was moved by any of it");
}

#[test]
fn endless_metadata_is_cut_off() {
    flows::alone!();
    let (_publisher, mirror, pc) = world();
    mirror.fault("/metadata/*", Fault::Endless, Times::Always);
    ends_with(&pc, "P-24");
    assert!(mirror.bytes_sent() < 50_000_000, "{}", mirror.bytes_sent());
}

#[test]
fn another_publishers_mirror_is_an_alarm() {
    flows::alone!();
    let (_publisher, _mirror, pc) = world();
    let other = Publisher::new();
    other.publish("99.0.0", 1_000_000, 9);
    let mirror = Mirror::serve(other.mirror()).unwrap();
    pc.set_mirrors(&[&mirror.base()]);
    ends_with(&pc, "P-24");
    assert_eq!(mirror.count("/targets/*"), 0);
}

#[test]
fn a_mirror_whose_word_has_expired_is_not_followed_but_what_is_installed_starts() {
    flows::alone!();
    let long_ago = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(24 * 60);
    let publisher = Publisher::at(long_ago);
    let release = publisher.publish("15.70.4", 1_000_000, 1);
    let mirror = Mirror::serve(publisher.mirror()).unwrap();
    let pc = Pc::new(&publisher, &[&mirror.base()]).with_display();
    ends_with(&pc, "P-23");
    pc.place(&publisher, &release);
    let called = pc.click();
    assert_eq!(called.code, 0, "an expired word never takes a working module away: {called:?}");
}

#[test]
fn a_mirror_that_was_rolled_back_is_an_alarm_and_what_is_installed_starts() {
    flows::alone!();
    let (publisher, mirror, pc) = world();
    let older = publisher.copy_of_mirror();
    publisher.publish("15.71.0", 3_000_000, 2);
    assert_eq!(pc.click().code, 0);
    let placed = pc.placed();
    pc.end_modules();

    let rolled_back = Mirror::serve(older.path()).unwrap();
    pc.set_mirrors(&[&rolled_back.base()]);
    assert_eq!(pc.click().code, 0, "what is installed starts");
    pc.end_modules();
    fs::remove_dir_all(pc.data().join("module")).unwrap();
    ends_with(&pc, "P-24");

    // A mirror that is only behind is passed over quietly when another one is not.
    pc.set_mirrors(&[&rolled_back.base(), &mirror.base()]);
    assert_eq!(pc.click().code, 0);
    assert_eq!(pc.placed(), placed);
    assert_eq!(rolled_back.count("/targets/*") + mirror.count("/targets/*"), 3, "once at first, then both were asked");
}

#[test]
fn a_revoked_module_is_replaced_before_it_starts() {
    flows::alone!();
    let publisher = Publisher::new();
    let bad = publisher.publish("15.70.4", 1_000_000, 1);
    let mirror = Mirror::serve(publisher.mirror()).unwrap();
    let pc = Pc::new(&publisher, &[&mirror.base()]).with_display();
    pc.place(&publisher, &bad);
    let good = publisher.publish("15.71.0", 1_000_000, 2);
    publisher.revoke("15.70.4");
    pc.learn(&publisher, &mirror.base());

    let called = pc.click();
    assert_eq!(called.code, 0, "{called:?}");
    let running = pc.home.processes().into_iter().find(|seen| seen.exe.starts_with(pc.data())).unwrap();
    // The plan beside the program names the seed that its archive was built with.
    let plan = running.exe.ancestors().nth(2).unwrap().join("plan.txt");
    assert!(fs::read_to_string(plan).unwrap().starts_with("# module 2\n"), "SPEC A6: {}", running.exe.display());
    assert!(pc.placed_file(&good, ENTRY).is_file());
}

#[test]
fn a_revoked_module_without_a_successor_does_not_start() {
    flows::alone!();
    let publisher = Publisher::new();
    let bad = publisher.publish("15.70.4", 1_000_000, 1);
    let mirror = Mirror::serve(publisher.mirror()).unwrap();
    let pc = Pc::new(&publisher, &[&mirror.base()]).with_display();
    pc.place(&publisher, &bad);
    publisher.revoke("15.70.4");
    pc.learn(&publisher, &mirror.base());
    let called = pc.click();
    assert_eq!((called.code, called.problem().as_deref()), (3, Some("P-22")), "{called:?}");
    assert!(pc.modules().is_empty());
}

/// A package whose last entry has a name that leads out of its folder; all else is as it should be.
fn evil_archive(path: &Path) {
    let program = fs::read(helper_world::stand_in_program("standin-quicksupport").unwrap()).unwrap();
    let mut tar = tar::Builder::new(GzEncoder::new(fs::File::create(path).unwrap(), Compression::fast()));
    for (name, bytes) in [(ENTRY, program.as_slice()), ("teamviewerqs/../../../evil", b"evil")] {
        let mut header = tar::Header::new_gnu();
        header.set_mode(0o755);
        header.set_size(bytes.len() as u64);
        // The library itself would refuse such a name.
        header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
        header.set_cksum();
        tar.append(&header, bytes).unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap();
}

#[test]
fn an_archive_that_leads_out_of_its_folder_is_refused_before_it_is_signed() {
    flows::alone!();
    let (publisher, mirror, pc) = world();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("module.tar.gz");
    evil_archive(&file);
    let before = fs::read(publisher.mirror().join("metadata/timestamp.json")).unwrap();
    let refused = publisher.add(System::Linux, "15.99.0", &file);
    assert!(matches!(refused, Err(helper_publish::Refused::Package(_))), "{refused:?}");
    assert_eq!(fs::read(publisher.mirror().join("metadata/timestamp.json")).unwrap(), before, "nothing was signed");
    let called = pc.click();
    assert_eq!(called.code, 0, "{called:?}");
    assert_eq!(mirror.count("*15.99.0*"), 0);
}
