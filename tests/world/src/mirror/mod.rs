//! A scripted mirror: an HTTP/1.1 server for one folder that can be told to fail in every way a network fails.
//!
//! It listens on 127.0.0.1 only, on a port of its own, and can be taken down and brought up again on the same port.

mod answer;
mod door;
mod fault;
mod http;

use std::collections::HashMap;
use std::io;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use door::Door;
pub use fault::{Fault, Times};

use crate::Result;
use crate::error::Doing;

/// One request that the mirror saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// `GET`, `HEAD` ...
    pub method: String,
    /// The path, percent-decoded, without the query.
    pub path: String,
    /// The query after `?`, as it was sent.
    pub query: Option<String>,
    /// The value of the `Range` header.
    pub range: Option<String>,
    /// All headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The status of the answer; 0 while there is none, and for ever if the connection was closed without one.
    pub status: u16,
    /// Bytes of the answer's status line and headers.
    pub head_bytes: u64,
    /// Bytes of the answer's body that were handed to the network.
    pub body_bytes: u64,
}

/// The mirror. It stops when it is dropped.
#[derive(Debug)]
pub struct Mirror {
    shared: Arc<Shared>,
    door: Mutex<Door>,
}

/// What the connections share.
#[derive(Debug)]
struct Shared {
    root: PathBuf,
    seen: Mutex<Vec<Seen>>,
    faults: Mutex<Vec<fault::Rule>>,
    line: Mutex<Line>,
    changed: Condvar,
}

/// Which connections are open. `epoch` grows whenever all of them have to end.
#[derive(Debug, Default)]
struct Line {
    epoch: u64,
    next: u64,
    open: HashMap<u64, TcpStream>,
    active: usize,
}

impl Mirror {
    /// Serves a folder on a free port.
    pub fn serve(root: impl AsRef<Path>) -> Result<Self> {
        let door = Door::reserve().doing(|| "taking a port for the mirror".into())?;
        Self::behind(door, root.as_ref())
    }

    /// Serves a folder on a socket that listens already, anywhere. Down once is down for good there.
    pub fn serve_on(listener: TcpListener, root: impl AsRef<Path>) -> Result<Self> {
        let door = Door::around(listener).doing(|| "looking at a listening socket".into())?;
        Self::behind(door, root.as_ref())
    }

    fn behind(mut door: Door, root: &Path) -> Result<Self> {
        let shared = Arc::new(Shared {
            root: root.to_owned(),
            seen: Mutex::default(),
            faults: Mutex::default(),
            line: Mutex::default(),
            changed: Condvar::new(),
        });
        door.open(&shared).doing(|| "opening the mirror's port".into())?;
        Ok(Self { shared, door: Mutex::new(door) })
    }

    /// The address without a slash at the end: `http://127.0.0.1:<port>`.
    pub fn base(&self) -> String {
        format!("http://{}", lock(&self.door).address())
    }

    /// The address of a path below the folder.
    pub fn url(&self, path: &str) -> String {
        format!("{}/{}", self.base(), path.trim_start_matches('/'))
    }

    /// The port, which stays the same while the mirror is down.
    pub fn port(&self) -> u16 {
        lock(&self.door).address().port()
    }

    /// The folder that is served.
    pub fn root(&self) -> &Path {
        &self.shared.root
    }

    /// Adds a fault for all paths that match `pattern` (`*` stands for anything). Of several faults for one path the
    /// oldest that is not used up is taken, so a sequence is told by adding them in order. `Delay` lets the next one
    /// act as well.
    pub fn fault(&self, pattern: &str, fault: Fault, times: Times) {
        lock(&self.shared.faults).push(fault::Rule::new(pattern, fault, times));
    }

    /// Takes all faults away. What is already stalled or trickling stays so until it ends or the mirror goes down.
    pub fn clear_faults(&self) {
        lock(&self.shared.faults).clear();
    }

    /// Everything that was requested so far, in order of arrival.
    pub fn seen(&self) -> Vec<Seen> {
        lock(&self.shared.seen).clone()
    }

    /// How many requests came for paths that match `pattern`.
    pub fn count(&self, pattern: &str) -> usize {
        lock(&self.shared.seen).iter().filter(|seen| fault::matches(pattern, &seen.path)).count()
    }

    /// Bytes sent so far, heads and bodies of all answers.
    pub fn bytes_sent(&self) -> u64 {
        lock(&self.shared.seen).iter().map(|seen| seen.head_bytes + seen.body_bytes).sum()
    }

    /// Goes down: the port refuses connections and everything open is cut.
    pub fn down(&self) -> Result<()> {
        lock(&self.door).close(&self.shared).doing(|| "closing the mirror's port".into())
    }

    /// Comes up again on the same port.
    pub fn up(&self) -> Result<()> {
        lock(&self.door).open(&self.shared).doing(|| "opening the mirror's port again".into())
    }
}

impl Drop for Mirror {
    fn drop(&mut self) {
        // A destructor has nobody to tell; a port that cannot be taken back is of no use now anyway.
        let _ = lock(&self.door).close(&self.shared);
    }
}

impl Shared {
    fn epoch(&self) -> u64 {
        lock(&self.line).epoch
    }

    /// Enters a connection; nothing if it came too late and has to go.
    fn enter(&self, stream: &TcpStream, epoch: u64) -> io::Result<Option<u64>> {
        let second = stream.try_clone()?;
        let mut line = lock(&self.line);
        if line.epoch != epoch {
            return Ok(None);
        }
        line.next += 1;
        let id = line.next;
        line.open.insert(id, second);
        line.active += 1;
        Ok(Some(id))
    }

    /// Forgets a connection's second handle, so that the first one alone decides how it is closed.
    fn release(&self, id: u64) {
        lock(&self.line).open.remove(&id);
    }

    /// A connection's thread is done.
    fn left(&self) {
        lock(&self.line).active -= 1;
        self.changed.notify_all();
    }

    /// Cuts every connection and waits (with a bound) until their threads are gone.
    fn cut_all(&self) {
        let mut line = lock(&self.line);
        line.epoch += 1;
        for (_, stream) in line.open.drain() {
            // It may be closed already by the other side.
            let _ = stream.shutdown(Shutdown::Both);
        }
        self.changed.notify_all();
        let bound = Duration::from_secs(5);
        drop(self.changed.wait_timeout_while(line, bound, |line| line.active > 0));
    }

    /// Rests; false if the mirror went down meanwhile.
    fn rest(&self, epoch: u64, time: Duration) -> bool {
        let end = Instant::now() + time;
        let mut line = lock(&self.line);
        while line.epoch == epoch {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return true;
            }
            line = self.changed.wait_timeout(line, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        false
    }

    fn note(&self, seen: Seen) -> usize {
        let mut all = lock(&self.seen);
        all.push(seen);
        all.len() - 1
    }

    fn amend(&self, index: usize, change: impl FnOnce(&mut Seen)) {
        if let Some(seen) = lock(&self.seen).get_mut(index) {
            change(seen);
        }
    }
}

/// A poisoned lock only means that another test thread failed: its data is still good to look at.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
