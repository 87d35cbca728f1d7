//! `ui/fixtures/{ko,en}/*.json`: one rendered view for every card, made by driving the real core. Pictures and tests of the
//! window draw them. This test says when they are out of date; `UPDATE_FIXTURES=1` writes them anew.

use super::{Language, Shown, Words};
use helper_core::choice::Me;
use helper_core::diagnostics::Document;
use helper_core::doctor::{Content, Facts, Outcome, Probe, Report, Role, Target};
use helper_core::effect::Effect;
use helper_core::input::{
    Beginning, CloseFailure, Failure, Holdings, Input, LaunchFailure, Launched, PlacedId, Progress, Rehearsal, Stage,
    Ticket,
};
use helper_core::intent::{Intent, Wish};
use helper_core::person::Person;
use helper_core::policy::{Effective, Otherwise, Source, Stated, Value, Valued};
use helper_core::presence::{Owner, Places, ProcessFact, ProcessId, ProgramPath, Scan, Session, WORKING_SESSION};
use helper_core::problem::Problem;
use helper_core::release::{Arch, Custom, Digest, Install, PackageKind, Pieces, Release, Rollout, Status, System};
use helper_core::settings::{Preferences, Settings};
use helper_core::time::{Moment, minutes};
use helper_core::view::Field;
use helper_core::{Core, Setup};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

const FULL: &str = r"C:\Program Files\TeamViewer\TeamViewer.exe";
const MODULE: &str = r"C:\Users\nurse\Desktop\EDGE&NEXT Support.exe";
const PLACED: PlacedId = PlacedId(Digest([7; 32]));

/// Who sits there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    /// Somebody who has not seen the first run.
    New,
    /// Somebody who has, and said nothing about himself.
    Welcomed,
    /// Somebody who said his name.
    Named,
}

/// A core at a desk: keeps the time and the ticket that core waits for.
#[derive(Clone)]
struct Desk {
    core: Core,
    now: Moment,
    ticket: Ticket,
}

impl Desk {
    fn new(language: Language) -> Self {
        Self::on(System::Windows, language)
    }

    fn on(system: System, language: Language) -> Self {
        let setup = Setup {
            me: Me {
                module: "quicksupport".into(),
                system,
                arch: Arch::X86_64,
                channel: "stable".into(),
                groups: vec![],
                seed: [0; 16],
                helper: (0, 1, 0),
            },
            module_name: "EDGE&NEXT Support".into(),
            phone: phone(language).into(),
        };
        Self { core: Core::new(Arc::new(setup)), now: Moment(0), ticket: Ticket(0) }
    }

    fn step(mut self, input: Input) -> Self {
        for effect in self.core.step(input, self.now) {
            if let Effect::LookForTeamViewer(ticket)
            | Effect::RefreshCatalog(ticket)
            | Effect::PreparePackage(ticket, ..)
            | Effect::Rehearse(ticket)
            | Effect::Examine(ticket)
            | Effect::CollectDiagnostics(ticket, ..)
            | Effect::SaveDiagnostics(ticket, _)
            | Effect::Launch(ticket, _) = effect
            {
                self.ticket = ticket;
            }
        }
        self
    }

    fn wish(self, wish: Wish) -> Self {
        self.step(Input::Asked(wish.into()))
    }

    fn clicked(self) -> Self {
        self.wish(Wish::Request)
    }

    /// Waits until core gives up by itself.
    fn overdue(mut self) -> Self {
        self.now = self.now.after(minutes(31));
        self.step(Input::Woke)
    }

    fn seen(self, processes: Vec<ProcessFact>) -> Self {
        let ticket = self.ticket;
        self.step(Input::TeamViewerSeen(ticket, Some(scan(processes))))
    }

    fn holding(self, placed: Vec<PlacedId>, repairs_last_day: u8) -> Self {
        let ticket = self.ticket;
        self.step(Input::StoreSeen(ticket, Holdings { placed, catalog: vec![], repairs_last_day }))
    }

    fn catalog(self, result: Result<Vec<Release>, Failure>) -> Self {
        let ticket = self.ticket;
        self.step(Input::CatalogSeen(ticket, result))
    }

    fn progress(self, stage: Stage, done: u64, total: u64, rate: u64) -> Self {
        let ticket = self.ticket;
        self.step(Input::PackageProgress(ticket, Progress { stage, done, total, rate }))
    }

    fn launched(self, result: Result<Launched, LaunchFailure>) -> Self {
        let ticket = self.ticket;
        self.step(Input::ModuleLaunched(ticket, result))
    }

    /// The placed module turns out to be damaged when it is to be started; core looks once more before it goes on.
    fn damaged(self, repairs_last_day: u8) -> Self {
        let desk = self.clicked().seen(vec![]).holding(vec![PLACED], repairs_last_day);
        desk.launched(Err(LaunchFailure::Damaged)).seen(vec![]).holding(vec![PLACED], repairs_last_day)
    }

    fn found(self, process: ProcessFact) -> Self {
        self.clicked().seen(vec![process]).holding(vec![PLACED], 0)
    }

    fn starting(self) -> Self {
        self.clicked().seen(vec![]).holding(vec![PLACED], 0)
    }

    fn refreshing(self) -> Self {
        self.clicked().seen(vec![]).holding(vec![], 0)
    }

    fn fetching(self) -> Self {
        self.refreshing().catalog(Ok(vec![release(Status::Active)]))
    }

    fn running(self) -> Self {
        let desk = self.starting().launched(Ok(Launched { process: id(900), windows_visible: true }));
        let ticket = desk.ticket;
        desk.step(Input::ModuleWindowSeen(ticket, id(900)))
    }

    /// How this helper is set: by this policy, and by a person who has seen the first run, or not.
    fn settled(self, language: Language, policy: &[(&str, Value)], seen: Seen) -> Self {
        let welcomed = seen != Seen::New;
        let person = match (seen, language) {
            (Seen::New | Seen::Welcomed, _) => Person::default(),
            (Seen::Named, Language::Ko) => {
                Person { name: "김하늘".into(), department: "7병동 간호사실".into(), extension: "1234".into() }
            }
            (Seen::Named, Language::En) => {
                Person { name: "Haneul Kim".into(), department: "Ward 7, nurses".into(), extension: "1234".into() }
            }
        };
        let preferences = Preferences { language: Some(language.into()), person, welcomed, ..Preferences::default() };
        let stated = Stated {
            place: "/etc/com.edgenext.support-helper/policy.toml".into(),
            values: policy.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect(),
            wrong: vec![],
            weaker: None,
        };
        let otherwise = Otherwise {
            preferences: preferences.clone(),
            mirrors: vec!["https://support.edgenext.example/mirror".into()],
            channel: "stable".into(),
            language: Valued { value: language.into(), source: Source::Person },
            proxy_variable: None,
        };
        let settings = Settings {
            effective: Effective::of(&stated, otherwise, &|_| Ok(())),
            preferences,
            at_login: Some(true),
            phone: phone(language).into(),
            version: "0.1.0".into(),
        };
        self.step(Input::Settled(Arc::new(settings)))
    }

    fn copied(self, field: Field) -> Self {
        self.step(Input::Asked(Intent::CopyLine { field }))
    }

    fn change(self, field: Field, value: &str) -> Self {
        self.step(Input::Asked(Intent::Change { field, value: value.into() }))
    }

    /// The first run, so many steps on.
    fn wizard(self, language: Language, steps: u8) -> Self {
        (0..steps).fold(self.settled(language, &[], Seen::New), |desk, _| desk.wish(Wish::Next))
    }

    /// The module is, or is not, what was signed.
    fn rehearsed(self, rehearsal: Rehearsal) -> Self {
        let ticket = self.ticket;
        self.step(Input::Rehearsed(ticket, rehearsal))
    }

    /// The background work has begun.
    fn began(self) -> Self {
        self.step(Input::Began(Beginning { wall: 1_795_000_000, every_hours: 6, ..Beginning::default() }))
    }

    fn examined(self, facts: &Facts) -> Self {
        let desk = self.wish(Wish::OpenDoctor);
        let ticket = desk.ticket;
        desk.step(Input::Examined(ticket, Some(Arc::new(Report::of(facts)))))
    }

    fn collected(self) -> Self {
        let desk = self.wish(Wish::OpenDiagnostics);
        let ticket = desk.ticket;
        let document = |name: &str, text: &str| Document { name: name.into(), text: text.into() };
        desk.step(Input::DiagnosticsCollected(ticket, Arc::new(vec![
            document("about.txt", "helper: 0.1.0\nsystem: Windows 11 (x86_64)\nmodule: 15.70.4, proven\n"),
            document("policy.txt", "mirrors: https://support.edgenext.example/mirror (built-in)\nproxy: system (built-in)\n"),
            document("teamviewer.txt", "module, owner: me, session: mine, place: temporary\n"),
            document("journal.jsonl", &"{\"at\":\"2026-11-25T06:12:00Z\",\"what\":\"asked: Request\",\"from\":\"idle\",\"to\":\"looking\"}\n".repeat(40)),
            document("log.txt", ""),
        ])))
    }

    fn saved(self, place: Option<&str>) -> Self {
        let desk = self.wish(Wish::SaveDiagnostics);
        let ticket = desk.ticket;
        desk.step(Input::DiagnosticsSaved(ticket, place.map(str::to_owned)))
    }

    fn code(self, code: &str) -> Self {
        self.step(Input::Asked(Intent::CopyCode { code: code.into() }))
    }
}

const fn phone(language: Language) -> &'static str {
    match language {
        Language::Ko => "070-7488-3982 (15:30~16:30에 잘 연결돼요)",
        Language::En => "070-7488-3982 (best 15:30–16:30, Korean time)",
    }
}

/// A network in which only the proxy is in the way.
fn asked_by_the_proxy() -> Facts {
    let probe = |role, address: &str, outcome| Probe {
        target: Target::new(role, helper_core::doctor::Place::Web(address.into())),
        outcome,
        connected_ms: Some(12),
        proxy: Some("http://proxy.hospital.example:3128".into()),
        date: None,
    };
    Facts {
        interface_up: true,
        probes: vec![
            probe(Role::Mirror, "https://support.edgenext.example/mirror", Outcome::ProxySignIn(vec!["Basic".into()])),
            probe(Role::Origin, "https://get.teamviewer.com/edgennext_support", Outcome::ProxySignIn(vec![])),
        ],
        ..Facts::default()
    }
}

fn all_good() -> Facts {
    let probe = |role, address: &str, outcome| Probe {
        target: Target::new(role, helper_core::doctor::Place::Web(address.into())),
        outcome,
        connected_ms: Some(12),
        proxy: None,
        date: Some(1_795_000_000),
    };
    let mut probes = vec![
        probe(Role::Mirror, "https://support.edgenext.example/mirror", Outcome::Answered(Content::Expected)),
        probe(Role::Origin, "https://get.teamviewer.com/edgennext_support", Outcome::Answered(Content::Expected)),
    ];
    for port in helper_core::doctor::PORTS {
        probes.push(probe(Role::Router(port), "https://router1.teamviewer.com", Outcome::Open));
    }
    Facts { interface_up: true, now: 1_795_000_000, probes, ..Facts::default() }
}

/// A hospital that has set nearly everything.
fn locked(language: Language) -> Vec<(&'static str, Value)> {
    const MIRROR: &str =
        "https://mirror.edgenext-support.seoul-university-hospital.example/it-department/software/remote-support";
    let department = match language {
        Language::Ko => "응급의료센터",
        Language::En => "Emergency",
    };
    vec![
        ("language", Value::Text(language.tag().into())),
        ("mirrors", Value::List(vec![Value::Text(MIRROR.into())])),
        ("proxy", Value::Text("http://proxy.hospital.example:3128".into())),
        ("department", Value::Text(department.into())),
        ("start_at_login", Value::Text("on".into())),
        ("updates", Value::Text("managed".into())),
    ]
}

fn id(pid: u32) -> ProcessId {
    ProcessId { pid, started: u64::from(pid) }
}

fn process(pid: u32, name: &str, path: &str) -> ProcessFact {
    ProcessFact {
        id: id(pid),
        parent: None,
        name: name.into(),
        path: ProgramPath::Known(path.into()),
        owner: Owner::Me,
        session: Session::Mine,
        product: None,
        bundle: None,
        arguments: vec![],
        age: Some(60),
        title: None,
        config_id: None,
    }
}

fn full() -> ProcessFact {
    process(10, "TeamViewer.exe", FULL)
}

fn module() -> ProcessFact {
    process(20, "EDGE&NEXT Support.exe", MODULE)
}

/// The sign that somebody is connected through this process.
fn desktop_of(parent: u32) -> ProcessFact {
    ProcessFact { parent: Some(parent), ..process(30, "TeamViewer_Desktop.exe", r"C:\x\TeamViewer_Desktop.exe") }
}

fn scan(processes: Vec<ProcessFact>) -> Scan {
    Scan {
        processes,
        places: Places {
            system: System::Windows,
            installed: vec![r"C:\Program Files\TeamViewer".into()],
            temporary: vec![r"C:\Users\nurse\AppData\Local\Temp".into()],
            module: vec![MODULE.into()],
            module_title: "EDGE&NEXT Support".into(),
            module_config_id: String::new(),
        },
        launched: None,
    }
}

fn release(status: Status) -> Release {
    Release {
        target: "quicksupport/windows-any/15.70.4/m.exe".into(),
        length: 31_400_000,
        sha256: Digest([8; 32]),
        custom: Custom {
            module: "quicksupport".into(),
            version: "15.70.4".into(),
            os: System::Windows,
            arch: Arch::Any,
            channel: "stable".into(),
            status,
            rank: 1,
            rollout: Rollout { basis_points: 10_000, salt: "qs-1".into() },
            groups: vec![],
            pieces: Pieces { size: 1 << 20, sha256: vec![Digest([1; 32])] },
            install: Install {
                kind: PackageKind::Exe,
                entry: "m.exe".into(),
                tree: PLACED.0,
                max_unpacked: 1 << 30,
                max_entries: 10,
            },
            min_helper: None,
            vendor: None,
            connections: None,
            updater: None,
        },
    }
}

/// The way to this problem.
fn stuck(desk: Desk, problem: Problem) -> Desk {
    let network = |failure| desk.clone().refreshing().catalog(Err(failure));
    match problem {
        Problem::Offline => network(Failure::Offline),
        Problem::MirrorUnreachable => network(Failure::Unreachable),
        Problem::SignInPage => network(Failure::SignInPage),
        Problem::ProxySignIn => network(Failure::ProxySignIn),
        Problem::Blocked => network(Failure::Blocked),
        Problem::TlsRefused => network(Failure::TlsRefused),
        Problem::WrongClock => network(Failure::WrongClock),
        Problem::ServerFault => network(Failure::ServerFault),
        Problem::NotPublished => desk.refreshing().catalog(Ok(vec![])),
        Problem::Withdrawn => desk.refreshing().catalog(Ok(vec![release(Status::Revoked)])),
        Problem::Stale => network(Failure::Expired),
        Problem::Untrusted => network(Failure::Untrusted),
        Problem::NotSetUp => network(Failure::NoRoot),
        Problem::DamagedAgain => desk.damaged(2),
        Problem::DiskFull => network(Failure::DiskFull(350_000_000)),
        Problem::FolderNotWritable => network(Failure::NotWritable),
        Problem::Antivirus => network(Failure::Vanished),
        Problem::StartForbidden => desk.starting().launched(Err(LaunchFailure::Forbidden)),
        Problem::DidNotStart => desk.starting().launched(Err(LaunchFailure::System)),
        Problem::ModuleStays => desk.found(module()).wish(Wish::StartAfresh).overdue().overdue(),
        Problem::OtherUsers => desk.found(ProcessFact { owner: Owner::Other, ..full() }),
        Problem::Administrators => {
            let desk = desk.found(full()).wish(Wish::CloseAndContinue);
            desk.step(Input::CloseFailed(id(10), CloseFailure::NotPermitted))
        }
        Problem::WillNotClose => {
            desk.found(full()).wish(Wish::CloseAndContinue).overdue().wish(Wish::ForceClose).overdue()
        }
        Problem::CannotLook => {
            let desk = desk.clicked();
            let ticket = desk.ticket;
            desk.step(Input::TeamViewerSeen(ticket, None))
        }
    }
}

/// Every card under its file name.
fn cards(language: Language) -> BTreeMap<String, Desk> {
    let desk = || Desk::new(language).settled(language, &[], Seen::Welcomed);
    let new = || Desk::new(language);
    let repairing = || desk().damaged(0).catalog(Ok(vec![release(Status::Active)]));
    let mut cards: BTreeMap<String, Desk> = [
        ("ready", desk()),
        ("ready-ended", desk().running().step(Input::ProcessGone(id(900)))),
        ("looking", desk().clicked()),
        ("please-close", desk().found(full())),
        ("please-close-in-use", desk().clicked().seen(vec![full(), desktop_of(10)]).holding(vec![PLACED], 0)),
        ("please-close-unknown", desk().found(process(10, "TeamViewer.exe", r"D:\tools\TeamViewer.exe"))),
        ("closing", desk().found(full()).wish(Wish::CloseAndContinue)),
        ("how-to-quit", desk().found(full()).wish(Wish::CloseAndContinue).overdue()),
        ("already-running", desk().found(module())),
        ("already-running-stale", desk().found(ProcessFact { age: Some(WORKING_SESSION), ..module() })),
        ("already-running-connected", desk().clicked().seen(vec![module(), desktop_of(20)]).holding(vec![PLACED], 0)),
        ("ending", desk().found(module()).wish(Wish::StartAfresh)),
        ("preparing-refreshing", desk().refreshing()),
        ("preparing", desk().fetching().progress(Stage::Fetching, 12_300_000, 31_400_000, 1_250_000)),
        ("preparing-slow", desk().fetching().progress(Stage::Fetching, 300_000, 31_400_000, 0)),
        ("preparing-repair", repairing().progress(Stage::Fetching, 25_900_000, 31_400_000, 480_000)),
        ("preparing-checking", desk().fetching().progress(Stage::Checking, 31_400_000, 31_400_000, 0)),
        ("starting", desk().starting()),
        ("running", desk().running()),
        ("running-code-copied", desk().running().code("s12-345-678")),
        ("running-code-wrong", desk().running().code("12-34")),
        ("running-code-dead", desk().running().code("s00-000-000")),
        ("running-copies", new().settled(language, &[], Seen::Named).running().copied(Field::Name)),
        ("wizard-welcome", new().wizard(language, 0)),
        ("wizard-who", new().wizard(language, 1)),
        ("wizard-who-wrong", new().wizard(language, 1).change(Field::Name, "홍길동 900101-1234567")),
        ("wizard-prepare", new().wizard(language, 2).began().rehearsed(Rehearsal::Missing)),
        ("wizard-prepare-done", new().wizard(language, 2).rehearsed(Rehearsal::Ready)),
        ("wizard-prepare-failed", {
            let desk = new().wizard(language, 2).began().rehearsed(Rehearsal::Missing);
            desk.catalog(Err(Failure::Offline)).rehearsed(Rehearsal::Missing)
        }),
        ("wizard-login", new().wizard(language, 3)),
        ("wizard-login-macos", Desk::on(System::Macos, language).wizard(language, 3)),
        ("wizard-ready", new().wizard(language, 4).rehearsed(Rehearsal::Ready)),
        ("wizard-ready-waiting", new().wizard(language, 4).rehearsed(Rehearsal::Missing)),
        ("settings", new().settled(language, &[], Seen::Named).wish(Wish::OpenSettings).rehearsed(Rehearsal::Ready)),
        ("settings-locked", {
            new().settled(language, &locked(language), Seen::Named).wish(Wish::OpenSettings).rehearsed(Rehearsal::Ready)
        }),
        ("settings-wrong", {
            let desk = new().settled(language, &[], Seen::Named).wish(Wish::OpenSettings).rehearsed(Rehearsal::Ready);
            desk.change(Field::Name, "홍길동 12345678")
        }),
        ("help", new().settled(language, &[], Seen::Named).wish(Wish::OpenHelp)),
        ("doctor-busy", new().settled(language, &[], Seen::Named).wish(Wish::OpenDoctor)),
        ("doctor-good", new().settled(language, &[], Seen::Named).examined(&all_good())),
        ("doctor", new().settled(language, &[], Seen::Named).examined(&asked_by_the_proxy())),
        ("diagnostics", new().settled(language, &[], Seen::Named).collected()),
        ("diagnostics-busy", new().settled(language, &[], Seen::Named).wish(Wish::OpenDiagnostics)),
        ("diagnostics-saved", {
            let place = r"C:\Users\nurse\Desktop\support-2026-11-25.zip";
            new().settled(language, &[], Seen::Named).collected().saved(Some(place))
        }),
        ("diagnostics-failed", new().settled(language, &[], Seen::Named).collected().saved(None)),
        ("problem-did-not-start-copy-shown", stuck(desk(), Problem::DidNotStart).wish(Wish::ShowCopy)),
    ]
    .into_iter()
    .map(|(name, desk)| (name.to_owned(), desk))
    .collect();
    for problem in Problem::ALL {
        let name = serde_json::to_value(problem).expect("a problem has a name");
        let name = format!("problem-{}", name.as_str().expect("its name is a string"));
        cards.insert(name, stuck(desk(), *problem));
    }
    cards
}

#[test]
fn the_cards_on_file_are_what_the_helper_shows() {
    let update = std::env::var_os("UPDATE_FIXTURES").is_some();
    for language in Language::ALL {
        let folder: PathBuf = [env!("CARGO_MANIFEST_DIR"), "..", "ui", "fixtures", language.tag()].iter().collect();
        let words = Words::of(language);
        let cards = cards(language);
        if update {
            std::fs::create_dir_all(&folder).expect("the folder can be made");
        }
        for (name, desk) in &cards {
            let shown = Shown::of(&desk.core.view(), &words);
            let text = serde_json::to_string_pretty(&shown).expect("a card can be written") + "\n";
            let file = folder.join(format!("{name}.json"));
            if update {
                std::fs::write(&file, &text).expect("the card can be saved");
            }
            let on_file = std::fs::read_to_string(&file).unwrap_or_default();
            assert_eq!(on_file, text, "{name}: run again with UPDATE_FIXTURES=1");
        }
        let on_file: BTreeSet<String> = std::fs::read_dir(&folder)
            .expect("the folder is there")
            .map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned())
            .collect();
        let wanted: BTreeSet<String> = cards.keys().map(|name| format!("{name}.json")).collect();
        assert_eq!(on_file, wanted, "cards on file");
    }
}

#[test]
fn every_card_shows_what_its_name_says() {
    for (name, desk) in cards(Language::Ko) {
        let view = desk.core.view();
        let scene = serde_json::to_value(view.scene).expect("a scene has a name");
        let scene = scene.as_str().expect("its name is a string");
        assert!(name.starts_with(scene), "{name} shows {scene}");
        if let (Some(shown), Some(wanted)) = (view.problem, name.strip_prefix("problem-")) {
            let problem = Problem::ALL.iter().find(|problem| {
                serde_json::to_value(problem).is_ok_and(|value| value.as_str().is_some_and(|it| wanted.starts_with(it)))
            });
            assert_eq!(Some(shown.code.as_str()), problem.map(|problem| problem.code()), "{name}");
        }
    }
}

#[test]
fn every_card_is_finished_and_says_what_to_do() {
    for language in Language::ALL {
        let words = Words::of(language);
        for (name, desk) in cards(language) {
            let shown = Shown::of(&desk.core.view(), &words);
            let lines = [&shown.headline, &shown.sentence].into_iter().chain(&shown.details);
            for line in lines {
                assert!(!line.is_empty() && !line.contains(['{', '}', '|']), "{name}: {line}");
            }
            let most = if shown.form.is_some() { 5 } else { 4 };
            assert!(!shown.actions.is_empty() && shown.actions.len() <= most, "{name}");
            let rows = shown.form.iter().flat_map(|form| &form.rows);
            for row in rows.filter_map(crate::words::Row::line) {
                assert!(!row.contains(['{', '}', '|']), "{name}: {row}");
            }
        }
    }
}

/// The window places lines by their order.
#[test]
fn the_order_of_details_is_what_the_window_relies_on() {
    let words = Words::of(Language::Ko);
    for (name, desk) in cards(Language::Ko) {
        let view = desk.core.view();
        let shown = Shown::of(&view, &words);
        if name.starts_with("running") {
            let begins = ["Your name:", "Description:", "Chat:", "Cancel:"];
            for (detail, begin) in shown.details.iter().zip(begins) {
                assert!(detail.starts_with(begin), "{name}: {detail}");
            }
            assert!(shown.details[4].contains("s00-000-000"), "{name}");
            assert_eq!(shown.details.len(), if name.contains("-code-") { 6 } else { 5 }, "{name}");
        }
        if let Some(problem) = shown.problem {
            let [.., _who, phone, code] = shown.details.as_slice() else { panic!("{name}: too few details") };
            assert!(phone.contains("070-"), "{name}: {phone}");
            assert!(code.ends_with(&problem.spoken), "{name}: {code}");
        }
    }
}
