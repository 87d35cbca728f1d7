//! Numbers: of residents, charts and telephones. Kept are times, versions and spoken codes.

use super::{Found, Look};
use crate::spoken::Spoken;

/// The shortest run of digits that could be a chart's number.
const LONG: usize = 6;

/// A time as the journal writes it (RFC 3339), its fraction cut to milliseconds, or a day.
pub(super) fn time(look: Look<'_>) -> Option<Found> {
    if !look.begins(|c| c.is_alphanumeric()) {
        return None;
    }
    let rest = look.rest();
    let day = date(rest)?;
    let ends = |n: usize| !rest.get(n).is_some_and(|c| c.is_alphanumeric() || *c == '-');
    let is_time = rest.get(day).is_some_and(|c| matches!(c, 'T' | ' ')) && shape(&rest[day + 1..], "00:00:00");
    if !is_time {
        return ends(day).then(|| look.kept(day));
    }
    let seconds = day + 9;
    let mut n = seconds;
    if rest.get(n) == Some(&'.') {
        let digits = rest[n + 1..].iter().take_while(|c| c.is_ascii_digit()).count();
        if !(1..=9).contains(&digits) {
            return None;
        }
        n += 1 + digits;
    }
    let kept: String = rest[..n.min(seconds + 4)].iter().collect();
    match rest.get(n) {
        Some('Z') if ends(n + 1) => Some((n + 1, format!("{kept}Z"))),
        Some('+' | '-') if shape(&rest[n + 1..], "00:00") => {
            let zone: String = rest[n..n + 6].iter().collect();
            Some((n + 6, format!("{kept}{zone}")))
        }
        _ => ends(n).then_some((n, kept)),
    }
}

/// The length of a day as `2026-11-25`, from 1970 to 2199.
fn date(rest: &[char]) -> Option<usize> {
    if !shape(rest, "0000-00-00") {
        return None;
    }
    let number = |from: usize, to: usize| rest[from..to].iter().collect::<String>().parse::<u32>().unwrap_or(0);
    let (year, month, day) = (number(0, 4), number(5, 7), number(8, 10));
    ((1970..2200).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day)).then_some(10)
}

/// `0` stands for any digit.
fn shape(rest: &[char], shape: &str) -> bool {
    let mut rest = rest.iter();
    shape
        .chars()
        .all(|wanted| rest.next().is_some_and(|c| if wanted == '0' { c.is_ascii_digit() } else { *c == wanted }))
}

/// Versions are kept, IPv4 addresses are shortened but for this PC's own to itself: four numbers up to 255 are an address.
pub(super) fn dotted(look: Look<'_>) -> Option<Found> {
    if !look.begins(|c| c.is_ascii_digit() || c == '.') {
        return None;
    }
    let length = look.run(|c| c.is_ascii_digit() || c == '.');
    let text: String = look.rest()[..length].iter().collect();
    let text = text.trim_end_matches('.');
    if let Ok(address) = text.parse::<std::net::Ipv4Addr>() {
        let is_needed =
            address.is_loopback() || address.is_unspecified() || look.known.hosts.iter().any(|host| host == text);
        let [a, b, ..] = address.octets();
        return Some((text.len(), if is_needed { text.to_owned() } else { format!("{a}.{b}.x.x") }));
    }
    let parts: Vec<&str> = text.split('.').collect();
    let is_version = (2..=4).contains(&parts.len()) && parts.iter().all(|part| (1..LONG).contains(&part.len()));
    // Of two parts: `15.70`, `2026.11`, but no `12345.678`.
    let is_version = is_version && (parts.len() > 2 || text.len() <= 7);
    // `010.1234.5678` is a telephone.
    let is_telephone = parts.len() == 3 && parts[0].starts_with('0') && text.len() >= 11;
    (is_version && !is_telephone).then(|| (text.len(), text.to_owned()))
}

/// Digits with what may stand between them: residents' numbers, telephones, long runs, and the same with hyphens.
pub(super) fn digits(look: Look<'_>) -> Option<Found> {
    let rest = look.rest();
    let plus = usize::from(rest.first() == Some(&'+'));
    if !rest.get(plus).is_some_and(char::is_ascii_digit) || look.before().is_some_and(|c| c.is_ascii_digit()) {
        return None;
    }
    if let Some(length) = resident(&rest[plus..]) {
        return Some((plus + length, "[resident number]".into()));
    }
    let run = rest[plus..].iter().take_while(|c| c.is_ascii_digit()).count();
    let groups = groups(&rest[plus..]);
    // The most that is one number: `070-7488-3982`, `+82 10 1234 5678`.
    for count in (2..=groups.len()).rev() {
        let (end, all) = (groups[count - 1].end, joined(&groups[..count]));
        if look.known.telephones.contains(&all) {
            return Some(look.kept(plus + end));
        }
        let hyphens = rest[plus..plus + end].iter().all(|c| c.is_ascii_digit() || matches!(c, '-' | '.'));
        let shown: String = rest[plus..plus + end].iter().collect();
        let stands_alone = !look.before().is_some_and(char::is_alphanumeric)
            && !rest.get(plus + end).is_some_and(|c| c.is_alphanumeric());
        let is_code = shape(&rest[plus..plus + end], "0000-0000") && end == 9 && stands_alone;
        if is_code && shown.parse::<Spoken>().is_ok() {
            return Some(look.kept(plus + end));
        }
        let is_telephone = (all.starts_with('0') && (9..=12).contains(&all.len()) || plus == 1 && all.len() >= 8)
            && groups[..count].iter().all(|group| group.digits.len() <= 4);
        if is_telephone {
            return Some((plus + end, "[telephone]".into()));
        }
        if hyphens && all.len() >= LONG {
            return Some((plus + end, "[number]".into()));
        }
    }
    if run >= LONG {
        let digits: String = rest[plus..plus + run].iter().collect();
        let is_size = super::starts_with(&rest[plus + run..], " bytes");
        let kept = look.known.telephones.contains(&digits) || is_size;
        return Some(if kept { look.kept(plus + run) } else { (plus + run, "[number]".into()) });
    }
    // A short run is kept whole, so that no rule begins in its middle.
    Some(look.kept(plus + run))
}

/// Digits between separators.
struct Group {
    digits: String,
    /// Where it ends, counted from the first group's beginning.
    end: usize,
}

fn is_between(c: char) -> bool {
    matches!(c, '-' | '.' | ' ' | ')' | '(' | '/' | '_' | '~' | '·' | '*')
}

/// Up to twenty groups, with at most three separators between two.
fn groups(rest: &[char]) -> Vec<Group> {
    let (mut groups, mut at) = (Vec::new(), 0);
    while groups.len() < 20 {
        let digits: String = rest[at..].iter().take_while(|c| c.is_ascii_digit()).collect();
        if digits.is_empty() {
            break;
        }
        at += digits.len();
        groups.push(Group { digits, end: at });
        let between = rest[at..].iter().take_while(|c| is_between(**c)).count();
        if between > 3 {
            break;
        }
        at += between;
    }
    groups
}

fn joined(groups: &[Group]) -> String {
    groups.iter().map(|group| group.digits.as_str()).collect()
}

/// A resident's number: a day of birth, a digit for century and sex, six more, or asterisks for them; with anything between.
fn resident(rest: &[char]) -> Option<usize> {
    let (mut digits, mut at, mut end) = (String::new(), 0, 0);
    let mut between = 0;
    while let Some(c) = rest.get(at) {
        match c {
            '0'..='9' => {
                digits.push(*c);
                (between, end) = (0, at + 1);
            }
            '*' | 'x' | 'X' | '●' if digits.len() >= 6 => {
                digits.push('*');
                (between, end) = (0, at + 1);
            }
            c if is_between(*c) && between < 3 => between += 1,
            _ => break,
        }
        at += 1;
        if digits.len() == 13 {
            break;
        }
    }
    let number = |from: usize| digits.get(from..from + 2).and_then(|part| part.parse::<u8>().ok());
    let is_day = (1..=12).contains(&number(2)?) && (1..=31).contains(&number(4)?);
    let goes_on = rest.get(end).is_some_and(char::is_ascii_digit);
    let own = digits.trim_end_matches('*').len();
    (is_day && digits.len() == 13 && !goes_on && (own == 13 || own >= 6)).then_some(end)
}
