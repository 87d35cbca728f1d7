//! What this system is, and what its user and the PC are called: the first is told to supporters, the others are what must not be.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "windows")]
mod windows;

#[cfg(target_os = "linux")]
pub use linux::{computers, system, users};
#[cfg(target_os = "macos")]
pub use macos::{computers, system, users};
#[cfg(target_os = "windows")]
pub use windows::{computers, system, users};

/// Values of environment variables, as far as they are set.
fn of_environment(names: &[&str]) -> Vec<String> {
    names.iter().filter_map(|name| std::env::var(name).ok()).filter(|value| !value.is_empty()).collect()
}

/// A host's full name, and its own part of it.
#[cfg(unix)]
fn with_short_name(name: String) -> Vec<String> {
    let short = name.split('.').next().unwrap_or_default().to_owned();
    if short == name { vec![name] } else { vec![name, short] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_and_the_computer_have_names() {
        assert!(!system().is_empty());
        assert!(computers().iter().all(|name| !name.is_empty()) && !computers().is_empty());
        assert!(users().iter().all(|name| !name.is_empty()));
    }
}
