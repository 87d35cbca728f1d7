//! macOS: what was entered in the network settings is read by the HTTP client's own rules (System Configuration).

use super::{Abilities, NotHere};
use helper_core::proxy_list::script_of_scutil;
use std::process::{Command, Stdio};

/// What of the system's settings can be followed. A proxy script would have to be run by CFNetwork on a run loop of its own
/// (Apple, "CFNetworkExecuteProxyAutoConfigurationURL"), which cannot be tried on the PCs that build this program; until it can,
/// this says so rather than pretend.
pub const fn abilities() -> Abilities {
    Abilities {
        entered: Ok(()),
        scripted: Err(NotHere("proxy scripts (PAC) are not followed on macOS; set the proxy by policy")),
    }
}

/// The script that the network settings name, for telling people why nothing is reached (scutil(8)). Blocks.
pub fn script() -> Option<String> {
    let asked = Command::new("/usr/sbin/scutil").arg("--proxy").stdin(Stdio::null()).output();
    script_of_scutil(&String::from_utf8_lossy(&asked.ok()?.stdout))
}
