//! All changes to the mirror as one: what was written disappears again unless the last step succeeds.

use crate::Refused;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Files and folders that are new since the change began.
#[derive(Debug, Default)]
pub struct Writes {
    files: Vec<PathBuf>,
    folders: Vec<PathBuf>,
}

impl Writes {
    /// Writes a file by rename, with all folders above it, and through to the disk.
    pub fn put(&mut self, path: &Path, bytes: &[u8]) -> Result<(), Refused> {
        self.place(path, |file| file.write_all(bytes))
    }

    /// Copies an open file, from where it stands.
    pub fn copy(&mut self, path: &Path, mut from: &File) -> Result<(), Refused> {
        self.place(path, |file| std::io::copy(&mut from, file).map(|_| ()))
    }

    /// The last step: replaces a file. From here on the change is visible and stays.
    pub fn commit(mut self, path: &Path, bytes: &[u8]) -> Result<(), Refused> {
        replace(path, |file| file.write_all(bytes))?;
        self.files.clear();
        self.folders.clear();
        Ok(())
    }

    fn place(&mut self, path: &Path, fill: impl FnOnce(&mut File) -> std::io::Result<()>) -> Result<(), Refused> {
        if let Some(parent) = path.parent() {
            self.folder(parent)?;
        }
        // Noted before: a half-written one must go as well. One that lies there already is left over from a change that
        // was cut off before it became visible.
        self.files.push(path.to_path_buf());
        replace(path, fill)
    }

    fn folder(&mut self, path: &Path) -> Result<(), Refused> {
        if path.is_dir() {
            return Ok(());
        }
        if let Some(parent) = path.parent() {
            self.folder(parent)?;
        }
        fs::create_dir(path).map_err(Refused::at("create", path))?;
        self.folders.push(path.to_path_buf());
        Ok(())
    }
}

impl Drop for Writes {
    fn drop(&mut self) {
        // Best effort: what stays is named by no signed metadata.
        for file in &self.files {
            let _ = fs::remove_file(file);
        }
        for folder in self.folders.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
}

fn replace(path: &Path, fill: impl FnOnce(&mut File) -> std::io::Result<()>) -> Result<(), Refused> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = NamedTempFile::new_in(folder).map_err(Refused::at("write to", folder))?;
    fill(file.as_file_mut())
        .and_then(|()| readable(file.as_file()))
        .and_then(|()| file.as_file().sync_all())
        .map_err(Refused::at("write", path))?;
    file.persist(path).map_err(|error| error.error).map_err(Refused::at("write", path))?;
    if cfg!(unix) {
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(Refused::at("sync", folder))?;
    }
    Ok(())
}

/// A web server, or whoever copies a bundle, is another user.
#[cfg(unix)]
pub(crate) fn readable(file: &File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
pub(crate) fn readable(_file: &File) -> std::io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_committed_disappears() {
        let home = tempfile::tempdir().unwrap();
        let mut writes = Writes::default();
        writes.put(&home.path().join("a/b/c"), b"1").unwrap();
        writes.put(&home.path().join("a/d"), b"2").unwrap();
        drop(writes);
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
        let mut writes = Writes::default();
        writes.put(&home.path().join("a/b"), b"1").unwrap();
        writes.commit(&home.path().join("last"), b"3").unwrap();
        assert_eq!(fs::read(home.path().join("a/b")).unwrap(), b"1");
        assert_eq!(fs::read(home.path().join("last")).unwrap(), b"3");
    }
}
