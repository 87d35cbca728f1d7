//! A page with something to answer or to copy, as the controls of one window: what they say, and what becomes of what the person does
//! to them. Told from what is shown, without a system; where they stand is in `layout`.

use super::page::Page;
use crate::words::guides;
use crate::words::{Choice, Control, Copy, Row, Shown, Words};
use helper_core::brand::Brand;
use helper_core::intent::{Answer, Intent, Refusal, Wish};
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

/// What another state changes about a control.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It says this.
    Says(String),
    /// It offers these, and this one holds.
    Offers(Vec<String>, Option<usize>),
    /// It is on, or not.
    Is(bool),
}

/// What another state is to the window that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// The same page: these controls change.
    Same(Vec<(usize, Change)>),
    /// Another page, with other controls.
    Another,
}

/// What the person has done to a control.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Held {
    /// What the helper has of a line, as it said last.
    kept: String,
    /// What was sent last of a line: a refused entry stays in the field to be mended, and is not sent twice.
    sent: String,
    /// The person is at it.
    typing: bool,
    /// Which one of a list stands there, or how a check box does.
    stands: Option<usize>,
}

impl Held {
    fn of(item: &Item) -> Self {
        Self { kept: item.text.clone(), sent: item.text.clone(), typing: false, stands: item.stands() }
    }
}

/// What a press of a button comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Press {
    /// Nothing.
    Nothing,
    /// First look at this control: what stands in it was refused. Pressed once more it is done all the same.
    Look(usize),
    /// The page's wish.
    Wish(Wish),
    /// A line is copied.
    Copy(Field),
}

/// The page that is open, and what the person is doing to it.
#[derive(Clone, Debug)]
pub struct Desk {
    page: Page,
    held: Vec<Held>,
    /// What was refused last, and not looked at since.
    refused: Option<usize>,
    /// The last change could not be made at all.
    failed: bool,
}

impl Desk {
    /// Opens a page.
    pub fn new(page: Page) -> Self {
        Self { held: page.items.iter().map(Held::of).collect(), page, refused: None, failed: false }
    }

    /// The page.
    pub const fn page(&self) -> &Page {
        &self.page
    }

    /// Which control has the keyboard first: the first that can be answered, otherwise the first button.
    pub fn first(&self) -> Option<usize> {
        self.page.items.iter().position(Item::is_open)
    }

    /// Which button the Enter key presses when this control has the keyboard: itself, or the page's main one.
    pub fn pressed_by_enter(&self, focused: Option<usize>) -> Option<usize> {
        let is_push =
            |place: &usize| self.page.items.get(*place).is_some_and(|item| matches!(item.kind, Kind::Push { .. }));
        let main = || self.page.items.iter().position(|item| item.kind == Kind::Push { main: true });
        focused.filter(is_push).or_else(main)
    }

    /// Another state. What is being typed stays.
    pub fn follow(&mut self, mut next: Page) -> News {
        let like = self.page.scene == next.scene
            && self.page.items.len() == next.items.len()
            && self.page.items.iter().zip(&next.items).all(|(one, other)| one.is_like(other));
        // Every step of the first run is a page of its own.
        if !like || self.page.step != next.step {
            *self = Self::new(next);
            return News::Another;
        }
        // What could not be done is said behind everything else of the page.
        if let Some(last) = next.items.iter_mut().rfind(|item| item.part == Part::Note).filter(|_| self.failed) {
            last.text.clone_from(&next.not_done);
        }
        // What is being read goes on being read, in another language as well.
        for place in 0..next.items.len() {
            read(&mut next, place, self.held[place].stands);
        }
        let before = std::mem::replace(&mut self.page, next);
        let mut changes = Vec::new();
        for (place, ((old, new), held)) in before.items.iter().zip(&self.page.items).zip(&mut self.held).enumerate() {
            // A change that was refused: the control goes back to what holds. One that is under way stays as it was made.
            let differs = old.kind != new.kind || (new.wrong && held.stands != new.stands());
            match &new.kind {
                Kind::Line { .. } if held.kept != new.text => {
                    (held.kept, held.sent) = (new.text.clone(), new.text.clone());
                    if !held.typing {
                        changes.push((place, Change::Says(new.text.clone())));
                    }
                }
                Kind::List { options, chosen, .. } if differs => {
                    held.stands = *chosen;
                    changes.push((place, Change::Offers(options.clone(), *chosen)));
                }
                Kind::Check { on, .. } if differs => {
                    held.stands = new.stands();
                    changes.push((place, Change::Is(*on)));
                }
                _ => {}
            }
            if !matches!(new.kind, Kind::Line { .. } | Kind::List { .. }) && old.text != new.text {
                changes.push((place, Change::Says(new.caption())));
            }
        }
        News::Same(changes)
    }

    /// The person types in this line.
    pub fn types(&mut self, place: usize) {
        if let Some(held) = self.held.get_mut(place) {
            held.typing = true;
        }
        if self.refused == Some(place) {
            self.refused = None;
        }
    }

    /// The person leaves this line, and this stands in it. What has to be told to the helper.
    pub fn leaves(&mut self, place: usize, text: &str) -> Option<Intent> {
        let item = self.page.items.get(place)?;
        let (Kind::Line { locked: false, .. }, Does::Change(field, _)) = (&item.kind, &item.does) else { return None };
        let held = self.held.get_mut(place)?;
        held.typing = false;
        if held.sent == text {
            return None;
        }
        text.clone_into(&mut held.sent);
        Some(Intent::Change { field: *field, value: text.to_owned() })
    }

    /// The person chose this one of a list, or switched a check box (0 is off).
    pub fn chooses(&mut self, place: usize, which: usize) -> Option<Intent> {
        let Does::Change(field, values) = &self.page.items.get(place)?.does else { return None };
        let value = values.get(which)?.clone();
        let stood = self.held.get_mut(place)?.stands.replace(which);
        (stood != Some(which)).then_some(Intent::Change { field: *field, value })
    }

    /// The person wants to read this one of a list. Where, and what stands there then; `None` when the list is of another kind.
    pub fn reads(&mut self, place: usize, which: usize) -> Option<(usize, String)> {
        matches!(self.page.items.get(place)?.does, Does::Read(_)).then_some(())?;
        self.held.get_mut(place)?.stands = Some(which);
        read(&mut self.page, place, Some(which));
        Some((place + 1, self.page.items.get(place + 1)?.caption()))
    }

    /// What the helper said to a change of this control; `None` when it is ending.
    pub fn answered(&mut self, place: usize, answer: Option<Answer>) {
        match answer {
            Some(Answer::Refused(Refusal::Unfit)) => self.refused = Some(place),
            Some(Answer::Accepted | Answer::Joined) => self.failed = false,
            _ => self.failed = true,
        }
    }

    /// The person presses a button; lines that were being typed have been left before.
    pub fn presses(&mut self, place: usize) -> Press {
        match self.page.items.get(place).map(|item| &item.does) {
            Some(Does::Copy(field)) => Press::Copy(*field),
            Some(Does::Wish(wish)) => self.refused.take().map_or(Press::Wish(*wish), Press::Look),
            _ => Press::Nothing,
        }
    }

    /// The person presses Escape in this control, in which this stands: what was typed is taken back. `None`: there is nothing to take
    /// back, and the window closes.
    pub fn takes_back(&mut self, place: usize, text: &str) -> Option<String> {
        let is_line = matches!(self.page.items.get(place)?.kind, Kind::Line { locked: false, .. });
        let held = self.held.get_mut(place).filter(|held| is_line && held.typing)?;
        held.typing = false;
        held.sent.clone_from(&held.kept);
        (held.kept != text).then(|| held.kept.clone())
    }
}

/// Lets this one of a list be read, if the list at this place is one to read from.
fn read(page: &mut Page, place: usize, which: Option<usize>) {
    let Some([list, reader, ..]) = page.items.get_mut(place..) else { return };
    let (Does::Read(texts), Kind::List { chosen, .. }) = (&list.does, &mut list.kind) else { return };
    if let Some(text) = which.and_then(|which| texts.get(which)) {
        *chosen = which;
        reader.text.clone_from(text);
    }
}

#[cfg(test)]
mod tests;
