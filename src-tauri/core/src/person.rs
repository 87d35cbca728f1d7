//! Who asks for support: what the module's fields "Your name" and "Description" are filled with (SPEC C2). It comes from the wizard, a
//! policy or the HIS's link, and must never carry a patient: a line that looks like a resident or chart number is refused.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

/// What is known of the person, line by line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// Their name.
    Name,
    /// Their department.
    Department,
    /// Their telephone extension.
    Extension,
}

impl Part {
    /// Every line, in the order in which they are shown.
    pub const ALL: [Part; 3] = [Part::Name, Part::Department, Part::Extension];

    /// Its name in links and policies (`ui/kit/README.md`).
    pub const fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Department => "department",
            Self::Extension => "extension",
        }
    }

    /// The most characters (code points) that a line may have.
    pub const fn longest(self) -> usize {
        match self {
            Self::Name | Self::Department => 40,
            Self::Extension => 20,
        }
    }
}

/// Who asks. An empty line is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Person {
    /// Their name.
    pub name: String,
    /// Their department.
    pub department: String,
    /// Their telephone extension.
    pub extension: String,
}

impl Person {
    /// One line.
    pub fn get(&self, part: Part) -> &str {
        match part {
            Part::Name => &self.name,
            Part::Department => &self.department,
            Part::Extension => &self.extension,
        }
    }

    /// Changes one line.
    pub fn set(&mut self, part: Part, line: String) {
        match part {
            Part::Name => self.name = line,
            Part::Department => self.department = line,
            Part::Extension => self.extension = line,
        }
    }

    /// Is nothing known?
    pub fn is_unknown(&self) -> bool {
        Part::ALL.iter().all(|part| self.get(*part).is_empty())
    }
}

/// Why a line is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Unfit {
    /// More characters than [`Part::longest`].
    #[error("too long")]
    TooLong,
    /// It looks like a resident number: thirteen digits, six of them a date.
    #[error("looks like a resident number")]
    Resident,
    /// It looks like a patient's chart number: more than five digits.
    #[error("looks like a chart number")]
    Chart,
    /// Not a telephone extension.
    #[error("looks like no telephone extension")]
    Extension,
}

/// Digits of a number may stand so far apart: spaces, punctuation and symbols between two digits.
const GAP: usize = 3;
/// A name or a department has at most so many digits in a run ("3병동", "A동 301호", "10204호").
const MOST_DIGITS: usize = 5;

/// Brings a line to its plain form and judges it. What is refused is not kept.
///
/// The plain form (`ui/kit/README.md`): NFC; control characters and white space become one space; invisible and direction characters go.
///
/// # Errors
/// [`Unfit`].
pub fn line(part: Part, text: &str) -> Result<String, Unfit> {
    let line = plain(text);
    judge(part, &line)?;
    if line.chars().count() > part.longest() { Err(Unfit::TooLong) } else { Ok(line) }
}

/// The same for a line that nobody is there to correct: what is too long is cut.
///
/// # Errors
/// [`Unfit`], but for its length.
pub fn cut_line(part: Part, text: &str) -> Result<String, Unfit> {
    let line = plain(text);
    judge(part, &line)?;
    let cut: String = line.chars().take(part.longest()).collect();
    let cut = cut.trim_end();
    // What is left may be no extension any more.
    judge(part, cut)?;
    Ok(cut.to_owned())
}

fn plain(text: &str) -> String {
    // Composing costs nothing on what is short, and nobody's name is longer: what is absurd is cut before any work is done with it.
    const ABSURD: usize = 4_096;
    let visible = text.chars().take(ABSURD).filter(|c| !is_invisible(*c));
    let composed: String = visible.nfc().map(|c| if c.is_control() { ' ' } else { c }).collect();
    composed.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Format characters (Unicode category Cf), fillers and selectors: nothing of them can be seen, and some turn the reading direction.
pub(crate) const fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{890}'..='\u{891}' | '\u{8e2}'
        | '\u{115f}'..='\u{1160}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{110bd}' | '\u{110cd}'
        | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

fn judge(part: Part, line: &str) -> Result<(), Unfit> {
    for run in runs_of_digits(line) {
        // Six digits of a date and seven more (Resident Registration Act, rule 2 of its enforcement).
        if run.len() >= 13 {
            return Err(Unfit::Resident);
        }
        match part {
            Part::Name | Part::Department if run.len() > MOST_DIGITS => return Err(Unfit::Chart),
            Part::Extension if run.len() > 11 => return Err(Unfit::Chart),
            // Whole telephone numbers begin with an area code or 010; anything else that long is no extension.
            Part::Extension if run.len() >= 7 && (!run.starts_with('0') || run.starts_with("00")) => {
                return Err(Unfit::Chart);
            }
            _ => {}
        }
    }
    let has_digit = line.chars().any(char::is_numeric);
    if part == Part::Extension && !line.is_empty() && !has_digit { Err(Unfit::Extension) } else { Ok(()) }
}

/// Runs of digits of any script, as the digits 0 to 9; up to three spaces, punctuation marks or symbols between two digits do not end one.
fn runs_of_digits(line: &str) -> Vec<String> {
    let (mut runs, mut run, mut gap) = (Vec::new(), String::new(), 0);
    // The compatible form (NFKC) makes plain digits of full-width, circled and mathematical ones.
    for c in line.nfkc() {
        if c.is_numeric() {
            run.push(c.to_digit(10).and_then(|digit| char::from_digit(digit, 10)).unwrap_or('9'));
            gap = 0;
        } else if c.is_alphabetic() || gap == GAP {
            runs.push(std::mem::take(&mut run));
            gap = 0;
        } else {
            gap += 1;
        }
    }
    runs.push(run);
    runs
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn people_and_wards_pass() {
        for (part, text, plain) in [
            (Part::Name, "  김간호사 ", "김간호사"),
            (Part::Name, "\u{1100}\u{1175}\u{11b7} 간호사", "김 간호사"),
            (Part::Name, "Kim\u{202e} Min\u{200b}ji", "Kim Minji"),
            (Part::Name, "", ""),
            (Part::Department, "3병동 A&B\tC", "3병동 A&B C"),
            (Part::Department, "본관 10204호", "본관 10204호"),
            (Part::Extension, "7123", "7123"),
            (Part::Extension, "내선 71-23", "내선 71-23"),
            (Part::Extension, "02-123-4567", "02-123-4567"),
            (Part::Extension, "010 1234 5678", "010 1234 5678"),
        ] {
            assert_eq!(line(part, text).as_deref(), Ok(plain), "{text}");
        }
    }

    #[test]
    fn patients_do_not() {
        for (part, text, why) in [
            (Part::Name, "홍길동 900101-1234567", Unfit::Resident),
            (Part::Name, "９００１０１－１２３４５６７", Unfit::Resident),
            (Part::Department, "9 0 0 1 0 1 - 1 2 3 4 5 6 7", Unfit::Resident),
            (Part::Extension, "900101 1234567", Unfit::Resident),
            (Part::Name, "홍길동 12345678", Unfit::Chart),
            (Part::Name, "홍길동 #123-456", Unfit::Chart),
            (Part::Department, "٠١٢٣٤٥", Unfit::Chart),
            (Part::Name, "90\u{200b}0101", Unfit::Chart),
            (Part::Extension, "12345678", Unfit::Chart),
            (Part::Extension, "010123456789", Unfit::Chart),
            (Part::Extension, "없음", Unfit::Extension),
        ] {
            assert_eq!(line(part, text), Err(why), "{text}");
        }
        assert_eq!(line(Part::Name, &"가".repeat(300)), Err(Unfit::TooLong));
        assert_eq!(cut_line(Part::Name, &"가".repeat(300)).map(|line| line.chars().count()), Ok(40));
    }

    proptest! {
        #[test]
        fn a_line_is_short_visible_and_stays_as_it_is(part in 0..3usize, text in "\\PC{0,60}|[0-9 \u{200b}\u{202e}가-힣-]{0,60}|.{0,60}") {
            let part = Part::ALL[part];
            if let Ok(read) = cut_line(part, &text) {
                prop_assert!(read.chars().count() <= part.longest());
                prop_assert!(!read.chars().any(|c| c.is_control() || is_invisible(c)), "{read:?}");
                prop_assert!(!read.starts_with(' ') && !read.ends_with(' ') && !read.contains("  "));
                prop_assert_eq!(line(part, &read), Ok(read.clone()), "reading it again changes nothing");
            }
        }

        #[test]
        fn a_resident_number_is_found_wherever_and_however_it_stands(
            before in "[가-힣a-z]{0,6}", after in "[가-힣a-z]{0,6}", digits in "[0-9]{6}", rest in "[1-8][0-9]{6}",
            gap in "[-– ./\u{200b}]{0,3}", wide in any::<bool>(),
        ) {
            let number: String = format!("{digits}{gap}{rest}").chars()
                .map(|c| if wide && c.is_ascii_digit() { char::from_u32(c as u32 + 0xfee0).unwrap() } else { c }).collect();
            for part in Part::ALL {
                let text = format!("{before}{number}{after}");
                prop_assert!(cut_line(part, &text).is_err(), "{}", text);
            }
        }
    }
}
