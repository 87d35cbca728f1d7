//! The keys of a policy and the shapes of their values: the one list of what can be managed.
//!
//! The reader judges by it, and the templates that IT gives to its own tools ([`super::templates`]) are made of it, so that both say
//! the same.

use super::{Language, Updates, Value};
use crate::person::Part;
use crate::text::TextKey;
use std::fmt;
use std::ops::RangeInclusive;

/// Hours between two checks for something new.
pub const CHECK_HOURS: RangeInclusive<i64> = 1..=168;
/// Hours between two checks when nobody says otherwise (TRUST.md 4.4).
pub const DEFAULT_CHECK_HOURS: u8 = 6;
/// Background downloads, in KiB (1,024 bytes) a second. The least is well above the rate at which a line counts as dead.
pub const RATE_LIMIT_KIB: RangeInclusive<i64> = 16..=1_048_576;
/// Longer addresses, in characters, are a slip: no system's path or server's name is that long.
const LONGEST_ADDRESS: usize = 2_000;
/// The longest name of a group or channel, in characters.
const LONGEST_WORD: usize = 64;

const UPDATES: &[(&str, TextKey)] =
    &[(Updates::Own.name(), TextKey::PolicyUpdatesOwn), (Updates::Managed.name(), TextKey::PolicyUpdatesManaged)];
const LANGUAGES: &[(&str, TextKey)] =
    &[(Language::Ko.name(), TextKey::OptionKorean), (Language::En.name(), TextKey::OptionEnglish)];

/// What a value of a key must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A list of texts.
    List {
        /// What the texts are, in English.
        what: &'static str,
        /// The most characters that one of them may have.
        longest: usize,
        /// The fewest of them: 0 when an empty list says something as well.
        fewest: usize,
    },
    /// A text.
    Text {
        /// What it is, in English.
        what: &'static str,
        /// The most characters that it may have.
        longest: usize,
    },
    /// A whole number in this range.
    Number(RangeInclusive<i64>),
    /// One of these words, each with what it is called in a list to choose from.
    Choice(&'static [(&'static str, TextKey)]),
    /// On or off.
    Flag,
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::List { what, longest, .. } => write!(f, "a list of {what}, at most {longest} characters each"),
            Self::Text { what, longest } => write!(f, "{what}, at most {longest} characters"),
            Self::Number(range) => write!(f, "a whole number from {} to {}", range.start(), range.end()),
            Self::Choice(words) => {
                let words: Vec<String> = words.iter().map(|(word, _)| format!("{word:?}")).collect();
                f.write_str(&words.join(" or "))
            }
            Self::Flag => f.write_str("on or off"),
        }
    }
}

/// A value that a hospital could state, for the templates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Example {
    /// A list of texts.
    List(&'static [&'static str]),
    /// A text, or a word to choose.
    Text(&'static str),
    /// A text as people write it in each language.
    Spoken {
        /// In Korean.
        ko: &'static str,
        /// In English.
        en: &'static str,
    },
    /// A whole number.
    Number(i64),
    /// On or off.
    Flag(bool),
}

impl Example {
    /// The same in one language.
    #[must_use]
    pub const fn in_language(self, language: Language) -> Self {
        match (self, language) {
            (Self::Spoken { ko, .. }, Language::Ko) => Self::Text(ko),
            (Self::Spoken { en, .. }, Language::En) => Self::Text(en),
            (plain, _) => plain,
        }
    }
}

impl From<Example> for Value {
    fn from(example: Example) -> Self {
        match example {
            Example::List(texts) => Self::List(texts.iter().map(|text| Self::Text((*text).to_owned())).collect()),
            Example::Text(text) | Example::Spoken { ko: text, .. } => Self::Text(text.to_owned()),
            Example::Number(number) => Self::Number(number),
            Example::Flag(flag) => Self::Flag(flag),
        }
    }
}

macro_rules! keys {
    ($($(#[$doc:meta])* $key:ident: $name:literal, $shape:expr, $example:expr;)*) => {
        /// The keys of a policy: the one list of what can be managed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Key { $($(#[$doc])* $key,)* }

        impl Key {
            /// Every key, in the order in which they are shown.
            pub const ALL: &'static [Key] = &[$(Key::$key,)*];

            /// Its name in a policy.
            pub const fn name(self) -> &'static str {
                match self { $(Key::$key => $name,)* }
            }

            /// What a value of it must be.
            pub const fn shape(self) -> Shape {
                match self { $(Key::$key => $shape,)* }
            }

            /// A value that a hospital could state.
            pub const fn example(self) -> Example {
                match self { $(Key::$key => $example,)* }
            }

            pub(super) fn of_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Key::$key),)* _ => None }
            }
        }
    };
}

keys! {
    /// Where signed metadata and packages are asked for, in order; instead of the built-in mirrors.
    Mirrors: "mirrors",
        Shape::List { what: "https:// or http:// addresses or absolute folder paths", longest: LONGEST_ADDRESS, fewest: 1 },
        Example::List(&["https://mirror.hospital.example/remote-support"]);
    /// The way to the mirrors.
    Proxy: "proxy",
        Shape::Text {
            what: "\"none\", \"system\" or an address http://host:port without user and password",
            longest: LONGEST_ADDRESS,
        },
        Example::Text("http://proxy.hospital.example:3128");
    /// Groups that a roll-out may name.
    Groups: "groups",
        Shape::List { what: "names of letters, digits, '-', '_' and '.'", longest: LONGEST_WORD, fewest: 0 },
        Example::List(&["pilot-it"]);
    /// The channel in signed metadata that this PC follows.
    Channel: "channel",
        Shape::Text { what: "a name of letters, digits and '-'", longest: LONGEST_WORD },
        Example::Text("stable");
    /// Who renews the helper itself.
    Updates: "updates", Shape::Choice(UPDATES), Example::Text(Updates::Managed.name());
    /// Hours between two checks for something new.
    CheckHours: "check_hours", Shape::Number(CHECK_HOURS), Example::Number(DEFAULT_CHECK_HOURS as i64);
    /// What a background download may take, in KiB a second.
    RateLimitKib: "rate_limit_kib", Shape::Number(RATE_LIMIT_KIB), Example::Number(1_024);
    /// The language of the faces.
    Language: "language", Shape::Choice(LANGUAGES), Example::Text(Language::Ko.name());
    /// The person's name, for a PC of one person.
    Name: "name",
        Shape::Text { what: "a name without a patient's number", longest: Part::Name.longest() },
        Example::Spoken { ko: "김간호사", en: "Nurse Kim" };
    /// The department in which the PC stands.
    Department: "department",
        Shape::Text { what: "a department without a patient's number", longest: Part::Department.longest() },
        Example::Spoken { ko: "3병동", en: "Ward 3" };
    /// The telephone beside the PC.
    Extension: "extension",
        Shape::Text { what: "a telephone extension", longest: Part::Extension.longest() },
        Example::Text("7123");
    /// Does the helper start at login?
    StartAtLogin: "start_at_login", Shape::Flag, Example::Flag(true);
    /// Is the helper's icon on the Desktop?
    DesktopShortcut: "desktop_shortcut", Shape::Flag, Example::Flag(true);
    /// Does the wizard come at the first start?
    FirstRun: "first_run", Shape::Flag, Example::Flag(false);
    /// Does the audit journal name the user?
    AuditUserName: "audit_user_name", Shape::Flag, Example::Flag(true);
}

impl Key {
    /// May a text of its value be as long as this one?
    pub(super) fn has_room_for(self, text: &str) -> bool {
        match self.shape() {
            Shape::List { longest, .. } | Shape::Text { longest, .. } => text.chars().count() <= longest,
            Shape::Number(_) | Shape::Choice(_) | Shape::Flag => true,
        }
    }
}
