//! What every system's hands must do alike: one set of tests a duty, against the stand-ins of the world.
