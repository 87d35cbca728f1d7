//! A process that is held: while the handle is open its id cannot pass to another process.
#![allow(unsafe_code)] // Handles, and what the system tells through them.

use super::text;
use windows::Win32::Foundation::{
    E_ACCESSDENIED, ERROR_ACCESS_DENIED, FILETIME, HANDLE, WAIT_OBJECT_0, WAIT_TIMEOUT, WIN32_ERROR,
};
use windows::Win32::System::Threading::{
    GetProcessTimes, INFINITE, OpenProcess, PROCESS_ACCESS_RIGHTS, PROCESS_NAME_WIN32,
    PROCESS_QUERY_LIMITED_INFORMATION, PROCESS_SYNCHRONIZE, PROCESS_TERMINATE, QueryFullProcessImageNameW,
    TerminateProcess, WaitForSingleObject,
};
use windows::core::{Error, Owned, PWSTR};

/// The longest path of the system, in UTF-16 units (Maximum Path Length Limitation, Microsoft).
const LONGEST_PATH: usize = 32_768;
/// What an ended process is said to have answered: ended by force.
const FORCED: u32 = 1;

/// Why a process cannot be held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotHeld {
    /// The system forbids it: another user's, or elevated.
    Denied,
    /// There is no such process.
    Gone,
}

impl NotHeld {
    fn of(error: &Error) -> Self {
        if is_denial(error) { Self::Denied } else { Self::Gone }
    }
}

/// Did the system refuse for lack of rights?
pub(crate) fn is_denial(error: &Error) -> bool {
    error.code() == E_ACCESSDENIED || WIN32_ERROR::from_error(error) == Some(ERROR_ACCESS_DENIED)
}

/// A process by its handle.
#[derive(Debug)]
pub(crate) struct Held {
    handle: Owned<HANDLE>,
}

impl Held {
    /// To look at it and to wait for its end: the least rights there are.
    ///
    /// # Errors
    /// [`NotHeld`] by what the system says.
    pub(crate) fn open(pid: u32) -> Result<Self, NotHeld> {
        Self::with(pid, PROCESS_QUERY_LIMITED_INFORMATION | PROCESS_SYNCHRONIZE)
    }

    /// To end it as well.
    ///
    /// # Errors
    /// As [`Held::open`].
    pub(crate) fn open_to_end(pid: u32) -> Result<Self, NotHeld> {
        Self::with(pid, PROCESS_QUERY_LIMITED_INFORMATION | PROCESS_SYNCHRONIZE | PROCESS_TERMINATE)
    }

    fn with(pid: u32, rights: PROCESS_ACCESS_RIGHTS) -> Result<Self, NotHeld> {
        // SAFETY: No memory is passed; the handle is new and owned by nobody else.
        let handle = unsafe { OpenProcess(rights, false, pid).map(|handle| Owned::new(handle)) };
        handle.map(|handle| Self { handle }).map_err(|error| NotHeld::of(&error))
    }

    /// The handle, for asking more of it while this is held.
    pub(crate) fn handle(&self) -> HANDLE {
        *self.handle
    }

    /// When it started: 100 ns units since 1601 (`FILETIME`).
    pub(crate) fn started(&self) -> Option<u64> {
        let [mut created, mut ended, mut kernel, mut user] = [FILETIME::default(); 4];
        // SAFETY: The four times live until the call returns.
        unsafe { GetProcessTimes(*self.handle, &mut created, &mut ended, &mut kernel, &mut user) }.ok()?;
        Some(u64::from(created.dwHighDateTime) << 32 | u64::from(created.dwLowDateTime))
    }

    /// Its program file, 8.3 names expanded. `None` once it has ended.
    pub(crate) fn program(&self) -> Option<String> {
        let mut buffer = vec![0u16; LONGEST_PATH];
        let mut length = u32::try_from(buffer.len()).ok()?;
        let target = PWSTR(buffer.as_mut_ptr());
        // SAFETY: The buffer is as long as `length` says, and lives until the call returns.
        unsafe { QueryFullProcessImageNameW(*self.handle, PROCESS_NAME_WIN32, target, &mut length) }.ok()?;
        Some(text::long_form(&text::from_wide(buffer.get(..usize::try_from(length).ok()?)?)))
    }

    /// Has it ended? Its number stays taken while anybody holds it.
    pub(crate) fn has_ended(&self) -> bool {
        // SAFETY: No memory is passed.
        unsafe { WaitForSingleObject(*self.handle, 0) != WAIT_TIMEOUT }
    }

    /// Waits for its end, for as long as it takes. `false` when that cannot be waited for.
    pub(crate) fn wait(&self) -> bool {
        // SAFETY: No memory is passed.
        unsafe { WaitForSingleObject(*self.handle, INFINITE) == WAIT_OBJECT_0 }
    }

    /// Ends it. Needs [`Held::open_to_end`].
    ///
    /// # Errors
    /// Whatever the system says.
    pub(crate) fn terminate(&self) -> windows::core::Result<()> {
        // SAFETY: No memory is passed.
        unsafe { TerminateProcess(*self.handle, FORCED) }
    }
}
