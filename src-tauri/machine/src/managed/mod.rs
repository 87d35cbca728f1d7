//! What hospital IT put into the system's own place for policy. Read, not judged: that is `helper_core::policy`.

mod file;

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
pub use linux::{stated, stated_in};

#[cfg(not(target_os = "linux"))]
mod unavailable;
#[cfg(not(target_os = "linux"))]
pub use unavailable::{stated, stated_in};
