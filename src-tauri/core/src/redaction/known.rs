//! Words that are known to name this person, this PC, or its home folder, in every spelling in which they come.

use super::{Found, Look, begins_with, plain};
use unicode_normalization::UnicodeNormalization as _;

/// Accounts that name nobody.
const NOBODY: [&str; 10] =
    ["root", "user", "admin", "administrator", "guest", "owner", "public", "default", "localhost", "pc"];

/// What is known of this PC.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Words with what stands for them, the longest first.
    words: Vec<(Vec<char>, &'static str)>,
    homes: Vec<Vec<char>>,
    /// Hosts that may be named, in small letters.
    pub(super) hosts: Vec<String>,
    /// Telephone numbers that may be named, digits only.
    pub(super) telephones: Vec<String>,
}

impl Known {
    /// Nothing known.
    pub fn new() -> Self {
        Self::default()
    }

    /// A name of the person: of the account, as entered, department, extension.
    #[must_use]
    pub fn person(self, name: &str) -> Self {
        self.word(name, "[name]")
    }

    /// The computer's name.
    #[must_use]
    pub fn computer(self, name: &str) -> Self {
        self.word(name, "[computer]")
    }

    /// The person's home folder; its last part is a name as well.
    #[must_use]
    pub fn home(mut self, folder: &str) -> Self {
        let folder = folder.trim_end_matches(['/', '\\']);
        let name = folder.rsplit(['/', '\\']).next().unwrap_or_default();
        // Not the root of a disk.
        if name.is_empty() || name.ends_with(':') {
            return self;
        }
        for spelling in [folder.to_owned(), folder.replace('\\', r"\\"), folder.replace('\\', "/"), percent(folder)] {
            let spelling = plain(&spelling);
            if !self.homes.contains(&spelling) {
                self.homes.push(spelling);
            }
        }
        self.homes.sort_by_key(|home| std::cmp::Reverse(home.len()));
        self.person(name)
    }

    /// The host of an address that is needed: a mirror's.
    #[must_use]
    pub fn needed_address(mut self, address: &str) -> Self {
        let rest = address.split_once("://").map_or("", |(_, rest)| rest);
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let host = authority.rsplit('@').next().unwrap_or_default();
        let host = match host.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
            _ => host,
        };
        if !host.is_empty() {
            self.hosts.push(host.trim_matches(['[', ']']).to_lowercase());
        }
        self
    }

    /// A telephone number that is the vendor's.
    #[must_use]
    pub fn vendors_telephone(mut self, number: &str) -> Self {
        self.telephones.push(number.chars().filter(char::is_ascii_digit).collect());
        self
    }

    fn word(mut self, word: &str, instead: &'static str) -> Self {
        let word = word.trim();
        // One letter is in every text and names nobody.
        if word.chars().count() < 2 || NOBODY.iter().any(|nobody| word.eq_ignore_ascii_case(nobody)) {
            return self;
        }
        let decomposed: String = word.nfd().collect();
        let json = serde_like_escape(word);
        for spelling in [word.to_owned(), percent(word), percent(&decomposed), json] {
            let spelling = plain(&spelling);
            if !self.words.iter().any(|(known, _)| *known == spelling) {
                self.words.push((spelling, instead));
            }
        }
        self.words.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
        self
    }
}

/// As JSON writes it: quotes and backslashes escaped.
fn serde_like_escape(word: &str) -> String {
    word.replace('\\', r"\\").replace('"', "\\\"")
}

/// As addresses write it (RFC 3986, section 2.1); what may stand in a path stays.
fn percent(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// The home folder's path becomes `~`.
pub(super) fn home(look: Look<'_>) -> Option<Found> {
    let rest = look.rest();
    let fits = |home: &&Vec<char>| {
        // `/home/kim` is not the beginning of `/home/kimberly`.
        begins_with(rest, home.iter().copied()) && !rest.get(home.len()).is_some_and(|c| c.is_alphanumeric())
    };
    look.known.homes.iter().find(fits).map(|home| (home.len(), "~".to_owned()))
}

/// A known word, whatever its case. Short Latin words only where they stand alone: they are parts of many others.
pub(super) fn word(look: Look<'_>) -> Option<Found> {
    let rest = look.rest();
    let fits = |(word, _): &&(Vec<char>, &str)| {
        let alone = || {
            let is_letter = |c: char| c.is_ascii_alphanumeric();
            !look.before().is_some_and(is_letter) && !rest.get(word.len()).copied().is_some_and(is_letter)
        };
        begins_with(rest, word.iter().copied()) && (word.len() >= 4 || !word.iter().all(char::is_ascii) || alone())
    };
    look.known.words.iter().find(fits).map(|(word, instead)| (word.len(), (*instead).to_owned()))
}
