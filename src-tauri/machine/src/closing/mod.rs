//! Asking a process to end, ending it, and knowing when it is gone. Always by id, after checking that it still is the
//! process that was looked at; never by name.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "windows")]
mod windows;

#[cfg(target_os = "linux")]
pub use linux::{ask_to_end, end, wait_until_gone};
#[cfg(target_os = "macos")]
pub use macos::{ask_to_end, end, wait_until_gone};
#[cfg(target_os = "windows")]
pub use windows::{ask_to_end, end, wait_until_gone};
