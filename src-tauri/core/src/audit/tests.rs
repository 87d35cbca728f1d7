use super::*;
use crate::Setup;
use crate::choice::Me;
use crate::input::{Holdings, Launched};
use crate::presence::{Owner, Places, ProcessFact, ProgramPath, Scan, Session};
use crate::release::{Arch, Custom, Install, PackageKind, Pieces, Rollout, Status, System};
use crate::time::{Moment, minutes};
use std::sync::Arc;

const FULL: &str = r"C:\Program Files\TeamViewer\TeamViewer.exe";
const MODULE: &str = r"C:\Users\nurse\module\EDGE&NEXT Support.exe";
const PLACED: PlacedId = PlacedId(Digest([7; 32]));

fn release() -> Release {
    Release {
        target: "quicksupport/windows/15.70.4/module.exe".into(),
        length: 10,
        sha256: Digest([8; 32]),
        custom: Custom {
            module: "quicksupport".into(),
            version: "15.70.4".into(),
            os: System::Windows,
            arch: Arch::X86_64,
            channel: "stable".into(),
            status: Status::Active,
            rank: 1,
            rollout: Rollout { basis_points: 10_000, salt: "s".into() },
            groups: vec![],
            pieces: Pieces { size: 65_536, sha256: vec![] },
            install: Install {
                kind: PackageKind::Exe,
                entry: "module.exe".into(),
                tree: PLACED.0,
                max_unpacked: 10,
                max_entries: 1,
            },
            min_helper: None,
            vendor: None,
            connections: None,
            updater: None,
        },
    }
}

/// A PC whose steps an auditor sees.
struct Pc {
    core: Core,
    auditor: Auditor,
    now: Moment,
    ticket: Ticket,
    entries: Vec<Entry>,
}

impl Pc {
    fn new() -> Self {
        let me = Me {
            module: "quicksupport".into(),
            system: System::Windows,
            arch: Arch::X86_64,
            channel: "stable".into(),
            groups: vec![],
            seed: [0; 16],
            helper: (0, 1, 0),
        };
        let setup = Setup { me, module_name: "EDGE&NEXT Support".into(), phone: "070".into() };
        let core = Core::new(Arc::new(setup));
        Self { core, auditor: Auditor::new(), now: Moment(0), ticket: Ticket(0), entries: vec![] }
    }

    fn step(&mut self, input: Input, face: Option<Face>) {
        let deed = Deed::of(&input, face);
        let effects = self.core.step(input, self.now);
        for effect in &effects {
            if let Effect::LookForTeamViewer(ticket)
            | Effect::RefreshCatalog(ticket)
            | Effect::PreparePackage(ticket, ..)
            | Effect::Launch(ticket, _) = effect
            {
                self.ticket = *ticket;
            }
        }
        self.entries.extend(self.auditor.see(deed, &effects, &self.core));
    }

    fn wish(&mut self, wish: Wish) {
        self.step(Input::Asked(wish.into()), Some(Face::Window));
    }

    fn look(&mut self, paths: &[(u32, &str)], placed: &[PlacedId]) {
        let process = |&(pid, path): &(u32, &str)| ProcessFact {
            id: ProcessId { pid, started: 1 },
            parent: None,
            name: path.rsplit('\\').next().unwrap().into(),
            path: ProgramPath::Known(path.into()),
            owner: Owner::Me,
            session: Session::Mine,
            product: Some(if path == FULL { "TeamViewer" } else { "TeamViewer QuickSupport" }.into()),
            bundle: None,
            arguments: vec![],
            age: Some(10),
            title: Some("window".into()),
            config_id: None,
        };
        let scan = Scan {
            processes: paths.iter().map(process).collect(),
            places: Places {
                system: System::Windows,
                installed: vec![r"C:\Program Files\TeamViewer".into()],
                temporary: vec![],
                module: vec![r"C:\Users\nurse\module".into()],
                module_title: "EDGE&NEXT Support".into(),
                module_config_id: String::new(),
            },
            launched: None,
        };
        self.step(Input::TeamViewerSeen(self.ticket, Some(scan)), None);
        let holdings = Holdings { placed: placed.to_vec(), catalog: vec![release()], repairs_last_day: 0 };
        self.step(Input::StoreSeen(self.ticket, holdings), None);
    }

    fn come_up(&mut self, pid: u32) {
        let process = ProcessId { pid, started: 1 };
        let launched = Launched { process, windows_visible: true };
        self.step(Input::ModuleLaunched(self.ticket, Ok(launched)), None);
        self.step(Input::ModuleWindowSeen(self.ticket, process), None);
        assert_eq!(self.core.request().name(), "running");
    }

    fn gone(&mut self, pid: u32) {
        self.step(Input::ProcessGone(ProcessId { pid, started: 1 }), None);
    }
}

fn clicked(wish: Wish) -> Entry {
    Entry::Clicked { click: Click::Wish(wish), from: Some(Face::Window), joined: false }
}

fn started(pid: u32) -> Entry {
    Entry::ModuleStarted { package: Package::of(&release()), pid }
}

#[test]
fn a_click_with_full_in_the_way_tells_consent_version_and_hash() {
    let mut pc = Pc::new();
    pc.wish(Wish::Request);
    pc.look(&[(5, FULL)], &[PLACED]);
    pc.wish(Wish::CloseAndContinue);
    // It hides in its tray: a second consent.
    pc.now = pc.now.after(minutes(1));
    pc.step(Input::Woke, None);
    pc.wish(Wish::ForceClose);
    pc.gone(5);
    pc.look(&[], &[PLACED]);
    pc.come_up(9);
    pc.gone(9);
    let agreed = |to, sentence| Entry::Agreed { to, from: Some(Face::Window), sentence: Some(sentence), programs: 1 };
    assert_eq!(
        pc.entries,
        [
            clicked(Wish::Request),
            agreed(Consent::CloseFull, TextKey::CloseSentence),
            agreed(Consent::ForceClose, TextKey::GuideSentence),
            started(9),
            Entry::ModuleEnded { pid: 9, for_restart: false },
        ]
    );
}

#[test]
fn a_restart_ends_one_module_and_starts_another() {
    let mut pc = Pc::new();
    pc.wish(Wish::Request);
    pc.look(&[], &[PLACED]);
    pc.come_up(9);
    pc.wish(Wish::Restart);
    pc.look(&[(9, MODULE)], &[PLACED]);
    assert_eq!(pc.core.request().name(), "ending");
    pc.gone(9);
    pc.look(&[], &[PLACED]);
    pc.come_up(10);
    let ended = Entry::ModuleEnded { pid: 9, for_restart: true };
    assert_eq!(pc.entries, [clicked(Wish::Request), started(9), clicked(Wish::Restart), ended, started(10)]);
}

#[test]
fn what_is_fetched_is_told_with_its_reason_and_a_failure_is_not() {
    let mut pc = Pc::new();
    for done in [false, true] {
        pc.wish(if done { Wish::TryAgain } else { Wish::Request });
        pc.look(&[], &[]);
        pc.step(Input::CatalogSeen(pc.ticket, Ok(vec![release()])), None);
        let result = if done { Ok(PLACED) } else { Err(crate::input::Failure::NotFound) };
        pc.step(Input::PackageDone(pc.ticket, result), None);
    }
    let placed = Entry::ModulePlaced { package: Package::of(&release()), why: Reason::Missing };
    assert_eq!(pc.entries, [clicked(Wish::Request), clicked(Wish::TryAgain), placed]);
}

#[test]
fn a_start_that_nobody_wants_any_more_is_told_all_the_same() {
    let mut pc = Pc::new();
    pc.wish(Wish::Request);
    pc.look(&[], &[PLACED]);
    let ticket = pc.ticket;
    pc.wish(Wish::Cancel);
    let launched = Launched { process: ProcessId { pid: 9, started: 1 }, windows_visible: true };
    pc.step(Input::ModuleLaunched(ticket, Ok(launched)), None);
    assert_eq!(pc.entries, [clicked(Wish::Request), clicked(Wish::Cancel), started(9)]);
}

#[test]
fn refusals_looks_and_codes_are_no_entries() {
    let mut pc = Pc::new();
    pc.wish(Wish::ForceClose);
    pc.step(Input::Asked(Intent::OpenWindow), Some(Face::Tray));
    pc.step(Input::Asked(Intent::CopyCode { code: "no code".into() }), None);
    assert_eq!(pc.entries, []);
    pc.step(Input::Asked(Intent::CopyCode { code: "s12-345-678".into() }), None);
    let text = serde_json::to_string(&pc.entries).unwrap();
    assert_eq!(text, r#"[{"what":"clicked","click":"copy-code"}]"#);
}

#[test]
fn entries_are_read_back() {
    let entries = [
        clicked(Wish::Request),
        started(9),
        Entry::ModuleStarted { package: Package { tree: Some(PLACED.0), ..Package::default() }, pid: 1 },
        Entry::Imported { package: Package::default() },
        Entry::SettingsChanged { keys: vec!["language".into()] },
    ];
    for entry in entries {
        let text = serde_json::to_string(&entry).unwrap();
        assert_eq!(serde_json::from_str::<Entry>(&text).unwrap(), entry, "{text}");
    }
}
