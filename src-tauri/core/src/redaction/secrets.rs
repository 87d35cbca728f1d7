//! Passwords in named fields, and long texts that nobody can say by heart.

use super::{Found, Look, redacted, starts_with};
use crate::release::Digest;

/// Fields whose value is nobody's business, whatever it is.
const NAMES: [&str; 14] = [
    "authorization",
    "password",
    "passphrase",
    "passwd",
    "pwd",
    "secret",
    "token",
    "apikey",
    "api_key",
    "api-key",
    "cookie",
    "credential",
    "비밀번호",
    "암호",
];

/// Fields and words of our own in front of a hash. A hash elsewhere is a token.
const HASH_FIELDS: [&str; 9] = ["sha256", "tree", "before", "seal", "sum", "placed", "launch", "hash", "digest"];

/// The shortest text that counts as a token when it mixes small, capital letters and digits.
const MIXED: usize = 20;
/// The same for hexadecimal digits: half of a 128-bit number.
const HEXADECIMAL: usize = 16;

/// `password: x`, `"token":"x"`, `Authorization: Bearer x`: the value is taken out, to the end of the word or the quotes.
pub(super) fn named(look: Look<'_>) -> Option<Found> {
    if look.before().is_some_and(|c| c.is_alphabetic()) {
        return None;
    }
    let rest = look.rest();
    let name = NAMES.iter().find(|name| starts_with(rest, name))?.chars().count();
    let at = |n: usize| rest.get(n).copied();
    let mut n = name;
    // "tokens", "password_hash": the field's name goes on.
    n += rest[n..].iter().take_while(|c| c.is_alphanumeric() || **c == '_').count();
    n += usize::from(matches!(at(n), Some('"' | '\'')));
    n += rest[n..].iter().take_while(|c| **c == ' ').count();
    if !matches!(at(n), Some(':' | '=')) {
        return None;
    }
    n += 1;
    n += rest[n..].iter().take_while(|c| **c == ' ').count();
    let quote = at(n).filter(|c| matches!(c, '"' | '\''));
    let value = n + usize::from(quote.is_some());
    let length = match quote {
        Some(quote) => rest[value..].iter().take_while(|c| **c != quote && **c != '\n').count(),
        None => {
            let word = |from: usize| {
                rest[from..]
                    .iter()
                    .take_while(|c| !c.is_whitespace() && !matches!(c, '"' | ',' | ';' | '&' | '}'))
                    .count()
            };
            let first = word(value);
            let scheme: String = rest[value..value + first].iter().collect::<String>().to_lowercase();
            // The scheme of a header is no secret, what follows is (RFC 9110, section 11.4).
            if ["bearer", "basic", "digest", "negotiate", "ntlm"].contains(&scheme.as_str())
                && at(value + first) == Some(' ')
            {
                first + 1 + word(value + first + 1)
            } else {
                first
            }
        }
    };
    if length == 0 {
        return None;
    }
    let kept: String = rest[..name].iter().collect();
    let goes_on = redacted(&rest[name..value], look.known);
    Some((value + length, format!("{kept}{goes_on}[hidden]")))
}

fn is_of_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '_' | '-' | '=')
}

/// A hash in a field of our own is kept; what else looks drawn by lot is a token.
pub(super) fn token(look: Look<'_>) -> Option<Found> {
    if look.begins(|c| c.is_ascii_alphanumeric()) {
        let length = look.run(|c| c.is_ascii_alphanumeric());
        let word: String = look.rest()[..length].iter().collect();
        if Digest::from_hex(&word).is_some() && is_hash_field(look) {
            return Some((length, word));
        }
        // Groups of hexadecimal digits: identifiers of machines and sessions (RFC 9562).
        let grouped = look.run(|c| c.is_ascii_hexdigit() || c == '-');
        let groups: Vec<usize> = look.rest()[..grouped].split(|c| *c == '-').map(<[char]>::len).collect();
        if groups == [8, 4, 4, 4, 12] {
            return Some((grouped, "[token]".into()));
        }
        let (digits, letters) =
            (word.bytes().any(|b| b.is_ascii_digit()), word.bytes().any(|b| b.is_ascii_alphabetic()));
        if length >= HEXADECIMAL && digits && letters && word.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Some((length, "[token]".into()));
        }
    }
    if !look.begins(is_of_token) {
        return None;
    }
    let length = look.run(is_of_token);
    (length >= MIXED && is_drawn_by_lot(&look.rest()[..length])).then(|| (length, "[token]".into()))
}

/// In words and paths one kind of letters follows the same kind; in what was drawn by lot every second one is of another.
fn is_drawn_by_lot(text: &[char]) -> bool {
    let kind = |c: &&char| match **c {
        'a'..='z' => Some(0),
        'A'..='Z' => Some(1),
        '0'..='9' => Some(2),
        _ => None,
    };
    let kinds: Vec<u8> = text.iter().filter_map(|c| kind(&c)).collect();
    let changes = kinds.windows(2).filter(|pair| pair[0] != pair[1]).count();
    (0..3).all(|kind| kinds.contains(&kind)) && changes * 4 > text.len()
}

fn is_hash_field(look: Look<'_>) -> bool {
    let text: String = look.text[look.at.saturating_sub(16)..look.at].iter().collect();
    let text = text.to_lowercase();
    // `"tree":"`, `sha256 `, `placed `, `Launch `: the last word before the hash.
    let field = text.trim_end_matches([' ', '"', ':', '=']);
    let word = field.rsplit(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    field.len() < text.len() && HASH_FIELDS.contains(&word)
}
