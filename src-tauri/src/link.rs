//! The link that a HIS opens: `edgenext-support://start?...`. A link can ask for support and nothing else.

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

/// Checks that a link asks for support. What follows `?` (name, department, extension) is for the guide card and decides
/// nothing.
///
/// # Errors
/// [`LinkError`].
pub fn check(link: &str, scheme: &str) -> Result<(), LinkError> {
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
    let action = rest.trim_start_matches('/').split(['?', '#']).next().unwrap_or_default();
    if action.trim_end_matches('/').eq_ignore_ascii_case("start") { Ok(()) } else { Err(LinkError::Action) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = "edgenext-support";

    #[test]
    fn a_link_asks_for_support_or_for_nothing() {
        for good in
            ["edgenext-support://start", "EDGENEXT-SUPPORT://start/?name=%ED%99%8D", "edgenext-support:start?x=1"]
        {
            assert_eq!(check(good, OURS), Ok(()), "{good}");
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
            assert_eq!(check(link, OURS), Err(error), "{link}");
        }
    }

    #[test]
    fn words_and_paths_are_no_links() {
        for no in ["start", "--headless", r"C:\x", ""] {
            assert!(!is_link(no), "{no}");
        }
        assert!(is_link("edgenext-support://start"));
    }
}
