//! Names from archives are a type of their own: what is no safe name on every system is none.

use super::PackageError;
use super::modes::LIST;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// Longest component in bytes; file systems stop at 255, and a temporary suffix must fit.
const MAX_COMPONENT: usize = 240;
/// Longest name in bytes.
const MAX_NAME: usize = 1024;
/// Most components of a name.
const MAX_DEPTH: usize = 48;

/// A relative path that is safe to create on Windows, macOS and Linux: UTF-8, `/` between components, no `..`, drive,
/// backslash, control character, device name or trailing dot or space.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryName(String);

impl EntryName {
    /// Checks a name as it stands in an archive or a signed description; a leading `./` and one `/` at the end (a
    /// folder) are dropped.
    ///
    /// # Errors
    /// [`PackageError::Name`] with the reason.
    pub fn parse(raw: &[u8]) -> Result<Self, PackageError> {
        let refuse = |why| PackageError::Name { name: String::from_utf8_lossy(raw).into_owned(), why };
        let mut text = std::str::from_utf8(raw).map_err(|_| refuse("it is not UTF-8"))?;
        while let Some(rest) = text.strip_prefix("./") {
            text = rest;
        }
        let text = text.strip_suffix('/').unwrap_or(text);
        if text.is_empty() {
            return Err(refuse("it is empty"));
        }
        if text.starts_with('/') {
            return Err(refuse("it is absolute"));
        }
        if text.len() > MAX_NAME {
            return Err(refuse("it is too long"));
        }
        if text.split('/').count() > MAX_DEPTH {
            return Err(refuse("it is too deep"));
        }
        text.split('/').try_for_each(check_component).map_err(refuse)?;
        if text.eq_ignore_ascii_case(LIST) {
            return Err(refuse("it is reserved"));
        }
        Ok(Self(text.to_owned()))
    }

    /// The name as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name in Unicode normalisation form C: equal for what a Mac writes decomposed and others composed.
    pub fn composed(&self) -> String {
        composed(&self.0)
    }

    /// Where it lies in a folder.
    pub fn within(&self, folder: &Path) -> PathBuf {
        let mut path = folder.to_path_buf();
        path.extend(self.0.split('/'));
        path
    }

    /// Its parent folders, outermost first.
    fn parents(&self) -> impl Iterator<Item = &str> {
        self.0.match_indices('/').map(|(at, _)| &self.0[..at])
    }
}

/// Normalisation form C; nearly all names are in it already.
pub(super) fn composed(text: &str) -> String {
    if is_nfc(text) { text.to_owned() } else { text.nfc().collect() }
}

fn check_component(part: &str) -> Result<(), &'static str> {
    if part.is_empty() {
        return Err("a component is empty");
    }
    if part == "." || part == ".." {
        return Err("it has a component . or ..");
    }
    if part.len() > MAX_COMPONENT || part.nfc().map(char::len_utf8).sum::<usize>() > MAX_COMPONENT {
        return Err("a component is too long");
    }
    if part.ends_with(['.', ' ']) {
        return Err("a component ends with a dot or a space");
    }
    for letter in part.chars() {
        match letter {
            '\\' => return Err("it has a backslash"),
            ':' => return Err("it has a colon"),
            _ if letter.is_control() => return Err("it has a control character"),
            // Marks that make a name look like another one.
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' => {
                return Err("it has an invisible character");
            }
            _ => {}
        }
    }
    if is_device(part) {
        return Err("it is a device name on Windows");
    }
    Ok(())
}

/// Windows opens a device for these names, whatever follows the first dot.
fn is_device(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or(part).trim_end_matches(' ').to_ascii_uppercase();
    if ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"].contains(&stem.as_str()) {
        return true;
    }
    let mut rest = match stem.strip_prefix("COM").or_else(|| stem.strip_prefix("LPT")) {
        Some(rest) => rest.chars(),
        None => return false,
    };
    matches!((rest.next(), rest.next()), (Some('0'..='9' | '¹' | '²' | '³'), None))
}

/// Checks where a symbolic link points: a relative path that cannot leave the package.
///
/// `..` may stand at the front only. There the parents are real folders (nothing is ever created below a link), so that
/// counting them is exact; after a name that may be a link itself it would not be.
///
/// # Errors
/// [`PackageError::Link`] with the reason.
pub(super) fn check_target(link: &EntryName, target: &[u8]) -> Result<String, PackageError> {
    let refuse =
        |why| PackageError::Link { name: link.0.clone(), target: String::from_utf8_lossy(target).into_owned(), why };
    let text = std::str::from_utf8(target).map_err(|_| refuse("it is not UTF-8"))?;
    if text.len() > MAX_NAME {
        return Err(refuse("it is too long"));
    }
    if text.starts_with('/') {
        return Err(refuse("it is absolute"));
    }
    let mut depth = link.parents().count();
    let mut rest = text;
    while let Some(up) = rest.strip_prefix("../") {
        depth = depth.checked_sub(1).ok_or_else(|| refuse("it leaves the package"))?;
        rest = up;
    }
    rest.split('/').try_for_each(check_component).map_err(refuse)?;
    Ok(text.to_owned())
}

/// What stands under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Folder,
    File,
    Link,
}

/// All names of one package, so that no two are one file on a system that ignores case or Unicode form.
#[derive(Debug, Default)]
pub(super) struct Names {
    seen: BTreeMap<String, (String, Kind)>,
}

impl Names {
    /// Number of different names, implied folders included.
    pub fn len(&self) -> usize {
        self.seen.len()
    }

    /// Takes a name in, and the folders above it; returns the folders that are new, outermost first (the name itself
    /// included if it is one).
    ///
    /// # Errors
    /// [`PackageError::Clash`] if the name, or a folder above it, is taken by something else.
    pub fn add(&mut self, name: &EntryName, kind: Kind) -> Result<Vec<EntryName>, PackageError> {
        let mut fresh = Vec::new();
        for folder in name.parents() {
            if self.take(folder, Kind::Folder)? {
                fresh.push(EntryName(folder.to_owned()));
            }
        }
        let new = self.take(&name.0, kind)?;
        if new && kind == Kind::Folder {
            fresh.push(name.clone());
        }
        Ok(fresh)
    }

    /// True if the name is new; a folder may be named again.
    fn take(&mut self, name: &str, kind: Kind) -> Result<bool, PackageError> {
        match self.seen.get(&folded(name)) {
            None => {
                self.seen.insert(folded(name), (name.to_owned(), kind));
                Ok(true)
            }
            Some((first, Kind::Folder)) if kind == Kind::Folder && first == name => Ok(false),
            Some((first, _)) => Err(PackageError::Clash { first: first.clone(), second: name.to_owned() }),
        }
    }
}

/// One key for all names that some system takes for the same. Upper and then lower case catches letters whose case
/// mapping is not one to one; refusing one pair too many does no harm.
fn folded(name: &str) -> String {
    name.nfd().flat_map(char::to_uppercase).flat_map(char::to_lowercase).nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::Class;

    fn name(text: &str) -> EntryName {
        EntryName::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn ordinary_names_pass() {
        for text in [
            "a",
            "TeamViewerQS.app/Contents/MacOS/TeamViewerQS",
            "EDGE&NEXT Support.exe",
            "원격지원/도우미 실행.exe",
            ".hidden",
            "a..b",
            "console",
            "com10.txt",
            "common",
            "lib/libX.so.1",
        ] {
            assert_eq!(name(text).as_str(), text);
        }
        assert_eq!(name("./a/b/").as_str(), "a/b");
        assert_eq!(name("a/b").within(Path::new("/x")), Path::new("/x/a/b"));
    }

    #[test]
    fn dangerous_names_are_refused() {
        for text in [
            "",
            "/",
            ".",
            "./",
            "..",
            "../x",
            "a/../b",
            "a/..",
            "a/./b",
            "a//b",
            "/etc/passwd",
            "//host/share",
            "C:x",
            "C:/x",
            "a:stream",
            "a\\b",
            "..\\x",
            "\\\\?\\x",
            "a\0b",
            "a\nb",
            "a\u{7f}",
            "a\u{85}",
            "x.",
            "x ",
            "a /b",
            "dir./b",
            "CON",
            "con.txt",
            "a/PRN",
            "aux",
            "NUL.tar.gz",
            "COM1",
            "lpt9.log",
            "COM¹",
            "nul .txt",
            "conin$",
            "a\u{202e}exe.txt",
            "a\u{200b}",
            ".executables",
            ".Executables",
        ] {
            let error = EntryName::parse(text.as_bytes()).expect_err(text);
            assert_eq!(error.class(), Class::Forbidden, "{text:?}");
        }
        assert!(EntryName::parse(b"\xff\xfe").is_err());
        assert!(EntryName::parse("x".repeat(241).as_bytes()).is_err());
        assert!(EntryName::parse("x".repeat(240).as_bytes()).is_ok());
        assert!(EntryName::parse("가".repeat(81).as_bytes()).is_err());
        assert!(EntryName::parse("a/".repeat(60).as_bytes()).is_err());
        assert!(EntryName::parse(vec!["x".repeat(200); 6].join("/").as_bytes()).is_err());
    }

    #[test]
    fn links_stay_inside() {
        let at = name("a/b/link");
        for target in ["c", "c/d", "../x", "../../x/y", "A"] {
            assert_eq!(check_target(&at, target.as_bytes()).unwrap(), target);
        }
        for target in [
            "",
            ".",
            "..",
            "../../..",
            "../../../x",
            "/etc",
            "c/../d",
            "c/../../../..",
            "./c",
            "c:\\x",
            "a\\b",
            "x\0",
            "c/",
            "CON",
        ] {
            assert!(check_target(&at, target.as_bytes()).is_err(), "{target:?}");
        }
        assert!(check_target(&name("top"), b"../x").is_err());
    }

    #[test]
    fn clashes_are_seen() {
        for (first, second) in [
            ("Readme", "README"),
            ("A/x", "a/y"),
            ("\u{ac00}", "\u{1100}\u{1161}"),
            ("caf\u{e9}", "CAFE\u{301}"),
            ("K", "\u{212a}"),
            ("file", "file"),
            ("file", "file/below"),
        ] {
            let mut names = Names::default();
            names.add(&name(first), Kind::File).unwrap();
            let error = names.add(&name(second), Kind::File).expect_err(second);
            assert!(matches!(error, PackageError::Clash { .. }));
        }
        let mut names = Names::default();
        names.add(&name("link"), Kind::Link).unwrap();
        assert!(names.add(&name("link/below"), Kind::File).is_err());
        names.add(&name("a/b"), Kind::File).unwrap();
        assert!(names.add(&name("a"), Kind::File).is_err());
        assert!(names.add(&name("a"), Kind::Folder).unwrap().is_empty());
        assert_eq!(names.add(&name("c/d/"), Kind::Folder).unwrap(), [name("c"), name("c/d")]);
        assert_eq!(names.len(), 5);
    }

    proptest::proptest! {
        #[test]
        fn a_name_never_leaves_its_folder(raw in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..40)) {
            if let Ok(name) = EntryName::parse(&raw) {
                let path = name.within(Path::new("/root"));
                proptest::prop_assert!(path.starts_with("/root"));
                let down = path.components().all(|part| !matches!(part, std::path::Component::ParentDir));
                proptest::prop_assert!(down);
            }
        }
    }
}
