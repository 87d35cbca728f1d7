//! One PC over days, told by hand: what the exploration leaves out because it is a matter of hours.

use super::*;
use crate::Setup;
use crate::choice::HELPER;
use crate::choice::tests::{me, release};
use crate::effect::{Effect, Notice, Why};
use crate::input::Holdings;
use crate::input::Input;
use crate::intent::{Answer, Refusal};
use crate::intent::{Intent, Wish};
use crate::problem::Problem;
use crate::release::Release;
use crate::release::{Status, Vendor};
use crate::request::{REFRESH_LIMIT, Request};
use crate::time::{minutes, seconds};
use std::sync::Arc;

const HOUR: u64 = minutes(60);
const DAY: u64 = 24 * HOUR;
const WALL: i64 = 1_795_000_000;

struct Desk {
    core: Core,
    now: Moment,
}

impl Desk {
    fn new(last_check: Option<i64>) -> Self {
        let setup = Setup { me: me(), module_name: String::new(), phone: String::new() };
        let mut desk = Self { core: Core::new(Arc::new(setup)), now: Moment(0) };
        desk.tell(Input::Began(Beginning {
            wall: WALL,
            last_check,
            every_hours: 6,
            replaces_itself: true,
            refused_helpers: vec![],
        }));
        desk
    }

    fn tell(&mut self, input: Input) -> Vec<Effect> {
        self.core.step(input, self.now)
    }

    /// Lets time pass until the next alarm; told is what is asked for then.
    fn wait(&mut self) -> Vec<Effect> {
        self.now = self.core.wake_at().unwrap();
        self.tell(Input::Woke)
    }

    /// Waits for the next check and answers it.
    fn check(&mut self, answer: Result<Vec<Release>, Failure>) -> Vec<Effect> {
        let ticket = match self.wait().as_slice() {
            [Effect::RefreshCatalog(ticket)] => *ticket,
            other => panic!("no check: {other:?}"),
        };
        self.tell(Input::CatalogSeen(ticket, answer))
    }

    fn status(&self) -> UpkeepStatus {
        self.core.upkeep_status(self.now)
    }
}

fn holdings(catalog: &[Release]) -> Holdings {
    Holdings { placed: vec![], catalog: catalog.to_vec(), repairs_last_day: 0 }
}

fn reads(effects: &[Effect]) -> Ticket {
    let read = effects.iter().find_map(|effect| match effect {
        Effect::InspectStore(ticket) => Some(*ticket),
        _ => None,
    });
    read.unwrap_or_else(|| panic!("nothing is read: {effects:?}"))
}

#[test]
fn a_check_is_noted_once_a_day_and_not_more_often() {
    let mut desk = Desk::new(Some(WALL - 100));
    let mut noted = Vec::new();
    while desk.now.0 < 5 * DAY {
        let effects = desk.check(Ok(vec![]));
        if effects.contains(&Effect::NoteCheck) {
            noted.push(desk.now.0);
        }
        let ticket = reads(&effects);
        desk.tell(Input::StoreSeen(ticket, holdings(&[])));
        assert_eq!(desk.status().state, "resting");
    }
    assert!((4..=5).contains(&noted.len()), "{noted:?}");
    assert!(noted.windows(2).all(|pair| pair[1] - pair[0] >= DAY), "{noted:?}");
}

#[test]
fn two_weeks_without_an_answer_are_told_once() {
    let notices = |desk: &mut Desk, days: u64, answer: Failure| {
        let end = desk.now.after(days * DAY);
        let mut told = 0;
        while desk.now < end {
            let effects = desk.check(Err(answer));
            told += effects.iter().filter(|effect| **effect == Effect::Notify(Notice::LongWithoutNews)).count();
        }
        told
    };
    let mut desk = Desk::new(Some(WALL - 100));
    assert_eq!(notices(&mut desk, 13, Failure::Expired), 0);
    assert_eq!(notices(&mut desk, 2, Failure::Expired), 1);
    assert_eq!(notices(&mut desk, 20, Failure::Unreachable), 0, "once is enough");
    // It was long before this start already.
    let mut desk = Desk::new(Some(WALL - 15 * 24 * 60 * 60));
    assert_eq!(notices(&mut desk, 1, Failure::Unreachable), 1);
    // An answer begins a new count.
    let mut desk = Desk::new(Some(WALL - 13 * 24 * 60 * 60));
    let ticket = reads(&desk.check(Ok(vec![])));
    desk.tell(Input::StoreSeen(ticket, holdings(&[])));
    assert_eq!(notices(&mut desk, 10, Failure::Unreachable), 0);
    // A clock that was ahead tells nothing.
    let mut desk = Desk::new(Some(i64::MAX));
    assert_eq!(notices(&mut desk, 13, Failure::Unreachable), 0);
}

#[test]
fn after_a_night_of_sleep_one_check_follows_and_the_next_comes_at_its_turn() {
    let mut desk = Desk::new(Some(WALL - 100));
    desk.now = Moment(11 * HOUR);
    let effects = desk.tell(Input::NetworkChanged);
    let ticket = match effects.as_slice() {
        [Effect::RefreshCatalog(ticket)] => *ticket,
        other => panic!("{other:?}"),
    };
    let ticket = reads(&desk.tell(Input::CatalogSeen(ticket, Ok(vec![]))));
    desk.tell(Input::StoreSeen(ticket, holdings(&[])));
    let next = desk.status().next_in.unwrap();
    assert!((1..=6 * HOUR).contains(&next), "{next}");
}

#[test]
fn a_network_that_returns_is_tried_soon() {
    let mut desk = Desk::new(Some(WALL - 100));
    desk.check(Err(Failure::Offline));
    let planned = desk.status().next_in.unwrap();
    assert!(planned > minutes(3));
    desk.now = desk.now.after(minutes(1));
    desk.tell(Input::NetworkChanged);
    assert!(desk.status().next_in.unwrap() <= minutes(9), "ten minutes after the last try at the latest");
    let mut desk = Desk::new(Some(WALL - 100));
    desk.check(Err(Failure::Untrusted));
    let planned = desk.status().next_in;
    desk.tell(Input::NetworkChanged);
    assert_eq!(desk.status().next_in, planned, "another network mends no forgery");
}

#[test]
fn a_helper_is_fetched_after_the_module_and_waits_for_the_window_to_close() {
    let mut newer = release(9, Status::Active);
    newer.custom.module = HELPER.into();
    newer.custom.version = "2.0.0".into();
    newer.custom.updater = Some("signature".into());
    let catalog = vec![release(1, Status::Active), newer];
    let mut desk = Desk::new(None);
    desk.tell(Input::Asked(Intent::OpenWindow));
    let ticket = reads(&desk.check(Ok(catalog.clone())));
    let effects = desk.tell(Input::StoreSeen(ticket, holdings(&catalog)));
    let package = match effects.as_slice() {
        [Effect::PreparePackage(ticket, release, Why::Ahead)] if release.custom.rank == 1 => *ticket,
        other => panic!("{other:?}"),
    };
    let placed = crate::input::PlacedId(catalog[0].custom.install.tree);
    let ticket = reads(&desk.tell(Input::PackageDone(package, Ok(placed))));
    let effects = desk.tell(Input::StoreSeen(ticket, Holdings { placed: vec![placed], ..holdings(&catalog) }));
    let helper = match effects.as_slice() {
        [Effect::PrepareHelper(ticket, release)] if release.custom.version == "2.0.0" => *ticket,
        other => panic!("{other:?}"),
    };
    assert_eq!(desk.tell(Input::HelperPrepared(helper, Ok(()))), [], "somebody looks at the window");
    assert_eq!(desk.status().successor.as_deref(), Some("2.0.0"));
    let effects = desk.tell(Input::Asked(Intent::WindowClosed));
    assert_eq!(effects, [Effect::Acknowledge(Answer::Accepted), Effect::InstallHelper]);
    let effects = desk.tell(Input::Asked(Wish::Request.into()));
    assert_eq!(effects, [Effect::Acknowledge(Answer::Refused(Refusal::Ending))], "the next helper takes it");
    assert_eq!(desk.tell(Input::HelperInstalled(Ok(()))), [Effect::StartSuccessor]);
    assert_eq!(desk.core.wake_at(), None);
}

#[test]
fn a_helper_that_cannot_be_put_in_place_leaves_everything_as_it_is() {
    let mut newer = release(9, Status::Active);
    newer.custom.module = HELPER.into();
    newer.custom.version = "2.0.0".into();
    newer.custom.updater = Some("signature".into());
    let catalog = vec![newer];
    let mut desk = Desk::new(None);
    let ticket = reads(&desk.check(Ok(catalog.clone())));
    let effects = desk.tell(Input::StoreSeen(ticket, holdings(&catalog)));
    let [Effect::PrepareHelper(helper, _)] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(desk.tell(Input::HelperPrepared(*helper, Ok(()))), [Effect::InstallHelper]);
    assert_eq!(desk.tell(Input::HelperInstalled(Err(Failure::NotWritable))), []);
    let status = desk.status();
    assert_eq!((status.state.as_str(), status.failure), ("resting", Some(Failure::NotWritable)));
    let effects = desk.tell(Input::Asked(Wish::Request.into()));
    assert!(effects.contains(&Effect::Acknowledge(Answer::Accepted)), "{effects:?}");
}

#[test]
fn the_vendors_own_source_is_for_outages_only() {
    let offered = |vendor: bool, failure: Failure| {
        let mut one = release(1, Status::Active);
        one.custom.vendor = vendor.then(|| Vendor { url: "https://vendor.example/m".into() });
        let setup = Setup { me: me(), module_name: String::new(), phone: String::new() };
        let mut desk = Desk { core: Core::new(Arc::new(setup)), now: Moment(0) };
        let effects = desk.tell(Input::Asked(Wish::Request.into()));
        let [Effect::LookForTeamViewer(look), Effect::InspectStore(read), _] = effects.as_slice() else {
            panic!("{effects:?}")
        };
        let places = crate::presence::Places {
            system: crate::release::System::Linux,
            installed: vec![],
            temporary: vec![],
            module: vec![],
            module_title: String::new(),
            module_config_id: String::new(),
        };
        let nothing = crate::presence::Scan { processes: vec![], places, launched: None };
        desk.tell(Input::TeamViewerSeen(*look, Some(nothing)));
        let effects = desk.tell(Input::StoreSeen(*read, holdings(&[one])));
        let [Effect::RefreshCatalog(asked)] = effects.as_slice() else { panic!("{effects:?}") };
        let effects = desk.tell(Input::CatalogSeen(*asked, Err(failure)));
        match (effects.as_slice(), desk.core.request()) {
            ([Effect::PreparePackage(_, _, Why::Missing)], _) => None,
            (_, Request::Stuck { problem, .. }) => Some(*problem),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(offered(true, Failure::Unreachable), None);
    assert_eq!(offered(true, Failure::Busy(60)), None);
    assert_eq!(offered(false, Failure::Unreachable), Some(Problem::MirrorUnreachable));
    for (failure, problem) in [
        (Failure::Untrusted, Problem::Untrusted),
        (Failure::Expired, Problem::Stale),
        (Failure::WrongClock, Problem::WrongClock),
        (Failure::TlsRefused, Problem::TlsRefused),
        (Failure::Offline, Problem::Offline),
        (Failure::SignInPage, Problem::SignInPage),
    ] {
        assert_eq!(offered(true, failure), Some(problem), "{failure:?}");
    }
}

#[test]
fn asking_for_a_check_joins_the_one_that_runs() {
    let mut desk = Desk::new(None);
    let effects = desk.tell(Input::Asked(Intent::CheckNow));
    assert!(
        matches!(effects.as_slice(), [Effect::RefreshCatalog(_), Effect::Acknowledge(Answer::Accepted)]),
        "{effects:?}"
    );
    assert_eq!(desk.tell(Input::Asked(Intent::CheckNow)), [Effect::Acknowledge(Answer::Joined)]);
    // A machine that never answers is given up, and tried again later.
    desk.now = desk.now.after(REFRESH_LIMIT + seconds(1));
    assert_eq!(desk.tell(Input::Woke), []);
    assert_eq!(desk.status().failures, 1);
    let mut terminal = Desk { core: Core::new(desk.core.setup.clone()), now: Moment(0) };
    assert_eq!(
        terminal.tell(Input::Asked(Intent::CheckNow)),
        [Effect::Acknowledge(Answer::Refused(Refusal::NotOffered))]
    );
}
