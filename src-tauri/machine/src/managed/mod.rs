//! What hospital IT put into the system's own place for policy. Read, not judged: that is `helper_core::policy`.

mod file;

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "windows")]
mod windows;

#[cfg(target_os = "linux")]
pub use linux::{stated, stated_in};
#[cfg(target_os = "macos")]
pub use macos::{stated, stated_in};
#[cfg(target_os = "windows")]
pub use windows::{stated, stated_in};
