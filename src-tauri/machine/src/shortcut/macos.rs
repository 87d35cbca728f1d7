//! macOS: a symbolic link to the application, which the Finder opens as the application itself.

use super::OnDesktop;
use crate::placing;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

/// The icon.
#[derive(Clone, Debug)]
pub struct Shortcut(OnDesktop);

impl Shortcut {
    /// Names the icon; nothing is written.
    pub const fn of(what: OnDesktop) -> Self {
        Self(what)
    }

    /// Can there be one: has this user a Desktop, and lies this program in an application?
    pub fn is_possible(&self) -> bool {
        placing::desktop().is_some() && self.application().is_ok()
    }

    /// Is it there, and does it open exactly this application?
    pub fn is_there(&self) -> bool {
        let Ok(application) = self.application() else { return false };
        self.places().is_ok_and(|mut places| places.any(|place| fs::read_link(place).is_ok_and(|to| to == application)))
    }

    /// Places it, or mends it.
    ///
    /// # Errors
    /// There is no Desktop, this program lies in no application, something else has the name, or whatever the system says.
    pub fn place(&self) -> io::Result<()> {
        let application = self.application()?;
        self.remove()?;
        let place = self.places()?.next().ok_or(io::ErrorKind::NotFound)?;
        symlink(application, place)
    }

    /// Removes it.
    ///
    /// # Errors
    /// Whatever the system says; nothing to remove is no error. What is no link is the person's own and stays.
    pub fn remove(&self) -> io::Result<()> {
        let Ok(places) = self.places() else { return Ok(()) };
        places.filter(|place| place.is_symlink()).try_for_each(fs::remove_file)
    }

    fn application(&self) -> io::Result<&Path> {
        let mut above = self.0.program.ancestors();
        above
            .find(|path| path.extension() == Some(OsStr::new("app")))
            .ok_or_else(|| io::Error::new(io::ErrorKind::Unsupported, "this program lies in no application"))
    }

    /// Where it is placed, and then where it may stand under another name.
    fn places(&self) -> io::Result<impl Iterator<Item = PathBuf>> {
        let desktop =
            placing::desktop().ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "there is no Desktop"))?;
        Ok(std::iter::once(&self.0.title).chain(&self.0.also).map(move |title| desktop.join(title)))
    }
}
