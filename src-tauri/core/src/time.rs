//! Time as an argument. Core never asks for it.

use serde::{Deserialize, Serialize};

/// A point on a clock that never goes back and goes on while the PC sleeps, in milliseconds since some start that only
/// the machine knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Moment(pub u64);

impl Moment {
    /// The moment `milliseconds` later; stops at the end of the clock instead of wrapping.
    pub const fn after(self, milliseconds: u64) -> Self {
        Self(self.0.saturating_add(milliseconds))
    }
}

/// Seconds in milliseconds.
pub const fn seconds(n: u64) -> u64 {
    n * 1_000
}

/// Minutes in milliseconds.
pub const fn minutes(n: u64) -> u64 {
    n * 60_000
}
