//! What the tests of the repository client share: a client in a folder of its own, the moves of a publisher that has its
//! root keys at hand, and the command-line client as a victim.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A broken world ends the test here.

pub mod signing;

use flows::Publisher;
use helper_core::input::Failure;
use helper_core::release::Release;
use helper_machine::mirror::mirrors_of;
use helper_machine::repository::{MetadataFolder, RefreshError, Repository};
use helper_machine::transport;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// The client of one PC.
#[derive(Debug)]
pub struct Client {
    home: TempDir,
    root: Vec<u8>,
}

impl Client {
    /// A PC that trusts this publisher and knows nothing yet.
    pub fn new(publisher: &Publisher) -> Self {
        Self { home: tempfile::tempdir().unwrap(), root: fs::read(publisher.root()).unwrap() }
    }

    /// Where it keeps what it accepted.
    pub fn folder(&self) -> &Path {
        self.home.path()
    }

    /// The client itself.
    pub fn repository(&self) -> Repository {
        Repository::new(&self.root, MetadataFolder::new(self.folder()))
    }

    /// Refreshes from mirrors: addresses or folders.
    pub fn refresh(&self, mirrors: &[&str], now: Timestamp) -> Result<Vec<Release>, RefreshError> {
        let mirrors = mirrors_of(mirrors.iter().copied());
        let client = transport::client(&Default::default()).unwrap();
        transport::block_on(self.repository().refresh_from(&client, &mirrors, now)).unwrap()
    }

    /// The versions that a refresh brings, or the class of its failure.
    pub fn versions(&self, mirrors: &[&str], now: Timestamp) -> Result<Vec<String>, Failure> {
        self.refresh(mirrors, now).map(|catalog| versions_of(&catalog)).map_err(|error| error.failure)
    }

    /// The versions in the catalog that is kept.
    pub fn cached(&self) -> Vec<String> {
        versions_of(&self.repository().cached())
    }

    /// Every file that it keeps, with its content.
    pub fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        files_below(self.folder())
    }

    /// Puts files back as they were.
    pub fn restore(&self, files: &BTreeMap<PathBuf, Vec<u8>>) {
        for path in self.files().into_keys().filter(|path| !files.contains_key(path)) {
            fs::remove_file(path).unwrap();
        }
        for (path, bytes) in files {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
    }
}

fn versions_of(catalog: &[Release]) -> Vec<String> {
    let mut versions: Vec<String> = catalog.iter().map(|release| release.custom.version.clone()).collect();
    versions.sort();
    versions
}

/// All files below a folder.
pub fn files_below(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).into_iter().flatten().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            files.extend(files_below(&entry.path()));
        } else {
            files.insert(entry.path(), fs::read(entry.path()).unwrap());
        }
    }
    files
}

/// The path of a folder as a mirror's address.
pub fn address(folder: &Path) -> String {
    folder.display().to_string()
}

/// The command-line client over the same code (`src-tauri/machine/examples/tuf_probe.rs`).
pub fn probe() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let probe = test.parent().and_then(Path::parent).unwrap().join("examples/tuf_probe");
    assert!(probe.exists(), "{} is missing: cargo build -p helper-machine --example tuf_probe", probe.display());
    probe
}
