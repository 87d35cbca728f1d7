//! The long line delays, limits and loses as it is told.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test that fails here has said enough")]

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use helper_world::Mirror;
use helper_world::line::{Line, LineProfile, congestion_of};
use tempfile::TempDir;

const LONG: usize = 1_000_000;

/// Lays a line; `None`, and said, where no namespaces can be made.
fn lay(profile: LineProfile) -> Option<Line> {
    Line::lay(profile).map_err(|error| eprintln!("SKIPPED: no line can be laid here: {error}")).ok()
}

/// Seconds to the first byte and to the last one of a file of 1 MB.
fn fetch(profile: LineProfile) -> Option<(f64, f64)> {
    let line = lay(profile)?;
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("a.bin"), vec![7; LONG]).unwrap();
    let listener = line.listen("cubic").unwrap();
    assert_eq!(congestion_of(&listener).unwrap(), "cubic");
    let address = listener.local_addr().unwrap();
    let mirror = Mirror::serve_on(listener, folder.path()).unwrap();
    assert_eq!(mirror.base(), format!("http://{address}"));
    let times = line
        .at_client(move || {
            let began = Instant::now();
            let mut stream = TcpStream::connect(address).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
            stream.write_all(b"GET /a.bin HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n").unwrap();
            stream.read_exact(&mut [0]).unwrap();
            let first = began.elapsed().as_secs_f64();
            let mut all = Vec::new();
            stream.read_to_end(&mut all).unwrap();
            assert!(all.len() > LONG);
            (first, began.elapsed().as_secs_f64())
        })
        .unwrap();
    assert!(line.delivered() > LONG as u64);
    Some(times)
}

#[test]
fn the_line_delays_limits_and_loses() {
    let Some((_, fast)) = fetch(LineProfile::with(20, 100_000_000, 0.0, 1)) else { return };
    let (first, _) = fetch(LineProfile::with(200, 100_000_000, 0.0, 1)).unwrap();
    assert!(first >= 0.4, "connecting and asking are two round trips: {first}");
    let (_, thin) = fetch(LineProfile::with(20, 4_000_000, 0.0, 1)).unwrap();
    assert!(thin >= 8.0 * LONG as f64 / 4_000_000.0, "{thin}");
    let (_, lossy) = fetch(LineProfile::with(20, 100_000_000, 0.05, 1)).unwrap();
    assert!(lossy > 1.5 * fast, "{lossy} s with losses, {fast} s without");
}

#[test]
fn nobody_gets_to_the_far_end_from_here() {
    let Some(line) = lay(LineProfile::far(1)) else { return };
    let listener = line.listen("bbr").unwrap();
    let near = TcpStream::connect_timeout(&listener.local_addr().unwrap(), Duration::from_millis(200));
    assert!(near.is_err(), "the address is inside only");
    let mirror = Mirror::serve_on(listener, "/nowhere").unwrap();
    mirror.down().unwrap();
    assert!(mirror.up().is_err(), "a socket of somebody else's is not opened again");
}
