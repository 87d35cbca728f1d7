//! Pages of values in one language.

use super::Words;
use helper_core::view::{self, Field, Lamp, Step};
use serde::Serialize;

/// One of several answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Choice {
    /// Its value.
    pub value: String,
    /// What is written on it.
    pub label: String,
}

/// How a row is answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
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
        value: String,
        /// How it is.
        lamp: Lamp,
    },
}

/// One row of a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Row {
    /// Which value.
    pub field: Field,
    /// What is written before it.
    pub label: String,
    /// How it is answered.
    pub control: Control,
    /// Who has set it, when it cannot be changed here.
    pub locked: Option<String>,
    /// A hint, or what was wrong with the last entry.
    pub note: Option<String>,
    /// The note is a refusal.
    pub wrong: bool,
}

/// What can be answered or read on a card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Form {
    /// Where in the first run.
    pub step: Option<Step>,
    /// The values, in order.
    pub rows: Vec<Row>,
}

/// A line that can be copied for the module's window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Copy {
    /// Which.
    pub field: Field,
    /// What it is called.
    pub label: String,
    /// The line.
    pub value: String,
    /// It was the last one that was copied.
    pub copied: bool,
}

impl Form {
    pub(super) fn of(form: &view::Form, words: &Words) -> Self {
        Self { step: form.step, rows: form.rows.iter().map(|row| Row::of(row, words)).collect() }
    }
}

impl Row {
    /// The row as one line of text, for people who read every sentence; `None` when it says nothing.
    #[cfg(test)]
    pub fn line(&self) -> Option<String> {
        let value = match &self.control {
            Control::Choice { chosen, options } => &options.iter().find(|option| option.value == *chosen)?.label,
            Control::Line { value, .. } | Control::Fact { value, .. } => value,
            // Whether it is on is told by a switch alone.
            Control::Switch { .. } => return None,
        };
        let note = self.note.iter().map(|note| format!("\n    {note}"));
        (!value.is_empty()).then(|| format!("{}: {value}{}", self.label, note.collect::<String>()))
    }

    fn of(row: &view::Row, words: &Words) -> Self {
        let say = |text: &helper_core::text::Text| words.say(text);
        Self {
            field: row.field,
            label: say(&row.label),
            control: Control::of(&row.control, words),
            locked: row.locked.as_ref().map(say),
            note: row.note.as_ref().map(say),
            wrong: row.wrong,
        }
    }
}

impl Control {
    fn of(control: &view::Control, words: &Words) -> Self {
        match control {
            view::Control::Choice { chosen, options } => Self::Choice {
                chosen: chosen.clone(),
                options: options
                    .iter()
                    .map(|option| Choice { value: option.value.clone(), label: words.label(option.label) })
                    .collect(),
            },
            view::Control::Switch { on } => Self::Switch { on: *on },
            view::Control::Line { value, longest } => Self::Line { value: value.clone(), longest: *longest },
            view::Control::Fact { value, lamp } => Self::Fact { value: words.say(value), lamp: *lamp },
        }
    }
}

impl Copy {
    pub(super) fn of(copy: &view::Copy, words: &Words) -> Self {
        let view::Copy { field, label, value, copied } = copy;
        Self { field: *field, label: words.label(*label), value: value.clone(), copied: *copied }
    }
}
