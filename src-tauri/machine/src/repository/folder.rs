//! A mirror in a folder: a share, a USB stick.

use crate::transport::{Retry, TransportError};
use helper_core::input::Failure;
use sigstore_tuf::Error;
use sigstore_tuf::transport::FetchFuture;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Component, Path, PathBuf};

/// Bytes that are read at a time.
const CHUNK: usize = 1 << 16;

/// Metadata and packages in a folder with the mirror's own layout.
#[derive(Clone, Debug)]
pub struct FolderMirror {
    folder: PathBuf,
}

impl FolderMirror {
    /// Names the folder; nothing is looked at.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// Opens a file below the folder, `None` when there is none of this name. A folder that is gone is no answer.
    fn open(&self, name: &str) -> Result<Option<File>, TransportError> {
        let Some(path) = inside(&self.folder, name) else { return Ok(None) };
        // Looked at before it is opened: opening a pipe would wait for its other end.
        let opened = fs::metadata(&path).and_then(|found| {
            if found.is_file() { File::open(&path).map(Some) } else { Err(io::ErrorKind::NotFound.into()) }
        });
        match opened {
            Ok(file) => Ok(file),
            Err(error) if error.kind() == io::ErrorKind::NotFound && self.folder.join("metadata").is_dir() => Ok(None),
            Err(error) => Err(gone(&path.display().to_string(), &error)),
        }
    }

    /// One metadata file.
    pub(super) fn metadata(&self, name: &str, max_length: u64) -> Result<Option<Vec<u8>>, TransportError> {
        let name = format!("metadata/{name}");
        let Some(file) = self.open(&name)? else { return Ok(None) };
        read_bounded(file, &name, max_length).map(Some)
    }

    /// Copies one package; how many bytes, `None` when there is no such file.
    pub(super) fn copy(&self, name: &str, to: &mut dyn Write, max_length: u64) -> Result<Option<u64>, CopyError> {
        let Some(file) = self.open(&format!("targets/{name}"))? else { return Ok(None) };
        copy_bounded(file, name, to, max_length).map(Some)
    }

    /// The names of all metadata files.
    pub(super) fn metadata_names(&self) -> Result<Vec<String>, TransportError> {
        let folder = self.folder.join("metadata");
        let wrap = |error: io::Error| gone(&folder.display().to_string(), &error);
        let mut names = Vec::new();
        for entry in fs::read_dir(&folder).map_err(wrap)? {
            names.push(entry.map_err(wrap)?.file_name().to_string_lossy().into_owned());
        }
        Ok(names)
    }
}

impl sigstore_tuf::Repository for FolderMirror {
    fn fetch_metadata<'a>(&'a self, name: &'a str, max_length: u64) -> FetchFuture<'a> {
        let fetched = self.metadata(name, max_length);
        Box::pin(async move { fetched.map_err(not_fetched) })
    }

    fn fetch_target<'a>(&'a self, path: &'a str, _: u64) -> FetchFuture<'a> {
        // Packages are copied to where they are unpacked, never whole into memory.
        Box::pin(async move { Err(Error::transport(format!("{path}: targets are copied elsewhere"))) })
    }
}

/// A package that could not be copied: the source failed, or this PC's disk did.
#[derive(Debug, thiserror::Error)]
pub(super) enum CopyError {
    /// The source.
    #[error(transparent)]
    Source(#[from] TransportError),
    /// The disk.
    #[error("{0}")]
    Disk(io::Error),
}

/// As the TUF client takes it.
pub(super) fn not_fetched(error: TransportError) -> Error {
    Error::transport_with_source("metadata could not be read", error)
}

/// A path below a folder; `None` for a name that leads out of it, which names nothing.
fn inside(folder: &Path, name: &str) -> Option<PathBuf> {
    let name = Path::new(name);
    let clean = name.components().all(|part| matches!(part, Component::Normal(_)));
    (clean && name.file_name().is_some()).then(|| folder.join(name))
}

/// The source is not there any more, or cannot be read.
pub(super) fn gone(name: &str, error: &io::Error) -> TransportError {
    // What a reader of archives says about bytes that make no sense.
    let damaged = matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof);
    let failure = if damaged { Failure::Untrusted } else { Failure::Unreachable };
    TransportError::new(failure, Retry::Never, format!("{name}: {error}"))
}

/// Reads to the end.
pub(super) fn read_bounded(from: impl Read, name: &str, max_length: u64) -> Result<Vec<u8>, TransportError> {
    let mut bytes = Vec::new();
    from.take(max_length.saturating_add(1)).read_to_end(&mut bytes).map_err(|error| gone(name, &error))?;
    if bytes.len() as u64 > max_length {
        return Err(too_long(name, max_length));
    }
    Ok(bytes)
}

/// Copies to the end.
pub(super) fn copy_bounded(
    mut from: impl Read,
    name: &str,
    to: &mut dyn Write,
    max_length: u64,
) -> Result<u64, CopyError> {
    let mut buffer = vec![0; CHUNK];
    let mut copied = 0;
    loop {
        let count = match from.read(&mut buffer) {
            Ok(0) => return Ok(copied),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(gone(name, &error).into()),
        };
        copied += count as u64;
        if copied > max_length {
            return Err(too_long(name, max_length).into());
        }
        to.write_all(&buffer[..count]).map_err(CopyError::Disk)?;
    }
}

fn too_long(name: &str, max_length: u64) -> TransportError {
    TransportError::new(Failure::Untrusted, Retry::Never, format!("{name} is longer than {max_length} bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_inside_or_are_nothing() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("mirror");
        fs::create_dir_all(folder.join("metadata")).unwrap();
        fs::write(folder.join("metadata/timestamp.json"), b"{}").unwrap();
        fs::write(home.path().join("outside"), b"{}").unwrap();
        let mirror = FolderMirror::new(&folder);
        assert_eq!(mirror.metadata("timestamp.json", 2).unwrap().as_deref(), Some(&b"{}"[..]));
        let absolute = home.path().join("outside").display().to_string();
        for name in ["../../outside", "../timestamp.json", absolute.as_str(), "", ".", "..", "nothing.json"] {
            assert_eq!(mirror.metadata(name, 100).unwrap(), None, "{name}");
        }
        assert_eq!(mirror.copy("../../outside", &mut Vec::new(), 100).unwrap(), None);
        assert_eq!(mirror.metadata("timestamp.json", 1).unwrap_err().failure, Failure::Untrusted, "too long");
    }

    #[test]
    fn a_folder_that_is_gone_is_no_answer() {
        let home = tempfile::tempdir().unwrap();
        let mirror = FolderMirror::new(home.path());
        assert_eq!(mirror.metadata("2.root.json", 100).unwrap_err().failure, Failure::Unreachable);
        fs::create_dir(home.path().join("metadata")).unwrap();
        assert_eq!(mirror.metadata("2.root.json", 100).unwrap(), None);
        fs::create_dir(home.path().join("metadata/2.root.json")).unwrap();
        assert_eq!(mirror.metadata("2.root.json", 100).unwrap(), None, "a folder is no file");
    }
}
