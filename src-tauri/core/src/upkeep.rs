//! The state machine of freshness in the background: module and helper (SPEC F).
//!
//! Resting -> Checking (metadata) -> Reading (store) -> Fetching (module) -> Reading -> Fetching (helper) -> Resting; a fetched helper
//! takes this one's place when nobody wants anything. Nothing begins while a request is live. A request that needs what is being fetched
//! takes it over; one that does not stops it, and its pieces are kept. Failures are quiet: they only move the next check.

mod checking;
mod fetching;

use crate::Core;
use crate::input::{Beginning, Failure, Ticket};
use crate::schedule::{LULL, Schedule};
use crate::time::Moment;
use serde::{Deserialize, Serialize};

/// The note of the last check is renewed at most so often, in seconds: nothing is written when nothing is new.
const NOTE_EVERY: i64 = 24 * 60 * 60;

/// Without an answer of the mirrors for so long, in seconds, somebody has to be told (TRUST.md 6.3, row 24).
const TOO_LONG: i64 = 14 * 24 * 60 * 60;

/// Everything that the background work knows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Upkeep {
    schedule: Schedule,
    stage: Stage,
    /// When the next check begins, if nothing is under way.
    next: Moment,
    /// When the last one began.
    tried: Moment,
    failures: u8,
    failed: Option<Failure>,
    replaces_itself: bool,
    refused_helpers: Vec<String>,
    /// A helper that is ready to take this one's place.
    successor: Option<String>,
    /// The note of the last check is fresh until then.
    noted_until: Option<Moment>,
    /// From then on a failure is told; `None` once it was told.
    told_from: Option<Moment>,
}

/// What is under way.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Stage {
    Resting,
    /// The mirrors are asked.
    Checking {
        ticket: Ticket,
        until: Moment,
    },
    /// The store is read. `module_tried`: in this check a module was fetched already.
    Reading {
        ticket: Ticket,
        until: Moment,
        module_tried: bool,
    },
    /// A package is fetched.
    Fetching {
        ticket: Ticket,
        until: Moment,
        what: What,
    },
    /// The successor is being put in place; until that is answered nothing else happens.
    Replacing {
        until: Moment,
    },
}

/// What is fetched.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum What {
    Module,
    Helper {
        version: String,
    },
    /// Nobody wants it any more; it is stopping.
    Unwanted,
}

/// How the background work stands, for inventories and the supporter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpkeepStatus {
    /// `off`, `resting`, `checking`, `reading`, `fetching-module`, `fetching-helper`, `stopping`, `replacing`.
    pub state: String,
    /// Milliseconds to the next check, when resting.
    pub next_in: Option<u64>,
    /// Failures in a row.
    pub failures: u8,
    /// The last one, if the last check failed.
    pub failure: Option<Failure>,
    /// A version of the helper that waits for a quiet moment.
    pub successor: Option<String>,
    /// Versions of the helper that failed on this PC.
    pub refused: Vec<String>,
}

impl Upkeep {
    fn new(seed: [u8; 16], beginning: Beginning, now: Moment) -> Self {
        let Beginning { wall, last_check, every_hours, replaces_itself, refused_helpers } = beginning;
        let schedule = Schedule::new(seed, every_hours, wall, now);
        // Of a note from a clock that was ahead nothing is believed.
        let age = last_check.map(|last| wall.saturating_sub(last)).filter(|age| (0..NOTE_EVERY).contains(age));
        let fresh_for = age.and_then(|age| u64::try_from(NOTE_EVERY - age).ok());
        Self {
            next: schedule.first(now, wall, last_check),
            schedule,
            stage: Stage::Resting,
            tried: Moment(0),
            failures: 0,
            failed: None,
            replaces_itself,
            refused_helpers,
            successor: None,
            noted_until: fresh_for.map(|seconds| now.after(seconds * 1_000)),
            // A PC that was never served begins to count now.
            told_from: Some(now.after(patience(wall, last_check))),
        }
    }

    /// When something has to happen by itself, given that nobody wants anything (`quiet`).
    pub(crate) fn wake_at(&self, quiet: bool) -> Option<Moment> {
        match &self.stage {
            Stage::Resting => quiet.then_some(self.next),
            Stage::Checking { until, .. }
            | Stage::Reading { until, .. }
            | Stage::Fetching { until, .. }
            | Stage::Replacing { until } => Some(*until),
        }
    }

    /// Is the successor being put in place?
    pub(crate) const fn is_replacing(&self) -> bool {
        matches!(self.stage, Stage::Replacing { .. })
    }

    fn rest_until(&mut self, next: Moment) {
        self.stage = Stage::Resting;
        self.next = next;
    }

    /// The mirrors have answered, and all that follows from it is done or not needed.
    fn succeed(&mut self, now: Moment) {
        (self.failures, self.failed) = (0, None);
        self.rest_until(self.schedule.turn_after(now));
    }

    /// A request came between: what is left of this check follows soon after it.
    fn go_on_later(&mut self, now: Moment) {
        (self.failures, self.failed) = (0, None);
        self.rest_until(self.schedule.soon(now));
    }

    fn fail(&mut self, failure: Failure, now: Moment) {
        self.failures = self.failures.saturating_add(1);
        self.failed = Some(failure);
        self.rest_until(self.schedule.after_failure(now, failure, self.failures));
    }

    /// The same with times and tickets counted from others; see [`Core::canonical`]. Of the plan only stays whether a check is due,
    /// now or later: when exactly decides nothing, and would tell apart what behaves alike.
    pub(crate) fn canonical(&self, now: Moment, from_base: impl Fn(Ticket) -> Ticket) -> Self {
        let from_now = |moment: Moment| Moment(moment.0.saturating_sub(now.0));
        let stage = match self.stage.clone() {
            Stage::Resting => Stage::Resting,
            Stage::Checking { ticket, until } => Stage::Checking { ticket: from_base(ticket), until: from_now(until) },
            Stage::Reading { ticket, until, module_tried } => {
                Stage::Reading { ticket: from_base(ticket), until: from_now(until), module_tried }
            }
            Stage::Fetching { ticket, until, what } => {
                Stage::Fetching { ticket: from_base(ticket), until: from_now(until), what }
            }
            Stage::Replacing { until } => Stage::Replacing { until: from_now(until) },
        };
        Self {
            schedule: self.schedule.canonical(),
            stage,
            next: from_now(self.next).min(Moment(LULL)),
            tried: Moment(0),
            failures: self.failures.min(1),
            noted_until: self.noted_until.filter(|until| *until > now).map(|_| Moment(u64::MAX)),
            told_from: self.told_from.map(|from| if from > now { Moment(u64::MAX) } else { Moment(0) }),
            ..self.clone()
        }
    }
}

/// How long a PC may still be without an answer before somebody is told, in milliseconds.
fn patience(wall: i64, last_check: Option<i64>) -> u64 {
    // A note from a clock that was ahead is no news of today.
    let since = last_check.map_or(0, |last| wall.saturating_sub(last).clamp(0, TOO_LONG));
    u64::try_from(TOO_LONG - since).unwrap_or(0) * 1_000
}

impl Core {
    /// How the background work stands at `now`.
    pub fn upkeep_status(&self, now: Moment) -> UpkeepStatus {
        let Some(upkeep) = &self.upkeep else {
            return UpkeepStatus { state: "off".into(), ..UpkeepStatus::default() };
        };
        let state = match &upkeep.stage {
            Stage::Resting => "resting",
            Stage::Checking { .. } => "checking",
            Stage::Reading { .. } => "reading",
            Stage::Fetching { what: What::Module, .. } => "fetching-module",
            Stage::Fetching { what: What::Helper { .. }, .. } => "fetching-helper",
            Stage::Fetching { what: What::Unwanted, .. } => "stopping",
            Stage::Replacing { .. } => "replacing",
        };
        let resting = upkeep.stage == Stage::Resting;
        UpkeepStatus {
            state: state.into(),
            next_in: resting.then(|| upkeep.next.0.saturating_sub(now.0)),
            failures: upkeep.failures,
            failure: upkeep.failed,
            successor: upkeep.successor.clone(),
            refused: upkeep.refused_helpers.clone(),
        }
    }
}

#[cfg(test)]
mod tests;
