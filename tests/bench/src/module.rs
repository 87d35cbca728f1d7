//! A module of 30 MB whose program says when it came to life.

use flate2::Compression;
use flate2::write::GzEncoder;
use flows::ENTRY;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Bytes of the module, packed and unpacked about the same, because most of it cannot be packed.
pub const SIZE: usize = 30_000_000;
/// The program without what only a debugger reads; the size of a debug build says nothing about a module.
fn program(beside: &Path) -> Vec<u8> {
    let built = std::env::current_exe().unwrap().with_file_name("bench-module");
    assert!(built.exists(), "{} is missing: cargo build -p bench --bins", built.display());
    let lean = beside.with_extension("program");
    let stripped = Command::new("strip").arg("-o").arg(&lean).arg(&built).status();
    // Without the tool it is larger, and the rest of the module smaller.
    let from = if stripped.is_ok_and(|status| status.success()) { lean } else { built };
    fs::read(from).unwrap()
}

/// Packs the module as its vendor packs QuickSupport: a program, and beside it one large file that holds the rest.
pub fn pack(file: &Path) -> PathBuf {
    let program = program(file);
    let mut rest = vec![0; SIZE.saturating_sub(program.len())];
    getrandom::fill(&mut rest).unwrap();
    let mut tar = tar::Builder::new(GzEncoder::new(File::create(file).unwrap(), Compression::new(3)));
    let mut add = |name: &str, mode: u32, bytes: &[u8]| {
        let mut header = tar::Header::new_gnu();
        header.set_mode(mode);
        header.set_size(bytes.len() as u64);
        header.set_mtime(0);
        tar.append_data(&mut header, name, bytes).unwrap();
    };
    add(ENTRY, 0o755, &program);
    let large = Path::new(ENTRY).with_file_name("archive.bin");
    add(large.to_str().unwrap(), 0o644, &rest);
    io::Write::flush(&mut tar.into_inner().unwrap().finish().unwrap()).unwrap();
    file.to_owned()
}
