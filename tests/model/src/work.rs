//! What the machine was asked to do and has not answered yet.

use crate::catalog::{self, HELPER_RELEASE, Id};
use crate::memory::{CURRENT, renamed};
use crate::pc::{Pid, Pids, bit, pid};
use helper_core::Core;
use helper_core::effect::{Effect, Why};
use helper_core::input::Ticket;

/// A package that is being fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fetching {
    /// Its ticket.
    pub ticket: Ticket,
    /// Which release.
    pub id: Id,
    /// It replaces a damaged one.
    pub repair: bool,
    /// Nobody wants it any more.
    pub cancelled: bool,
    /// Progress was told.
    pub told: bool,
    /// It is a helper.
    pub helper: bool,
}

/// Everything outstanding. Looking, reading and asking the mirror end without a trace when nobody waits for them any
/// more; a package and a start go on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Work {
    /// A look at the processes.
    pub look: bool,
    /// Reading the store.
    pub inspect: bool,
    /// Reading the store for the background.
    pub ahead: Option<Ticket>,
    /// Asking the mirror.
    pub refresh: Option<Ticket>,
    /// Putting a new helper in place.
    pub install: bool,
    /// A package.
    pub package: Option<Fetching>,
    /// Starts.
    pub launches: Vec<(Ticket, Id)>,
    /// Started modules whose window will come.
    pub windows: Vec<(Ticket, Pid)>,
    /// Processes whose end will be told.
    pub watched: Pids,
    /// Processes to be ended, and by force or not.
    pub closing: Vec<(Pid, bool)>,
}

impl Work {
    /// Takes on what core asks for; `base` is core's ticket now.
    pub fn take_on(&mut self, effects: &[Effect], base: Ticket, core: &Core) {
        if base != CURRENT {
            (self.look, self.inspect) = (false, false);
            let packages = self.package.iter_mut().map(|package| &mut package.ticket);
            for ticket in packages.chain(&mut self.refresh).chain(&mut self.ahead) {
                *ticket = renamed(*ticket, base);
            }
            for (ticket, _) in &mut self.launches {
                *ticket = renamed(*ticket, base);
            }
            self.windows.clear();
        }
        for effect in effects {
            match effect {
                Effect::LookForTeamViewer(ticket) => self.look |= *ticket == base,
                Effect::InspectStore(ticket) if core.upkeep_reads(renamed(*ticket, base)) => {
                    self.ahead = Some(renamed(*ticket, base));
                }
                Effect::InspectStore(ticket) => self.inspect |= *ticket == base,
                Effect::RefreshCatalog(ticket) => self.refresh = Some(renamed(*ticket, base)),
                Effect::PrepareHelper(ticket, _) => {
                    let (ticket, id) = (renamed(*ticket, base), HELPER_RELEASE);
                    self.package =
                        Some(Fetching { ticket, id, repair: false, cancelled: false, told: false, helper: true });
                }
                Effect::InstallHelper => self.install = true,
                Effect::PreparePackage(ticket, release, why) => {
                    let id = catalog::number(helper_core::input::PlacedId(release.custom.install.tree));
                    let (ticket, repair) = (renamed(*ticket, base), *why == Why::Repair);
                    self.package = Some(Fetching { ticket, id, repair, cancelled: false, told: false, helper: false });
                }
                Effect::CancelPackage(_) => {
                    self.package = self.package.map(|package| Fetching { cancelled: true, ..package });
                }
                Effect::Launch(ticket, id) => self.launches.push((renamed(*ticket, base), catalog::number(*id))),
                Effect::CloseGently(process) => self.close(pid(*process), false),
                Effect::ForceEnd(process) => self.close(pid(*process), true),
                Effect::Watch(process) => self.watched |= bit(pid(*process)),
                Effect::RaiseModule(_)
                | Effect::PlaceCopy(_)
                | Effect::ShowCopy
                | Effect::OpenPane(_)
                | Effect::OpenOrigin
                | Effect::CopyToClipboard(_)
                | Effect::PresentWindow
                | Effect::Notify(_)
                | Effect::Acknowledge(_)
                | Effect::HurryPackage(_)
                | Effect::NoteCheck
                | Effect::StartSuccessor
                | Effect::KeepPreferences(..)
                | Effect::SwitchAtLogin(_)
                | Effect::Rehearse(_)
                | Effect::Examine(_)
                | Effect::CollectDiagnostics(..)
                | Effect::SaveDiagnostics(..)
                | Effect::Exit => {}
            }
        }
    }

    fn close(&mut self, pid: Pid, force: bool) {
        if !self.closing.contains(&(pid, force)) {
            self.closing.push((pid, force));
        }
    }
}
