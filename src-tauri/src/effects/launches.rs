//! The start of the module, and the wait for its window.

use super::{Known, lock};
use crate::mailbox::Mailbox;
use helper_core::input::{Input, LaunchFailure, Launched, PlacedId, Ticket};
use helper_core::presence::{self, ProcessFact, ProcessId, ProgramPath};
use helper_machine::{launching, processes};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::Duration;

/// How often a window is looked for while the module starts.
const WINDOW_LOOK: Duration = Duration::from_millis(50);
/// How long it is looked for at most; core gives up earlier.
const WINDOW_LOOKS: u32 = 1_800;
/// After how many of these looks it is asked whether a launcher has started another program.
const SUCCESSOR_LOOK: u32 = 10;

/// Starts a placed module once it was proven, and tells when its window shows, or when it ends.
pub(super) fn launch(known: &Known, ticket: Ticket, id: PlacedId, tell: &Mailbox) {
    let started = known
        .store
        .open(id)
        .map_err(|error| {
            tracing::warn!(%error, "the placed module is not what was signed");
            LaunchFailure::Damaged
        })
        .and_then(|placed| launching::start(&placed));
    let started = match started {
        Ok(started) => started,
        Err(failure) => return tell.tell(Input::ModuleLaunched(ticket, Err(failure))),
    };
    let (process, folder) = (started.process, started.folder.clone());
    *lock(&known.launched) = Some(process);
    known.awaited.store(ticket.0, Ordering::Relaxed);
    let desktop = launching::Desktop::open();
    let launched = Launched { process, windows_visible: desktop.is_some() };
    tell.tell(Input::ModuleLaunched(ticket, Ok(launched)));
    let gone = tell.clone();
    let reaper = std::thread::Builder::new().name("reap".into()).spawn(move || {
        started.reap();
        gone.tell(Input::ProcessGone(process));
    });
    if let Err(error) = reaper {
        tracing::error!(%error, "the module's end will not be noticed");
    }
    let Some(desktop) = desktop else { return };
    let mut folders = vec![folder];
    for look in 1..=WINDOW_LOOKS {
        if let Some(owner) = folders.iter().find_map(|folder| desktop.window_of(folder)) {
            return tell.tell(Input::ModuleWindowSeen(ticket, owner));
        }
        if look % SUCCESSOR_LOOK == 0 {
            folders.truncate(1);
            folders.extend(unpacked_elsewhere(known, process));
        }
        if known.awaited.load(Ordering::Relaxed) != ticket.0 {
            return;
        }
        std::thread::sleep(WINDOW_LOOK);
    }
}

/// Where the programs lie that a launcher unpacked and started (TEAMVIEWER.md 12.1, rule 6): their window is the one to
/// come.
fn unpacked_elsewhere(known: &Known, launched: ProcessId) -> Vec<PathBuf> {
    let own = lock(&known.own).clone();
    let Ok(scan) = processes::scan(&own, Some(launched)) else { return Vec::new() };
    let modules = presence::judge(&scan).modules;
    let is_module = |fact: &&ProcessFact| modules.iter().any(|module| module.id == fact.id);
    let folder = |fact: &ProcessFact| match &fact.path {
        ProgramPath::Known(path) => Path::new(path).parent().map(Path::to_owned),
        ProgramPath::Unreadable => None,
    };
    scan.processes.iter().filter(is_module).filter_map(folder).collect()
}
