//! What the remote support helper does: network, files, processes. One folder a duty; each system's file exports the same
//! signatures, is thin, and decides nothing. "Not available here" is a value with a reason, never a panic.

pub mod about;
pub mod application;
pub mod audit;
pub mod autostart;
pub mod clock;
pub mod closing;
pub mod diagnostics;
pub mod dirs;
pub mod disk;
pub mod doctor;
pub mod fetch;
pub mod handover;
pub mod journal;
pub mod launching;
pub mod links;
pub mod log;
pub mod managed;
pub mod mirror;
pub mod network;
pub mod package;
pub mod placing;
pub mod processes;
pub mod proxy;
pub mod repository;
mod rotating;
pub mod signer;
pub mod state_file;
pub mod store;
pub mod successor;
mod tls;
pub mod transport;
mod user;
