//! What a strict observer remembers of one request, told by inputs and effects alone, never by core's own state of mind.

use crate::catalog::{self, Id, Ids};
use crate::pc::{Pid, Pids, Role, bit, pid};
use helper_core::Core;
use helper_core::effect::{Effect, Why};
use helper_core::input::{Input, LaunchFailure, Ticket};
use helper_core::intent::{Answer, Intent, Wish};
use helper_core::presence::{ProcessId, Scan};
use helper_core::request::Request;

/// The ticket of a canonical core.
pub const CURRENT: Ticket = Ticket(0);

/// What the last look showed, judged by process numbers alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Looked {
    /// Full runs.
    pub full: bool,
    /// Strangers that run.
    pub strangers: Pids,
}

/// A package under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Underway {
    /// Its ticket.
    pub ticket: Ticket,
    /// It replaces a damaged module.
    pub repair: bool,
    /// The present request asked for it.
    pub wanted: bool,
}

/// The observer's notes. All but what the machine still owes is forgotten when a request ends.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Memory {
    /// The last look that was still asked for.
    pub looked: Option<Looked>,
    /// The network was waited for since then.
    pub network_since_look: bool,
    /// Modules that the store named when it was last read.
    pub stored: Ids,
    /// The same, and what was placed since.
    pub named: Ids,
    /// Modules that failed their check and were not replaced since.
    pub bad: Ids,
    /// Modules that are revoked by the last catalog.
    pub revoked: Ids,
    /// Modules that the person wants replaced.
    pub distrusted: Ids,
    /// How often a damaged module was replaced today.
    pub repairs: u8,
    /// The person agreed that these are asked to close.
    pub consented: Pids,
    /// The person agreed that these are ended by force.
    pub forced: Pids,
    /// The person asked for a new module in place of the running one.
    pub may_end_modules: bool,
    /// The person said that these may stay.
    pub tolerated: Pids,
    /// A package was placed in this request.
    pub placed: bool,
    /// The window came up by itself in this request.
    pub presented: bool,
    /// The package that the machine works on.
    pub package: Option<Underway>,
    /// The question to the mirrors that is not answered yet.
    pub refresh: Option<Ticket>,
    /// Starts that the machine has not answered.
    pub launches: Vec<(Ticket, Id)>,
    /// The person quit.
    pub quit: bool,
}

impl Memory {
    /// A new request: only what the machine still owes is remembered.
    fn fresh(&self) -> Self {
        let package = self.package.map(|package| Underway { wanted: false, ..package });
        let (refresh, launches) = (self.refresh, self.launches.clone());
        Self { package, refresh, launches, quit: self.quit, ..Self::default() }
    }

    /// Takes note of an input, before its effects are judged. What was never asked for is no news.
    pub fn hear(&mut self, before: &Core, input: &Input, effects: &[Effect]) {
        let looking = matches!(before.request(), Request::Looking { .. });
        let starting = matches!(before.request(), Request::Starting { .. });
        let preparing = matches!(before.request(), Request::Preparing { .. });
        match input {
            Input::Asked(intent) => {
                if effects.contains(&Effect::Acknowledge(Answer::Accepted)) {
                    self.accepted(before, intent);
                }
            }
            Input::TeamViewerSeen(CURRENT, scan) if looking || starting => {
                self.looked = scan.as_ref().map(look);
                self.network_since_look = false;
            }
            Input::StoreSeen(CURRENT, holdings) if looking => {
                self.stored = holdings.placed.iter().fold(0, |ids, id| ids | catalog::bit(*id));
                self.named = self.stored;
                self.revoked = catalog::revoked_in(&holdings.catalog);
                self.repairs = holdings.repairs_last_day;
            }
            Input::CatalogSeen(ticket, result) if self.refresh == Some(*ticket) => {
                self.refresh = None;
                // Who waits for it has waited for the network.
                self.network_since_look |= preparing;
                if let (true, Ok(releases)) = (preparing, result) {
                    self.revoked = catalog::revoked_in(releases);
                }
            }
            Input::HelperPrepared(ticket, _) => {
                self.package = self.package.filter(|package| package.ticket != *ticket);
            }
            Input::PackageDone(ticket, result) => {
                let Some(package) = self.package.filter(|package| package.ticket == *ticket) else { return };
                self.package = None;
                let Ok(id) = result else { return };
                self.repairs += u8::from(package.repair);
                self.network_since_look = true;
                self.named |= catalog::bit(*id);
                self.bad &= !catalog::bit(*id);
                self.distrusted &= !catalog::bit(*id);
                self.placed |= package.wanted;
            }
            Input::ModuleLaunched(ticket, result) => {
                let Some(index) = self.launches.iter().position(|launch| launch.0 == *ticket) else { return };
                let (_, id) = self.launches.remove(index);
                if matches!(result, Err(LaunchFailure::Damaged | LaunchFailure::Vanished)) && *ticket == CURRENT {
                    self.bad |= 1 << id;
                }
            }
            Input::Woke
            | Input::Began(_)
            | Input::NetworkChanged
            | Input::HelperInstalled(_)
            | Input::TeamViewerSeen(..)
            | Input::StoreSeen(..)
            | Input::CatalogSeen(..)
            | Input::PackageProgress(..)
            | Input::ModuleWindowSeen(..)
            | Input::CopyPlaced(_)
            | Input::ProcessGone(_)
            | Input::CloseFailed(..)
            // Of the pages over the card, which decide nothing about a request.
            | Input::Settled(_)
            | Input::NotKept(..)
            | Input::Rehearsed(..)
            | Input::Examined(..)
            | Input::DiagnosticsCollected(..)
            | Input::DiagnosticsSaved(..) => {}
        }
    }

    fn accepted(&mut self, before: &Core, intent: &Intent) {
        let wish = match intent {
            Intent::Wish { wish } => *wish,
            Intent::Quit => {
                self.quit = true;
                return;
            }
            Intent::Called { .. } => Wish::Request,
            Intent::OpenWindow
            | Intent::WindowClosed
            | Intent::CheckNow
            | Intent::CopyCode { .. }
            | Intent::Change { .. }
            | Intent::CopyLine { .. } => return,
        };
        match (wish, before.request()) {
            (Wish::Restart, Request::AlreadyRunning { .. }) | (Wish::StartAfresh, _) => self.may_end_modules = true,
            (Wish::Request, _) => *self = self.fresh(),
            (Wish::Restart, _) => *self = Self { may_end_modules: true, ..self.fresh() },
            (Wish::TryAgain, _) => {
                *self = Self {
                    may_end_modules: true,
                    tolerated: self.tolerated,
                    distrusted: self.distrusted,
                    ..self.fresh()
                };
            }
            (Wish::FetchFresh, _) => {
                let distrusted = self.distrusted | self.stored;
                *self = Self { may_end_modules: true, tolerated: self.tolerated, distrusted, ..self.fresh() };
            }
            (Wish::CloseAndContinue, Request::AskingToClose { conflicts, .. }) => {
                self.consented |= all(conflicts.iter().map(|conflict| conflict.id));
            }
            (Wish::LeaveRunning, Request::AskingToClose { conflicts, .. }) => {
                self.tolerated |= all(conflicts.iter().map(|conflict| conflict.id));
            }
            (Wish::ForceClose, Request::Closing { left, .. }) => self.forced |= all(left.iter().copied()),
            (Wish::CloseAndContinue | Wish::LeaveRunning | Wish::ForceClose, _)
            | (Wish::GoOn | Wish::ShowCopy | Wish::OpenOrigin | Wish::Cancel, _)
            | (Wish::OpenScreenRecording | Wish::OpenAccessibility, _)
            | (Wish::OpenWizard | Wish::Next | Wish::Back | Wish::Later | Wish::Finish, _)
            | (Wish::OpenSettings | Wish::OpenHelp | Wish::OpenDoctor | Wish::OpenDiagnostics, _)
            | (Wish::SaveDiagnostics | Wish::CheckNow | Wish::ClosePage, _) => {}
        }
    }

    /// Takes note of what was asked of the machine, after it was judged, and forgets at rest.
    pub fn note(&mut self, effects: &[Effect], after: &Core) {
        // A window that comes up because a person clicked again may still come up for a long wait.
        let answers = effects.iter().any(|effect| matches!(effect, Effect::Acknowledge(_)));
        for effect in effects {
            match effect {
                Effect::PreparePackage(ticket, _, why) => {
                    let (repair, wanted) = (*why == Why::Repair, *why != Why::Ahead);
                    self.package = Some(Underway { ticket: *ticket, repair, wanted });
                }
                Effect::PrepareHelper(ticket, _) => {
                    self.package = Some(Underway { ticket: *ticket, repair: false, wanted: false });
                }
                Effect::HurryPackage(_) => {
                    self.package = self.package.map(|package| Underway { wanted: true, ..package });
                }
                Effect::RefreshCatalog(ticket) => self.refresh = Some(*ticket),
                // Whoever asks now is told to wait for the other one.
                Effect::StartSuccessor => self.quit = true,
                Effect::Launch(ticket, id) => self.launches.push((*ticket, catalog::number(*id))),
                Effect::PresentWindow => self.presented |= !answers,
                Effect::LookForTeamViewer(_)
                | Effect::InspectStore(_)
                | Effect::InstallHelper
                | Effect::NoteCheck
                | Effect::CancelPackage(_)
                | Effect::CloseGently(_)
                | Effect::ForceEnd(_)
                | Effect::Watch(_)
                | Effect::RaiseModule(_)
                | Effect::PlaceCopy(_)
                | Effect::ShowCopy
                | Effect::OpenPane(_)
                | Effect::OpenOrigin
                | Effect::CopyToClipboard(_)
                | Effect::Notify(_)
                | Effect::KeepPreferences(..)
                | Effect::SwitchAtLogin(_)
                | Effect::Rehearse(_)
                | Effect::Examine(_)
                | Effect::CollectDiagnostics(..)
                | Effect::SaveDiagnostics(..)
                | Effect::Acknowledge(_)
                | Effect::Exit => {}
            }
        }
        match after.request() {
            Request::Idle { .. } | Request::Running { .. } => *self = self.fresh(),
            // What the card may still offer to do again.
            Request::Stuck { .. } => {
                let (stored, tolerated, distrusted) = (self.stored, self.tolerated, self.distrusted);
                *self = Self { stored, tolerated, distrusted, ..self.fresh() };
            }
            Request::Looking { .. }
            | Request::AskingToClose { .. }
            | Request::Closing { .. }
            | Request::AlreadyRunning { .. }
            | Request::Ending { .. }
            | Request::Preparing { .. }
            | Request::Starting { .. } => {}
        }
    }

    /// Tickets counted from a new base, as [`Core::canonical`] counts them.
    pub fn rename(&mut self, base: Ticket) {
        for ticket in self.package.iter_mut().map(|package| &mut package.ticket).chain(&mut self.refresh) {
            *ticket = renamed(*ticket, base);
        }
        for (ticket, _) in &mut self.launches {
            *ticket = renamed(*ticket, base);
        }
    }
}

/// A ticket counted from a new base.
pub const fn renamed(ticket: Ticket, base: Ticket) -> Ticket {
    Ticket(ticket.0.wrapping_sub(base.0))
}

/// The set of these.
pub fn all(processes: impl Iterator<Item = ProcessId>) -> Pids {
    processes.fold(0, |pids, process| pids | bit(pid(process)))
}

/// Judged by numbers: whether [`helper_core::presence::judge`] sees the same is part of what is tested.
fn look(scan: &Scan) -> Looked {
    let named = scan.processes.iter().filter(|fact| fact.name == "TeamViewer").map(|fact| pid(fact.id));
    let pids: Vec<Pid> = named.collect();
    let of = |role| pids.iter().filter(|pid| Role::of(**pid) == role).fold(0, |set, pid| set | bit(*pid));
    Looked { full: of(Role::Full) != 0, strangers: of(Role::Stranger) }
}
