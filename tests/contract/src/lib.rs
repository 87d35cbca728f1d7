//! What every system's hands must do alike: one file a duty in `tests/`, and what they share here.

pub mod desk;
