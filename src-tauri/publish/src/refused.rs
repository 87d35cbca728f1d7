//! Why nothing was published, in sentences that say what to do.

use helper_machine::package::{Class, PackageError};
use std::io;
use std::path::Path;

/// A refusal. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// What was given does not fit.
    #[error("{0}")]
    Input(String),
    /// The package would not pass the helper's own checks.
    #[error("{verdict}: {0}", verdict = verdict(.0))]
    Package(#[from] PackageError),
    /// The repository is not what its keys signed.
    #[error("the repository is damaged: {0}. Restore it from a copy; nothing was changed")]
    Repository(String),
    /// Keys are missing or cannot be used.
    #[error("{0}")]
    Keys(String),
    /// The system refused a file operation.
    #[error("{doing}: {source}. Nothing was changed")]
    Io {
        /// What was tried.
        doing: String,
        /// The system's answer.
        source: io::Error,
    },
}

impl Refused {
    /// A sentence about what was given.
    pub(crate) fn input(sentence: impl Into<String>) -> Self {
        Self::Input(sentence.into())
    }

    /// An error while doing something with a path, as a closure for `map_err`.
    pub(crate) fn at<'a>(doing: &'a str, path: &'a Path) -> impl FnOnce(io::Error) -> Self + 'a {
        move |source| {
            let full = if source.kind() == io::ErrorKind::StorageFull { " (make room and try again)" } else { "" };
            Self::Io { doing: format!("cannot {doing} {}{full}", path.display()), source }
        }
    }
}

/// A full or broken disk here says nothing about the package.
fn verdict(error: &PackageError) -> &'static str {
    match error.class() {
        Class::DiskFull => "the disk is full, make room and try again; nothing was changed",
        Class::Io => "the package could not be unpacked for the check; nothing was changed",
        Class::Damaged | Class::Forbidden | Class::TooLarge => "helpers would refuse this package",
    }
}
