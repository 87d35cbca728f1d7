//! Versions as people write them, only to notice a mistake: clients go by rank.

use std::cmp::Ordering;

/// Compares by parts: numbers by value, words by letters, a number above a word, and a `-` suffix below the version without
/// it (as Semantic Versioning 2.0.0, 11 has it); everything else that is longer is higher.
pub(crate) fn compare(a: &str, b: &str) -> Ordering {
    let (a, b) = (parts(a), parts(b));
    for at in 0..a.len().max(b.len()) {
        let order = match (a.get(at), b.get(at)) {
            (Some(a), Some(b)) => a.cmp(b),
            (Some(more), None) => longer(more),
            (None, Some(more)) => longer(more).reverse(),
            (None, None) => Ordering::Equal,
        };
        if order != Ordering::Equal {
            return order;
        }
    }
    Ordering::Equal
}

fn longer(part: &Part) -> Ordering {
    match part {
        Part::Earlier => Ordering::Less,
        // 15.70 and 15.70.0 are the same.
        Part::Number(0) => Ordering::Equal,
        _ => Ordering::Greater,
    }
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    /// What follows comes before the version proper.
    Earlier,
    Word(String),
    /// What follows comes after it.
    Later,
    Number(u128),
}

fn parts(version: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = version;
    while let Some(first) = rest.chars().next() {
        let digits = first.is_ascii_digit();
        let end = rest
            .find(|letter: char| letter.is_ascii_digit() != digits || !letter.is_ascii_alphanumeric())
            .unwrap_or(rest.len())
            .max(first.len_utf8());
        let (part, tail) = rest.split_at(end);
        match first {
            '-' => parts.push(Part::Earlier),
            '+' => parts.push(Part::Later),
            _ if digits => parts.push(Part::Number(part.parse().unwrap_or(u128::MAX))),
            _ if first.is_ascii_alphanumeric() => parts.push(Part::Word(part.to_ascii_lowercase())),
            _ => {}
        }
        rest = tail;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_people_mean_them() {
        for (low, high) in [
            ("15.9.9", "15.70.4"),
            ("15.70.4", "15.70.10"),
            ("15.70", "15.70.1"),
            ("1.0.0-beta", "1.0.0"),
            ("1.0.0-beta.2", "1.0.0-beta.11"),
            ("1.0.0-alpha", "1.0.0-beta"),
            ("15.70.4", "15.70.4+1"),
            ("15.70.4+1", "15.70.4+2"),
            ("15.70.4", "15.70.4b"),
            ("15.70.4+1", "15.70.5"),
            ("9", "10"),
            ("1", "99999999999999999999999999999999999999999"),
        ] {
            assert_eq!(compare(low, high), Ordering::Less, "{low} {high}");
            assert_eq!(compare(high, low), Ordering::Greater, "{high} {low}");
        }
        for (a, b) in [("15.70", "15.70.0"), ("1.2.3", "1.2.3"), ("1_2", "1.2"), ("V1", "v1")] {
            assert_eq!(compare(a, b), Ordering::Equal, "{a} {b}");
        }
    }
}
