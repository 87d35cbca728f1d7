//! Notices that the network changed: a cable, another Wi-Fi, the end of sleep.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod unavailable;

#[cfg(target_os = "linux")]
pub use linux::watch;
#[cfg(not(target_os = "linux"))]
pub use unavailable::watch;
