//! The ways of showing the helper. Each draws `Shown` and speaks `Intent`; none of them decides.

pub mod dialogs;
pub mod dock;
#[cfg(target_os = "linux")]
pub mod engine;
pub mod notices;
pub mod terminal;
pub mod tray;
pub mod window;

use crate::words::{Shown, Words};
use dialogs::Caller;
use helper_core::effect::Notice;
use helper_core::tray::Tray;
use std::sync::Arc;

/// One way of showing the helper. Written to, never read.
pub trait Face: Send + std::fmt::Debug {
    /// Shows the state; called only when something of it changed.
    fn show(&mut self, shown: &Shown, tray: &Tray);
    /// Comes to the front, because of this one.
    fn present(&mut self, _caller: Caller) {}
    /// Says something once.
    fn notify(&mut self, _notice: Notice) {}
    /// Speaks these words from now on.
    fn speak(&mut self, _words: &Arc<Words>) {}
    /// The helper ends.
    fn end(&mut self) {}
}
