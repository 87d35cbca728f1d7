//! Module archives for Linux: the stand-in packed the way the vendor packs QuickSupport.

use std::fs::File;
use std::io::{self, Cursor, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use zip::write::{SimpleFileOptions, ZipWriter};

use crate::error::Doing;
use crate::running::lean_program;
use crate::{Result, WorldError};

const ROOT: &str = "teamviewerqs";
const PROGRAM: &str = "teamviewerqs/tv_bin/TeamViewer";
const PLAN: &str = "teamviewerqs/plan.txt";
const PAD: &str = "teamviewerqs/tv_bin/archive.bin";
const LINK: &str = "teamviewerqs/teamviewer";
const LINK_TARGET: &str = "tv_bin/TeamViewer";

/// The fastest level makes incompressible bytes longer by a twentieth; this one stores them as they are.
const LEVEL: Compression = Compression::new(3);

/// How a module is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArchiveKind {
    /// `.tar.gz`
    TarGz,
    /// `.zip`
    Zip,
}

/// A module archive to be built.
#[derive(Debug, Clone)]
pub struct ModuleArchive {
    /// How it is packed.
    pub kind: ArchiveKind,
    /// The plan that lies in the module. The variable `STANDIN_PLAN` overrules it line by line at run time, because
    /// placed files are verified before each start and must not be edited.
    pub plan: String,
    /// The archive's size is raised to about this many bytes.
    pub size: u64,
    /// Two archives with different seeds have different bytes, as two versions of a module do.
    pub seed: u64,
}

/// Builds an archive with `teamviewerqs/`: the stand-in, a plan, a link and incompressible padding up to `size`.
pub fn module_archive(kind: ArchiveKind, plan: &str, size: u64) -> Result<Vec<u8>> {
    ModuleArchive { kind, plan: plan.to_owned(), size, seed: 1 }.build()
}

impl ModuleArchive {
    /// The archive's bytes; the same input gives the same bytes.
    pub fn build(&self) -> Result<Vec<u8>> {
        let program = lean_program("standin-quicksupport")?;
        match self.kind {
            ArchiveKind::TarGz => self.tar(&program).doing(|| "packing a tar.gz".into()),
            ArchiveKind::Zip => self.zip(&program).map_err(|error| WorldError::other("packing a zip", error)),
        }
    }

    /// Builds the archive into a file.
    pub fn write_to(&self, path: &std::path::Path) -> Result<()> {
        let bytes = self.build()?;
        File::create(path).and_then(|mut file| file.write_all(&bytes)).doing(|| format!("writing {}", path.display()))
    }

    /// What the plan file says: the seed tells two otherwise equal modules apart.
    fn plan_text(&self) -> String {
        format!("# module {}\n{}\n", self.seed, self.plan.trim_end())
    }

    fn tar(&self, program: &[u8]) -> io::Result<Vec<u8>> {
        let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), LEVEL));
        for folder in [ROOT, "teamviewerqs/tv_bin"] {
            tar.append_data(&mut header(tar::EntryType::Directory, 0o755, 0), format!("{folder}/"), io::empty())?;
        }
        let file = |tar: &mut tar::Builder<GzEncoder<Vec<u8>>>, name: &str, mode: u32, bytes: &[u8]| {
            tar.append_data(&mut header(tar::EntryType::Regular, mode, bytes.len() as u64), name, bytes)
        };
        file(&mut tar, PLAN, 0o644, self.plan_text().as_bytes())?;
        file(&mut tar, PROGRAM, 0o755, program)?;
        tar.append_link(&mut header(tar::EntryType::Symlink, 0o777, 0), LINK, LINK_TARGET)?;
        tar.get_mut().flush()?;
        let pad = self.pad(tar.get_ref().get_ref().len());
        file(&mut tar, PAD, 0o644, &pad)?;
        tar.into_inner()?.finish()
    }

    fn zip(&self, program: &[u8]) -> zip::result::ZipResult<Vec<u8>> {
        // The date is fixed (the oldest that a zip can hold) so that equal input gives equal bytes.
        let packed = SimpleFileOptions::default().last_modified_time(zip::DateTime::default());
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file(PLAN, packed.unix_permissions(0o644))?;
        zip.write_all(self.plan_text().as_bytes())?;
        zip.start_file(PROGRAM, packed.unix_permissions(0o755))?;
        zip.write_all(program)?;
        zip.add_symlink(LINK, LINK_TARGET, packed)?;
        // Finished once to learn its size, then opened again: the padding needs to know how much is missing.
        let small = zip.finish()?;
        let pad = self.pad(small.get_ref().len());
        let mut zip = ZipWriter::new_append(small)?;
        let stored = packed.compression_method(zip::CompressionMethod::Stored);
        zip.start_file(PAD, stored.unix_permissions(0o644))?;
        zip.write_all(&pad)?;
        Ok(zip.finish()?.into_inner())
    }

    fn pad(&self, have: usize) -> Vec<u8> {
        let missing = usize::try_from(self.size).unwrap_or(usize::MAX).saturating_sub(have).max(64);
        noise(self.seed, missing)
    }
}

fn header(kind: tar::EntryType, mode: u32, size: u64) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_size(size);
    header.set_mtime(0);
    header
}

/// Bytes that no compression makes smaller (the generator is splitmix64).
fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bytes.extend_from_slice(&(word ^ (word >> 31)).to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}
