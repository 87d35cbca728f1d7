//! Files of a mirror, wherever it lies, compared with what is signed.

use super::http::Server;
use super::judge::Finding;
use aws_lc_rs::digest::{Context, SHA256};
use helper_core::release::{Digest, Release};
use helper_machine::package::hash_piece;
use sigstore_tuf::Error;
use sigstore_tuf::transport::FetchFuture;
use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

/// A mirror's files.
#[derive(Debug)]
pub(super) enum Source {
    Http(Server),
    Folder(Folder),
}

/// Incremental SHA-256.
pub(super) struct Hash(Context);

impl Hash {
    pub(super) fn new() -> Self {
        Self(Context::new(&SHA256))
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    pub(super) fn is(self, expected: Digest) -> bool {
        self.0.finish().as_ref() == expected.0
    }
}

impl Source {
    pub(super) async fn exists(&self, name: &str) -> bool {
        match self {
            Self::Http(server) => server.exists(name).await,
            Self::Folder(folder) => folder.0.join(name).is_file(),
        }
    }

    /// Has the mirror the package that is signed? First and last piece, or all of it.
    pub(super) async fn package(&self, release: &Release, deep: bool) -> Result<(), Finding> {
        let name = format!("targets/{}", release.consistent_name());
        if deep {
            return match self {
                Self::Http(server) => server.whole(&name, release).await,
                Self::Folder(folder) => folder.whole(&name, release),
            };
        }
        for (start, length, expected) in ends(release) {
            let bytes = match self {
                Self::Http(server) => server.range(&name, start, length, release.length).await?,
                Self::Folder(folder) => folder.range(&name, start, length, release.length)?,
            };
            if hash_piece(&bytes) != expected {
                return Err(wrong(&name));
            }
        }
        Ok(())
    }
}

pub(super) fn wrong(name: &str) -> Finding {
    Finding::error(
        "package-wrong",
        format!("{name} is not the file that was signed; copy it again from the repository"),
    )
}

/// Where the first and the last piece begin, how long they are, and their hashes.
fn ends(release: &Release) -> Vec<(u64, u64, Digest)> {
    let size = u64::from(release.custom.pieces.size).max(1);
    let hashes = &release.custom.pieces.sha256;
    let piece = |number: usize| {
        let start = number as u64 * size;
        hashes.get(number).map(|hash| (start, size.min(release.length.saturating_sub(start)), *hash))
    };
    let last = hashes.len().saturating_sub(1);
    let mut ends: Vec<_> = piece(0).into_iter().collect();
    if last > 0 {
        ends.extend(piece(last));
    }
    ends
}

/// A mirror in a folder.
#[derive(Clone, Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new(folder: &Path) -> Self {
        Self(folder.to_path_buf())
    }

    fn open(&self, name: &str, length: u64) -> Result<File, Finding> {
        let missing = |error: io::Error| {
            Finding::error("package-missing", format!("{name}: {error}; copy it again from the repository"))
        };
        let file = File::open(self.0.join(name)).map_err(missing)?;
        if file.metadata().map_err(missing)?.len() != length {
            return Err(wrong(name));
        }
        Ok(file)
    }

    fn range(&self, name: &str, start: u64, length: u64, total: u64) -> Result<Vec<u8>, Finding> {
        let mut file = self.open(name, total)?;
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(start))
            .and_then(|_| file.take(length).read_to_end(&mut bytes))
            .map_err(|error| Finding::error("unreadable", format!("{name}: {error}")))?;
        Ok(bytes)
    }

    fn whole(&self, name: &str, release: &Release) -> Result<(), Finding> {
        let mut file = self.open(name, release.length)?;
        let mut hash = Hash::new();
        let mut buffer = vec![0; 1 << 16];
        loop {
            match file.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => hash.update(&buffer[..count]),
                Err(error) => return Err(Finding::error("unreadable", format!("{name}: {error}"))),
            }
        }
        if hash.is(release.sha256) { Ok(()) } else { Err(wrong(name)) }
    }
}

impl sigstore_tuf::Repository for Folder {
    fn fetch_metadata<'a>(&'a self, name: &'a str, max_length: u64) -> FetchFuture<'a> {
        let path = self.0.join("metadata").join(name);
        Box::pin(async move {
            match fs::metadata(&path) {
                Ok(found) if found.len() > max_length => Err(Error::Malformed(format!("{name} is too long"))),
                Ok(_) => {
                    fs::read(&path).map(Some).map_err(|error| Error::io(format!("reading {}", path.display()), error))
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                Err(error) => Err(Error::io(format!("reading {}", path.display()), error)),
            }
        })
    }

    fn fetch_target<'a>(&'a self, path: &'a str, _: u64) -> FetchFuture<'a> {
        // Packages are read piece by piece.
        Box::pin(async move { Err(Error::transport(format!("{path}: targets are read elsewhere"))) })
    }
}
