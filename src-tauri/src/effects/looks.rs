//! What there is on this PC: processes, and the modules that were placed.

use super::{Known, lock};
use crate::mailbox::Mailbox;
use helper_core::input::{Holdings, Input, Rehearsal, Ticket};
use helper_core::presence::{ProcessFact, ProgramPath};
use helper_machine::{clock, processes};

/// Which programs of TeamViewer run.
pub(super) fn look(known: &Known, ticket: Ticket, tell: &Mailbox) {
    let launched = *lock(&known.launched);
    let own = {
        let mut own = lock(&known.own);
        let program = known.store.recorded().and_then(|(_, program)| program.file_name().map(ToOwned::to_owned));
        own.names = program.into_iter().map(|name| name.to_string_lossy().into_owned()).collect();
        own.clone()
    };
    let scan =
        processes::scan(&own, launched).inspect_err(|error| tracing::warn!(%error, "no look at the processes")).ok();
    if let Some(scan) = &scan {
        let known_path = |fact: &ProcessFact| match &fact.path {
            ProgramPath::Known(path) => Some((fact.id, path.clone())),
            ProgramPath::Unreadable => None,
        };
        *lock(&known.programs) = scan.processes.iter().filter_map(known_path).collect();
    }
    tell.tell(Input::TeamViewerSeen(ticket, scan));
}

/// What was placed, and what the publisher last said.
pub(super) fn inspect(known: &Known, ticket: Ticket, tell: &Mailbox) {
    let holdings = Holdings {
        placed: known.store.placed(),
        catalog: known.repository.cached(),
        repairs_last_day: known.store.repairs_last_day(clock::wall().as_second()),
    };
    tell.tell(Input::StoreSeen(ticket, holdings));
}

/// Could support begin now? Nothing is started.
pub(super) fn rehearse(known: &Known) -> Rehearsal {
    match known.store.placed().first() {
        None => Rehearsal::Missing,
        Some(id) => match known.store.open(*id) {
            Ok(_) => Rehearsal::Ready,
            Err(error) => {
                tracing::warn!(%error, "the placed module is not what was signed");
                Rehearsal::Damaged
            }
        },
    }
}
