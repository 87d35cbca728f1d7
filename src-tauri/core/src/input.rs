//! What can happen: past facts, as the machine and the faces tell them.

use crate::diagnostics::Document;
use crate::doctor::Report;
use crate::intent::Intent;
use crate::presence::{ProcessId, Scan};
use crate::release::{Digest, Release};
use crate::settings::Settings;
use crate::view::Field;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Names one piece of asked-for work. An answer with an old ticket is of no interest any more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Ticket(pub u32);

/// A module on this PC, named by the digest of its unpacked tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PlacedId(pub Digest);

/// What the store says it holds. Nothing here is proven yet: a start proves it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Holdings {
    /// Modules on this PC, the one that the pointer names first, then the previous one.
    pub placed: Vec<PlacedId>,
    /// The last catalog whose signatures held; empty before the first.
    pub catalog: Vec<Release>,
    /// How often a damaged module was replaced in the last 24 hours.
    pub repairs_last_day: u8,
}

/// Why bytes could not be had. The class decides what is said and whether it is worth trying again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Failure {
    /// No network at all.
    Offline,
    /// No mirror answered.
    Unreachable,
    /// HTML where data was expected: a sign-in page.
    SignInPage,
    /// HTTP 407.
    ProxySignIn,
    /// HTTP 403, 451.
    Blocked,
    /// The TLS certificate was not accepted.
    TlsRefused,
    /// HTTP 5xx, 429, or nonsense.
    ServerFault,
    /// HTTP 429 or 503 with the wish to come back after so many seconds, at most a day.
    Busy(u32),
    /// The mirror has not got it.
    NotFound,
    /// A signature, version, length or hash did not hold.
    Untrusted,
    /// The mirror's signed word has expired.
    Expired,
    /// The mirror's signed word has expired because this PC's clock is far from the mirrors'.
    WrongClock,
    /// This build has no trust root.
    NoRoot,
    /// Not enough room; how many bytes are needed, 0 when not known.
    DiskFull(u64),
    /// The helper's folder cannot be written.
    NotWritable,
    /// The file vanished or was locked after it was written.
    Vanished,
    /// It was cancelled as asked.
    Cancelled,
}

/// Why a module could not be started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LaunchFailure {
    /// What is on disk is not what was signed, or is gone.
    Damaged,
    /// The system refuses to start it.
    Forbidden,
    /// It vanished between the check and the start.
    Vanished,
    /// Anything else that the system said.
    System,
}

/// What the start of a module brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Launched {
    /// The process that was started.
    pub process: ProcessId,
    /// Can windows be seen here at all? Without, a process that lives on for a while counts.
    pub windows_visible: bool,
}

/// Where the module's copy lies for people (SPEC A8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CopyPlace {
    /// On the Desktop.
    Desktop,
    /// In the folder for downloads, because the Desktop cannot be written.
    Downloads,
}

/// Why a process could not be asked or made to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CloseFailure {
    /// The system forbids it.
    NotPermitted,
    /// It is not the process any more that was looked at.
    Changed,
}

/// Which part of preparing a package is at work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Bytes arrive.
    Fetching,
    /// Hashes, unpacking, placing.
    Checking,
}

/// How far a package is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// Bytes that are here.
    pub done: u64,
    /// Bytes in all.
    pub total: u64,
    /// Bytes a second over the last seconds; 0 when not known yet.
    pub rate: u64,
}

/// What is known when the background work begins.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Beginning {
    /// The wall clock in seconds since 1970.
    pub wall: i64,
    /// When a check last succeeded, on that clock; `None` before the first.
    pub last_check: Option<i64>,
    /// About how many hours lie between two checks, 1 to 168.
    pub every_hours: u8,
    /// This installation may replace itself; otherwise somebody else's tool does (SPEC F4).
    pub replaces_itself: bool,
    /// Versions of the helper that failed on this PC.
    pub refused_helpers: Vec<String>,
}

/// Could support begin now?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rehearsal {
    /// The module is there and proven.
    Ready,
    /// There is none.
    Missing,
    /// There is one that is not what was signed.
    Damaged,
}

/// A fact from the world.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Input {
    /// A face speaks.
    Asked(Intent),
    /// The moment that `wake_at` named has come, or a clock jumped.
    Woke,
    /// The look at the processes is done; `None` when they cannot be listed.
    TeamViewerSeen(Ticket, Option<Scan>),
    /// The store was read.
    StoreSeen(Ticket, Holdings),
    /// Signed metadata was refreshed.
    CatalogSeen(Ticket, Result<Vec<Release>, Failure>),
    /// A package came further.
    PackageProgress(Ticket, Progress),
    /// A package is placed, or is not.
    PackageDone(Ticket, Result<PlacedId, Failure>),
    /// The module was started, or was not.
    ModuleLaunched(Ticket, Result<Launched, LaunchFailure>),
    /// A window of the started module is visible; it belongs to this process, which need not be the started one.
    ModuleWindowSeen(Ticket, ProcessId),
    /// The module's copy lies there; `None` when it could be put nowhere.
    CopyPlaced(Option<CopyPlace>),
    /// A watched process is gone.
    ProcessGone(ProcessId),
    /// A process could not be closed.
    CloseFailed(ProcessId, CloseFailure),
    /// The helper is up and may work in the background from now on.
    Began(Beginning),
    /// Another network, or one again.
    NetworkChanged,
    /// The next version of the helper is fetched and verified, ready to take this one's place; or it is not.
    HelperPrepared(Ticket, Result<(), Failure>),
    /// The next version of the helper has taken this one's place on disk, or has not.
    HelperInstalled(Result<(), Failure>),
    /// This is how the helper is set, from now on.
    Settled(Arc<Settings>),
    /// This field could not be changed: the value names nothing, or the system refuses.
    NotKept(Field, NotKept),
    /// The placed module was proven, or was not.
    Rehearsed(Ticket, Rehearsal),
    /// The network was examined; `None` when that was not possible.
    Examined(Ticket, Option<Arc<Report>>),
    /// This is all that a diagnosis holds.
    DiagnosticsCollected(Ticket, Arc<Vec<Document>>),
    /// It lies in this file; `None` when it could be written nowhere.
    DiagnosticsSaved(Ticket, Option<String>),
}

/// Why a value is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NotKept {
    /// It names nothing of its kind.
    Unfit,
    /// The system does not let it be written.
    Refused,
}
