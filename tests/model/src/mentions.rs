//! Which processes are still spoken of. What nobody speaks of is forgotten, and its number may be given again: without
//! that, states that differ in nothing but numbers would be told apart.

use crate::memory::all;
use crate::pc::{Pc, Pid, Pids, STARTED, SUCCESSOR, bit, pid};
use crate::state::{Observed, State};
use crate::work::Work;
use helper_core::request::{Errand, Request};

/// The processes whose end moves this request on.
pub fn matters(request: &Request) -> Pids {
    match request {
        Request::AskingToClose { conflicts, .. } => all(conflicts.iter().map(|conflict| conflict.id)),
        Request::Closing { left, .. } | Request::Ending { left, .. } => all(left.iter().copied()),
        Request::AlreadyRunning { modules, .. } => all(modules.iter().map(|module| module.id)),
        Request::Starting { process, .. } => all(process.iter().copied()),
        Request::Running { process, .. } => bit(pid(*process)),
        Request::Idle { .. } | Request::Looking { .. } | Request::Preparing { .. } | Request::Stuck { .. } => 0,
    }
}

fn in_errand(errand: &Errand) -> Pids {
    all(errand.tolerated.iter().copied().chain(errand.was_connected))
}

/// The processes that core and its observer speak of.
fn mentioned(observed: &Observed) -> Pids {
    let (request, memory) = (observed.core.request(), &observed.memory);
    let noted = memory.consented | memory.forced | memory.tolerated;
    let kept = match request {
        Request::Looking { errand, presence, .. } => {
            let seen = presence.as_ref().map_or(0, |presence| {
                all(presence.modules.iter().map(|module| module.id))
                    | all(presence.conflicts.iter().map(|conflict| conflict.id))
            });
            seen | in_errand(errand)
        }
        Request::AskingToClose { errand, .. }
        | Request::Closing { errand, .. }
        | Request::AlreadyRunning { errand, .. }
        | Request::Ending { errand, .. }
        | Request::Preparing { errand, .. }
        | Request::Starting { errand, .. }
        | Request::Stuck { errand, .. } => in_errand(errand),
        Request::Idle { .. } | Request::Running { .. } => 0,
    };
    matters(request) | kept | noted
}

/// The lowest number for a module to be started that stands for nothing any more.
pub fn unused(observed: &Observed, pc: &Pc, work: &Work) -> Pid {
    let in_work = work.closing.iter().map(|one| one.0).chain(work.windows.iter().map(|one| one.1));
    let taken = in_work.chain(pc.launched).fold(mentioned(observed) | work.watched, |set, pid| set | bit(pid));
    (STARTED..STARTED + SUCCESSOR)
        .find(|pid| {
            let both = [*pid, *pid + SUCCESSOR];
            both.iter().all(|pid| taken & bit(*pid) == 0 && !pc.is_alive(*pid))
        })
        .unwrap_or(STARTED)
}

/// Forgets what can have no effect any more: the end of a process that is gone and that nobody waits for, asking it to
/// close, its window, and who started what.
pub fn tidy(state: &mut State) {
    let State { observed, pc, work, .. } = state;
    work.ahead = work.ahead.filter(|ticket| observed.core.upkeep_reads(*ticket));
    let awaited = matters(observed.core.request());
    let over = |pid: Pid| !pc.is_alive(pid) && awaited & bit(pid) == 0;
    let watched = work.watched;
    work.watched = (0..128).filter(|pid| watched & bit(*pid) != 0 && !over(*pid)).fold(0, |set, pid| set | bit(pid));
    work.closing.retain(|one| !over(one.0));
    work.windows.retain(|one| pc.is_alive(one.1));
    work.closing.sort_unstable();
    let heirs = |pid: &Pid| pc.is_alive(*pid) || pc.is_alive(*pid + SUCCESSOR) || awaited & bit(*pid) != 0;
    let launched = pc.launched.filter(heirs);
    pc.launched = launched;
}
