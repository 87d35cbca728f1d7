//! A Windows PC of its own for every test: a Wine prefix whose user has Hangul, a space and `&` in the name, a display, and the
//! real `support-helper.exe` that `scripts/build-windows` built.
//!
//! What Wine cannot show (a web view, antivirus, another user, elevation) is listed in `tests/BEHAVIOUR.md`.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
// Test support: a broken world ends the test here.

/// Title of the module's window.
pub const MODULE: &str = "EDGE&NEXT Support";
/// Title of Full's window.
pub const FULL: &str = "TeamViewer";

mod pc;
mod programs;
mod signing;

pub use pc::{StandIn, WindowsPc};
pub use programs::{built, folder};
pub use signing::{CodeSigner, TEAMVIEWER};
