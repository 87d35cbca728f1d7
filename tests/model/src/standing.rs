//! What holds in every state, whatever led there. Most of it asks core alone what it would do if.

use crate::catalog::{Catalog, placed};
use crate::memory::CURRENT;
use crate::mentions::matters;
use crate::moves::OLD;
use crate::pc::{STARTED, process};
use crate::properties::Violation;
use crate::state::State;
use helper_core::Core;
use helper_core::effect::Effect;
use helper_core::input::{CloseFailure, Failure, Holdings, Input, LaunchFailure, Launched, Progress, Stage, Ticket};
use helper_core::intent::{Answer, Intent, Refusal, Wish};
use helper_core::presence::{Places, ProcessId, Scan};
use helper_core::release::System;
use helper_core::request::{PATIENCE, Request};
use helper_core::time::{Moment, minutes};
use helper_core::tray::Line;
use helper_core::view::Scene;

macro_rules! properties {
    ($(#[doc = $sentence:literal] $name:ident;)*) => {
        /// Every property of a state: its name and its sentence.
        pub const STATES: &[(&str, &str)] = &[$((stringify!($name), $sentence.trim_ascii()),)*];
    };
}

macro_rules! hold {
    ($what:expr; $($name:ident),* $(,)?) => {
        $(if !$name($what) { return broken(stringify!($name)); })*
    };
}

properties! {
    /// Every busy state has an alarm.
    busy_has_an_alarm;
    /// At rest no alarm is set.
    rest_has_no_alarm;
    /// When nothing but the alarm happens any more, rest is reached in a few steps and within an hour.
    silence_ends;
    /// Every problem has a code and offers something to do.
    problems_help;
    /// The card's buttons are what is offered, at most four, and the tray offers the same.
    faces_show_what_is_offered;
    /// A second click while a request is under way joins it and changes nothing.
    second_clicks_join;
    /// A wish that is not offered is refused and changes nothing.
    unoffered_wishes_are_refused;
    /// Answers to old tickets and news of unknown processes change nothing.
    old_answers_change_nothing;
    /// Opening and closing the window and copying a code change nothing of the request.
    asides_change_nothing;
    /// After quitting no answer, alarm or click has any effect.
    quitting_ends_everything;
    /// Every process whose end matters is watched.
    what_matters_is_watched;
    /// Who waits longer than a second sees the window.
    long_waits_are_shown;
}

fn broken(property: &'static str) -> Option<Violation> {
    let sentence = STATES.iter().find(|one| one.0 == property).map_or("", |one| one.1);
    Some(Violation { property, sentence })
}

/// The first property that core alone violates here.
pub fn violated_by_core(core: &Core) -> Option<Violation> {
    // What was said of a typed code goes with the next click: that is no change of the request.
    let mut quiet = core.clone();
    quiet.step(Input::Asked(Intent::WindowClosed), Moment(0));
    // What gives way to its successor refuses everything until that stands, and has an alarm.
    if background(&quiet) == "replacing" {
        return (quiet.wake_at().is_none() || quiet.request().is_busy()).then(|| broken("busy_has_an_alarm")).flatten();
    }
    hold!(&quiet;
        busy_has_an_alarm, rest_has_no_alarm, silence_ends, problems_help, faces_show_what_is_offered,
        second_clicks_join, unoffered_wishes_are_refused, old_answers_change_nothing, asides_change_nothing,
        quitting_ends_everything,
    );
    None
}

/// The first property that this state violates.
pub fn violated_by_state(state: &State) -> Option<Violation> {
    hold!(state; what_matters_is_watched, long_waits_are_shown);
    None
}

fn busy_has_an_alarm(core: &Core) -> bool {
    !core.request().is_busy() || core.wake_at().is_some()
}

fn rest_has_no_alarm(core: &Core) -> bool {
    core.request().is_busy() || core.wake_at().is_none() || works_in_the_background(core)
}

fn background(core: &Core) -> String {
    core.upkeep_status(Moment(0)).state
}

fn works_in_the_background(core: &Core) -> bool {
    background(core) != "off"
}

/// From busy to rest there are at most patience, a first and a second try, and a question.
const FEW: usize = 6;

/// The background has alarms of its own meanwhile.
const FEW_MORE: usize = 6;

fn silence_ends(core: &Core) -> bool {
    let mut core = core.clone();
    let few = FEW + if works_in_the_background(&core) { FEW_MORE } else { 0 };
    for _ in 0..few {
        let Some(now) = core.wake_at().filter(|_| core.request().is_busy()) else { break };
        if now > Moment(minutes(60)) {
            return false;
        }
        core.step(Input::Woke, now);
    }
    !core.request().is_busy()
}

fn problems_help(core: &Core) -> bool {
    let Request::Stuck { problem, .. } = core.request() else { return core.view().problem.is_none() };
    let view = core.view();
    !core.offers().is_empty()
        && !view.actions.is_empty()
        && view.scene == Scene::Problem
        && view.problem.is_some_and(|shown| shown.code == problem.code() && !shown.code.is_empty())
}

fn faces_show_what_is_offered(core: &Core) -> bool {
    let (view, tray, offers) = (core.view(), core.tray(), core.offers());
    let shown: Vec<Wish> = view.actions.iter().map(|action| action.wish).collect();
    // At rest there is one thing to do; starting again is in the menu.
    let idle = matches!(core.request(), Request::Idle { .. });
    let expected: Vec<Wish> = offers.iter().copied().filter(|wish| !(idle && *wish == Wish::Restart)).collect();
    let in_menu = |wish: &Wish| {
        let intent = Intent::from(*wish);
        tray.menu.iter().any(|line| matches!(line, Line::Item { intent: item, .. } if *item == intent))
    };
    shown == expected && offers.len() <= 4 && offers.iter().all(in_menu)
}

/// What core does about this, if it stays as it is but for the window's being up.
fn unchanged_by(core: &Core, input: Input) -> Option<Vec<Effect>> {
    let mut after = core.clone();
    let effects = after.step(input, Moment(0));
    after.step(Input::Asked(Intent::WindowClosed), Moment(0));
    (after == *core).then_some(effects)
}

fn second_clicks_join(core: &Core) -> bool {
    if !core.request().is_busy() {
        return true;
    }
    // While the question is open, restarting answers it.
    let asked = matches!(core.request(), Request::AlreadyRunning { .. });
    [Wish::Request, Wish::Restart].into_iter().filter(|wish| !(asked && *wish == Wish::Restart)).all(|wish| {
        let joined = [Effect::PresentWindow, Effect::Acknowledge(Answer::Joined)];
        unchanged_by(core, Input::Asked(wish.into())).is_some_and(|effects| effects == joined)
    })
}

const WISHES: [Wish; 12] = [
    Wish::CloseAndContinue,
    Wish::LeaveRunning,
    Wish::ForceClose,
    Wish::GoOn,
    Wish::StartAfresh,
    Wish::TryAgain,
    Wish::FetchFresh,
    Wish::ShowCopy,
    Wish::OpenScreenRecording,
    Wish::OpenAccessibility,
    Wish::OpenOrigin,
    Wish::Cancel,
];

fn unoffered_wishes_are_refused(core: &Core) -> bool {
    let offers = core.offers();
    WISHES.into_iter().filter(|wish| !offers.contains(wish)).all(|wish| {
        let refused = [Effect::Acknowledge(Answer::Refused(Refusal::NotOffered))];
        unchanged_by(core, Input::Asked(wish.into())).is_some_and(|effects| effects == refused)
    })
}

const NOBODY: ProcessId = ProcessId { pid: 9_999, started: 1 };

/// One answer of every kind with this ticket, all of them good news.
fn good_news(ticket: Ticket) -> Vec<Input> {
    let places = Places {
        system: System::Linux,
        installed: vec![],
        temporary: vec![],
        module: vec![],
        module_title: String::new(),
        module_config_id: String::new(),
    };
    let holdings =
        Holdings { placed: vec![placed(2)], catalog: Catalog::Newer.releases().to_vec(), repairs_last_day: 0 };
    let progress = Progress { stage: Stage::Fetching, done: 1, total: 2, rate: 3 };
    vec![
        Input::TeamViewerSeen(ticket, Some(Scan { processes: vec![], places, launched: None })),
        Input::StoreSeen(ticket, holdings),
        Input::CatalogSeen(ticket, Ok(Catalog::Newer.releases().to_vec())),
        Input::PackageProgress(ticket, progress),
        Input::PackageDone(ticket, Ok(placed(2))),
        Input::HelperPrepared(ticket, Ok(())),
        Input::HelperInstalled(Ok(())),
        Input::ModuleLaunched(ticket, Ok(Launched { process: process(STARTED), windows_visible: true })),
        Input::ModuleWindowSeen(ticket, process(STARTED)),
    ]
}

fn old_answers_change_nothing(core: &Core) -> bool {
    let bad_news = [
        Input::TeamViewerSeen(OLD, None),
        Input::CatalogSeen(OLD, Err(Failure::Offline)),
        Input::PackageDone(OLD, Err(Failure::Cancelled)),
        Input::ModuleLaunched(OLD, Err(LaunchFailure::Damaged)),
        Input::ProcessGone(NOBODY),
        Input::CloseFailed(NOBODY, CloseFailure::Changed),
        Input::CloseFailed(NOBODY, CloseFailure::NotPermitted),
    ];
    good_news(OLD)
        .into_iter()
        .chain(bad_news)
        .all(|input| unchanged_by(core, input).is_some_and(|effects| effects.is_empty()))
}

fn asides_change_nothing(core: &Core) -> bool {
    let opened = unchanged_by(core, Input::Asked(Intent::OpenWindow));
    let closed = unchanged_by(core, Input::Asked(Intent::WindowClosed));
    let codes = ["s12-345-678", "s00-000-000", "12"].into_iter().all(|code| {
        let mut after = core.clone();
        after.step(Input::Asked(Intent::CopyCode { code: code.to_owned() }), Moment(0));
        after.request() == core.request() && after.wake_at() == core.wake_at() && faces_show_what_is_offered(&after)
    });
    opened.is_some_and(|effects| effects == [Effect::PresentWindow, Effect::Acknowledge(Answer::Accepted)])
        && closed.is_some_and(|effects| effects == [Effect::Acknowledge(Answer::Accepted)])
        && codes
}

fn quitting_ends_everything(core: &Core) -> bool {
    let mut core = core.clone();
    let effects = core.step(Input::Asked(Intent::Quit), Moment(0));
    let parting = |effect: &Effect| {
        matches!(effect, Effect::CancelPackage(_) | Effect::Exit | Effect::Acknowledge(Answer::Accepted))
    };
    let refused = [Effect::Acknowledge(Answer::Refused(Refusal::Ending))];
    let gone = (0..=126).map(|pid| Input::ProcessGone(process(pid)));
    effects.iter().all(parting)
        && core.wake_at().is_none()
        && good_news(CURRENT).into_iter().chain(gone).all(|input| core.step(input, Moment(0)).is_empty())
        && core.step(Input::Woke, Moment(minutes(600))).is_empty()
        && core.step(Input::Asked(Wish::Request.into()), Moment(0)) == refused
        && core.step(Input::Asked(Wish::Cancel.into()), Moment(0)) == refused
}

fn what_matters_is_watched(state: &State) -> bool {
    matters(state.core().request()) & !state.work.watched == 0
}

fn long_waits_are_shown(state: &State) -> bool {
    let core = state.core();
    let soon = core.wake_at().is_some_and(|moment| moment <= Moment(PATIENCE));
    !core.request().is_busy() || state.observed.memory.presented || soon
}
