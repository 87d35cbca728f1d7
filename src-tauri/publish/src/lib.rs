//! The publisher's side: creates, fills and signs the repository that the remote support helper trusts.
//!
//! A repository folder holds `mirror/` (what a web server serves: `metadata/` and `targets/`), `root.json` (what is
//! built into the helper), `staged/` and `ceremony/` (changes that wait for more signatures, seen by no web server) and,
//! unless they are kept elsewhere, `keys/`. Nothing here reads the clock: `now` comes in as an argument. Nothing is signed
//! before all of it is checked, and `timestamp.json`, which makes a change visible, is written last.

pub mod add;
pub mod approve;
mod authenticode;
pub mod bundle;
pub mod decode;
pub mod diff;
pub mod init;
pub mod keys;
pub mod kit;
mod magic;
pub mod passphrase;
mod refused;
pub mod report;
pub mod repository;
pub mod root;
pub mod serve;
pub mod status;
pub mod verify;
mod version;
mod writes;

pub use refused::Refused;
pub use repository::Outcome;

/// A change that was signed, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done<T> {
    /// What was changed.
    pub what: T,
    /// Is it published, or does it wait.
    pub outcome: Outcome,
}
