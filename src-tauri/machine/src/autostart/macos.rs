//! To be written.

use super::AtLogin;
use std::io;

/// The entry.
#[derive(Clone, Debug)]
pub struct Entry(AtLogin);

impl Entry {
    /// Names the entry; nothing is written.
    pub fn of(at_login: AtLogin) -> Self {
        Self(at_login)
    }

    /// Is it there, and does it start exactly this program?
    pub fn is_on(&self) -> bool {
        let _ = &self.0;
        false
    }

    /// Writes it, or mends it.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn switch_on(&self) -> io::Result<()> {
        Err(io::Error::from(io::ErrorKind::Unsupported))
    }

    /// Removes it.
    ///
    /// # Errors
    /// Whatever the system says; nothing to remove is no error.
    pub fn switch_off(&self) -> io::Result<()> {
        Err(io::Error::from(io::ErrorKind::Unsupported))
    }
}
