//! A package from the mirrors into one `.part` file: resumed, cancelled, watched.
//!
//! What is on disk is believed only as far as its pieces hash to what is signed (TRUST.md 5.4, 1): no journal, no ETag, and
//! resuming works across mirrors, days and reboots.

use crate::package::{Fetched, hash_piece};
use crate::repository::gravity;
use crate::transport::{SILENCE_LIMIT, TransportError};
use helper_core::input::Failure;
use helper_core::release::Release;
use sha2::{Digest as _, Sha256};
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// Progress is told at most this often.
const TELL_EVERY: Duration = Duration::from_millis(250);
/// The rate is measured over this long.
const RATE_WINDOW: Duration = Duration::from_secs(3);
/// How often one mirror may fail without having brought anything before the next one's turn.
const FRUITLESS_TRIES: u32 = 2;
/// How often bytes of one mirror may fail their hash before it is bad for this run.
const BAD_PIECES: u32 = 2;
/// Below this rate, in bytes a second, for this long, a mirror is as good as silent.
const SLOW_RATE: u64 = 1_000;
const SLOW_LIMIT: Duration = Duration::from_secs(120);
/// Room that is left free besides the package.
const SPARE_ROOM: u64 = 20_000_000;

/// A package that could not be fetched.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct FetchError {
    /// What it means.
    pub failure: Failure,
    message: String,
}

impl FetchError {
    fn new(failure: Failure, message: impl Into<String>) -> Self {
        Self { failure, message: message.into() }
    }

    fn disk(error: &io::Error, path: &Path) -> Self {
        let failure = match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Failure::DiskFull(0),
            _ => Failure::NotWritable,
        };
        Self::new(failure, format!("{}: {error}", path.display()))
    }
}

impl From<TransportError> for FetchError {
    fn from(error: TransportError) -> Self {
        Self::new(error.failure, error.to_string())
    }
}

/// How far a fetch is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bytes {
    /// Bytes that are here and hashed.
    pub done: u64,
    /// Bytes in all.
    pub total: u64,
    /// Bytes a second over the last seconds; 0 when not known yet.
    pub rate: u64,
}

/// The switch that stops a fetch; it stops when the switch is set or dropped.
#[derive(Debug)]
pub struct Cancel(watch::Sender<bool>);

/// The fetch's side of the switch.
#[derive(Clone, Debug)]
pub struct Cancelled(watch::Receiver<bool>);

impl Cancel {
    /// A switch and its other side.
    pub fn new() -> (Self, Cancelled) {
        let (sender, receiver) = watch::channel(false);
        (Self(sender), Cancelled(receiver))
    }

    /// Stops the fetch. What is on disk stays there for the next time.
    pub fn cancel(&self) {
        self.0.send_replace(true);
    }
}

impl Cancelled {
    async fn wait(&mut self) {
        // An error means that the switch is gone: nobody wants the package any more.
        let _ = self.0.wait_for(|cancelled| *cancelled).await;
    }
}

/// Fetches a release into `folder` and returns the file, not verified as a whole yet.
///
/// # Errors
/// [`FetchError`] with the class; `.part` stays for the next try unless it was wrong.
pub async fn fetch(
    client: &reqwest::Client,
    mirrors: &[String],
    release: &Release,
    folder: &Path,
    mut cancelled: Cancelled,
    tell: &mut (dyn FnMut(Bytes) + Send),
) -> Result<Fetched, FetchError> {
    let path = folder.join(format!("{}.part", release.sha256));
    let mut part = Part::open(&path, release).map_err(|error| match error.failure {
        Failure::DiskFull(_) => FetchError { failure: Failure::DiskFull(release.length * 3 + SPARE_ROOM), ..error },
        _ => error,
    })?;
    part.require_room(folder)?;
    let mut meter = Meter::new(part.good, release.length);
    tell(meter.bytes(part.good));
    let mut gravest = FetchError::new(Failure::Unreachable, "no mirror is set");
    for mirror in mirrors {
        let address = address_of(mirror, release);
        let (mut fruitless, mut bad) = (0, 0);
        loop {
            if part.is_complete() {
                tell(meter.bytes(part.good));
                return part.finish();
            }
            let before = part.good;
            let attempt = tokio::select! {
                attempt = stream(client, &address, &mut part, &mut meter, tell) => attempt,
                () = cancelled.wait() => return Err(FetchError::new(Failure::Cancelled, "cancelled")),
            };
            let Err(error) = attempt else { continue };
            tracing::warn!(%address, failure = ?error.failure, %error, done = part.good, "fetch interrupted");
            let give_up = match error.failure {
                Failure::Untrusted => {
                    bad += 1;
                    false
                }
                Failure::Unreachable | Failure::ServerFault => false,
                Failure::DiskFull(_) => {
                    return Err(FetchError { failure: Failure::DiskFull(part.missing() + SPARE_ROOM), ..error });
                }
                Failure::NotWritable => return Err(error),
                _ => true,
            };
            fruitless = if part.good > before { 0 } else { fruitless + 1 };
            let last_word = give_up || fruitless >= FRUITLESS_TRIES || bad >= BAD_PIECES;
            // An alarm stays one, whatever is wrong with the mirrors after it (SPEC A11).
            if last_word && gravity(error.failure) >= gravity(gravest.failure) {
                gravest = error;
            }
            if last_word {
                break;
            }
            tokio::select! {
                () = tokio::time::sleep(Duration::from_millis(500)) => {}
                () = cancelled.wait() => return Err(FetchError::new(Failure::Cancelled, "cancelled")),
            }
        }
        if part.is_complete() {
            return part.finish();
        }
    }
    Err(gravest)
}

/// `<mirror>/targets/<folders>/<sha256>.<file>`: the consistent-snapshot name of TUF 1.0, section 6.2.
fn address_of(mirror: &str, release: &Release) -> String {
    let mirror = mirror.trim_end_matches('/');
    let (folder, name) = release.target.rsplit_once('/').map_or(("", release.target.as_str()), |(f, n)| (f, n));
    let joint = if folder.is_empty() { "" } else { "/" };
    let quoted: String = format!("{folder}{joint}{}.{name}", release.sha256)
        .bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect();
    format!("{mirror}/targets/{quoted}")
}

/// One request for all that is missing.
async fn stream(
    client: &reqwest::Client,
    address: &str,
    part: &mut Part<'_>,
    meter: &mut Meter,
    tell: &mut (dyn FnMut(Bytes) + Send),
) -> Result<(), FetchError> {
    part.rewind()?;
    let from = part.good;
    let mut request = client.get(address).header("accept-encoding", "identity");
    if from > 0 {
        request = request.header("range", format!("bytes={from}-"));
    }
    let mut response = request.send().await.map_err(|error| TransportError::of(&error))?;
    if let Some(error) = TransportError::of_status(response.status(), address) {
        return Err(error.into());
    }
    let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !matches!(header("content-encoding"), "" | "identity") {
        return Err(FetchError::new(Failure::ServerFault, "the answer is compressed on the way"));
    }
    if header("content-type").starts_with("text/html") {
        return Err(FetchError::new(Failure::SignInPage, format!("{address} answered with a web page")));
    }
    match response.status().as_u16() {
        // A server that ignores ranges sends all of it: take it from the beginning, never append it.
        200 if from > 0 => part.restart()?,
        206 => {
            let expected = format!("bytes {from}-{}/{}", part.length - 1, part.length);
            if header("content-range") != expected {
                return Err(FetchError::new(Failure::ServerFault, "the answer is another range"));
            }
        }
        _ => {}
    }
    let mut slow = SlowWatch::new(part.good);
    while part.received() < part.length {
        let chunk = tokio::time::timeout(SILENCE_LIMIT, response.chunk())
            .await
            .map_err(|_| FetchError::new(Failure::Unreachable, "nothing arrives any more"))?
            .map_err(|error| TransportError::of(&error))?;
        let Some(chunk) = chunk else {
            return Err(FetchError::new(Failure::Unreachable, "the answer ended early"));
        };
        part.add(&chunk)?;
        if meter.is_due() {
            tell(meter.bytes(part.received()));
        }
        if slow.is_too_slow(part.received()) {
            return Err(FetchError::new(Failure::Unreachable, "less than 1 kB a second for two minutes"));
        }
    }
    Ok(())
}

/// The file on its way: `good` bytes are hashed and right, what follows belongs to the piece that is being received.
struct Part<'a> {
    path: PathBuf,
    file: File,
    release: &'a Release,
    length: u64,
    good: u64,
    piece: Sha256,
    in_piece: u64,
}

impl<'a> Part<'a> {
    fn open(path: &Path, release: &'a Release) -> Result<Self, FetchError> {
        let pieces = &release.custom.pieces;
        let count = release.length.div_ceil(u64::from(pieces.size.max(1)));
        if pieces.size == 0 || count != pieces.sha256.len() as u64 {
            return Err(FetchError::new(Failure::Untrusted, "the signed pieces do not make up the file"));
        }
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(|error| FetchError::disk(&error, path))?;
        let mut part = Self {
            path: path.to_owned(),
            file,
            release,
            length: release.length,
            good: 0,
            piece: Sha256::new(),
            in_piece: 0,
        };
        part.good = part.hash_what_is_there().map_err(|error| FetchError::disk(&error, path))?;
        Ok(part)
    }

    /// How many bytes from the beginning are right.
    fn hash_what_is_there(&mut self) -> io::Result<u64> {
        let size = u64::from(self.release.custom.pieces.size);
        let mut buffer = Vec::new();
        let mut good = 0;
        self.file.seek(SeekFrom::Start(0))?;
        for expected in &self.release.custom.pieces.sha256 {
            let length = size.min(self.length - good);
            buffer.clear();
            if (&self.file).take(length).read_to_end(&mut buffer)? as u64 != length || hash_piece(&buffer) != *expected
            {
                break;
            }
            good += length;
        }
        Ok(good)
    }

    fn require_room(&self, folder: &Path) -> Result<(), FetchError> {
        // The archive, what it unpacks to, and something to live on.
        let needed = self.missing() + self.length * 2 + SPARE_ROOM;
        match free_room(folder) {
            Some(free) if free < needed => Err(FetchError::new(
                Failure::DiskFull(needed),
                format!("{free} bytes are free, {needed} are needed in {}", folder.display()),
            )),
            _ => Ok(()),
        }
    }

    fn missing(&self) -> u64 {
        self.length - self.good
    }

    fn received(&self) -> u64 {
        self.good + self.in_piece
    }

    fn is_complete(&self) -> bool {
        self.good == self.length
    }

    /// Forgets the unfinished piece.
    fn rewind(&mut self) -> Result<(), FetchError> {
        self.piece = Sha256::new();
        self.in_piece = 0;
        self.file
            .set_len(self.good)
            .and_then(|()| self.file.seek(SeekFrom::Start(self.good)))
            .map(|_| ())
            .map_err(|error| FetchError::disk(&error, &self.path))
    }

    fn restart(&mut self) -> Result<(), FetchError> {
        self.good = 0;
        self.rewind()
    }

    fn add(&mut self, mut bytes: &[u8]) -> Result<(), FetchError> {
        let size = u64::from(self.release.custom.pieces.size);
        while !bytes.is_empty() {
            let room = size.min(self.length - self.good) - self.in_piece;
            if room == 0 {
                return Err(FetchError::new(Failure::Untrusted, "the file is longer than signed"));
            }
            let (now, later) = bytes.split_at(usize::try_from(room).unwrap_or(usize::MAX).min(bytes.len()));
            self.file.write_all(now).map_err(|error| FetchError::disk(&error, &self.path))?;
            self.piece.update(now);
            self.in_piece += now.len() as u64;
            bytes = later;
            if now.len() as u64 == room {
                self.close_piece(size)?;
            }
        }
        Ok(())
    }

    fn close_piece(&mut self, size: u64) -> Result<(), FetchError> {
        let index = usize::try_from(self.good / size).unwrap_or(usize::MAX);
        let found: [u8; 32] = std::mem::take(&mut self.piece).finalize().into();
        let expected = self.release.custom.pieces.sha256.get(index).map(|digest| digest.0);
        if expected != Some(found) {
            return Err(FetchError::new(Failure::Untrusted, format!("piece {index} is not what was signed")));
        }
        self.good += self.in_piece;
        self.in_piece = 0;
        Ok(())
    }

    fn finish(self) -> Result<Fetched, FetchError> {
        self.file
            .set_len(self.length)
            .and_then(|()| self.file.sync_all())
            .map_err(|error| FetchError::disk(&error, &self.path))?;
        Ok(Fetched::new(self.path))
    }
}

/// Free bytes for this user where the folder is; `None` where that cannot be told.
#[cfg(unix)]
fn free_room(folder: &Path) -> Option<u64> {
    let found = rustix::fs::statvfs(folder).ok()?;
    Some(found.f_bavail.saturating_mul(found.f_frsize))
}

#[cfg(not(unix))]
fn free_room(_: &Path) -> Option<u64> {
    None
}

/// Measures how fast it goes and when to tell.
struct Meter {
    total: u64,
    told: Instant,
    samples: std::collections::VecDeque<(Instant, u64)>,
}

impl Meter {
    fn new(done: u64, total: u64) -> Self {
        let now = Instant::now();
        Self { total, told: now, samples: std::collections::VecDeque::from([(now, done)]) }
    }

    fn is_due(&self) -> bool {
        self.told.elapsed() >= TELL_EVERY
    }

    fn bytes(&mut self, done: u64) -> Bytes {
        let now = Instant::now();
        self.told = now;
        self.samples.push_back((now, done));
        while self.samples.len() > 2 && now - self.samples[1].0 >= RATE_WINDOW {
            self.samples.pop_front();
        }
        let (since, then) = self.samples[0];
        let elapsed = u64::try_from((now - since).as_millis()).unwrap_or(u64::MAX);
        // Under half a second a rate is noise.
        let rate = if elapsed < 500 { 0 } else { done.saturating_sub(then) * 1_000 / elapsed };
        Bytes { done, total: self.total, rate }
    }
}

struct SlowWatch {
    since: Instant,
    then: u64,
}

impl SlowWatch {
    fn new(done: u64) -> Self {
        Self { since: Instant::now(), then: done }
    }

    fn is_too_slow(&mut self, done: u64) -> bool {
        let elapsed = self.since.elapsed();
        if elapsed < SLOW_LIMIT {
            return false;
        }
        let slow = done.saturating_sub(self.then) < SLOW_RATE * elapsed.as_secs();
        *self = Self::new(done);
        slow
    }
}
