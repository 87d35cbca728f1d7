//! What goes into a diagnosis for the supporter, and in which form (SPEC H3).
//!
//! Documents are made and redacted here, before anybody sees or writes them: what is previewed is what is saved, byte for byte.
//! Everything is looked through, not only what is known to hold names. The parts are in English, for the supporter.

use crate::audit::Package;
use crate::presence::{self, Closable, Kind, Owner, ProcessFact, ProgramPath, Scan, Session};
use crate::redaction::{Known, redact};
use crate::text;
use crate::upkeep::UpkeepStatus;
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

/// No document is longer, in bytes: the oldest lines go. Six of them stay below 1 MB, with what a zip adds.
pub const LONGEST: usize = 150_000;
/// A line is cut at so many bytes.
const LONGEST_LINE: usize = 4_000;

/// One part of a diagnosis, ready to be shown and to be written.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Document {
    /// Its file name.
    pub name: String,
    /// All that is in it.
    pub text: String,
}

/// A module on this PC.
#[derive(Clone, Debug)]
pub struct Module {
    /// Which.
    pub package: Package,
    /// Is it, byte for byte and by its maker's signature, what was signed? Else what is wrong.
    pub proof: Result<(), String>,
}

/// The helper that runs, as it says itself.
#[derive(Clone, Debug)]
pub struct Running {
    /// Its version.
    pub version: String,
    /// Where the request stands.
    pub state: String,
    /// How the background work stands.
    pub upkeep: UpkeepStatus,
}

/// Everything that was found, as it was found.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// When, in UTC.
    pub at: String,
    /// This program's version.
    pub helper: String,
    /// When it was built, in UTC.
    pub built: String,
    /// The system with its version.
    pub system: String,
    /// The processor.
    pub arch: String,
    /// The language of the faces.
    pub language: String,
    /// Can the icon be seen? `None` where that cannot be told.
    pub tray: Option<bool>,
    /// The web view's version, or why there is none.
    pub web_view: Option<Result<String, String>>,
    /// Free bytes where the helper keeps its data.
    pub free: Option<u64>,
    /// The running helper; `None` without one.
    pub running: Option<Running>,
    /// The problem on the card, or the last one in the journal: its code and the one to read out.
    pub problem: Option<String>,
    /// Key, value and source of what holds.
    pub policy: Vec<(String, String, String)>,
    /// What is wrong with the policy.
    pub complaints: Vec<String>,
    /// Modules, the current one first.
    pub modules: Vec<Module>,
    /// How many releases the signed metadata on this PC lists.
    pub releases: usize,
    /// What could be TeamViewer; `None` when processes cannot be listed.
    pub scan: Option<Scan>,
    /// The journal's last lines.
    pub journal: Vec<String>,
    /// The audit journal's last lines.
    pub audit: Vec<String>,
    /// Is that one whole? In words.
    pub audit_chain: String,
    /// The last lines of the log.
    pub log: Vec<String>,
    /// What the network doctor found, if it was asked.
    pub doctor: Option<String>,
}

/// The diagnosis. Nothing else is ever shown or written of it.
pub fn documents(facts: &Facts, known: &Known) -> Vec<Document> {
    let part = |name: &str, text: String| Document { name: name.to_owned(), text: bounded(&redact(&text, known)) };
    let chain = format!("# {}", facts.audit_chain);
    let audit: Vec<&str> = [chain.as_str()].into_iter().chain(facts.audit.iter().map(String::as_str)).collect();
    let mut documents = vec![
        part("about.txt", about(facts)),
        part("policy.txt", policy(facts)),
        part("teamviewer.txt", teamviewer(facts.scan.as_ref())),
        part("journal.jsonl", lines(&facts.journal)),
        part("audit.jsonl", lines(&audit)),
        part("log.txt", lines(&facts.log)),
    ];
    documents.extend(facts.doctor.as_ref().map(|doctor| part("doctor.json", doctor.clone())));
    documents
}

fn lines(lines: &[impl AsRef<str>]) -> String {
    lines.iter().map(|line| format!("{}\n", line.as_ref())).collect()
}

fn about(facts: &Facts) -> String {
    let mut out = String::new();
    let mut row = |name: &str, value: &str| {
        // Writing to a text does not fail.
        let _ = writeln!(out, "{name:<16} {value}");
    };
    row("at", &facts.at);
    row("helper", &format!("{}, built {}", facts.helper, facts.built));
    row("system", &format!("{}, {}", facts.system, facts.arch));
    row("language", &facts.language);
    row(
        "tray",
        match facts.tray {
            Some(true) => "there",
            Some(false) => "missing",
            None => "not known",
        },
    );
    match &facts.web_view {
        Some(Ok(version)) => row("web view", version),
        Some(Err(why)) => row("web view", &format!("missing: {why}")),
        None => row("web view", "not known"),
    }
    row("free disk space", &facts.free.map_or("not known".to_owned(), text::bytes));
    row("problem", facts.problem.as_deref().unwrap_or("none"));
    match &facts.running {
        None => row("running helper", "none"),
        Some(running) => {
            row("running helper", &format!("{}, {}", running.version, running.state));
            upkeep(&running.upkeep, &mut row);
        }
    }
    row("signed metadata", &format!("{} releases", facts.releases));
    for module in &facts.modules {
        let package = &module.package;
        let version = package.version.as_deref().unwrap_or("of no known version");
        let proof =
            module.proof.as_ref().map_or_else(|why| format!("NOT what was signed: {why}"), |()| "verified".into());
        row("module", &format!("{version}, {proof}"));
        row("", package.target.as_deref().unwrap_or_default());
        for (name, hash) in [("sha256", package.sha256), ("tree", package.tree)] {
            row("", &hash.map(|hash| format!("{name} {hash}")).unwrap_or_default());
        }
    }
    if facts.modules.is_empty() {
        row("module", "none");
    }
    out
}

fn upkeep(status: &UpkeepStatus, row: &mut impl FnMut(&str, &str)) {
    let next = status.next_in.map(|ms| format!(", next check in {} min", ms / 60_000)).unwrap_or_default();
    let failed =
        status.failure.map(|failure| format!(", failed {} times: {failure:?}", status.failures)).unwrap_or_default();
    row("upkeep", &format!("{}{next}{failed}", status.state));
    if let Some(successor) = &status.successor {
        row("", &format!("helper {successor} waits for a quiet moment"));
    }
    if !status.refused.is_empty() {
        row("", &format!("helpers that failed here: {}", status.refused.join(", ")));
    }
}

fn policy(facts: &Facts) -> String {
    let rows = facts.policy.iter().map(|(key, value, source)| format!("{key:<15} {value} ({source})\n"));
    let complaints = facts.complaints.iter().map(|complaint| format!("COMPLAINT: {complaint}\n"));
    rows.chain(complaints).collect()
}

/// Kinds and places of what could be TeamViewer. Names and paths only where they are of TeamViewer or the helper itself.
fn teamviewer(scan: Option<&Scan>) -> String {
    let Some(scan) = scan else { return "processes cannot be listed\n".into() };
    let judged = presence::judge(scan);
    let mut out = String::new();
    for fact in &scan.processes {
        let conflict = judged.conflicts.iter().find(|conflict| conflict.id == fact.id);
        let module = judged.modules.iter().find(|module| module.id == fact.id);
        let kind = match (conflict, module) {
            (Some(conflict), _) => match (conflict.kind, conflict.in_use) {
                (Kind::Full, true) => "Full, somebody connected",
                (Kind::Full, false) => "Full",
                (Kind::Unknown, _) => "a TeamViewer that cannot be named",
            },
            (None, Some(module)) if module.connected => "module, somebody connected",
            (None, Some(_)) => "module",
            (None, None) if fact.session == Session::Other => "in another session",
            (None, None) => "no conflict (Host, service or part of another)",
        };
        let closable = match conflict.map(|conflict| conflict.closable) {
            Some(Closable::OtherUser) => ", cannot be closed: another user's",
            Some(Closable::Administrator) => ", cannot be closed: runs as administrator",
            Some(Closable::Yes) | None => "",
        };
        let owner = match fact.owner {
            Owner::Me => "this user's",
            Owner::Other => "another user's",
            Owner::Unknown => "of an unknown user",
        };
        let age = fact.age.map(|age| format!(", for {} min", age / 60)).unwrap_or_default();
        let _ = writeln!(out, "{kind}{closable}: {}, {owner}, {}{age}", name(fact), place(fact, scan));
    }
    if scan.processes.is_empty() {
        out.push_str("nothing runs that could be TeamViewer\n");
    }
    out
}

fn name(fact: &ProcessFact) -> &str {
    if fact.name.to_lowercase().contains("teamviewer") { &fact.name } else { "a program of another name" }
}

fn place(fact: &ProcessFact, scan: &Scan) -> &'static str {
    let ProgramPath::Known(path) = &fact.path else { return "path not readable" };
    let lies_in = |folders: &[String]| {
        folders.iter().any(|folder| {
            let head = path.get(..folder.len()).is_some_and(|head| head.eq_ignore_ascii_case(folder));
            head && !folder.is_empty() && path[folder.len()..].starts_with(['/', '\\'])
        })
    };
    if lies_in(&scan.places.module) {
        "in the helper's folder"
    } else if lies_in(&scan.places.installed) {
        "in TeamViewer's folder"
    } else if lies_in(&scan.places.temporary) {
        "in a temporary folder"
    } else {
        "elsewhere"
    }
}

/// Long lines are cut, and of long documents the end is kept.
fn bounded(text: &str) -> String {
    let mut kept: Vec<String> = Vec::new();
    let (mut room, mut left_out) = (LONGEST - 100, 0usize);
    for line in text.lines().rev() {
        let line = cut(line);
        if left_out > 0 || line.len() + 1 > room {
            left_out += 1;
            continue;
        }
        room -= line.len() + 1;
        kept.push(line);
    }
    let mut out = if left_out > 0 { format!("({left_out} earlier lines are left out)\n") } else { String::new() };
    for line in kept.iter().rev() {
        out.push_str(line);
        out.push('\n');
    }
    out
}

fn cut(line: &str) -> String {
    if line.len() <= LONGEST_LINE {
        return line.to_owned();
    }
    let end = (0..=LONGEST_LINE).rev().find(|end| line.is_char_boundary(*end)).unwrap_or(0);
    format!("{} (cut)", &line[..end])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::presence::{Places, ProcessId};
    use crate::release::System;

    fn fact(name: &str, path: &str) -> ProcessFact {
        ProcessFact {
            id: ProcessId { pid: 7, started: 1 },
            parent: None,
            name: name.into(),
            path: ProgramPath::Known(path.into()),
            owner: Owner::Me,
            session: Session::Mine,
            product: None,
            bundle: None,
            arguments: vec!["--secret=환자 900101-1234567".into()],
            age: Some(120),
            title: Some("환자 김철수".into()),
            config_id: None,
        }
    }

    #[test]
    fn of_processes_only_kind_and_kind_of_place_are_told() {
        let places = Places {
            system: System::Linux,
            installed: vec!["/opt/teamviewer".into()],
            temporary: vec![],
            module: vec![],
            module_title: "EDGE&NEXT Support".into(),
            module_config_id: String::new(),
        };
        let processes =
            vec![fact("TeamViewer", "/opt/teamviewer/tv_bin/TeamViewer"), fact("emr-환자", "/srv/emr/secret")];
        let facts = Facts { scan: Some(Scan { processes, places, launched: None }), ..Facts::default() };
        let documents = documents(&facts, &Known::new());
        let text = &documents.iter().find(|document| document.name == "teamviewer.txt").unwrap().text;
        assert!(text.contains("TeamViewer, this user's, in TeamViewer's folder, for 2 min"), "{text}");
        assert!(text.contains("a program of another name, this user's, elsewhere"), "{text}");
        for hidden in ["emr", "srv", "환자", "secret", "김철수", "900101"] {
            assert!(!text.contains(hidden), "{hidden}: {text}");
        }
    }

    #[test]
    fn everything_together_is_bounded_and_the_newest_lines_are_kept() {
        let many: Vec<String> = (0..20_000).map(|n| format!("line {n} {}", "가나다 ".repeat(10))).collect();
        let facts = Facts {
            journal: many.clone(),
            audit: vec!["x".repeat(1_000_000)],
            log: many.clone(),
            doctor: Some(many.join("\n")),
            complaints: many,
            ..Facts::default()
        };
        let documents = documents(&facts, &Known::new());
        assert!(documents.iter().all(|document| document.text.len() <= LONGEST));
        assert!(documents.iter().map(|document| document.text.len()).sum::<usize>() < 1_000_000);
        let journal = &documents.iter().find(|document| document.name == "journal.jsonl").unwrap().text;
        assert!(journal.contains("line 19999 ") && journal.starts_with("("), "the oldest lines go");
        assert!(documents[4].text.ends_with("(cut)\n"));
    }

    #[test]
    fn the_audit_chain_is_judged_before_its_lines() {
        let facts = Facts { audit_chain: "whole".into(), audit: vec!["{}".into()], ..Facts::default() };
        assert_eq!(documents(&facts, &Known::new())[4].text, "# whole\n{}\n");
    }
}
