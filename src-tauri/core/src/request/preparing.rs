//! From nothing to a placed module: refresh, choose, fetch.

use super::{Errand, PACKAGE_LIMIT, Phase, REFRESH_LIMIT, REPAIRS_A_DAY, Request};
use crate::Core;
use crate::choice::{self, Choice};
use crate::effect::{Effect, Why};
use crate::input::{Failure, PlacedId, Progress};
use crate::problem::Problem;
use crate::release::Release;
use crate::time::Moment;

impl Core {
    pub(super) fn prepare(&mut self, errand: Errand, why: Why, now: Moment, effects: &mut Vec<Effect>) {
        // It was placed a moment ago and is gone or changed: fetching it again would only feed what takes it away.
        if errand.placed.is_some() {
            return self.stuck(errand, Problem::Antivirus, effects);
        }
        if why == Why::Repair && errand.holdings.repairs_last_day >= REPAIRS_A_DAY {
            return self.stuck(errand, Problem::DamagedAgain, effects);
        }
        if self.adopt_fetch(now, effects).is_some() {
            let request = Request::Preparing { errand, why, phase: Phase::Package(None) };
            return self.become_busy(request, PACKAGE_LIMIT, now);
        }
        if self.in_flight.is_some() {
            let request = Request::Preparing { errand, why, phase: Phase::Waiting };
            return self.become_busy(request, PACKAGE_LIMIT, now);
        }
        // Metadata that is being asked for already, for whomever, is as good.
        if self.refreshing.is_none() {
            let ticket = self.new_ticket();
            self.refreshing = Some(ticket);
            effects.push(Effect::RefreshCatalog(ticket));
        }
        self.become_busy(Request::Preparing { errand, why, phase: Phase::Refreshing }, REFRESH_LIMIT, now);
    }

    /// The mirrors answered; told is whether this request waited for that.
    pub(super) fn catalog_seen(
        &mut self,
        result: Result<Vec<Release>, Failure>,
        now: Moment,
        effects: &mut Vec<Effect>,
    ) -> bool {
        let Request::Preparing { errand, why, phase: Phase::Refreshing } = &mut self.request else { return false };
        let (mut errand, why) = (std::mem::take(errand), *why);
        match result {
            // The mirrors are out of reach, but the last accepted catalog names the vendor's own source of the very same bytes.
            Err(failure) if is_outage(failure) => match self.offered_by_vendor(&errand) {
                Some(release) => self.fetch(errand, release, why, now, effects),
                None => self.failed(errand, failure, effects),
            },
            Err(failure) => self.failed(errand, failure, effects),
            Ok(catalog) => {
                errand.holdings.catalog = catalog;
                if errand.usable().is_some() {
                    // What was revoked is in service again. Asking took time, like fetching does: Full may be back.
                    self.look(errand, now, effects);
                    return true;
                }
                match choice::choose(&errand.holdings.catalog, &self.setup.me) {
                    Choice::Chosen(release) => {
                        let release = release.clone();
                        self.fetch(errand, release, why, now, effects);
                    }
                    Choice::NothingForThisPc => self.stuck(errand, Problem::NotPublished, effects),
                    Choice::NothingAllowed => self.stuck(errand, Problem::Withdrawn, effects),
                }
            }
        }
        true
    }

    fn offered_by_vendor(&self, errand: &Errand) -> Option<Release> {
        match choice::choose(&errand.holdings.catalog, &self.setup.me) {
            Choice::Chosen(release) => release.custom.vendor.as_ref().map(|_| release.clone()),
            Choice::NothingForThisPc | Choice::NothingAllowed => None,
        }
    }

    fn fetch(&mut self, errand: Errand, release: Release, why: Why, now: Moment, effects: &mut Vec<Effect>) {
        let ticket = self.new_ticket();
        self.in_flight = Some(ticket);
        effects.push(Effect::PreparePackage(ticket, release, why));
        self.become_busy(Request::Preparing { errand, why, phase: Phase::Package(None) }, PACKAGE_LIMIT, now);
    }

    pub(super) fn package_progressed(&mut self, progress: Progress, now: Moment) {
        if let Request::Preparing { phase: Phase::Package(last), .. } = &mut self.request {
            *last = Some(progress);
            self.deadline = Some(now.after(PACKAGE_LIMIT));
        }
    }

    pub(super) fn package_done(&mut self, result: Result<PlacedId, Failure>, now: Moment, effects: &mut Vec<Effect>) {
        if let (Ok(id), Some(errand)) = (&result, self.request.errand_mut()) {
            // Whoever asked for it: it is whole now.
            errand.damaged.remove(id);
            errand.distrusted.remove(id);
        }
        // A package that was cancelled may come to its end while the store is read: then it is read again.
        if let Request::Looking { errand, .. } = &mut self.request {
            let errand = std::mem::take(errand);
            return self.look(errand, now, effects);
        }
        let Request::Preparing { errand, phase, .. } = &mut self.request else { return };
        let (mut errand, phase) = (std::mem::take(errand), *phase);
        match (phase, result) {
            // The one that nobody wanted any more has stopped; whatever it left behind is seen by looking.
            (Phase::Waiting, _) => self.look(errand, now, effects),
            (Phase::Refreshing | Phase::Package(_), Ok(id)) => {
                errand.placed = Some(id);
                // Fetching took time: Full may be back (SPEC B1, DESIGN step 9).
                self.look(errand, now, effects);
            }
            (Phase::Refreshing | Phase::Package(_), Err(failure)) => self.failed(errand, failure, effects),
        }
    }

    /// Another package than a module has stopped: whoever waited for that goes on.
    pub(super) fn stopped_for_request(&mut self, now: Moment, effects: &mut Vec<Effect>) {
        if let Request::Preparing { errand, phase: Phase::Waiting, .. } = &mut self.request {
            let errand = std::mem::take(errand);
            self.look(errand, now, effects);
        }
    }

    fn failed(&mut self, errand: Errand, failure: Failure, effects: &mut Vec<Effect>) {
        let needed = match failure {
            Failure::DiskFull(needed) => needed,
            _ => 0,
        };
        self.stuck_needing(errand, problem_of(failure), needed, effects);
    }
}

/// Is nobody to blame but the way to the mirrors, or the mirrors' own health? Never an alarm, never an obstacle that would stand in
/// the vendor's way as well (SPEC A11).
const fn is_outage(failure: Failure) -> bool {
    matches!(failure, Failure::Unreachable | Failure::ServerFault | Failure::Busy(_) | Failure::NotFound)
}

/// The problem that a failure is for the person.
const fn problem_of(failure: Failure) -> Problem {
    match failure {
        Failure::Offline => Problem::Offline,
        Failure::Unreachable => Problem::MirrorUnreachable,
        Failure::SignInPage => Problem::SignInPage,
        Failure::ProxySignIn => Problem::ProxySignIn,
        Failure::Blocked => Problem::Blocked,
        Failure::TlsRefused => Problem::TlsRefused,
        Failure::ServerFault | Failure::Busy(_) | Failure::Cancelled => Problem::ServerFault,
        Failure::NotFound => Problem::NotPublished,
        Failure::Untrusted => Problem::Untrusted,
        Failure::Expired => Problem::Stale,
        Failure::WrongClock => Problem::WrongClock,
        Failure::NoRoot => Problem::NotSetUp,
        Failure::DiskFull(_) => Problem::DiskFull,
        Failure::NotWritable => Problem::FolderNotWritable,
        Failure::Vanished => Problem::Antivirus,
    }
}
