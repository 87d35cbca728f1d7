//! Is there a network, and when does it change: a cable, another Wi-Fi, the end of sleep.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "windows")]
mod windows;

#[cfg(target_os = "linux")]
pub use linux::{any_interface_is_up, watch};
#[cfg(target_os = "macos")]
pub use macos::{any_interface_is_up, watch};
#[cfg(target_os = "windows")]
pub use windows::{any_interface_is_up, watch};
