//! Mirrors seen from outside: good ones pass without a word, and every fault has its name.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, reason = "tests")]

mod common;

use common::World;
use helper_core::release::Release;
use helper_machine::mirror::Mirror;
use helper_publish::add::add;
use helper_publish::init::Quorum;
use helper_publish::root::{Ceremony, RootChange};
use helper_publish::serve::Server;
use helper_publish::status::refresh;
use helper_publish::verify::{Report, verify};
use jiff::{SignedDuration, Timestamp};
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

fn world() -> (World, Release) {
    let world = World::with(Quorum { keys: 2, threshold: 2 });
    let release = add(&world.repo(), &world.keys(), &world.linux("1"), world.now).unwrap().what;
    (world, release)
}

fn served(folder: &Path) -> Mirror {
    let server = Server::bind(folder, 0).unwrap();
    let address = format!("http://{}", server.address().unwrap());
    thread::spawn(move || server.run());
    address.parse().unwrap()
}

fn look(world: &World, mirrors: &[Mirror], deep: bool, now: Timestamp) -> Vec<Report> {
    let root = fs::read(world.repo().join("root.json")).unwrap();
    verify(mirrors, &root, deep, now).unwrap()
}

fn codes(report: &Report) -> Vec<&'static str> {
    report.findings.iter().map(|finding| finding.code).collect()
}

/// The mirror's answers, each bent by `bend`: (path, status, headers, body) before they are sent.
fn bent(folder: PathBuf, bend: impl Fn(&str, &mut Answer) + Send + 'static) -> Mirror {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let honest = served(&folder).to_string();
    thread::spawn(move || {
        for stream in listener.incoming().map(Result::unwrap) {
            let mut reader = BufReader::new(&stream);
            let mut request = String::new();
            loop {
                let mut line = String::new();
                if reader.read_line(&mut line).unwrap_or(0) == 0 || line == "\r\n" {
                    break;
                }
                if !line.to_ascii_lowercase().starts_with("connection:") {
                    request.push_str(&line);
                }
            }
            let Some(path) = request.split(' ').nth(1).map(str::to_owned) else { continue };
            let mut upstream = TcpStream::connect(honest.trim_start_matches("http://")).unwrap();
            upstream.write_all(format!("{request}\r\n").as_bytes()).unwrap();
            let mut bytes = Vec::new();
            upstream.read_to_end(&mut bytes).unwrap();
            let mut answer = Answer::parse(&bytes);
            bend(&path, &mut answer);
            let _ = (&stream).write_all(&answer.bytes());
        }
    });
    address.parse().unwrap()
}

struct Answer {
    status: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Answer {
    fn parse(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|part| part == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let mut lines = head.lines();
        let status = lines.next().unwrap().split_once(' ').unwrap().1.to_owned();
        let headers = lines.map(|line| line.split_once(": ").unwrap()).map(|(a, b)| (a.into(), b.into())).collect();
        Self { status, headers, body: bytes[end + 4..].to_vec() }
    }

    fn header(&mut self, name: &str, value: &str) {
        self.headers.retain(|(other, _)| other != name);
        if !value.is_empty() {
            self.headers.push((name.into(), value.into()));
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let mut text = format!("HTTP/1.1 {}\r\n", self.status);
        for (name, value) in self.headers.iter().filter(|(name, _)| name != "Content-Length") {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        text.push_str(&format!("Content-Length: {}\r\n\r\n", self.body.len()));
        [text.into_bytes(), self.body.clone()].concat()
    }
}

#[test]
fn good_mirrors_pass_without_a_word() {
    let (world, _) = world();
    Ceremony::propose(&world.repo(), &RootChange::default(), world.now)
        .unwrap()
        .sign(&world.keys(), world.now)
        .unwrap();
    let mirrors = [served(&world.mirror()), Mirror::Folder(world.mirror()), bent(world.mirror(), |_, _| {})];
    for deep in [false, true] {
        for report in look(&world, &mirrors, deep, world.now) {
            assert!(report.good && report.findings.is_empty(), "{report:?}");
            let versions = report.versions.unwrap();
            assert_eq!((versions.root, versions.timestamp, versions.targets, report.packages), (2, 2, 2, 1));
            assert_eq!(versions.timestamp_expires.duration_since(world.now).as_hours(), 7 * 24 - 1);
        }
    }
}

#[test]
fn what_ends_soon_is_told_in_time() {
    let (world, _) = world();
    let at = |hours: i64| {
        let now = world.now + SignedDuration::from_hours(hours);
        let report = look(&world, &[Mirror::Folder(world.mirror())], false, now).remove(0);
        (codes(&report), report.good)
    };
    assert_eq!(at(24 * 5 - 2), (vec![], true));
    assert_eq!(at(24 * 5 + 2), (vec!["timestamp-ends"], false));
    assert_eq!(at(24 * 7 + 1), (vec!["expired"], false));
    refresh(&world.repo(), &world.keys(), world.now + SignedDuration::from_hours(24 * 151)).unwrap();
    assert_eq!(at(24 * 151), (vec!["targets-end"], true));
}

#[test]
fn mirrors_that_are_behind_or_differ_are_found() {
    let (world, release) = world();
    let late = world.home.path().join("late");
    copy(&world.mirror(), &late);
    refresh(&world.repo(), &world.keys(), world.now).unwrap();
    let other = world.home.path().join("other");
    copy(&late, &other);
    // Another timestamp of the same version, signed as well: two publish hosts, or a stolen key.
    let kept = world.home.path().join("kept");
    copy(&world.repo(), &kept);
    fs::remove_dir_all(kept.join("mirror")).unwrap();
    copy(&late, &kept.join("mirror"));
    refresh(&kept, &world.keys(), world.now + SignedDuration::from_secs(5)).unwrap();
    let mirrors =
        [world.mirror(), late.clone(), kept.join("mirror"), world.home.path().join("absent")].map(Mirror::Folder);
    let reports = look(&world, &mirrors, false, world.now);
    let found: Vec<_> = reports.iter().map(|report| (codes(report), report.good)).collect();
    assert_eq!(
        found,
        [(vec![], true), (vec!["behind"], false), (vec!["differs"], false), (vec!["incomplete"], false),]
    );
    // Nothing listens there.
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let gone = format!("http://{free}").parse().unwrap();
    assert_eq!(codes(&look(&world, &[gone], false, world.now)[0]), ["unreachable"]);

    let package = late.join("targets").join(release.consistent_name());
    let good = fs::read(&package).unwrap();
    let folder = || codes(&look(&world, &[Mirror::Folder(late.clone())], false, world.now)[0]);
    let deep = || codes(&look(&world, &[Mirror::Folder(late.clone()), served(&late)], true, world.now)[1]);
    for at in [0, good.len() - 1] {
        let mut bad = good.clone();
        bad[at] ^= 1;
        fs::write(&package, bad).unwrap();
        assert_eq!(folder(), ["package-wrong"], "byte {at}");
        assert_eq!(codes(&look(&world, &[served(&late)], false, world.now)[0]), ["package-wrong"], "byte {at}");
    }
    // In the middle only the deep look finds it.
    let mut bad = good.clone();
    bad[(1 << 20) + 5] ^= 1;
    fs::write(&package, bad).unwrap();
    assert!(folder().is_empty());
    assert_eq!(deep(), ["package-wrong"]);
    fs::write(&package, &good[..good.len() - 1]).unwrap();
    assert_eq!(folder(), ["package-wrong"]);
    assert_eq!(codes(&look(&world, &[served(&late)], false, world.now)[0]), ["package-wrong"]);
    fs::remove_file(&package).unwrap();
    assert_eq!(folder(), ["package-missing"]);
    assert_eq!(codes(&look(&world, &[served(&late)], false, world.now)[0]), ["package-missing"]);
    let strange = World::new();
    assert_eq!(codes(&look(&strange, &[Mirror::Folder(world.mirror())], false, world.now)[0]), ["untrusted"]);
    assert!(verify(&[], b"{}", false, world.now).is_err(), "no root");
}

#[test]
fn servers_that_misbehave_are_found() {
    let (world, release) = world();
    Ceremony::propose(&world.repo(), &RootChange::default(), world.now)
        .unwrap()
        .sign(&world.keys(), world.now)
        .unwrap();
    let package = format!("/targets/{}", release.consistent_name());
    let found = |bend: fn(&str, &mut Answer)| {
        let report = look(&world, &[bent(world.mirror(), bend)], false, world.now).remove(0);
        assert_eq!(
            report.good,
            !report.findings.iter().any(|finding| finding.level == helper_publish::verify::Level::Error)
        );
        codes(&report)
    };
    assert!(package.starts_with("/targets/quicksupport/"));
    let whole = fs::read(world.mirror().join(&package[1..])).unwrap();
    // The server does not know ranges: always the whole file.
    let report = look(
        &world,
        &[bent(world.mirror(), move |path, answer| {
            if path.starts_with("/targets/quicksupport") {
                (answer.status, answer.body) = ("200 OK".into(), whole.clone());
                answer.header("Content-Range", "");
            }
        })],
        false,
        world.now,
    );
    assert_eq!(codes(&report[0]), ["no-range"]);
    assert_eq!(
        found(|path, answer| if path.starts_with("/targets/quicksupport") {
            answer.header("Content-Range", "bytes 1-2/3");
        }),
        ["package-wrong"]
    );
    assert_eq!(
        found(|path, answer| if path.starts_with("/targets/quicksupport") {
            answer.header("Content-Encoding", "gzip");
        }),
        ["encoded"]
    );
    assert_eq!(
        found(|path, answer| if path == "/metadata/timestamp.json" {
            answer.header("Cache-Control", "max-age=86400");
        }),
        ["cached-long"]
    );
    assert_eq!(
        found(|path, answer| if path == "/metadata/timestamp.json" {
            answer.header("Cache-Control", "");
        }),
        ["cache-unknown"]
    );
    assert_eq!(
        found(|path, answer| if path == "/metadata/1.root.json" {
            answer.status = "404 Not Found".into();
        }),
        ["root-missing"]
    );
    // A page for everything that is missing, as web applications do.
    assert_eq!(
        found(|_, answer| if answer.status.starts_with("404") {
            (answer.status, answer.body) = ("200 OK".into(), b"<html>welcome</html>".to_vec());
        }),
        ["no-404", "no-404", "web-page"]
    );
    // Object stores that hide what is missing.
    assert_eq!(
        found(|_, answer| if answer.status.starts_with("404") {
            answer.status = "403 Forbidden".into();
        }),
        ["forbidden", "forbidden"]
    );
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target)
        } else {
            fs::copy(entry.path(), target).map(|_| ()).unwrap()
        }
    }
}

/// A running nginx; its end is the test's.
struct Nginx {
    home: PathBuf,
    mirror: Mirror,
}

impl Nginx {
    /// With the guide's own file, of which only port and folder are changed. `None` if nginx is not installed.
    fn start(home: &Path, folder: &Path, edit: impl Fn(String) -> String) -> Option<Self> {
        if nginx(home).arg("-v").output().is_err() {
            eprintln!("SKIPPED: nginx is not installed");
            return None;
        }
        let site = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/help/nginx.conf")).unwrap();
        // Somebody else may take the free port before nginx does.
        for _ in 0..5 {
            let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            let edited = edit(site.clone())
                .replace("listen 80;", &format!("listen 127.0.0.1:{port};"))
                .replace("/srv/support-mirror", &folder.display().to_string());
            assert!(edited.contains(&port.to_string()) && edited.contains(&folder.display().to_string()));
            fs::write(home.join("site.conf"), edited).unwrap();
            let here = home.display();
            let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
                .map(|name| format!("{name}_temp_path {here}/{name};\n"))
                .concat();
            let user = if fs::metadata("/proc/self").is_ok_and(|own| is_root(&own)) { "user root;\n" } else { "" };
            let main = format!(
                "{user}pid {here}/pid;\nerror_log {here}/error.log;\nworker_processes 1;\nevents {{}}\nhttp {{\naccess_log \
                 off;\n{temporary}include {here}/site.conf;\n}}\n"
            );
            fs::write(home.join("nginx.conf"), main).unwrap();
            let checked = nginx(home).arg("-t").output().unwrap();
            assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
            // It goes into the background when it listens.
            let started = nginx(home).output().unwrap();
            if started.status.success() {
                let mirror = format!("http://127.0.0.1:{port}").parse().unwrap();
                return Some(Self { home: home.to_path_buf(), mirror });
            }
            let why = String::from_utf8_lossy(&started.stderr);
            assert!(why.contains("Address already in use"), "{why}");
        }
        panic!("no free port");
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = nginx(&self.home).args(["-s", "stop"]).output();
    }
}

fn nginx(home: &Path) -> Command {
    // Installed, or unpacked by scripts/setup.
    let unpacked = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/nginx/usr/sbin/nginx");
    let known = [PathBuf::from("/usr/sbin/nginx"), unpacked];
    let program = known.into_iter().find(|path| path.exists()).unwrap_or_else(|| "nginx".into());
    let mut command = Command::new(program);
    command.arg("-e").arg(home.join("error.log")).arg("-p").arg(home).arg("-c").arg(home.join("nginx.conf"));
    command
}

#[cfg(unix)]
fn is_root(own: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    own.uid() == 0
}

#[cfg(not(unix))]
fn is_root(_: &fs::Metadata) -> bool {
    false
}

#[test]
fn nginx_with_the_guides_file_is_a_good_mirror() {
    let (world, _) = world();
    let home = tempfile::tempdir().unwrap();
    let Some(nginx) = Nginx::start(home.path(), &world.mirror(), |site| site) else { return };
    for deep in [false, true] {
        let reports = look(&world, &[nginx.mirror.clone(), Mirror::Folder(world.mirror())], deep, world.now);
        assert!(reports[0].good && reports[0].findings.is_empty(), "{reports:?}");
        assert_eq!(reports[0].packages, 1);
    }
    drop(nginx);
    // The same server without the rule for the timestamp: the test can fail.
    let careless = |site: String| site.replace("add_header Cache-Control \"max-age=60\";", "expires 1d;");
    let nginx = Nginx::start(home.path(), &world.mirror(), careless).unwrap();
    assert_eq!(codes(&look(&world, std::slice::from_ref(&nginx.mirror), false, world.now)[0]), ["cached-long"]);
}
