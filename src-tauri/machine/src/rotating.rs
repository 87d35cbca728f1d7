//! Files of lines that grow to a size and are then kept aside, only so many of them: `name.jsonl`, `name.1.jsonl` (the one before),
//! and so on. One writer at a time: the one helper of this user.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// How much is kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// A file is closed and kept aside at this size, in bytes.
    pub(crate) bytes: u64,
    /// How many closed files are kept.
    pub(crate) closed: u32,
}

/// The file that is written, and the ones before it.
#[derive(Debug)]
pub(crate) struct Rotating {
    folder: PathBuf,
    name: &'static str,
    limits: Limits,
    file: Option<File>,
    written: u64,
    /// What is written last ended without a line's end: a cut of the power.
    cut: bool,
}

fn path(folder: &Path, name: &str, generation: u32) -> PathBuf {
    match (generation, name.rsplit_once('.')) {
        (0, _) | (_, None) => folder.join(name),
        (n, Some((stem, kind))) => folder.join(format!("{stem}.{n}.{kind}")),
    }
}

impl Rotating {
    /// Opens the file in this folder. Failing is told once, and no lines are kept.
    pub(crate) fn open(folder: &Path, name: &'static str, limits: Limits) -> Self {
        let mut rotating = Self { folder: folder.to_owned(), name, limits, file: None, written: 0, cut: false };
        if let Err(error) = rotating.reopen() {
            tracing::warn!(%error, folder = %folder.display(), name, "no lines are kept");
        }
        rotating
    }

    /// Are lines kept?
    pub(crate) fn is_kept(&self) -> bool {
        self.file.is_some()
    }

    fn reopen(&mut self) -> io::Result<()> {
        let path = path(&self.folder, self.name, 0);
        let file = OpenOptions::new().create(true).append(true).open(&path)?;
        self.written = file.metadata()?.len();
        self.cut = self.written > 0 && !fs::read(&path)?.ends_with(b"\n");
        self.file = Some(file);
        Ok(())
    }

    /// Adds a line in one write; the end of the line is added here.
    pub(crate) fn add(&mut self, line: &[u8]) -> io::Result<()> {
        let Some(file) = &mut self.file else { return Ok(()) };
        let mut bytes = Vec::with_capacity(line.len() + 2);
        if self.cut {
            // What is left of a cut line stays, on a line of its own.
            bytes.push(b'\n');
        }
        bytes.extend_from_slice(line);
        bytes.push(b'\n');
        // A full disk may take a part of it.
        self.cut = true;
        file.write_all(&bytes)?;
        self.cut = false;
        self.written += bytes.len() as u64;
        if self.written >= self.limits.bytes {
            self.rotate()?;
        }
        Ok(())
    }

    /// Brings what was written to the disk.
    pub(crate) fn sync(&self) -> io::Result<()> {
        self.file.as_ref().map_or(Ok(()), File::sync_data)
    }

    fn rotate(&mut self) -> io::Result<()> {
        self.file = None;
        for generation in (0..self.limits.closed).rev() {
            // The oldest is overwritten; one that is not there yet is no fault.
            let _ =
                fs::rename(path(&self.folder, self.name, generation), path(&self.folder, self.name, generation + 1));
        }
        self.reopen()
    }
}

/// One file's bytes.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    /// 0 for the one that is written, 1 for the one before, and so on.
    pub(crate) generation: u32,
    /// Everything in it.
    pub(crate) bytes: Vec<u8>,
}

/// Every file that is there, the oldest first.
pub(crate) fn read(folder: &Path, name: &str, limits: Limits) -> Vec<Kept> {
    let kept = |generation| {
        let bytes = fs::read(path(folder, name, generation)).ok()?;
        Some(Kept { generation, bytes })
    };
    (0..=limits.closed).rev().filter_map(kept).collect()
}

/// The last lines, at most `count`, the oldest first. Bytes that are no text are shown as such.
pub(crate) fn last_lines(folder: &Path, name: &str, limits: Limits, count: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for generation in 0..=limits.closed {
        let Ok(bytes) = fs::read(path(folder, name, generation)) else { continue };
        let text = String::from_utf8_lossy(&bytes);
        lines.extend(text.lines().rev().filter(|line| !line.is_empty()).take(count - lines.len()).map(str::to_owned));
        if lines.len() >= count {
            break;
        }
    }
    lines.reverse();
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    const FEW: Limits = Limits { bytes: 30, closed: 2 };

    #[test]
    fn only_so_many_files_of_such_a_size_are_kept_and_the_newest_lines_are_there() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = Rotating::open(folder.path(), "x.jsonl", FEW);
        for n in 0..40 {
            file.add(format!("line {n:04}").as_bytes()).unwrap();
        }
        drop(file);
        let kept = read(folder.path(), "x.jsonl", FEW);
        assert_eq!(kept.iter().map(|kept| kept.generation).collect::<Vec<_>>(), [2, 1, 0]);
        assert!(kept.iter().all(|kept| kept.bytes.len() < 50));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
        assert_eq!(last_lines(folder.path(), "x.jsonl", FEW, 2), ["line 0038", "line 0039"]);
        assert!(last_lines(folder.path(), "x.jsonl", FEW, 100).len() < 10);
    }

    #[test]
    fn after_a_cut_line_the_next_one_stands_alone() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("x.jsonl"), b"whole\nhal").unwrap();
        let mut file = Rotating::open(folder.path(), "x.jsonl", FEW);
        file.add(b"next").unwrap();
        assert_eq!(fs::read(folder.path().join("x.jsonl")).unwrap(), b"whole\nhal\nnext\n");
    }

    #[test]
    fn without_a_folder_nothing_fails() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = Rotating::open(&folder.path().join("nowhere"), "x.jsonl", FEW);
        assert!(!file.is_kept());
        file.add(b"line").unwrap();
        file.sync().unwrap();
        assert!(read(folder.path(), "y.jsonl", FEW).is_empty());
    }
}
