//! A folder over HTTP/1.1 on the loopback address, for demonstrations: GET and HEAD, one range, nothing else.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read, Seek as _, SeekFrom, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

/// Longest request head in bytes.
const MAX_HEAD: u64 = 16 << 10;
/// Most connections at once.
const MAX_CONNECTIONS: usize = 64;
/// A connection that is silent for longer is closed.
const SILENCE: Duration = Duration::from_secs(20);

/// A server that listens on 127.0.0.1 only.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    folder: PathBuf,
}

impl Server {
    /// Listens on a port; 0 takes a free one.
    ///
    /// # Errors
    /// If the folder is none or the port is taken.
    pub fn bind(folder: &Path, port: u16) -> io::Result<Self> {
        let folder = folder.canonicalize()?;
        if !folder.is_dir() {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        Ok(Self { listener: TcpListener::bind((Ipv4Addr::LOCALHOST, port))?, folder })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// The system's.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until the process ends, each connection on a thread of its own.
    ///
    /// # Errors
    /// If the listening socket fails.
    pub fn run(&self) -> io::Result<()> {
        let open = Arc::new(AtomicUsize::new(0));
        loop {
            let stream = match self.listener.accept() {
                Ok((stream, _)) => stream,
                // The visitor was gone before it was greeted.
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => continue,
                Err(error) => return Err(error),
            };
            if open.fetch_add(1, Ordering::Relaxed) >= MAX_CONNECTIONS {
                open.fetch_sub(1, Ordering::Relaxed);
                continue;
            }
            let (folder, open) = (self.folder.clone(), Arc::clone(&open));
            thread::spawn(move || {
                // A broken connection concerns nobody else.
                let _ = answer(&stream, &folder);
                open.fetch_sub(1, Ordering::Relaxed);
            });
        }
    }
}

fn answer(stream: &TcpStream, folder: &Path) -> io::Result<()> {
    stream.set_read_timeout(Some(SILENCE))?;
    stream.set_write_timeout(Some(SILENCE))?;
    stream.set_nodelay(true)?;
    let mut lines = BufReader::new(stream).take(MAX_HEAD);
    let mut first = String::new();
    lines.read_line(&mut first)?;
    let mut range = None;
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line)? == 0 {
            // Cut off, or longer than any honest request.
            return plain(stream, "400 Bad Request", "", true);
        }
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("range")
        {
            range = Some(value.trim().to_owned());
        }
    }
    let mut words = first.split_whitespace();
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let with_body = match method {
        "GET" => true,
        "HEAD" => false,
        _ => return plain(stream, "405 Method Not Allowed", "Allow: GET, HEAD\r\n", true),
    };
    let opened = resolve(folder, target).and_then(|path| Some((File::open(&path).ok()?, path)));
    let Some((file, path)) = opened else {
        return plain(stream, "404 Not Found", "", with_body);
    };
    send(stream, file, &path, range.as_deref(), with_body)
}

fn send(mut stream: &TcpStream, mut file: File, path: &Path, range: Option<&str>, with_body: bool) -> io::Result<()> {
    let size = file.metadata()?.len();
    let (status, start, length, extra) = match range.map_or(Part::Whole, |range| part(range, size)) {
        Part::Whole => ("200 OK", 0, size, String::new()),
        Part::From { start, length } => {
            let extra = format!("Content-Range: bytes {start}-{}/{size}\r\n", start + length - 1);
            ("206 Partial Content", start, length, extra)
        }
        Part::Outside => {
            let extra = format!("Content-Range: bytes */{size}\r\n");
            return plain(stream, "416 Range Not Satisfiable", &extra, with_body);
        }
    };
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    // What carries its version or hash in its name never changes; the timestamp is asked for anew.
    let cache = if name == "timestamp.json" { "max-age=60" } else { "max-age=31536000, immutable" };
    let kind = if name.ends_with(".json") { "application/json" } else { "application/octet-stream" };
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n{extra}Accept-Ranges: bytes\r\n\
         Cache-Control: {cache}\r\nConnection: close\r\n\r\n"
    )?;
    if with_body {
        file.seek(SeekFrom::Start(start))?;
        io::copy(&mut file.take(length), &mut stream)?;
    }
    stream.flush()
}

fn plain(mut stream: &TcpStream, status: &str, extra: &str, with_body: bool) -> io::Result<()> {
    let body = format!("{status}\n");
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n{extra}Connection: close\r\n\r\n",
        body.len()
    )?;
    if with_body {
        stream.write_all(body.as_bytes())?;
    }
    stream.flush()
}

#[derive(Debug, PartialEq, Eq)]
enum Part {
    Whole,
    From { start: u64, length: u64 },
    Outside,
}

/// Reads a range header; what is no single well-formed range counts as none (RFC 9110, 14.2).
fn part(range: &str, size: u64) -> Part {
    let Some((first, last)) = range.strip_prefix("bytes=").and_then(|range| range.split_once('-')) else {
        return Part::Whole;
    };
    let number =
        |text: &str| if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse::<u64>().ok() } else { None };
    let (start, end) = match (number(first), number(last), first.is_empty(), last.is_empty()) {
        (None, Some(count), true, false) => (size.saturating_sub(count), size),
        (Some(start), None, false, true) => (start, size),
        (Some(start), Some(last), false, false) if start <= last => (start, last.saturating_add(1).min(size)),
        _ => return Part::Whole,
    };
    match end.checked_sub(start) {
        Some(length) if length > 0 => Part::From { start, length },
        _ => Part::Outside,
    }
}

/// The file that a request means, or none: no step up, no hidden way through links, no folder.
fn resolve(folder: &Path, target: &str) -> Option<PathBuf> {
    let path = target.split(['?', '#']).next()?.strip_prefix('/')?;
    let mut full = folder.to_path_buf();
    for part in path.split('/') {
        let part = decode(part)?;
        if part.is_empty() || part == "." || part == ".." || part.contains(['/', '\\', ':', '\0']) {
            return None;
        }
        full.push(part);
    }
    let full = full.canonicalize().ok()?;
    (full.starts_with(folder) && full.is_file()).then_some(full)
}

/// Undoes percent-encoding.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let high = (rest.next()? as char).to_digit(16)?;
            let low = (rest.next()? as char).to_digit(16)?;
            bytes.push(u8::try_from(high << 4 | low).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(address: SocketAddr, request: &str) -> (String, Vec<u8>) {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        let at = bytes.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
        (String::from_utf8(bytes[..at].to_vec()).unwrap(), bytes[at + 4..].to_vec())
    }

    #[test]
    fn files_ranges_and_nothing_else() {
        let home = tempfile::tempdir().unwrap();
        let served = home.path().join("mirror");
        std::fs::create_dir_all(served.join("targets/한글")).unwrap();
        std::fs::write(served.join("targets/한글/a b"), b"0123456789").unwrap();
        std::fs::write(served.join("timestamp.json"), b"{}").unwrap();
        std::fs::write(home.path().join("secret"), b"no").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink("../secret", served.join("link")).unwrap();
        let server = Server::bind(&served, 0).unwrap();
        let address = server.address().unwrap();
        assert!(address.ip().is_loopback());
        thread::spawn(move || server.run());
        let path = "/targets/%ED%95%9C%EA%B8%80/a%20b";
        let get = |path: &str, more: &str| ask(address, &format!("GET {path} HTTP/1.1\r\nHost: x\r\n{more}\r\n"));

        let (head, body) = get(path, "");
        assert!(head.starts_with("HTTP/1.1 200 OK") && head.contains("Content-Length: 10"));
        assert_eq!(body, b"0123456789");
        let (head, body) = get(path, "Range: bytes=2-4\r\n");
        assert!(head.starts_with("HTTP/1.1 206") && head.contains("Content-Range: bytes 2-4/10"));
        assert_eq!(body, b"234");
        assert_eq!(get(path, "range: bytes=8-\r\n").1, b"89");
        assert_eq!(get(path, "Range: bytes=-3\r\n").1, b"789");
        assert_eq!(get(path, "Range: bytes=5-99\r\n").1, b"56789");
        let (head, _) = get(path, "Range: bytes=10-\r\n");
        assert!(head.starts_with("HTTP/1.1 416") && head.contains("Content-Range: bytes */10"));
        assert_eq!(get(path, "Range: bytes=0-1,3-4\r\n").1, b"0123456789");
        let (head, body) = ask(address, &format!("HEAD {path} HTTP/1.1\r\n\r\n"));
        assert!(head.contains("200 OK") && head.contains("Content-Length: 10") && body.is_empty());
        assert!(get("/timestamp.json?x=1", "").0.contains("max-age=60"));
        for path in [
            "/",
            "/targets",
            "/absent",
            "/../secret",
            "/%2e%2e/secret",
            "/targets/..%2f..%2fsecret",
            "/link",
            "secret",
            "//secret",
        ] {
            assert!(get(path, "").0.starts_with("HTTP/1.1 404"), "{path}");
        }
        assert!(ask(address, "POST / HTTP/1.1\r\n\r\n").0.starts_with("HTTP/1.1 405"));
        assert!(Server::bind(&home.path().join("secret"), 0).is_err());
    }

    #[test]
    fn ranges_are_read_as_the_standard_says() {
        for (range, size, expected) in [
            ("bytes=0-0", 10, Part::From { start: 0, length: 1 }),
            ("bytes=-99", 10, Part::From { start: 0, length: 10 }),
            ("bytes=-0", 10, Part::Outside),
            ("bytes=0-", 0, Part::Outside),
            ("bytes=5-2", 10, Part::Whole),
            ("bytes=", 10, Part::Whole),
            ("bytes=-", 10, Part::Whole),
            ("bytes=+1-2", 10, Part::Whole),
            ("lines=1-2", 10, Part::Whole),
            ("bytes=0-18446744073709551615", 10, Part::From { start: 0, length: 10 }),
        ] {
            assert_eq!(part(range, size), expected, "{range}");
        }
    }
}
