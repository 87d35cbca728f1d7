//! Windows and macOS: what was entered in the system's settings is read by the HTTP client's own rules.

use super::{Abilities, NotHere};

/// What of the system's settings can be followed.
pub const fn abilities() -> Abilities {
    Abilities {
        entered: Ok(()),
        scripted: Err(NotHere("proxy scripts (PAC) are not followed on this system yet; set the proxy by policy")),
    }
}
