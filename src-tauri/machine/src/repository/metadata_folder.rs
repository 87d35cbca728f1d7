//! Where accepted metadata is kept: whole files, written through to the disk, one generation back.

use crate::state_file::write_atomic;
use sigstore_tuf::{Error, MetadataStore};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A folder with one file a role, byte for byte as it was accepted.
#[derive(Clone, Debug)]
pub struct MetadataFolder {
    folder: PathBuf,
}

impl MetadataFolder {
    /// Names the folder; it is created at the first write.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    fn path(&self, name: &str) -> Result<PathBuf, Error> {
        // Names come from role names in metadata: they stay inside the folder or are nothing.
        let clean = Path::new(name).components().all(|part| matches!(part, std::path::Component::Normal(_)));
        if clean && !name.is_empty() {
            Ok(self.folder.join(name))
        } else {
            Err(Error::Malformed(format!("unsafe metadata name {name:?}")))
        }
    }
}

fn previous(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".prev");
    PathBuf::from(name)
}

fn is_json(bytes: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok()
}

impl MetadataStore for MetadataFolder {
    fn load(&self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        let path = self.path(name)?;
        for candidate in [path.clone(), previous(&path)] {
            match fs::read(&candidate) {
                // A torn file must not take the floor away that it stood for: the one before it still holds.
                Ok(bytes) if is_json(&bytes) => return Ok(Some(bytes)),
                Ok(_) => tracing::warn!(file = %candidate.display(), "stored metadata is damaged"),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(Error::io(format!("reading {}", candidate.display()), error)),
            }
        }
        Ok(None)
    }

    fn store(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        // The same bytes come under the role's plain name as well, which is the one that is read.
        if name.split('.').next().is_some_and(|first| !first.is_empty() && first.bytes().all(|b| b.is_ascii_digit())) {
            return Ok(());
        }
        let path = self.path(name)?;
        let wrap = |error| Error::io(format!("writing {}", path.display()), error);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(wrap)?;
        }
        match fs::read(&path) {
            Ok(present) if present == bytes => return Ok(()),
            Ok(present) if is_json(&present) => write_atomic(&previous(&path), &present).map_err(wrap)?,
            Ok(_) | Err(_) => {}
        }
        write_atomic(&path, bytes).map_err(wrap)
    }
}
