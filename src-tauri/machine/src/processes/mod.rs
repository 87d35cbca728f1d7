//! Which processes could be TeamViewer. Raw facts only: what they mean is judged in `helper_core::presence`.

mod candidates;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "windows")]
pub(crate) mod windows;

#[cfg(target_os = "linux")]
pub use linux::{identity, own_places, program_of, scan};
#[cfg(target_os = "macos")]
pub use macos::{identity, own_places, program_of, scan};
#[cfg(target_os = "windows")]
pub use windows::{identity, own_places, program_of, scan};

use std::path::PathBuf;

/// What the helper knows of its own module, for recognising it.
#[derive(Clone, Debug)]
pub struct Own {
    /// Folders (and single files) where the helper puts modules.
    pub folders: Vec<PathBuf>,
    /// File names of the module's program, so that it is found whatever it is called.
    pub names: Vec<String>,
    /// The customized module's window title.
    pub title: String,
    /// TeamViewer's id of the customized module; may be empty.
    pub config_id: String,
}

/// Processes could not be listed.
#[derive(Debug, thiserror::Error)]
#[error("processes cannot be listed: {0}")]
pub struct CannotLook(pub &'static str);
