//! What the person may choose, and what the settings page knows: the person's choices beside what the policy says.

use crate::person::{Part, Person};
use crate::policy::{Effective, Language, Source};
use crate::view::Field;
use serde::{Deserialize, Serialize};

/// What the person chose. Kept in a state file of this user; unknown members of a newer version are passed over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    /// The language of the faces; `None` follows the system.
    pub language: Option<Language>,
    /// Who they are.
    pub person: Person,
    /// A mirror instead of the built-in ones; as it was entered.
    pub mirror: Option<String>,
    /// The way to the mirrors, as policies write it.
    pub proxy: Option<String>,
    /// The wizard was seen, to its end or not.
    pub welcomed: bool,
}

impl Preferences {
    /// A line about the person; `None` when they said nothing.
    pub fn line(&self, part: Part) -> Option<&str> {
        Some(self.person.get(part)).filter(|line| !line.is_empty())
    }
}

/// Everything that the pages show of how this helper is set.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Settings {
    /// What holds, and who said so.
    pub effective: Effective,
    /// What the person chose.
    pub preferences: Preferences,
    /// Does the helper start at login? `None` where that cannot be told.
    pub at_login: Option<bool>,
    /// Whom to call, in the language that holds.
    pub phone: String,
    /// This helper's version.
    pub version: String,
}

impl Settings {
    /// Does the wizard come by itself (SPEC E1)?
    pub fn wants_welcome(&self) -> bool {
        self.effective.first_run.value && !self.preferences.welcomed
    }

    /// The person as policy and settings know them.
    pub fn person(&self) -> Person {
        Person {
            name: self.effective.name.value.clone(),
            department: self.effective.department.value.clone(),
            extension: self.effective.extension.value.clone(),
        }
    }

    /// Where a value comes from that the person cannot change (SPEC E3).
    pub fn lock(&self, field: Field) -> Option<&Source> {
        let effective = &self.effective;
        let source = match field {
            Field::Language => &effective.language.source,
            Field::Name => &effective.name.source,
            Field::Department => &effective.department.source,
            Field::Extension => &effective.extension.source,
            Field::AtLogin => &effective.start_at_login.source,
            Field::Mirror => &effective.mirrors.source,
            Field::Proxy => &effective.proxy.source,
            Field::State | Field::HelperVersion | Field::Module | Field::Finding => return None,
        };
        Some(source).filter(|source| source.is_locked())
    }
}
