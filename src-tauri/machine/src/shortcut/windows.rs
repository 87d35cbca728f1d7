//! Windows: a shell link (Microsoft: "Shell Links") on this user's Desktop. One on everybody's Desktop, which an installation for
//! all users places there, counts as there and cannot be taken away by a user without rights.

// Links are written and read through COM.
#![allow(unsafe_code)]

use super::OnDesktop;
use crate::placing;
use crate::user::io_error;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::windows::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};
use windows::Win32::System::Com::{
    CLSCTX_INPROC_SERVER, COINIT_APARTMENTTHREADED, CoCreateInstance, CoInitializeEx, CoTaskMemFree, CoUninitialize,
    IPersistFile, STGM_READ,
};
use windows::Win32::UI::Shell::Common::ITEMIDLIST;
use windows::Win32::UI::Shell::{GPFIDL_DEFAULT, IShellLinkW, SHGetPathFromIDListEx, ShellLink};
use windows::core::{HSTRING, Interface as _, Result};

/// The longest path or text that is read of a link, in UTF-16 units.
const LONGEST: usize = 1_024;

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
        let wanted = (self.0.program.as_path(), self.0.request.as_str());
        let starts = |place: PathBuf| {
            place.is_file() && read(&place).is_ok_and(|(program, words)| (program.as_path(), words.as_str()) == wanted)
        };
        placing::desktops().iter().flat_map(|desktop| self.places(desktop)).any(starts)
    }

    /// Places it, or mends it.
    ///
    /// # Errors
    /// There is no Desktop, or whatever the system says.
    pub fn place(&self) -> io::Result<()> {
        let desktop =
            placing::desktop().ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "there is no Desktop"))?;
        let mut places = self.places(&desktop);
        let place = places.next().ok_or(io::ErrorKind::NotFound)?;
        places.try_for_each(|other| absent(fs::remove_file(other)))?;
        write(&place, &self.0).map_err(io_error)
    }

    /// Removes it.
    ///
    /// # Errors
    /// Whatever the system says; nothing to remove is no error.
    pub fn remove(&self) -> io::Result<()> {
        let desktops = placing::desktops();
        desktops.iter().flat_map(|desktop| self.places(desktop)).try_for_each(|place| absent(fs::remove_file(place)))
    }

    /// Where it is placed, and then where it may stand under another name.
    fn places(&self, desktop: &Path) -> impl Iterator<Item = PathBuf> {
        std::iter::once(&self.0.title).chain(&self.0.also).map(|title| desktop.join(format!("{title}.lnk")))
    }
}

fn absent(removed: io::Result<()>) -> io::Result<()> {
    removed.or_else(|error| if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) })
}

/// COM on this thread, as long as this is kept.
struct Apartment(bool);

impl Apartment {
    fn enter() -> Self {
        // SAFETY: a plain value goes in; it is paired with the call below. A thread that has another kind serves as well, and is
        // not left.
        Self(unsafe { CoInitializeEx(None, COINIT_APARTMENTTHREADED) }.is_ok())
    }
}

impl Drop for Apartment {
    fn drop(&mut self) {
        if self.0 {
            // SAFETY: this thread has entered, and every link is gone: each is younger than its apartment.
            unsafe { CoUninitialize() }
        }
    }
}

fn new_link() -> Result<IShellLinkW> {
    // SAFETY: COM was begun on this thread; the class has this interface.
    unsafe { CoCreateInstance(&ShellLink, None, CLSCTX_INPROC_SERVER) }
}

fn write(place: &Path, what: &OnDesktop) -> Result<()> {
    let _apartment = Apartment::enter();
    let link = new_link()?;
    let file: IPersistFile = link.cast()?;
    // SAFETY: all texts live longer than the calls, which copy them.
    unsafe {
        link.SetPath(&HSTRING::from(what.program.as_path()))?;
        link.SetArguments(&HSTRING::from(what.request.as_str()))?;
        link.SetDescription(&HSTRING::from(what.title.as_str()))?;
        file.Save(&HSTRING::from(place), true)
    }
}

/// The program that a link starts, and its arguments.
fn read(place: &Path) -> Result<(PathBuf, String)> {
    let _apartment = Apartment::enter();
    let link = new_link()?;
    let file: IPersistFile = link.cast()?;
    let (mut program, mut words) = ([0_u16; LONGEST], [0_u16; LONGEST]);
    // SAFETY: the text and both places live longer than the calls. The place of the file is given back in the end.
    let is_file = unsafe {
        file.Load(&HSTRING::from(place), STGM_READ)?;
        link.GetArguments(&mut words)?;
        // The path beside it is in the system's old code page, where Hangul may be lost, and short.
        let list = Place(link.GetIDList()?);
        SHGetPathFromIDListEx(list.0, &mut program, GPFIDL_DEFAULT).as_bool()
    };
    let text = |units: &[u16]| OsString::from_wide(units.split(|unit| *unit == 0).next().unwrap_or_default());
    let program = if is_file { PathBuf::from(text(&program)) } else { PathBuf::new() };
    Ok((program, text(&words).to_string_lossy().into_owned()))
}

/// A place in the shell's name space, given back in the end.
struct Place(*mut ITEMIDLIST);

impl Drop for Place {
    fn drop(&mut self) {
        // SAFETY: `GetIDList` made it, or nothing, and its documentation wants it freed so.
        unsafe { CoTaskMemFree(Some(self.0.cast_const().cast())) };
    }
}
