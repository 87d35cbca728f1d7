//! Takes out of a text what nobody needs who helps from afar: names, patients' numbers, tokens, private hosts (SPEC H3).
//!
//! Whatever could be such is taken out; what is kept is named here: versions, times of our own form, hashes in fields of our own,
//! the mirrors' hosts, the vendor's telephone number, spoken codes. A text comes out in composed form (Unicode NFC), full-width
//! letters and digits as plain ones, without invisible characters: so nothing hides behind another spelling.

mod addresses;
mod known;
mod numbers;
mod secrets;
#[cfg(test)]
mod tests;

pub use known::Known;

use unicode_normalization::UnicodeNormalization as _;

/// What a rule found: how many characters, and what stands for them.
type Found = (usize, String);

/// One look at a place in a text.
#[derive(Clone, Copy)]
struct Look<'a> {
    text: &'a [char],
    at: usize,
    /// Where the last thing ended that was taken out: what follows it begins anew.
    begin: usize,
    known: &'a Known,
}

/// Takes out what must not leave the PC. What was taken out is named in brackets.
pub fn redact(text: &str, known: &Known) -> String {
    let text = plain(text);
    redacted(&text, known)
}

fn redacted(text: &[char], known: &Known) -> String {
    /// The order matters: the first rule that finds something has the word.
    const RULES: [fn(Look<'_>) -> Option<Found>; 13] = [
        secrets::named,
        addresses::url,
        known::home,
        addresses::unc,
        addresses::e_mail,
        known::word,
        addresses::other_home,
        numbers::time,
        addresses::ip_v6,
        secrets::token,
        numbers::dotted,
        addresses::host,
        numbers::digits,
    ];
    let mut out = String::with_capacity(text.len());
    let (mut at, mut begin) = (0, 0);
    while let Some(next) = text.get(at) {
        let look = Look { text, at, begin, known };
        match RULES.iter().find_map(|rule| rule(look)) {
            Some((length, instead)) => {
                let end = (at + length.max(1)).min(text.len());
                if !text[at..end].iter().copied().eq(instead.chars()) {
                    begin = end;
                }
                out.push_str(&instead);
                at = end;
            }
            None => {
                out.push(*next);
                at += 1;
            }
        }
    }
    out
}

/// Composed, without invisible characters, full-width forms as plain ones (Unicode block FF01-FF5E, ideographic space).
fn plain(text: &str) -> Vec<char> {
    let visible = text.chars().filter(|c| {
        !matches!(*c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
    });
    visible
        .nfc()
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            '\u{3000}' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' => ' ',
            '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe63}' | '\u{2043}' => '-',
            other => other,
        })
        .collect()
}

impl<'a> Look<'a> {
    fn rest(&self) -> &'a [char] {
        &self.text[self.at..]
    }

    fn before(&self) -> Option<char> {
        self.at.checked_sub(1).filter(|at| *at >= self.begin).map(|at| self.text[at])
    }

    /// Does a run of such characters begin here?
    fn begins(&self, is: impl Fn(char) -> bool) -> bool {
        self.rest().first().is_some_and(|c| is(*c)) && !self.before().is_some_and(is)
    }

    fn run(&self, is: impl Fn(char) -> bool) -> usize {
        self.rest().iter().take_while(|c| is(**c)).count()
    }

    /// The same characters, kept as they are.
    fn kept(&self, length: usize) -> Found {
        (length, self.rest()[..length].iter().collect())
    }
}

/// Are the first characters these, whatever their case?
fn starts_with(text: &[char], wanted: &str) -> bool {
    begins_with(text, wanted.chars())
}

fn begins_with(text: &[char], wanted: impl Iterator<Item = char>) -> bool {
    let mut text = text.iter();
    wanted.into_iter().all(|c| text.next().is_some_and(|own| same(*own, c)))
}

fn same(one: char, other: char) -> bool {
    one == other
        || one.eq_ignore_ascii_case(&other)
        || (!(one.is_ascii() && other.is_ascii()) && one.to_lowercase().eq(other.to_lowercase()))
}
