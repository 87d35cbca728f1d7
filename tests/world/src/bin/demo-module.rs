//! Writes a module archive around the stand-in QuickSupport, for demonstrations: `demo-module FILE [BYTES] [SEED]`.

use helper_world::{ArchiveKind, ModuleArchive};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut words = std::env::args_os().skip(1);
    let Some(file) = words.next().map(PathBuf::from) else { return usage() };
    let mut number = |or: u64| match words.next() {
        None => Some(or),
        Some(word) => word.to_str().and_then(|word| word.parse().ok()),
    };
    let (Some(size), Some(seed)) = (number(8_000_000), number(1)) else { return usage() };
    match (ModuleArchive { kind: ArchiveKind::TarGz, plan: String::new(), size, seed }).write_to(&file) {
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "demo-module: {error}");
            ExitCode::FAILURE
        }
    }
}

fn usage() -> ExitCode {
    let _ = writeln!(std::io::stderr(), "demo-module FILE [BYTES] [SEED]");
    ExitCode::from(2)
}
