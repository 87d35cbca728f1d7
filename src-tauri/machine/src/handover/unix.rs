//! Unix: a socket in a folder that only this user can enter; the kernel says who is on the other side.

use crate::clock;
use helper_core::time::Moment;
use interprocess::local_socket::prelude::*;
use interprocess::local_socket::{GenericFilePath, ListenerOptions};
use interprocess::os::unix::local_socket::ListenerOptionsExt as _;
use std::io::{self, Read, Write};
use std::path::Path;
use std::time::Duration;

/// The inner side.
#[derive(Debug)]
pub(super) struct Listener(interprocess::local_socket::Listener);

impl Listener {
    /// Opens the door in the place of a dead helper's.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let options =
            ListenerOptions::new().name(path.to_fs_name::<GenericFilePath>()?).try_overwrite(true).mode(0o600);
        options.create_sync().map(Self)
    }

    /// Waits for the next visitor.
    pub(super) fn accept(&self) -> io::Result<Stream> {
        self.0.accept().map(Stream::of)
    }
}

/// A connection; what is read and written ends at a given moment.
#[derive(Debug)]
pub(super) struct Stream {
    socket: interprocess::local_socket::Stream,
    until: Moment,
}

impl Stream {
    fn of(socket: interprocess::local_socket::Stream) -> Self {
        Self { socket, until: Moment(0) }
    }

    /// Knocks.
    pub(super) fn connect(path: &Path, _limit: Duration) -> io::Result<Self> {
        interprocess::local_socket::Stream::connect(path.to_fs_name::<GenericFilePath>()?).map(Self::of)
    }

    /// From now on everything together may take so long.
    pub(super) fn limit(&mut self, limit: Duration) {
        self.until = clock::moment().after(u64::try_from(limit.as_millis()).unwrap_or(u64::MAX));
    }

    /// Refuses the other side if it is not this user's.
    pub(super) fn require_same_user(&self) -> io::Result<()> {
        let other = self.socket.peer_creds()?.euid();
        let me = rustix::process::geteuid().as_raw();
        if other == Some(me) {
            Ok(())
        } else {
            Err(io::Error::new(io::ErrorKind::PermissionDenied, format!("user {other:?} is not user {me}")))
        }
    }

    /// What was written is the kernel's: the other side can read it after this one is gone.
    pub(super) fn finish(self) {}

    fn left(&self) -> io::Result<Duration> {
        match self.until.0.saturating_sub(clock::moment().0) {
            0 => Err(io::Error::from(io::ErrorKind::TimedOut)),
            left => Ok(Duration::from_millis(left)),
        }
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.socket.set_recv_timeout(Some(self.left()?))?;
        self.socket.read(buffer)
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.socket.set_send_timeout(Some(self.left()?))?;
        self.socket.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.socket.flush()
    }
}
