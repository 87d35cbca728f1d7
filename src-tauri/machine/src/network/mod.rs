//! Notices that the network changed: a cable, another Wi-Fi, the end of sleep.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "windows")]
mod windows;

#[cfg(target_os = "linux")]
pub use linux::watch;
#[cfg(target_os = "macos")]
pub use macos::watch;
#[cfg(target_os = "windows")]
pub use windows::watch;
