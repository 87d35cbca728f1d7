//! The kernel tells changes of links and addresses over a route socket (rtnetlink(7)); nobody has to ask it.

use rustix::net::netlink::SocketAddrNetlink;
use rustix::net::{AddressFamily, RecvFlags, SocketFlags, SocketType, bind, recv, socket_with};
use std::io;
use std::time::Duration;

/// `RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR` of linux/rtnetlink.h.
const GROUPS: u32 = 0x1 | 0x10 | 0x100;
/// One plugged cable is many messages: they are told as one.
const CALM: Duration = Duration::from_secs(2);

/// Tells every change, for as long as the kernel does. Blocks without polling.
///
/// # Errors
/// Whatever the system says about the socket.
pub fn watch(tell: &mut dyn FnMut()) -> io::Result<()> {
    // Protocol 0 of this family is NETLINK_ROUTE.
    let socket = socket_with(AddressFamily::NETLINK, SocketType::RAW, SocketFlags::CLOEXEC, None)?;
    bind(&socket, &SocketAddrNetlink::new(0, GROUPS))?;
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

/// Is there any network but the PC's own? `operstate` of sysfs: "up", or "unknown" for devices that cannot tell.
pub fn any_interface_is_up() -> bool {
    let Ok(interfaces) = std::fs::read_dir("/sys/class/net") else { return true };
    interfaces.flatten().filter(|interface| interface.file_name() != "lo").any(|interface| {
        std::fs::read_to_string(interface.path().join("operstate"))
            .is_ok_and(|state| matches!(state.trim(), "up" | "unknown"))
    })
}
