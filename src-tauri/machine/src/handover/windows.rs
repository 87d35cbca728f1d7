//! Windows: a named pipe. Its name is random and stands, with the helper's process number, on a plate: a file in the
//! user's own folder. So nobody can take the name before the helper does, and a name on a dead helper's plate is worth nothing
//! to who takes it later. The pipe lets only this user in, and nobody over the network (Microsoft: "Named Pipe Security and
//! Access Rights"). Everything is overlapped: only that can be given up after a time.

// The system is asked through its C interface.
#![allow(unsafe_code)]

use super::pipe::{Pipe, is, later, milliseconds};
use super::plate::Plate;
use crate::clock;
use crate::user::{self, io_error};
use helper_core::time::Moment;
use std::fs::OpenOptions;
use std::io::{self, Read, Write};
use std::os::windows::fs::OpenOptionsExt as _;
use std::os::windows::io::{FromRawHandle as _, OwnedHandle};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use windows::Win32::Foundation::{ERROR_NO_DATA, ERROR_PIPE_BUSY, ERROR_PIPE_CONNECTED, HLOCAL, LocalFree};
use windows::Win32::Security::Authorization::{ConvertStringSecurityDescriptorToSecurityDescriptorW, SDDL_REVISION_1};
use windows::Win32::Security::{PSECURITY_DESCRIPTOR, SECURITY_ATTRIBUTES};
use windows::Win32::Storage::FileSystem::{
    FILE_FLAG_FIRST_PIPE_INSTANCE, FILE_FLAG_OVERLAPPED, PIPE_ACCESS_DUPLEX, SECURITY_IDENTIFICATION,
};
use windows::Win32::System::Pipes::{
    ConnectNamedPipe, CreateNamedPipeW, DisconnectNamedPipe, GetNamedPipeClientProcessId, GetNamedPipeServerProcessId,
    PIPE_READMODE_BYTE, PIPE_REJECT_REMOTE_CLIENTS, PIPE_TYPE_BYTE, PIPE_UNLIMITED_INSTANCES, PIPE_WAIT,
    WaitNamedPipeW,
};
use windows::core::HSTRING;

/// Bytes that the system keeps between the two sides; longer lines only take more than one go.
const BUFFER: u32 = 4_096;

/// The inner side. One instance of the pipe always waits for the next visitor, so that the name is never free.
#[derive(Debug)]
pub(super) struct Listener {
    name: HSTRING,
    descriptor: Descriptor,
    next: Mutex<Stream>,
}

impl Listener {
    /// Opens the door and puts up its plate in the place of a dead helper's.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let plate = Plate::new(std::process::id())?;
        let (name, descriptor) = (HSTRING::from(plate.pipe()), Descriptor::for_me_alone()?);
        let next = Mutex::new(instance(&name, &descriptor, true)?);
        plate.put_up(path)?;
        Ok(Self { name, descriptor, next })
    }

    /// Waits for the next visitor.
    pub(super) fn accept(&self) -> io::Result<Stream> {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        next.wait_for_visitor()?;
        match instance(&self.name, &self.descriptor, false) {
            Ok(other) => Ok(std::mem::replace(&mut *next, other)),
            Err(error) => {
                next.turn_away()?;
                Err(error)
            }
        }
    }
}

fn instance(name: &HSTRING, descriptor: &Descriptor, first: bool) -> io::Result<Stream> {
    let attributes = SECURITY_ATTRIBUTES {
        nLength: u32::try_from(size_of::<SECURITY_ATTRIBUTES>()).unwrap_or(0),
        lpSecurityDescriptor: descriptor.0.0,
        bInheritHandle: false.into(),
    };
    let only_the_first = if first { FILE_FLAG_FIRST_PIPE_INSTANCE } else { Default::default() };
    // SAFETY: name and descriptor live longer than the call; the handle that comes out is owned below.
    let pipe = unsafe {
        CreateNamedPipeW(
            name,
            PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED | only_the_first,
            PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS,
            PIPE_UNLIMITED_INSTANCES,
            BUFFER,
            BUFFER,
            0,
            Some(&raw const attributes),
        )
    };
    if pipe.is_invalid() {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: it is open, and nobody else closes it.
    Stream::of(unsafe { OwnedHandle::from_raw_handle(pipe.0) }, Other::Visitor)
}

/// Who is on the other side.
#[derive(Debug)]
enum Other {
    /// Somebody who knocked.
    Visitor,
    /// The helper, which must be the process that put up the plate.
    Helper(u32),
}

/// A connection; what is read and written ends at a given moment.
#[derive(Debug)]
pub(super) struct Stream {
    pipe: Pipe,
    other: Other,
    until: Option<Moment>,
}

impl Stream {
    fn of(pipe: OwnedHandle, other: Other) -> io::Result<Self> {
        Ok(Self { pipe: Pipe::of(pipe)?, other, until: None })
    }

    /// Knocks. While others are being let in it waits, at most so long.
    pub(super) fn connect(path: &Path, limit: Duration) -> io::Result<Self> {
        let plate = Plate::read(path)?;
        let name = HSTRING::from(plate.pipe());
        let until = later(limit);
        loop {
            // Whoever holds the other side may learn who this is, and not act as this user (SECURITY_SQOS_PRESENT is set along).
            let opened = OpenOptions::new()
                .read(true)
                .write(true)
                .custom_flags(FILE_FLAG_OVERLAPPED.0)
                .security_qos_flags(SECURITY_IDENTIFICATION.0)
                .open(plate.pipe());
            match opened {
                Ok(pipe) => return Self::of(pipe.into(), Other::Helper(plate.process)),
                Err(error) if is(&error, ERROR_PIPE_BUSY) => {}
                Err(error) => return Err(error),
            }
            // SAFETY: the name lives longer than the call. Zero would mean the pipe's own limit.
            if !unsafe { WaitNamedPipeW(&name, milliseconds(Some(until)).max(1)) }.as_bool() {
                return Err(io::Error::last_os_error());
            }
            if clock::moment() >= until {
                return Err(io::Error::from(io::ErrorKind::TimedOut));
            }
        }
    }

    /// From now on everything together may take so long.
    pub(super) fn limit(&mut self, limit: Duration) {
        self.until = Some(later(limit));
    }

    /// Refuses the other side if it is not this user's, or not the helper that put up the plate.
    pub(super) fn require_same_user(&self) -> io::Result<()> {
        let mut process = 0;
        // SAFETY: the pipe is open, and the place for the number lives longer than the call.
        let asked = unsafe {
            match self.other {
                Other::Visitor => GetNamedPipeClientProcessId(self.pipe.handle(), &raw mut process),
                Other::Helper(_) => GetNamedPipeServerProcessId(self.pipe.handle(), &raw mut process),
            }
        };
        asked.map_err(io_error)?;
        let refused = |why| Err(io::Error::new(io::ErrorKind::PermissionDenied, why));
        if let Other::Helper(plate) = self.other
            && plate != process
        {
            return refused(format!("process {process} holds the door of process {plate}"));
        }
        let (other, me) = (user::of_process(process)?, user::me()?);
        if other == me { Ok(()) } else { refused(format!("user {other} is not user {me}")) }
    }

    /// Waits until the other side has read all and closed: what it has not read may go with this side.
    pub(super) fn finish(mut self) {
        while matches!(self.read(&mut [0; 64]), Ok(1..)) {}
    }

    fn wait_for_visitor(&self) -> io::Result<()> {
        loop {
            // SAFETY: `overlapped` holds until the end of what it begins.
            let begin = |overlapped| unsafe { ConnectNamedPipe(self.pipe.handle(), Some(overlapped)) };
            match self.pipe.run(begin, None) {
                Ok(_) => return Ok(()),
                Err(error) if is(&error, ERROR_PIPE_CONNECTED) => return Ok(()),
                // It came and went already.
                Err(error) if is(&error, ERROR_NO_DATA) => self.turn_away()?,
                Err(error) => return Err(error),
            }
        }
    }

    fn turn_away(&self) -> io::Result<()> {
        // SAFETY: the pipe is open.
        unsafe { DisconnectNamedPipe(self.pipe.handle()) }.map_err(io_error)
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.pipe.read(buffer, self.until)
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.pipe.write(bytes, self.until)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Who may come in.
#[derive(Debug)]
struct Descriptor(PSECURITY_DESCRIPTOR);

// SAFETY: nobody writes to it after it was made.
unsafe impl Send for Descriptor {}
// SAFETY: as above.
unsafe impl Sync for Descriptor {}

impl Descriptor {
    /// Everything for this user, nothing for who comes over the network, nothing for anybody else (Microsoft: "Security Descriptor
    /// String Format").
    fn for_me_alone() -> io::Result<Self> {
        let words = HSTRING::from(format!("D:P(D;;GA;;;NU)(A;;GA;;;{})", user::me()?));
        let mut made = PSECURITY_DESCRIPTOR::default();
        // SAFETY: words and place live longer than the call; what was made is owned below.
        unsafe { ConvertStringSecurityDescriptorToSecurityDescriptorW(&words, SDDL_REVISION_1, &raw mut made, None) }
            .map_err(io_error)?;
        Ok(Self(made))
    }
}

impl Drop for Descriptor {
    fn drop(&mut self) {
        // SAFETY: it was made by the function that says that it is freed so.
        unsafe { LocalFree(Some(HLOCAL(self.0.0))) };
    }
}
