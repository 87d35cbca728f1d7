//! What all tests of the publisher need: a repository, packages, and a fixed time.
#![allow(dead_code, reason = "each test file uses a part")]
#![allow(clippy::unwrap_used, reason = "tests")]

use flate2::Compression;
use flate2::write::GzEncoder;
use helper_core::release::{Arch, System};
use helper_publish::add::Add;
use helper_publish::init::{Quorum, init};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A repository in a temporary folder.
pub struct World {
    pub home: TempDir,
    pub now: Timestamp,
}

impl World {
    /// With one key each.
    pub fn new() -> Self {
        Self::with(Quorum { keys: 1, threshold: 1 })
    }

    /// With that many root and targets keys.
    pub fn with(quorum: Quorum) -> Self {
        // The real time: one of the judges cannot be given another.
        let world = Self { home: tempfile::tempdir().unwrap(), now: Timestamp::now() };
        init(&world.repo(), &world.keys(), quorum, quorum, world.now).unwrap();
        world
    }

    pub fn repo(&self) -> PathBuf {
        self.home.path().join("repo")
    }

    pub fn keys(&self) -> PathBuf {
        self.repo().join("keys")
    }

    /// A folder with only these of the keys: what one holder has.
    pub fn holder(&self, name: &str, keys: &[&str]) -> PathBuf {
        let folder = self.home.path().join(name);
        fs::create_dir_all(&folder).unwrap();
        for key in keys {
            fs::copy(self.keys().join(key), folder.join(key)).unwrap();
        }
        folder
    }

    pub fn mirror(&self) -> PathBuf {
        self.repo().join("mirror")
    }

    /// Writes a package file.
    pub fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.home.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    /// A request for the ordinary Linux module.
    pub fn linux(&self, version: &str) -> Add {
        let file = self.file("edgenext-support.tar.gz", &linux_package(version));
        request(file, System::Linux, Arch::X86_64, version)
    }
}

pub fn request(file: PathBuf, system: System, arch: Arch, version: &str) -> Add {
    Add::new(file, system, arch, version)
}

/// A program folder with a script, data, and a link.
pub fn linux_package(version: &str) -> Vec<u8> {
    let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    let mut add = |name: &str, mode: u32, body: &[u8]| {
        let mut header = tar::Header::new_gnu();
        header.set_mode(mode);
        header.set_size(body.len() as u64);
        builder.append_data(&mut header, name, body).unwrap();
    };
    add("teamviewerqs/teamviewer", 0o755, format!("#!/bin/sh\n# {version}\nexec sleep 60\n").as_bytes());
    add("teamviewerqs/data.bin", 0o644, &noise(2_500_000));
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::Symlink);
    header.set_size(0);
    header.set_mode(0o777);
    builder.append_link(&mut header, "teamviewerqs/link", "data.bin").unwrap();
    builder.into_inner().unwrap().finish().unwrap()
}

/// What `tauri signer` writes for these bytes: signature and public key, both in base64. The trusted comment is the CLI's.
pub fn updater_lock(bytes: &[u8], version: Option<&str>) -> (String, String) {
    use base64::Engine as _;
    let pair = minisign::KeyPair::generate_unencrypted_keypair().unwrap();
    let comment = match version {
        Some(version) => format!("timestamp:1700000000\tfile:helper.AppImage\tversion:{version}"),
        None => "timestamp:1700000000\tfile:helper.AppImage".into(),
    };
    let signature = minisign::sign(Some(&pair.pk), &pair.sk, bytes, Some(&comment), Some("signature")).unwrap();
    let base64 = |text: String| base64::engine::general_purpose::STANDARD.encode(text);
    (base64(signature.into_string()), base64(pair.pk.to_box().unwrap().into_string()))
}

/// Bytes that do not compress.
fn noise(count: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[7]
    })
    .take(count)
    .collect()
}

/// A program that tests/contract judges under Windows.
pub fn signed(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/contract/signed").join(name)
}

/// The smallest file with the header of a Windows program.
pub fn windows_program(machine: u16) -> Vec<u8> {
    let mut bytes = vec![0; 0x200];
    bytes[..2].copy_from_slice(b"MZ");
    bytes[0x3c] = 0x40;
    bytes[0x40..0x44].copy_from_slice(b"PE\0\0");
    bytes[0x44..0x46].copy_from_slice(&machine.to_le_bytes());
    bytes
}

/// A zip with an application folder; `program` is the path of its program.
pub fn mac_package(program: &str) -> Vec<u8> {
    use std::io::Write as _;
    let options = zip::write::SimpleFileOptions::default();
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    writer.start_file(program, options.unix_permissions(0o755)).unwrap();
    writer.write_all(b"\xcf\xfa\xed\xfe program").unwrap();
    writer.start_file("TeamViewerQS.app/Contents/Frameworks/helper", options.unix_permissions(0o755)).unwrap();
    writer.write_all(b"\xcf\xfa\xed\xfe library").unwrap();
    writer.start_file("TeamViewerQS.app/Contents/Info.plist", options.unix_permissions(0o644)).unwrap();
    writer.write_all(b"<plist/>").unwrap();
    writer.finish().unwrap().into_inner()
}

/// All files and folders below a folder, with content.
pub fn snapshot(folder: &Path) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
    let mut all = BTreeMap::new();
    let mut waiting = vec![folder.to_path_buf()];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path.clone());
                all.insert(path, None);
            } else {
                let bytes = fs::read(&path).unwrap();
                all.insert(path, Some(bytes));
            }
        }
    }
    all
}
