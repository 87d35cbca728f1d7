//! Linux: files that every program may read.

use super::{of_environment, with_short_name};
use std::fs;

/// The distribution and the kernel (os-release(5), proc(5)).
pub fn system() -> String {
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let name = release.lines().find_map(|line| line.strip_prefix("PRETTY_NAME=")).unwrap_or("Linux");
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!("{}, Linux {}", name.trim_matches('"'), kernel.trim())
}

/// The account's name and the person's as entered there (passwd(5), the part before the first comma).
pub fn users() -> Vec<String> {
    let mut names = of_environment(&["USER", "LOGNAME"]);
    let id = rustix::process::getuid().as_raw().to_string();
    let accounts = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let own = accounts
        .lines()
        .map(|line| line.split(':').collect::<Vec<_>>())
        .find(|fields| fields.get(2) == Some(&id.as_str()));
    let fields = own.unwrap_or_default();
    let person = fields.get(4).and_then(|comment| comment.split(',').next());
    names.extend(
        [fields.first().copied(), person].into_iter().flatten().filter(|name| !name.is_empty()).map(str::to_owned),
    );
    names
}

/// The computer's name (proc(5)).
pub fn computers() -> Vec<String> {
    let name = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    with_short_name(name.trim().to_owned()).into_iter().filter(|name| !name.is_empty()).collect()
}
