//! What every system's hands must do alike: one file a duty in `tests/`, and what they share here. Where a system has nothing to do, the
//! contract says so.

pub mod desk;

use std::path::Path;
use std::process::Command;

/// Names the home of a test that runs in a process of its own.
const HOME: &str = "CONTRACT_HOME";

/// Runs a test of this file in a process of its own whose home is a fresh folder: what a test writes into a home must not land in the
/// real one, and the environment is one for all tests. `body` gets the home.
///
/// # Panics
/// When the test fails there.
#[allow(clippy::unwrap_used, clippy::panic)]
pub fn in_a_home_of_its_own(test: &str, body: impl FnOnce(&Path)) {
    if let Some(home) = std::env::var_os(HOME) {
        return body(Path::new(&home));
    }
    let home = tempfile::tempdir().unwrap();
    let ended = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(HOME, home.path())
        .env("HOME", home.path())
        .env("XDG_CONFIG_HOME", home.path().join("config"))
        .env("XDG_DATA_HOME", home.path().join("data"))
        .status()
        .unwrap();
    assert!(ended.success(), "{test} failed in a home of its own");
}

/// Do the tests run under Wine? It is weaker than Windows in places; what it does not do is then left unjudged, never expected.
#[cfg(windows)]
pub fn under_wine() -> bool {
    std::path::Path::new(r"C:\windows\system32\winecfg.exe").exists()
}

/// Do the tests run under Wine? Not on this system.
#[cfg(not(windows))]
pub const fn under_wine() -> bool {
    false
}
