//! One check: when it begins, what the mirrors and the store say, and what follows from it.

use super::{NOTE_EVERY, Stage, Upkeep, What, patience};
use crate::Core;
use crate::choice;
use crate::effect::{Effect, Notice, Why};
use crate::input::{Beginning, Failure, Holdings, Ticket};
use crate::intent::{Answer, Refusal};
use crate::pages::Freshness;
use crate::release::Release;
use crate::request::{LOOK_LIMIT, PACKAGE_LIMIT, REFRESH_LIMIT, Request};
use crate::schedule::LULL;
use crate::time::{Moment, minutes};

impl Core {
    /// Nobody wants anything: at rest, or a card that waits to be read.
    pub(crate) const fn is_quiet(&self) -> bool {
        matches!(self.request, Request::Idle { .. } | Request::Stuck { .. }) && self.launching.is_none()
    }

    /// Is something being looked for or fetched in the background?
    pub(crate) fn is_working(&self) -> bool {
        self.upkeep.as_ref().is_some_and(|upkeep| upkeep.stage != Stage::Resting)
    }

    /// How the last check of this run ended.
    pub(crate) fn freshness(&self) -> Freshness {
        match &self.upkeep {
            Some(upkeep) if upkeep.failed.is_some() => Freshness::Failed,
            Some(upkeep) if upkeep.tried > Moment(0) => Freshness::Fresh,
            _ => Freshness::Never,
        }
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

    pub(super) fn read_store(&mut self, module_tried: bool, now: Moment, effects: &mut Vec<Effect>) {
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
}
