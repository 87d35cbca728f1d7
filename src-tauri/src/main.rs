//! The remote support helper: flags, subcommands, exit codes. It carries; what to do is decided in `helper_core`.

#![cfg_attr(all(target_os = "windows", not(debug_assertions)), windows_subsystem = "windows")]

mod app;
mod audit;
#[cfg(all(test, feature = "bindings"))]
mod bindings;
mod cli;
mod commands;
mod console;
mod diagnostics;
mod doctor;
mod driver;
mod effects;
mod faces;
mod import;
mod instance;
mod mailbox;
mod opened;
mod policy;
mod renewal;
mod settings;
mod setup;
mod words;

fn main() -> std::process::ExitCode {
    cli::main()
}
