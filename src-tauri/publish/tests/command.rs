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

/// A command that is fed by nobody: no terminal on any stream, and none to be opened.
#[cfg(unix)]
fn alone(arguments: &[&str], folder: &Path) -> Output {
    let mut command = Command::new("setsid");
    command.arg("--wait").arg(env!("CARGO_BIN_EXE_helper-publish")).args(arguments);
    command.current_dir(folder).stdin(Stdio::null()).output().unwrap()
}

#[cfg(unix)]
fn secret(folder: &Path, name: &str, text: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::write(folder.join(name), text).unwrap();
    fs::set_permissions(folder.join(name), fs::Permissions::from_mode(0o600)).unwrap();
}

#[cfg(unix)]
#[test]
fn two_people_with_encrypted_keys_publish_with_two_commands() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    fs::write(home.join("support.tar.gz"), common::linux_package("1")).unwrap();
    secret(home, "kim.pass", "첫째 사람의 긴 암호예요\n");
    secret(home, "lee.pass", "the second one's passphrase\n");
    secret(home, "host.pass", "what cron reads every day\n");
    let good = |arguments: &[&str], words: &[&str]| {
        let output = alone(arguments, home);
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
        for words in words {
            assert!(text(&output.stdout).contains(words), "{words}: {}", text(&output.stdout));
        }
    };
    let bad = |arguments: &[&str], words: &str| {
        let output = alone(arguments, home);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", text(&output.stdout));
        assert!(text(&output.stderr).contains(words), "{}", text(&output.stderr));
    };
    // Nobody to ask, and no wish to go without.
    bad(&["init", "repo"], "no terminal");
    assert!(!home.join("repo").exists());
    let pass = |name: &'static str| ["--passphrase-file", name];
    let init = ["init", "repo", "--keys", "all"];
    good(
        &[
            &init[..],
            &pass("root=lee.pass"),
            &pass("targets-1=kim.pass"),
            &pass("targets=lee.pass"),
            &pass("online=host.pass"),
        ]
        .concat(),
        &["give each targets-*.pem to its holder"],
    );
    for (folder, keys) in [("repo/keys", &["online"][..]), ("kim", &["targets-1"]), ("lee", &["targets-2"])] {
        fs::create_dir(home.join(folder)).unwrap();
        for key in keys {
            fs::rename(home.join(format!("all/{key}.pem")), home.join(format!("{folder}/{key}.pem"))).unwrap();
        }
    }
    let kim = ["--repo", "repo", "--keys", "kim", "--passphrase-file", "online=host.pass"];
    let lee = ["--repo", "repo", "--keys", "lee", "--passphrase-file", "online=host.pass"];
    let add = ["add", "support.tar.gz", "--system", "linux", "--arch", "x86_64", "--version", "1", "--rollout", "5"];
    bad(&[&add[..], &kim].concat(), "no terminal");
    bad(&[&add[..], &kim, &pass("lee.pass")].concat(), "the passphrase of targets-1.pem is wrong");
    good(
        &[&add[..], &kim, &pass("kim.pass")].concat(),
        &[
            "signed quicksupport 1 for linux-x86_64",
            "not visible yet: 1 of 2 signatures",
            "helper-publish approve --repo repo",
        ],
    );
    good(&["status", "--repo", "repo"], &["a change waits: 1 of 2 signatures"]);
    good(&[&["approve", "--show"][..], &lee].concat(), &["+ new       quicksupport 1", "to 5 % of the PCs"]);
    bad(&[&["approve"][..], &lee, &pass("lee.pass")].concat(), "add --yes");
    bad(&[&["approve", "--yes"][..], &kim, &pass("kim.pass")].concat(), "signed this change already");
    good(&[&["approve", "--yes"][..], &lee, &pass("lee.pass")].concat(), &["+ new ", "published"]);

    // The daily job has one key and one file.
    good(&["refresh", "--repo", "repo", "--passphrase-file", "host.pass"], &["timestamp signed until"]);
    let verify = ["verify", "repo/mirror", "--root", "repo/root.json"];
    good(&verify, &["good ", "1 packages"]);
    good(&[&verify[..], &["--json", "--deep"]].concat(), &["\"good\": true", "\"timestamp\": 3"]);
    good(&["export-bundle", "--repo", "repo", "b.zip", "--system", "linux"], &["wrote b.zip", "quicksupport 1"]);

    // More people, a step back, and the words on the way.
    let select = ["--system", "linux", "--version", "1"];
    good(&[&["rollout", "--percent", "25"][..], &select, &kim, &pass("kim.pass")].concat(), &["5 % -> 25 %"]);
    good(&["discard", "--repo", "repo"], &["dropped"]);
    bad(&["discard", "--repo", "repo"], "no change waits");
    good(&[&["step-back"][..], &select, &kim, &pass("kim.pass")].concat(), &["best choice for everybody"]);
    good(&[&["approve", "--yes"][..], &lee, &pass("lee.pass")].concat(), &["rank: 1 -> 2", "published"]);

    // Keys: a new one, its passphrase, the ceremony.
    good(&["key", "new", "targets-choi.pem", "--passphrase-file", "kim.pass"], &["key id", "targets-choi.pub"]);
    bad(&["key", "new", "choi.pem", "--passphrase-file", "kim.pass"], "name the file");
    let change = ["key", "passphrase", "targets-choi.pem", "--new-passphrase-file", "lee.pass"];
    bad(&[&change[..], &pass("lee.pass")].concat(), "is wrong");
    good(&[&change[..], &pass("kim.pass")].concat(), &["new passphrase"]);
    let shown = text(&alone(&["root", "show", "--repo", "repo"], home).stdout);
    let id = shown.lines().find_map(|line| line.strip_prefix("targets: 2 of 3 keys must sign: ")).unwrap();
    let remove = format!("targets={}", id.split(',').next().unwrap());
    let files = ["--passphrase-file", "lee.pass", "--passphrase-file", "online=host.pass"];
    let keys = [&["--repo", "repo", "--keys", "all", "--yes"][..], &files].concat();
    let change = ["root", "change", "--remove", &remove, "--add", "targets=targets-choi.pub"];
    good(
        &[&change[..], &keys].concat(),
        &["! removed   targets key", "not in force yet", "targets keys of the new root"],
    );
    good(&["root", "discard", "--repo", "repo"], &["dropped"]);
    bad(&[&["root", "change"][..], &keys].concat(), "root renew");
    good(&[&["root", "renew"][..], &keys].concat(), &["published root version 2"]);
    good(&verify, &["root 2"]);
}

#[cfg(unix)]
#[test]
fn an_encrypted_key_is_read_by_openssl_and_openssls_by_us() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    secret(home, "pass", "correct horse battery\n");
    let openssl = |arguments: &[&str]| Command::new("openssl").args(arguments).current_dir(home).output();
    if openssl(&["version"]).is_err() {
        eprintln!("SKIPPED: openssl is not installed");
        return;
    }
    let ok = |output: Output| {
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    ok(alone(&["key", "new", "targets-a.pem", "--passphrase-file", "pass"], home));
    let words = ok(openssl(&["pkey", "-in", "targets-a.pem", "-passin", "file:pass", "-noout", "-text_pub"]).unwrap());
    let public: String = words.lines().skip_while(|line| !line.starts_with("pub")).skip(1).collect();
    let public: String = public.chars().filter(char::is_ascii_hexdigit).collect();
    assert_eq!(public.len(), 64);
    assert!(fs::read_to_string(home.join("targets-a.pub")).unwrap().contains(&public), "the same key");
    // And the other way: encrypted by openssl, opened and encrypted anew by us.
    ok(openssl(&["genpkey", "-algorithm", "ed25519", "-aes-256-cbc", "-pass", "file:pass", "-out", "targets-b.pem"])
        .unwrap());
    secret(home, "new", "another long passphrase\n");
    let change = ["key", "passphrase", "targets-b.pem", "--passphrase-file", "pass", "--new-passphrase-file", "new"];
    assert!(ok(alone(&change, home)).contains("new passphrase"));
    ok(openssl(&["pkey", "-in", "targets-b.pem", "-passin", "file:new", "-noout"]).unwrap());
}

/// Inside a mount namespace of its own, so that a full disk can be had.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_changes_nothing() {
    let world = common::World::new();
    world.file("first.tar.gz", &common::linux_package("1"));
    // Room for the repository and half a package.
    let script = r#"
        set -eu
        mkdir small && mount -t tmpfs -o size=3m small small || exit 125
        cp -r repo small/repo
        cd small
        "$1" add ../first.tar.gz --repo repo --system linux --arch x86_64 --version 1 >/dev/null
        (cd repo && find . -type f ! -name .lock | sort | xargs sha256sum) > ../before
        if "$1" add ../first.tar.gz --repo repo --system linux --arch x86_64 --version 2 2> ../said; then exit 9; fi
        (cd repo && find . -type f ! -name .lock | sort | xargs sha256sum) > ../after
        "$1" status --repo repo >/dev/null
    "#;
    let spaces: [&[&str]; 2] = [&["--mount"], &["--user", "--map-root-user", "--mount"]];
    let output = spaces
        .iter()
        .map(|words| {
            let mut command = Command::new("unshare");
            command.args(*words).args(["sh", "-c", script, "sh", env!("CARGO_BIN_EXE_helper-publish")]);
            command.current_dir(world.home.path()).output().unwrap()
        })
        .find(|output| !text(&output.stderr).contains("unshare: ") && output.status.code() != Some(125));
    let Some(output) = output else {
        eprintln!("SKIPPED: nothing can be mounted here");
        return;
    };
    assert!(output.status.success(), "{}", text(&output.stderr));
    let said = fs::read_to_string(world.home.path().join("said")).unwrap();
    assert!(said.contains("make room and try again") && said.contains("Nothing was changed"), "{said}");
    let read = |name: &str| fs::read_to_string(world.home.path().join(name)).unwrap();
    assert_eq!(read("before"), read("after"));
}

#[cfg(unix)]
#[test]
fn the_guides_upload_keeps_the_order_and_loses_nothing() {
    if Command::new("rsync").arg("--version").output().is_err() {
        eprintln!("SKIPPED: rsync is not installed");
        return;
    }
    let world = common::World::new();
    let served = world.home.path().join("served");
    fs::create_dir(&served).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/help/upload.sh");
    let upload = || {
        let output = Command::new(&script).arg(world.mirror()).arg(&served).output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
    };
    upload();
    helper_publish::status::refresh(&world.repo(), &world.keys(), world.now).unwrap();
    fs::write(served.join("metadata/kept.json"), "{}").unwrap();
    upload();
    let (mut copy, original) = (common::snapshot(&served), common::snapshot(&world.mirror()));
    assert!(copy.remove(&served.join("metadata/kept.json")).is_some(), "nothing is deleted");
    assert!(copy.values().eq(original.values()));
    assert_eq!(Command::new(&script).arg(&served).output().unwrap().status.code(), Some(2));
}

/// Every command of the guides is one that this program has, and both guides show the same.
#[test]
fn the_guides_commands_exist() {
    let help = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/help");
    let home = tempfile::tempdir().unwrap();
    let mut both = Vec::new();
    for name in ["publish.ko.md", "publish.en.md"] {
        let guide = fs::read_to_string(help.join(name)).unwrap().replace("\\\n", " ");
        let mut commands: Vec<Vec<String>> = Vec::new();
        for (at, _) in guide.match_indices("helper-publish ") {
            if guide[..at].ends_with("another ") {
                // What the program says.
                continue;
            }
            let rest = &guide[at + "helper-publish ".len()..];
            let words: Vec<String> =
                rest.split(['\n', '`', '>', '&', '|']).next().unwrap().split_whitespace().map(str::to_owned).collect();
            let Some(first) =
                words.first().filter(|word| word.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-'))
            else {
                continue;
            };
            let deep = matches!(first.as_str(), "root" | "key") && words.len() > 1;
            let path: Vec<&str> = words.iter().take(if deep { 2 } else { 1 }).map(String::as_str).collect();
            let shown = run(&[&path[..], &["--help"]].concat(), home.path());
            assert!(shown.status.success(), "{name}: {path:?}");
            let shown = text(&shown.stdout);
            for word in words.iter().filter(|word| word.starts_with("--")) {
                assert!(shown.contains(word.as_str()), "{name}: {path:?} has no {word}");
            }
            commands.push(
                words
                    .iter()
                    .filter(|word| word.starts_with("--"))
                    .cloned()
                    .chain(path.iter().map(|word| (*word).into()))
                    .collect(),
            );
        }
        assert!(commands.len() > 20, "{name}: {}", commands.len());
        commands.sort();
        commands.dedup();
        both.push(commands);
    }
    assert_eq!(both[0], both[1]);
    for command in
        ["init", "add", "approve", "discard", "rollout", "step-back", "renew", "refresh", "verify", "export-bundle"]
    {
        assert!(both[0].iter().any(|words| words.last().is_some_and(|last| last == command)), "{command}");
    }
}
