//! The helper's icon on the Desktop: a click on it is a request (SPEC A1). What the installer placed there is the same icon.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "windows")]
mod windows;

#[cfg(target_os = "linux")]
pub use linux::Shortcut;
#[cfg(target_os = "macos")]
pub use macos::Shortcut;
#[cfg(target_os = "windows")]
pub use windows::Shortcut;

use std::path::PathBuf;

/// What stands on the Desktop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnDesktop {
    /// The helper's identifier.
    pub identifier: String,
    /// What people see.
    pub title: String,
    /// What they see in the other languages: an icon under such a name is the same one.
    pub also: Vec<String>,
    /// The program's whole path.
    pub program: PathBuf,
    /// The one word that makes its start a request.
    pub request: String,
}
