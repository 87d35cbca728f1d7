//! The plate at the door where doors have names that everybody on the PC can take (Windows): a file in the user's own folder that
//! says which name the helper took, and which process it is.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::Path;

/// A longer file is no plate, in bytes.
const LIMIT: u64 = 128;

/// What the plate says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Plate {
    /// 128 random bits, so that the name can be neither guessed nor taken in advance.
    name: u128,
    /// The number of the helper's process.
    pub(super) process: u32,
}

impl Plate {
    /// A new one for this process.
    pub(super) fn new(process: u32) -> io::Result<Self> {
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(io::Error::other)?;
        Ok(Self { name: u128::from_le_bytes(random), process })
    }

    /// The pipe's path. Always on this PC, whatever the file says: a path to another one would hand it the user's log-in.
    pub(super) fn pipe(&self) -> String {
        format!(r"\\.\pipe\support-helper-{:032x}", self.name)
    }

    /// Writes it, all or nothing, in the place of the old one.
    pub(super) fn put_up(&self, path: &Path) -> io::Result<()> {
        let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        writeln!(file, "{:032x} {}", self.name, self.process)?;
        file.persist(path)?;
        Ok(())
    }

    /// Reads it.
    pub(super) fn read(path: &Path) -> io::Result<Self> {
        let mut text = String::new();
        File::open(path)?.take(LIMIT).read_to_string(&mut text)?;
        Self::parse(&text).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "the door's plate makes no sense"))
    }

    fn parse(text: &str) -> Option<Self> {
        let (name, process) = text.trim_end().split_once(' ')?;
        let is_name = name.len() == 32 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
        let name = is_name.then(|| u128::from_str_radix(name, 16).ok()).flatten()?;
        Some(Self { name, process: process.parse().ok()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_up_is_read_and_never_twice_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("door");
        let (old, new) = (Plate::new(7).unwrap(), Plate::new(8).unwrap());
        old.put_up(&path).unwrap();
        new.put_up(&path).unwrap();
        assert_eq!(Plate::read(&path).unwrap(), new);
        assert_ne!(old.pipe(), new.pipe());
        assert!(new.pipe().len() == r"\\.\pipe\support-helper-".len() + 32);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else stays");
    }

    #[test]
    fn nonsense_is_no_plate_and_no_plate_leads_to_another_pc() {
        let name = "0123456789abcdef0123456789abcdef";
        assert_eq!(Plate::parse(&format!("{name} 12\n")).unwrap().pipe(), format!(r"\\.\pipe\support-helper-{name}"));
        for text in [
            String::new(),
            name.to_owned(),
            format!("{name} "),
            format!("{name} -1"),
            format!("{name} 4294967296"),
            format!("+{} 12", &name[1..]),
            format!("{} 12", &name[1..]),
            r"\\evil.example\pipe\x 12".to_owned(),
        ] {
            assert_eq!(Plate::parse(&text), None, "{text:?}");
        }
    }
}
