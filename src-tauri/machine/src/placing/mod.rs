//! Where people look for files (`for_people`: the Desktop, then the downloads), where they find the module themselves: its copy on the Desktop (Windows, SPEC A8), and where it runs from (macOS, A9).

#[cfg(any(target_os = "macos", all(test, unix)))]
mod applications;
#[cfg(any(target_os = "windows", test))]
mod copy;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "windows")]
mod windows;

#[cfg(target_os = "linux")]
pub use linux::{for_people, place_copy, runs_from};
#[cfg(target_os = "macos")]
pub use macos::{for_people, place_copy, runs_from};
#[cfg(target_os = "windows")]
pub use windows::{for_people, place_copy, runs_from};

use helper_core::input::CopyPlace;
use std::io;
use std::path::PathBuf;

/// Where the copy lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Which place it is, for the card.
    pub place: CopyPlace,
    /// The file.
    pub path: PathBuf,
}

/// No copy was placed.
#[derive(Debug, thiserror::Error)]
pub enum NotPlaced {
    /// This system has no such copy.
    #[error("on this system the module has no copy of its own for people")]
    NotHere,
    /// A copy from before is running, or another program holds it: it was left as it is.
    #[error("the module's copy {} is in use and was left as it is", .0.display())]
    InUse(PathBuf),
    /// Neither the Desktop nor Downloads could be written.
    #[error("the module's copy cannot be placed: {0}")]
    System(#[from] io::Error),
}
