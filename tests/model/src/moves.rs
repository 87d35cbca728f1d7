//! What may happen next, and what it does to the PC.

use crate::catalog::{Catalog, Id, placed};
use crate::memory::CURRENT;
use crate::mentions::{tidy, unused};
use crate::pc::{Conflicting, FULL, Manners, Module, Pc, Pid, Rights, SUCCESSOR, Slot, Trouble, bit, process};
use crate::properties::Violation;
use crate::report;
use crate::state::State;
use helper_core::effect::Effect;
use helper_core::input::{CloseFailure, Failure, Input, LaunchFailure, Launched, Progress, Stage, Ticket};
use helper_core::intent::Wish;
use helper_core::request::Request;
use helper_core::time::Moment;

/// How fetching ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fetch {
    /// It is placed.
    Placed,
    /// It is placed, and changed or taken away at once.
    PlacedInVain,
    /// The PC's own way of failing.
    Fails,
    /// It was cancelled.
    Cancelled,
}

/// How a start ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Start {
    /// As it should, if the module is intact.
    Well,
    /// With the PC's own trouble.
    Badly,
}

/// What the world does by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Change {
    /// Full is started.
    FullStarts,
    /// Full is closed by hand.
    FullQuits,
    /// The stranger is closed by hand.
    StrangerQuits,
    /// The module with this place in the list ends.
    ModuleEnds(u8),
    /// A supporter connects through the first module.
    SupporterConnects,
    /// The present module in the store is changed.
    Damage,
    /// The publisher signs another catalog.
    Publish(Catalog),
}

/// One thing that may happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Move {
    /// The person acts.
    Wish(Wish),
    /// Nothing happens until the alarm.
    Time,
    /// The look is done, or failed.
    Looked(bool),
    /// The store was read.
    Read,
    /// The store was read for the background.
    ReadAhead,
    /// The mirror answered, or did not.
    Refreshed(bool),
    /// Bytes arrived.
    Progressed,
    /// Fetching ended.
    Fetched(Fetch),
    /// The new helper was put in place, or was not.
    Installed(bool),
    /// The start with this place in the list ended.
    Started(u8, Start),
    /// The window with this place in the list appears.
    Window(u8),
    /// The end of a watched process is told.
    Gone(Pid),
    /// A process is asked to end, or made to.
    Closes(u8),
    /// The world changes.
    World(Change),
}

/// Every way to go on from here.
pub fn moves(state: &State) -> Vec<Move> {
    let (core, pc, work) = (state.core(), &state.pc, &state.work);
    let mut moves = Vec::with_capacity(24);
    if state.observed.memory.quit {
        return moves;
    }
    if state.clicks > 0 {
        let mut wishes = core.offers();
        if !core.request().is_busy() {
            wishes.extend([Wish::Request, Wish::Restart]);
        }
        wishes.sort_unstable();
        wishes.dedup();
        moves.extend(wishes.into_iter().map(Move::Wish));
    }
    moves.extend(core.wake_at().map(|_| Move::Time));
    moves.extend(work.look.then_some(Move::Looked(true)));
    moves.extend((work.look && pc.habits.blind).then_some(Move::Looked(false)));
    moves.extend(work.inspect.then_some(Move::Read));
    moves.extend(work.ahead.map(|_| Move::ReadAhead));
    if work.install {
        moves.extend([Move::Installed(true), Move::Installed(false)]);
    }
    if work.refresh.is_some() {
        moves.extend([Move::Refreshed(true), Move::Refreshed(false)]);
    }
    if let Some(package) = work.package {
        moves.extend((!package.told && !package.cancelled).then_some(Move::Progressed));
        moves.push(Move::Fetched(Fetch::Placed));
        if !package.helper && matches!(pc.habits.trouble, Trouble::Quarantine | Trouble::Vanishes) {
            moves.push(Move::Fetched(Fetch::PlacedInVain));
        }
        moves.push(Move::Fetched(if package.cancelled { Fetch::Cancelled } else { Fetch::Fails }));
    }
    for index in 0..places(work.launches.len()) {
        moves.push(Move::Started(index, Start::Well));
        moves.extend((pc.habits.trouble != Trouble::Nothing).then_some(Move::Started(index, Start::Badly)));
    }
    moves.extend((0..places(work.windows.len())).map(Move::Window));
    let watched = (0..128).filter(|pid| work.watched & bit(*pid) != 0);
    moves.extend(watched.filter(|pid| !pc.is_alive(*pid)).map(Move::Gone));
    moves.extend((0..places(work.closing.len())).map(Move::Closes));
    // Where nobody will ever act again, the world's own doings lead nowhere.
    if state.clicks > 0 || core.request().is_busy() || matches!(core.request(), Request::Running { .. }) {
        moves.extend(changes(state).into_iter().map(Move::World));
    }
    moves
}

fn places(length: usize) -> u8 {
    u8::try_from(length).unwrap_or(u8::MAX)
}

/// What only ends something is free; everything else is counted.
fn changes(state: &State) -> Vec<Change> {
    let pc = &state.pc;
    let mut changes = Vec::new();
    changes.extend(pc.full.map(|_| Change::FullQuits));
    changes.extend(pc.stranger.map(|_| Change::StrangerQuits));
    changes.extend((0..places(pc.modules.len())).map(Change::ModuleEnds));
    if state.changes > 0 {
        changes.extend((pc.full.is_none() && pc.fulls < STRANGERS_AT).then_some(Change::FullStarts));
        changes.extend(pc.modules.first().filter(|module| !module.connected).map(|_| Change::SupporterConnects));
        changes.extend(pc.store.first().filter(|slot| slot.intact).map(|_| Change::Damage));
        let next = match pc.published {
            Catalog::First | Catalog::Newer => Some(Catalog::Replaced),
            Catalog::Revoked => Some(Catalog::First),
            Catalog::Replaced => Some(Catalog::Newer),
            Catalog::NewerHelper => Some(Catalog::Replaced),
            Catalog::Empty | Catalog::Paused | Catalog::ForOthers => None,
        };
        changes.extend(next.map(Change::Publish));
    }
    changes
}

/// So many Fulls have their own numbers.
const STRANGERS_AT: u8 = 6;

/// Takes one move. Told are the input, if core heard of it, and what it asked for.
pub fn take(state: &mut State, step: Move) -> Result<Option<(Input, Vec<Effect>)>, Violation> {
    let later = match step {
        Move::Time => state.core().wake_at().unwrap_or_default(),
        _ => Moment(0),
    };
    let Some(input) = happen(state, step) else {
        tidy(state);
        return Ok(None);
    };
    let effects = state.step(input.clone(), later)?;
    tidy(state);
    Ok(Some((input, effects)))
}

/// Changes the PC and the machine's work; tells what core hears.
fn happen(state: &mut State, step: Move) -> Option<Input> {
    let State { pc, work, .. } = state;
    match step {
        Move::Wish(wish) => {
            state.clicks -= 1;
            Some(Input::Asked(wish.into()))
        }
        Move::Time => Some(Input::Woke),
        Move::Looked(seen) => {
            work.look = false;
            Some(Input::TeamViewerSeen(CURRENT, seen.then(|| pc.scan())))
        }
        Move::Read => {
            work.inspect = false;
            Some(Input::StoreSeen(CURRENT, pc.holdings()))
        }
        Move::ReadAhead => {
            let ticket = work.ahead.take()?;
            Some(Input::StoreSeen(ticket, pc.holdings()))
        }
        Move::Installed(well) => {
            work.install = false;
            Some(Input::HelperInstalled(if well { Ok(()) } else { Err(Failure::NotWritable) }))
        }
        Move::Refreshed(well) => {
            let ticket = work.refresh.take()?;
            if well {
                pc.known = pc.published;
            }
            let answer = if well { Ok(pc.known.releases().to_vec()) } else { Err(pc.habits.refresh) };
            Some(Input::CatalogSeen(ticket, answer))
        }
        Move::Progressed => {
            let package = work.package.as_mut()?;
            package.told = true;
            let progress = Progress { stage: Stage::Fetching, done: 5, total: 10, rate: 0 };
            Some(Input::PackageProgress(package.ticket, progress))
        }
        Move::Fetched(fetch) => {
            let package = work.package.take()?;
            if package.helper {
                let answer = match fetch {
                    Fetch::Placed | Fetch::PlacedInVain => Ok(()),
                    Fetch::Fails => Err(pc.habits.package),
                    Fetch::Cancelled => Err(Failure::Cancelled),
                };
                return Some(Input::HelperPrepared(package.ticket, answer));
            }
            if matches!(fetch, Fetch::Placed | Fetch::PlacedInVain) {
                let intact = fetch == Fetch::Placed;
                pc.place(Slot { id: package.id, intact });
                pc.repairs += u8::from(package.repair);
                if !intact && pc.habits.trouble == Trouble::Vanishes {
                    pc.store.remove(0);
                }
            }
            let answer = match fetch {
                Fetch::Placed | Fetch::PlacedInVain => Ok(placed(package.id)),
                Fetch::Fails => Err(pc.habits.package),
                Fetch::Cancelled => Err(Failure::Cancelled),
            };
            Some(Input::PackageDone(package.ticket, answer))
        }
        Move::Started(index, how) => {
            let (ticket, id) = work.launches.remove(usize::from(index));
            let pid = unused(&state.observed, pc, work);
            let (answer, window) = start(pc, id, how, pid);
            if let Ok(launched) = answer {
                work.watched |= bit(crate::pc::pid(launched.process));
            }
            if ticket == CURRENT {
                work.windows.extend(window.map(|pid| (ticket, pid)));
            }
            Some(Input::ModuleLaunched(ticket, answer))
        }
        Move::Window(index) => {
            let (ticket, pid) = work.windows.remove(usize::from(index));
            pc.is_alive(pid).then(|| Input::ModuleWindowSeen(ticket, process(pid)))
        }
        Move::Gone(pid) => {
            work.watched &= !bit(pid);
            Some(Input::ProcessGone(process(pid)))
        }
        Move::Closes(index) => {
            let (pid, force) = work.closing.remove(usize::from(index));
            let failure = match (pc.manners(pid), force) {
                (None, _) => Some(CloseFailure::Changed),
                (Some(Manners::Protected), _) => Some(CloseFailure::NotPermitted),
                (Some(Manners::Closes), _) | (Some(Manners::Hides), true) => {
                    pc.end(pid);
                    None
                }
                (Some(Manners::Hides), false) | (Some(Manners::Refuses), _) => None,
            };
            failure.map(|failure| Input::CloseFailed(process(pid), failure))
        }
        Move::World(change) => {
            happens(state, change);
            None
        }
    }
}

/// A start on this PC: what is told, and the process whose window will come.
fn start(pc: &mut Pc, id: Id, how: Start, pid: Pid) -> (Result<Launched, LaunchFailure>, Option<Pid>) {
    let trouble = pc.habits.trouble;
    let bad = how == Start::Badly;
    if bad {
        match trouble {
            Trouble::Forbidden => return (Err(LaunchFailure::Forbidden), None),
            Trouble::SystemError => return (Err(LaunchFailure::System), None),
            Trouble::Vanishes => {
                pc.store.retain(|slot| slot.id != id);
                return (Err(LaunchFailure::Vanished), None);
            }
            Trouble::Quarantine => {
                let slots = pc.store.iter_mut().filter(|slot| slot.id == id);
                slots.for_each(|slot| slot.intact = false);
            }
            Trouble::Nothing
            | Trouble::Dies
            | Trouble::Successor
            | Trouble::NoWindow
            | Trouble::Invisible
            | Trouble::InvisibleSuccessor => {}
        }
    }
    if !pc.store.iter().any(|slot| slot.id == id && slot.intact) {
        return (Err(LaunchFailure::Damaged), None);
    }
    pc.launched = Some(pid);
    let module = |pid| Module { pid, old: false, connected: false };
    let windows_visible = !matches!(trouble, Trouble::Invisible | Trouble::InvisibleSuccessor);
    let dies = bad && matches!(trouble, Trouble::Dies | Trouble::Invisible);
    let succeeded = bad && matches!(trouble, Trouble::Successor | Trouble::InvisibleSuccessor);
    let lives = (!dies).then_some(if succeeded { pid + SUCCESSOR } else { pid });
    pc.modules.extend(lives.map(module));
    let shows = windows_visible && !(bad && trouble == Trouble::NoWindow);
    (Ok(Launched { process: process(pid), windows_visible }), lives.filter(|_| shows))
}

fn happens(state: &mut State, change: Change) {
    let State { pc, work: _, changes, .. } = state;
    match change {
        Change::FullQuits => pc.full = None,
        Change::StrangerQuits => pc.stranger = None,
        Change::ModuleEnds(index) => {
            pc.modules.remove(usize::from(index));
        }
        Change::FullStarts => {
            *changes -= 1;
            let pid = FULL + pc.fulls;
            pc.fulls += 1;
            pc.full = Some(Conflicting { pid, manners: Manners::Closes, rights: Rights::Mine, in_use: false });
        }
        Change::SupporterConnects => {
            *changes -= 1;
            pc.modules.iter_mut().take(1).for_each(|module| module.connected = true);
        }
        Change::Damage => {
            *changes -= 1;
            pc.store.iter_mut().take(1).for_each(|slot| slot.intact = false);
        }
        Change::Publish(catalog) => {
            *changes -= 1;
            pc.published = catalog;
        }
    }
}

/// Takes one move without judging it: what core hears, what it asks for and where it stands then, for a trace.
pub fn untold(state: &mut State, step: Move) -> Option<(String, String, String)> {
    let later = match step {
        Move::Time => state.core().wake_at().unwrap_or_default(),
        _ => Moment(0),
    };
    let input = happen(state, step)?;
    let mut core = state.core().clone();
    let effects: Vec<String> = core.step(input.clone(), later).iter().map(report::effect).collect();
    Some((report::input(&input), effects.join(", "), report::request(core.request())))
}

/// The ticket of an answer to a question that nobody asks any more.
pub const OLD: Ticket = Ticket(0x4000_0000);
