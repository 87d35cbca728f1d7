//! What the mirror can be told to do wrong.

use std::time::Duration;

/// A way to answer badly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// An answer of one's own: status, headers, body.
    Status(u16, Vec<(String, String)>, Vec<u8>),
    /// 200 with a sign-in page instead of the file, as a hospital's gateway does.
    Html,
    /// The connection is reset after so many bytes of the body.
    ResetAfter(u64),
    /// The body ends after so many bytes although more were announced.
    Truncate(u64),
    /// A body without an end.
    Endless,
    /// The byte at this place of the file is changed in one bit.
    FlipBit(u64),
    /// 200 with the whole file although a range was asked for.
    IgnoreRange,
    /// 206 with another range than the one asked for.
    WrongRange,
    /// 206 with the right range of a file of another length.
    WrongTotal,
    /// 416 that names this length of the file.
    NotSatisfiable(u64),
    /// From this byte of the file on a sign-in page: markup in the middle of a body, a page for what begins later.
    HtmlFrom(u64),
    /// The whole file, compressed, with `Content-Encoding: gzip`, unasked.
    Gzip,
    /// 302 to itself, without an end.
    RedirectLoop,
    /// 302 to another address.
    RedirectTo(String),
    /// A slow line.
    Trickle {
        /// How fast the body flows.
        bytes_per_second: u64,
    },
    /// The headers, then nothing until the client or the mirror gives up.
    Stall,
    /// The connection is closed without an answer.
    Refuse,
    /// The answer comes later; then the next fault for the path acts, if there is one.
    Delay(Duration),
}

impl Fault {
    /// A bare status without a body.
    pub fn status(code: u16) -> Self {
        Self::Status(code, Vec::new(), Vec::new())
    }

    /// 503 that asks to come back after so many seconds.
    pub fn busy(retry_after: u32) -> Self {
        Self::Status(503, vec![("Retry-After".into(), retry_after.to_string())], Vec::new())
    }
}

/// How often a fault acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Times {
    /// Until it is taken away.
    Always,
    /// So many times, then no more.
    Times(u32),
}

/// A fault with the paths it is for.
#[derive(Debug)]
pub(super) struct Rule {
    pattern: String,
    fault: Fault,
    left: Option<u32>,
}

impl Rule {
    pub(super) fn new(pattern: &str, fault: Fault, times: Times) -> Self {
        let left = match times {
            Times::Always => None,
            Times::Times(count) => Some(count),
        };
        Self { pattern: pattern.to_owned(), fault, left }
    }
}

/// The delays and the fault for one request to `path`; each one that is taken counts.
pub(super) fn take(rules: &mut [Rule], path: &str) -> (Duration, Option<Fault>) {
    let mut delay = Duration::ZERO;
    for rule in rules.iter_mut().filter(|rule| rule.left != Some(0) && matches(&rule.pattern, path)) {
        if let Some(left) = &mut rule.left {
            *left -= 1;
        }
        if let Fault::Delay(time) = rule.fault {
            delay += time;
        } else {
            return (delay, Some(rule.fault.clone()));
        }
    }
    (delay, None)
}

/// Whether a path fits a pattern in which `*` stands for any number of any characters.
pub(super) fn matches(pattern: &str, path: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == path,
        Some((before, after)) => path.strip_prefix(before).is_some_and(|rest| {
            let ends = rest.char_indices().map(|(at, _)| at).chain([rest.len()]);
            ends.into_iter().any(|at| rest.get(at..).is_some_and(|tail| matches(after, tail)))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (pattern, path, fits) in [
            ("*", "/any", true),
            ("/a.zip", "/a.zip", true),
            ("/a.zip", "/a.zip2", false),
            ("*.zip", "/x/a.zip", true),
            ("/targets/*.zip", "/targets/가/a.zip", true),
            ("/targets/*.zip", "/meta/a.zip", false),
            ("/*/x*", "/1/x", true),
        ] {
            assert_eq!(matches(pattern, path), fits, "{pattern} {path}");
        }
    }

    #[test]
    fn faults_are_used_up_in_order() {
        let mut rules = vec![
            Rule::new("*", Fault::Delay(Duration::from_secs(1)), Times::Times(1)),
            Rule::new("*", Fault::Refuse, Times::Times(1)),
            Rule::new("*", Fault::Html, Times::Always),
        ];
        assert_eq!(take(&mut rules, "/a"), (Duration::from_secs(1), Some(Fault::Refuse)));
        assert_eq!(take(&mut rules, "/a"), (Duration::ZERO, Some(Fault::Html)));
        assert_eq!(take(&mut rules, "/a"), (Duration::ZERO, Some(Fault::Html)));
    }
}
