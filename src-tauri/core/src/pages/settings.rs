//! The settings: what holds, what can be changed, and what became of the last change (SPEC E3).

use super::{Page, Place, Refused};
use crate::Core;
use crate::effect::Effect;
use crate::input::NotKept;
use crate::intent::{Answer, Refusal};
use crate::person::{self, Part, Unfit};
use crate::policy::{self, Language, Source};
use crate::settings::{Preferences, Settings};
use crate::text::{Text, TextKey};
use crate::view::{Choice, Control, Field, Form, Lamp, Row, Scene, View};

/// The most characters of an address.
const LONGEST_ADDRESS: usize = 300;

/// What stands on the settings page, in its order.
const ROWS: [Field; 7] =
    [Field::Language, Field::Name, Field::Department, Field::Extension, Field::AtLogin, Field::Mirror, Field::Proxy];

impl Core {
    /// The person changes a value of the page that is open.
    pub(crate) fn change(&mut self, field: Field, value: &str, effects: &mut Vec<Effect>) -> Answer {
        let shown = match &self.pages.open {
            Some(Page::Settings) => ROWS.contains(&field),
            Some(Page::Wizard(Place::Welcome)) => field == Field::Language,
            Some(Page::Wizard(Place::Who)) => field.part().is_some(),
            Some(Page::Wizard(Place::AtLogin)) => field == Field::AtLogin,
            _ => false,
        };
        let Some(settings) = self.pages.settings.clone().filter(|settings| shown && settings.lock(field).is_none())
        else {
            return Answer::Refused(Refusal::NotOffered);
        };
        match wished(&settings, field, value) {
            Ok(wished) => {
                self.pages.refused = self.pages.refused.filter(|(refused, _)| *refused != field);
                match wished {
                    Wished::Kept(preferences) => self.keep(preferences, Some(field), effects),
                    Wished::AtLogin(on) => {
                        self.pages.pending = self.pages.pending.saturating_add(1);
                        effects.push(Effect::SwitchAtLogin(on));
                    }
                }
                Answer::Accepted
            }
            Err(refused) => {
                self.pages.refused = Some((field, refused));
                Answer::Refused(Refusal::Unfit)
            }
        }
    }

    pub(super) fn settings_view(&self) -> View {
        let mut rows = self.rows(&ROWS);
        rows.push(self.updates_row());
        rows.push(self.module_row());
        if let Some(settings) = self.settings() {
            let version = Text::plain(TextKey::Plain).with("value", &settings.version);
            rows.push(Row::fact(Field::HelperVersion, self.named(TextKey::FieldHelperVersion), version, Lamp::None));
        }
        let mut view =
            View::card(Scene::Settings, self.named(TextKey::SettingsHeadline), self.named(TextKey::SettingsSentence));
        view.form = Some(Form { step: None, rows });
        view
    }

    fn updates_row(&self) -> Row {
        let managed =
            self.settings().is_some_and(|settings| settings.effective.updates.value == policy::Updates::Managed);
        let (key, lamp) = match self.freshness() {
            _ if self.is_working() => (TextKey::StateFetching, Lamp::Busy),
            Freshness::Failed => (TextKey::StateFailed, Lamp::Attention),
            Freshness::Never => (TextKey::StateNever, Lamp::None),
            Freshness::Fresh if managed => (TextKey::StateManaged, Lamp::None),
            Freshness::Fresh => (TextKey::StateUpToDate, Lamp::Good),
        };
        Row::fact(Field::State, self.named(TextKey::FieldState), self.named(key), lamp)
    }

    /// These values, as far as they are known here.
    pub(super) fn rows(&self, fields: &[Field]) -> Vec<Row> {
        let Some(settings) = self.settings() else { return Vec::new() };
        fields.iter().filter_map(|field| self.row(settings, *field)).collect()
    }

    fn row(&self, settings: &Settings, field: Field) -> Option<Row> {
        let (label, control) = control(settings, field)?;
        let mut row = Row::new(field, Text::plain(label), control);
        row.locked = settings.lock(field).map(locked);
        let refused = self.pages.refused.filter(|(refused, _)| *refused == field);
        row.wrong = refused.is_some();
        row.note = match refused {
            Some((_, refused)) => Some(reason(field, refused)),
            None if row.locked.is_some() => None,
            None => hint(field),
        }
        .map(Text::plain);
        Some(row)
    }
}

/// How fresh everything is, as far as the background work knows.
pub(crate) enum Freshness {
    /// The last check ended well.
    Fresh,
    /// It did not.
    Failed,
    /// There was none in this run.
    Never,
}

fn locked(source: &Source) -> Text {
    let place = match source {
        Source::Policy(place) => place.clone(),
        other => other.to_string(),
    };
    Text::plain(TextKey::Locked).with("place", place)
}

fn control(settings: &Settings, field: Field) -> Option<(TextKey, Control)> {
    let effective = &settings.effective;
    let line = |value: String, longest| Control::Line { value, longest };
    let theirs = |source: &Source, value: String| match source {
        Source::Policy(_) | Source::Person => value,
        _ => String::new(),
    };
    let of_part = |part: Part| line(settings.person().get(part).to_owned(), part.longest());
    Some(match field {
        Field::Language => {
            let option = |language: Language, label| Choice { value: language.name().to_owned(), label };
            let options =
                vec![option(Language::Ko, TextKey::OptionKorean), option(Language::En, TextKey::OptionEnglish)];
            let chosen = effective.language.value.name().to_owned();
            (TextKey::FieldLanguage, Control::Choice { chosen, options })
        }
        Field::Name => (TextKey::FieldName, of_part(Part::Name)),
        Field::Department => (TextKey::FieldDepartment, of_part(Part::Department)),
        Field::Extension => (TextKey::FieldExtension, of_part(Part::Extension)),
        Field::AtLogin => (TextKey::FieldAtLogin, Control::Switch { on: settings.at_login? }),
        Field::Mirror => {
            let mirrors = theirs(&effective.mirrors.source, effective.mirrors.value.join(", "));
            (TextKey::FieldMirror, line(mirrors, LONGEST_ADDRESS))
        }
        Field::Proxy => {
            let proxy = theirs(&effective.proxy.source, effective.proxy.value.to_string());
            (TextKey::FieldProxy, line(proxy, LONGEST_ADDRESS))
        }
        Field::State | Field::HelperVersion | Field::Module | Field::Finding => return None,
    })
}

const fn hint(field: Field) -> Option<TextKey> {
    match field {
        Field::Name => Some(TextKey::HintWho),
        Field::Mirror => Some(TextKey::HintMirror),
        Field::Proxy => Some(TextKey::HintProxy),
        _ => None,
    }
}

const fn reason(field: Field, refused: Refused) -> TextKey {
    match (refused, field) {
        (Refused::Line(Unfit::TooLong), _) => TextKey::UnfitTooLong,
        (Refused::Line(Unfit::Resident), _) => TextKey::UnfitResident,
        (Refused::Line(Unfit::Chart), _) => TextKey::UnfitChart,
        (Refused::Line(Unfit::Extension), _) => TextKey::UnfitExtension,
        (Refused::Kept(NotKept::Unfit), Field::Proxy) => TextKey::UnfitProxy,
        (Refused::Kept(NotKept::Unfit), _) => TextKey::UnfitMirror,
        (Refused::Kept(NotKept::Refused), _) => TextKey::UnfitNotKept,
    }
}

/// What has to be done for a change.
enum Wished {
    Kept(Preferences),
    AtLogin(bool),
}

fn wished(settings: &Settings, field: Field, value: &str) -> Result<Wished, Refused> {
    const UNFIT: Refused = Refused::Kept(NotKept::Unfit);
    let mut preferences = settings.preferences.clone();
    let address = |value: &str| {
        let value = value.trim();
        let short = value.chars().count() <= LONGEST_ADDRESS;
        if short { Ok((!value.is_empty()).then(|| value.to_owned())) } else { Err(UNFIT) }
    };
    match field {
        Field::AtLogin => {
            return match value {
                "on" => Ok(Wished::AtLogin(true)),
                "off" => Ok(Wished::AtLogin(false)),
                _ => Err(UNFIT),
            };
        }
        Field::Language => {
            let named = [Language::Ko, Language::En].into_iter().find(|language| language.name() == value);
            preferences.language = Some(named.ok_or(UNFIT)?);
        }
        // Whether a mirror can be one is seen where addresses are read.
        Field::Mirror => preferences.mirror = address(value)?,
        Field::Proxy => {
            preferences.proxy = address(value)?;
            if preferences.proxy.as_deref().is_some_and(|text| policy::proxy_of(text).is_err()) {
                return Err(UNFIT);
            }
        }
        Field::Name | Field::Department | Field::Extension => {
            let part = field.part().ok_or(UNFIT)?;
            preferences.person.set(part, person::line(part, value).map_err(Refused::Line)?);
        }
        Field::State | Field::HelperVersion | Field::Module | Field::Finding => return Err(UNFIT),
    }
    Ok(Wished::Kept(preferences))
}
