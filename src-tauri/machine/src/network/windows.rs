//! The system calls back when an address comes or goes; nobody has to ask it.
#![allow(unsafe_code)] // Callbacks, and a list in the system's memory layout.

use std::ffi::c_void;
use std::io;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;
use windows::Win32::Foundation::{ERROR_BUFFER_OVERFLOW, ERROR_NO_DATA, ERROR_SUCCESS, HANDLE, WIN32_ERROR};
use windows::Win32::NetworkManagement::IpHelper::{
    CancelMibChangeNotify2, GAA_FLAG_SKIP_ANYCAST, GAA_FLAG_SKIP_DNS_SERVER, GAA_FLAG_SKIP_MULTICAST,
    GAA_FLAG_SKIP_UNICAST, GetAdaptersAddresses, IF_TYPE_SOFTWARE_LOOPBACK, IP_ADAPTER_ADDRESSES_LH,
    MIB_NOTIFICATION_TYPE, MIB_UNICASTIPADDRESS_ROW, NotifyUnicastIpAddressChange,
};
use windows::Win32::NetworkManagement::Ndis::IfOperStatusUp;
use windows::Win32::Networking::WinSock::AF_UNSPEC;

/// One plugged cable is many messages: they are told as one.
const CALM: Duration = Duration::from_secs(2);
/// The list may grow between two questions; after so many it is left.
const TRIES: u32 = 4;

/// Tells every change of an address, for as long as the system does. Blocks without polling.
///
/// # Errors
/// Whatever the system says about being called back.
pub fn watch(tell: &mut dyn FnMut()) -> io::Result<()> {
    let changes = Changes::listen()?;
    while changes.heard.recv().is_ok() {
        std::thread::sleep(CALM);
        while changes.heard.try_recv().is_ok() {}
        tell();
    }
    Ok(())
}

/// While this lives, the system calls back.
struct Changes {
    handle: HANDLE,
    heard: Receiver<()>,
    /// What the callback is given: at the same address until the system has let go of it.
    _sender: Box<SyncSender<()>>,
}

impl Changes {
    fn listen() -> io::Result<Self> {
        // One that waits to be heard says as much as ten.
        let (sender, heard) = sync_channel(1);
        let sender = Box::new(sender);
        let context: *const c_void = (&raw const *sender).cast();
        let mut handle = HANDLE::default();
        // SAFETY: The context lives in a box that is dropped after the callback is cancelled.
        let code = unsafe { NotifyUnicastIpAddressChange(AF_UNSPEC, Some(changed), Some(context), false, &mut handle) };
        succeeded(code)?;
        Ok(Self { handle, heard, _sender: sender })
    }
}

impl Drop for Changes {
    fn drop(&mut self) {
        // SAFETY: The handle came from the system and is given back once. The call returns when no callback runs any more.
        let _ = unsafe { CancelMibChangeNotify2(self.handle) };
    }
}

unsafe extern "system" fn changed(
    context: *const c_void,
    _row: *const MIB_UNICASTIPADDRESS_ROW,
    _kind: MIB_NOTIFICATION_TYPE,
) {
    // SAFETY: `Changes::listen` passes its sender, which outlives the callbacks.
    let sender = unsafe { &*context.cast::<SyncSender<()>>() };
    // A full channel has a change to tell already.
    let _ = sender.try_send(());
}

fn succeeded(code: WIN32_ERROR) -> io::Result<()> {
    match code {
        ERROR_SUCCESS => Ok(()),
        WIN32_ERROR(code) => Err(io::Error::from_raw_os_error(i32::try_from(code).unwrap_or(-1))),
    }
}

/// Is there any network but the PC's own? What cannot be told counts as yes.
pub fn any_interface_is_up() -> bool {
    let flags = GAA_FLAG_SKIP_ANYCAST | GAA_FLAG_SKIP_DNS_SERVER | GAA_FLAG_SKIP_MULTICAST | GAA_FLAG_SKIP_UNICAST;
    let mut size = 16 * 1024u32;
    for _ in 0..TRIES {
        // Whole words, so that the list is aligned.
        let mut buffer = vec![0u64; usize::try_from(size).unwrap_or(0).div_ceil(8)];
        let first: *mut IP_ADAPTER_ADDRESSES_LH = buffer.as_mut_ptr().cast();
        let family = u32::from(AF_UNSPEC.0);
        // SAFETY: The buffer has at least `size` bytes and lives longer than the walk below.
        match WIN32_ERROR(unsafe { GetAdaptersAddresses(family, flags, None, Some(first), &mut size) }) {
            ERROR_BUFFER_OVERFLOW => {}
            ERROR_NO_DATA => return false,
            // SAFETY: The system filled the buffer with a list that ends with a null pointer.
            ERROR_SUCCESS => return unsafe { any_up(first) },
            _ => return true,
        }
    }
    true
}

/// # Safety
/// `adapter` starts a list of `GetAdaptersAddresses` whose buffer lives until this returns.
unsafe fn any_up(mut adapter: *const IP_ADAPTER_ADDRESSES_LH) -> bool {
    // SAFETY: As the caller promises.
    while let Some(this) = unsafe { adapter.as_ref() } {
        if this.OperStatus == IfOperStatusUp && this.IfType != IF_TYPE_SOFTWARE_LOOPBACK {
            return true;
        }
        adapter = this.Next;
    }
    false
}
