//! What is said, as keys. The sentences are in `ui/locales/{ko,en}.json`; nothing here is shown to anybody.

mod keys;

pub use keys::TextKey;

use serde::{Deserialize, Serialize};

impl Serialize for TextKey {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

impl<'de> Deserialize<'de> for TextKey {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let id = String::deserialize(deserializer)?;
        TextKey::ALL
            .iter()
            .copied()
            .find(|key| key.id() == id)
            .ok_or_else(|| serde::de::Error::custom(format!("unknown text key {id:?}")))
    }
}

/// A sentence with what is inserted into it. Numbers and sizes are already written out; names stay as they are.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Text {
    /// Which sentence.
    pub key: TextKey,
    /// Placeholder name and value; the names are in the sentence as `{name}`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<(String, String)>,
}

impl Text {
    /// A sentence with nothing inserted.
    pub const fn plain(key: TextKey) -> Self {
        Self { key, args: Vec::new() }
    }

    /// The same sentence with one more value inserted.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.args.push((name.to_owned(), value.to_string()));
        self
    }
}

/// A number of bytes as people read it: `850 KB`, `12.3 MB` (powers of 1,000, one decimal from a megabyte on).
pub fn bytes(count: u64) -> String {
    match count {
        0..1_000 => format!("{count} B"),
        1_000..1_000_000 => format!("{} KB", count / 1_000),
        1_000_000..1_000_000_000 => format!("{}.{} MB", count / 1_000_000, count % 1_000_000 / 100_000),
        _ => format!("{}.{} GB", count / 1_000_000_000, count % 1_000_000_000 / 100_000_000),
    }
}

/// A duration as `2:05` (minutes and seconds), readable in both languages.
pub fn minutes_and_seconds(seconds: u64) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_has_its_own_id() {
        let mut ids: Vec<_> = TextKey::ALL.iter().map(|key| key.id()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), TextKey::ALL.len());
    }

    #[test]
    fn sizes_read_well() {
        assert_eq!(bytes(999), "999 B");
        assert_eq!(bytes(850_999), "850 KB");
        assert_eq!(bytes(30_000_000), "30.0 MB");
        assert_eq!(bytes(1_250_000_000), "1.2 GB");
        assert_eq!(minutes_and_seconds(125), "2:05");
    }
}
