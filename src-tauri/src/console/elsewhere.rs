//! A program has the terminal that it was started in.

/// Nothing to do.
pub const fn join() {}
