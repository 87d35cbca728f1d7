//! Who somebody is to the system: the user of a process and the owner of a folder. On Unix these are plain numbers that the
//! places which need them read themselves.

#[cfg(target_os = "windows")]
mod windows;

#[cfg(target_os = "windows")]
pub(crate) use windows::{io_error, me, of_process, owner_of};
