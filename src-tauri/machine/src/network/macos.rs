//! The kernel tells changes of links, addresses and routes over a routing socket (route(4)); nobody has to ask it.

use rustix::net::{AddressFamily, RecvFlags, SocketType, recv, socket};
use std::io;
use std::time::Duration;

/// One plugged cable is many messages: they are told as one.
const CALM: Duration = Duration::from_secs(2);

/// Tells every change, for as long as the kernel does. Blocks without polling.
///
/// # Errors
/// Whatever the system says about the socket.
pub fn watch(tell: &mut dyn FnMut()) -> io::Result<()> {
    // Protocol 0: changes of every address family.
    let socket = socket(AddressFamily::ROUTE, SocketType::RAW, None)?;
    rustix::io::fcntl_setfd(&socket, rustix::io::FdFlags::CLOEXEC)?;
    let mut buffer = [0u8; 8 * 1024];
    loop {
        match recv(&socket, &mut buffer, RecvFlags::empty()) {
            // So many changes that the kernel dropped some: that is a change as well.
            Ok(_) | Err(rustix::io::Errno::NOBUFS) => {}
            Err(rustix::io::Errno::INTR) => continue,
            Err(error) => return Err(error.into()),
        }
        std::thread::sleep(CALM);
        while matches!(recv(&socket, &mut buffer, RecvFlags::DONTWAIT), Ok(_) | Err(rustix::io::Errno::NOBUFS)) {}
        tell();
    }
}

/// Taken for granted: a Mac's list of interfaces is read by a call that none of the libraries here offers, and a missing network is told
/// by the first request as well.
pub const fn any_interface_is_up() -> bool {
    true
}
