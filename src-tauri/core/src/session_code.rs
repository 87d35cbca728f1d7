//! TeamViewer's session codes (TEAMVIEWER.md 4): `s12-345-678` or `s119-457-589`.

/// What a typed session code is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionCode {
    /// A usable code in its usual spelling.
    Live(String),
    /// All zeros: the sign of a closed session, of no use.
    Dead,
    /// Not a code.
    Malformed,
}

/// Reads a code as a person types it: with or without the `s`, hyphens or spaces; 8 to 10 digits.
pub fn read(typed: &str) -> SessionCode {
    let text = typed.trim();
    let digits_and_joints = text.strip_prefix(['s', 'S']).unwrap_or(text);
    let mut digits = String::new();
    for character in digits_and_joints.chars() {
        match character {
            '0'..='9' => digits.push(character),
            '-' | ' ' | '\u{2010}'..='\u{2014}' => {}
            _ => return SessionCode::Malformed,
        }
    }
    if !(8..=10).contains(&digits.len()) {
        return SessionCode::Malformed;
    }
    if digits.bytes().all(|digit| digit == b'0') {
        return SessionCode::Dead;
    }
    let (head, tail) = digits.split_at(digits.len() - 6);
    let (middle, end) = tail.split_at(3);
    SessionCode::Live(format!("s{head}-{middle}-{end}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_lengths_and_usual_typing_are_read() {
        for typed in ["s12-345-678", "S12345678", " 12 345 678 ", "12–345–678"] {
            assert_eq!(read(typed), SessionCode::Live("s12-345-678".into()), "{typed}");
        }
        assert_eq!(read("s119457589"), SessionCode::Live("s119-457-589".into()));
    }

    #[test]
    fn zeros_are_dead() {
        assert_eq!(read("s00-000-000"), SessionCode::Dead);
        assert_eq!(read("s000-000-000"), SessionCode::Dead);
    }

    #[test]
    fn the_rest_is_no_code() {
        for typed in ["", "s", "s1-2-3", "ss12-345-678", "s12-345-67a", "900101-1234567", "s12345678901", "한글"] {
            assert_eq!(read(typed), SessionCode::Malformed, "{typed}");
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics_and_its_own_spelling_is_stable(typed in ".{0,24}") {
            if let SessionCode::Live(code) = read(&typed) {
                proptest::prop_assert_eq!(read(&code), SessionCode::Live(code.clone()));
            }
        }
    }
}
