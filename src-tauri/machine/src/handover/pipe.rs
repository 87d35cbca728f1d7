//! A named pipe's handle on Windows, and what is begun on it: everything ends, or is given up at a given moment.

// The system is asked through its C interface.
#![allow(unsafe_code)]

use crate::clock;
use crate::user::io_error;
use helper_core::time::Moment;
use std::io;
use std::os::windows::io::{AsRawHandle as _, FromRawHandle as _, OwnedHandle};
use std::time::Duration;
use windows::Win32::Foundation::{
    ERROR_BROKEN_PIPE, ERROR_IO_PENDING, ERROR_OPERATION_ABORTED, HANDLE, WAIT_OBJECT_0, WIN32_ERROR,
};
use windows::Win32::Storage::FileSystem::{ReadFile, WriteFile};
use windows::Win32::System::IO::{CancelIoEx, GetOverlappedResult, OVERLAPPED};
use windows::Win32::System::Threading::{CreateEventW, INFINITE, WaitForSingleObject};
use windows::core::PCWSTR;

/// One side of a pipe, opened for overlapped use.
#[derive(Debug)]
pub(super) struct Pipe {
    pipe: OwnedHandle,
    done: OwnedHandle,
}

impl Pipe {
    /// Takes the handle over.
    pub(super) fn of(pipe: OwnedHandle) -> io::Result<Self> {
        // SAFETY: no memory of ours is given; the handle that comes out is owned below.
        let done = unsafe { CreateEventW(None, true, false, PCWSTR::null()) }.map_err(io_error)?;
        // SAFETY: it is open, and nobody else closes it.
        let done = unsafe { OwnedHandle::from_raw_handle(done.0) };
        Ok(Self { pipe, done })
    }

    /// For calls that end at once.
    pub(super) fn handle(&self) -> HANDLE {
        HANDLE(self.pipe.as_raw_handle())
    }

    /// Reads what is there; 0 when the other side has gone.
    pub(super) fn read(&self, buffer: &mut [u8], until: Option<Moment>) -> io::Result<usize> {
        // SAFETY: buffer and structure hold until the end of what is begun.
        let begin = |overlapped| unsafe { ReadFile(self.handle(), Some(buffer), None, Some(overlapped)) };
        match self.run(begin, until) {
            Err(error) if is(&error, ERROR_BROKEN_PIPE) => Ok(0),
            read => read,
        }
    }

    /// Writes, perhaps not all.
    pub(super) fn write(&self, bytes: &[u8], until: Option<Moment>) -> io::Result<usize> {
        // SAFETY: bytes and structure hold until the end of what is begun.
        self.run(|overlapped| unsafe { WriteFile(self.handle(), Some(bytes), None, Some(overlapped)) }, until)
    }

    /// Begins something and waits for its end; gives it up at the given moment. The count is in bytes. It does not come back before the
    /// system is done with the memory that `begin` lent it.
    pub(super) fn run(
        &self,
        begin: impl FnOnce(*mut OVERLAPPED) -> windows::core::Result<()>,
        until: Option<Moment>,
    ) -> io::Result<usize> {
        let done = HANDLE(self.done.as_raw_handle());
        let mut overlapped = OVERLAPPED { hEvent: done, ..OVERLAPPED::default() };
        if let Err(error) = begin(&raw mut overlapped)
            && WIN32_ERROR::from_error(&error) != Some(ERROR_IO_PENDING)
        {
            return Err(io_error(error));
        }
        // SAFETY: the event is open.
        let ended = unsafe { WaitForSingleObject(done, milliseconds(until)) } == WAIT_OBJECT_0;
        if !ended {
            // SAFETY: pipe and structure are those that it was begun with. If it ended meanwhile there is nothing to give up.
            let _ = unsafe { CancelIoEx(self.handle(), Some(&raw const overlapped)) };
        }
        let mut count = 0;
        // SAFETY: as above; it waits for the end, which comes at once when it was given up.
        match unsafe { GetOverlappedResult(self.handle(), &raw const overlapped, &raw mut count, true) } {
            Ok(()) => Ok(count as usize),
            Err(error) if WIN32_ERROR::from_error(&error) == Some(ERROR_OPERATION_ABORTED) => {
                Err(io::Error::from(io::ErrorKind::TimedOut))
            }
            Err(error) => Err(io_error(error)),
        }
    }
}

/// Is it this error?
pub(super) fn is(error: &io::Error, code: WIN32_ERROR) -> bool {
    error.raw_os_error() == Some(code.0.cast_signed())
}

/// So long from now.
pub(super) fn later(limit: Duration) -> Moment {
    clock::moment().after(u64::try_from(limit.as_millis()).unwrap_or(u64::MAX))
}

/// What is left, as the system counts it.
pub(super) fn milliseconds(until: Option<Moment>) -> u32 {
    until.map_or(INFINITE, |until| {
        u32::try_from(until.0.saturating_sub(clock::moment().0)).unwrap_or(INFINITE).min(INFINITE - 1)
    })
}
