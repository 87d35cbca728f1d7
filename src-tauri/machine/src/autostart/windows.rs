//! Windows: a value under `Run` of this user (Microsoft: "Run and RunOnce Registry Keys"). Task Manager and the settings keep their
//! switch beside it, under `StartupApproved`: an odd first byte means off. That switch is the person's and is only read.

use super::AtLogin;
use crate::user::io_error;
use helper_core::command_line;
use std::io;
use windows_registry::CURRENT_USER;

const RUN: &str = r"Software\Microsoft\Windows\CurrentVersion\Run";
const SWITCHES: &str = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run";

/// The entry.
#[derive(Clone, Debug)]
pub struct Entry(AtLogin);

impl Entry {
    /// Names the entry; nothing is written.
    pub fn of(at_login: AtLogin) -> Self {
        Self(at_login)
    }

    /// Is it there, does it start exactly this program, and has nobody switched it off in the system's settings?
    pub fn is_on(&self) -> bool {
        let entry = CURRENT_USER.open(RUN).and_then(|key| key.get_string(&self.0.identifier));
        let switch = CURRENT_USER.open(SWITCHES).and_then(|key| key.get_value(&self.0.identifier));
        let off = switch.is_ok_and(|bytes| bytes.first().is_some_and(|first| first % 2 == 1));
        !off && entry.is_ok_and(|entry| self.command().is_some_and(|command| command == entry))
    }

    /// Writes it, or mends it. A switch in the system's settings stays as it is: then the entry is there and [`Self::is_on`] still
    /// says no.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn switch_on(&self) -> io::Result<()> {
        let command = self.command().ok_or(io::ErrorKind::InvalidInput)?;
        CURRENT_USER.create(RUN).and_then(|key| key.set_string(&self.0.identifier, command)).map_err(io_error)
    }

    /// Removes it.
    ///
    /// # Errors
    /// Whatever the system says; nothing to remove is no error.
    pub fn switch_off(&self) -> io::Result<()> {
        let removed = CURRENT_USER
            .options()
            .read()
            .write()
            .open(RUN)
            .and_then(|key| key.remove_value(&self.0.identifier))
            .map_err(io_error);
        match removed {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        }
    }

    fn command(&self) -> Option<String> {
        let arguments: Vec<&str> = self.0.arguments.iter().map(String::as_str).collect();
        command_line::windows(self.0.program.to_str()?, &arguments)
    }
}
