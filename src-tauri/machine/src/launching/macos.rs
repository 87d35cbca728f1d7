//! macOS: `open` asks Launch Services to start the application; started as a plain child the inner program would run under this
//! helper's name in the privacy settings, and its own permissions would not hold (Apple, "responsible process"). Windows are
//! seen through the window server's list, whose owners and layers need no permission (Apple, "CGWindowListCopyWindowInfo").

// The list's members have no type of their own in Core Foundation.
#![allow(unsafe_code)]

use crate::application::{self, Said};
use crate::closing::wait_until_gone;
use crate::processes::{self, identity, program_of};
use helper_core::presence::ProcessId;
use objc2_app_kit::NSApplicationActivationOptions;
use objc2_core_foundation::{CFArray, CFDictionary, CFNumber, CFRetained, CFString, CFType};
use objc2_core_graphics::{CGWindowListCopyWindowInfo, CGWindowListOption, kCGWindowLayer, kCGWindowOwnerPID};
use std::fs;
use std::io;
use std::path::Path;

/// Layers of windows that people work in: normal, floating and modal ones, below the menu bar (`CGWindowLevel.h`).
const LAYERS: std::ops::RangeInclusive<i64> = 0..=8;

/// The way to learn of the started application's end.
#[derive(Debug)]
pub(super) struct End(ProcessId);

impl End {
    /// Waits for it; it is no child of this process, and the system takes it away.
    pub(super) fn wait(self) {
        wait_until_gone(self.0);
    }
}

/// Opens the application that holds the program. `None` when it was gone before it could be looked at, or when Launch Services
/// brought another copy of it to the front instead.
pub(super) fn spawn(program: &Path, _folder: &Path) -> io::Result<Option<(ProcessId, End)>> {
    // The kernel's paths have no links in them.
    let program = fs::canonicalize(program)?;
    let bundle = application::bundle_of(&program).ok_or(io::Error::from(io::ErrorKind::NotFound))?;
    // `open` waits until the application has started or could not be.
    let Said { code, text } = application::ask("/usr/bin/open", &[bundle.as_os_str()])?;
    if code != Some(0) {
        return Err(io::Error::other(format!("open ended with {code:?}: {text}")));
    }
    Ok(processes::running(&program).first().map(|process| (*process, End(*process))))
}

/// The window server of this log-on session.
#[derive(Debug)]
pub struct Desktop(());

impl Desktop {
    /// `None` where there is no window server: over SSH, before log-in.
    pub fn open() -> Option<Self> {
        windows().map(|_| Self(()))
    }

    /// The owner of a visible window whose program is in `folder`.
    pub fn window_of(&self, folder: &Path) -> Option<ProcessId> {
        let folder = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
        let mut owners: Vec<u32> = windows()?.iter().filter_map(|window| owner(&window)).collect();
        owners.sort_unstable();
        owners.dedup();
        owners.into_iter().find_map(|pid| {
            let process = identity(pid)?;
            program_of(process).filter(|program| Path::new(program).starts_with(&folder)).map(|_| process)
        })
    }
}

type Window = CFDictionary<CFString, CFType>;

fn windows() -> Option<CFRetained<CFArray<Window>>> {
    let wanted = CGWindowListOption::OptionOnScreenOnly | CGWindowListOption::ExcludeDesktopElements;
    let windows = CGWindowListCopyWindowInfo(wanted, 0)?;
    // SAFETY: the list's members are dictionaries with strings for keys (Apple, "Required Window List Keys").
    Some(unsafe { CFRetained::cast_unchecked(windows) })
}

fn owner(window: &Window) -> Option<u32> {
    // SAFETY: the names of two keys, constant while the framework is loaded.
    let (layer, owner) = unsafe { (kCGWindowLayer, kCGWindowOwnerPID) };
    let number = |key: &CFString| window.get(key)?.downcast_ref::<CFNumber>()?.as_i64();
    number(layer).filter(|layer| LAYERS.contains(layer))?;
    u32::try_from(number(owner)?).ok()
}

/// Brings an application's windows to the front. Best effort: since macOS 14 the active application has a say.
pub fn raise(process: ProcessId) {
    let Some(application) = processes::application(process.pid).filter(|_| identity(process.pid) == Some(process))
    else {
        return tracing::debug!(pid = process.pid, "the module is no application of this session: it was not raised");
    };
    if !application.activateWithOptions(NSApplicationActivationOptions::ActivateAllWindows) {
        tracing::debug!(pid = process.pid, "the module's window could not be raised");
    }
}
