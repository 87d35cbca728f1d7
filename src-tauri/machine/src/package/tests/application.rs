//! An application of macOS in the zips that Macs write: modes, links, attributes beside the files, and decomposed names.

use super::*;
use std::os::unix::fs::PermissionsExt as _;

/// The beginning of an AppleDouble file (RFC 1740): magic number, version, filler, one entry.
const DOUBLE: &[u8] = b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X        \x00\x01\x00\x00\x00\x02";
const APP: &str = "TeamViewerQS.app/Contents";
const FRAMEWORK: &str = "TeamViewerQS.app/Contents/Frameworks/Quick.framework";

/// What TeamViewer's application looks like, entries in the order in which `ditto` writes them.
fn application() -> Vec<(String, u32, Vec<u8>)> {
    let folder = |path: &str| (format!("{path}/"), 0o040_755, Vec::new());
    let file = |path: String, mode: u32, body: &[u8]| (path, 0o100_000 | mode, body.to_vec());
    let link = |path: String, target: &str| (path, 0o120_755, target.as_bytes().to_vec());
    vec![
        folder("TeamViewerQS.app"),
        folder(APP),
        file(format!("{APP}/Info.plist"), 0o644, b"<plist/>"),
        file(format!("{APP}/MacOS/TeamViewerQS"), 0o755, &[0xcf; 70_000]),
        file(format!("{APP}/MacOS/TeamViewer_Desktop"), 0o755, b"\xcf\xfa\xed\xfe"),
        file(format!("{APP}/_CodeSignature/CodeResources"), 0o644, b"<seal/>"),
        // "안내.lproj", decomposed as HFS+ kept it.
        file(format!("{APP}/Resources/\u{110b}\u{1161}\u{11ab}\u{1102}\u{1162}.lproj/x.strings"), 0o664, b"k"),
        file(format!("{FRAMEWORK}/Versions/A/Quick"), 0o755, b"lib"),
        file(format!("{FRAMEWORK}/Versions/A/Resources/Info.plist"), 0o644, b"<plist/>"),
        link(format!("{FRAMEWORK}/Versions/Current"), "A"),
        link(format!("{FRAMEWORK}/Quick"), "Versions/Current/Quick"),
        link(format!("{FRAMEWORK}/Resources"), "Versions/Current/Resources"),
    ]
}

/// A zip as `ditto -c -k` writes it: deflated with the sizes after the body (PKWARE APPNOTE 4.4.4, bit 3), no mark for UTF-8 names,
/// and Info-ZIP's old Unix field, which is longer beside the body than in the directory.
fn ditto(entries: &[(String, u32, Vec<u8>)]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (name, mode, body) in entries {
        let deflated = *mode & 0o170_000 == 0o100_000 && !body.is_empty();
        let packed = if deflated {
            let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(body).unwrap();
            encoder.finish().unwrap()
        } else {
            body.clone()
        };
        let mut crc = flate2::Crc::new();
        crc.update(body);
        let mut sizes = crc.sum().to_le_bytes().to_vec();
        sizes.extend_from_slice(&(packed.len() as u32).to_le_bytes());
        sizes.extend_from_slice(&(body.len() as u32).to_le_bytes());
        // Version 2.0, flags, method, time and date.
        let head = [20, 0, if deflated { 8 } else { 0 }, 0, if deflated { 8 } else { 0 }, 0, 0, 0, 0x21, 0x58];
        let offset = bytes.len() as u32;
        bytes.extend_from_slice(b"PK\x03\x04");
        bytes.extend_from_slice(&head);
        bytes.extend_from_slice(if deflated { &[0; 12] } else { &sizes });
        bytes.extend_from_slice(&(name.len() as u16).to_le_bytes());
        bytes.extend_from_slice(&16u16.to_le_bytes());
        bytes.extend_from_slice(name.as_bytes());
        bytes.extend_from_slice(b"UX\x0c\0\0\0\0\0\0\0\0\0\xf5\x01\x14\0");
        bytes.extend_from_slice(&packed);
        if deflated {
            bytes.extend_from_slice(b"PK\x07\x08");
            bytes.extend_from_slice(&sizes);
        }
        directory.extend_from_slice(b"PK\x01\x02\x15\x03");
        directory.extend_from_slice(&head);
        directory.extend_from_slice(&sizes);
        directory.extend_from_slice(&(name.len() as u16).to_le_bytes());
        directory.extend_from_slice(&12u16.to_le_bytes());
        directory.extend_from_slice(&[0; 6]);
        directory.extend_from_slice(&(mode << 16).to_le_bytes());
        directory.extend_from_slice(&offset.to_le_bytes());
        directory.extend_from_slice(name.as_bytes());
        directory.extend_from_slice(b"UX\x08\0\0\0\0\0\0\0\0\0");
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

#[test]
fn what_ditto_wrote_comes_out_whole() {
    let (home, tree) = unzip(&ditto(&application())).unwrap();
    let root = home.path().join("tree");
    let mode = |path: &str| fs::symlink_metadata(root.join(path)).unwrap().permissions().mode() & 0o7777;
    assert_eq!(mode(&format!("{APP}/MacOS/TeamViewerQS")), 0o755);
    assert_eq!(mode(&format!("{APP}/MacOS/TeamViewer_Desktop")), 0o755);
    assert_eq!(mode(&format!("{APP}/Info.plist")), 0o644);
    assert_eq!(fs::read(root.join(format!("{APP}/MacOS/TeamViewerQS"))).unwrap(), [0xcf; 70_000]);
    for (link, target) in
        [("Versions/Current", "A"), ("Quick", "Versions/Current/Quick"), ("Resources", "Versions/Current/Resources")]
    {
        assert_eq!(fs::read_link(root.join(FRAMEWORK).join(link)).unwrap(), Path::new(target));
    }
    assert_eq!(fs::read(root.join(FRAMEWORK).join("Quick")).unwrap(), b"lib", "through two links");
    // On disk as in the archive, where a seal may name it so; in the digest composed.
    assert!(root.join(format!("{APP}/Resources/\u{110b}\u{1161}\u{11ab}\u{1102}\u{1162}.lproj/x.strings")).exists());
    assert!(tree.paths().any(|path| path == format!("{APP}/Resources/안내.lproj/x.strings")));
    let program = tree.program(&format!("{APP}/MacOS/TeamViewerQS")).unwrap();
    assert_eq!(crate::application::bundle_of(&root.join(program)), Some(root.join("TeamViewerQS.app")));
}

#[test]
fn attributes_beside_the_files_are_left_out() {
    let (_plain_home, plain) = unzip(&ditto(&application())).unwrap();
    let double = |path: String| (path, 0o100_644, DOUBLE.to_vec());
    let mut sequestered = application();
    sequestered.push(("__MACOSX/".into(), 0o040_755, Vec::new()));
    sequestered.push(double("__MACOSX/._TeamViewerQS.app".into()));
    sequestered.push(double(format!("__MACOSX/{APP}/MacOS/._TeamViewerQS")));
    // Whatever it holds.
    sequestered.push((format!("__MACOSX/{APP}/MacOS/x"), 0o100_755, b"no double".to_vec()));
    let mut beside = application();
    beside.insert(1, double("._TeamViewerQS.app".into()));
    beside.push(double(format!("{APP}/MacOS/._TeamViewerQS")));
    for entries in [sequestered, beside] {
        let (home, tree) = unzip(&ditto(&entries)).unwrap();
        assert_eq!(tree.digest(), plain.digest());
        assert!(!home.path().join("tree/__MACOSX").exists());
        assert!(!home.path().join("tree/._TeamViewerQS.app").exists());
        assert!(!home.path().join("tree").join(APP).join("MacOS/._TeamViewerQS").exists());
    }
}

#[test]
fn a_file_that_is_only_named_like_one_is_kept() {
    let named = |name: &str, body: &[u8]| (name.to_owned(), 0o100_644, body.to_vec());
    let bodies: [&[u8]; 4] = [b"", b"abc", b"\x00\x05\x16", b"\x00\x05\x16\x08 and more"];
    for body in bodies {
        let (home, tree) = unzip(&ditto(&[named("a/._x", body)])).unwrap();
        assert_eq!(tree.paths().collect::<Vec<_>>(), ["a/._x"]);
        assert_eq!(fs::read(home.path().join("tree/a/._x")).unwrap(), body);
    }
    let (_home, tree) =
        unzip(&ditto(&[named("a/__MACOSX/x", b"x"), named("__MACOSX.txt", b"x"), named("x", DOUBLE)])).unwrap();
    assert_eq!(tree.paths().collect::<Vec<_>>(), ["__MACOSX.txt", "a/__MACOSX/x", "x"]);
}

#[test]
fn what_is_left_out_is_checked_and_counted_all_the_same() {
    let plain = |name: &str, mode: u32| (name.to_owned(), mode, b"x".to_vec());
    assert_eq!(class(unzip(&ditto(&[plain("__MACOSX/../../evil", 0o100_644)]))), Class::Forbidden);
    assert_eq!(class(unzip(&ditto(&[plain("__MACOSX/setuid", 0o104_755)]))), Class::Forbidden);
    let many: Vec<_> = (0..300).map(|n| plain(&format!("__MACOSX/{n}"), 0o100_644)).collect();
    assert_eq!(class(unzip(&ditto(&many))), Class::TooLarge);
    // Nothing is ever written below a link of that name either.
    let link = ("__MACOSX".to_owned(), 0o120_755, b"TeamViewerQS.app".to_vec());
    let (home, _) = unzip(&ditto(&[link, plain("__MACOSX/x", 0o100_644), plain("y", 0o100_644)])).unwrap();
    assert_eq!(fs::read_dir(home.path().join("tree")).unwrap().count(), 1);
}
