//! The program itself: words, exit codes, and a served mirror.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn run(arguments: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_helper-publish")).args(arguments).current_dir(folder).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn the_whole_life_of_a_release() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("support.tar.gz"), common::linux_package("1")).unwrap();
    let good = |arguments: &[&str], words: &str| {
        let output = run(arguments, home.path());
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
        assert!(text(&output.stdout).contains(words), "{}", text(&output.stdout));
    };
    let bad = |arguments: &[&str], code: i32, words: &str| {
        let output = run(arguments, home.path());
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        assert!(text(&output.stderr).contains(words), "{}", text(&output.stderr));
        assert!(output.stdout.is_empty());
    };
    good(&["init", "repo", "--single", "--unencrypted", "--keys", "safe"], "move root-*.pem into a safe");
    bad(&["init", "repo", "--single", "--unencrypted", "--keys", "safe"], 1, "has a repository already");
    let add = ["add", "--repo", "repo", "--keys", "safe", "support.tar.gz", "--system", "linux", "--arch", "x86_64"];
    let add = |more: &[&'static str]| [add.as_slice(), more].concat();
    bad(&add(&["--version", "1", "--rollout", "101"]), 2, "percentage");
    bad(&add(&[]), 2, "--version");
    good(
        &add(&["--version", "1", "--rollout", "12.5"]),
        "quicksupport 1 for linux-x86_64, rank 1, to 12.5 % of the PCs",
    );
    bad(&add(&["--version", "1"]), 1, "refused: version 1 is published for linux already");
    let select = ["--repo", "repo", "--keys", "safe", "--system", "linux", "--version", "1"];
    for (command, words) in
        [("pause", "active -> paused"), ("resume", "paused -> active"), ("revoke", "active -> revoked")]
    {
        good(&[&[command], select.as_slice()].concat(), words);
    }
    bad(&[&["resume"], select.as_slice()].concat(), 1, "final");
    good(&["refresh", "--repo", "repo", "--keys", "safe"], "timestamp signed until");
    good(&["status", "--repo", "repo"], "revoked");
    bad(&["status", "--repo", "nowhere"], 1, "is no repository");
    bad(&["frobnicate"], 2, "unrecognized");
    let help = run(&["help", "init"], home.path());
    assert!(help.status.success() && text(&help.stdout).contains("encrypted"));
}

#[test]
fn a_served_mirror_answers() {
    let world = common::World::new();
    let mut child = Command::new(env!("CARGO_BIN_EXE_helper-publish"))
        .arg("serve")
        .arg(world.mirror())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim().strip_prefix("http://").unwrap().trim_end_matches('/');
    assert!(address.starts_with("127.0.0.1:"));
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(b"GET /metadata/timestamp.json HTTP/1.1\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let body = fs::read_to_string(world.mirror().join("metadata/timestamp.json")).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with(&body));
}
