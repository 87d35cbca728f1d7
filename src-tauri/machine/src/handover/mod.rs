//! One helper a user: a kernel lock says who, and a door takes the wishes of every other start, each acknowledged.
//!
//! The door is a socket or a pipe that only this user can open; each side checks the other's user as well before it says
//! anything. One JSON line each way. No port is opened (SPEC I5).

#[cfg(target_os = "windows")]
mod pipe;
#[cfg(any(target_os = "windows", test))]
mod plate;
#[cfg(unix)]
mod unix;
#[cfg(target_os = "windows")]
mod windows;

#[cfg(unix)]
use unix as system;
#[cfg(target_os = "windows")]
use windows as system;

use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::time::Duration;
use system::{Listener, Stream};

/// The longest line that is read, in bytes.
const MAX_LINE: u64 = 64 * 1024;
/// How long a visitor waits: to be let in, and then for the whole answer.
const ANSWER_LIMIT: Duration = Duration::from_secs(10);
/// How long a visitor may take for its whole line. Everybody behind it waits, and it has written before it is let in.
const WISH_LIMIT: Duration = Duration::from_secs(2);

/// Proof that this is the only helper of the user; the kernel takes it back when the process ends, however it ends.
#[derive(Debug)]
pub struct Single {
    _lock: File,
}

/// Tries to become the only helper. `None` when there is one already.
///
/// # Errors
/// Whatever the system says about the lock file.
pub fn become_single(lock: &Path) -> io::Result<Option<Single>> {
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(lock)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(Single { _lock: file })),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// The inner side of the door.
#[derive(Debug)]
pub struct Door {
    listener: Listener,
}

impl Door {
    /// Opens the door. Only the holder of [`Single`] may: what stands in its place is a dead helper's.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn open(_single: &Single, path: &Path) -> io::Result<Self> {
        Ok(Self { listener: Listener::open(path)? })
    }

    /// Waits for one visitor of the same user, reads its line and hands it with a way to answer to `serve`. Blocks
    /// without polling.
    ///
    /// # Errors
    /// The door itself is broken; a visitor's faults are only logged.
    pub fn serve_one<T: DeserializeOwned>(&self, serve: &mut dyn FnMut(T, Visitor)) -> io::Result<()> {
        let stream = self.listener.accept()?;
        match read_visitor(stream) {
            Ok((wish, visitor)) => serve(wish, visitor),
            Err(error) => tracing::warn!(%error, "a visitor was turned away"),
        }
        Ok(())
    }
}

/// The way to answer a visitor.
#[derive(Debug)]
pub struct Visitor {
    stream: BufReader<Stream>,
}

impl Visitor {
    /// Answers with one line.
    ///
    /// # Errors
    /// The visitor is gone.
    pub fn answer<T: Serialize>(self, answer: &T) -> io::Result<()> {
        let mut stream = self.stream.into_inner();
        stream.limit(WISH_LIMIT);
        write_line(&mut stream, answer)?;
        stream.finish();
        Ok(())
    }
}

fn read_visitor<T: DeserializeOwned>(mut stream: Stream) -> io::Result<(T, Visitor)> {
    stream.require_same_user()?;
    stream.limit(WISH_LIMIT);
    let mut stream = BufReader::new(stream);
    let wish = read_line(&mut stream)?;
    Ok((wish, Visitor { stream }))
}

/// Knocks at the door of the running helper: one line there, one line back.
///
/// # Errors
/// Nobody opens, it is somebody else's door, or the answer makes no sense.
pub fn knock<W: Serialize, A: DeserializeOwned>(path: &Path, wish: &W) -> io::Result<A> {
    let mut stream = Stream::connect(path, ANSWER_LIMIT)?;
    stream.require_same_user()?;
    stream.limit(ANSWER_LIMIT);
    let mut stream = BufReader::new(stream);
    write_line(stream.get_mut(), wish)?;
    read_line(&mut stream)
}

fn write_line<T: Serialize>(stream: &mut Stream, value: &T) -> io::Result<()> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    stream.write_all(&line)
}

fn read_line<T: DeserializeOwned>(stream: &mut BufReader<Stream>) -> io::Result<T> {
    let mut line = String::new();
    stream.take(MAX_LINE).read_line(&mut line)?;
    if !line.ends_with('\n') {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "no whole line"));
    }
    Ok(serde_json::from_str(&line)?)
}
