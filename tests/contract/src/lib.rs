//! What every system's file of a duty must do: see the files in `tests/`.
