//! One person at the pages, told by hand.

use super::*;
use crate::Setup;
use crate::choice::tests::me;
use crate::doctor::Facts;
use crate::input::{Beginning, Failure};
use crate::intent::Intent;
use crate::person::Person;
use crate::policy::{Effective, Language, Otherwise, Source, Stated, Value, Valued};
use crate::release::System;
use crate::view::{Control, Lamp, Row};

struct Desk {
    core: Core,
    now: Moment,
    stated: Vec<(&'static str, Value)>,
    kept: Preferences,
    at_login: bool,
}

fn settings(stated: &[(&'static str, Value)], kept: &Preferences, at_login: bool) -> Settings {
    let stated = Stated {
        place: "/etc/policy.toml".into(),
        values: stated.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect(),
        wrong: vec![],
        weaker: None,
    };
    let otherwise = Otherwise {
        preferences: kept.clone(),
        mirrors: vec!["https://vendor.example".into()],
        channel: "stable".into(),
        language: Valued { value: kept.language.unwrap_or(Language::Ko), source: Source::BuiltIn },
        proxy_variable: None,
    };
    Settings {
        effective: Effective::of(&stated, otherwise, &|_| Ok(())),
        preferences: kept.clone(),
        at_login: Some(at_login),
        phone: "070".into(),
        version: "1.2.3".into(),
    }
}

impl Desk {
    fn bare(system: System) -> Self {
        let me = crate::choice::Me { system, ..me() };
        let setup = Setup { me, module_name: "Support".into(), phone: "000".into() };
        Self {
            core: Core::new(Arc::new(setup)),
            now: Moment(1),
            stated: vec![],
            kept: Preferences::default(),
            at_login: false,
        }
    }

    /// A helper whose first run was seen.
    fn seen() -> Self {
        let mut desk = Self::bare(System::Windows);
        desk.kept.welcomed = true;
        desk.settle();
        desk
    }

    fn settle(&mut self) -> Vec<Effect> {
        let settings = settings(&self.stated, &self.kept, self.at_login);
        self.tell(Input::Settled(Arc::new(settings)))
    }

    fn tell(&mut self, input: Input) -> Vec<Effect> {
        self.core.step(input, self.now)
    }

    /// Asks, and does what is to be kept, as the shell does.
    fn ask(&mut self, intent: impl Into<Intent>) -> (Answer, Vec<Effect>) {
        let effects = self.tell(Input::Asked(intent.into()));
        let answer = effects.iter().find_map(|effect| match effect {
            Effect::Acknowledge(answer) => Some(*answer),
            _ => None,
        });
        for effect in &effects {
            match effect {
                Effect::KeepPreferences(preferences, _) => self.kept = preferences.clone(),
                Effect::SwitchAtLogin(on) => self.at_login = *on,
                _ => continue,
            }
            self.settle();
        }
        (answer.expect("every wish is answered"), effects)
    }

    fn change(&mut self, field: Field, value: &str) -> Answer {
        self.ask(Intent::Change { field, value: value.into() }).0
    }

    fn wish(&mut self, wish: Wish) -> Vec<Effect> {
        let (answer, effects) = self.ask(wish);
        assert!(self.core.page().is_none() || answer == Answer::Accepted, "{wish:?}: {answer:?}");
        effects
    }

    fn began(&mut self) {
        let beginning = Beginning { wall: 1_795_000_000, every_hours: 6, ..Beginning::default() };
        self.tell(Input::Began(beginning));
    }

    fn rehearsed(&mut self, effects: &[Effect], rehearsal: Rehearsal) -> Vec<Effect> {
        let ticket = effects.iter().find_map(|effect| match effect {
            Effect::Rehearse(ticket) => Some(*ticket),
            _ => None,
        });
        self.tell(Input::Rehearsed(ticket.expect("a rehearsal"), rehearsal))
    }

    fn scene(&self) -> Scene {
        self.core.view().scene
    }

    fn headline(&self) -> TextKey {
        self.core.view().headline.key
    }

    fn row(&self, field: Field) -> Row {
        let form = self.core.view().form.expect("a form");
        form.rows.into_iter().find(|row| row.field == field).unwrap_or_else(|| panic!("no row {field:?}"))
    }

    fn line(&self, field: Field) -> String {
        match self.row(field).control {
            Control::Line { value, .. } => value,
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn the_first_run_comes_once_and_every_step_can_be_left() {
    for leave in 0..4 {
        let mut desk = Desk::bare(System::Windows);
        assert!(desk.settle().contains(&Effect::PresentWindow));
        assert_eq!(desk.scene(), Scene::Wizard);
        for step in 0..leave {
            desk.wish(Wish::Next);
            assert_eq!(desk.core.view().form.unwrap().step.unwrap().at, step + 2);
        }
        let kept = |effects: &[Effect]| effects.iter().any(|effect| matches!(effect, Effect::KeepPreferences(..)));
        assert!(kept(&desk.wish(Wish::Later)) && desk.kept.welcomed);
        assert_eq!(desk.scene(), Scene::Ready);
        // The next start.
        let kept = desk.kept.clone();
        let mut next = Desk { kept, ..Desk::bare(System::Windows) };
        next.settle();
        assert_eq!(next.scene(), Scene::Ready);
        // From the tray again.
        next.wish(Wish::OpenWizard);
        assert_eq!(next.scene(), Scene::Wizard);
    }
}

#[test]
fn a_closed_window_has_been_seen_and_a_request_in_between_has_not() {
    let mut desk = Desk::bare(System::Windows);
    desk.settle();
    desk.ask(Intent::WindowClosed);
    assert!(desk.kept.welcomed && desk.core.page().is_none());

    let mut desk = Desk::bare(System::Windows);
    desk.settle();
    desk.ask(Wish::Request);
    assert_eq!(desk.scene(), Scene::Looking, "support goes before everything");
    assert!(!desk.kept.welcomed, "it was taken away: it comes at the next start");

    let mut desk = Desk::bare(System::Windows);
    desk.ask(Wish::Request);
    desk.settle();
    assert_eq!(desk.scene(), Scene::Looking);
}

#[test]
fn a_policy_may_leave_the_first_run_out() {
    let mut desk = Desk { stated: vec![("first_run", Value::Flag(false))], ..Desk::bare(System::Windows) };
    assert_eq!(desk.settle(), []);
    assert_eq!(desk.scene(), Scene::Ready);
    desk.wish(Wish::OpenWizard);
    assert_eq!(desk.scene(), Scene::Wizard, "who wants it gets it all the same");
}

#[test]
fn what_is_missing_is_fetched_in_the_first_run_and_the_rehearsal_says_ready() {
    let mut desk = Desk::bare(System::Windows);
    desk.settle();
    desk.began();
    desk.wish(Wish::Next);
    let asked = desk.wish(Wish::Next);
    let asked = desk.rehearsed(&asked, Rehearsal::Missing);
    let [Effect::RefreshCatalog(ticket)] = asked.as_slice() else { panic!("{asked:?}") };
    assert_eq!(desk.core.view().sentence.key, TextKey::WizardPrepareBusy);
    let ticket = *ticket;
    // The line is dead: said so, and not asked for a second time.
    let asked = desk.tell(Input::CatalogSeen(ticket, Err(Failure::Offline)));
    assert_eq!(desk.rehearsed(&asked, Rehearsal::Missing), []);
    assert_eq!(desk.core.view().sentence.key, TextKey::WizardPrepareFailed);
    desk.wish(Wish::Next);
    let asked = desk.wish(Wish::Next);
    assert_eq!(desk.headline(), TextKey::WizardWaitingHeadline, "nothing is promised before it is proven");
    desk.rehearsed(&asked, Rehearsal::Ready);
    assert_eq!(desk.headline(), TextKey::WizardReadyHeadline);
    desk.wish(Wish::Finish);
    assert!(desk.kept.welcomed && desk.core.page().is_none());
}

#[test]
fn before_the_background_has_begun_the_module_is_asked_for_when_it_begins() {
    let mut desk = Desk::bare(System::Windows);
    desk.settle();
    desk.wish(Wish::Next);
    let asked = desk.wish(Wish::Next);
    assert_eq!(desk.rehearsed(&asked, Rehearsal::Missing), []);
    let beginning = Beginning { wall: 1_795_000_000, every_hours: 6, ..Beginning::default() };
    let asked = desk.tell(Input::Began(beginning));
    assert!(matches!(asked.as_slice(), [Effect::RefreshCatalog(_)]), "{asked:?}");
}

#[test]
fn the_panes_stand_in_the_first_run_of_a_mac_only() {
    for (system, there) in [(System::Macos, true), (System::Windows, false)] {
        let mut desk = Desk::bare(system);
        desk.settle();
        for _ in 0..3 {
            desk.wish(Wish::Next);
        }
        let (answer, effects) = desk.ask(Wish::OpenScreenRecording);
        assert_eq!(answer == Answer::Accepted, there);
        assert_eq!(effects.contains(&Effect::OpenPane(crate::effect::Pane::ScreenRecording)), there);
    }
}

#[test]
fn a_change_holds_and_a_patient_is_refused_with_its_reason() {
    let mut desk = Desk::seen();
    desk.wish(Wish::OpenSettings);
    assert_eq!(desk.change(Field::Name, " 김하늘 "), Answer::Accepted);
    assert_eq!(desk.line(Field::Name), "김하늘");
    assert_eq!(desk.change(Field::Name, "홍길동 900101-1234567"), Answer::Refused(Refusal::Unfit));
    let row = desk.row(Field::Name);
    assert!(row.wrong && row.note.unwrap().key == TextKey::UnfitResident);
    assert_eq!(desk.line(Field::Name), "김하늘", "nothing is lost");
    assert_eq!(desk.kept.person.name, "김하늘");
    assert_eq!(desk.change(Field::Department, "7병동"), Answer::Accepted);
    assert!(desk.row(Field::Name).wrong, "another line does not make it right");
    assert_eq!(desk.change(Field::Name, ""), Answer::Accepted);
    assert!(!desk.row(Field::Name).wrong);
    for (field, value) in [
        (Field::Extension, "ext"),
        (Field::Language, "fr"),
        (Field::AtLogin, "perhaps"),
        (Field::Proxy, "not a proxy"),
        (Field::Proxy, "http://user:secret@proxy:1"),
        (Field::Mirror, &"m".repeat(301)),
    ] {
        assert_eq!(desk.change(field, value), Answer::Refused(Refusal::Unfit), "{field:?} {value}");
        assert!(desk.row(field).wrong, "{field:?}");
    }
    for field in [Field::State, Field::HelperVersion, Field::Module, Field::Finding] {
        assert_eq!(desk.change(field, "x"), Answer::Refused(Refusal::NotOffered));
    }
    assert_eq!(desk.change(Field::AtLogin, "on"), Answer::Accepted);
    assert_eq!(desk.row(Field::AtLogin).control, Control::Switch { on: true });
    assert_eq!(desk.change(Field::Language, "en"), Answer::Accepted);
    assert_eq!(desk.core.settings().unwrap().effective.language.value, Language::En);
}

#[test]
fn what_a_policy_says_is_locked_with_its_place() {
    let text = |text: &str| Value::Text(text.into());
    let mut desk = Desk {
        stated: vec![
            ("language", text("en")),
            ("name", text("Reception")),
            ("start_at_login", Value::Flag(true)),
            ("mirrors", Value::List(vec![text("https://it.example")])),
            ("proxy", text("none")),
        ],
        kept: Preferences { welcomed: true, ..Preferences::default() },
        ..Desk::bare(System::Windows)
    };
    desk.settle();
    desk.wish(Wish::OpenSettings);
    for (field, value) in [
        (Field::Language, "ko"),
        (Field::Name, "x"),
        (Field::AtLogin, "off"),
        (Field::Mirror, "https://x.example"),
        (Field::Proxy, "system"),
    ] {
        let locked = desk.row(field).locked.unwrap_or_else(|| panic!("{field:?}"));
        assert_eq!(locked.args, [("place".to_owned(), "/etc/policy.toml".to_owned())]);
        assert_eq!(desk.change(field, value), Answer::Refused(Refusal::NotOffered), "{field:?}");
    }
    assert!(desk.row(Field::Department).locked.is_none());
    assert_eq!((desk.line(Field::Name), desk.line(Field::Mirror)), ("Reception".into(), "https://it.example".into()));
}

#[test]
fn changes_in_a_row_lose_nothing_before_the_disk_has_answered() {
    let mut desk = Desk::seen();
    desk.wish(Wish::OpenSettings);
    let change = |desk: &mut Desk, field, value: &str| {
        let effects = desk.tell(Input::Asked(Intent::Change { field, value: value.into() }));
        effects.into_iter().find_map(|effect| match effect {
            Effect::KeepPreferences(preferences, _) => Some(preferences),
            _ => None,
        })
    };
    let answer = |desk: &mut Desk, kept: &Preferences| {
        let settings = settings(&[], kept, false);
        desk.tell(Input::Settled(Arc::new(settings)));
    };
    let first = change(&mut desk, Field::Name, "Kim").unwrap();
    let second = change(&mut desk, Field::Department, "Ward 7").unwrap();
    answer(&mut desk, &first);
    let third = change(&mut desk, Field::Extension, "123").unwrap();
    assert_eq!((third.person.name.as_str(), third.person.department.as_str()), ("Kim", "Ward 7"));
    answer(&mut desk, &second);
    answer(&mut desk, &third);
    assert_eq!(desk.line(Field::Extension), "123");
    // A disk that refuses: the truth is told again, with the reason.
    change(&mut desk, Field::Extension, "456").unwrap();
    answer(&mut desk, &third);
    desk.tell(Input::NotKept(Field::Extension, NotKept::Refused));
    assert_eq!(desk.line(Field::Extension), "123");
    assert_eq!(desk.row(Field::Extension).note.unwrap().key, TextKey::UnfitNotKept);
    let again = change(&mut desk, Field::Name, "Lee").unwrap();
    assert_eq!(again.person.extension, "123");
}

#[test]
fn a_page_hides_the_card_and_its_wishes_and_the_tray_keeps_its_lines() {
    let mut desk = Desk::seen();
    let menu = desk.core.tray().menu;
    desk.wish(Wish::OpenHelp);
    assert_eq!(desk.scene(), Scene::Help);
    assert_eq!(desk.core.tray().menu, menu, "the menu is the same whatever page is open");
    assert_eq!(desk.ask(Wish::Next).0, Answer::Refused(Refusal::NotOffered));
    assert_eq!(desk.ask(Wish::Cancel).0, Answer::Refused(Refusal::NotOffered));
    desk.wish(Wish::OpenSettings);
    assert_eq!(desk.scene(), Scene::Settings);
    desk.wish(Wish::ClosePage);
    assert_eq!(desk.scene(), Scene::Ready);
    desk.wish(Wish::OpenSettings);
    desk.ask(Wish::Request);
    assert_eq!(desk.scene(), Scene::Looking);
    assert_eq!(desk.ask(Wish::OpenSettings).0, Answer::Refused(Refusal::NotOffered), "not during a request");
}

#[test]
fn nothing_can_be_opened_where_nothing_can_be_set() {
    let mut desk = Desk::bare(System::Windows);
    for wish in [Wish::OpenSettings, Wish::OpenHelp, Wish::OpenWizard, Wish::OpenDoctor] {
        assert_eq!(desk.ask(wish).0, Answer::Refused(Refusal::NotOffered));
    }
    assert_eq!(desk.change(Field::Name, "x"), Answer::Refused(Refusal::NotOffered));
}

#[test]
fn the_doctor_examines_says_one_thing_and_can_be_asked_again() {
    let mut desk = Desk::seen();
    let examine = |effects: &[Effect]| {
        effects.iter().find_map(|effect| match effect {
            Effect::Examine(ticket) => Some(*ticket),
            _ => None,
        })
    };
    let first = examine(&desk.wish(Wish::OpenDoctor)).unwrap();
    assert_eq!(
        desk.row(Field::Finding).control,
        Control::Fact { value: desk.core.named(TextKey::StateChecking), lamp: Lamp::Busy }
    );
    desk.wish(Wish::ClosePage);
    let second = examine(&desk.wish(Wish::OpenDoctor)).unwrap();
    let report = Some(Arc::new(Report::of(&Facts::default())));
    desk.tell(Input::Examined(first, report.clone()));
    assert_eq!(desk.headline(), TextKey::DoctorBusyHeadline, "an old answer is no answer");
    desk.tell(Input::Examined(second, report));
    assert_eq!(desk.headline(), TextKey::DoctorBadHeadline);
    assert_eq!(desk.core.view().sentence.key, TextKey::DoctorNoNetwork);
    let rows = desk.core.view().form.unwrap().rows;
    assert_eq!(rows[0].note.as_ref().unwrap().key, TextKey::ActsYou, "who must act stands first");
    assert!(examine(&desk.wish(Wish::TryAgain)).is_some());
}

#[test]
fn who_the_his_names_can_be_copied_and_a_click_of_ones_own_names_nobody_else() {
    let mut desk = Desk::seen();
    desk.wish(Wish::OpenSettings);
    desk.change(Field::Name, "Reception");
    desk.change(Field::Department, "Ward 7");
    desk.wish(Wish::ClosePage);
    let person = Person { name: "김하늘".into(), extension: "1234".into(), ..Person::default() };
    desk.ask(Intent::Called { person });
    let named = desk.core.person();
    assert_eq!(
        (named.name.as_str(), named.department.as_str(), named.extension.as_str()),
        ("김하늘", "Ward 7", "1234")
    );
    desk.ask(Wish::Request);
    assert_eq!(desk.core.person().name, "김하늘", "a second click on the way forgets nobody");
    assert_eq!(
        desk.ask(Intent::CopyLine { field: Field::Name }).0,
        Answer::Refused(Refusal::NotOffered),
        "not shown yet"
    );
    desk.ask(Wish::Cancel);
    desk.ask(Wish::Request);
    assert_eq!(desk.core.person().name, "Reception");
}

#[test]
fn a_diagnosis_is_shown_whole_and_saved_as_it_was_shown() {
    let mut desk = Desk::seen();
    let facts = Report::of(&Facts::default());
    let asked = desk.wish(Wish::OpenDoctor);
    let Some(Effect::Examine(ticket)) = asked.first() else { panic!("{asked:?}") };
    desk.tell(Input::Examined(*ticket, Some(Arc::new(facts))));
    let asked = desk.wish(Wish::OpenDiagnostics);
    let Some(Effect::CollectDiagnostics(ticket, _, Some(_))) = asked.first() else { panic!("{asked:?}") };
    let documents = Arc::new(vec![crate::diagnostics::Document { name: "a.txt".into(), text: "a".into() }]);
    assert_eq!(desk.ask(Wish::SaveDiagnostics).0, Answer::Refused(Refusal::NotOffered), "nothing unseen is saved");
    desk.tell(Input::DiagnosticsCollected(*ticket, Arc::clone(&documents)));
    assert_eq!(desk.core.view().documents, *documents);
    let saves = |effects: &[Effect]| {
        effects.iter().find_map(|effect| match effect {
            Effect::SaveDiagnostics(ticket, documents) => Some((*ticket, Arc::clone(documents))),
            _ => None,
        })
    };
    let (first, saved) = saves(&desk.wish(Wish::SaveDiagnostics)).expect("a file");
    assert_eq!(saved, documents);
    assert_eq!(saves(&desk.wish(Wish::SaveDiagnostics)), None, "one at a time");
    desk.tell(Input::DiagnosticsSaved(first, None));
    assert_eq!(desk.core.view().sentence.key, TextKey::DiagnosticsNotSaved);
    let (second, _) = saves(&desk.wish(Wish::SaveDiagnostics)).expect("another try");
    desk.tell(Input::DiagnosticsSaved(first, Some("old".into())));
    desk.tell(Input::DiagnosticsSaved(second, Some("/x.zip".into())));
    assert!(desk.core.view().sentence.args.contains(&("path".to_owned(), "/x.zip".to_owned())));
}
