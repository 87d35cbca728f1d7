//! What a check fetches: taken over or stopped by a request, kept for next time, and a helper put in this one's place.

use super::{Stage, Upkeep, What};
use crate::Core;
use crate::effect::Effect;
use crate::input::{Failure, Ticket};
use crate::request::PACKAGE_LIMIT;
use crate::time::Moment;

impl Core {
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
