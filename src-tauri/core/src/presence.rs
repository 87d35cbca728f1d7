//! From raw process facts to TeamViewer Full, Host, module or unknown. Pure: a table of rules for each system.
//!
//! Source: TEAMVIEWER.md 12.1 (rules), 1.1-1.3 (names and paths). On Windows Full and the module share one program name:
//! they are told apart by path, version resource and parentage, never by name alone; what cannot be told apart is
//! [`Kind::Unknown`], and the person is asked.

use crate::release::System;
use serde::{Deserialize, Serialize};

/// A process, named so that a reused process id is never taken for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ProcessId {
    /// The system's process id.
    pub pid: u32,
    /// When it started, in the system's own unit (clock ticks, file time): equal only for the same process.
    pub started: u64,
}

/// Where a process's program file is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ProgramPath {
    /// The full path, 8.3 names expanded as far as the system could.
    Known(String),
    /// The system would not tell: another user's, or elevated.
    Unreadable,
}

/// Whose process it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Owner {
    /// The helper's own user.
    Me,
    /// Somebody else.
    Other,
    /// Cannot be told.
    Unknown,
}

/// In whose log-on session it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Session {
    /// In this one, or the system has no such notion.
    Mine,
    /// In another one (fast user switching, terminal services): none of our business.
    Other,
}

/// What the machine read about one process. Optional facts are `None` where the system has none or would not tell.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ProcessFact {
    /// Which process.
    pub id: ProcessId,
    /// Its parent's process id.
    pub parent: Option<u32>,
    /// The program's file name, for example `TeamViewer.exe`.
    pub name: String,
    /// Its program file.
    pub path: ProgramPath,
    /// Whose it is.
    pub owner: Owner,
    /// In which session.
    pub session: Session,
    /// Windows: `ProductName` of the version resource.
    pub product: Option<String>,
    /// macOS: the bundle identifier.
    pub bundle: Option<String>,
    /// Its command line.
    pub arguments: Vec<String>,
    /// For how many seconds it has been running.
    pub age: Option<u64>,
    /// The title of its visible top-level window, where one was seen.
    pub title: Option<String>,
    /// Windows: `id` in the `TeamViewer.json` beside the program (TEAMVIEWER.md 1.1).
    pub config_id: Option<String>,
}

/// The folders and names that the rules compare with.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Places {
    /// Whose rules apply.
    pub system: System,
    /// Folders of an installed TeamViewer (Windows: from the registry and the program folders).
    pub installed: Vec<String>,
    /// The user's temporary folders.
    pub temporary: Vec<String>,
    /// The helper's own module folders, and the copy on the Desktop.
    pub module: Vec<String>,
    /// The customized module's window title.
    pub module_title: String,
    /// TeamViewer's id of the customized module; empty when not known.
    pub module_config_id: String,
}

/// One look at the PC.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Scan {
    /// The processes that could matter.
    pub processes: Vec<ProcessFact>,
    /// What to compare them with.
    pub places: Places,
    /// The process that the helper started last, if any.
    pub launched: Option<ProcessId>,
}

/// What a process is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// TeamViewer's full client with its window: excludes the module.
    Full,
    /// A TeamViewer that the rules cannot name.
    Unknown,
}

/// Can this helper close it?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Closable {
    /// It runs as this user.
    Yes,
    /// Another user started it.
    OtherUser,
    /// It runs with more rights than the helper has.
    Administrator,
}

/// Something that must be closed before the module can run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Conflict {
    /// Which process.
    pub id: ProcessId,
    /// What it is.
    pub kind: Kind,
    /// Somebody is connected through it right now.
    pub in_use: bool,
    /// Can it be closed from here.
    pub closable: Closable,
}

/// A running module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RunningModule {
    /// Which process.
    pub id: ProcessId,
    /// A supporter is connected through it right now.
    pub connected: bool,
    /// It has been open longer than a working session: its code is probably dead (SPEC D2, TEAMVIEWER.md 12.4).
    pub old: bool,
}

/// How long a module is open at most in one working session, in seconds.
pub const WORKING_SESSION: u64 = 8 * 60 * 60;

/// The judgement on one look.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Presence {
    /// What excludes the module, Full first.
    pub conflicts: Vec<Conflict>,
    /// The running modules; several only when somebody started one by hand.
    pub modules: Vec<RunningModule>,
}

/// Judges one look. Hosts, services and their helpers without a window are no conflict and do not appear (SPEC B6).
pub fn judge(scan: &Scan) -> Presence {
    let mut presence = Presence::default();
    for fact in scan.processes.iter().filter(|fact| fact.session == Session::Mine) {
        match verdict(fact, scan) {
            Verdict::Conflict(kind) => presence.conflicts.push(Conflict {
                id: fact.id,
                kind,
                in_use: connected_through(fact, kind, scan),
                closable: closable(fact),
            }),
            Verdict::Module => {
                presence.modules.push(RunningModule {
                    id: fact.id,
                    connected: has_desktop_child(fact.id.pid, scan),
                    old: fact.age.is_some_and(|age| age >= WORKING_SESSION),
                });
            }
            Verdict::Nothing => {}
        }
    }
    presence.conflicts.sort_by_key(|conflict| (conflict.kind == Kind::Unknown, conflict.id));
    // A launcher and the program that it unpacked are one module: the last one started owns the window.
    presence.modules.sort_by_key(|module| (std::cmp::Reverse(module.connected), std::cmp::Reverse(module.id.started)));
    presence
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Conflict(Kind),
    Module,
    Nothing,
}

fn verdict(fact: &ProcessFact, scan: &Scan) -> Verdict {
    match scan.places.system {
        System::Windows => on_windows(fact, scan),
        System::Macos => on_macos(fact, scan),
        System::Linux => on_linux(fact, scan),
    }
}

fn on_windows(fact: &ProcessFact, scan: &Scan) -> Verdict {
    let places = &scan.places;
    let ours = descends_from_launched(fact, scan);
    let path = match &fact.path {
        ProgramPath::Known(path) => path,
        ProgramPath::Unreadable if !fact.name.eq_ignore_ascii_case("TeamViewer.exe") => return Verdict::Nothing,
        ProgramPath::Unreadable if ours => return Verdict::Module,
        ProgramPath::Unreadable => return Verdict::Conflict(Kind::Unknown),
    };
    // The self-extracting launcher has any name and is the module only while nothing else of it runs yet.
    if is_below_any(path, &places.module) {
        return Verdict::Module;
    }
    if !fact.name.eq_ignore_ascii_case("TeamViewer.exe") {
        return Verdict::Nothing;
    }
    let product = fact.product.as_deref().unwrap_or_default().to_lowercase();
    if is_below_any(path, &places.installed) {
        return if product.contains("host") { Verdict::Nothing } else { Verdict::Conflict(Kind::Full) };
    }
    if ours || is_our_module_by_its_marks(fact, places) {
        return Verdict::Module;
    }
    let run_only = fact.arguments.iter().any(|argument| argument.eq_ignore_ascii_case("--noInstallation"))
        || windows_parts(path).iter().any(|part| is_version_folder(part));
    if run_only || product.contains("full") {
        return Verdict::Conflict(Kind::Full);
    }
    if product.contains("host") {
        return Verdict::Nothing;
    }
    if is_below_any(path, &places.temporary) && product.contains("quicksupport") {
        return Verdict::Module;
    }
    Verdict::Conflict(Kind::Unknown)
}

fn on_macos(fact: &ProcessFact, scan: &Scan) -> Verdict {
    // Bundle identifiers are compared whole: "TeamViewerQS" starts with "TeamViewer" (TEAMVIEWER.md 1.2).
    match fact.bundle.as_deref() {
        Some("com.teamviewer.TeamViewerQS") => Verdict::Module,
        Some("com.teamviewer.TeamViewer") => Verdict::Conflict(Kind::Full),
        Some(_) => Verdict::Nothing,
        None if descends_from_launched(fact, scan) => Verdict::Module,
        None => match &fact.path {
            ProgramPath::Known(path) if is_below_any(path, &scan.places.module) => Verdict::Module,
            ProgramPath::Unreadable if fact.name == "TeamViewer" && fact.owner != Owner::Me => {
                Verdict::Conflict(Kind::Unknown)
            }
            ProgramPath::Known(_) | ProgramPath::Unreadable => Verdict::Nothing,
        },
    }
}

fn on_linux(fact: &ProcessFact, scan: &Scan) -> Verdict {
    let path = match &fact.path {
        // The kernel marks a program file that was replaced while it runs.
        ProgramPath::Known(path) => path.strip_suffix(" (deleted)").unwrap_or(path),
        ProgramPath::Unreadable if fact.name == "TeamViewer" => {
            return if descends_from_launched(fact, scan) { Verdict::Module } else { Verdict::Conflict(Kind::Unknown) };
        }
        ProgramPath::Unreadable => return Verdict::Nothing,
    };
    let file_name = path.rsplit('/').next().unwrap_or(path);
    if is_desktop_process(&fact.name) || file_name == "teamviewerd" {
        return Verdict::Nothing;
    }
    if path.ends_with("/opt/teamviewer/tv_bin/TeamViewer") {
        return Verdict::Conflict(Kind::Full);
    }
    if is_below_any(path, &scan.places.module) || path.contains("/teamviewerqs/") || descends_from_launched(fact, scan)
    {
        return Verdict::Module;
    }
    if file_name == "TeamViewer" { Verdict::Conflict(Kind::Unknown) } else { Verdict::Nothing }
}

fn closable(fact: &ProcessFact) -> Closable {
    match (fact.owner, &fact.path) {
        (Owner::Other, _) => Closable::OtherUser,
        (Owner::Me, ProgramPath::Known(_)) => Closable::Yes,
        (Owner::Me | Owner::Unknown, ProgramPath::Unreadable) | (Owner::Unknown, ProgramPath::Known(_)) => {
            Closable::Administrator
        }
    }
}

/// `TeamViewer_Desktop` exists only while somebody is connected (TEAMVIEWER.md 0, fact 3).
fn connected_through(fact: &ProcessFact, kind: Kind, scan: &Scan) -> bool {
    has_desktop_child(fact.id.pid, scan)
        || kind == Kind::Full
            && scan.processes.iter().any(|other| {
                is_desktop_process(&other.name)
                    && (parent_is_service(other, scan)
                        || matches!(&other.path, ProgramPath::Known(path)
                            if is_below_any(path, &scan.places.installed) || same_folder(path, &fact.path)))
            })
}

fn has_desktop_child(pid: u32, scan: &Scan) -> bool {
    scan.processes.iter().any(|other| is_desktop_process(&other.name) && other.parent == Some(pid))
}

fn parent_is_service(fact: &ProcessFact, scan: &Scan) -> bool {
    scan.processes.iter().any(|other| {
        Some(other.id.pid) == fact.parent
            && (other.name.eq_ignore_ascii_case("TeamViewer_Service.exe") || other.name == "teamviewerd")
    })
}

fn same_folder(path: &str, other: &ProgramPath) -> bool {
    let folder = |path: &str| path.rsplit_once(['/', '\\']).map(|(folder, _)| folder.to_owned());
    matches!(other, ProgramPath::Known(other) if folder(path).is_some() && folder(path) == folder(other))
}

/// Linux cuts process names to 15 bytes: `TeamViewer_Desk`.
fn is_desktop_process(name: &str) -> bool {
    name.eq_ignore_ascii_case("TeamViewer_Desktop.exe") || name == "TeamViewer_Desktop" || name == "TeamViewer_Desk"
}

fn is_our_module_by_its_marks(fact: &ProcessFact, places: &Places) -> bool {
    let title_is_ours = fact.title.as_deref().is_some_and(|title| title == places.module_title);
    let config_is_ours = !places.module_config_id.is_empty()
        && fact.config_id.as_deref().is_some_and(|id| id == places.module_config_id);
    title_is_ours || config_is_ours
}

fn descends_from_launched(fact: &ProcessFact, scan: &Scan) -> bool {
    let Some(launched) = scan.launched else { return false };
    if fact.id == launched {
        return true;
    }
    let mut parent = fact.parent;
    // Parent links read at different instants can form a ring: no chain is longer than the list.
    for _ in 0..=scan.processes.len() {
        match parent {
            // A child is never older than its parent: an older one means that the id was used again.
            Some(pid) if pid == launched.pid => return fact.id.started >= launched.started,
            Some(pid) => match scan.processes.iter().find(|other| other.id.pid == pid) {
                Some(other) => parent = other.parent,
                None => return false,
            },
            None => return false,
        }
    }
    false
}

fn is_version_folder(part: &str) -> bool {
    part.to_lowercase()
        .strip_prefix("version")
        .is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

fn windows_parts(path: &str) -> Vec<&str> {
    path.split(['\\', '/']).filter(|part| !part.is_empty() && *part != "?" && *part != ".").collect()
}

fn is_below_any(path: &str, folders: &[String]) -> bool {
    folders.iter().any(|folder| is_below(path, folder))
}

/// Is `path` inside `folder`, or the same? Case is folded and 8.3 short names are met where Windows rules apply (a backslash
/// shows it).
pub fn is_below(path: &str, folder: &str) -> bool {
    if folder.is_empty() {
        return false;
    }
    if path.contains('\\') || folder.contains('\\') {
        let (path, folder) = (windows_parts(path), windows_parts(folder));
        path.len() >= folder.len() && path.iter().zip(&folder).all(|(a, b)| same_windows_name(a, b))
    } else {
        // The module's own place may be one file (the copy on the Desktop).
        path.strip_prefix(folder.trim_end_matches('/')).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

fn same_windows_name(a: &str, b: &str) -> bool {
    let (a, b) = (a.to_lowercase(), b.to_lowercase());
    a == b || is_short_name_of(&a, &b) || is_short_name_of(&b, &a)
}

/// `frontd~1` stands for `front desk`: up to six characters, spaces and dots left out, then a number.
fn is_short_name_of(short: &str, long: &str) -> bool {
    let Some((stem, number)) = short.split('.').next().and_then(|name| name.split_once('~')) else { return false };
    let plain: String = long.chars().filter(|c| !matches!(c, ' ' | '.')).collect();
    !stem.is_empty()
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && plain.starts_with(stem)
        && plain.len() > stem.len()
}

#[cfg(test)]
mod tests;
