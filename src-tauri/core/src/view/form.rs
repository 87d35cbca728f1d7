//! Pages of values: what a person reads, chooses or types, as plain data for every face.

use crate::person::Part;
use crate::text::{Text, TextKey};
use serde::{Deserialize, Serialize};

/// Which value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum Field {
    /// The language of the faces.
    Language,
    /// The person's name.
    Name,
    /// Their department.
    Department,
    /// Their telephone extension.
    Extension,
    /// The start at login.
    AtLogin,
    /// The mirror.
    Mirror,
    /// The way to it.
    Proxy,
    /// How fresh everything is.
    State,
    /// The helper's version.
    HelperVersion,
    /// Is the module ready?
    Module,
    /// Something that the network doctor found.
    Finding,
}

impl Field {
    /// The field of a line about the person.
    pub const fn of(part: Part) -> Self {
        match part {
            Part::Name => Self::Name,
            Part::Department => Self::Department,
            Part::Extension => Self::Extension,
        }
    }

    /// The line about the person that this field holds.
    pub const fn part(self) -> Option<Part> {
        match self {
            Self::Name => Some(Part::Name),
            Self::Department => Some(Part::Department),
            Self::Extension => Some(Part::Extension),
            _ => None,
        }
    }
}

/// How a fact is, never by colour alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum Lamp {
    /// As it should be.
    Good,
    /// Being worked on.
    Busy,
    /// Worth a look.
    Attention,
    /// Not as it should be.
    Bad,
    /// Neither.
    None,
}

/// A possible value.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Choice {
    /// Its value.
    pub value: String,
    /// What is written on it.
    pub label: TextKey,
}

/// What a row is made of.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Control {
    /// One of a few.
    Choice {
        /// The value that holds.
        chosen: String,
        /// All of them.
        options: Vec<Choice>,
    },
    /// Yes or no.
    Switch {
        /// Which.
        on: bool,
    },
    /// A line to be typed.
    Line {
        /// What holds.
        value: String,
        /// The most characters (code points).
        longest: usize,
    },
    /// Only to be read.
    Fact {
        /// What it is.
        value: Text,
        /// How it is.
        lamp: Lamp,
    },
}

/// One value.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Row {
    /// Which.
    pub field: Field,
    /// What it is called.
    pub label: Text,
    /// How it is shown.
    pub control: Control,
    /// It is out of the person's hands: who says so.
    pub locked: Option<Text>,
    /// What is said below it.
    pub note: Option<Text>,
    /// The note tells why the last change was refused.
    pub wrong: bool,
}

impl Row {
    /// A row that nobody has locked and nothing is said of.
    pub(crate) const fn new(field: Field, label: Text, control: Control) -> Self {
        Self { field, label, control, locked: None, note: None, wrong: false }
    }

    /// A row that is only read.
    pub(crate) const fn fact(field: Field, label: Text, value: Text, lamp: Lamp) -> Self {
        Self::new(field, label, Control::Fact { value, lamp })
    }
}

/// Which step of how many, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Step {
    /// This one.
    pub at: usize,
    /// Of so many.
    pub of: usize,
}

/// A page of values.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Form {
    /// Its place among the wizard's steps.
    pub step: Option<Step>,
    /// Its values, in order.
    pub rows: Vec<Row>,
}

/// A line that can be copied.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Copy {
    /// Which.
    pub field: Field,
    /// What it is called.
    pub label: TextKey,
    /// The line.
    pub value: String,
    /// It was the last one that was copied.
    pub copied: bool,
}
