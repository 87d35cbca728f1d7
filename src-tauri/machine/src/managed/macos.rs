//! macOS: managed preferences, which a configuration profile puts under the helper's identifier (Apple, "Configuration Profile
//! Reference"). Only forced values are policy: everything else in that domain the person can write.

// The members of a list have no type of their own in Core Foundation.
#![allow(unsafe_code)]

use super::file::{self, LIMIT};
use helper_core::policy::{Key, Stated, Value, Wrong};
use objc2_core_foundation::{
    CFArray, CFBoolean, CFNumber, CFPreferencesAppValueIsForced, CFPreferencesCopyAppValue, CFString, CFType,
};
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

/// What the administrator stated for the program with this identifier. Only the keys that a policy can have are asked for: this
/// place cannot be listed, so a misspelt one is not noticed here.
pub fn stated(identifier: &str) -> Stated {
    let domain = CFString::from_str(identifier);
    let forced = |key: &&Key| CFPreferencesAppValueIsForced(&CFString::from_str(key.name()), &domain);
    let value = |key: &Key| {
        let value = CFPreferencesCopyAppValue(&CFString::from_str(key.name()), &domain)?;
        Some((key.name().to_owned(), plain(&value)))
    };
    Stated {
        place: format!("managed preferences of {identifier}"),
        values: Key::ALL.iter().filter(forced).filter_map(value).collect(),
        ..Stated::default()
    }
}

fn plain(value: &CFType) -> Value {
    if let Some(text) = value.downcast_ref::<CFString>() {
        return Value::Text(text.to_string());
    }
    if let Some(flag) = value.downcast_ref::<CFBoolean>() {
        return Value::Flag(flag.as_bool());
    }
    if let Some(number) = value.downcast_ref::<CFNumber>() {
        // A fraction would be cut off silently.
        return number.as_i64().filter(|_| !number.is_float_type()).map_or(Value::Other("a fraction"), Value::Number);
    }
    let Some(list) = value.downcast_ref::<CFArray>() else { return Value::Other("a table, a date or binary data") };
    // SAFETY: whatever a property list's array holds is a Core Foundation object (Apple, "Property List Programming Topics").
    let list = unsafe { list.cast_unchecked::<CFType>() };
    Value::List(list.iter().map(|member| plain(&member)).collect())
}

/// The same from a file `policy.toml`, for rehearsals.
pub fn stated_in(folder: &Path) -> Stated {
    let path = folder.join("policy.toml");
    let mut stated = Stated { place: path.display().to_string(), ..Stated::default() };
    let mut bytes = Vec::new();
    match File::open(&path).and_then(|file| file.take(LIMIT + 1).read_to_end(&mut bytes)) {
        Ok(_) if bytes.len() as u64 > LIMIT => stated.wrong.push(Wrong::TooLarge(LIMIT)),
        Ok(_) => (stated.values, stated.wrong) = file::parse(&bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => stated.wrong.push(Wrong::Unreadable(error.to_string())),
    }
    stated
}
