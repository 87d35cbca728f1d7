//! The mirror serves well when it should and fails in exactly the way it is told.
#![allow(clippy::unwrap_used, reason = "a test that fails here has said enough")]

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};
use std::{fs, io, thread};

use helper_world::{Fault, Mirror, Times};
use tempfile::TempDir;

const LONG: usize = 300_000;

/// A raw answer: what a client really gets on the wire.
struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
    end: io::Result<()>,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

fn data() -> Vec<u8> {
    (0..LONG).map(|at| (at * 7 + at / 251) as u8).collect()
}

fn mirror() -> (Mirror, TempDir) {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("a.bin"), data()).unwrap();
    fs::create_dir(folder.path().join("가 &")).unwrap();
    fs::write(folder.path().join("가 &/b.json"), "{}").unwrap();
    (Mirror::serve(folder.path()).unwrap(), folder)
}

fn connect(mirror: &Mirror) -> TcpStream {
    let stream = TcpStream::connect(("127.0.0.1", mirror.port())).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream
}

fn ask(mirror: &Mirror, method: &str, path: &str, headers: &str) -> Answer {
    let mut stream = connect(mirror);
    stream
        .write_all(format!("{method} {path} HTTP/1.1\r\nHost: t\r\nConnection: close\r\n{headers}\r\n").as_bytes())
        .unwrap();
    let mut all = Vec::new();
    let end = stream.read_to_end(&mut all).map(drop);
    let cut = all.windows(4).position(|four| four == b"\r\n\r\n").map_or(all.len(), |at| at + 4);
    let body = all.split_off(cut);
    let head = String::from_utf8(all).unwrap();
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
    Answer { status, head, body, end }
}

fn get(mirror: &Mirror, headers: &str) -> Answer {
    ask(mirror, "GET", "/a.bin", headers)
}

#[test]
fn serves_files_ranges_and_conditions() {
    let (mirror, _folder) = mirror();
    let whole = get(&mirror, "");
    assert_eq!((whole.status, &whole.body), (200, &data()));
    let part = get(&mirror, "Range: bytes=1000-1999\r\n");
    assert_eq!((part.status, &part.body[..]), (206, &data()[1000..2000]));
    assert_eq!(part.header("Content-Range"), Some("bytes 1000-1999/300000"));
    let outside = get(&mirror, "Range: bytes=300000-\r\n");
    assert_eq!((outside.status, outside.header("Content-Range")), (416, Some("bytes */300000")));
    let head = ask(&mirror, "HEAD", "/a.bin", "");
    assert_eq!((head.status, head.header("Content-Length"), head.body.len()), (200, Some("300000"), 0));
    assert_eq!(ask(&mirror, "GET", "/none", "").status, 404);
    assert_eq!(ask(&mirror, "GET", "/../etc/passwd", "").status, 404);
    assert_eq!(ask(&mirror, "POST", "/a.bin", "").status, 405);
    assert_eq!(ask(&mirror, "GET", "/%EA%B0%80%20&/b.json?x", "").body, b"{}");

    let tag = whole.header("ETag").unwrap();
    assert_eq!(get(&mirror, &format!("If-None-Match: {tag}\r\n")).status, 304);
    assert_eq!(get(&mirror, &format!("Range: bytes=5-\r\nIf-Range: {tag}\r\n")).status, 206);
    assert_eq!(get(&mirror, "Range: bytes=5-\r\nIf-Range: \"old\"\r\n").status, 200);

    let seen = mirror.seen();
    assert_eq!(seen[1].range.as_deref(), Some("bytes=1000-1999"));
    assert_eq!((seen[1].status, seen[1].body_bytes), (206, 1000));
    assert_eq!((seen[3].method.as_str(), seen[3].body_bytes), ("HEAD", 0));
    assert_eq!(mirror.count("*.json"), 1);
}

#[test]
fn keeps_a_connection_for_more_requests() {
    let (mirror, _folder) = mirror();
    let mut stream = connect(&mirror);
    for _ in 0..3 {
        stream.write_all(b"GET /a.bin HTTP/1.1\r\nHost: t\r\nRange: bytes=0-0\r\n\r\n").unwrap();
        let mut got = Vec::new();
        while !got.ends_with(b"\r\n\r\n\0") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            got.push(byte[0]);
        }
    }
    assert_eq!(mirror.count("/a.bin"), 3);
}

#[test]
fn answers_of_its_own() {
    let (mirror, _folder) = mirror();
    mirror.fault("/a.bin", Fault::busy(7), Times::Times(2));
    mirror.fault("/a.bin", Fault::Html, Times::Times(1));
    mirror.fault("/a.bin", Fault::RedirectTo("http://other/".into()), Times::Times(1));
    mirror.fault("/a.bin", Fault::RedirectLoop, Times::Times(2));
    for _ in 0..2 {
        let busy = get(&mirror, "");
        assert_eq!((busy.status, busy.header("Retry-After")), (503, Some("7")));
    }
    let page = get(&mirror, "Range: bytes=9-\r\n");
    assert_eq!((page.status, page.header("Content-Type")), (200, Some("text/html; charset=utf-8")));
    assert!(page.body.starts_with(b"<!doctype html>"));
    assert_eq!(get(&mirror, "").header("Location"), Some("http://other/"));
    assert_eq!(get(&mirror, "").header("Location"), Some("/a.bin?hop=1"));
    assert_eq!(ask(&mirror, "GET", "/a.bin?hop=1", "").header("Location"), Some("/a.bin?hop=2"));
    // All are used up.
    assert_eq!(get(&mirror, "").body, data());
}

#[test]
fn bodies_that_are_cut_or_wrong() {
    let (mirror, _folder) = mirror();
    let next = |fault: Fault| mirror.fault("/a*", fault, Times::Times(1));

    next(Fault::ResetAfter(100_000));
    let reset = get(&mirror, "");
    assert_eq!(reset.end.unwrap_err().kind(), ErrorKind::ConnectionReset);
    assert_eq!(mirror.seen()[0].body_bytes, 100_000);

    next(Fault::Truncate(100_000));
    let short = get(&mirror, "");
    assert!(short.end.is_ok());
    assert_eq!((short.header("Content-Length"), short.body.len()), (Some("300000"), 100_000));

    next(Fault::FlipBit(150_000));
    let flipped = get(&mirror, "Range: bytes=1-\r\n").body;
    let whole = data();
    let wrong: Vec<usize> = (0..flipped.len()).filter(|at| flipped[*at] != whole[at + 1]).collect();
    assert_eq!(wrong, [149_999]);

    next(Fault::IgnoreRange);
    let ignored = get(&mirror, "Range: bytes=5-\r\n");
    assert_eq!((ignored.status, ignored.body.len()), (200, LONG));

    next(Fault::WrongRange);
    let other = get(&mirror, "Range: bytes=5-9\r\n");
    assert_eq!((other.status, other.header("Content-Range")), (206, Some("bytes 4-8/300000")));
    assert_eq!(other.body, data()[4..9]);

    next(Fault::WrongTotal);
    let other = get(&mirror, "Range: bytes=5-9\r\n");
    assert_eq!((other.status, other.header("Content-Range")), (206, Some("bytes 5-9/300001")));
    next(Fault::NotSatisfiable(7));
    let none = get(&mirror, "Range: bytes=5-9\r\n");
    assert_eq!((none.status, none.header("Content-Range")), (416, Some("bytes */7")));

    next(Fault::HtmlFrom(100_000));
    let page = get(&mirror, "").body;
    assert_eq!((&page[..100_000], page.len()), (&data()[..100_000], LONG));
    assert!(page[100_000..].starts_with(b"<!doctype html>"));
    next(Fault::HtmlFrom(100_000));
    let page = get(&mirror, "Range: bytes=100000-\r\n");
    assert_eq!((page.status, page.header("Content-Type")), (200, Some("text/html; charset=utf-8")));

    next(Fault::Gzip);
    let packed = get(&mirror, "Range: bytes=5-9\r\n");
    assert_eq!((packed.status, packed.header("Content-Encoding")), (200, Some("gzip")));
    let mut plain = Vec::new();
    flate2::read::GzDecoder::new(&packed.body[..]).read_to_end(&mut plain).unwrap();
    assert_eq!(plain, data());

    next(Fault::Refuse);
    assert_eq!(get(&mirror, "").status, 0);
    assert_eq!(mirror.seen().last().unwrap().status, 0);
}

#[test]
fn an_endless_body_ends_with_its_reader() {
    let (mirror, _folder) = mirror();
    mirror.fault("*", Fault::Endless, Times::Always);
    let mut stream = connect(&mirror);
    stream.write_all(b"GET /a.bin HTTP/1.1\r\n\r\n").unwrap();
    let mut got = vec![0; 5_000_000];
    stream.read_exact(&mut got).unwrap();
    drop(stream);
    drop(mirror);
}

#[test]
fn slow_answers() {
    let (mirror, _folder) = mirror();
    mirror.fault("*", Fault::Delay(Duration::from_millis(150)), Times::Times(1));
    mirror.fault("*", Fault::Trickle { bytes_per_second: 1_000_000 }, Times::Always);
    let start = Instant::now();
    assert_eq!(get(&mirror, "").body, data());
    let took = start.elapsed();
    assert!(took > Duration::from_millis(350), "{took:?}");

    // What stalls ends when the mirror goes.
    mirror.clear_faults();
    mirror.fault("*", Fault::Stall, Times::Always);
    let mut stream = connect(&mirror);
    stream.write_all(b"GET /a.bin HTTP/1.1\r\n\r\n").unwrap();
    let mut head = [0; 15];
    stream.read_exact(&mut head).unwrap();
    assert_eq!(&head, b"HTTP/1.1 200 OK");
    let reader = thread::spawn(move || {
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest);
        rest.len()
    });
    drop(mirror);
    assert!(reader.join().unwrap() < 1000);
}

#[test]
fn goes_down_and_comes_up_on_the_same_port() {
    let (mirror, _folder) = mirror();
    let (port, mut open) = (mirror.port(), connect(&mirror));
    for _ in 0..3 {
        mirror.down().unwrap();
        mirror.down().unwrap();
        assert_eq!(TcpStream::connect(("127.0.0.1", port)).unwrap_err().kind(), ErrorKind::ConnectionRefused);
        mirror.up().unwrap();
        mirror.up().unwrap();
        assert_eq!(get(&mirror, "").body.len(), LONG);
    }
    assert_eq!(mirror.port(), port);
    // What was open before is cut.
    assert_eq!(open.read(&mut [0]).unwrap_or(0), 0);
}

#[test]
fn many_readers_at_once() {
    let (mirror, _folder) = mirror();
    thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| assert_eq!(get(&mirror, "").body, data()));
        }
    });
    assert_eq!(mirror.count("/a.bin"), 16);
    assert!(mirror.bytes_sent() > 16 * LONG as u64);
}
