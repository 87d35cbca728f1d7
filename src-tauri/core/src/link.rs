//! The link that a HIS opens: `edgenext-support://start?name=...&department=...&extension=...` (`ui/kit/README.md`). A link can ask for
//! support, for a person, and nothing else.

use crate::person::{self, Part, Person};

/// The longest link that is read, in bytes.
const MAX_LENGTH: usize = 2_048;

/// Why a link is not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Longer than any honest link.
    #[error("the link is longer than {MAX_LENGTH} bytes")]
    TooLong,
    /// Control characters, spaces or characters that reverse the reading direction.
    #[error("the link holds characters that no link has")]
    Characters,
    /// Another scheme.
    #[error("the link is not one of this program's")]
    Scheme,
    /// Something else than `start`.
    #[error("the link asks for something that this program does not do")]
    Action,
}

/// Does this argument look like a link at all?
pub fn is_link(argument: &str) -> bool {
    argument.split_once(':').is_some_and(|(scheme, _)| {
        scheme.len() > 1
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
    })
}

/// Reads a link: it asks for support, for this person. What it says of the person decides nothing: a value that is refused, stands there
/// twice or is of no known kind is left out, and the helper starts all the same.
///
/// # Errors
/// [`LinkError`].
pub fn read(link: &str, scheme: &str) -> Result<Person, LinkError> {
    if link.len() > MAX_LENGTH {
        return Err(LinkError::TooLong);
    }
    // RFC 3986: everything else is percent-encoded.
    if !link.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(LinkError::Characters);
    }
    let (found, rest) = link.split_once(':').ok_or(LinkError::Scheme)?;
    if !found.eq_ignore_ascii_case(scheme) {
        return Err(LinkError::Scheme);
    }
    let without_fragment = rest.split_once('#').map_or(rest, |(before, _)| before);
    let (action, query) = without_fragment.split_once('?').unwrap_or((without_fragment, ""));
    let action = action.trim_start_matches('/').trim_end_matches('/');
    if action.eq_ignore_ascii_case("start") { Ok(person_in(query)) } else { Err(LinkError::Action) }
}

fn person_in(query: &str) -> Person {
    let mut person = Person::default();
    for part in Part::ALL {
        let mut values =
            query.split('&').filter_map(|pair| pair.split_once('=')).filter(|(key, _)| *key == part.name());
        let Some((_, value)) = values.next() else { continue };
        let Ok(text) = percent_encoding::percent_decode_str(value).decode_utf8() else { continue };
        if let Ok(line) = person::cut_line(part, &text) {
            person.set(part, line);
        }
    }
    person
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const OURS: &str = "edgenext-support";

    #[test]
    fn a_link_asks_for_support_or_for_nothing() {
        for good in
            ["edgenext-support://start", "EDGENEXT-SUPPORT://start/?name=%ED%99%8D", "edgenext-support:start?x=1"]
        {
            assert!(read(good, OURS).is_ok(), "{good}");
        }
        let long = format!("edgenext-support://start?{}", "a".repeat(10_000));
        let bad = [
            (long.as_str(), LinkError::TooLong),
            ("edgenext-support://start?\u{202e}x", LinkError::Characters),
            ("edgenext-support://start?a b", LinkError::Characters),
            ("edgenext-support://start?a\nb", LinkError::Characters),
            ("https://start", LinkError::Scheme),
            ("start", LinkError::Scheme),
            ("edgenext-support://quit", LinkError::Action),
            ("edgenext-support://", LinkError::Action),
            ("edgenext-support://start/../quit", LinkError::Action),
        ];
        for (link, error) in bad {
            assert_eq!(read(link, OURS), Err(error), "{link}");
        }
    }

    #[test]
    fn words_and_paths_are_no_links() {
        for no in ["start", "--headless", r"C:\x", ""] {
            assert!(!is_link(no), "{no}");
        }
        assert!(is_link("edgenext-support://start"));
    }

    #[test]
    fn a_link_says_who_asks() {
        let of = |query: &str| read(&format!("edgenext-support://start?{query}"), OURS).unwrap();
        let said = of("name=%EA%B9%80%ED%95%98%EB%8A%98&department=7%EB%B3%91%EB%8F%99&extension=1234");
        assert_eq!(
            (said.name.as_str(), said.department.as_str(), said.extension.as_str()),
            ("김하늘", "7병동", "1234")
        );
        assert_eq!(of("name=Kim%20A%2BB+C&color=red&name=Lee").name, "Kim A+B+C", "the first one, and + is a plus");
        assert_eq!(of("name=%ED%99&department=ward").department, "ward", "what is not UTF-8 is left out");
        assert_eq!(of("name=%ED%99&department=ward").name, "");
        for refused in [
            "name=900101-1234567",
            "name=Kim%2012345678",
            "extension=ext",
            "extension=12345678",
            "name=",
            "name",
            "&&==?",
        ] {
            assert!(of(refused).is_unknown(), "{refused}");
        }
        assert_eq!(of(&format!("name={}", "a".repeat(300))).name.len(), 40);
        assert_eq!(of("name=a%0d%0a%E2%80%AEb").name, "a b", "no line ends, no other reading direction");
        assert_eq!(of("name=a#&department=b").department, "");
    }

    proptest! {
        #[test]
        fn any_link_at_all_is_survived_and_asks_for_nothing_else(
            link in "edgenext-support://start\\?[ -~]{0,300}|\\PC{0,80}|edgenext-support:/{0,3}[a-z?&=%#/]{0,40}",
        ) {
            if let Ok(person) = read(&link, OURS) {
                let action = link[OURS.len() + 1..].trim_start_matches('/').to_ascii_lowercase();
                prop_assert!(action.starts_with("start"), "{}", link);
                for part in Part::ALL {
                    let line = person.get(part);
                    prop_assert_eq!(person::line(part, line), Ok(line.to_owned()));
                }
            }
        }

        #[test]
        fn who_asks_comes_through(name in "[가-힣A-Za-z .&=+%#?]{0,40}") {
            let encoded = percent_encoding::utf8_percent_encode(&name, percent_encoding::NON_ALPHANUMERIC);
            let read = read(&format!("edgenext-support://start?department=x&name={encoded}"), OURS).unwrap();
            prop_assert_eq!(&read.name, &person::cut_line(Part::Name, &name).unwrap());
            prop_assert_eq!(read.department, "x");
        }
    }
}
