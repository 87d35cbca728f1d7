//! The journal: one JSON line a transition, for the supporter and for IT. Holds no names, no codes, no patient data.

use crate::rotating::{self, Limits, Rotating};
use serde::Serialize;
use std::io;
use std::path::Path;

/// The name of the journal's files.
const NAME: &str = "helper.jsonl";
/// How much is kept.
const LIMITS: Limits = Limits { bytes: 1_000_000, closed: 3 };

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
pub struct Journal(Rotating);

impl Journal {
    /// Opens the journal in this folder. Failing is told once and no lines are kept.
    pub fn open(folder: impl AsRef<Path>) -> Self {
        Self(Rotating::open(folder.as_ref(), NAME, LIMITS))
    }

    /// Adds a line.
    pub fn add(&mut self, line: &Line<'_>) {
        if let Err(error) = self.try_add(line) {
            tracing::warn!(%error, "journal line lost");
        }
    }

    fn try_add(&mut self, line: &Line<'_>) -> io::Result<()> {
        self.0.add(&serde_json::to_vec(line)?)
    }
}

/// The last lines of the journal in this folder, at most `count`, the oldest first.
pub fn last_lines(folder: &Path, count: usize) -> Vec<String> {
    rotating::last_lines(folder, NAME, LIMITS, count)
}
