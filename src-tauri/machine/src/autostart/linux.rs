//! Linux: a desktop entry in the user's `autostart` folder (Desktop Application Autostart Specification 0.5). Desktops switch such an
//! entry off by adding a line to it.

use super::AtLogin;
use helper_core::command_line::{desktop_entry, desktop_value};
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

    /// Is it there, does it start exactly this program, and has nobody switched it off in the desktop's settings?
    pub fn is_on(&self) -> bool {
        let found = self.path().and_then(std::fs::read_to_string);
        let Ok((found, exec)) = found.and_then(|found| Ok((found, self.exec()?))) else { return false };
        let off = ["Hidden=true", "X-GNOME-Autostart-enabled=false"];
        found.lines().any(|line| line == exec) && !found.lines().any(|line| off.contains(&line.trim()))
    }

    /// Writes it, or mends it.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn switch_on(&self) -> io::Result<()> {
        let (path, exec) = (self.path()?, self.exec()?);
        let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
        std::fs::create_dir_all(folder)?;
        let title = desktop_value(&self.0.title);
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        write!(file, "[Desktop Entry]\nType=Application\nName={title}\n{exec}\nTerminal=false\n")?;
        file.persist(path)?;
        Ok(())
    }

    /// Removes it.
    ///
    /// # Errors
    /// Whatever the system says; nothing to remove is no error.
    pub fn switch_off(&self) -> io::Result<()> {
        match std::fs::remove_file(self.path()?) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        }
    }

    fn exec(&self) -> io::Result<String> {
        let arguments: Vec<&str> = self.0.arguments.iter().map(String::as_str).collect();
        let line = self.0.program.to_str().and_then(|program| desktop_entry(program, &arguments));
        line.map(|line| format!("Exec={line}"))
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "this path cannot stand in a desktop entry"))
    }

    fn path(&self) -> io::Result<PathBuf> {
        let config = crate::dirs::config_home().map_err(io::Error::other)?;
        Ok(config.join("autostart").join(format!("{}.desktop", self.0.identifier)))
    }
}
