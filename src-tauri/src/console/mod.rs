//! The terminal that a command was typed in.

#[cfg(not(target_os = "windows"))]
mod elsewhere;
#[cfg(target_os = "windows")]
mod windows;

#[cfg(not(target_os = "windows"))]
pub use elsewhere::join;
#[cfg(target_os = "windows")]
pub use windows::join;
