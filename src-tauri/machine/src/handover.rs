//! One helper a user: a kernel lock says who, and a door takes the wishes of every other start, each acknowledged.
//!
//! The door is a local socket in a folder that only this user can enter; the other side's user is checked as well. One JSON
//! line each way. No port is opened (SPEC I5).

use interprocess::local_socket::prelude::*;
use interprocess::local_socket::{GenericFilePath, Listener, ListenerOptions, Stream};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::time::Duration;

/// The longest line that is read, in bytes.
const MAX_LINE: u64 = 64 * 1024;
/// How long the other side may take for its line.
const LINE_LIMIT: Duration = Duration::from_secs(10);

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
        let options = ListenerOptions::new().name(path.to_fs_name::<GenericFilePath>()?).try_overwrite(true);
        #[cfg(unix)]
        let options = {
            use interprocess::os::unix::local_socket::ListenerOptionsExt as _;
            options.mode(0o600)
        };
        Ok(Self { listener: options.create_sync()? })
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
    pub fn answer<T: Serialize>(mut self, answer: &T) -> io::Result<()> {
        write_line(self.stream.get_mut(), answer)
    }
}

fn read_visitor<T: DeserializeOwned>(stream: Stream) -> io::Result<(T, Visitor)> {
    require_same_user(&stream)?;
    stream.set_recv_timeout(Some(LINE_LIMIT))?;
    stream.set_send_timeout(Some(LINE_LIMIT))?;
    let mut stream = BufReader::new(stream);
    let wish = read_line(&mut stream)?;
    Ok((wish, Visitor { stream }))
}

#[cfg(unix)]
fn require_same_user(stream: &Stream) -> io::Result<()> {
    let visitor = stream.peer_creds()?.euid();
    let me = rustix::process::geteuid().as_raw();
    if visitor == Some(me) {
        Ok(())
    } else {
        Err(io::Error::new(io::ErrorKind::PermissionDenied, format!("user {visitor:?} is not user {me}")))
    }
}

#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps)]
fn require_same_user(_: &Stream) -> io::Result<()> {
    // The pipe's access list does it there.
    Ok(())
}

/// Knocks at the door of the running helper: one line there, one line back.
///
/// # Errors
/// Nobody opens, or the answer makes no sense.
pub fn knock<W: Serialize, A: DeserializeOwned>(path: &Path, wish: &W) -> io::Result<A> {
    let stream = Stream::connect(path.to_fs_name::<GenericFilePath>()?)?;
    require_same_user(&stream)?;
    stream.set_recv_timeout(Some(LINE_LIMIT))?;
    stream.set_send_timeout(Some(LINE_LIMIT))?;
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

#[cfg(test)]
mod tests {
    #[cfg(unix)]
    use super::*;

    #[cfg(unix)]
    #[test]
    fn one_helper_and_every_visitor_is_answered() {
        let folder = tempfile::tempdir().unwrap();
        let (lock, door) = (folder.path().join("lock"), folder.path().join("door"));
        let single = become_single(&lock).unwrap().unwrap();
        assert!(become_single(&lock).unwrap().is_none(), "a second one is not single");
        // What a killed helper leaves behind is replaced.
        std::fs::write(&door, b"").unwrap();
        std::fs::remove_file(&door).unwrap();
        drop(std::os::unix::net::UnixListener::bind(&door).unwrap());
        assert!(door.exists());
        let inside = Door::open(&single, &door).unwrap();
        let served = std::thread::spawn(move || {
            for _ in 0..3 {
                inside.serve_one::<u32>(&mut |wish, visitor| visitor.answer(&(wish + 1)).unwrap()).unwrap();
            }
        });
        assert_eq!(knock::<_, u32>(&door, &1u32).unwrap(), 2);
        assert!(knock::<_, u32>(&door, &"junk").is_err(), "nonsense gets no answer");
        assert_eq!(knock::<_, u32>(&door, &7u32).unwrap(), 8);
        served.join().unwrap();
        use std::os::unix::fs::PermissionsExt as _;
        drop(single);
        assert!(become_single(&lock).unwrap().is_some(), "free again");
        if let Ok(found) = std::fs::metadata(&door) {
            assert_eq!(found.permissions().mode() & 0o077, 0, "nobody else may knock");
        }
    }
}
