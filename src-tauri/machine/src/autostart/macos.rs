//! macOS: a launch agent of this user in `~/Library/LaunchAgents`, which launchd reads at login and which the settings show under
//! "Allow in the Background". A switch there is launchd's own note and stays: the file is not touched because of it.

use super::AtLogin;
use super::launch_agent::property_list;
use crate::state_file::sync_folder;
use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;

/// The entry.
#[derive(Clone, Debug)]
pub struct Entry(AtLogin);

impl Entry {
    /// Names the entry; nothing is written.
    pub fn of(at_login: AtLogin) -> Self {
        Self(at_login)
    }

    fn folder() -> io::Result<PathBuf> {
        let home = std::env::home_dir().filter(|home| home.is_absolute());
        let home = home.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "this user has no home"))?;
        Ok(home.join("Library/LaunchAgents"))
    }

    fn file(&self) -> io::Result<PathBuf> {
        Ok(Self::folder()?.join(format!("{}.plist", self.0.identifier)))
    }

    /// Is it there, and does it start exactly this program?
    pub fn is_on(&self) -> bool {
        let there = self.file().and_then(fs::read_to_string).ok();
        there.is_some() && there == property_list(&self.0)
    }

    /// Writes it, or mends it.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn switch_on(&self) -> io::Result<()> {
        let text = property_list(&self.0).ok_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidInput, "the program's path cannot stand in a launch agent")
        })?;
        let folder = Self::folder()?;
        fs::create_dir_all(&folder)?;
        let mut temporary = tempfile::Builder::new().prefix(".unfinished-").tempfile_in(&folder)?;
        temporary.write_all(text.as_bytes())?;
        temporary.as_file().sync_all()?;
        temporary.persist(self.file()?).map_err(|error| error.error)?;
        sync_folder(&folder)
    }

    /// Removes it.
    ///
    /// # Errors
    /// Whatever the system says; nothing to remove is no error.
    pub fn switch_off(&self) -> io::Result<()> {
        match fs::remove_file(self.file()?) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}
