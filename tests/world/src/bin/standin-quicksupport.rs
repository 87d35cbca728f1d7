//! A stand-in for the customised TeamViewer QuickSupport ("the module"). See `helper_world::standin`.
#![windows_subsystem = "windows"]

use std::process::ExitCode;

use helper_world::standin::{Role, run};

fn main() -> ExitCode {
    run(Role::QuickSupport)
}
