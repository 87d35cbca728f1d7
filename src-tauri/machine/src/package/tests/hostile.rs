//! What somebody might put into a package, or make of one.

use super::*;

#[test]
fn evil_names_are_refused() {
    for name in [
        "../x",
        "a/../../x",
        "/tmp/x",
        "C:/x",
        "C:x",
        "..\\x",
        "a\\..\\x",
        "CON",
        "a/nul.txt",
        "com1.exe",
        "x.",
        "x ",
        "a:b",
        "a\nb",
        ".executables",
    ] {
        for result in both(&["good", name]) {
            assert_eq!(class(result), Class::Forbidden, "{name:?}");
        }
    }
    assert_eq!(class(untar(&tar_gz(&[block(b"\xff\xfe", b'0', 0o644, b"", b"")]))), Class::Forbidden);
    assert_eq!(class(unzip(&zipped(&[Zipped { name: b"\xff\xfe", mode: 0o100_644, body: b"" }]))), Class::Forbidden);
}

#[test]
fn clashing_names_are_refused() {
    for (first, second) in [
        ("Readme", "README"),
        ("\u{ac01}", "\u{1100}\u{1161}\u{11a8}"),
        ("\u{e9}", "e\u{301}"),
        ("Dir/x", "dir/y"),
        ("a", "a/b"),
        ("a/b", "a"),
    ] {
        for result in both(&[first, second]) {
            assert_eq!(class(result), Class::Forbidden, "{first:?} {second:?}");
        }
    }
    assert_eq!(class(untar(&tar_gz(&[file("a", "1"), file("a", "2")]))), Class::Forbidden);
    assert!(unzip(&zipped(&[regular("a", "1"), regular("a", "2")])).is_err());
}

#[test]
fn links_that_leave_are_refused() {
    for target in ["/etc/passwd", "../../x", "..", "a/../../x", "C:\\x", "a\\b", ""] {
        let tar = tar_gz(&[block(b"d/l", b'2', 0o777, target.as_bytes(), b"")]);
        assert_eq!(class(untar(&tar)), Class::Forbidden, "{target:?}");
        let zip = zipped(&[Zipped { name: b"d/l", mode: 0o120_777, body: target.as_bytes() }]);
        assert_eq!(class(unzip(&zip)), Class::Forbidden, "{target:?}");
    }
}

#[test]
fn nothing_is_written_through_a_link() {
    let link = |target: &'static [u8]| block(b"l", b'2', 0o777, target, b"");
    for blocks in [
        vec![file("d/x", "1"), link(b"d"), file("l/x", "2")],
        vec![file("x", "1"), link(b"x"), file("l", "2")],
        vec![file("l/x", "1"), link(b"d")],
        vec![link(b"d"), block(b"l", b'5', 0o755, b"", b"")],
    ] {
        assert_eq!(class(untar(&tar_gz(&blocks))), Class::Forbidden);
    }
    let zip = zipped(&[
        Zipped { name: b"d/", mode: 0o040_755, body: b"" },
        Zipped { name: b"l", mode: 0o120_777, body: b"d" },
        regular("l/x", "2"),
    ]);
    assert_eq!(class(unzip(&zip)), Class::Forbidden);
    // Each is harmless as text, together they would climb: real folders and `..` only in front make that impossible.
    let blocks = [file("x/y/f", "1"), block(b"x/y/up", b'2', 0o777, b"..", b"")];
    assert_eq!(class(untar(&tar_gz(&blocks))), Class::Forbidden);
    let blocks = [file("x/y/f", "1"), block(b"z", b'2', 0o777, b"x/y/../../..", b"")];
    assert_eq!(class(untar(&tar_gz(&blocks))), Class::Forbidden);
}

#[test]
fn other_kinds_of_entries_are_refused() {
    for kind in [b'1', b'3', b'4', b'6', b'7', b'S', b'V', b'M', b'D', b'Z'] {
        let tar = tar_gz(&[file("x", "1"), block(b"y", kind, 0o644, b"x", b"")]);
        assert_eq!(class(untar(&tar)), Class::Forbidden, "{}", kind as char);
    }
    for format in [0o020_000, 0o060_000, 0o010_000, 0o140_000] {
        let zip = zipped(&[Zipped { name: b"y", mode: format | 0o644, body: b"" }]);
        assert_eq!(class(unzip(&zip)), Class::Forbidden, "{format:o}");
    }
    for bits in [0o4755, 0o2755, 0o1755] {
        assert_eq!(class(untar(&tar_gz(&[block(b"x", b'0', bits, b"", b"")]))), Class::Forbidden);
        assert_eq!(class(untar(&tar_gz(&[block(b"x", b'5', bits, b"", b"")]))), Class::Forbidden);
        let zip = zipped(&[Zipped { name: b"y", mode: 0o100_000 | bits, body: b"" }]);
        assert_eq!(class(unzip(&zip)), Class::Forbidden);
    }
    assert_eq!(class(unzip(&zipped(&[Zipped { name: b"y/", mode: 0o100_644, body: b"" }]))), Class::Damaged);
    assert_eq!(class(unzip(&zipped(&[Zipped { name: b"y", mode: 0o040_755, body: b"" }]))), Class::Damaged);
}

#[test]
fn headers_of_tar_are_not_followed_blindly() {
    let long = format!("{}/file", ["directory"; 12].join("/"));
    let tar = tar_gz(&[block(b"././@LongLink", b'L', 0o644, b"", format!("{long}\0").as_bytes()), file("short", "x")]);
    assert_eq!(untar(&tar).unwrap().1.paths().collect::<Vec<_>>(), [long.as_str()]);
    let record = |text: &str| format!("{} {text}\n", text.len() + 2 + 2);
    let pax = record("path=한글/이름.txt");
    let pax = format!("{} {}", pax.len(), pax.split_once(' ').unwrap().1);
    let tar = tar_gz(&[block(b"h", b'x', 0o644, b"", pax.as_bytes()), file("short", "x")]);
    assert_eq!(untar(&tar).unwrap().1.paths().collect::<Vec<_>>(), ["한글/이름.txt"]);
    for (kind, body, name) in [
        (b'x', "22 GNU.sparse.major=1\n", "s"),
        (b'x', "11 size=99\n", "s"),
        (b'x', "99 path=x\n", "s"),
        (b'x', "12 path=../x\n", "s"),
        (b'x', "nonsense", "s"),
        (b'L', "../x", "s"),
        (b'g', "10 path=x\n", "s"),
    ] {
        let tar = tar_gz(&[block(b"h", kind, 0o644, b"", body.as_bytes()), file(name, "x")]);
        assert!(untar(&tar).is_err(), "{body:?}");
    }
    let comment = block(b"pax_global_header", b'g', 0o644, b"", b"18 comment=abcdef\n");
    assert!(untar(&tar_gz(&[comment, file("x", "1")])).is_ok());
    let name = |text: &str| block(b"l", b'L', 0o644, b"", text.as_bytes());
    assert_eq!(class(untar(&tar_gz(&[name("a"), name("b"), file("x", "1")]))), Class::Damaged);
    assert_eq!(class(untar(&tar_gz(&[file("x", "1"), name("a")]))), Class::Damaged);
    // A header that claims a gigabyte is refused by its claim.
    let huge = block_of(b"l", b'L', 0o644, b"", b"x", 1 << 30);
    assert_eq!(class(untar(&tar_gz(&[huge]))), Class::Damaged);
}

#[test]
fn bombs_stop_at_the_limits() {
    // 64 MiB of zeros are 64 kB in the archive; the limit is 10 MiB.
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&block_of(b"zeros", b'0', 0o644, b"", b"", 64 << 20)).unwrap();
    std::io::copy(&mut std::io::repeat(0).take((64 << 20) + 1024), &mut encoder).unwrap();
    let bomb = encoder.finish().unwrap();
    assert!(bomb.len() < 100_000);
    assert!(matches!(untar(&bomb), Err(PackageError::TooManyBytes(_))));
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for name in ["a", "b", "c"] {
        writer.start_file(name, SimpleFileOptions::default().compression_method(CompressionMethod::Deflated)).unwrap();
        std::io::copy(&mut std::io::repeat(0).take(4 << 20), &mut writer).unwrap();
    }
    let bomb = writer.finish().unwrap().into_inner();
    assert!(bomb.len() < 20_000);
    assert!(matches!(unzip(&bomb), Err(PackageError::TooManyBytes(_))));
    // The same with a size that lies in both headers: the body is longer than declared.
    let mut lie = bomb.clone();
    let true_size = (4u32 << 20).to_le_bytes();
    for at in 0..lie.len() - 4 {
        if lie[at..at + 4] == true_size {
            lie[at..at + 4].copy_from_slice(&1000u32.to_le_bytes());
        }
    }
    assert!(unzip(&lie).is_err());
}

#[test]
fn too_many_entries_are_refused() {
    let names: Vec<String> = (0..201).map(|n| format!("f{n}")).collect();
    let tar: Vec<_> = names.iter().map(|name| file(name, "")).collect();
    assert!(matches!(untar(&tar_gz(&tar)), Err(PackageError::TooManyEntries(200))));
    assert!(untar(&tar_gz(&tar[..200])).is_ok());
    let zip: Vec<_> = names.iter().map(|name| regular(name, "")).collect();
    assert!(matches!(unzip(&zipped(&zip)), Err(PackageError::TooManyEntries(200))));
    // Implied folders and repeated ones count as well.
    let deep: Vec<_> = (0..110).map(|n| file(&format!("d{n}/f"), "")).collect();
    assert!(matches!(untar(&tar_gz(&deep)), Err(PackageError::TooManyEntries(200))));
    let same: Vec<_> = (0..201).map(|_| block(b"d", b'5', 0o755, b"", b"")).collect();
    assert!(matches!(untar(&tar_gz(&same)), Err(PackageError::TooManyEntries(200))));
}

#[test]
fn every_truncation_is_noticed() {
    let tar = tar_gz(&[file("a", "hello"), file("b", "world")]);
    let zip = zipped(&[regular("a", "hello"), regular("b", "world")]);
    assert!(untar(&tar).is_ok() && unzip(&zip).is_ok());
    for length in 0..tar.len() {
        assert_eq!(class(untar(&tar[..length])), Class::Damaged, "tar cut at {length}");
    }
    for length in 0..zip.len() {
        assert_eq!(class(unzip(&zip[..length])), Class::Damaged, "zip cut at {length}");
    }
    // Whole compression, but the tar inside ends in the middle of a file.
    let inner = file("a", &"x".repeat(2000));
    assert_eq!(class(untar(&gzip(&inner[..1024]))), Class::Damaged);
}

#[test]
fn bytes_after_the_end_are_refused() {
    let tar = tar_gz(&[file("a", "hello")]);
    let mut two = tar.clone();
    two.extend_from_slice(&tar_gz(&[file("b", "second")]));
    assert_eq!(class(untar(&two)), Class::Damaged);
    let mut garbage = tar;
    garbage.push(0);
    assert_eq!(class(untar(&garbage)), Class::Damaged);
    let mut inside = file("a", "hello");
    inside.extend_from_slice(&[0; 1024]);
    inside.extend_from_slice(&file("hidden", "x"));
    assert_eq!(class(untar(&gzip(&inside))), Class::Damaged);
    let mut prefixed = b"#!/bin/sh\n".to_vec();
    prefixed.extend_from_slice(&zipped(&[regular("a", "hello")]));
    assert_eq!(class(unzip(&prefixed)), Class::Damaged);
}

#[test]
fn a_flipped_bit_never_gives_other_content() {
    let good_tar = tar_gz(&[file("a", "hello"), file("b", "world")]);
    let good_zip = zipped(&[regular("a", "hello"), regular("b", "world")]);
    for (kind, bytes) in [(PackageKind::TarGz, good_tar), (PackageKind::Zip, good_zip)] {
        let expected = unpack(&bytes, kind, LIMITS).unwrap().1.digest();
        for bit in 0..bytes.len() * 8 {
            let mut bad = bytes.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            if let Ok((_home, tree)) = unpack(&bad, kind, LIMITS) {
                // Times, and in a zip names and modes, have no checksum of their own: the tree digest is what tells.
                let same = tree.digest() == expected;
                assert!(same || kind == PackageKind::Zip, "bit {bit} of {kind:?}");
            }
        }
    }
}
