//! The state machine of freshness in the background: module and helper (SPEC F).
//!
//! Resting -> Checking (metadata) -> Reading (store) -> Fetching (module) -> Reading -> Fetching (helper) -> Resting; a fetched helper
//! takes this one's place when nobody wants anything. Nothing begins while a request is live. A request that needs what is being fetched
//! takes it over; one that does not stops it, and its pieces are kept. Failures are quiet: they only move the next check.

use crate::Core;
use crate::choice;
use crate::effect::{Effect, Notice, Why};
use crate::input::{Beginning, Failure, Holdings, Ticket};
use crate::intent::{Answer, Refusal};
use crate::release::Release;
use crate::request::{LOOK_LIMIT, PACKAGE_LIMIT, REFRESH_LIMIT, Request};
use crate::schedule::{LULL, Schedule};
use crate::time::{Moment, minutes};
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
            return UpkeepStatus {
                state: "off".into(),
                next_in: None,
                failures: 0,
                failure: None,
                successor: None,
                refused: Vec::new(),
            };
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

    /// Nobody wants anything: at rest, or a card that waits to be read.
    pub(crate) const fn is_quiet(&self) -> bool {
        matches!(self.request, Request::Idle { .. } | Request::Stuck { .. }) && self.launching.is_none()
    }

    pub(crate) fn upkeep_began(&mut self, beginning: Beginning, now: Moment) {
        if self.upkeep.is_none() && !self.ending {
            self.upkeep = Some(Upkeep::new(self.setup.me.seed, beginning, now));
        }
    }

    pub(crate) fn check_requested(&mut self, now: Moment, effects: &mut Vec<Effect>) -> Answer {
        let quiet = self.is_quiet();
        match &self.upkeep {
            None => Answer::Refused(Refusal::NotOffered),
            Some(upkeep) if upkeep.stage != Stage::Resting => Answer::Joined,
            Some(_) if !quiet => Answer::Refused(Refusal::NotOffered),
            Some(_) => {
                self.check(now, effects);
                Answer::Accepted
            }
        }
    }

    pub(crate) fn network_changed(&mut self, now: Moment) {
        if let Some(upkeep) = self.upkeep.as_mut().filter(|upkeep| upkeep.stage == Stage::Resting) {
            let sooner = upkeep.schedule.after_network_change(now, upkeep.failed, upkeep.tried);
            upkeep.next = sooner.map_or(upkeep.next, |sooner| sooner.min(upkeep.next));
        }
    }

    /// After every step: begins what is due, and keeps away from a live request.
    pub(crate) fn tend(&mut self, now: Moment, effects: &mut Vec<Effect>) {
        let quiet = self.is_quiet();
        let at_rest = matches!(self.request, Request::Idle { .. }) && !self.window_open;
        let Some(upkeep) = &mut self.upkeep else { return };
        if upkeep.wake_at(quiet).is_some_and(|at| at <= now) && upkeep.stage != Stage::Resting {
            return self.upkeep_overdue(now, effects);
        }
        if upkeep.stage != Stage::Resting {
            return;
        }
        if quiet
            && upkeep.failed.is_some()
            && upkeep.next > now
            && upkeep.told_from.take_if(|from| *from <= now).is_some()
        {
            effects.push(Effect::Notify(Notice::LongWithoutNews));
        }
        if !quiet {
            upkeep.next = upkeep.next.max(now.after(LULL));
        } else if at_rest && upkeep.successor.is_some() && self.in_flight.is_none() {
            upkeep.stage = Stage::Replacing { until: now.after(LOOK_LIMIT) };
            effects.push(Effect::InstallHelper);
        } else if upkeep.next <= now {
            self.check(now, effects);
        }
    }

    /// Begins a check.
    fn check(&mut self, now: Moment, effects: &mut Vec<Effect>) {
        // A refresh that a cancelled request asked for, or a package that is still stopping: that ends first.
        if self.refreshing.is_some() || self.in_flight.is_some() {
            if let Some(upkeep) = &mut self.upkeep {
                upkeep.rest_until(now.after(minutes(5)));
            }
            return;
        }
        let ticket = self.new_ticket();
        self.refreshing = Some(ticket);
        effects.push(Effect::RefreshCatalog(ticket));
        if let Some(upkeep) = &mut self.upkeep {
            upkeep.tried = now;
            upkeep.stage = Stage::Checking { ticket, until: now.after(REFRESH_LIMIT) };
        }
    }

    /// The machine has not answered in time.
    fn upkeep_overdue(&mut self, now: Moment, effects: &mut Vec<Effect>) {
        let Some(upkeep) = &mut self.upkeep else { return };
        let stage = std::mem::replace(&mut upkeep.stage, Stage::Resting);
        upkeep.fail(Failure::ServerFault, now);
        match stage {
            Stage::Checking { ticket, .. } if self.refreshing == Some(ticket) => self.refreshing = None,
            Stage::Fetching { what, ticket, .. } => {
                if what != What::Unwanted {
                    self.cancel_package(effects);
                }
                // An answer may come for as long as the machine works on it.
                if let Some(upkeep) = &mut self.upkeep {
                    let until = now.after(PACKAGE_LIMIT);
                    upkeep.stage = Stage::Fetching { ticket, until, what: What::Unwanted };
                }
            }
            Stage::Resting | Stage::Checking { .. } | Stage::Reading { .. } | Stage::Replacing { .. } => {}
        }
    }

    /// The mirrors answered a question of the background. `taken` when a request took the answer over.
    pub(crate) fn upkeep_catalog_seen(
        &mut self,
        ticket: Ticket,
        failure: Option<Failure>,
        taken: bool,
        now: Moment,
        effects: &mut Vec<Effect>,
    ) {
        let Some(upkeep) = &mut self.upkeep else { return };
        if failure.is_none() {
            upkeep.told_from = Some(now.after(patience(0, None)));
        }
        if failure.is_none() && upkeep.noted_until.is_none_or(|until| until <= now) {
            upkeep.noted_until = Some(now.after(u64::try_from(NOTE_EVERY).unwrap_or(0) * 1_000));
            effects.push(Effect::NoteCheck);
        }
        if !matches!(upkeep.stage, Stage::Checking { ticket: asked, .. } if asked == ticket) {
            return;
        }
        match failure {
            Some(failure) => upkeep.fail(failure, now),
            None if taken => upkeep.go_on_later(now),
            None => self.read_store(false, now, effects),
        }
    }

    fn read_store(&mut self, module_tried: bool, now: Moment, effects: &mut Vec<Effect>) {
        if !self.is_quiet() {
            // A request began meanwhile: the rest is for after it.
            if let Some(upkeep) = &mut self.upkeep {
                upkeep.go_on_later(now);
            }
            return;
        }
        let ticket = self.new_ticket();
        effects.push(Effect::InspectStore(ticket));
        if let Some(upkeep) = &mut self.upkeep {
            upkeep.stage = Stage::Reading { ticket, until: now.after(LOOK_LIMIT), module_tried };
        }
    }

    /// Is this the store that the background asked for?
    pub fn upkeep_reads(&self, ticket: Ticket) -> bool {
        let stage = self.upkeep.as_ref().map(|upkeep| &upkeep.stage);
        matches!(stage, Some(Stage::Reading { ticket: asked, .. }) if *asked == ticket)
    }

    /// The store was read: what is missing for next time?
    pub(crate) fn upkeep_store_seen(&mut self, holdings: &Holdings, now: Moment, effects: &mut Vec<Effect>) {
        let quiet = self.is_quiet() && self.in_flight.is_none();
        let Some(upkeep) = &mut self.upkeep else { return };
        let Stage::Reading { module_tried, .. } = upkeep.stage else { return };
        let current = holdings.placed.first().map(|id| id.0);
        let module = choice::module_to_fetch(&holdings.catalog, &self.setup.me, current).filter(|_| !module_tried);
        let may_replace = upkeep.replaces_itself && upkeep.successor.is_none();
        let helper = choice::helper_to_install(&holdings.catalog, &self.setup.me, &upkeep.refused_helpers)
            .filter(|_| may_replace);
        if !quiet {
            return upkeep.go_on_later(now);
        }
        let (release, what): (Release, What) = match (module, helper) {
            (Some(release), _) => (release.clone(), What::Module),
            (None, Some(release)) => (release.clone(), What::Helper { version: release.custom.version.clone() }),
            (None, None) => return upkeep.succeed(now),
        };
        let ticket = self.new_ticket();
        self.in_flight = Some(ticket);
        effects.push(match what {
            What::Module | What::Unwanted => Effect::PreparePackage(ticket, release, Why::Ahead),
            What::Helper { .. } => Effect::PrepareHelper(ticket, release),
        });
        if let Some(upkeep) = &mut self.upkeep {
            upkeep.stage = Stage::Fetching { ticket, until: now.after(PACKAGE_LIMIT), what };
        }
    }

    /// Bytes arrive.
    pub(crate) fn upkeep_progressed(&mut self, now: Moment) {
        if let Some(Upkeep { stage: Stage::Fetching { until, .. }, .. }) = &mut self.upkeep {
            *until = now.after(PACKAGE_LIMIT);
        }
    }

    /// A package has come to its end, whoever wanted it.
    pub(crate) fn upkeep_package_done(
        &mut self,
        ticket: Ticket,
        result: Result<(), Failure>,
        now: Moment,
        effects: &mut Vec<Effect>,
    ) {
        let Some(upkeep) = &mut self.upkeep else { return };
        let Stage::Fetching { ticket: asked, what, .. } = &upkeep.stage else { return };
        if *asked != ticket {
            return;
        }
        match (what.clone(), result) {
            (What::Unwanted, _) => {
                let next = self.next_after_stop(now);
                if let Some(upkeep) = &mut self.upkeep {
                    upkeep.rest_until(next);
                }
            }
            (What::Module, Ok(())) => self.read_store(true, now, effects),
            (What::Helper { version }, Ok(())) => {
                upkeep.successor = Some(version);
                upkeep.succeed(now);
            }
            (_, Err(failure)) => upkeep.fail(failure, now),
        }
    }

    /// What was stopped for a request goes on a while after it, unless it had failed.
    fn next_after_stop(&self, now: Moment) -> Moment {
        match &self.upkeep {
            Some(upkeep) if upkeep.failures > 0 => upkeep.next,
            Some(upkeep) => upkeep.schedule.soon(now),
            None => now,
        }
    }

    /// A request needs no package: what is fetched for next time stops. Its pieces are kept.
    pub(crate) fn hush_upkeep(&mut self, effects: &mut Vec<Effect>) {
        if let Some(Upkeep { stage: Stage::Fetching { what, .. }, .. }) = &mut self.upkeep
            && *what != What::Unwanted
        {
            *what = What::Unwanted;
            self.cancel_package(effects);
        }
    }

    /// A request needs a package: if a module is being fetched it is that one, and told is its ticket. A helper that is
    /// being fetched stops.
    pub(crate) fn adopt_fetch(&mut self, now: Moment, effects: &mut Vec<Effect>) -> Option<Ticket> {
        let upkeep = self.upkeep.as_mut()?;
        match &upkeep.stage {
            Stage::Fetching { what: What::Module, ticket, .. } => {
                let ticket = *ticket;
                upkeep.go_on_later(now);
                effects.push(Effect::HurryPackage(ticket));
                Some(ticket)
            }
            Stage::Fetching { .. } => {
                self.hush_upkeep(effects);
                None
            }
            _ => None,
        }
    }

    /// The successor stands in this helper's place, or does not.
    pub(crate) fn helper_installed(&mut self, result: Result<(), Failure>, now: Moment, effects: &mut Vec<Effect>) {
        let Some(upkeep) = self.upkeep.as_mut().filter(|upkeep| upkeep.is_replacing()) else { return };
        upkeep.successor = None;
        match result {
            Ok(()) => {
                self.end();
                effects.push(Effect::StartSuccessor);
            }
            Err(failure) => upkeep.fail(failure, now),
        }
    }
}

#[cfg(test)]
mod tests;
