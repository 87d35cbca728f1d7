//! Windows.

use super::of_environment;
use sysinfo::System;

/// The system, its version and its build.
pub fn system() -> String {
    let name = System::long_os_version().unwrap_or_else(|_| "Windows".to_owned());
    let build = System::kernel_version().map(|build| format!(", build {build}")).unwrap_or_default();
    format!("{name}{build}")
}

/// The account's name.
pub fn users() -> Vec<String> {
    of_environment(&["USERNAME"])
}

/// The computer's name and its domain's: a domain names the hospital.
pub fn computers() -> Vec<String> {
    let mut names = of_environment(&["COMPUTERNAME", "USERDOMAIN", "USERDNSDOMAIN"]);
    names.extend(System::host_name().ok());
    names
}
