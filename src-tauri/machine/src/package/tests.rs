//! Evil archives, built byte by byte where the builders refuse to, and good ones that must come out whole.

#[cfg(unix)]
mod application;
mod hostile;

use super::*;
use flate2::Compression;
use flate2::write::GzEncoder;
use helper_core::release::{Arch, Custom, Digest, Pieces, Rollout, Status, System};
use std::io::{Cursor, Read, Write};
use tar::{EntryType, Header};
use tempfile::{TempDir, tempdir};
use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

const LIMITS: Limits = Limits { max_unpacked: 10 << 20, max_entries: 200 };

/// Unpacks bytes as the publisher does; the folder must be gone after an error.
fn unpack(bytes: &[u8], kind: PackageKind, limits: Limits) -> Result<(TempDir, Tree), PackageError> {
    let home = tempdir().unwrap();
    let file = home.path().join("package");
    fs::write(&file, bytes).unwrap();
    let folder = home.path().join("tree");
    let result = unpack_file(&File::open(&file).unwrap(), kind, "run.exe", &folder, limits)
        .and_then(|()| Tree::of(&folder, limits));
    if result.is_err() {
        assert!(!folder.exists(), "an error leaves nothing behind");
    }
    let mut names: Vec<_> = fs::read_dir(home.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.retain(|name| name != "package" && name != "tree");
    assert!(names.is_empty(), "written outside: {names:?}");
    result.map(|tree| (home, tree))
}

fn untar(bytes: &[u8]) -> Result<(TempDir, Tree), PackageError> {
    unpack(bytes, PackageKind::TarGz, LIMITS)
}

fn unzip(bytes: &[u8]) -> Result<(TempDir, Tree), PackageError> {
    unpack(bytes, PackageKind::Zip, LIMITS)
}

fn class<T>(result: Result<T, PackageError>) -> Class {
    match result {
        Ok(_) => panic!("accepted"),
        Err(error) => error.class(),
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A raw tar block: nothing is checked.
fn block(name: &[u8], kind: u8, mode: u32, target: &[u8], body: &[u8]) -> Vec<u8> {
    block_of(name, kind, mode, target, body, body.len() as u64)
}

fn block_of(name: &[u8], kind: u8, mode: u32, target: &[u8], body: &[u8], size: u64) -> Vec<u8> {
    let mut header = Header::new_gnu();
    {
        let raw = header.as_old_mut();
        raw.name[..name.len()].copy_from_slice(name);
        raw.linkname[..target.len()].copy_from_slice(target);
    }
    header.set_entry_type(EntryType::new(kind));
    header.set_mode(mode);
    header.set_size(size);
    header.set_cksum();
    let mut bytes = header.as_bytes().to_vec();
    bytes.extend_from_slice(body);
    bytes.resize(bytes.len().next_multiple_of(512), 0);
    bytes
}

fn tar_gz(blocks: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = blocks.concat();
    bytes.extend_from_slice(&[0; 1024]);
    gzip(&bytes)
}

fn file(name: &str, body: &str) -> Vec<u8> {
    block(name.as_bytes(), b'0', 0o644, b"", body.as_bytes())
}

/// Name, whole mode with type, body, declared size and checksum if they shall lie.
struct Zipped<'a> {
    name: &'a [u8],
    mode: u32,
    body: &'a [u8],
}

fn zipped(entries: &[Zipped<'_>]) -> Vec<u8> {
    raw_zip(entries, 3)
}

/// A stored zip, byte by byte: the builder refuses what is needed here.
fn raw_zip(entries: &[Zipped<'_>], system: u8) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for entry in entries {
        let mut crc = flate2::Crc::new();
        crc.update(entry.body);
        let mut shared = Vec::new();
        shared.extend_from_slice(&[20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0x58]);
        shared.extend_from_slice(&crc.sum().to_le_bytes());
        shared.extend_from_slice(&(entry.body.len() as u32).to_le_bytes());
        shared.extend_from_slice(&(entry.body.len() as u32).to_le_bytes());
        shared.extend_from_slice(&(entry.name.len() as u16).to_le_bytes());
        shared.extend_from_slice(&[0, 0]);
        let offset = bytes.len() as u32;
        bytes.extend_from_slice(b"PK\x03\x04");
        bytes.extend_from_slice(&shared);
        bytes.extend_from_slice(entry.name);
        bytes.extend_from_slice(entry.body);
        directory.extend_from_slice(&[b'P', b'K', 1, 2, 20, system]);
        directory.extend_from_slice(&shared);
        directory.extend_from_slice(&[0; 6]);
        directory.extend_from_slice(&(entry.mode << 16).to_le_bytes());
        directory.extend_from_slice(&offset.to_le_bytes());
        directory.extend_from_slice(entry.name);
    }
    let start = bytes.len() as u32;
    bytes.extend_from_slice(&directory);
    bytes.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    bytes.extend_from_slice(&(entries.len() as u16).to_le_bytes());
    bytes.extend_from_slice(&(entries.len() as u16).to_le_bytes());
    bytes.extend_from_slice(&(directory.len() as u32).to_le_bytes());
    bytes.extend_from_slice(&start.to_le_bytes());
    bytes.extend_from_slice(&[0, 0]);
    bytes
}

fn regular<'a>(name: &'a str, body: &'a str) -> Zipped<'a> {
    Zipped { name: name.as_bytes(), mode: 0o100_644, body: body.as_bytes() }
}

/// Both forms of the same evil: names.
fn both(names: &[&str]) -> [Result<(TempDir, Tree), PackageError>; 2] {
    let tar: Vec<_> = names.iter().map(|name| file(name, "x")).collect();
    let zip: Vec<_> = names.iter().map(|name| regular(name, "x")).collect();
    [untar(&tar_gz(&tar)), unzip(&zipped(&zip))]
}

#[test]
fn empty_archives_unpack_to_nothing() {
    for (bytes, kind) in [(tar_gz(&[]), PackageKind::TarGz), (zipped(&[]), PackageKind::Zip)] {
        let (_home, tree) = unpack(&bytes, kind, LIMITS).unwrap();
        assert_eq!(tree.entries(), 0);
        assert!(matches!(tree.program("run"), Err(PackageError::EntryMissing(_))));
    }
    for kind in [PackageKind::TarGz, PackageKind::Zip] {
        assert_eq!(class(unpack(b"", kind, LIMITS)), Class::Damaged);
        assert_eq!(class(unpack(b"<html>sign in</html>", kind, LIMITS)), Class::Damaged);
    }
    let root = tar_gz(&[block(b"./", b'5', 0o755, b"", b""), file("./a", "x")]);
    assert_eq!(untar(&root).unwrap().1.paths().collect::<Vec<_>>(), ["a"]);
}

#[cfg(unix)]
#[test]
fn an_application_folder_comes_out_whole() {
    use std::os::unix::fs::PermissionsExt as _;
    let app = "원격 지원.app/Contents";
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    writer.add_directory(format!("{app}/MacOS"), options).unwrap();
    writer.start_file(format!("{app}/MacOS/도우미"), options.unix_permissions(0o755)).unwrap();
    writer.write_all(&[7; 100_000]).unwrap();
    writer.start_file(format!("{app}/Info.plist"), options.unix_permissions(0o600)).unwrap();
    writer.write_all(b"<plist/>").unwrap();
    writer.start_file(format!("{app}/Frameworks/F.framework/Versions/A/F"), options.unix_permissions(0o755)).unwrap();
    writer.write_all(b"lib").unwrap();
    writer.add_symlink(format!("{app}/Frameworks/F.framework/Versions/Current"), "A", options).unwrap();
    writer.add_symlink(format!("{app}/Frameworks/F.framework/F"), "Versions/Current/F", options).unwrap();
    writer.add_symlink(format!("{app}/Resources link"), "../Contents/Frameworks", options).unwrap();
    let zip = writer.finish().unwrap().into_inner();

    let mut builder = tar::Builder::new(Vec::new());
    let mut add = |name: &str, mode: u32, body: &[u8]| {
        let mut header = Header::new_gnu();
        header.set_mode(mode);
        header.set_size(body.len() as u64);
        builder.append_data(&mut header, format!("{app}/{name}"), body).unwrap();
    };
    add("MacOS/도우미", 0o755, &[7; 100_000]);
    add("Info.plist", 0o644, b"<plist/>");
    add("Frameworks/F.framework/Versions/A/F", 0o755, b"lib");
    for (name, target) in [
        ("Frameworks/F.framework/Versions/Current", "A"),
        ("Frameworks/F.framework/F", "Versions/Current/F"),
        ("Resources link", "../Contents/Frameworks"),
    ] {
        let mut header = Header::new_gnu();
        header.set_entry_type(EntryType::Symlink);
        header.set_size(0);
        header.set_mode(0o777);
        builder.append_link(&mut header, format!("{app}/{name}"), target).unwrap();
    }
    let tar = gzip(&builder.into_inner().unwrap());

    let (home, tree) = unzip(&zip).unwrap();
    assert_eq!(tree.digest(), untar(&tar).unwrap().1.digest(), "one tree, whatever it came in");
    let root = home.path().join("tree").join(app);
    assert_eq!(fs::read(root.join("Frameworks/F.framework/F")).unwrap(), b"lib");
    assert_eq!(fs::read_link(root.join("Resources link")).unwrap(), Path::new("../Contents/Frameworks"));
    let mode = |path: &str| fs::metadata(root.join(path)).unwrap().permissions().mode() & 0o7777;
    assert_eq!((mode("MacOS/도우미"), mode("Info.plist")), (0o755, 0o644));
    assert_eq!(tree.program(&format!("{app}/MacOS/도우미")).unwrap(), Path::new(app).join("MacOS/도우미"));
}

#[test]
fn a_zip_made_on_windows_marks_programs_by_name() {
    for system in [0, 10] {
        let zip = raw_zip(
            &[
                Zipped { name: "폴더/Run.EXE".as_bytes(), mode: 0, body: b"MZ" },
                Zipped { name: "폴더/a.dll".as_bytes(), mode: 0, body: b"MZ" },
            ],
            system,
        );
        let (_home, tree) = unzip(&zip).unwrap();
        assert!(tree.program("폴더/Run.EXE").is_ok());
        assert!(matches!(tree.program("폴더/a.dll"), Err(PackageError::EntryNotExecutable(_))));
    }
}

/// A signed description of `bytes`, as the publisher would write it.
fn release(bytes: &[u8], kind: PackageKind, entry: &str) -> Release {
    let home = tempdir().unwrap();
    let path = home.path().join("package");
    fs::write(&path, bytes).unwrap();
    let tree = dry_run(&File::open(&path).unwrap(), kind, entry, &home.path().join("tree"), LIMITS)
        .map_or(Digest([0; 32]), |tree| tree.digest());
    Release {
        target: "quicksupport/linux-x86_64/1/package".into(),
        length: bytes.len() as u64,
        sha256: hash_piece(bytes),
        custom: Custom {
            module: "quicksupport".into(),
            version: "1".into(),
            os: System::Linux,
            arch: Arch::X86_64,
            channel: "stable".into(),
            status: Status::Active,
            rank: 1,
            rollout: Rollout { basis_points: 10_000, salt: "s".into() },
            groups: Vec::new(),
            pieces: Pieces { size: 1 << 20, sha256: Vec::new() },
            install: Install {
                kind,
                entry: entry.into(),
                tree,
                max_unpacked: LIMITS.max_unpacked,
                max_entries: LIMITS.max_entries,
            },
            min_helper: None,
            vendor: None,
            connections: None,
            updater: None,
        },
    }
}

#[test]
fn the_whole_way_of_a_single_program() {
    let home = tempdir().unwrap();
    let path = home.path().join("download");
    fs::write(&path, b"MZ program").unwrap();
    let release = release(b"MZ program", PackageKind::Exe, "EDGE&NEXT 지원.exe");
    let mut verified = Fetched::new(&path).verify(&release).unwrap();
    // The name may point elsewhere by now: what was hashed is what is unpacked.
    fs::rename(&path, home.path().join("other")).unwrap();
    fs::write(&path, b"MZ evil").unwrap();
    let folder = home.path().join("staging");
    let unpacked = verified.unpack(&folder).unwrap();
    assert_eq!(unpacked.program(), Path::new("EDGE&NEXT 지원.exe"));
    assert_eq!(fs::read(folder.join(unpacked.program())).unwrap(), b"MZ program");
    assert_eq!(unpacked.release(), &release);
    assert_eq!(prove(unpacked.folder(), &release.custom.install).unwrap(), unpacked.program());
    // An existing folder is never unpacked into, and not taken away either.
    assert_eq!(class(verified.unpack(&folder)), Class::Io);
    assert!(folder.join(unpacked.program()).exists());
    let mut text = Vec::new();
    verified.into_file().unwrap().read_to_end(&mut text).unwrap();
    assert_eq!(text, b"MZ program");
    // What is on disk is proven again before each start.
    fs::write(folder.join(unpacked.program()), b"MZ progrom").unwrap();
    assert!(matches!(prove(&folder, &release.custom.install), Err(PackageError::Tree { .. })));
}

#[test]
fn only_the_signed_bytes_verify() {
    let home = tempdir().unwrap();
    let path = home.path().join("download");
    let release = release(b"MZ program", PackageKind::Exe, "run.exe");
    let verify = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        Fetched::new(&path).verify(&release).map(|_| ())
    };
    verify(b"MZ program").unwrap();
    assert!(matches!(verify(b"MZ progra"), Err(PackageError::Length { found: 9, .. })));
    assert!(matches!(verify(b"MZ program "), Err(PackageError::Length { .. })));
    assert!(matches!(verify(b"MZ progrbm"), Err(PackageError::Hash { .. })));
    assert_eq!(class(Fetched::new(home.path()).verify(&release)), Class::Forbidden);
    assert_eq!(class(Fetched::new(home.path().join("absent")).verify(&release)), Class::Io);
    #[cfg(unix)]
    {
        let alias = home.path().join("alias");
        std::os::unix::fs::symlink(&path, &alias).unwrap();
        assert_eq!(class(Fetched::new(alias).verify(&release)), Class::Forbidden);
    }
}

#[test]
fn the_signed_tree_and_entry_are_required() {
    let home = tempdir().unwrap();
    let archive = tar_gz(&[block(b"run", b'0', 0o755, b"", b"#!"), file("data", "x")]);
    let path = home.path().join("download");
    fs::write(&path, &archive).unwrap();
    let good = release(&archive, PackageKind::TarGz, "run");
    let attempt = |release: &Release| {
        let folder = home.path().join("staging");
        let result = Fetched::new(&path).verify(release).unwrap().unpack(&folder).map(|_| ());
        assert_eq!(result.is_ok(), folder.exists());
        let _ = fs::remove_dir_all(&folder);
        result
    };
    attempt(&good).unwrap();
    let mut other = good.clone();
    other.custom.install.tree = Digest([1; 32]);
    assert!(matches!(attempt(&other), Err(PackageError::Tree { .. })));
    for (entry, missing) in [("absent", true), ("data", false)] {
        let mut other = good.clone();
        other.custom.install.entry = entry.into();
        let error = attempt(&other).unwrap_err();
        assert_eq!(matches!(error, PackageError::EntryMissing(_)), missing);
        assert_eq!(matches!(error, PackageError::EntryNotExecutable(_)), !missing);
        assert_eq!(error.class(), Class::Damaged);
    }
    let mut other = good.clone();
    other.custom.install.max_unpacked = 2;
    assert_eq!(class(attempt(&other)), Class::TooLarge);
    let mut other = good;
    other.custom.install.max_entries = 1;
    assert_eq!(class(attempt(&other)), Class::TooLarge);
}

#[test]
fn a_dry_run_leaves_nothing_after_an_error() {
    let home = tempdir().unwrap();
    let path = home.path().join("file");
    let folder = home.path().join("tree");
    fs::write(&path, tar_gz(&[file("../run", "x")])).unwrap();
    assert!(dry_run(&File::open(&path).unwrap(), PackageKind::TarGz, "", &folder, LIMITS).is_err());
    assert!(!folder.exists());
    fs::write(&path, tar_gz(&[file("run", "x")])).unwrap();
    let tree = dry_run(&File::open(&path).unwrap(), PackageKind::TarGz, "", &folder, LIMITS).unwrap();
    assert!(matches!(tree.program("run"), Err(PackageError::EntryNotExecutable(_))));
    assert!(folder.join("run").exists());
}
