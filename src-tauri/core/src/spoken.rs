//! The code that a person reads out on the telephone (SPEC H2): eight digits, and the supporter knows what the card said, what
//! was there on the PC, and which versions.
//!
//! Digits only: letters are easily misheard in a Korean call (B and V, F and P, G and Z). The last digit is Damm's check digit
//! (H. M. Damm, "Total anti-symmetrische Quasigruppen", 2004): one wrong digit, or two neighbours exchanged, is always noticed.

use crate::problem::Problem;
use crate::release::Release;
use std::fmt;

/// What the code tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Spoken {
    /// The problem on the card.
    pub problem: Problem,
    /// A module is on the PC.
    pub has_module: bool,
    /// Signed metadata is on the PC.
    pub has_catalog: bool,
    /// The module was to be started afresh.
    pub restart: bool,
    /// The helper's version as [`digest`] shortens it, 1 to 99.
    pub helper: u8,
    /// The module's version as [`digest`] shortens it; 0 without a module, or when nothing is known of its version.
    pub module: u8,
}

/// Why a code cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotSpoken {
    /// It has not eight digits.
    #[error("a code has eight digits, as in 1234-5678")]
    Form,
    /// The check digit does not fit: something was misheard or mistyped.
    #[error("one digit is wrong: ask for the code once more")]
    Check,
    /// No helper of this product shows it.
    #[error("the digits fit, but no card has this code: a newer helper, perhaps")]
    Unknown,
}

/// Damm's totally anti-symmetric quasigroup of order 10, from his dissertation.
const QUASIGROUP: [[u8; 10]; 10] = [
    [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
    [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
    [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
    [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
    [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
    [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
    [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
    [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
    [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
    [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
];

/// The check digit of these digits; of digits with their check digit it is 0.
fn check(digits: &[u8]) -> u8 {
    let next = |interim: u8, digit: &u8| QUASIGROUP[usize::from(interim % 10)][usize::from(digit % 10)];
    digits.iter().fold(0, next)
}

/// A version in two digits, 1 to 99. Versions that follow each other differ; far ones may share a number.
pub fn digest(version: &str) -> u8 {
    let part =
        |part: &str| part.bytes().filter(u8::is_ascii_digit).fold(0u64, |n, d| (n * 10 + u64::from(d - b'0')) % 9_900);
    let weighed = version.split('.').take(3).zip([50, 10, 1]).map(|(text, weight)| part(text) * weight);
    u8::try_from(weighed.sum::<u64>() % 99).map_or(1, |number| number + 1)
}

/// The version number of the module with this tree, if signed metadata knows it.
pub(crate) fn module_digest(catalog: &[Release], tree: crate::release::Digest) -> u8 {
    let release = catalog.iter().find(|release| release.custom.install.tree == tree);
    release.map_or(0, |release| digest(&release.custom.version))
}

impl fmt::Display for Spoken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let standing = u8::from(self.has_module) + 2 * u8::from(self.has_catalog) + 4 * u8::from(self.restart);
        let problem = self.problem.number();
        let digits = [
            problem / 10,
            problem % 10,
            standing,
            self.helper / 10,
            self.helper % 10,
            self.module / 10,
            self.module % 10,
        ];
        let [a, b, c, d, e, g, h] = digits;
        write!(f, "{a}{b}{c}{d}-{e}{g}{h}{}", check(&digits))
    }
}

impl std::str::FromStr for Spoken {
    type Err = NotSpoken;

    /// Reads a code as it is typed: spaces, hyphens and dots between the digits are passed over.
    fn from_str(text: &str) -> Result<Self, NotSpoken> {
        let mut digits = Vec::with_capacity(8);
        for letter in text.trim().chars() {
            match letter.to_digit(10).and_then(|digit| u8::try_from(digit).ok()) {
                Some(digit) if digits.len() < 8 => digits.push(digit),
                None if letter.is_whitespace() || matches!(letter, '-' | '.') => {}
                _ => return Err(NotSpoken::Form),
            }
        }
        let [a, b, standing, d, e, g, h, _] = digits[..] else { return Err(NotSpoken::Form) };
        if check(&digits) != 0 {
            return Err(NotSpoken::Check);
        }
        let number = a * 10 + b;
        let problem = Problem::ALL.iter().copied().find(|problem| problem.number() == number);
        match problem {
            Some(problem) if standing < 8 => Ok(Self {
                problem,
                has_module: standing & 1 != 0,
                has_catalog: standing & 2 != 0,
                restart: standing & 4 != 0,
                helper: d * 10 + e,
                module: g * 10 + h,
            }),
            _ => Err(NotSpoken::Unknown),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn examples() -> impl Iterator<Item = Spoken> {
        Problem::ALL.iter().flat_map(|problem| {
            (0..8u8).map(|bits| Spoken {
                problem: *problem,
                has_module: bits & 1 != 0,
                has_catalog: bits & 2 != 0,
                restart: bits & 4 != 0,
                helper: digest("0.1.0") + bits,
                module: bits * 12,
            })
        })
    }

    #[test]
    fn every_code_is_read_back() {
        for spoken in examples() {
            let code = spoken.to_string();
            assert_eq!(code.len(), 9, "{code}");
            assert_eq!(code.parse(), Ok(spoken), "{code}");
            assert_eq!(format!(" {} ", code.replace('-', " ")).parse(), Ok(spoken), "as it is dictated");
        }
    }

    #[test]
    fn one_wrong_digit_and_two_exchanged_ones_are_always_noticed() {
        for spoken in examples() {
            let code: Vec<char> = spoken.to_string().replace('-', "").chars().collect();
            for place in 0..8 {
                for other in '0'..='9' {
                    let mut wrong = code.clone();
                    wrong[place] = other;
                    if wrong != code {
                        assert_eq!(wrong.iter().collect::<String>().parse::<Spoken>(), Err(NotSpoken::Check));
                    }
                }
                let mut exchanged = code.clone();
                exchanged.swap(place, (place + 1).min(7));
                if exchanged != code {
                    assert_eq!(exchanged.iter().collect::<String>().parse::<Spoken>(), Err(NotSpoken::Check));
                }
            }
        }
    }

    #[test]
    fn what_is_no_code_is_said_to_be_none() {
        for text in ["", "1234", "1234-567", "1234-56789", "M-36", "12345678x", "１２３４-５６７８"] {
            assert_eq!(text.parse::<Spoken>(), Err(NotSpoken::Form), "{text}");
        }
        // Eight digits that fit, of a card that there is not.
        assert_eq!("00000000".parse::<Spoken>(), Err(NotSpoken::Unknown));
    }

    #[test]
    fn versions_that_follow_each_other_differ() {
        for (one, other) in [("15.70.4", "15.70.5"), ("15.70.4", "15.71.4"), ("0.1.0", "0.1.1"), ("0.1.9", "0.2.0")] {
            assert_ne!(digest(one), digest(other), "{one} {other}");
        }
        for version in ["", "x", "999999999999999999999.1.2", "15.70.4 (한국어)"] {
            assert!((1..=99).contains(&digest(version)), "{version}");
        }
    }
}
