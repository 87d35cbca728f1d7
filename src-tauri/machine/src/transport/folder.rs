//! A file in a folder: a share, a USB stick. It may vanish in the middle like any line.

use super::{Answer, Body, Chunk, Opening, Retry, Transport, TransportError};
use crate::fetch::Span;
use bytes::Bytes;
use helper_core::input::Failure;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Component, Path, PathBuf};

/// Read at once, in bytes.
const CHUNK: u64 = 256 << 10;

/// A file below the `targets` folder of a mirror.
#[derive(Clone, Debug)]
pub struct FolderTransport {
    root: PathBuf,
    name: PathBuf,
}

impl FolderTransport {
    /// The file of this name (`/` between parts) below `<folder>/targets`.
    pub fn new(folder: &Path, name: &str) -> Self {
        Self { root: folder.join("targets"), name: name.into() }
    }

    async fn begin(&self, span: Span, length: u64) -> Result<Answer, TransportError> {
        if !self.name.components().all(|part| matches!(part, Component::Normal(_))) {
            let words = format!("{} leads out of the mirror", self.name.display());
            return Err(TransportError::new(Failure::Untrusted, Retry::Never, words));
        }
        let (root, path) = (self.root.clone(), self.root.join(&self.name));
        let file = aside(move || open(&root, &path, span, length)).await?;
        Ok(Answer { from: span.start, body: Box::new(FolderBody(Some(file))) })
    }
}

impl Transport for FolderTransport {
    fn open(&self, span: Span, length: u64) -> Opening<'_> {
        Box::pin(self.begin(span, length))
    }
}

fn open(root: &Path, path: &Path, span: Span, length: u64) -> Result<File, TransportError> {
    let failed = |error: io::Error| {
        let words = format!("{}: {error}", path.display());
        match error.kind() {
            // The mirror is there and has no such file; otherwise the stick is not there (any more).
            io::ErrorKind::NotFound if root.is_dir() => TransportError::new(Failure::NotFound, Retry::Never, words),
            io::ErrorKind::PermissionDenied => TransportError::new(Failure::Blocked, Retry::Never, words),
            _ => TransportError::new(Failure::Unreachable, Retry::BackOff, words),
        }
    };
    let mut file = File::open(path).map_err(failed)?;
    let found = file.metadata().map_err(failed)?;
    if !found.is_file() || found.len() != length {
        let words = format!("{} has {} bytes, not {length}", path.display(), found.len());
        return Err(TransportError::new(Failure::NotFound, Retry::Never, words));
    }
    file.seek(SeekFrom::Start(span.start)).map_err(failed)?;
    Ok(file)
}

/// The file, unless a read is under way.
struct FolderBody(Option<File>);

impl Body for FolderBody {
    fn chunk(&mut self) -> Chunk<'_> {
        Box::pin(async {
            let gone = || TransportError::new(Failure::Unreachable, Retry::BackOff, "the file is gone");
            let file = self.0.take().ok_or_else(gone)?;
            let (file, bytes) = aside(move || read(file)).await?;
            self.0 = Some(file);
            Ok((!bytes.is_empty()).then(|| Bytes::from(bytes)))
        })
    }
}

fn read(mut file: File) -> Result<(File, Vec<u8>), TransportError> {
    let mut bytes = Vec::new();
    let read = (&mut file).take(CHUNK).read_to_end(&mut bytes);
    // A stick that was pulled out, a share that was cut off: an interruption like any other.
    read.map_err(|error| TransportError::new(Failure::Unreachable, Retry::BackOff, error.to_string()))?;
    Ok((file, bytes))
}

/// On a thread of its own: a slow share must not hold up anything else, cancelling least of all.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, TransportError> + Send + 'static,
) -> Result<T, TransportError> {
    let stopped = |_| TransportError::new(Failure::Unreachable, Retry::BackOff, "reading was stopped");
    tokio::task::spawn_blocking(work).await.map_err(stopped)?
}
