//! macOS.

use super::{of_environment, with_short_name};
use sysinfo::System;

/// The system and its version.
pub fn system() -> String {
    System::long_os_version().unwrap_or_else(|_| "macOS".to_owned())
}

/// The account's name.
pub fn users() -> Vec<String> {
    of_environment(&["USER", "LOGNAME"])
}

/// The computer's name.
pub fn computers() -> Vec<String> {
    System::host_name().map(with_short_name).unwrap_or_default()
}
