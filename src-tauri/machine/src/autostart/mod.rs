//! The helper's start at login: an entry of this user alone, which the system's own settings show and can switch off.

#[cfg(any(target_os = "macos", test))]
mod launch_agent;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "windows")]
mod windows;

#[cfg(target_os = "linux")]
pub use linux::Entry;
#[cfg(target_os = "macos")]
pub use macos::Entry;
#[cfg(target_os = "windows")]
pub use windows::Entry;

/// What starts at login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AtLogin {
    /// The helper's identifier, which names the entry.
    pub identifier: String,
    /// What people see.
    pub title: String,
    /// The program's whole path.
    pub program: std::path::PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
}
