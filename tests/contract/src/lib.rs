//! What every system's files of a duty must do alike. One file a duty in `tests/`; where a system has nothing to do, the contract says so.
