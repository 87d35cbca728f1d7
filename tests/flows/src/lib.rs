//! A PC of its own for every test: the real program, a home that nobody else uses, a mirror that the publisher's own tool
//! wrote. Shared by flows, smoke tests and benchmarks.
//!
//! A test begins with [`alone!`], because the helper looks at all processes of the machine.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]
// Test support: a broken world ends the test here.

pub mod alone;
mod called;
mod download;
pub mod network;
mod pc;
mod publisher;
mod renewed;
mod talk;

pub use called::{Called, Running};
pub use download::Download;
pub use pc::{Pc, chose, seen_first_run, terminate};
pub use publisher::{Publisher, UpdaterKey};
pub use renewed::{Renewed, with_version};
pub use talk::Talk;

use std::path::{Path, PathBuf};
use std::time::Duration;

/// Long enough for anything on a busy machine; waiting ends as soon as the thing has happened.
pub const LONG: Duration = Duration::from_secs(40);

/// Where the module's program is in the archives.
pub const ENTRY: &str = "teamviewerqs/tv_bin/TeamViewer";

/// The program under test: `SUPPORT_HELPER_BIN`, or the one built beside this test with the feature `rehearsal`.
pub fn helper_program() -> PathBuf {
    if let Some(path) = std::env::var_os("SUPPORT_HELPER_BIN") {
        return PathBuf::from(path);
    }
    let test = std::env::current_exe().unwrap();
    let program = test.parent().and_then(Path::parent).unwrap().join("support-helper");
    assert!(program.exists(), "{} is missing: cargo build -p support-helper --features rehearsal", program.display());
    program
}
