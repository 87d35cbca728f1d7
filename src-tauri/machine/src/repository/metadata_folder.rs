//! Where accepted metadata is kept: a file a role, byte for byte as it was accepted, and beside them the last complete
//! catalog as one file with its previous generation.
//!
//! The files are floors: each is replaced as soon as its role is accepted (TUF 1.0, 5.3.8, 5.4.5, 5.5.7, 5.6.6). The
//! complete catalog is what holds while they are torn, deleted, or of two different refreshes.

use crate::state_file::{StateFile, write_atomic};
use serde::{Deserialize, Serialize};
use sigstore_tuf::Error;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

/// A folder for accepted metadata.
#[derive(Clone, Debug)]
pub struct MetadataFolder {
    folder: PathBuf,
    complete: StateFile,
}

/// A catalog as a whole, as it was accepted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Complete {
    /// The roots after the built-in one, by version.
    pub(super) roots: BTreeMap<u64, String>,
    pub(super) timestamp: String,
    pub(super) snapshot: String,
    pub(super) targets: String,
}

impl MetadataFolder {
    /// Names the folder; it is created at the first write.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        let folder = folder.into();
        Self { complete: StateFile::new(folder.join("complete")), folder }
    }

    fn path(&self, name: &str) -> Result<PathBuf, Error> {
        // Names come from role names in metadata: they stay inside the folder or are nothing.
        let clean = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
        if clean && !name.is_empty() {
            Ok(self.folder.join(name))
        } else {
            Err(Error::Malformed(format!("unsafe metadata name {name:?}")))
        }
    }

    /// What the file of this name holds, whatever it is.
    ///
    /// # Errors
    /// [`Error::Io`] for all but a missing file.
    pub(super) fn read(&self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        let path = self.path(name)?;
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::io(format!("reading {}", path.display()), error)),
        }
    }

    /// Replaces a file, written through to the disk, unless it holds these bytes already.
    ///
    /// # Errors
    /// [`Error::Io`]; the file holds what it held then.
    pub(super) fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let path = self.path(name)?;
        let wrap = |error| Error::io(format!("writing {}", path.display()), error);
        if fs::read(&path).is_ok_and(|present| present == bytes) {
            return Ok(());
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(wrap)?;
        }
        write_atomic(&path, bytes).map_err(wrap)
    }

    /// The last complete catalog, or the one before it if that is damaged.
    pub(super) fn complete(&self) -> Option<Complete> {
        self.complete.read()
    }

    /// Keeps a complete catalog; the one before becomes the previous generation.
    ///
    /// # Errors
    /// [`Error::Io`]; what was kept stays.
    pub(super) fn keep_complete(&self, complete: &Complete) -> Result<(), Error> {
        if self.complete().as_ref() == Some(complete) {
            return Ok(());
        }
        self.complete
            .write(complete)
            .map_err(|error| Error::io(format!("writing the catalog in {}", self.folder.display()), error))
    }
}
