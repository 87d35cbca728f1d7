//! What every system's hands must do alike: one file a duty in `tests/`, and what they share here. Where a system has nothing to do, the contract says so.
