//! The audit journal of this user on this PC: opened for the one helper that runs, and printed for hospital IT.

use crate::setup;
use helper_core::audit::{Click, Entry, Package};
use helper_core::policy::Effective;
use helper_machine::audit::{self, Audit, Broken, Record};
use helper_machine::clock;
use helper_machine::dirs::Dirs;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;
use std::io::{self, Write};
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;

/// The name that stands in every line, if hospital IT wants one there (`audit_user_name`).
fn user_if_policy_wants_it(policy: &Effective) -> Option<String> {
    // The journal lies in that user's own folder: who could lie in the environment could as well write anything into it.
    let name = || std::env::var(if cfg!(windows) { "USERNAME" } else { "USER" }).ok();
    policy.audit_user_name.value.then(name).flatten().filter(|name| !name.is_empty())
}

/// The journal, to be added to. Only the one helper of this user may.
pub fn open(policy: &Effective, dirs: &Dirs) -> Audit {
    Audit::open(&dirs.journal(), user_if_policy_wants_it(policy))
}

/// Writes the entries of the loop on a thread of its own: every one waits for the disk, and a click must not. Dropping it waits until
/// all are written.
#[derive(Debug)]
pub struct Scribe {
    entries: Option<Sender<(Timestamp, Entry)>>,
    thread: Option<JoinHandle<()>>,
}

impl Scribe {
    /// Begins with the entry that this helper came up.
    pub fn begin(policy: &Effective, dirs: &Dirs) -> Self {
        let (sender, entries) = channel::<(Timestamp, Entry)>();
        let mut audit = open(policy, dirs);
        let writing = std::thread::Builder::new().name("audit".into()).spawn(move || {
            entries.into_iter().for_each(|(at, entry)| audit.add(at, &entry));
        });
        let thread = writing.inspect_err(|error| tracing::warn!(%error, "no audit journal is written")).ok();
        let scribe = Self { entries: Some(sender), thread };
        scribe.add(Entry::HelperStarted { version: setup::version().to_owned() });
        scribe
    }

    /// Adds what happened now.
    pub fn add(&self, entry: Entry) {
        if let Some(entries) = &self.entries {
            // Without a thread nobody listens; that was told at the beginning.
            let _ = entries.send((clock::wall(), entry));
        }
    }
}

impl Drop for Scribe {
    fn drop(&mut self) {
        self.entries = None;
        if let Some(thread) = self.thread.take() {
            // A writer that fell has nothing left to write.
            let _ = thread.join();
        }
    }
}

/// What `audit --json` says.
#[derive(Serialize)]
struct Printed<'a> {
    whole: bool,
    /// Lines that a power cut left unfinished; they break nothing.
    cut: usize,
    broken: &'a [Broken],
    entries: Vec<&'a RawValue>,
}

/// Prints every entry, and whether a line is missing or was changed. `true` when the chain is whole.
///
/// # Errors
/// Whatever `out` says.
pub fn print(dirs: &Dirs, json: bool, out: &mut dyn Write) -> io::Result<bool> {
    let log = audit::read(&dirs.journal());
    let whole = log.is_whole();
    if json {
        let entries = log.records.iter().map(|record| serde_json::from_str(&record.line)).collect::<Result<_, _>>()?;
        serde_json::to_writer(&mut *out, &Printed { whole, cut: log.cut, broken: &log.broken, entries })?;
        writeln!(out)?;
        return Ok(whole);
    }
    for record in &log.records {
        let user = record.user.as_ref().map(|user| format!(" by {user}")).unwrap_or_default();
        writeln!(out, "{:>6} {}{user}: {}", record.number, record.at, in_words(record))?;
    }
    if log.cut > 0 {
        writeln!(out, "{} unfinished by a power cut: nothing is missing for it", log.cut)?;
    }
    for broken in &log.broken {
        match broken {
            Broken::Missing(after) => writeln!(out, "BROKEN: lines are missing behind number {after}")?,
            Broken::Changed(after) => {
                writeln!(out, "BROKEN: the line behind number {after} is not the one that was written")?
            }
            Broken::Beginning(until) => writeln!(out, "BROKEN: the beginning is missing, up to number {until}")?,
        }
    }
    let judged = if whole {
        "whole: no line is missing between the first and the last, and none was changed"
    } else {
        "not whole"
    };
    writeln!(out, "{} entries, {judged}", log.records.len())?;
    Ok(whole)
}

fn in_words(record: &Record) -> String {
    let Some(entry) = &record.entry else { return format!("an entry of another version: {}", record.line) };
    let from = |face: &Option<_>| face.as_ref().map(|face| format!(" ({})", name(face))).unwrap_or_default();
    match entry {
        Entry::HelperStarted { version } => format!("helper {version} started"),
        Entry::Clicked { click, from: face, joined } => {
            let click = match click {
                Click::Wish(wish) => name(wish),
                other => name(other),
            };
            let joined = if *joined { ", joined what was under way" } else { "" };
            format!("clicked {click}{}{joined}", from(face))
        }
        Entry::Agreed { to, from: face, sentence, programs } => {
            let asked = sentence.map(|key| format!(", asked by {}", key.id())).unwrap_or_default();
            format!("agreed to {}{}{asked}, {programs} concerned", name(to), from(face))
        }
        Entry::ModuleStarted { package, pid } => format!("module started as process {pid}: {}", which(package)),
        Entry::ModuleEnded { pid, for_restart: false } => format!("module ended, process {pid}"),
        Entry::ModuleEnded { pid, for_restart: true } => format!("module ended for a restart, process {pid}"),
        Entry::ModulePlaced { package, why } => format!("module placed ({}): {}", name(why), which(package)),
        Entry::HelperReplaced { package } => format!("helper replaced: {}", which(package)),
        Entry::Imported { package } => format!("imported: {}", which(package)),
        Entry::SettingsChanged { keys } => format!("settings changed: {}", keys.join(", ")),
    }
}

fn which(package: &Package) -> String {
    let part = |name: &str, value: Option<String>| value.map(|value| format!("{name} {value}"));
    let parts = [
        part("version", package.version.clone()),
        part("sha256", package.sha256.map(|hash| hash.to_string())),
        part("tree", package.tree.map(|hash| hash.to_string())),
        package.target.clone(),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() { "signed metadata only".to_owned() } else { parts.join(", ") }
}

/// A value's own name, as the journal has it.
fn name(value: &impl Serialize) -> String {
    let value = serde_json::to_value(value).ok();
    value.and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}
