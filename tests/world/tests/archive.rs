//! Module archives hold what a module holds, and the placed program runs.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that fails here has said enough")]

use std::fs;
use std::io::{Cursor, Read};
use std::path::Path;
use std::time::Duration;

use helper_world::{ArchiveKind, Home, Module, ModuleArchive, free_display, module_archive, wait_for_window};

const SIZE: u64 = 30_000_000;

#[test]
fn a_tar_is_placed_and_runs() {
    let home = Home::awkward().unwrap();
    let display = free_display().unwrap();
    display.lend(&home);
    let bytes = module_archive(ArchiveKind::TarGz, "quit=refuse", SIZE).unwrap();
    assert!(bytes.len().abs_diff(SIZE as usize) < 100_000, "{}", bytes.len());
    let placed = home.data().join("placed");
    tar::Archive::new(flate2::read::GzDecoder::new(&bytes[..])).unpack(&placed).unwrap();
    let link = placed.join("teamviewerqs/teamviewer");
    assert_eq!(fs::read_link(&link).unwrap(), Path::new("tv_bin/TeamViewer"));
    let plan = fs::read_to_string(placed.join("teamviewerqs/plan.txt")).unwrap();
    assert!(plan.contains("quit=refuse"));

    // Its own plan holds until the file named by the environment says otherwise.
    let module = Module::start_placed(&home, &link, "").unwrap();
    wait_for_window(display.name(), "EDGE&NEXT Support", Duration::from_secs(20)).unwrap();
    let program = placed.join("teamviewerqs/tv_bin/TeamViewer");
    assert_eq!(home.processes()[0].exe, program);
    module.terminate().unwrap();
    assert!(module.wait_end(Duration::from_millis(600)).is_err());
    module.plan("quit=obey").unwrap();
    // Asked again until the new plan is read.
    let ended = helper_world::wait_until(Duration::from_secs(20), "its end", || {
        module.terminate().ok()?;
        module.ended().ok().flatten()
    });
    assert!(ended.unwrap().success());
}

#[test]
fn what_a_program_of_the_home_starts_follows_the_homes_plan() {
    let home = Home::new().unwrap();
    let bytes = module_archive(ArchiveKind::TarGz, "", 0).unwrap();
    tar::Archive::new(flate2::read::GzDecoder::new(&bytes[..])).unpack(home.data()).unwrap();
    home.plan_modules("window=none").unwrap();
    let mut child = home.command(home.data().join("teamviewerqs/tv_bin/TeamViewer")).spawn().unwrap();
    let soon = Duration::from_secs(20);
    helper_world::wait_until(soon, "the module", || (home.processes().len() == 1).then_some(())).unwrap();
    home.plan_modules("quit=now").unwrap();
    let ended = helper_world::wait_until(soon, "its end", || child.try_wait().ok().flatten());
    assert!(ended.unwrap().success());
}

#[test]
fn a_zip_holds_the_same() {
    let bytes = module_archive(ArchiveKind::Zip, "seed=5", SIZE).unwrap();
    assert!(bytes.len().abs_diff(SIZE as usize) < 100_000, "{}", bytes.len());
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut modes = Vec::new();
    for index in 0..zip.len() {
        let mut entry = zip.by_index(index).unwrap();
        // Reading to the end checks the sum as well.
        entry.read_to_end(&mut Vec::new()).unwrap();
        modes.push((entry.name().unwrap().into_owned(), entry.unix_mode().unwrap_or(0) & 0o777, entry.is_symlink()));
    }
    assert!(modes.contains(&("teamviewerqs/tv_bin/TeamViewer".into(), 0o755, false)), "{modes:?}");
    assert!(modes.contains(&("teamviewerqs/plan.txt".into(), 0o644, false)), "{modes:?}");
    assert!(modes.iter().any(|(name, _, link)| name == "teamviewerqs/teamviewer" && *link), "{modes:?}");
}

#[test]
fn equal_input_gives_equal_bytes_and_a_seed_another_version() {
    for kind in [ArchiveKind::TarGz, ArchiveKind::Zip] {
        let build = |seed| ModuleArchive { kind, plan: String::new(), size: 0, seed }.build().unwrap();
        assert_eq!(build(1), build(1));
        assert_ne!(build(1), build(2));
    }
}
