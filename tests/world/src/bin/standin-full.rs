//! A stand-in for TeamViewer Full and its background program. See `helper_world::standin`.
#![windows_subsystem = "windows"]

use std::process::ExitCode;

use helper_world::standin::{Role, run};

fn main() -> ExitCode {
    run(Role::Full)
}
