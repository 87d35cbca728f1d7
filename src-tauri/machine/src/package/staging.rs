//! Builds the unpacked folder: everything that is written goes through here, whatever archive it came from.

use super::modes::{self, Modes};
use super::names::{self, EntryName, Kind, Names};
use super::{Limits, PackageError};
use crate::disk;
use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

/// Bytes copied at once.
const BUFFER: usize = 256 << 10;

/// A new folder that is being filled. Dropped before [`Staging::finish`] it takes the folder away again.
#[derive(Debug)]
pub(super) struct Staging {
    folder: PathBuf,
    limits: Limits,
    names: Names,
    /// Entries of the archive, repeated folders included.
    members: u64,
    bytes: u64,
    files: Vec<PathBuf>,
    folders: Vec<PathBuf>,
    links: Vec<(PathBuf, String)>,
    executables: BTreeSet<String>,
    buffer: Vec<u8>,
    finished: bool,
}

impl Staging {
    /// Creates the folder; it must not exist, its parent must.
    ///
    /// # Errors
    /// [`PackageError::Io`].
    pub fn new(folder: &Path, limits: Limits) -> Result<Self, PackageError> {
        fs::create_dir(folder).map_err(PackageError::at("create", folder))?;
        Ok(Self {
            folder: folder.to_path_buf(),
            limits,
            names: Names::default(),
            members: 0,
            bytes: 0,
            files: Vec::new(),
            folders: vec![folder.to_path_buf()],
            links: Vec::new(),
            executables: BTreeSet::new(),
            buffer: vec![0; BUFFER],
            finished: false,
        })
    }

    /// Adds a folder.
    ///
    /// # Errors
    /// `Forbidden` for a clash, `TooLarge`, `Io`.
    pub fn folder(&mut self, name: &EntryName) -> Result<(), PackageError> {
        self.claim(name, Kind::Folder)
    }

    /// Adds a file; `size` is what the archive declares, and exactly that many bytes must come.
    ///
    /// # Errors
    /// As for folders, and `Damaged` for a wrong size or an unreadable body.
    pub fn file(
        &mut self,
        name: &EntryName,
        executable: bool,
        size: u64,
        body: &mut dyn Read,
    ) -> Result<(), PackageError> {
        self.claim(name, Kind::File)?;
        // Before anything is written: a false size is refused by what it claims, a true one by what it is.
        if size > self.limits.max_unpacked.saturating_sub(self.bytes) {
            return Err(PackageError::TooManyBytes(self.limits.max_unpacked));
        }
        self.bytes += size;
        let path = name.within(&self.folder);
        let mut file = modes::create(&path, executable)?;
        let mut left = size;
        loop {
            let count = match body.read(&mut self.buffer) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(PackageError::reading(error)),
            };
            left = left
                .checked_sub(count as u64)
                .ok_or_else(|| PackageError::Archive(format!("{:?} is longer than declared", name.as_str())))?;
            let bytes = self.buffer.get(..count).unwrap_or_default();
            file.write_all(bytes).map_err(PackageError::at("write", &path))?;
        }
        if left != 0 {
            return Err(PackageError::Archive(format!("{:?} is shorter than declared", name.as_str())));
        }
        if executable {
            self.executables.insert(name.composed());
        }
        self.files.push(path);
        Ok(())
    }

    /// Adds a symbolic link; it is created at the end, so that nothing is ever written through one.
    ///
    /// # Errors
    /// `Forbidden` if it could lead out of the folder, or as for folders.
    pub fn link(&mut self, name: &EntryName, target: &[u8]) -> Result<(), PackageError> {
        let target = names::check_target(name, target)?;
        self.claim(name, Kind::Link)?;
        self.links.push((name.within(&self.folder), target));
        Ok(())
    }

    /// Counts one member of the archive that adds nothing (the folder itself, a comment).
    ///
    /// # Errors
    /// [`PackageError::TooManyEntries`].
    pub fn count(&mut self) -> Result<(), PackageError> {
        self.members += 1;
        if self.members.max(self.names.len() as u64) > u64::from(self.limits.max_entries) {
            return Err(PackageError::TooManyEntries(self.limits.max_entries));
        }
        Ok(())
    }

    /// Creates the links and writes everything through to the disk.
    ///
    /// # Errors
    /// `Io` or `DiskFull`.
    pub fn finish(mut self) -> Result<(), PackageError> {
        for (path, target) in &self.links {
            modes::link(target, path)?;
        }
        Modes::remember(&self.folder, &self.executables)?;
        // One pass at the end: by now the system has written most of it in the background.
        for path in &self.files {
            let sync = || fs::OpenOptions::new().write(true).open(path)?.sync_all();
            disk::while_held(disk::PATIENTLY, sync).map_err(PackageError::at("sync", path))?;
        }
        self.folders.iter().rev().try_for_each(|path| modes::sync_folder(path))?;
        self.finished = true;
        Ok(())
    }

    fn claim(&mut self, name: &EntryName, kind: Kind) -> Result<(), PackageError> {
        let fresh = self.names.add(name, kind)?;
        self.count()?;
        for folder in fresh {
            let path = folder.within(&self.folder);
            fs::create_dir(&path).map_err(PackageError::at("create", &path))?;
            self.folders.push(path);
        }
        Ok(())
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if !self.finished {
            // Best effort: what cannot be removed now is removed with other left-overs at the next start.
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}
