//! One person at the pages, told by hand.

mod first_run;
mod settings;

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
    shortcut: bool,
}

fn settings(stated: &[(&'static str, Value)], kept: &Preferences, at_login: bool, shortcut: bool) -> Settings {
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
        shortcut: Some(shortcut),
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
            shortcut: false,
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
        let settings = settings(&self.stated, &self.kept, self.at_login, self.shortcut);
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
                Effect::SwitchShortcut(on) => self.shortcut = *on,
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
