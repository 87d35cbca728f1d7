//! `helper-publish`: reads the command line and the clock, and says what happened. Exit codes: 0 done, 1 refused
//! (nothing changed; the message says what to do) or a mirror that is not as it should be, 2 wrong usage.

mod cli;

use clap::Parser as _;
use jiff::Timestamp;
use std::io::{self, Write as _};
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    match cli::run(cli.command, Timestamp::now(), &mut io::stdout().lock()) {
        Ok(code) => code,
        Err(refused) => {
            // Nobody is left to tell if this fails.
            let _ = writeln!(io::stderr().lock(), "refused: {refused}");
            ExitCode::from(1)
        }
    }
}
