//! The publisher's side: creates, fills and signs the repository that the remote support helper trusts.
//!
//! A repository folder holds `mirror/` (what a web server serves: `metadata/` and `targets/`), `root.json` (what is
//! built into the helper) and, unless they are kept elsewhere, `keys/`. Nothing here reads the clock: `now` comes in
//! as an argument. Nothing is signed before all of it is checked, and `timestamp.json`, which makes a change visible,
//! is written last.

pub mod add;
pub mod init;
pub mod keys;
mod magic;
mod refused;
pub mod repository;
pub mod serve;
pub mod status;
mod writes;

pub use refused::Refused;
