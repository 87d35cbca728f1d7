//! Closing what excludes the module, and ending the module itself: gently, watched, by force only on consent.

use super::{CLOSE_LIMIT, Errand, Push, QUESTION_LIMIT, Request};
use crate::Core;
use crate::effect::Effect;
use crate::input::CloseFailure;
use crate::presence::{Conflict, ProcessId, RunningModule};
use crate::problem::Problem;
use crate::time::Moment;
use std::collections::BTreeSet;

impl Core {
    /// Asks before anything is closed (SPEC B1); goes on by itself when the person closes it.
    pub(super) fn ask_to_close(
        &mut self,
        errand: Errand,
        conflicts: Vec<Conflict>,
        now: Moment,
        effects: &mut Vec<Effect>,
    ) {
        effects.extend(conflicts.iter().map(|conflict| Effect::Watch(conflict.id)));
        effects.push(Effect::PresentWindow);
        self.become_waiting(Request::AskingToClose { errand, conflicts }, QUESTION_LIMIT, now);
    }

    /// First consent: ask them to quit (SPEC B2).
    pub(super) fn close(&mut self, errand: Errand, conflicts: &[Conflict], now: Moment, effects: &mut Vec<Effect>) {
        let left: BTreeSet<ProcessId> = conflicts.iter().map(|conflict| conflict.id).collect();
        effects.extend(left.iter().copied().map(Effect::CloseGently));
        self.become_busy(Request::Closing { errand, left, push: Push::Gently }, CLOSE_LIMIT, now);
    }

    /// Second consent: end them (SPEC B3).
    pub(super) fn force(&mut self, errand: Errand, left: BTreeSet<ProcessId>, now: Moment, effects: &mut Vec<Effect>) {
        effects.extend(left.iter().copied().map(Effect::ForceEnd));
        self.become_busy(Request::Closing { errand, left, push: Push::Forced }, CLOSE_LIMIT, now);
    }

    pub(super) fn close_overdue(
        &mut self,
        errand: Errand,
        left: BTreeSet<ProcessId>,
        push: Push,
        now: Moment,
        effects: &mut Vec<Effect>,
    ) {
        match push {
            Push::Gently => {
                effects.push(Effect::PresentWindow);
                self.become_waiting(Request::Closing { errand, left, push: Push::Guided }, QUESTION_LIMIT, now);
            }
            // Nobody closed it and nobody consented to force.
            Push::Guided => self.rest(false),
            Push::Forced => self.stuck(errand, Problem::WillNotClose, effects),
        }
    }

    /// Ends the module: the person asked for a fresh one, so force needs no further consent (SPEC D1).
    pub(super) fn end_modules(
        &mut self,
        errand: Errand,
        modules: &[RunningModule],
        now: Moment,
        effects: &mut Vec<Effect>,
    ) {
        let left: BTreeSet<ProcessId> = modules.iter().map(|module| module.id).collect();
        effects.extend(left.iter().copied().map(Effect::Watch));
        effects.extend(left.iter().copied().map(Effect::CloseGently));
        let errand = Errand { restart: true, ..errand };
        self.become_busy(Request::Ending { errand, left, push: Push::Gently }, CLOSE_LIMIT, now);
    }

    pub(super) fn end_overdue(
        &mut self,
        errand: Errand,
        left: BTreeSet<ProcessId>,
        push: Push,
        now: Moment,
        effects: &mut Vec<Effect>,
    ) {
        match push {
            Push::Gently | Push::Guided => {
                effects.extend(left.iter().copied().map(Effect::ForceEnd));
                self.become_busy(Request::Ending { errand, left, push: Push::Forced }, CLOSE_LIMIT, now);
            }
            Push::Forced => self.stuck(errand, Problem::ModuleStays, effects),
        }
    }

    pub(super) fn close_failed(
        &mut self,
        process: ProcessId,
        failure: CloseFailure,
        now: Moment,
        effects: &mut Vec<Effect>,
    ) {
        let (Request::Closing { errand, left, .. } | Request::Ending { errand, left, .. }) = &mut self.request else {
            return;
        };
        if !left.contains(&process) {
            return;
        }
        let errand = std::mem::take(errand);
        match failure {
            CloseFailure::NotPermitted => self.stuck(errand, Problem::Administrators, effects),
            // Not the process that was looked at: whatever it was is gone, so look again.
            CloseFailure::Changed => self.look(errand, now, effects),
        }
    }
}
