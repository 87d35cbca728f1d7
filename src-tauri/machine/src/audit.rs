//! The audit journal's files: only ever added to, one flush a line, every line sealed with the one before (SPEC I8).
//!
//! A line holds its number, the seal of the line before (`before`) and its own seal (`seal`: the SHA-256 of the line as it would be
//! without it). A changed, removed or inserted line breaks the chain. What a power cut left of a line breaks nothing: the next line
//! goes on from the last whole one. It is a record for hospital IT, not a safe: who may write to the folder can remove the last lines
//! or write all of it anew.

use crate::rotating::{self, Limits, Rotating};
use helper_core::audit::Entry;
use helper_core::release::Digest;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::io;
use std::path::Path;

const NAME: &str = "audit.jsonl";
/// About 25,000 entries: several years on most PCs.
const LIMITS: Limits = Limits { bytes: 1_000_000, closed: 9 };
/// What stands before the first line.
const NOTHING: Digest = Digest([0; 32]);

/// A line as it is written, without its seal.
#[derive(Debug, Serialize)]
struct Unsealed<'a> {
    number: u64,
    at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'a str>,
    #[serde(flatten)]
    entry: &'a Entry,
    before: Digest,
}

impl Unsealed<'_> {
    fn sealed(&self) -> io::Result<(String, Digest)> {
        let body = serde_json::to_string(self)?;
        let seal = seal_of(&body);
        let open = body.strip_suffix('}').unwrap_or(&body);
        Ok((format!("{open}{SEAL}{seal}\"}}"), seal))
    }
}

/// What stands between a line's content and its seal.
const SEAL: &str = ",\"seal\":\"";

fn seal_of(body: &str) -> Digest {
    Digest(Sha256::digest(body).into())
}

/// What every line says, whatever its entry.
#[derive(Debug, Deserialize)]
struct Frame {
    number: u64,
    at: String,
    user: Option<String>,
    before: Digest,
}

/// One whole line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Counted from 1.
    pub number: u64,
    /// When, in UTC.
    pub at: String,
    /// Whose login it was; only if the policy wanted it.
    pub user: Option<String>,
    /// What happened; `None` when another version of the helper wrote what this one does not know.
    pub entry: Option<Entry>,
    /// The line as it stands, JSON.
    pub line: String,
    before: Digest,
    seal: Digest,
    is_sealed: bool,
}

impl Record {
    fn read(line: &[u8]) -> Option<Self> {
        let line = std::str::from_utf8(line).ok()?;
        let (open, seal) = line.strip_suffix("\"}")?.rsplit_once(SEAL)?;
        let seal = Digest::from_hex(seal)?;
        let Frame { number, at, user, before } = serde_json::from_str(line).ok()?;
        let is_sealed = seal_of(&format!("{open}}}")) == seal;
        let entry = serde_json::from_str(line).ok();
        Some(Self { number, at, user, entry, line: line.to_owned(), before, seal, is_sealed })
    }
}

/// Writes entries; a journal that cannot be written never stops the helper.
#[derive(Debug)]
pub struct Audit {
    file: Rotating,
    user: Option<String>,
    number: u64,
    before: Digest,
}

impl Audit {
    /// Opens the journal in this folder and goes on where it ended. `user` is the name that stands in every line, if one may.
    pub fn open(folder: &Path, user: Option<String>) -> Self {
        Self::with(folder, user, LIMITS)
    }

    fn with(folder: &Path, user: Option<String>, limits: Limits) -> Self {
        let last = read_with(folder, limits).records.pop();
        let (number, before) = last.map_or((0, NOTHING), |last| (last.number, last.seal));
        Self { file: Rotating::open(folder, NAME, limits), user, number, before }
    }

    /// Adds what happened at this time, and brings it to the disk.
    pub fn add(&mut self, at: Timestamp, entry: &Entry) {
        if let Err(error) = self.try_add(at, entry) {
            tracing::warn!(%error, "audit entry lost");
        }
    }

    fn try_add(&mut self, at: Timestamp, entry: &Entry) -> io::Result<()> {
        if !self.file.is_kept() {
            return Ok(());
        }
        let (number, at, user) = (self.number + 1, at.to_string(), self.user.as_deref());
        let (line, seal) = Unsealed { number, at, user, entry, before: self.before }.sealed()?;
        // Where it is not written whole it is no line, and the next one follows the one before it.
        self.file.add(line.as_bytes())?;
        (self.number, self.before) = (number, seal);
        self.file.sync()
    }
}

/// What is wrong with a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "wrong", content = "after")]
pub enum Broken {
    /// Lines are missing behind the one with this number.
    Missing(u64),
    /// The line behind this number was changed, or another stands in its place.
    Changed(u64),
    /// The beginning is missing; the number is that of the first line that is left, less one.
    Beginning(u64),
}

/// All that the files hold.
#[derive(Clone, Debug, Default)]
pub struct Log {
    /// Every whole line, the oldest first.
    pub records: Vec<Record>,
    /// Lines that a power cut left unfinished.
    pub cut: usize,
    /// Where the chain is broken.
    pub broken: Vec<Broken>,
}

impl Log {
    /// Is nothing changed and nothing missing?
    pub fn is_whole(&self) -> bool {
        self.broken.is_empty()
    }
}

/// Reads the journal in this folder and follows its chain. Nothing is written.
pub fn read(folder: &Path) -> Log {
    read_with(folder, LIMITS)
}

fn read_with(folder: &Path, limits: Limits) -> Log {
    let files = rotating::read(folder, NAME, limits);
    let mut log = Log::default();
    // The files before the oldest one that may be kept are gone as they should be.
    let all_kept = u32::try_from(files.len()).is_ok_and(|count| count == limits.closed + 1);
    let mut follow: Option<(u64, Digest)> = (!all_kept).then_some((0, NOTHING));
    let mut garbage = 0;
    let mut unfinished = false;
    for file in &files {
        unfinished = file.generation == 0 && !file.bytes.is_empty() && !file.bytes.ends_with(b"\n");
        for line in file.bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let Some(record) = Record::read(line) else {
                garbage += 1;
                continue;
            };
            let after = follow.map_or(record.number.saturating_sub(1), |(number, _)| number);
            match follow {
                _ if !record.is_sealed => log.broken.push(Broken::Changed(after)),
                Some((0, _)) if record.number != 1 => {
                    log.broken.push(Broken::Beginning(record.number.saturating_sub(1)))
                }
                Some((number, _)) if record.number != number + 1 => log.broken.push(Broken::Missing(number)),
                Some((number, seal)) if record.before != seal => log.broken.push(Broken::Changed(number)),
                // Nothing followed on it: it was cut.
                _ => log.cut += garbage,
            }
            garbage = 0;
            follow = Some((record.number, record.seal));
            log.records.push(record);
        }
    }
    match (garbage, unfinished) {
        (0, _) => {}
        // Nobody has written behind it yet.
        (_, true) => log.cut += garbage,
        (_, false) => log.broken.push(Broken::Changed(follow.map_or(0, |(number, _)| number))),
    }
    log
}

#[cfg(test)]
mod tests;
