//! Who asks, line by line, to be copied into the module's window (SPEC C2).

use crate::Core;
use crate::effect::Effect;
use crate::intent::{Answer, Refusal};
use crate::person::{Part, Person};
use crate::text::TextKey;
use crate::view::{Copy, Field};

impl Core {
    /// Who asks: what the HIS said of this request, else what policy and settings know.
    pub fn person(&self) -> Person {
        let mut person = self.settings().map(crate::settings::Settings::person).unwrap_or_default();
        for part in Part::ALL {
            let said = self.pages.caller.as_ref().map(|caller| caller.get(part)).filter(|line| !line.is_empty());
            if let Some(line) = said {
                person.set(part, line.to_owned());
            }
        }
        person
    }

    /// The HIS says who asks; a click of a person's own says nothing.
    pub(crate) fn called_by(&mut self, caller: Option<Person>) {
        self.pages.caller = caller;
        self.pages.copied = None;
    }

    pub(crate) fn copies(&self) -> Vec<Copy> {
        let person = self.person();
        let copy = |part: Part| {
            let (field, value) = (Field::of(part), person.get(part).to_owned());
            let label = match part {
                Part::Name => TextKey::CopyName,
                Part::Department => TextKey::CopyDepartment,
                Part::Extension => TextKey::CopyExtension,
            };
            (!value.is_empty()).then(|| Copy { field, label, value, copied: self.pages.copied == Some(field) })
        };
        Part::ALL.into_iter().filter_map(copy).collect()
    }

    /// A line goes to the clipboard, if the card shows it.
    pub(crate) fn copy_line(&mut self, field: Field, effects: &mut Vec<Effect>) -> Answer {
        match self.view().copies.into_iter().find(|copy| copy.field == field) {
            Some(copy) => {
                self.pages.copied = Some(field);
                self.code_note = None;
                effects.push(Effect::CopyToClipboard(copy.value));
                Answer::Accepted
            }
            None => Answer::Refused(Refusal::NotOffered),
        }
    }
}
