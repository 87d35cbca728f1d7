//! What can go wrong in the world itself, said so that a failing test explains itself.

use std::io;
use std::path::Path;
use std::time::Duration;

/// The result of everything in this crate.
pub type Result<T> = std::result::Result<T, WorldError>;

/// A failure of the world, never of the program under test.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    /// A program that the world needs is not installed.
    #[error("the program `{program}` is missing: {hint}")]
    Missing {
        /// Name of the program.
        program: String,
        /// What to do about it.
        hint: String,
    },
    /// The operating system refused something.
    #[error("{what}: {source}")]
    Io {
        /// What was being done.
        what: String,
        /// The system's answer.
        source: io::Error,
    },
    /// A condition did not come true in time.
    #[error("waited {after:?} for {what}")]
    Timeout {
        /// The condition that was waited for.
        what: String,
        /// How long was waited.
        after: Duration,
    },
    /// Anything else: a bus or display that answered differently than expected.
    #[error("{0}")]
    Other(String),
}

impl WorldError {
    /// Wraps any error together with what was being done.
    pub fn other(what: &str, error: impl std::fmt::Display) -> Self {
        Self::Other(format!("{what}: {error}"))
    }

    /// Turns a failed start of `program` into a clear message.
    pub fn starting(program: &Path, hint: &str, source: io::Error) -> Self {
        if source.kind() == io::ErrorKind::NotFound {
            Self::Missing { program: program.display().to_string(), hint: hint.to_owned() }
        } else {
            Self::Io { what: format!("starting {}", program.display()), source }
        }
    }
}

/// Adds "what was being done" to an input/output error.
pub(crate) trait Doing<T> {
    /// Names the step that failed.
    fn doing(self, what: impl FnOnce() -> String) -> Result<T>;
}

impl<T> Doing<T> for io::Result<T> {
    fn doing(self, what: impl FnOnce() -> String) -> Result<T> {
        self.map_err(|source| WorldError::Io { what: what(), source })
    }
}
