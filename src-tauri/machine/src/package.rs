//! A package on its way from bytes of unknown origin to a program that may be started.
//!
//! The types are the order: [`Fetched`] (a file, nothing known) -> [`Verified`] (length and SHA-256 are the signed ones)
//! -> [`Unpacked`] (a folder aside whose tree digest is the signed one, with an executable program in it). Only
//! `verify` makes the second and only `unpack` the third; the store places an `Unpacked`, and only what is placed is
//! started. Before each start [`prove`] repeats the last check on what is on disk by then.

mod apple_double;
mod archive;
mod error;
mod modes;
mod names;
mod pieces;
mod staging;
mod tree;

pub use error::{Class, PackageError};
pub use names::EntryName;
pub use pieces::{hash_all, hash_piece, pieces_of};
pub use tree::Tree;

use helper_core::release::{Install, PackageKind, Release};
use staging::Staging;
use std::fs::{self, File};
use std::io::{Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

/// How much a package may unpack to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most bytes of all files together.
    pub max_unpacked: u64,
    /// Most files, folders and links together.
    pub max_entries: u32,
}

impl From<&Install> for Limits {
    fn from(install: &Install) -> Self {
        Self { max_unpacked: install.max_unpacked, max_entries: install.max_entries }
    }
}

/// A file whose bytes are not trusted yet.
#[derive(Debug)]
pub struct Fetched {
    path: PathBuf,
}

impl Fetched {
    /// Names a file; nothing is looked at.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Compares length and SHA-256 with what is signed. The file stays open from here on: what is unpacked is what was
    /// hashed, even if the name points elsewhere by then.
    ///
    /// # Errors
    /// [`PackageError::Length`], [`PackageError::Hash`], [`PackageError::Kind`] if it is no regular file,
    /// [`PackageError::Io`].
    pub fn verify(self, release: &Release) -> Result<Verified, PackageError> {
        let found = fs::symlink_metadata(&self.path).map_err(PackageError::at("look at", &self.path))?;
        if !found.is_file() {
            return Err(PackageError::Kind { name: self.path.display().to_string(), what: "no regular file" });
        }
        let mut file = File::open(&self.path).map_err(PackageError::at("open", &self.path))?;
        let length = file.metadata().map_err(PackageError::at("look at", &self.path))?.len();
        if length != release.length {
            return Err(PackageError::Length { expected: release.length, found: length });
        }
        let (sha256, length) =
            hash_all(&mut file, release.length.saturating_add(1)).map_err(PackageError::at("read", &self.path))?;
        if length != release.length {
            return Err(PackageError::Length { expected: release.length, found: length });
        }
        if sha256 != release.sha256 {
            return Err(PackageError::Hash { expected: release.sha256, found: sha256 });
        }
        Ok(Verified { path: self.path, file, release: release.clone() })
    }
}

/// A file whose length and SHA-256 are the signed ones.
#[derive(Debug)]
pub struct Verified {
    path: PathBuf,
    file: File,
    release: Release,
}

impl Verified {
    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What is signed about it.
    pub fn release(&self) -> &Release {
        &self.release
    }

    /// The open file that was hashed, at its beginning.
    ///
    /// # Errors
    /// [`PackageError::Io`] if it cannot be rewound.
    pub fn into_file(mut self) -> Result<File, PackageError> {
        self.file.seek(SeekFrom::Start(0)).map_err(PackageError::at("rewind", &self.path))?;
        Ok(self.file)
    }

    /// Unpacks it into a folder that does not exist yet (its parent does), writes it through to the disk and compares
    /// the tree with what is signed. After an error the folder is gone again.
    ///
    /// # Errors
    /// Everything that [`PackageError`] names.
    pub fn unpack(&mut self, folder: &Path) -> Result<Unpacked, PackageError> {
        let install = &self.release.custom.install;
        unpack_file(&self.file, install.kind, &install.entry, folder, Limits::from(install))?;
        match prove(folder, install) {
            Ok(program) => Ok(Unpacked { folder: folder.to_path_buf(), program, release: self.release.clone() }),
            Err(error) => {
                // Best effort; it is not referred to by anything.
                let _ = fs::remove_dir_all(folder);
                Err(error)
            }
        }
    }
}

/// A folder whose tree is the signed one.
#[derive(Debug)]
pub struct Unpacked {
    folder: PathBuf,
    program: PathBuf,
    release: Release,
}

impl Unpacked {
    /// The folder, still aside.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The program to start, relative to the folder, as spelled on disk.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// What is signed about it.
    pub fn release(&self) -> &Release {
        &self.release
    }
}

/// Proves that a folder holds exactly what is signed, and returns the program to start, relative to the folder. This is
/// what stands between a click and a start.
///
/// # Errors
/// [`PackageError::Tree`] if anything differs, and whatever [`Tree::of`] and [`Tree::program`] refuse.
pub fn prove(folder: &Path, install: &Install) -> Result<PathBuf, PackageError> {
    let tree = Tree::of(folder, Limits::from(install))?;
    let found = tree.digest();
    if found != install.tree {
        return Err(PackageError::Tree { expected: install.tree, found });
    }
    Ok(tree.program(&install.entry)?.to_path_buf())
}

/// Unpacks a file that nobody has signed yet, for the publisher to look at; it proves nothing and makes no
/// [`Unpacked`]. The folder must not exist; after an error it is gone again. `entry` is the name that a single program
/// gets; for archives ask the tree for it.
///
/// # Errors
/// Everything that [`PackageError`] names, but for a comparison with signed values.
pub fn dry_run(
    file: &File,
    kind: PackageKind,
    entry: &str,
    folder: &Path,
    limits: Limits,
) -> Result<Tree, PackageError> {
    unpack_file(file, kind, entry, folder, limits)?;
    let tree = Tree::of(folder, limits);
    if tree.is_err() {
        // Best effort; it is a temporary folder.
        let _ = fs::remove_dir_all(folder);
    }
    tree
}

fn unpack_file(file: &File, kind: PackageKind, entry: &str, folder: &Path, limits: Limits) -> Result<(), PackageError> {
    let mut file = file;
    file.seek(SeekFrom::Start(0)).map_err(PackageError::reading)?;
    let mut staging = Staging::new(folder, limits)?;
    match kind {
        PackageKind::Zip => archive::unzip(file, limits, &mut staging)?,
        PackageKind::TarGz => archive::untar_gz(file, &mut staging)?,
        PackageKind::Exe => {
            let size = file.metadata().map_err(PackageError::reading)?.len();
            staging.file(&EntryName::parse(entry.as_bytes())?, true, size, &mut file)?;
        }
    }
    staging.finish()
}

#[cfg(test)]
mod tests;
