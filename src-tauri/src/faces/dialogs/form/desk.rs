//! The page that is open, and what becomes of what the person does to its controls; without a system.

use super::{Does, Item, Kind, Part};
use crate::faces::dialogs::page::Page;
use helper_core::intent::{Answer, Intent, Refusal, Wish};
use helper_core::view::Field;

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
