//! Small state files that survive a power cut: checksum, atomic replacement, one previous generation.
//!
//! Order of a write (TRUST.md 6.1): temporary file in the same folder, fsync, keep the present one as `.prev`, rename,
//! fsync of the folder.

use crate::disk;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// How the names of files begin that are not renamed into place yet.
pub(crate) const UNFINISHED: &str = ".unfinished-";

/// Removes what a kill or a power cut left unfinished in a folder. Only while nobody writes there.
pub fn clear_unfinished(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
            // It is in nobody's way but for its room.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Writes bytes so that the name holds either the old or the new content, whatever happens.
///
/// # Errors
/// Whatever the system says; the old content is still there then.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().ok_or_else(|| io::Error::other("a state file needs a folder"))?;
    disk::replace(path, UNFINISHED, disk::BRIEFLY, |file| file.write_all(bytes))?;
    sync_folder(folder)
}

/// The same for a file that is no secret and goes on to other people and programs: everybody on this PC may read it.
///
/// # Errors
/// Whatever the system says; the old content is still there then.
pub fn write_readable(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().ok_or_else(|| io::Error::other("a file needs a folder"))?;
    disk::replace(path, UNFINISHED, disk::BRIEFLY, |file| {
        file.write_all(bytes)?;
        disk::let_all_read(file)
    })?;
    sync_folder(folder)
}

/// Makes renames in a folder last.
///
/// # Errors
/// Whatever the system says.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    // Windows has no fsync of folders; NTFS journals its names.
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// One value in one file.
#[derive(Clone, Debug)]
pub struct StateFile {
    path: PathBuf,
}

impl StateFile {
    /// Names a state file; nothing is read.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    fn previous(&self) -> PathBuf {
        let mut name = self.path.as_os_str().to_owned();
        name.push(".prev");
        PathBuf::from(name)
    }

    /// The value as last written; the generation before it when that one is damaged; `None` when there is neither.
    pub fn read<T: DeserializeOwned>(&self) -> Option<T> {
        read_checked(&self.path).or_else(|| {
            let older = read_checked(&self.previous());
            if older.is_some() {
                tracing::warn!(file = %self.path.display(), "state file damaged or missing: previous generation used");
            }
            older
        })
    }

    /// Replaces the value; the present one becomes the previous generation.
    ///
    /// # Errors
    /// Whatever the system says; the present value is still there then.
    pub fn write<T: Serialize>(&self, value: &T) -> io::Result<()> {
        let body = serde_json::to_vec(value)?;
        let mut bytes = checksum(&body).into_bytes();
        bytes.push(b'\n');
        bytes.extend_from_slice(&body);
        // A damaged file must not push the last good generation out.
        if read_checked::<serde_json::Value>(&self.path).is_some() {
            write_atomic(&self.previous(), &fs::read(&self.path)?)?;
        }
        write_atomic(&self.path, &bytes)
    }
}

fn checksum(body: &[u8]) -> String {
    helper_core::release::Digest(Sha256::digest(body).into()).to_string()
}

fn read_checked<T: DeserializeOwned>(path: &Path) -> Option<T> {
    let bytes = fs::read(path).ok()?;
    let split = bytes.iter().position(|byte| *byte == b'\n')?;
    let (sum, body) = (&bytes[..split], &bytes[split + 1..]);
    (sum == checksum(body).as_bytes()).then(|| serde_json::from_slice(body).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_good_generation_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = StateFile::new(folder.path().join("state"));
        assert_eq!(file.read::<u32>(), None);
        file.write(&1u32).unwrap();
        file.write(&2u32).unwrap();
        assert_eq!(file.read::<u32>(), Some(2));
        let whole = fs::read(folder.path().join("state")).unwrap();
        for cut in 0..whole.len() {
            fs::write(folder.path().join("state"), &whole[..cut]).unwrap();
            assert_eq!(file.read::<u32>(), Some(1), "cut at {cut}");
        }
        fs::write(folder.path().join("state"), b"garbage").unwrap();
        file.write(&3u32).unwrap();
        fs::remove_file(folder.path().join("state")).unwrap();
        assert_eq!(file.read::<u32>(), Some(1), "garbage did not replace the good generation");
    }
}
