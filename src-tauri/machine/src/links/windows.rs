//! Windows: the shell opens what it is given; who opens a scheme's links stands in the registry (Microsoft: "Registering an
//! Application to a URI Scheme").

// The shell is asked through its C interface.
#![allow(unsafe_code)]

use crate::user::io_error;
use helper_core::command_line;
use helper_core::effect::Pane;
use std::ffi::OsStr;
use std::io;
use std::path::Path;
use windows::Win32::System::Com::{
    COINIT_APARTMENTTHREADED, COINIT_DISABLE_OLE1DDE, CoInitializeEx, CoTaskMemFree, CoUninitialize,
};
use windows::Win32::UI::Shell::Common::ITEMIDLIST;
use windows::Win32::UI::Shell::{
    ILCreateFromPathW, SEE_MASK_FLAG_NO_UI, SEE_MASK_NOASYNC, SHCNE_ASSOCCHANGED, SHCNF_IDLIST, SHChangeNotify,
    SHELLEXECUTEINFOW, SHOpenFolderAndSelectItems, ShellExecuteExW,
};
use windows::Win32::UI::WindowsAndMessaging::SW_SHOWNORMAL;
use windows::core::{HSTRING, PCWSTR, w};
use windows_registry::{CLASSES_ROOT, CURRENT_USER, Key};

pub(super) fn open(what: &OsStr) -> io::Result<()> {
    let _apartment = Apartment::enter();
    let file = HSTRING::from(what);
    let mut wanted = SHELLEXECUTEINFOW {
        cbSize: u32::try_from(size_of::<SHELLEXECUTEINFOW>()).unwrap_or(0),
        // This thread may end right after; and what went wrong is said by us.
        fMask: SEE_MASK_NOASYNC | SEE_MASK_FLAG_NO_UI,
        lpVerb: w!("open"),
        lpFile: PCWSTR(file.as_ptr()),
        nShow: SW_SHOWNORMAL.0,
        ..SHELLEXECUTEINFOW::default()
    };
    // SAFETY: everything that the structure points to outlives the call.
    unsafe { ShellExecuteExW(&raw mut wanted) }.map_err(io_error)
}

pub(super) fn show_file(file: &Path) -> io::Result<()> {
    let _apartment = Apartment::enter();
    // SAFETY: the path outlives the call; what comes out is owned below.
    let item = Item(unsafe { ILCreateFromPathW(&HSTRING::from(file)) });
    if item.0.is_null() {
        return Err(io::Error::from(io::ErrorKind::NotFound));
    }
    // SAFETY: the list is whole. Without children it selects what the list names in the folder around it.
    unsafe { SHOpenFolderAndSelectItems(item.0, None, 0) }.map_err(io_error)
}

pub(super) fn open_pane(_: Pane) -> io::Result<()> {
    Err(io::Error::from(io::ErrorKind::Unsupported))
}

pub(super) fn register(scheme: &str, title: &str, program: &Path) -> io::Result<()> {
    let impossible = || io::Error::new(io::ErrorKind::InvalidInput, "this path cannot stand in the registry");
    let program = program.to_str().ok_or_else(impossible)?;
    let quoted = command_line::windows(program, &[]).ok_or_else(impossible)?;
    let command = format!("{quoted} \"%1\"");
    let mine = format!(r"Software\Classes\{scheme}");
    // This user's entry holds before that of an installation for everybody (Microsoft: "Merged View of HKEY_CLASSES_ROOT").
    let holds = CURRENT_USER.open(&mine).or_else(|_| CLASSES_ROOT.open(scheme));
    let opens = |key: &Key| key.open(r"shell\open\command").and_then(|key| key.get_string(""));
    if holds.is_ok_and(|key| key.get_type("URL Protocol").is_ok() && opens(&key).is_ok_and(|opens| opens == command)) {
        return Ok(());
    }
    let key = CURRENT_USER.create(mine).map_err(io_error)?;
    let write = |path: &str, value: &str| key.create(path).and_then(|key| key.set_string("", value));
    // The command first: a scheme without one is nobody's.
    write(r"shell\open\command", &command)
        .and_then(|()| write("DefaultIcon", &format!("{quoted},0")))
        .and_then(|()| key.set_string("", format!("URL:{title}")))
        .and_then(|()| key.set_string("URL Protocol", ""))
        .map_err(io_error)?;
    // SAFETY: nothing is pointed to. Programs that are open look again.
    unsafe { SHChangeNotify(SHCNE_ASSOCCHANGED, SHCNF_IDLIST, None, None) };
    Ok(())
}

/// The shell's extensions want to live in a single-threaded apartment (Microsoft: "ShellExecuteExW", remarks).
struct Apartment {
    entered: bool,
}

impl Apartment {
    fn enter() -> Self {
        // SAFETY: it is left again on the same thread. If the thread lives in another one already, that must do.
        let entered = unsafe { CoInitializeEx(None, COINIT_APARTMENTTHREADED | COINIT_DISABLE_OLE1DDE) }.is_ok();
        Self { entered }
    }
}

impl Drop for Apartment {
    fn drop(&mut self) {
        if self.entered {
            // SAFETY: it was entered, once.
            unsafe { CoUninitialize() };
        }
    }
}

/// A name in the shell's own form.
struct Item(*mut ITEMIDLIST);

impl Drop for Item {
    fn drop(&mut self) {
        // SAFETY: the shell lent it and takes it back so; nothing is a fine thing to give back.
        unsafe { CoTaskMemFree(Some(self.0.cast_const().cast())) };
    }
}
