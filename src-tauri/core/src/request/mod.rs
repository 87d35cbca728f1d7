//! The state machine of ONE request for support.
//!
//! Idle -> Looking -> (AskingToClose -> Closing)* -> (AlreadyRunning -> Ending)? -> (Preparing)? -> Starting -> Running.
//! From everywhere: Stuck with one problem, or back to Idle when the person cancels. Holds over every input sequence
//! (tests/model): no launch of what the store did not name; no launch while Full was last seen; never two packages in
//! flight; nothing is closed without consent in this request; every state ends by itself when the world stops answering.

mod closing;
mod preparing;
mod starting;

mod state;

pub use state::*;

use crate::Core;
use crate::effect::{Effect, Notice, Pane, Why};
use crate::input::{Holdings, Input};
use crate::intent::{Answer, Wish};
use crate::presence::{self, Closable, Conflict, Kind, ProcessId, RunningModule};
use crate::problem::Problem;
use crate::release::System;
use crate::time::Moment;
use std::collections::BTreeSet;

impl Core {
    /// What the present card offers, the main thing first.
    pub fn offers(&self) -> Vec<Wish> {
        match &self.request {
            Request::Idle { .. } => vec![Wish::Request, Wish::Restart],
            Request::Looking { .. } | Request::Preparing { .. } | Request::Starting { .. } => vec![Wish::Cancel],
            Request::AskingToClose { conflicts, .. } => {
                let closable = conflicts.iter().all(|conflict| conflict.closable == Closable::Yes);
                let unknown = conflicts.iter().all(|conflict| conflict.kind == Kind::Unknown);
                let close = closable.then_some(Wish::CloseAndContinue);
                let leave = unknown.then_some(Wish::LeaveRunning);
                close.into_iter().chain(leave).chain([Wish::Cancel]).collect()
            }
            Request::Closing { push: Push::Guided, .. } => vec![Wish::ForceClose, Wish::Cancel],
            Request::Closing { .. } | Request::Ending { .. } => vec![Wish::Cancel],
            Request::AlreadyRunning { stale: true, .. } => vec![Wish::StartAfresh, Wish::GoOn],
            Request::AlreadyRunning { stale: false, .. } => vec![Wish::GoOn, Wish::StartAfresh],
            Request::Running { .. } if self.setup.me.system == System::Macos => {
                vec![Wish::Restart, Wish::OpenScreenRecording, Wish::OpenAccessibility]
            }
            Request::Running { .. } => vec![Wish::Restart],
            Request::Stuck { problem, .. } => problem.offers().to_vec(),
        }
    }

    pub(crate) fn support_requested(&mut self, now: Moment, effects: &mut Vec<Effect>) -> Answer {
        self.code_note = None;
        if self.request.is_busy() {
            effects.push(Effect::PresentWindow);
            return Answer::Joined;
        }
        let was_connected = match self.request {
            Request::Running { process, was_connected: true } => Some(process),
            _ => None,
        };
        self.begin(Errand { was_connected, ..Errand::default() }, now, effects);
        Answer::Accepted
    }

    pub(crate) fn restart_requested(&mut self, now: Moment, effects: &mut Vec<Effect>) -> Answer {
        self.code_note = None;
        if let Request::AlreadyRunning { .. } = self.request {
            self.wish_granted(Wish::StartAfresh, now, effects);
            return Answer::Accepted;
        }
        if self.request.is_busy() {
            effects.push(Effect::PresentWindow);
            return Answer::Joined;
        }
        self.begin(Errand { restart: true, ..Errand::default() }, now, effects);
        Answer::Accepted
    }

    /// Carries out a wish that the present card offers.
    pub(crate) fn wish_granted(&mut self, wish: Wish, now: Moment, effects: &mut Vec<Effect>) {
        let request = std::mem::replace(&mut self.request, Request::Idle { ended: false });
        match (wish, request) {
            (Wish::CloseAndContinue, Request::AskingToClose { errand, conflicts }) => {
                self.close(errand, &conflicts, now, effects);
            }
            (Wish::LeaveRunning, Request::AskingToClose { mut errand, conflicts }) => {
                errand.tolerated.extend(conflicts.iter().map(|conflict| conflict.id));
                self.look(errand, now, effects);
            }
            (Wish::ForceClose, Request::Closing { errand, left, .. }) => self.force(errand, left, now, effects),
            (Wish::GoOn, Request::AlreadyRunning { modules, .. }) => self.go_on(&modules, effects),
            (Wish::StartAfresh, Request::AlreadyRunning { errand, modules, .. }) => {
                self.end_modules(errand, &modules, now, effects);
            }
            (Wish::TryAgain, Request::Stuck { errand, problem, .. }) => {
                // A module that came up without a window is in the way of its own next try.
                let restart = errand.restart || problem == Problem::DidNotStart;
                let Errand { tolerated, distrusted, .. } = errand;
                self.begin(Errand { restart, tolerated, distrusted, ..Errand::default() }, now, effects);
            }
            (Wish::FetchFresh, Request::Stuck { errand, .. }) => {
                let mut distrusted = errand.distrusted;
                distrusted.extend(errand.holdings.placed.iter().copied());
                let again = Errand { restart: true, tolerated: errand.tolerated, distrusted, ..Errand::default() };
                self.begin(again, now, effects);
            }
            (Wish::ShowCopy, Request::Stuck { errand, problem, needed, .. }) => {
                effects.push(Effect::ShowCopy);
                self.request = Request::Stuck { errand, problem, needed, copy_shown: true };
            }
            (Wish::OpenScreenRecording, running @ Request::Running { .. }) => {
                effects.push(Effect::OpenPane(Pane::ScreenRecording));
                self.request = running;
            }
            (Wish::OpenAccessibility, running @ Request::Running { .. }) => {
                effects.push(Effect::OpenPane(Pane::Accessibility));
                self.request = running;
            }
            (Wish::OpenOrigin, stuck @ Request::Stuck { .. }) => {
                effects.push(Effect::OpenOrigin);
                self.request = stuck;
            }
            (Wish::Cancel, _) => {
                self.cancel_package(effects);
                self.rest(false);
            }
            // `offers` names nothing else; a wish that does not fit its state changes nothing.
            (_, request) => self.request = request,
        }
    }

    pub(crate) fn woke(&mut self, now: Moment, effects: &mut Vec<Effect>) {
        if self.patience.is_some_and(|patience| patience <= now) {
            self.patience = None;
            effects.push(Effect::PresentWindow);
        }
        if self.deadline.is_some_and(|deadline| deadline <= now) {
            self.deadline = None;
            self.overdue(now, effects);
        }
    }

    /// The present state has waited long enough.
    fn overdue(&mut self, now: Moment, effects: &mut Vec<Effect>) {
        let request = std::mem::replace(&mut self.request, Request::Idle { ended: false });
        match request {
            Request::Idle { ended } => self.request = Request::Idle { ended },
            Request::Looking { errand, .. } => self.stuck(errand, Problem::CannotLook, effects),
            // Nobody answered: the question is withdrawn, nothing was closed.
            Request::AskingToClose { .. } => self.rest(false),
            Request::Closing { errand, left, push } => self.close_overdue(errand, left, push, now, effects),
            Request::AlreadyRunning { modules, .. } => self.keep_running(&modules),
            Request::Ending { errand, left, push } => self.end_overdue(errand, left, push, now, effects),
            Request::Preparing { errand, phase, .. } => {
                if phase == Phase::Refreshing {
                    self.refreshing = None;
                }
                self.cancel_package(effects);
                self.stuck(errand, Problem::ServerFault, effects);
            }
            Request::Starting { errand, process, windows_visible, .. } => {
                self.start_overdue(errand, process, windows_visible, effects);
            }
            resting @ (Request::Running { .. } | Request::Stuck { .. }) => self.request = resting,
        }
    }

    /// Takes a fact from the machine.
    pub(crate) fn learned(&mut self, fact: Input, now: Moment, effects: &mut Vec<Effect>) {
        match fact {
            Input::TeamViewerSeen(ticket, scan) if ticket == self.ticket => self.team_viewer_seen(scan, now, effects),
            Input::StoreSeen(ticket, holdings) if self.upkeep_reads(ticket) => {
                self.upkeep_store_seen(&holdings, now, effects);
            }
            Input::StoreSeen(ticket, holdings) if ticket == self.ticket => self.store_seen(holdings, now, effects),
            Input::CatalogSeen(ticket, result) if Some(ticket) == self.refreshing => {
                self.refreshing = None;
                let failure = result.as_ref().err().copied();
                let taken = self.catalog_seen(result, now, effects);
                self.upkeep_catalog_seen(ticket, failure, taken, now, effects);
            }
            Input::PackageProgress(ticket, progress) if Some(ticket) == self.in_flight => {
                self.package_progressed(progress, now);
                self.upkeep_progressed(now);
            }
            Input::PackageDone(ticket, result) if Some(ticket) == self.in_flight => {
                self.in_flight = None;
                self.package_done(result, now, effects);
                self.upkeep_package_done(ticket, result.map(drop), now, effects);
            }
            Input::HelperPrepared(ticket, result) if Some(ticket) == self.in_flight => {
                self.in_flight = None;
                self.stopped_for_request(now, effects);
                self.upkeep_package_done(ticket, result, now, effects);
            }
            Input::HelperInstalled(result) => self.helper_installed(result, now, effects),
            Input::Began(beginning) => self.upkeep_began(beginning, now),
            Input::NetworkChanged => self.network_changed(now),
            Input::ModuleLaunched(ticket, result) if Some(ticket) == self.launching => {
                self.launching = None;
                if ticket == self.ticket {
                    self.module_launched(result, now, effects);
                } else {
                    self.unwanted_launch_ended(now, effects);
                }
            }
            Input::ModuleWindowSeen(ticket, owner) if ticket == self.ticket => self.window_seen(owner, effects),
            Input::CopyPlaced(place) => self.copy = place,
            Input::ProcessGone(process) => self.process_gone(process, now, effects),
            Input::CloseFailed(process, failure) => self.close_failed(process, failure, now, effects),
            // Old tickets: the answer to a question that nobody asks any more.
            Input::Asked(_)
            | Input::Woke
            | Input::TeamViewerSeen(..)
            | Input::StoreSeen(..)
            | Input::CatalogSeen(..)
            | Input::PackageProgress(..)
            | Input::PackageDone(..)
            | Input::HelperPrepared(..)
            | Input::ModuleLaunched(..)
            | Input::ModuleWindowSeen(..) => {}
            // Of the pages, which take them themselves.
            Input::Settled(_)
            | Input::NotKept(..)
            | Input::Rehearsed(..)
            | Input::Examined(..)
            | Input::DiagnosticsCollected(..)
            | Input::DiagnosticsSaved(..) => {}
        }
    }

    /// The beginning of a request.
    fn begin(&mut self, errand: Errand, now: Moment, effects: &mut Vec<Effect>) {
        self.take_page_away();
        self.patience = Some(now.after(PATIENCE));
        self.look(errand, now, effects);
    }

    /// Looks at the PC: at the beginning, and again after anything that took time.
    pub(crate) fn look(&mut self, errand: Errand, now: Moment, effects: &mut Vec<Effect>) {
        let ticket = self.new_ticket();
        effects.push(Effect::LookForTeamViewer(ticket));
        effects.push(Effect::InspectStore(ticket));
        self.become_busy(Request::Looking { errand, presence: None, store_read: false }, LOOK_LIMIT, now);
    }

    fn team_viewer_seen(&mut self, scan: Option<presence::Scan>, now: Moment, effects: &mut Vec<Effect>) {
        let seen = scan.as_ref().map(presence::judge);
        match (&mut self.request, seen) {
            (Request::Looking { presence, .. }, Some(seen)) => {
                *presence = Some(seen);
                self.decide_when_all_is_known(now, effects);
            }
            (Request::Looking { errand, .. }, None) => {
                let errand = std::mem::take(errand);
                self.stuck(errand, Problem::CannotLook, effects);
            }
            (Request::Starting { .. }, seen) => self.looked_for_successor(seen.unwrap_or_default(), effects),
            _ => {}
        }
    }

    fn store_seen(&mut self, holdings: Holdings, now: Moment, effects: &mut Vec<Effect>) {
        let Request::Looking { errand, store_read, .. } = &mut self.request else { return };
        errand.holdings = holdings;
        *store_read = true;
        if errand.usable().is_some() {
            self.hush_upkeep(effects);
        }
        self.decide_when_all_is_known(now, effects);
    }

    fn decide_when_all_is_known(&mut self, now: Moment, effects: &mut Vec<Effect>) {
        let Request::Looking { errand, presence: Some(presence), store_read: true } = &mut self.request else { return };
        let (errand, presence) = (std::mem::take(errand), std::mem::take(presence));
        let (full, unknown): (Vec<Conflict>, Vec<Conflict>) =
            presence.conflicts.into_iter().partition(|conflict| conflict.kind == Kind::Full);
        match full.iter().map(|conflict| conflict.closable).find(|closable| *closable != Closable::Yes) {
            Some(Closable::OtherUser) => return self.stuck(errand, Problem::OtherUsers, effects),
            Some(_) => return self.stuck(errand, Problem::Administrators, effects),
            None => {}
        }
        if !full.is_empty() {
            return self.ask_to_close(errand, full, now, effects);
        }
        let unknown: Vec<Conflict> =
            unknown.into_iter().filter(|conflict| !errand.tolerated.contains(&conflict.id)).collect();
        if !unknown.is_empty() {
            return self.ask_to_close(errand, unknown, now, effects);
        }
        if !presence.modules.is_empty() {
            return if errand.restart {
                self.end_modules(errand, &presence.modules, now, effects)
            } else {
                self.found_running(errand, presence.modules, now, effects)
            };
        }
        self.start_or_prepare(errand, now, effects);
    }

    /// Nothing is in the way: start what is held, or fetch.
    pub(crate) fn start_or_prepare(&mut self, errand: Errand, now: Moment, effects: &mut Vec<Effect>) {
        let why = if !errand.damaged.is_empty() {
            Why::Repair
        } else if !errand.distrusted.is_empty() {
            Why::Fresh
        } else if errand.holdings.placed.iter().any(|id| errand.is_revoked(*id)) {
            Why::Revoked
        } else {
            Why::Missing
        };
        match errand.usable() {
            Some(id) => self.launch(errand, id, now, effects),
            None => self.prepare(errand, why, now, effects),
        }
    }

    fn found_running(&mut self, errand: Errand, modules: Vec<RunningModule>, now: Moment, effects: &mut Vec<Effect>) {
        let connected = modules.iter().any(|module| module.connected);
        let over = modules.iter().any(|module| module.old || errand.was_connected == Some(module.id));
        effects.extend(modules.iter().map(|module| Effect::Watch(module.id)));
        effects.push(Effect::PresentWindow);
        let request = Request::AlreadyRunning { errand, modules, stale: over && !connected };
        self.become_waiting(request, QUESTION_LIMIT, now);
    }

    fn go_on(&mut self, modules: &[RunningModule], effects: &mut Vec<Effect>) {
        if let Some(module) = modules.first() {
            effects.push(Effect::RaiseModule(module.id));
        }
        self.keep_running(modules);
    }

    fn keep_running(&mut self, modules: &[RunningModule]) {
        match modules.first() {
            Some(module) => self.run(module.id, modules.iter().any(|module| module.connected)),
            None => self.rest(false),
        }
    }

    /// A watched process is gone.
    fn process_gone(&mut self, process: ProcessId, now: Moment, effects: &mut Vec<Effect>) {
        let request = std::mem::replace(&mut self.request, Request::Idle { ended: false });
        match request {
            Request::AskingToClose { errand, mut conflicts } => {
                conflicts.retain(|conflict| conflict.id != process);
                if conflicts.is_empty() {
                    self.look(errand, now, effects);
                } else {
                    self.request = Request::AskingToClose { errand, conflicts };
                }
            }
            Request::Closing { errand, left, push } => {
                let left = without(left, process);
                if left.is_empty() {
                    self.look(errand, now, effects);
                } else {
                    self.request = Request::Closing { errand, left, push };
                }
            }
            Request::Ending { errand, left, push } => {
                let left = without(left, process);
                if left.is_empty() {
                    self.look(errand, now, effects);
                } else {
                    self.request = Request::Ending { errand, left, push };
                }
            }
            Request::AlreadyRunning { errand, mut modules, stale } => {
                modules.retain(|module| module.id != process);
                if modules.is_empty() {
                    self.look(errand, now, effects);
                } else {
                    self.request = Request::AlreadyRunning { errand, modules, stale };
                }
            }
            starting @ Request::Starting { .. } => {
                self.request = starting;
                self.started_process_gone(process, effects);
            }
            Request::Running { process: running, .. } if running == process => {
                self.rest(true);
                effects.push(Effect::Notify(Notice::SupportEnded));
            }
            other => self.request = other,
        }
    }

    pub(crate) fn rest(&mut self, ended: bool) {
        self.new_ticket();
        self.request = Request::Idle { ended };
        self.deadline = None;
        self.patience = None;
    }

    pub(crate) fn run(&mut self, process: ProcessId, was_connected: bool) {
        self.new_ticket();
        self.request = Request::Running { process, was_connected };
        self.deadline = None;
        self.patience = None;
    }

    pub(crate) fn stuck(&mut self, errand: Errand, problem: Problem, effects: &mut Vec<Effect>) {
        self.stuck_needing(errand, problem, 0, effects);
    }

    pub(crate) fn stuck_needing(&mut self, errand: Errand, problem: Problem, needed: u64, effects: &mut Vec<Effect>) {
        self.new_ticket();
        self.request = Request::Stuck { errand, problem, needed, copy_shown: false };
        self.deadline = None;
        self.patience = None;
        effects.push(Effect::PresentWindow);
    }

    /// A state in which the PC works and the person waits.
    pub(crate) fn become_busy(&mut self, request: Request, limit: u64, now: Moment) {
        self.request = request;
        self.deadline = Some(now.after(limit));
    }

    /// A state in which the PC waits for the person, whose window is up.
    pub(crate) fn become_waiting(&mut self, request: Request, limit: u64, now: Moment) {
        self.patience = None;
        self.request = request;
        self.deadline = Some(now.after(limit));
    }
}

fn without(mut set: BTreeSet<ProcessId>, gone: ProcessId) -> BTreeSet<ProcessId> {
    set.remove(&gone);
    set
}
