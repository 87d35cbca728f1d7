//! The ways of showing the helper. Each draws `Shown` and speaks `Intent`; none of them decides.

pub mod terminal;
pub mod tray;
pub mod window;
