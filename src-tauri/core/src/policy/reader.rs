//! Takes values out of a policy by their type and notes what does not fit.

use super::complaint::shortened;
use super::{Complaint, Key, Source, Stated, Value, Valued, Wrong};
use std::ops::RangeInclusive;

/// After so many complaints of one policy the rest is only counted.
const ENOUGH: usize = 30;

/// What a check of one text brings.
type Judged<T> = Result<T, Wrong>;

/// Reads one policy.
pub(super) struct Reader<'a> {
    stated: &'a Stated,
    complaints: Vec<Complaint>,
}

impl<'a> Reader<'a> {
    /// Begins with what is wrong with the place as a whole and with names that no key has.
    pub(super) fn new(stated: &'a Stated) -> Self {
        let mut reader = Self { stated, complaints: Vec::new() };
        for place in stated.places() {
            for wrong in &place.wrong {
                let instead = match wrong {
                    Wrong::ByteOrderMark => "everything behind it",
                    Wrong::Syntax(..) | Wrong::NotUtf8 | Wrong::More(_) => "what could be read of it",
                    _ => "environment, system and what is built in",
                };
                reader.complain(place, None, wrong.clone(), instead);
            }
            for (name, _) in &place.values {
                if Key::of_name(name).is_none() {
                    reader.complain(place, Some(&shortened(name)), Wrong::UnknownKey, "nothing");
                }
            }
        }
        reader
    }

    fn complain(&mut self, stated: &Stated, key: Option<&str>, wrong: Wrong, instead: &str) {
        self.complaints.push(Complaint {
            place: stated.place.clone(),
            key: key.map(str::to_owned),
            wrong,
            instead: instead.to_owned(),
        });
    }

    /// The value of a key, and the place that states it: the strongest that says anything about it, right or wrong.
    fn value(&self, key: Key) -> Option<(&'a Stated, &'a Value)> {
        let find = |place: &'a Stated| place.values.iter().find(|(name, _)| name == key.name());
        self.stated.places().find_map(|place| find(place).map(|(_, value)| (place, value)))
    }

    fn settle<T>(&mut self, place: &Stated, key: Key, judged: Judged<T>, instead: &str) -> Option<T> {
        judged.map_err(|wrong| self.complain(place, Some(key.name()), wrong, instead)).ok()
    }

    /// A text that passes the check.
    pub(super) fn text<T>(&mut self, key: Key, instead: &str, check: &dyn Fn(&str) -> Judged<T>) -> Option<Valued<T>> {
        let (place, value) = self.value(key)?;
        let judged = match value {
            Value::Text(text) => readable(text).and_then(check),
            other => Err(Wrong::Type(key.wants(), other.kind())),
        };
        self.settle(place, key, judged, instead).map(|value| place.says(value))
    }

    /// A number in the range, which must fit the type.
    pub(super) fn number<T: TryFrom<i64>>(
        &mut self,
        key: Key,
        instead: &str,
        range: RangeInclusive<i64>,
    ) -> Option<Valued<T>> {
        let (place, value) = self.value(key)?;
        let judged = match value {
            Value::Number(number) => T::try_from(*number)
                .ok()
                .filter(|_| range.contains(number))
                .ok_or_else(|| Wrong::unfit(key, &number.to_string())),
            other => Err(Wrong::Type(key.wants(), other.kind())),
        };
        self.settle(place, key, judged, instead).map(|value| place.says(value))
    }

    /// Yes or no: a truth value where the system has one, else `on` and `off`, or 1 and 0 (the registry's numbers).
    pub(super) fn flag(&mut self, key: Key, instead: &str) -> Option<Valued<bool>> {
        let (place, value) = self.value(key)?;
        let judged = match value {
            Value::Flag(flag) => Ok(*flag),
            Value::Number(number @ 0..=1) => Ok(*number == 1),
            Value::Text(text) => match text.trim() {
                "on" => Ok(true),
                "off" => Ok(false),
                _ => Err(Wrong::unfit(key, text)),
            },
            Value::Number(number) => Err(Wrong::unfit(key, &number.to_string())),
            other => Err(Wrong::Type(key.wants(), other.kind())),
        };
        self.settle(place, key, judged, instead).map(|value| place.says(value))
    }

    /// A list of texts: entries that do not pass the check are left out; `None` when no entry is left, unless an empty list
    /// was stated and says something (groups).
    pub(super) fn list(
        &mut self,
        key: Key,
        instead: &str,
        check: &dyn Fn(&str) -> Judged<String>,
    ) -> Option<Valued<Vec<String>>> {
        let (place, value) = self.value(key)?;
        let Value::List(entries) = value else {
            self.complain(place, Some(key.name()), Wrong::Type(key.wants(), value.kind()), instead);
            return None;
        };
        let mut good = Vec::new();
        for entry in entries {
            let judged = match entry {
                Value::Text(text) => readable(text).and_then(check),
                other => Err(Wrong::Type(key.wants(), other.kind())),
            };
            good.extend(self.settle(place, key, judged, "the other entries"));
        }
        if good.is_empty() && (key != Key::Groups || !entries.is_empty()) {
            self.complain(place, Some(key.name()), Wrong::EmptyList, instead);
            return None;
        }
        Some(place.says(good))
    }

    /// The policy's value, or the other one with its source.
    pub(super) fn or<T>(&self, stated: Option<Valued<T>>, otherwise: T, source: &Source) -> Valued<T> {
        stated.unwrap_or_else(|| Valued { value: otherwise, source: source.clone() })
    }

    /// Everything that was wrong.
    pub(super) fn complaints(&mut self) -> Vec<Complaint> {
        let rest = self.complaints.len().saturating_sub(ENOUGH);
        if rest > 0 {
            self.complaints.truncate(ENOUGH);
            self.complain(self.stated, None, Wrong::More(rest), "what could be read of it");
        }
        std::mem::take(&mut self.complaints)
    }
}

impl Stated {
    fn says<T>(&self, value: T) -> Valued<T> {
        Valued { value, source: Source::Policy(self.place.clone()) }
    }
}

impl Value {
    /// The name of its type.
    const fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Number(_) => "a number",
            Self::List(_) => "a list",
            Self::Flag(_) => "a truth value",
            Self::Other(kind) => kind,
        }
    }
}

/// Bytes that were not UTF-8 stand as U+FFFD: such a text is not what was meant.
fn readable(text: &str) -> Judged<&str> {
    if text.contains('\u{fffd}') { Err(Wrong::NotUtf8) } else { Ok(text) }
}
