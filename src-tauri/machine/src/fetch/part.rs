//! The file on its way: `<hash>.part`, with pieces that are right and holes between them.
//!
//! What is on disk is believed only as far as its pieces hash to what is signed (TRUST.md 5.4, 1): no journal, no ETag, and
//! resuming works across mirrors, days and reboots.

use super::{Cancelled, FetchError};
use crate::disk::free_room;
use crate::package::{Fetched, hash_all};
use helper_core::input::Failure;
use helper_core::release::{Digest, Release};
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Room that is left free besides the package, in bytes.
const SPARE_ROOM: u64 = 20_000_000;
/// After so many bytes the disk begins to write, instead of all at the end.
const SAVE_EVERY: u64 = 8 << 20;

/// The file on its way.
#[derive(Debug)]
pub(super) struct Part {
    file: File,
    judge: Arc<Judge>,
    /// Bytes since the disk was last told to begin.
    unsaved: u64,
    saving: Arc<AtomicBool>,
}

/// Knows what the pieces must hash to. Shared with the threads that hash while more bytes come.
#[derive(Debug)]
pub(super) struct Judge {
    path: PathBuf,
    length: u64,
    size: u64,
    sha256: Vec<Digest>,
}

impl Judge {
    /// Hashes a piece as it lies on disk.
    pub(super) fn is_right(&self, piece: usize) -> Result<bool, FetchError> {
        let start = self.size * piece as u64;
        let length = self.size.min(self.length.saturating_sub(start));
        // A handle of its own: the position in the file belongs to the handle.
        let read = |mut file: File| {
            file.seek(SeekFrom::Start(start))?;
            hash_all(&mut file.take(length), length)
        };
        let (found, read) =
            File::open(&self.path).and_then(read).map_err(|error| disk(&error, &self.path, SPARE_ROOM))?;
        Ok(read == length && self.sha256.get(piece) == Some(&found))
    }
}

impl Part {
    /// Opens what is there, or begins.
    pub(super) fn open(folder: &Path, release: &Release) -> Result<Self, FetchError> {
        let pieces = &release.custom.pieces;
        let count = release.length.div_ceil(u64::from(pieces.size.max(1)));
        if pieces.size == 0 || count != pieces.sha256.len() as u64 {
            return Err(FetchError::new(Failure::Untrusted, "the signed pieces do not make up the file"));
        }
        let path = folder.join(format!("{}.part", release.sha256));
        let options = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let file = options.map_err(|error| disk(&error, &path, release.length * 3 + SPARE_ROOM))?;
        let (size, sha256) = (u64::from(pieces.size), pieces.sha256.clone());
        let judge = Arc::new(Judge { path, length: release.length, size, sha256 });
        Ok(Self { file, judge, unsaved: 0, saving: Arc::default() })
    }

    /// Whom to ask whether a piece is right.
    pub(super) fn judge(&self) -> Arc<Judge> {
        Arc::clone(&self.judge)
    }

    /// Which pieces are right.
    pub(super) async fn good_pieces(&self, cancelled: &Cancelled) -> Result<Vec<bool>, FetchError> {
        let there = self.file.metadata().map_err(|error| self.disk(&error, 0))?.len();
        let mut good = vec![false; self.judge.sha256.len()];
        for (piece, good) in good.iter_mut().enumerate() {
            if piece as u64 * self.judge.size >= there {
                break;
            }
            *good = self.judge.is_right(piece)?;
            // A large file takes a while; whoever cancels is heard.
            if cancelled.is_set() {
                return Err(FetchError::cancelled());
            }
            tokio::task::yield_now().await;
        }
        Ok(good)
    }

    /// Is there room for the archive, what it unpacks to, and something to live on?
    pub(super) fn require_room(&self, folder: &Path, missing: u64) -> Result<(), FetchError> {
        let needed = missing + self.judge.length * 2 + SPARE_ROOM;
        match free_room(folder) {
            Some(free) if free < needed => Err(FetchError::new(
                Failure::DiskFull(needed),
                format!("{free} bytes are free, {needed} are needed in {}", folder.display()),
            )),
            _ => Ok(()),
        }
    }

    /// Writes bytes to their place. `missing` is what is still to come, for the words about a full disk.
    pub(super) fn write(&mut self, at: u64, bytes: &[u8], missing: u64) -> Result<(), FetchError> {
        self.file
            .seek(SeekFrom::Start(at))
            .and_then(|_| self.file.write_all(bytes))
            .map_err(|error| self.disk(&error, missing))?;
        self.unsaved += bytes.len() as u64;
        Ok(())
    }

    /// Lets the disk begin while more comes, so that at the end only the last bytes are waited for. One at a time.
    pub(super) fn save_ahead(&mut self) {
        if self.unsaved < SAVE_EVERY || self.saving.swap(true, Ordering::Relaxed) {
            return;
        }
        self.unsaved = 0;
        let (saving, judge) = (Arc::clone(&self.saving), self.judge());
        tokio::task::spawn_blocking(move || {
            // Opened anew: an error of the disk is told once to every opening, and the one that counts is told at the end
            // (Linux, `Documentation/filesystems/vfs.rst`, "Handling errors during writeback").
            let saved = OpenOptions::new().write(true).open(&judge.path).and_then(|file| file.sync_data());
            if let Err(error) = saved {
                tracing::debug!(%error, "the disk was not ahead");
            }
            saving.store(false, Ordering::Relaxed);
        });
    }

    /// All of it is there: cut to its length and brought to the disk.
    pub(super) fn finish(self) -> Result<Fetched, FetchError> {
        self.file
            .set_len(self.judge.length)
            .and_then(|()| self.file.sync_all())
            .map_err(|error| self.disk(&error, 0))?;
        Ok(Fetched::new(self.judge.path.clone()))
    }

    fn disk(&self, error: &io::Error, missing: u64) -> FetchError {
        disk(error, &self.judge.path, missing + SPARE_ROOM)
    }
}

fn disk(error: &io::Error, path: &Path, needed: u64) -> FetchError {
    let failure = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Failure::DiskFull(needed),
        _ => Failure::NotWritable,
    };
    FetchError::new(failure, format!("{}: {error}", path.display()))
}
