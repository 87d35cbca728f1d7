//! The common controls that this program's manifest chose. Version 6 has task dialogs, an older one has not: so they are asked for, not
//! linked.

// A library is loaded by functions of C.
#![allow(unsafe_code)]

use windows::Win32::Foundation::{FreeLibrary, HMODULE};
use windows::Win32::System::LibraryLoader::{GetProcAddress, LOAD_LIBRARY_FLAGS, LoadLibraryExW};
use windows::Win32::UI::Controls::TASKDIALOGCONFIG;
use windows::core::{BOOL, HRESULT, s, w};

type TaskDialogIndirect = unsafe extern "system" fn(*const TASKDIALOGCONFIG, *mut i32, *mut i32, *mut BOOL) -> HRESULT;

/// The common controls that the manifest chose, as long as they are used.
pub struct Controls {
    library: HMODULE,
    task_dialog: TaskDialogIndirect,
}

impl Controls {
    /// The controls, if they have task dialogs.
    pub fn load() -> Option<Self> {
        // SAFETY: the name is a string of this program; the manifest of this process, not a search path, says which version it means.
        let library = unsafe { LoadLibraryExW(w!("comctl32.dll"), None, LOAD_LIBRARY_FLAGS(0)) }.ok()?;
        // SAFETY: the library was loaded just now.
        let Some(found) = (unsafe { GetProcAddress(library, s!("TaskDialogIndirect")) }) else {
            free(library);
            return None;
        };
        // SAFETY: the documented signature of the function of this name.
        let task_dialog =
            unsafe { std::mem::transmute::<unsafe extern "system" fn() -> isize, TaskDialogIndirect>(found) };
        Some(Self { library, task_dialog })
    }

    /// Shows a dialog and waits for its end.
    ///
    /// # Safety
    /// `config` and what it points to live until then.
    pub unsafe fn task_dialog(&self, config: *const TASKDIALOGCONFIG) -> HRESULT {
        // SAFETY: the caller's; which button ended it, and the like, is not asked for.
        unsafe { (self.task_dialog)(config, std::ptr::null_mut(), std::ptr::null_mut(), std::ptr::null_mut()) }
    }
}

impl Drop for Controls {
    fn drop(&mut self) {
        free(self.library);
    }
}

fn free(library: HMODULE) {
    // SAFETY: loaded by `Controls::load`, and nothing of it is called any more.
    if let Err(error) = unsafe { FreeLibrary(library) } {
        tracing::debug!(%error, "the common controls were not let go");
    }
}
