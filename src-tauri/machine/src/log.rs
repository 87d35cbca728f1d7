//! What the program says of its work, for supporters: to standard error, and to a file beside the journal once the folders are
//! known. A helper in the tray has a standard error that nobody reads.

use crate::rotating::{self, Limits, Rotating};
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Mutex, OnceLock, PoisonError};

const NAME: &str = "log.txt";
const LIMITS: Limits = Limits { bytes: 500_000, closed: 1 };

static KEPT: OnceLock<Mutex<Rotating>> = OnceLock::new();

/// Keeps everything that is said from now on in this folder as well. Only the one helper that runs may: others would write between
/// its lines.
pub fn keep(folder: &Path) {
    let file = Rotating::open(folder, NAME, LIMITS);
    // A second call changes nothing.
    let _ = KEPT.set(Mutex::new(file));
}

/// The last lines that were kept in this folder, at most `count`, the oldest first.
pub fn last_lines(folder: &Path, count: usize) -> Vec<String> {
    rotating::last_lines(folder, NAME, LIMITS, count)
}

/// Where one message goes.
#[derive(Debug)]
pub struct Sink(());

/// A place for one message.
pub const fn sink() -> Sink {
    Sink(())
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(file) = KEPT.get() {
            let line = bytes.strip_suffix(b"\n").unwrap_or(bytes);
            // A log that cannot be written stops nobody, and there is nobody left to tell.
            let _ = file.lock().unwrap_or_else(PoisonError::into_inner).add(line);
        }
        // The same holds for a standard error that is closed.
        let _ = io::stderr().write_all(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
