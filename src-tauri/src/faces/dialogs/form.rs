//! A page with something to answer or to copy, as the controls of one window: what they say. Told from what is shown, without a system;
//! what becomes of what the person does to them is in `desk`, where they stand in `layout`.

mod desk;

#[cfg_attr(not(target_os = "windows"), allow(unused_imports, reason = "only Windows draws it"))]
pub use desk::{Change, Desk, News, Press};

use crate::words::guides;
use crate::words::{Choice, Control, Copy, Row, Shown, Words};
use helper_core::brand::Brand;
use helper_core::intent::Wish;
use helper_core::view::{Field, Lamp, Scene};

/// What an item is to the page; its place follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Which step of how many.
    Step,
    /// The one large line.
    Headline,
    /// What happens or what to do.
    Sentence,
    /// A smaller line of the card.
    Detail,
    /// What a group of lines is called.
    Heading,
    /// What the next value is called.
    Label,
    /// A value; what it is called stands before it, or on it.
    Value,
    /// What can be done with the value before it.
    Beside,
    /// A long text.
    Reader,
    /// What the note behind it is: a drawing only.
    Sign,
    /// Who has set it, or what is said of it: empty where nothing is.
    Note,
    /// A button of the page.
    Button,
}

/// A drawing beside a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// A padlock: it cannot be changed here.
    Lock,
    /// A triangle: it was refused.
    Warning,
}

/// What an item is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Words only.
    Text,
    /// A drawing.
    Sign {
        /// Which.
        sign: Sign,
        /// Is there anything to mark?
        seen: bool,
    },
    /// A line to be typed.
    Line {
        /// The most characters.
        longest: usize,
        /// It is only read: it can be reached and selected.
        locked: bool,
    },
    /// One of several.
    List {
        /// What is written on them.
        options: Vec<String>,
        /// Which one holds.
        chosen: Option<usize>,
        /// It cannot be changed.
        locked: bool,
    },
    /// Yes or no.
    Check {
        /// Which.
        on: bool,
        /// It cannot be changed.
        locked: bool,
    },
    /// Many lines to be read, selected and scrolled.
    Pages,
    /// A button.
    Push {
        /// The Enter key presses it.
        main: bool,
    },
}

/// What an item is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Does {
    /// It is read.
    Nothing,
    /// It changes this field; the values of a list in its order, `off` and `on` of a check box, nothing for a line.
    Change(Field, Vec<String>),
    /// It lets these be read, one of them at a time.
    Read(Vec<String>),
    /// It copies this line.
    Copy(Field),
    /// It wishes this.
    Wish(Wish),
}

/// One control of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What it is to the page.
    pub part: Part,
    /// What it is made of.
    pub kind: Kind,
    /// What stands on it, or in it.
    pub text: String,
    /// What it is for.
    pub does: Does,
    /// The last change of it was refused.
    pub wrong: bool,
}

impl Item {
    const fn text(part: Part, text: String) -> Self {
        Self { part, kind: Kind::Text, text, does: Does::Nothing, wrong: false }
    }

    /// What stands on it, as systems write it whose buttons take the letter behind `&` for their key.
    pub fn caption(&self) -> String {
        match self.kind {
            Kind::Check { .. } | Kind::Push { .. } => self.text.replace('&', "&&"),
            // A field of many lines takes nothing else for a new line.
            Kind::Pages => self.text.replace('\n', "\r\n"),
            _ => self.text.clone(),
        }
    }

    /// Does it belong to the page as a whole, and is always in sight?
    pub const fn is_of_page(&self) -> bool {
        matches!(self.part, Part::Button)
    }

    /// Can the person do something to it?
    pub const fn is_open(&self) -> bool {
        !matches!(
            self.kind,
            Kind::Text
                | Kind::Sign { .. }
                | Kind::Line { locked: true, .. }
                | Kind::List { locked: true, .. }
                | Kind::Check { locked: true, .. }
        )
    }

    /// Which one of a list holds; of a check box, 1 when it is on.
    fn stands(&self) -> Option<usize> {
        match self.kind {
            Kind::List { chosen, .. } => chosen,
            Kind::Check { on, .. } => Some(usize::from(on)),
            Kind::Text | Kind::Sign { .. } | Kind::Line { .. } | Kind::Pages | Kind::Push { .. } => None,
        }
    }

    /// Can the same control show this one instead?
    fn is_like(&self, other: &Self) -> bool {
        let lock = |kind: &Kind| match kind {
            Kind::Text | Kind::Sign { .. } | Kind::Pages | Kind::Push { .. } => false,
            Kind::Line { locked, .. } | Kind::List { locked, .. } | Kind::Check { locked, .. } => *locked,
        };
        let same_deed = match (&self.does, &other.does) {
            (Does::Change(one, _), Does::Change(two, _)) => one == two,
            (Does::Read(one), Does::Read(two)) => one.len() == two.len(),
            (one, two) => one == two,
        };
        self.part == other.part
            && std::mem::discriminant(&self.kind) == std::mem::discriminant(&other.kind)
            && lock(&self.kind) == lock(&other.kind)
            && same_deed
    }
}

/// The controls of a page with something to answer, to copy or to read at length; none for any other.
pub fn items(shown: &Shown, brand: &Brand, words: &Words) -> Vec<Item> {
    let reader = reader(shown, brand, words);
    if shown.form.is_none() && shown.copies.is_empty() && reader.is_empty() {
        return Vec::new();
    }
    let mut items = Vec::new();
    if let Some(step) = shown.form.as_ref().and_then(|form| form.step) {
        items.push(Item::text(Part::Step, format!("{} {} / {}", say(words, "ui.step"), step.at, step.of)));
    }
    items.push(Item::text(Part::Headline, shown.headline.clone()));
    items.push(Item::text(Part::Sentence, shown.sentence.clone()));
    items.extend(shown.form.iter().flat_map(|form| &form.rows).flat_map(|row| of_row(row, words)));
    items.extend(shown.details.iter().map(|line| Item::text(Part::Detail, line.clone())));
    if !shown.copies.is_empty() {
        items.push(Item::text(Part::Heading, say(words, "ui.copies")));
        items.extend(shown.copies.iter().flat_map(|copy| of_copy(copy, words)));
    }
    items.extend(reader);
    // What could not be done at all is said behind the values.
    items.push(Item::text(Part::Note, String::new()));
    items.extend(shown.actions.iter().enumerate().map(|(place, action)| Item {
        part: Part::Button,
        kind: Kind::Push { main: place == 0 },
        text: action.label.clone(),
        does: Does::Wish(action.wish),
        wrong: false,
    }));
    items
}

fn say(words: &Words, key: &str) -> String {
    words.ui(key).unwrap_or(key).to_owned()
}

/// The guides, or exactly what a file will hold: a list to choose from, and what is chosen.
fn reader(shown: &Shown, brand: &Brand, words: &Words) -> Vec<Item> {
    let (label, texts): (&str, Vec<(String, String)>) = if shown.scene == Scene::Help {
        ("ui.guides", guides(brand, words))
    } else {
        let documents = shown.documents.iter();
        ("ui.documents", documents.map(|document| (document.name.clone(), document.text.clone())).collect())
    };
    let (options, texts): (Vec<String>, Vec<String>) = texts.into_iter().unzip();
    let Some(first) = texts.first().cloned() else { return Vec::new() };
    let kind = Kind::List { options, chosen: Some(0), locked: false };
    vec![
        Item::text(Part::Label, say(words, label)),
        Item { part: Part::Value, kind, text: String::new(), does: Does::Read(texts), wrong: false },
        Item { part: Part::Reader, kind: Kind::Pages, text: first, does: Does::Nothing, wrong: false },
    ]
}

/// What is not as it should be is told by a word before it, never by colour.
fn marked(lamp: Lamp, text: &str, words: &Words) -> String {
    match lamp {
        Lamp::Attention => format!("{}: {text}", say(words, "ui.lamp.attention")),
        Lamp::Bad => format!("{}: {text}", say(words, "ui.lamp.bad")),
        Lamp::Good | Lamp::Busy | Lamp::None => text.to_owned(),
    }
}

fn of_row(row: &Row, words: &Words) -> Vec<Item> {
    let locked = row.locked.is_some();
    let change = |values: Vec<String>| if locked { Does::Nothing } else { Does::Change(row.field, values) };
    let (label, value) = match &row.control {
        Control::Choice { chosen, options } => {
            let kind = Kind::List {
                options: options.iter().map(|Choice { label, .. }| label.clone()).collect(),
                chosen: options.iter().position(|option| option.value == *chosen),
                locked,
            };
            let values = options.iter().map(|Choice { value, .. }| value.clone()).collect();
            (true, Item { part: Part::Value, kind, text: String::new(), does: change(values), wrong: row.wrong })
        }
        Control::Line { value, longest } => {
            let kind = Kind::Line { longest: *longest, locked };
            (true, Item { part: Part::Value, kind, text: value.clone(), does: change(Vec::new()), wrong: row.wrong })
        }
        Control::Switch { on } => {
            let kind = Kind::Check { on: *on, locked };
            let values = vec!["off".to_owned(), "on".to_owned()];
            (false, Item { part: Part::Value, kind, text: row.label.clone(), does: change(values), wrong: row.wrong })
        }
        Control::Fact { value, lamp } => (true, Item::text(Part::Value, marked(*lamp, value, words))),
    };
    let note = row.note.as_deref().unwrap_or_default();
    let note = if row.wrong { marked(Lamp::Attention, note, words) } else { note.to_owned() };
    let label = label.then(|| Item::text(Part::Label, row.label.clone()));
    let sign = |sign, seen| Item {
        part: Part::Sign,
        kind: Kind::Sign { sign, seen },
        text: String::new(),
        does: Does::Nothing,
        wrong: false,
    };
    // The notes are always there: one that comes must not make another page of it.
    let notes = [
        sign(Sign::Lock, locked),
        Item::text(Part::Note, row.locked.clone().unwrap_or_default()),
        sign(Sign::Warning, row.wrong),
        Item::text(Part::Note, note),
    ];
    label.into_iter().chain([value]).chain(notes).collect()
}

fn of_copy(copy: &Copy, words: &Words) -> Vec<Item> {
    let label = words.label(helper_core::text::TextKey::DoCopyCode);
    vec![
        Item::text(Part::Label, copy.label.clone()),
        Item::text(Part::Value, copy.value.clone()),
        Item {
            part: Part::Beside,
            kind: Kind::Push { main: false },
            // Whoever hears only the button hears what it copies.
            text: format!("{label}: {}", copy.label),
            does: Does::Copy(copy.field),
            wrong: false,
        },
        Item::text(Part::Note, if copy.copied { say(words, "ui.copied") } else { String::new() }),
    ]
}

#[cfg(test)]
mod tests;
