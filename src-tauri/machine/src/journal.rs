//! The journal: one JSON line a transition, for the supporter and for IT. Holds no names, no codes, no patient data.

use serde::Serialize;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::PathBuf;

/// A journal file is closed and kept aside at this size, in bytes.
const MAX_BYTES: u64 = 1_000_000;
/// How many closed files are kept.
const KEEP: u32 = 3;

/// One line.
#[derive(Clone, Debug, Serialize)]
pub struct Line<'a> {
    /// When, in UTC.
    pub at: String,
    /// What happened: the name of the input or intent.
    pub what: &'a str,
    /// State before.
    pub from: &'a str,
    /// State after.
    pub to: &'a str,
    /// The problem's code, the same as on the screen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'a str>,
    /// Effects that follow, by name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub effects: Vec<String>,
}

/// Writes lines; a journal that cannot be written never stops the helper.
#[derive(Debug)]
pub struct Journal {
    folder: PathBuf,
    file: Option<File>,
    written: u64,
}

impl Journal {
    /// Opens the journal in this folder. Failing is told once and no lines are kept.
    pub fn open(folder: impl Into<PathBuf>) -> Self {
        let mut journal = Self { folder: folder.into(), file: None, written: 0 };
        if let Err(error) = journal.reopen() {
            tracing::warn!(%error, folder = %journal.folder.display(), "no journal");
        }
        journal
    }

    fn path(&self, generation: u32) -> PathBuf {
        match generation {
            0 => self.folder.join("helper.jsonl"),
            n => self.folder.join(format!("helper.{n}.jsonl")),
        }
    }

    fn reopen(&mut self) -> io::Result<()> {
        let file = OpenOptions::new().create(true).append(true).open(self.path(0))?;
        self.written = file.metadata()?.len();
        self.file = Some(file);
        Ok(())
    }

    /// Adds a line.
    pub fn add(&mut self, line: &Line<'_>) {
        if let Err(error) = self.try_add(line) {
            tracing::warn!(%error, "journal line lost");
        }
    }

    fn try_add(&mut self, line: &Line<'_>) -> io::Result<()> {
        let Some(file) = &mut self.file else { return Ok(()) };
        let mut bytes = serde_json::to_vec(line)?;
        bytes.push(b'\n');
        file.write_all(&bytes)?;
        self.written += bytes.len() as u64;
        if self.written >= MAX_BYTES {
            for generation in (0..KEEP).rev() {
                // The oldest is overwritten; one that is not there yet is no fault.
                let _ = fs::rename(self.path(generation), self.path(generation + 1));
            }
            self.reopen()?;
        }
        Ok(())
    }
}
