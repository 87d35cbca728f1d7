//! Answering requests, well or badly.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::net::TcpStream;
use std::path::{Component, Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::http::{Head, Span};
use super::{Fault, Seen, Shared, fault, lock};

const CHUNK: usize = 64 * 1024;
/// A client that neither asks nor leaves is let go after this.
const IDLE: Duration = Duration::from_secs(120);
/// A slow line sends in portions of this length of time.
const BEAT: Duration = Duration::from_millis(50);

const SIGN_IN: &str = "<!doctype html><html><head><title>Sign in</title></head><body><h1>Hospital network</h1>\
    <form method=\"post\" action=\"/login\"><label>User <input name=\"user\"></label><label>Password \
    <input name=\"password\" type=\"password\"></label><button>Sign in</button></form></body></html>";

/// Whether a connection may serve another request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum After {
    Keep,
    Close,
    Reset,
}

/// Serves one connection to its end.
pub(super) fn serve(shared: &Shared, stream: TcpStream, id: u64, epoch: u64) {
    // Without these the answers are the same, only slower to come or to be given up.
    let _ = stream.set_nodelay(true);
    let _ = stream.set_read_timeout(Some(IDLE));
    let Ok(reader) = stream.try_clone() else { return };
    let mut reader = BufReader::new(reader);
    while let Ok(Some(head)) = Head::read(&mut reader) {
        let mut visit = Visit { shared, stream: &stream, epoch, seen: note(shared, &head) };
        let after = visit.answer(&head);
        // A client that gave up is the client's affair: the record says how far it came.
        match after.unwrap_or(After::Close) {
            After::Keep => {}
            After::Close => break,
            After::Reset => {
                #[cfg(unix)]
                let _ = rustix::net::sockopt::set_socket_linger(&stream, Some(Duration::ZERO));
                break;
            }
        }
    }
    shared.release(id);
}

fn note(shared: &Shared, head: &Head) -> usize {
    shared.note(Seen {
        method: head.method.clone(),
        path: head.path.clone(),
        query: head.query.clone(),
        range: head.header("range").map(str::to_owned),
        headers: head.headers.clone(),
        status: 0,
        head_bytes: 0,
        body_bytes: 0,
    })
}

/// One request being answered.
struct Visit<'a> {
    shared: &'a Shared,
    stream: &'a TcpStream,
    epoch: u64,
    seen: usize,
}

impl Visit<'_> {
    fn answer(&mut self, head: &Head) -> io::Result<After> {
        let (delay, fault) = fault::take(&mut lock(&self.shared.faults), &head.path);
        if !self.shared.rest(self.epoch, delay) {
            return Ok(After::Close);
        }
        match fault {
            Some(Fault::Refuse) => Ok(After::Close),
            Some(Fault::Status(code, headers, body)) => self.small(head, code, &headers, &body),
            Some(Fault::Html) => {
                self.small(head, 200, &[pair("Content-Type", "text/html; charset=utf-8")], SIGN_IN.as_bytes())
            }
            Some(Fault::RedirectTo(url)) => self.small(head, 302, &[pair("Location", &url)], b""),
            Some(Fault::RedirectLoop) => {
                let hop: u64 = head.query.as_deref().and_then(|q| q.strip_prefix("hop=")?.parse().ok()).unwrap_or(0);
                let path = head.path.replace('%', "%25").replace(' ', "%20");
                self.small(head, 302, &[pair("Location", &format!("{path}?hop={}", hop + 1))], b"")
            }
            Some(Fault::NotSatisfiable(total)) => {
                self.small(head, 416, &[pair("Content-Range", &format!("bytes */{total}"))], b"")
            }
            Some(Fault::Endless) => self.endless(head),
            Some(Fault::Gzip) => self.gzip(head),
            other => self.file(head, other),
        }
    }

    /// A whole answer from memory.
    fn small(&mut self, head: &Head, code: u16, headers: &[(String, String)], body: &[u8]) -> io::Result<After> {
        let mut headers = headers.to_vec();
        if code != 304 && code != 204 {
            headers.push(pair("Content-Length", &body.len().to_string()));
        }
        let after = keep(head);
        self.head(code, &headers, after)?;
        if head.method != "HEAD" {
            self.body(body)?;
        }
        Ok(after)
    }

    fn endless(&mut self, head: &Head) -> io::Result<After> {
        self.head(200, &[pair("Content-Type", "application/octet-stream")], After::Close)?;
        let chunk = vec![0x5a; CHUNK];
        while head.method != "HEAD" && self.shared.epoch() == self.epoch {
            self.body(&chunk)?;
        }
        Ok(After::Close)
    }

    fn gzip(&mut self, head: &Head) -> io::Result<After> {
        let Some((mut file, _, _)) = open(&self.shared.root, &head.path) else { return self.missing(head) };
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        io::copy(&mut file, &mut packed)?;
        let kind = pair("Content-Type", content_type(&head.path));
        self.small(head, 200, &[pair("Content-Encoding", "gzip"), kind], &packed.finish()?)
    }

    fn missing(&mut self, head: &Head) -> io::Result<After> {
        self.small(head, 404, &[pair("Content-Type", "text/plain")], b"not found\n")
    }

    /// A file or a part of it, perhaps spoilt on the way.
    fn file(&mut self, head: &Head, fault: Option<Fault>) -> io::Result<After> {
        if head.method != "GET" && head.method != "HEAD" {
            return self.small(head, 405, &[pair("Allow", "GET, HEAD")], b"");
        }
        let Some((mut file, total, tag)) = open(&self.shared.root, &head.path) else { return self.missing(head) };
        let tag = pair("ETag", &tag);
        if head.header("if-none-match").is_some_and(|known| known.contains(&tag.1)) {
            return self.small(head, 304, &[tag], b"");
        }
        // A range holds only for the version that the client has a part of.
        let same = head.header("if-range").is_none_or(|known| known == tag.1);
        let range = head.header("range").filter(|_| same && fault != Some(Fault::IgnoreRange));
        let span = Span::asked(range, total);
        let mut headers = vec![tag, pair("Accept-Ranges", "bytes"), pair("Content-Type", content_type(&head.path))];
        let (code, first, length) = match span {
            Span::Outside => {
                headers.push(pair("Content-Range", &format!("bytes */{total}")));
                return self.small(head, 416, &headers, b"");
            }
            Span::Whole => (200, 0, total),
            Span::Part(first, last) if fault == Some(Fault::WrongRange) => {
                let length = last - first + 1;
                // Another place of the same length if there is one, otherwise a shorter piece.
                let first = if first > 0 { first - 1 } else { 1.min(total - 1) };
                (206, first, length.min(total - first))
            }
            Span::Part(first, last) => (206, first, last - first + 1),
        };
        if matches!(fault, Some(Fault::HtmlFrom(place)) if first >= place) {
            return self.small(head, 200, &[pair("Content-Type", "text/html; charset=utf-8")], SIGN_IN.as_bytes());
        }
        if code == 206 {
            let last = first + length.max(1) - 1;
            let total = if fault == Some(Fault::WrongTotal) { total + 1 } else { total };
            headers.push(pair("Content-Range", &format!("bytes {first}-{last}/{total}")));
        }
        headers.push(pair("Content-Length", &length.to_string()));
        let after = keep(head);
        self.head(code, &headers, after)?;
        if head.method == "HEAD" {
            return Ok(after);
        }
        file.seek(SeekFrom::Start(first))?;
        self.pour(&mut file, first, length, fault.as_ref(), after)
    }

    fn pour(
        &mut self,
        file: &mut File,
        first: u64,
        length: u64,
        fault: Option<&Fault>,
        after: After,
    ) -> io::Result<After> {
        let mut after = after;
        let mut left = length;
        let mut portion = CHUNK;
        let mut beat = Duration::ZERO;
        match fault {
            Some(Fault::Stall) => {
                self.shared.rest(self.epoch, Duration::from_secs(24 * 3600));
                return Ok(After::Close);
            }
            Some(Fault::ResetAfter(bytes)) => {
                // What waits in the kernel is thrown away by a reset: little of it, or megabytes count as sent that never were.
                #[cfg(unix)]
                rustix::net::sockopt::set_socket_send_buffer_size(self.stream, 16 * 1024)?;
                (left, after) = (left.min(*bytes), After::Reset);
            }
            Some(Fault::Truncate(bytes)) => (left, after) = (left.min(*bytes), After::Close),
            Some(Fault::Trickle { bytes_per_second }) => {
                let beats = 1000 / u64::try_from(BEAT.as_millis()).unwrap_or(1);
                portion = usize::try_from((bytes_per_second / beats).max(1)).unwrap_or(CHUNK).min(CHUNK);
                beat = Duration::from_secs_f64(portion as f64 / (*bytes_per_second).max(1) as f64);
            }
            _ => {}
        }
        let mut at = first;
        let mut chunk = vec![0; portion];
        while left > 0 {
            let want = usize::try_from(left).unwrap_or(portion).min(portion);
            let got = file.read(&mut chunk[..want])?;
            if got == 0 {
                // The file became shorter while it was sent.
                return Ok(After::Close);
            }
            let piece = &mut chunk[..got];
            if let Some(Fault::FlipBit(place)) = fault
                && let Some(byte) = place.checked_sub(at).and_then(|at| piece.get_mut(usize::try_from(at).ok()?))
            {
                *byte ^= 1;
            }
            if let Some(Fault::HtmlFrom(place)) = fault {
                let from = usize::try_from(place.saturating_sub(at)).unwrap_or(got).min(got);
                piece[from..].iter_mut().zip(SIGN_IN.bytes().cycle()).for_each(|(byte, markup)| *byte = markup);
            }
            self.body(piece)?;
            at += got as u64;
            left -= got as u64;
            if left > 0 && !self.shared.rest(self.epoch, beat) {
                return Ok(After::Close);
            }
        }
        Ok(after)
    }

    fn head(&mut self, code: u16, headers: &[(String, String)], after: After) -> io::Result<()> {
        let mut text = format!("HTTP/1.1 {code} {}\r\n", reason(code));
        for (name, value) in headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        if after != After::Keep {
            text.push_str("Connection: close\r\n");
        }
        text.push_str("\r\n");
        let length = text.len() as u64;
        // Noted before it is sent: a test that has its answer must find the record complete.
        self.shared.amend(self.seen, |seen| (seen.status, seen.head_bytes) = (code, length));
        let mut stream = self.stream;
        stream.write_all(text.as_bytes())
    }

    fn body(&mut self, bytes: &[u8]) -> io::Result<()> {
        let length = bytes.len() as u64;
        self.shared.amend(self.seen, |seen| seen.body_bytes += length);
        let mut stream = self.stream;
        let sent = stream.write_all(bytes);
        if sent.is_err() {
            self.shared.amend(self.seen, |seen| seen.body_bytes -= length);
        }
        sent
    }
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

fn keep(head: &Head) -> After {
    // A body that was sent along is not read, so the next request could not be found behind it.
    let body =
        head.header("content-length").is_some_and(|length| length != "0") || head.header("transfer-encoding").is_some();
    let close = head.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"));
    if body || close { After::Close } else { After::Keep }
}

/// Opens a file below the folder: its handle, its size and a tag that changes with its content.
fn open(root: &Path, path: &str) -> Option<(File, u64, String)> {
    let relative = PathBuf::from(path.trim_start_matches('/'));
    if !relative.components().all(|part| matches!(part, Component::Normal(_))) {
        return None;
    }
    let mut full = root.join(relative);
    if full.is_dir() {
        full.push("index.html");
    }
    let file = File::open(full).ok()?;
    let about = file.metadata().ok().filter(std::fs::Metadata::is_file)?;
    let age = about.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some((file, about.len(), format!("\"{:x}-{:x}\"", about.len(), age.as_nanos())))
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "html" | "" => "text/html; charset=utf-8",
        "json" => "application/json",
        "js" => "text/javascript",
        "css" => "text/css",
        "gz" => "application/gzip",
        "zip" => "application/zip",
        _ => "application/octet-stream",
    }
}

fn reason(code: u16) -> &'static str {
    match code {
        200 => "OK",
        206 => "Partial Content",
        302 => "Found",
        304 => "Not Modified",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        407 => "Proxy Authentication Required",
        416 => "Range Not Satisfiable",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        _ => "Other",
    }
}
