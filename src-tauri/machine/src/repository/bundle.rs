//! A mirror in one zip file: what a USB stick carries best.
//!
//! Names in it are only looked up, never used as paths, and what is read is bounded and verified: an archive can lie about
//! anything and gains nothing.

use super::folder::{CopyError, copy_bounded, gone, read_bounded};
use crate::transport::{Retry, TransportError};
use helper_core::input::Failure;
use std::fs::File;
use std::io::{self, BufReader, Seek as _, SeekFrom, Write};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use zip::read::{Config, ZipArchive, ZipFile};
use zip::result::ZipError;
use zip::unstable::read::ZipIterable;

/// Most entries of a bundle: every root that ever was, and the packages of a few systems.
const MAX_ENTRIES: usize = 10_000;

type Archive = ZipArchive<BufReader<File>>;

/// An opened bundle. The file stays open: what is read is what was opened.
#[derive(Debug)]
pub(super) struct Bundle {
    archive: Mutex<Archive>,
}

impl Bundle {
    /// Opens a zip file.
    ///
    /// # Errors
    /// [`Failure::Unreachable`] when it cannot be read, [`Failure::Untrusted`] when it is no sound zip file.
    pub(super) fn open(path: &Path) -> Result<Self, TransportError> {
        let name = path.display().to_string();
        let zip_error = |error| zip_error(&name, error);
        let file = File::open(path).map_err(|error| gone(&name, &error))?;
        let mut reader = BufReader::new(file);
        // The entries are counted before they are read into memory.
        let count = ZipIterable::try_new(&mut reader, Config::default()).map_err(zip_error)?.len();
        if count > MAX_ENTRIES {
            return Err(TransportError::new(Failure::Untrusted, Retry::Never, format!("{name} has {count} entries")));
        }
        reader.seek(SeekFrom::Start(0)).map_err(|error| gone(&name, &error))?;
        let mut archive = ZipArchive::new(reader).map_err(zip_error)?;
        if archive.offset() != 0 {
            return Err(TransportError::new(
                Failure::Untrusted,
                Retry::Never,
                format!("foreign bytes stand before {name}"),
            ));
        }
        // Two readers must not see two archives: local and central headers agree, nothing overlaps, nothing is hidden.
        archive.validate_header_consistency().map_err(zip_error)?;
        Ok(Self { archive: Mutex::new(archive) })
    }

    fn lock(&self) -> MutexGuard<'_, Archive> {
        // A reader that panicked has left positions, which every look-up sets anew.
        self.archive.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One metadata file.
    pub(super) fn metadata(&self, name: &str, max_length: u64) -> Result<Option<Vec<u8>>, TransportError> {
        let name = format!("metadata/{name}");
        let mut archive = self.lock();
        let Some(entry) = find(&mut archive, &name)? else { return Ok(None) };
        read_bounded(entry, &name, max_length).map(Some)
    }

    /// Copies one package; how many bytes, `None` when there is no such entry.
    pub(super) fn copy(&self, name: &str, to: &mut dyn Write, max_length: u64) -> Result<Option<u64>, CopyError> {
        let name = format!("targets/{name}");
        let mut archive = self.lock();
        let Some(entry) = find(&mut archive, &name)? else { return Ok(None) };
        copy_bounded(entry, &name, to, max_length).map(Some)
    }

    /// The names of all metadata files.
    pub(super) fn metadata_names(&self) -> Vec<String> {
        let archive = self.lock();
        let names = archive.file_names_raw().filter_map(|name| std::str::from_utf8(name).ok());
        names.filter_map(|name| name.strip_prefix("metadata/")).map(str::to_owned).collect()
    }
}

fn find<'a>(archive: &'a mut Archive, name: &str) -> Result<Option<ZipFile<'a, BufReader<File>>>, TransportError> {
    match archive.by_name(name) {
        Ok(entry) => Ok(entry.is_file().then_some(entry)),
        Err(ZipError::FileNotFound) => Ok(None),
        Err(error) => Err(zip_error(name, error)),
    }
}

fn zip_error(name: &str, error: ZipError) -> TransportError {
    match error {
        ZipError::Io(error) => gone(name, &error),
        other => gone(name, &io::Error::new(io::ErrorKind::InvalidData, other.to_string())),
    }
}
