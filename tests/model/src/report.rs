//! Inputs, effects and traces in short words.

use crate::catalog::number;
use crate::helpful::helped;
use crate::moves::{Move, take, untold};
use crate::state::State;
use helper_core::effect::Effect;
use helper_core::input::{Input, PlacedId};
use helper_core::request::Request;

/// The name of an effect.
pub const fn name(effect: &Effect) -> &'static str {
    match effect {
        Effect::LookForTeamViewer(_) => "LookForTeamViewer",
        Effect::InspectStore(_) => "InspectStore",
        Effect::RefreshCatalog(_) => "RefreshCatalog",
        Effect::PreparePackage(..) => "PreparePackage",
        Effect::CancelPackage(_) => "CancelPackage",
        Effect::Launch(..) => "Launch",
        Effect::CloseGently(_) => "CloseGently",
        Effect::ForceEnd(_) => "ForceEnd",
        Effect::Watch(_) => "Watch",
        Effect::RaiseModule(_) => "RaiseModule",
        Effect::ShowCopy => "ShowCopy",
        Effect::OpenOrigin => "OpenOrigin",
        Effect::CopyToClipboard(_) => "CopyToClipboard",
        Effect::PresentWindow => "PresentWindow",
        Effect::Notify(_) => "Notify",
        Effect::Acknowledge(_) => "Acknowledge",
        Effect::Exit => "Exit",
        Effect::HurryPackage(_) => "HurryPackage",
        Effect::PrepareHelper(..) => "PrepareHelper",
        Effect::InstallHelper => "InstallHelper",
        Effect::StartSuccessor => "StartSuccessor",
        Effect::NoteCheck => "NoteCheck",
        Effect::PlaceCopy(_) => "PlaceCopy",
        Effect::OpenPane(_) => "OpenPane",
        Effect::KeepPreferences(..) => "KeepPreferences",
        Effect::SwitchAtLogin(_) => "SwitchAtLogin",
        Effect::Rehearse(_) => "Rehearse",
        Effect::Examine(_) => "Examine",
        Effect::CollectDiagnostics(..) => "CollectDiagnostics",
        Effect::SaveDiagnostics(..) => "SaveDiagnostics",
    }
}

/// The name of every effect that is asked of a Linux PC, in the order of [`name`].
pub const EFFECTS: [&str; 22] = [
    "LookForTeamViewer",
    "InspectStore",
    "RefreshCatalog",
    "PreparePackage",
    "CancelPackage",
    "Launch",
    "CloseGently",
    "ForceEnd",
    "Watch",
    "RaiseModule",
    "ShowCopy",
    "OpenOrigin",
    "CopyToClipboard",
    "PresentWindow",
    "Notify",
    "Acknowledge",
    "Exit",
    "HurryPackage",
    "PrepareHelper",
    "InstallHelper",
    "StartSuccessor",
    "NoteCheck",
];

/// The name of every request, as [`Request::name`] gives it.
pub const REQUESTS: [&str; 10] = [
    "idle",
    "looking",
    "asking-to-close",
    "closing",
    "already-running",
    "ending",
    "preparing",
    "starting",
    "running",
    "stuck",
];

/// An input in one line.
pub fn input(input: &Input) -> String {
    match input {
        Input::TeamViewerSeen(ticket, Some(scan)) => {
            let seen: Vec<String> =
                scan.processes.iter().map(|fact| format!("{}={}", fact.id.pid, fact.name)).collect();
            format!("TeamViewerSeen({}, [{}])", ticket.0, seen.join(" "))
        }
        Input::StoreSeen(ticket, holdings) => {
            let placed: Vec<u8> = holdings.placed.iter().copied().map(number).collect();
            let catalog = releases(&holdings.catalog);
            format!(
                "StoreSeen({}, placed {placed:?}, catalog {catalog}, repairs {})",
                ticket.0, holdings.repairs_last_day
            )
        }
        Input::CatalogSeen(ticket, Ok(catalog)) => format!("CatalogSeen({}, {})", ticket.0, releases(catalog)),
        Input::PackageDone(ticket, Ok(id)) => format!("PackageDone({}, {})", ticket.0, number(*id)),
        other => format!("{other:?}"),
    }
}

fn releases(catalog: &[helper_core::release::Release]) -> String {
    let each: Vec<String> = catalog
        .iter()
        .map(|release| format!("{} {:?} {:?}", release.custom.rank, release.custom.status, release.custom.arch))
        .collect();
    format!("[{}]", each.join(", "))
}

/// An effect in one line.
pub fn effect(effect: &Effect) -> String {
    match effect {
        Effect::PreparePackage(ticket, release, why) => {
            let id = number(PlacedId(release.custom.install.tree));
            format!("PreparePackage({}, {id}, {why:?})", ticket.0)
        }
        Effect::PrepareHelper(ticket, _) => format!("PrepareHelper({})", ticket.0),
        Effect::Launch(ticket, id) => format!("Launch({}, {})", ticket.0, number(*id)),
        other => format!("{other:?}"),
    }
}

/// A request in one word, a problem with its name.
pub fn request(request: &Request) -> String {
    match request {
        Request::Stuck { problem, .. } => format!("stuck: {problem:?}"),
        other => other.name().to_owned(),
    }
}

/// The path from a beginning, one line a move: what happened, what core asked for, where the request stands then. The
/// last move may be the one whose step violates a property: its effects are then told without judging them. `help` is
/// what a helpful world and person did after that.
pub fn trace(beginning: &State, path: &[Move], help: &[Move]) -> String {
    let mut state = beginning.clone();
    let mut lines = vec![format!("PC: {:?}", beginning.pc)];
    lines.extend(path.iter().map(|step| line(&mut state, *step)));
    if !help.is_empty() {
        state = helped(&state);
        lines.push("then a helpful world and person:".to_owned());
        lines.extend(help.iter().map(|step| line(&mut state, *step)));
    }
    lines.join("\n    ")
}

fn line(state: &mut State, step: Move) -> String {
    let mut unjudged = state.clone();
    match take(state, step) {
        Ok(None) => format!("{step:?}"),
        Ok(Some((heard, asked))) => {
            let asked: Vec<String> = asked.iter().map(effect).collect();
            let stands = request(state.core().request());
            format!("{step:?}: {} -> [{}] -> {stands}", input(&heard), asked.join(", "))
        }
        Err(violation) => {
            let (heard, asked, stands) = untold(&mut unjudged, step).unwrap_or_default();
            format!("{step:?}: {heard} -> [{asked}] -> {stands}   <- {}", violation.property)
        }
    }
}
