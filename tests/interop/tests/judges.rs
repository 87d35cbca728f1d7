//! Two implementations, one format: python-tuf reads what our publisher writes, our client reads what python-tuf writes,
//! and about attacks both say the same.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]
// A broken world ends the test here.

use flows::Publisher;
use helper_core::release::{Custom, Release};
use helper_machine::mirror::Mirror;
use helper_machine::repository::{MetadataFolder, Repository};
use helper_machine::transport;
use interop::probe;
use interop::signing::{Rotation, rotate};
use jiff::Timestamp;
use serde::Deserialize;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Cases about which the two may differ, each with the reason. There is none.
const DIFFERENT: &[(&str, &str)] = &[];

/// Runs the judge; `None` where python-tuf is not installed.
fn judge<S: AsRef<OsStr>>(words: &[S]) -> Option<String> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    let target = std::env::current_exe().unwrap().ancestors().nth(3).unwrap().to_path_buf();
    let python: PathBuf = target.join("interop/bin/python");
    if !Command::new(&python).args(["-c", "import tuf"]).output().is_ok_and(|output| output.status.success()) {
        eprintln!("SKIPPED: {} has no python-tuf; run scripts/setup --tests", python.display());
        return None;
    }
    let output = Command::new(python).arg(top.join("tests/interop/judge.py")).args(words).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap())
}

#[derive(Deserialize)]
struct Verdicts {
    cases: Vec<Verdict>,
}

#[derive(Debug, Deserialize)]
struct Verdict {
    name: String,
    expected: bool,
    python: bool,
    helper: bool,
    why: [String; 2],
}

#[test]
fn about_attacks_both_implementations_say_the_same() {
    let Some(said) = judge(&[probe()]) else { return };
    let Verdicts { cases } = serde_json::from_str(&said).unwrap();
    for case in &cases {
        assert_eq!(case.helper, case.expected, "{case:?}");
        assert!(case.helper || !case.why[1].is_empty(), "a refusal has a reason: {case:?}");
        let listed = DIFFERENT.iter().any(|(name, _)| *name == case.name);
        assert_eq!(case.python == case.helper, !listed, "{case:?}");
    }
    let accepted = cases.iter().filter(|case| case.helper).count();
    assert!(accepted >= 10 && cases.len() - accepted >= 40, "{accepted} of {}", cases.len());
    eprintln!("{} cases, {accepted} accepted by both, the rest refused by both", cases.len());
}

#[test]
fn python_tuf_updates_from_what_our_publisher_writes() {
    let publisher = Publisher::new();
    let release = publisher.publish("15.70.4", 200_000, 1);
    for rotation in [Rotation::RootKey, Rotation::OnlineKey] {
        rotate(&publisher, rotation);
    }
    let mirror = publisher.mirror().display().to_string();
    let Some(said) = judge(&["read", &mirror, &release.target]) else { return };
    #[derive(Deserialize)]
    struct Read {
        length: u64,
        sha256: String,
        custom: Custom,
    }
    let read: Read = serde_json::from_str(&said).unwrap();
    assert_eq!((read.length, read.sha256), (release.length, release.sha256.to_string()));
    assert_eq!(read.custom, release.custom);
}

#[test]
fn the_helper_updates_from_what_python_tuf_writes() {
    let publisher = Publisher::new();
    let release: Release = publisher.publish("15.70.4", 200_000, 1);
    let home = tempfile::tempdir().unwrap();
    let mirror = home.path().join("mirror");
    let custom = serde_json::to_string(&release.custom).unwrap();
    let words = ["write", mirror.to_str().unwrap(), &release.target, &custom];
    let file = publisher.package(&release);
    let Some(_) = judge(&[&words[..], &[file.to_str().unwrap()]].concat()) else { return };
    let root = fs::read(mirror.join("metadata/1.root.json")).unwrap();
    let repository = Repository::new(&root, MetadataFolder::new(home.path().join("kept")));
    let client = transport::client(&Default::default()).unwrap();
    let mirrors = [Mirror::Folder(mirror.clone())];
    let refreshed = repository.refresh_from(&client, &mirrors, Timestamp::now());
    assert_eq!(transport::block_on(refreshed).unwrap().unwrap(), std::slice::from_ref(&release));
    let package = mirror.join("targets").join(release.consistent_name());
    assert_eq!(fs::read(package).unwrap(), fs::read(file).unwrap(), "a package lies where the helper asks for it");
}
