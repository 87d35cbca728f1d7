//! Windows: the registry keys that group policy writes, `Software\Policies\<identifier>` under HKEY_LOCAL_MACHINE and, weaker,
//! under HKEY_CURRENT_USER. Only administrators can write below either by default (Microsoft: "Registry-based policy",
//! "Software\Policies" is not writable by standard users in their own hive as well). A list may be a REG_MULTI_SZ value or, as the list
//! element of an ADMX file writes it, a key of its own with the entries as values `1`, `2` and so on.

use super::file::{self, LIMIT};
use crate::user::io_error;
use helper_core::policy::{Stated, Value, Wrong};
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use windows_registry::{CURRENT_USER, Key, LOCAL_MACHINE, Type};

/// More values than this are something else than a policy.
const MOST: usize = 200;

/// What the administrator stated for the program with this identifier.
pub fn stated(identifier: &str) -> Stated {
    let path = format!(r"Software\Policies\{identifier}");
    let user = read(CURRENT_USER, "HKEY_CURRENT_USER", &path);
    Stated { weaker: Some(Box::new(user)), ..read(LOCAL_MACHINE, "HKEY_LOCAL_MACHINE", &path) }
}

/// The same from `policy.toml` in a folder, for rehearsals.
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

fn read(hive: &Key, hive_name: &str, path: &str) -> Stated {
    let mut stated = Stated { place: format!(r"{hive_name}\{path}"), ..Stated::default() };
    let read = hive.open(path).and_then(|key| Ok((values(&key)?, lists(&key)?))).map_err(io_error);
    match read {
        Ok((values, lists)) => {
            stated.values = values;
            stated.values.extend(lists);
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => stated.wrong.push(Wrong::Unreadable(error.to_string())),
    }
    let rest = stated.values.len().saturating_sub(MOST);
    if rest > 0 {
        stated.values.truncate(MOST);
        stated.wrong.push(Wrong::More(rest));
    }
    stated
}

fn values(key: &Key) -> windows_registry::Result<Vec<(String, Value)>> {
    // One more than are used: that there are too many is said.
    let values = key.values()?.take(MOST + 1);
    Ok(values.filter(|(name, _)| !name.is_empty()).map(|(name, value)| (name, plain(&value))).collect())
}

fn lists(key: &Key) -> windows_registry::Result<Vec<(String, Value)>> {
    key.keys()?.take(MOST + 1).map(|name| Ok((name.clone(), list(&key.open(&name)?)?))).collect()
}

/// Entries in the order of their numbers, whatever order the registry keeps them in.
fn list(key: &Key) -> windows_registry::Result<Value> {
    let mut entries = values(key)?;
    entries.sort_by_key(|(name, _)| (name.parse::<u32>().unwrap_or(u32::MAX), name.clone()));
    Ok(Value::List(entries.into_iter().map(|(_, value)| value).collect()))
}

fn plain(value: &windows_registry::Value) -> Value {
    let number = |bytes: [u8; 8]| {
        i64::try_from(u64::from_le_bytes(bytes)).map_or(Value::Other("a number that is too large"), Value::Number)
    };
    // Variables in a REG_EXPAND_SZ stay as they were written: what they mean is the user's to change, and a policy is not.
    match (value.ty(), &value[..]) {
        (_, bytes) if bytes.len() as u64 > LIMIT => Value::Other("a value that is too long"),
        (Type::String | Type::ExpandString, _) => Value::Text(texts(value).next().unwrap_or_default()),
        (Type::MultiString, _) => Value::List(texts(value).filter(|text| !text.is_empty()).map(Value::Text).collect()),
        (Type::U32, &[a, b, c, d]) => number([a, b, c, d, 0, 0, 0, 0]),
        (Type::U64, bytes) => bytes.try_into().map_or(Value::Other("a number of an odd length"), number),
        (Type::U32, _) => Value::Other("a number of an odd length"),
        (Type::Bytes, _) => Value::Other("binary data"),
        (Type::Other(_), _) => Value::Other("a type that policies do not have"),
    }
}

/// The texts in a value, which end with zeros, or with the value.
fn texts(value: &windows_registry::Value) -> impl Iterator<Item = String> {
    let units = value.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
    let all = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect::<String>();
    all.split('\0').map(str::to_owned).collect::<Vec<_>>().into_iter()
}
