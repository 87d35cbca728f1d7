//! Random sequences, nonsense included: answers to questions that nobody asked, wrong tickets, unknown processes, alarms
//! at any time. The same properties hold as in the exploration, except those that need a world to hold.

use helper_core::input::{
    Beginning, CloseFailure, Failure, Holdings, Input, LaunchFailure, Launched, Progress, Stage, Ticket,
};
use helper_core::intent::{Intent, Wish};
use helper_core::time::Moment;
use model::catalog::{Catalog, placed};
use model::memory::CURRENT;
use model::moves::OLD;
use model::pc::{Conflicting, FULL, MODULE, Manners, Module, Pc, Pid, Rights, STARTED, STRANGER, SUCCESSOR, process};
use model::report;
use model::standing::violated_by_core;
use model::state::Observed;
use model::worlds::beginnings;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::RngSeed;

/// Which ticket an answer carries. What it is in numbers depends on what was asked until then.
#[derive(Clone, Copy, Debug)]
enum Which {
    Current,
    Package,
    Refresh,
    Launch,
    Old,
}

/// One input, its ticket still open; the alarm comes so many milliseconds after the time that core named, or before.
#[derive(Clone, Debug)]
enum Event {
    Asked(Intent),
    Began(bool),
    NetworkChanged,
    Installed(bool),
    Alarm(i64),
    Answer(Which, Answer),
    Gone(Pid),
    CloseFailed(Pid, CloseFailure),
}

#[derive(Clone, Debug)]
enum Answer {
    Looked(Option<Box<Pc>>),
    Read(Holdings),
    Refreshed(Result<Catalog, Failure>),
    Progressed(Progress),
    Fetched(Result<u8, Failure>),
    HelperFetched(Result<(), Failure>),
    Launched(Result<(Pid, bool), LaunchFailure>),
    Window(Pid),
}

impl Event {
    fn input(self, observed: &Observed) -> (Input, Moment) {
        let ticket = |which| match which {
            Which::Current => CURRENT,
            Which::Package => observed.memory.package.map_or(OLD, |package| package.ticket),
            Which::Refresh => observed.memory.refresh.unwrap_or(OLD),
            Which::Launch => observed.memory.launches.first().map_or(OLD, |launch| launch.0),
            Which::Old => OLD,
        };
        let input = match self {
            Event::Asked(intent) => Input::Asked(intent),
            Event::Began(replaces_itself) => {
                Input::Began(Beginning { every_hours: 6, replaces_itself, ..Beginning::default() })
            }
            Event::NetworkChanged => Input::NetworkChanged,
            Event::Installed(well) => Input::HelperInstalled(if well { Ok(()) } else { Err(Failure::NotWritable) }),
            Event::Alarm(late) => {
                let named = observed.core.wake_at().unwrap_or_default().0;
                return (Input::Woke, Moment(named.saturating_add_signed(late)));
            }
            Event::Answer(which, answer) => answer.input(ticket(which)),
            Event::Gone(pid) => Input::ProcessGone(process(pid)),
            Event::CloseFailed(pid, failure) => Input::CloseFailed(process(pid), failure),
        };
        (input, Moment(0))
    }
}

impl Answer {
    fn input(self, ticket: Ticket) -> Input {
        match self {
            Answer::Looked(pc) => Input::TeamViewerSeen(ticket, pc.map(|pc| pc.scan())),
            Answer::Read(holdings) => Input::StoreSeen(ticket, holdings),
            Answer::Refreshed(result) => Input::CatalogSeen(ticket, result.map(|catalog| catalog.releases().to_vec())),
            Answer::Progressed(progress) => Input::PackageProgress(ticket, progress),
            Answer::Fetched(result) => Input::PackageDone(ticket, result.map(placed)),
            Answer::HelperFetched(result) => Input::HelperPrepared(ticket, result),
            Answer::Launched(result) => Input::ModuleLaunched(
                ticket,
                result.map(|(pid, windows_visible)| Launched { process: process(pid), windows_visible }),
            ),
            Answer::Window(pid) => Input::ModuleWindowSeen(ticket, process(pid)),
        }
    }
}

const WISHES: [Wish; 14] = [
    Wish::Request,
    Wish::Restart,
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

fn intent() -> impl Strategy<Value = Intent> {
    let code = prop_oneof![Just("s12-345-678"), Just("s00-000-000"), Just("환자 12")];
    prop_oneof![
        12 => select(&WISHES[..]).prop_map(Intent::from),
        8 => Just(Wish::Request.into()),
        1 => Just(Intent::OpenWindow),
        1 => Just(Intent::WindowClosed),
        1 => Just(Intent::CheckNow),
        1 => code.prop_map(|code| Intent::CopyCode { code: code.into() }),
        1 => Just(Intent::Quit),
    ]
}

fn failure() -> impl Strategy<Value = Failure> {
    prop_oneof![Just(Failure::Offline), Just(Failure::Untrusted), Just(Failure::DiskFull(7)), Just(Failure::Cancelled)]
}

fn catalog() -> impl Strategy<Value = Catalog> {
    select(
        &[
            Catalog::Empty,
            Catalog::First,
            Catalog::Newer,
            Catalog::Revoked,
            Catalog::Replaced,
            Catalog::Paused,
            Catalog::ForOthers,
            Catalog::NewerHelper,
        ][..],
    )
}

fn conflicting(first: Pid) -> impl Strategy<Value = Option<Conflicting>> {
    let rights = prop_oneof![4 => Just(Rights::Mine), 1 => Just(Rights::Foreign), 1 => Just(Rights::Administrator)];
    let one = (0..3u8, rights, any::<bool>()).prop_map(move |(more, rights, in_use)| Conflicting {
        pid: first + more,
        manners: Manners::Closes,
        rights,
        in_use,
    });
    prop_oneof![3 => Just(None), 1 => one.prop_map(Some)]
}

fn pid() -> impl Strategy<Value = Pid> {
    select(&[FULL, FULL + 1, STRANGER, MODULE, MODULE + 1, STARTED, STARTED + SUCCESSOR, 5][..])
}

fn looked() -> impl Strategy<Value = Box<Pc>> {
    let module = (select(&[MODULE, MODULE + 1, STARTED, STARTED + SUCCESSOR][..]), any::<bool>(), any::<bool>())
        .prop_map(|(pid, old, connected)| Module { pid, old, connected });
    let modules = prop_oneof![3 => Just(vec![]), 1 => vec(module, 1..3)];
    (conflicting(FULL), conflicting(STRANGER), modules).prop_map(|(full, stranger, modules)| {
        let any = beginnings().swap_remove(0).pc;
        Box::new(Pc { full, stranger, modules, launched: Some(STARTED), ..any })
    })
}

fn holdings() -> impl Strategy<Value = Holdings> {
    (vec(1..4u8, 0..3), catalog(), 0..4u8).prop_map(|(ids, catalog, repairs_last_day)| Holdings {
        placed: ids.into_iter().map(placed).collect(),
        catalog: catalog.releases().to_vec(),
        repairs_last_day,
    })
}

fn answer() -> impl Strategy<Value = Answer> {
    let launch_failure = prop_oneof![
        2 => Just(LaunchFailure::Damaged),
        1 => Just(LaunchFailure::Forbidden),
        1 => Just(LaunchFailure::Vanished),
        1 => Just(LaunchFailure::System)
    ];
    let progress =
        (any::<bool>(), any::<u64>(), any::<u64>(), any::<u64>()).prop_map(|(fetching, done, total, rate)| {
            let stage = if fetching { Stage::Fetching } else { Stage::Checking };
            Progress { stage, done, total, rate }
        });
    let launched = prop_oneof![(pid(), any::<bool>()).prop_map(Ok), launch_failure.prop_map(Err)];
    prop_oneof![
        4 => prop_oneof![9 => looked().prop_map(Some), 1 => Just(None)].prop_map(Answer::Looked),
        4 => holdings().prop_map(Answer::Read),
        3 => prop_oneof![4 => catalog().prop_map(Ok), 1 => failure().prop_map(Err)].prop_map(Answer::Refreshed),
        1 => progress.prop_map(Answer::Progressed),
        2 => prop_oneof![2 => (1..4u8).prop_map(Ok), 1 => failure().prop_map(Err)].prop_map(Answer::Fetched),
        1 => prop_oneof![2 => Just(Ok(())), 1 => failure().prop_map(Err)].prop_map(Answer::HelperFetched),
        2 => launched.prop_map(Answer::Launched),
        2 => pid().prop_map(Answer::Window),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    let which = prop_oneof![
        5 => Just(Which::Current),
        2 => Just(Which::Package),
        2 => Just(Which::Refresh),
        2 => Just(Which::Launch),
        1 => Just(Which::Old)
    ];
    let close_failure = prop_oneof![Just(CloseFailure::NotPermitted), Just(CloseFailure::Changed)];
    prop_oneof![
        6 => intent().prop_map(Event::Asked),
        1 => any::<bool>().prop_map(Event::Began),
        1 => Just(Event::NetworkChanged),
        1 => any::<bool>().prop_map(Event::Installed),
        3 => prop_oneof![4 => Just(0), 1 => -2_000..2_000i64].prop_map(Event::Alarm),
        20 => (which, answer()).prop_map(|(which, answer)| Event::Answer(which, answer)),
        3 => pid().prop_map(Event::Gone),
        1 => (pid(), close_failure).prop_map(|(pid, failure)| Event::CloseFailed(pid, failure)),
    ]
}

/// The same sequences every time, so that a failure is the fault of what was changed; `MODEL_SEQUENCES=100000` tries so
/// many others.
fn config() -> ProptestConfig {
    let others = std::env::var("MODEL_SEQUENCES").ok().and_then(|count| count.parse().ok());
    let usual = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    match others {
        Some(cases) => ProptestConfig { cases, ..usual },
        None => ProptestConfig { cases: 1_500, rng_seed: RngSeed::Fixed(1_500), ..usual },
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn no_sequence_breaks_a_property(events in vec(event(), 1..80)) {
        let mut observed = Observed::default();
        let mut lines = Vec::new();
        for event in events {
            let (input, now) = event.input(&observed);
            lines.push(report::input(&input));
            let broken = match observed.step(input, now) {
                // Of a state without a future there is nothing more to ask.
                Ok(_) if observed.memory.quit => None,
                Ok(_) => violated_by_core(&observed.core),
                Err(violation) => Some(violation),
            };
            lines.push(format!("    -> {}", report::request(observed.core.request())));
            prop_assert!(broken.is_none(), "{:?} after\n{}", broken, lines.join("\n"));
        }
    }
}
