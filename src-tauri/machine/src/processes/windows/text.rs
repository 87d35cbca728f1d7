//! Words and paths between Rust and the system.
#![allow(unsafe_code)] // Names of files are asked for.

use std::path::Path;
use windows::Win32::Storage::FileSystem::GetLongPathNameW;
use windows::core::HSTRING;

/// What the system wrote, up to the first zero.
pub(crate) fn from_wide(wide: &[u16]) -> String {
    let end = wide.iter().position(|unit| *unit == 0).unwrap_or(wide.len());
    String::from_utf16_lossy(wide.get(..end).unwrap_or(wide))
}

/// A path with its 8.3 names expanded as far as its parts exist. Longer than 260 characters is fine.
pub(crate) fn long_form(path: &str) -> String {
    let mut rest = Vec::new();
    let mut at = Path::new(path);
    loop {
        if let Some(long) = expanded(&verbatim(&at.to_string_lossy())) {
            let whole =
                rest.iter().rev().fold(plain(&long), |long, part| format!("{}\\{part}", long.trim_end_matches('\\')));
            return whole;
        }
        // What is not there (yet) keeps its spelling.
        match (at.parent(), at.file_name()) {
            (Some(parent), Some(name)) => {
                rest.push(name.to_string_lossy().into_owned());
                at = parent;
            }
            _ => return path.to_owned(),
        }
    }
}

fn expanded(path: &str) -> Option<String> {
    let path = HSTRING::from(path);
    // SAFETY: The path ends with a zero and lives until the call returns.
    let needed = unsafe { GetLongPathNameW(&path, None) };
    let mut buffer = vec![0u16; usize::try_from(needed).ok()?];
    // SAFETY: As above; the buffer's length is passed with it.
    let length = usize::try_from(unsafe { GetLongPathNameW(&path, Some(&mut buffer)) }).ok()?;
    (length > 0).then(|| buffer.get(..length).map(from_wide))?
}

/// The spelling without a limit of length (Naming Files, Paths, and Namespaces, Microsoft).
fn verbatim(path: &str) -> String {
    if path.starts_with(r"\\?\") {
        path.to_owned()
    } else if let Some(share) = path.strip_prefix(r"\\") {
        format!(r"\\?\UNC\{share}")
    } else {
        format!(r"\\?\{path}")
    }
}

/// The everyday spelling.
pub(crate) fn plain(path: &str) -> String {
    match (path.strip_prefix(r"\\?\UNC\"), path.strip_prefix(r"\\?\")) {
        (Some(share), _) => format!(r"\\{share}"),
        (None, Some(plain)) => plain.to_owned(),
        (None, None) => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_spellings() {
        for (path, long) in [
            (r"C:\A\b.exe", r"\\?\C:\A\b.exe"),
            (r"\\server\share\b.exe", r"\\?\UNC\server\share\b.exe"),
            (r"\\?\C:\A", r"\\?\C:\A"),
        ] {
            assert_eq!(verbatim(path), long);
            assert_eq!(plain(long), plain(path));
        }
        assert_eq!(plain(r"\\?\UNC\server\share"), r"\\server\share");
        assert_eq!(from_wide(&[0xae40, 0x41, 0, 0x42]), "김A");
    }

    #[test]
    fn what_is_not_there_keeps_its_spelling() {
        let folder = tempfile::tempdir().unwrap();
        let there = plain(&folder.path().canonicalize().unwrap().to_string_lossy());
        let missing = format!(r"{there}\not there\김.exe");
        assert_eq!(long_form(&missing), missing);
        assert_eq!(long_form("no such place"), "no such place");
    }
}
