//! Linux: a desktop entry in the user's Desktop folder (Desktop Entry Specification 1.5), executable, as desktops want it of a
//! file that they start. GNOME shows no icons by itself, and its extension for them asks once whether this one may be started.

use super::OnDesktop;
use crate::placing;
use helper_core::command_line::{desktop_entry, desktop_value};
use std::fs::{self, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

/// The icon.
#[derive(Clone, Debug)]
pub struct Shortcut(OnDesktop);

impl Shortcut {
    /// Names the icon; nothing is written.
    pub const fn of(what: OnDesktop) -> Self {
        Self(what)
    }

    /// Can there be one: has this user a Desktop?
    pub fn is_possible(&self) -> bool {
        placing::desktop().is_some()
    }

    /// Is it there, and does it start exactly this program?
    pub fn is_there(&self) -> bool {
        let found = self.path().and_then(fs::read_to_string);
        found.is_ok_and(|found| self.exec().is_ok_and(|exec| found.lines().any(|line| line == exec)))
    }

    /// Places it, or mends it.
    ///
    /// # Errors
    /// There is no Desktop, or whatever the system says.
    pub fn place(&self) -> io::Result<()> {
        let (path, exec) = (self.path()?, self.exec()?);
        let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
        let (title, icon) = (desktop_value(&self.0.title), &self.0.identifier);
        let mut file = tempfile::Builder::new().prefix(".unfinished-").tempfile_in(folder)?;
        write!(file, "[Desktop Entry]\nType=Application\nName={title}\n{exec}\nIcon={icon}\nTerminal=false\n")?;
        file.as_file().set_permissions(Permissions::from_mode(0o755))?;
        file.persist(path)?;
        Ok(())
    }

    /// Removes it.
    ///
    /// # Errors
    /// Whatever the system says; nothing to remove is no error.
    pub fn remove(&self) -> io::Result<()> {
        match self.path().and_then(fs::remove_file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        }
    }

    fn exec(&self) -> io::Result<String> {
        let line = self.0.program.to_str().and_then(|program| desktop_entry(program, &[&self.0.request]));
        line.map(|line| format!("Exec={line}"))
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "this path cannot stand in a desktop entry"))
    }

    fn path(&self) -> io::Result<PathBuf> {
        let desktop =
            placing::desktop().ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "there is no Desktop"))?;
        Ok(desktop.join(format!("{}.desktop", self.0.identifier)))
    }
}
