//! From everywhere help is possible: when the world stops making trouble and the person goes along, the module runs.

use crate::catalog::Catalog;
use crate::moves::{Fetch, Move, Start, moves, take};
use crate::pc::{Manners, Pc, Rights, Trouble};
use crate::properties::Violation;
use crate::state::State;
use helper_core::intent::Wish;
use helper_core::request::{Push, Request};

/// So many steps are enough.
pub const STEPS: usize = 40;

/// The property.
pub const HELP: (&str, &str) =
    ("help_is_always_possible", "From every state a helpful world and person come to a running module in 40 steps.");

/// Goes on helpfully from this state; told is how many steps that took, or what went wrong after which moves.
pub fn help(state: &State) -> Result<usize, (Violation, Vec<Move>)> {
    let mut state = helped(state);
    let mut path = Vec::new();
    while path.len() < STEPS {
        // The successor begins at rest on this PC, as other searches do.
        if state.observed.memory.quit {
            return Ok(path.len());
        }
        let Some(next) = next(&state) else {
            if runs(&state) {
                return Ok(path.len());
            }
            break;
        };
        path.push(next);
        if let Err(violation) = take(&mut state, next) {
            return Err((violation, path));
        }
    }
    Err((Violation { property: HELP.0, sentence: HELP.1 }, path))
}

/// The same state in a helpful world.
pub fn helped(state: &State) -> State {
    let mut state = state.clone();
    state.clicks = u8::MAX;
    state.changes = 0;
    make_helpful(&mut state.pc);
    state
}

fn runs(state: &State) -> bool {
    match state.core().request() {
        Request::Running { process, .. } => state.pc.is_alive(crate::pc::pid(*process)),
        _ => false,
    }
}

fn make_helpful(pc: &mut Pc) {
    pc.habits.module = Manners::Closes;
    pc.habits.blind = false;
    if !matches!(pc.habits.trouble, Trouble::Invisible | Trouble::InvisibleSuccessor) {
        pc.habits.trouble = Trouble::Nothing;
    }
    if matches!(pc.published, Catalog::Empty | Catalog::ForOthers | Catalog::Paused | Catalog::Revoked) {
        pc.published = Catalog::Replaced;
    }
    for program in [&mut pc.full, &mut pc.stranger].into_iter().flatten() {
        (program.manners, program.rights) = (Manners::Closes, Rights::Mine);
    }
}

/// The machine answers first, then the person decides, and only then time passes.
fn next(state: &State) -> Option<Move> {
    let possible = moves(state);
    let answer = possible.iter().copied().find(|step| match step {
        Move::Looked(well) | Move::Refreshed(well) | Move::Installed(well) => *well,
        Move::Fetched(fetch) => matches!(fetch, Fetch::Placed | Fetch::Cancelled),
        Move::Started(_, start) => *start == Start::Well,
        Move::Read | Move::ReadAhead | Move::Window(_) | Move::Gone(_) | Move::Closes(_) => true,
        Move::Wish(_) | Move::Time | Move::Progressed | Move::World(_) => false,
    });
    if answer.is_some() {
        return answer;
    }
    let core = state.core();
    let wish = match core.request() {
        Request::Idle { .. } => Some(Wish::Request),
        Request::AskingToClose { .. } | Request::AlreadyRunning { .. } => core.offers().first().copied(),
        Request::Closing { push: Push::Guided, .. } => Some(Wish::ForceClose),
        Request::Stuck { .. } => {
            let offers = core.offers();
            [Wish::TryAgain, Wish::FetchFresh, Wish::Cancel].into_iter().find(|wish| offers.contains(wish))
        }
        Request::Looking { .. }
        | Request::Closing { .. }
        | Request::Ending { .. }
        | Request::Preparing { .. }
        | Request::Starting { .. }
        | Request::Running { .. } => None,
    };
    wish.map(Move::Wish).or_else(|| possible.into_iter().find(|step| *step == Move::Time))
}
