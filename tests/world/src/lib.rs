//! The world that the helper's tests and its demo run against.
//!
//! Two stand-in programs with real windows play the support module and TeamViewer Full, a scripted HTTP server plays
//! the mirror with every fault a network can have, and a private display, session bus and tray host play the desktop.
//! Everything that is started here ends when its guard is dropped, and nothing is shared between two tests: ports,
//! displays, buses and homes are always fresh.

mod archive;
mod certificates;
mod error;
mod home;
pub mod mirror;
mod port;
#[cfg(any(target_os = "linux", target_os = "windows"))]
mod processes;
mod proxy;
mod running;
pub mod standin;
mod tls;
mod wait;

#[cfg(target_os = "linux")]
mod bus;
#[cfg(target_os = "linux")]
mod display;
#[cfg(target_os = "linux")]
pub mod line;
#[cfg(target_os = "linux")]
mod menu;
#[cfg(target_os = "linux")]
mod tray;
#[cfg(target_os = "linux")]
mod windows;

pub use archive::{ArchiveKind, ModuleArchive, module_archive};
pub use certificates::{Authority, Certificate, days_from_now};
pub use error::{Result, WorldError};
pub use home::Home;
pub use mirror::{Fault, Mirror, Seen, Times};
#[cfg(any(target_os = "linux", target_os = "windows"))]
pub use processes::{ProcessSeen, processes_under};
pub use proxy::{HttpProxy, ProxyAnswer, ProxySeen};
pub use running::{Daemon, Full, Module, RunningStandIn, stand_in_program};
pub use tls::{Handshake, TlsFront};
pub use wait::wait_until;

#[cfg(target_os = "linux")]
pub use bus::SessionBus;
#[cfg(target_os = "linux")]
pub use display::{Display, free_display, screenshot};
#[cfg(target_os = "linux")]
pub use menu::MenuLine;
#[cfg(target_os = "linux")]
pub use tray::{StatusNotifierHost, ToolTip};
#[cfg(target_os = "linux")]
pub use windows::{
    Geometry, Key, WindowSeen, click_at, close_window, focus_window, point_at, press, press_with_shift, set_text_size,
    type_text, wait_for_window, windows,
};
