//! Linux: the environment is the only setting that belongs to the system; desktops keep theirs to themselves.

use super::{Abilities, NotHere};

/// What of the system's settings can be followed.
pub const fn abilities() -> Abilities {
    Abilities {
        entered: Err(NotHere(
            "each desktop keeps its own; set it by policy, or for everybody in /etc/environment (https_proxy, no_proxy)",
        )),
        scripted: Err(NotHere("Linux has nothing of its own that runs proxy scripts (PAC); set the proxy by policy")),
    }
}
