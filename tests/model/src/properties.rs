//! What holds over every step. Each property has a name and a sentence.

use crate::catalog;
use crate::memory::{CURRENT, Memory};
use crate::pc::{Role, bit, pid};
use helper_core::Core;
use helper_core::effect::{Effect, Notice, Why};
use helper_core::input::{Input, PlacedId};
use helper_core::intent::{Answer, Intent, Refusal, Wish};
use helper_core::presence::ProcessId;
use helper_core::release::Status;
use helper_core::request::{Push, REPAIRS_A_DAY, Request};

/// One step of core, as it is judged.
pub struct Step<'a> {
    /// Core before, its tickets counted from its own.
    pub before: &'a Core,
    /// The observer's notes, this input included.
    pub memory: &'a Memory,
    /// Did the observer's notes say before this input that the person had quit?
    pub had_quit: bool,
    /// What happened.
    pub input: &'a Input,
    /// What was asked for.
    pub effects: &'a [Effect],
    /// Core after.
    pub after: &'a Core,
}

/// A property that did not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Its name.
    pub property: &'static str,
    /// What should hold.
    pub sentence: &'static str,
}

macro_rules! properties {
    ($(#[doc = $sentence:literal] $name:ident;)*) => {
        /// The first property that this step violates.
        pub fn violated(step: &Step) -> Option<Violation> {
            $(if !$name(step) {
                return Some(Violation { property: stringify!($name), sentence: $sentence.trim_ascii() });
            })*
            None
        }

        /// Every property of a step: its name and its sentence.
        pub const STEPS: &[(&str, &str)] = &[$((stringify!($name), $sentence.trim_ascii()),)*];
    };
}

properties! {
    /// Only a module that the store named, or that was placed since, is started.
    launches_what_is_placed;
    /// Nothing is started while Full was there at the last look, nor before any look.
    no_launch_beside_full;
    /// Nothing is started beside a stranger unless the person said that it may stay.
    no_launch_beside_strangers;
    /// After waiting for the network the PC is looked at again before anything is started.
    looks_again_after_the_network;
    /// A module that is known to be damaged, revoked or unwanted is not started.
    no_launch_of_what_is_known_bad;
    /// Never two packages at once.
    never_two_packages;
    /// Never two starts at once.
    never_two_launches;
    /// Nothing is asked to close unless the person agreed in this request.
    closes_only_with_consent;
    /// Nothing is ended by force unless the person agreed to that, or asked for a new module.
    forces_only_with_consent;
    /// Services, Hosts and their helpers are never touched.
    leaves_services_alone;
    /// With an intact module that nothing speaks against there is no network request.
    no_network_when_ready;
    /// The background asks for nothing while a request is live, and never for two things at once.
    the_background_keeps_quiet;
    /// The helper gives way to its successor only at rest, unseen, with nothing under way.
    replaces_itself_only_at_rest;
    /// A damaged module is replaced at most so often a day.
    repairs_are_limited;
    /// One request places at most one package.
    one_package_a_request;
    /// Only an active release is fetched.
    fetches_only_active_releases;
    /// Every intent is acknowledged exactly once, and nothing else is.
    acknowledges_once;
    /// A request runs only after its window, the time to settle, or the person's or time's word to go on.
    runs_only_when_it_came_up;
    /// The end of a running module is told once, and nothing else is.
    tells_the_end_once;
    /// The window comes up only to ask, to tell a problem, after a long wait, or because the person wants it.
    window_only_with_reason;
    /// What the person must see is shown.
    what_waits_for_the_person_is_shown;
    /// After quitting nothing is done and everything is refused.
    nothing_after_quit;
}

fn launches(step: &Step) -> impl Iterator<Item = PlacedId> {
    step.effects.iter().filter_map(|effect| match effect {
        Effect::Launch(_, id) => Some(*id),
        _ => None,
    })
}

fn launches_what_is_placed(step: &Step) -> bool {
    launches(step).all(|id| step.memory.named & catalog::bit(id) != 0)
}

fn no_launch_beside_full(step: &Step) -> bool {
    launches(step).all(|_| step.memory.looked.is_some_and(|looked| !looked.full))
}

fn no_launch_beside_strangers(step: &Step) -> bool {
    let strangers = step.memory.looked.map_or(0, |looked| looked.strangers);
    launches(step).all(|_| strangers & !step.memory.tolerated == 0)
}

fn looks_again_after_the_network(step: &Step) -> bool {
    launches(step).all(|_| !step.memory.network_since_look)
}

fn no_launch_of_what_is_known_bad(step: &Step) -> bool {
    launches(step).all(|id| catalog::bit(id) & !trusted(step.memory) == 0)
}

/// The modules in the store that nothing speaks against.
const fn trusted(memory: &Memory) -> catalog::Ids {
    memory.named & !memory.bad & !memory.revoked & !memory.distrusted
}

fn count(step: &Step, is: fn(&Effect) -> bool) -> usize {
    step.effects.iter().filter(|effect| is(effect)).count()
}

fn never_two_packages(step: &Step) -> bool {
    let begun = count(step, |effect| matches!(effect, Effect::PreparePackage(..) | Effect::PrepareHelper(..)));
    begun + usize::from(step.memory.package.is_some()) <= 1 || begun == 0
}

fn never_two_launches(step: &Step) -> bool {
    let begun = launches(step).count();
    begun + step.memory.launches.len() <= 1 || begun == 0
}

fn all_closed(step: &Step, may: impl Fn(ProcessId, bool) -> bool) -> bool {
    step.effects.iter().all(|effect| match effect {
        Effect::CloseGently(process) => may(*process, false),
        Effect::ForceEnd(process) => may(*process, true),
        _ => true,
    })
}

fn may_end(process: ProcessId, step: &Step) -> bool {
    Role::of(pid(process)) == Role::Module && step.memory.may_end_modules
}

fn closes_only_with_consent(step: &Step) -> bool {
    let agreed = |process| step.memory.consented & bit(pid(process)) != 0;
    all_closed(step, |process, force| force || agreed(process) || may_end(process, step))
}

fn forces_only_with_consent(step: &Step) -> bool {
    let agreed = |process| step.memory.forced & step.memory.consented & bit(pid(process)) != 0;
    all_closed(step, |process, force| !force || agreed(process) || may_end(process, step))
}

fn leaves_services_alone(step: &Step) -> bool {
    all_closed(step, |process, _| Role::of(pid(process)) != Role::Service)
}

fn no_network_when_ready(step: &Step) -> bool {
    count(step, |effect| matches!(effect, Effect::RefreshCatalog(_) | Effect::PreparePackage(..))) == 0
        || is_quiet(step.after)
        || trusted(step.memory) == 0
}

/// Nobody wants anything: what is asked of the network now is the background's.
fn is_quiet(core: &Core) -> bool {
    matches!(core.request(), Request::Idle { .. } | Request::Stuck { .. })
}

fn the_background_keeps_quiet(step: &Step) -> bool {
    let ahead = count(step, |effect| {
        matches!(effect, Effect::PreparePackage(_, _, Why::Ahead) | Effect::PrepareHelper(..) | Effect::InstallHelper)
    });
    let asked = count(step, |effect| matches!(effect, Effect::RefreshCatalog(_)));
    let idle = step.memory.package.is_none() && step.memory.launches.is_empty();
    ahead + asked <= 1 && (ahead == 0 || (is_quiet(step.after) && idle))
}

fn replaces_itself_only_at_rest(step: &Step) -> bool {
    let gives_way = step.effects.contains(&Effect::InstallHelper);
    let at_rest = matches!(step.after.request(), Request::Idle { .. });
    !gives_way || (at_rest && !presents(step) && step.memory.package.is_none() && step.memory.launches.is_empty())
}

fn repairs_are_limited(step: &Step) -> bool {
    count(step, |effect| matches!(effect, Effect::PreparePackage(_, _, Why::Repair))) == 0
        || step.memory.repairs < REPAIRS_A_DAY
}

fn one_package_a_request(step: &Step) -> bool {
    let begun = count(step, |effect| matches!(effect, Effect::PreparePackage(_, _, why) if *why != Why::Ahead));
    begun == 0 || !step.memory.placed
}

fn fetches_only_active_releases(step: &Step) -> bool {
    step.effects.iter().all(|effect| match effect {
        Effect::PreparePackage(_, release, _) => {
            release.custom.status == Status::Active
                && catalog::bit(PlacedId(release.custom.install.tree)) & step.memory.revoked == 0
        }
        _ => true,
    })
}

fn acknowledges_once(step: &Step) -> bool {
    let expected = usize::from(matches!(step.input, Input::Asked(_)));
    count(step, |effect| matches!(effect, Effect::Acknowledge(_))) == expected
}

fn runs_only_when_it_came_up(step: &Step) -> bool {
    let Request::Running { process: running, .. } = step.after.request() else { return true };
    match (step.input, step.before.request()) {
        (_, Request::Running { process, .. }) => process == running,
        (Input::ModuleWindowSeen(CURRENT, owner), Request::Starting { .. }) => owner == running,
        (Input::Woke, Request::Starting { process, windows_visible: false, .. }) => *process == Some(*running),
        (Input::Asked(Intent::Wish { wish: Wish::GoOn }) | Input::Woke, Request::AlreadyRunning { modules, .. }) => {
            modules.iter().any(|module| module.id == *running)
        }
        _ => false,
    }
}

fn tells_the_end_once(step: &Step) -> bool {
    let ended = match (step.before.request(), step.input) {
        (Request::Running { process, .. }, Input::ProcessGone(gone)) => process == gone,
        _ => false,
    };
    let told = count(step, |effect| *effect == Effect::Notify(Notice::SupportEnded));
    // Of the background nothing is told but a long silence, and that only when nobody wants anything.
    if count(step, |effect| *effect == Effect::Notify(Notice::LongWithoutNews)) != 0 && !is_quiet(step.after) {
        return false;
    }
    let rests = matches!(step.after.request(), Request::Idle { ended: true });
    if ended && !step.had_quit { told == 1 && rests } else { told == 0 }
}

/// Is this a state that the person must see, and which one?
fn needs_the_person(core: &Core) -> u8 {
    match core.request() {
        Request::AskingToClose { .. } => 1,
        Request::Closing { push: Push::Guided, .. } => 2,
        Request::AlreadyRunning { .. } => 3,
        Request::Stuck { .. } => 4,
        Request::Idle { .. }
        | Request::Looking { .. }
        | Request::Closing { .. }
        | Request::Ending { .. }
        | Request::Preparing { .. }
        | Request::Starting { .. }
        | Request::Running { .. } => 0,
    }
}

fn presents(step: &Step) -> bool {
    step.effects.contains(&Effect::PresentWindow)
}

fn entered_what_needs_the_person(step: &Step) -> bool {
    needs_the_person(step.after) != 0 && needs_the_person(step.after) != needs_the_person(step.before)
}

fn window_only_with_reason(step: &Step) -> bool {
    let reason = match step.input {
        Input::Asked(Intent::OpenWindow) => true,
        Input::Asked(_) => step.effects.contains(&Effect::Acknowledge(Answer::Joined)),
        Input::Woke => step.before.request().is_busy() && !step.memory.presented,
        _ => false,
    };
    !presents(step) || reason || entered_what_needs_the_person(step)
}

fn what_waits_for_the_person_is_shown(step: &Step) -> bool {
    !entered_what_needs_the_person(step) || presents(step)
}

fn nothing_after_quit(step: &Step) -> bool {
    let exits = step.effects.contains(&Effect::Exit);
    if !step.had_quit {
        // Giving way to a successor is an end as well, and comes only when that is in place.
        let gives_way = step.effects.contains(&Effect::StartSuccessor);
        if gives_way && !(matches!(step.input, Input::HelperInstalled(Ok(()))) && step.after.wake_at().is_none()) {
            return false;
        }
        return exits == matches!(step.input, Input::Asked(Intent::Quit));
    }
    match step.input {
        Input::Asked(_) => step.effects == [Effect::Acknowledge(Answer::Refused(Refusal::Ending))],
        _ => step.effects.is_empty(),
    }
}
