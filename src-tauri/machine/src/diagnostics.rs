//! Collects what a diagnosis is made of, and writes it as one zip file. What goes in is decided in `helper_core::diagnostics`.

use crate::audit::{self, Broken};
use crate::dirs::Dirs;
use crate::store::Store;
use crate::{about, clock, disk, journal, log, placing};
use helper_core::audit::Package;
use helper_core::diagnostics::{Document, Facts, Module};
use helper_core::redaction::Known;
use jiff::Timestamp;
use jiff::civil::DateTime;
use serde_json::Value;
use std::io::{self, Cursor, Write as _};
use std::path::{Path, PathBuf};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// How many of the last lines are looked at. How many are told is bounded by bytes as well.
const LINES: usize = 500;
/// How unfinished files begin.
const UNFINISHED: &str = ".remote-support-unfinished-";

/// What this PC and its files say. The rest of the facts is the caller's.
pub fn facts(dirs: &Dirs, store: &Store) -> Facts {
    let folder = dirs.journal();
    let audit = audit::read(&folder);
    let first = audit.records.len().saturating_sub(LINES);
    let chain = match (audit.broken.first(), audit.cut) {
        (None, 0) => "whole".to_owned(),
        (None, cut) => format!("whole, {cut} unfinished by a power cut"),
        (Some(broken), _) => format!("NOT whole: {}", in_words(broken)),
    };
    let module = |(release, proof): (_, Result<(), crate::package::PackageError>)| Module {
        package: Package::of(&release),
        proof: proof.map_err(|error| error.to_string()),
    };
    let journal = journal::last_lines(&folder, LINES);
    Facts {
        at: clock::wall().to_string(),
        built: Timestamp::from_second(clock::built()).unwrap_or_default().to_string(),
        system: about::system(),
        arch: std::env::consts::ARCH.to_owned(),
        free: disk::free_room(dirs.data()),
        problem: last_problem(&journal),
        modules: store.proven().into_iter().map(module).collect(),
        journal,
        audit: audit.records[first..].iter().map(|record| record.line.clone()).collect(),
        audit_chain: format!("chain {chain}, {} entries in all", audit.records.len()),
        log: log::last_lines(&folder, LINES),
        ..Facts::default()
    }
}

/// The words that name this person and this PC.
pub fn known(dirs: &Dirs) -> Known {
    let home = std::env::home_dir().map(|home| home.display().to_string());
    let known = home.iter().fold(Known::new(), |known, home| known.home(home));
    let users = about::users().into_iter();
    // Names that a policy let into the audit journal.
    let audited = audit::read(&dirs.journal()).records.into_iter().filter_map(|record| record.user);
    let mut names: Vec<String> = users.chain(audited).collect();
    names.sort();
    names.dedup();
    let known = names.iter().fold(known, |known, name| known.person(name));
    about::computers().iter().fold(known, |known, name| known.computer(name))
}

/// The code on the card in the journal's last state; `None` when that was none of a problem.
fn last_problem(journal: &[String]) -> Option<String> {
    let last: Value = serde_json::from_str(journal.last()?).ok()?;
    Some(format!("{} (by the journal)", last["code"].as_str()?))
}

fn in_words(broken: &Broken) -> String {
    match broken {
        Broken::Missing(after) => format!("lines are missing behind number {after}"),
        Broken::Changed(after) => format!("the line behind number {after} is not the one that was written"),
        Broken::Beginning(until) => format!("the beginning is missing, up to number {until}"),
    }
}

/// The documents as one zip file: in their order, with no time of this PC, so the same documents are always the same bytes.
///
/// # Errors
/// A name stands twice.
pub fn zip(documents: &[Document]) -> io::Result<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(zip::DateTime::default())
        .unix_permissions(0o644);
    for document in documents {
        zip.start_file(document.name.as_str(), options)?;
        zip.write_all(document.text.as_bytes())?;
    }
    Ok(zip.finish()?.into_inner())
}

/// Writes the documents to this file; one of this name is replaced in one step.
///
/// # Errors
/// Whatever the system says; nothing is left behind then.
pub fn save_as(documents: &[Document], path: &Path) -> io::Result<()> {
    let bytes = zip(documents)?;
    disk::replace(path, UNFINISHED, disk::BRIEFLY, |file| file.write_all(&bytes))
}

/// Writes the documents into this folder, under a name with the time on this PC's clock, and says which.
///
/// # Errors
/// Whatever the system says; nothing is left behind then.
pub fn save(documents: &[Document], folder: &Path, name: &str, at: DateTime) -> io::Result<PathBuf> {
    let path = folder.join(format!("{name}-{}.zip", at.strftime("%Y%m%d-%H%M")));
    save_as(documents, &path).map(|()| path)
}

/// The same, in the first of the folders where people look for files that takes it: the Desktop, the downloads.
///
/// # Errors
/// What the last of them says, or that there is none.
pub fn save_for_people(documents: &[Document], name: &str, at: DateTime) -> io::Result<PathBuf> {
    let mut last = io::Error::new(io::ErrorKind::NotFound, "there is neither a Desktop nor a folder for downloads");
    for folder in placing::for_people() {
        match save(documents, &folder, name, at) {
            Ok(path) => return Ok(path),
            Err(error) => last = error,
        }
    }
    Err(last)
}

#[cfg(test)]
mod tests;
