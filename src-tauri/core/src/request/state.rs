//! Where a request can stand, and how long each state may last.

use crate::choice;
use crate::effect::Why;
use crate::input::{Holdings, PlacedId, Progress};
use crate::presence::{Conflict, Presence, ProcessId, RunningModule};
use crate::problem::Problem;
use crate::time::{minutes, seconds};
use std::collections::BTreeSet;

/// A wait longer than this brings the window up (SPEC A2).
pub const PATIENCE: u64 = seconds(1);
/// A look at the processes and the store that takes longer has failed.
pub const LOOK_LIMIT: u64 = seconds(30);
/// A question that nobody answers is withdrawn.
pub const QUESTION_LIMIT: u64 = minutes(30);
/// How long a program may take to end after being asked (TEAMVIEWER.md 12.2).
pub const CLOSE_LIMIT: u64 = seconds(5);
/// Metadata that takes longer has failed, whatever the transport still hopes.
pub const REFRESH_LIMIT: u64 = minutes(2);
/// A package that brings no news for longer has failed.
pub const PACKAGE_LIMIT: u64 = minutes(5);
/// The module's window must be there by then (TEAMVIEWER.md 12.1, rule 6).
pub const START_LIMIT: u64 = seconds(60);
/// Where windows cannot be seen, a module that lives this long has come up.
pub const SETTLE_TIME: u64 = seconds(3);
/// How often a damaged module is replaced in a day before people are asked to look into it (SPEC A5).
pub const REPAIRS_A_DAY: u8 = 2;

/// What the person wants, and what is known of it so far. Lives from the click to rest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Errand {
    /// End a running module first, without asking again.
    pub restart: bool,
    /// Unknown programs that the person said may stay.
    pub tolerated: BTreeSet<ProcessId>,
    /// Modules that failed their check in this errand.
    pub damaged: BTreeSet<PlacedId>,
    /// Modules that a new one must be fetched for, even if they look fine.
    pub distrusted: BTreeSet<PlacedId>,
    /// A package was placed in this errand: failing again is no reason to fetch again.
    pub placed: Option<PlacedId>,
    /// A module through which a supporter was connected before: its case is probably closed by now (SPEC D2).
    pub was_connected: Option<ProcessId>,
    /// The store as last read.
    pub holdings: Holdings,
}

impl Errand {
    /// The first module on this PC that nothing speaks against, as far as is known.
    pub(super) fn usable(&self) -> Option<PlacedId> {
        let spoken_against =
            |id: &PlacedId| self.damaged.contains(id) || self.distrusted.contains(id) || self.is_revoked(*id);
        self.holdings.placed.iter().copied().find(|id| !spoken_against(id))
    }

    pub(super) fn is_revoked(&self, id: PlacedId) -> bool {
        choice::is_revoked(&self.holdings.catalog, id.0)
    }
}

/// Where the request stands.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Request {
    /// At rest.
    Idle {
        /// A module has just ended.
        ended: bool,
    },
    /// Looking at processes and store.
    Looking {
        /// The errand.
        errand: Errand,
        /// What was seen running, once known.
        presence: Option<Presence>,
        /// The store was read.
        store_read: bool,
    },
    /// Full (or an unknown TeamViewer) runs: may it be closed?
    AskingToClose {
        /// The errand.
        errand: Errand,
        /// What would be closed, and is still there.
        conflicts: Vec<Conflict>,
    },
    /// It was asked to close.
    Closing {
        /// The errand.
        errand: Errand,
        /// What is still there.
        left: BTreeSet<ProcessId>,
        /// How far it has come.
        push: Push,
    },
    /// A module runs already: go on with it, or start afresh?
    AlreadyRunning {
        /// The errand.
        errand: Errand,
        /// The modules; the first owns the window.
        modules: Vec<RunningModule>,
        /// Why starting afresh is the default, if it is.
        stale: bool,
    },
    /// The old module is being ended.
    Ending {
        /// The errand.
        errand: Errand,
        /// What is still there.
        left: BTreeSet<ProcessId>,
        /// How far it has come.
        push: Push,
    },
    /// Being fetched, checked, placed.
    Preparing {
        /// The errand.
        errand: Errand,
        /// Why.
        why: Why,
        /// Where it stands.
        phase: Phase,
    },
    /// Started; its window is awaited.
    Starting {
        /// The errand.
        errand: Errand,
        /// What is started.
        id: PlacedId,
        /// The process, once there is one.
        process: Option<ProcessId>,
        /// Windows can be seen here.
        windows_visible: bool,
    },
    /// The module runs.
    Running {
        /// Its process.
        process: ProcessId,
        /// Somebody was seen connected through it.
        was_connected: bool,
    },
    /// It does not run, for this reason.
    Stuck {
        /// The errand, for trying again.
        errand: Errand,
        /// The reason.
        problem: Problem,
        /// Bytes that are missing, for a full disk; else 0.
        needed: u64,
        /// The copy was shown: say how to start it by hand.
        copy_shown: bool,
    },
}

/// How hard a program is being asked to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Push {
    /// Asked gently.
    Gently,
    /// It stayed; the person is shown how to end it, and may consent to force.
    Guided,
    /// Forced.
    Forced,
}

/// Where preparing stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Asking the mirrors.
    Refreshing,
    /// A package that nobody wants any more is still stopping; then this one begins.
    Waiting,
    /// A package is under way.
    Package(Option<Progress>),
}

impl Request {
    /// Its name in the journal.
    pub const fn name(&self) -> &'static str {
        match self {
            Request::Idle { .. } => "idle",
            Request::Looking { .. } => "looking",
            Request::AskingToClose { .. } => "asking-to-close",
            Request::Closing { .. } => "closing",
            Request::AlreadyRunning { .. } => "already-running",
            Request::Ending { .. } => "ending",
            Request::Preparing { .. } => "preparing",
            Request::Starting { .. } => "starting",
            Request::Running { .. } => "running",
            Request::Stuck { .. } => "stuck",
        }
    }

    /// Is something under way that a second click joins?
    pub const fn is_busy(&self) -> bool {
        !matches!(self, Request::Idle { .. } | Request::Running { .. } | Request::Stuck { .. })
    }

    /// What the person wants, where that is still known.
    pub(super) fn errand_mut(&mut self) -> Option<&mut Errand> {
        match self {
            Request::Looking { errand, .. }
            | Request::AskingToClose { errand, .. }
            | Request::Closing { errand, .. }
            | Request::AlreadyRunning { errand, .. }
            | Request::Ending { errand, .. }
            | Request::Preparing { errand, .. }
            | Request::Starting { errand, .. }
            | Request::Stuck { errand, .. } => Some(errand),
            Request::Idle { .. } | Request::Running { .. } => None,
        }
    }
}
