//! What can be wrong with a policy, in words for IT.

use super::Key;
use crate::person::Unfit;
use serde::{Serialize, Serializer};
use std::fmt;

/// Something in a policy that is not used.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Complaint {
    /// Where the policy is.
    pub place: String,
    /// The key; `None` when it is about the place as a whole.
    pub key: Option<String>,
    /// What is wrong.
    pub wrong: Wrong,
    /// What is used instead.
    pub instead: String,
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.place)?;
        if let Some(key) = &self.key {
            write!(f, "{key}: ")?;
        }
        write!(f, "{}; used instead: {}", self.wrong, self.instead)
    }
}

/// What is wrong. Never holds a password.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Wrong {
    /// The system does not let it be read; its words.
    Unreadable(String),
    /// Somebody but the administrator could have written it; what shows that.
    Unprotected(String),
    /// Longer than so many bytes.
    TooLarge(u64),
    /// Nothing is in it.
    Nothing,
    /// It is UTF-16, as some editors call "Unicode".
    Utf16,
    /// Bytes that are not UTF-8; what they belong to is not used.
    NotUtf8,
    /// It begins with a byte order mark, which is passed over.
    ByteOrderMark,
    /// A part that is not TOML: the line, counted from 1, and why.
    Syntax(usize, String),
    /// More of the same; how many.
    More(usize),
    /// No key has this name.
    UnknownKey,
    /// A value of another type: what is wanted, what was found.
    Type(&'static str, &'static str),
    /// A value that the key does not allow: what is wanted, what was found.
    Unfit(&'static str, String),
    /// Not the name of a group or channel.
    NoWord(String),
    /// An address that names no mirror; why.
    NoMirror(String),
    /// A user or password stands in an address. Policies can be read by everybody on the PC.
    Password,
    /// The list has no entry that can be used.
    EmptyList,
    /// A line about the person that is not used, and why. The line itself is not repeated: it may be a patient's number.
    Person(Unfit),
}

impl Wrong {
    pub(super) fn unfit(key: Key, found: &str) -> Self {
        Self::Unfit(key.wants(), shortened(found))
    }
}

/// Enough of a text to find it again.
pub(super) fn shortened(text: &str) -> String {
    const ENOUGH: usize = 80;
    let short: String = text.chars().take(ENOUGH).collect();
    if short.len() < text.len() { format!("{short}...") } else { short }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(why) => write!(f, "cannot be read ({why})"),
            Self::Unprotected(why) => write!(f, "somebody but the administrator can have written it ({why})"),
            Self::TooLarge(limit) => write!(f, "longer than {limit} bytes"),
            Self::Nothing => f.write_str("empty"),
            Self::Utf16 => f.write_str("written as UTF-16; save it as UTF-8"),
            Self::NotUtf8 => f.write_str("not UTF-8; save it as UTF-8"),
            Self::ByteOrderMark => f.write_str("begins with a byte order mark; save it as UTF-8 without one"),
            Self::Syntax(line, why) => write!(f, "line {line} is not TOML ({why})"),
            Self::More(count) => write!(f, "{count} more of this kind"),
            Self::UnknownKey => f.write_str("unknown key"),
            Self::Type(wants, found) => write!(f, "is {found}, must be {wants}"),
            Self::Unfit(wants, found) => write!(f, "is {found:?}, must be {wants}"),
            Self::NoWord(found) => write!(f, "{found:?} is no name of a group or channel"),
            Self::NoMirror(why) => f.write_str(why),
            Self::Password => f.write_str(
                "has a user or password in it; everybody on this PC can read a policy, so it is neither kept nor sent",
            ),
            Self::EmptyList => f.write_str("the list has no entry that can be used"),
            Self::Person(unfit) => unfit.fmt(f),
        }
    }
}

impl Serialize for Wrong {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
