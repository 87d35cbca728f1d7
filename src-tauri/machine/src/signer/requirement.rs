//! What macOS is asked about an application's signature, and what its answers mean. Pure, so that it is tested on every system.

use super::{Publisher, SignerError};
use crate::application::Said;

/// The question in Apple's language of code requirements (Apple, "Code Signing Requirement Language"; TEAMVIEWER.md 5): made by
/// this team, either for the App Store or with a Developer ID, and this very application.
///
/// # Errors
/// [`SignerError::System`] for a team or bundle identifier that could say anything else in that language than a name.
pub(super) fn requirement(publisher: &Publisher) -> Result<String, SignerError> {
    let (team, bundle) = (&publisher.apple_team_id, &publisher.apple_bundle_id);
    // Apple gives out teams of ten capital letters and digits; identifiers hold letters, digits, hyphens and periods.
    let is_team = team.len() == 10 && team.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    let is_bundle = !bundle.is_empty()
        && bundle.len() <= 255
        && bundle.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'));
    if !is_team {
        return Err(SignerError::System(format!("{team:?} is no Apple team")));
    }
    if !is_bundle {
        return Err(SignerError::System(format!("{bundle:?} is no bundle identifier")));
    }
    Ok(format!(
        "anchor apple generic and identifier \"{bundle}\" and (certificate leaf[field.1.2.840.113635.100.6.1.9] or \
         certificate 1[field.1.2.840.113635.100.6.2.6] and certificate leaf[field.1.2.840.113635.100.6.1.13] and \
         certificate leaf[subject.OU] = \"{team}\")"
    ))
}

/// What `codesign --verify` found (codesign(1), "exit status"): 1 the signature does not hold, 2 wrong arguments, 3 it holds, but not
/// for what was required. Which of the ways it does not hold stands in its words only; what is not known is not trusted.
pub(super) fn seal(said: &Said, publisher: &Publisher) -> Result<(), SignerError> {
    let has = |words: &[&str]| words.iter().any(|words| said.text.contains(words));
    match said.code {
        Some(0) => Ok(()),
        Some(3) => Err(SignerError::Somebody {
            found: "somebody else".to_owned(),
            wanted: format!("{} of team {}", publisher.apple_bundle_id, publisher.apple_team_id),
        }),
        Some(1) if has(&["code object is not signed at all"]) => Err(SignerError::Unsigned),
        Some(1)
            if has(&[
                "a sealed resource is missing or invalid",
                "invalid signature",
                "code has no resources but signature indicates they must be present",
                "unsealed contents present",
                "detritus not allowed",
                "invalid Info.plist",
                "main executable failed strict validation",
            ]) =>
        {
            Err(SignerError::Changed)
        }
        Some(1) => Err(SignerError::NotTrusted(said.text.clone())),
        code => Err(SignerError::System(format!("codesign ended with {code:?}: {}", said.text))),
    }
}

/// What `spctl --assess` found (spctl(8)): 0 accepted, 3 rejected by this Mac's rules.
pub(super) fn assessment(said: &Said) -> Result<(), SignerError> {
    match said.code {
        Some(0) => Ok(()),
        Some(3) => Err(SignerError::NotTrusted(said.text.clone())),
        code => Err(SignerError::System(format!("spctl ended with {code:?}: {}", said.text))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn teamviewer() -> Publisher {
        Publisher {
            authenticode_subject: "TeamViewer Germany GmbH".into(),
            apple_team_id: "H7UGFBUGV6".into(),
            apple_bundle_id: "com.teamviewer.TeamViewerQS".into(),
        }
    }

    #[test]
    fn the_requirement_is_the_published_one() {
        assert_eq!(
            requirement(&teamviewer()).unwrap(),
            "anchor apple generic and identifier \"com.teamviewer.TeamViewerQS\" and \
             (certificate leaf[field.1.2.840.113635.100.6.1.9] or certificate 1[field.1.2.840.113635.100.6.2.6] and \
             certificate leaf[field.1.2.840.113635.100.6.1.13] and certificate leaf[subject.OU] = \"H7UGFBUGV6\")"
        );
    }

    #[test]
    fn a_name_can_only_be_a_name() {
        for evil in [
            "",
            "H7UGFBUGV",
            "H7UGFBUGV6X",
            "h7ugfbugv6",
            "H7UGFBUG\"6",
            "X\" or id \"",
            "H7UGFB GV6",
            "H7UGFBUGV\u{c9}",
            "0\n123456789",
        ] {
            let publisher = Publisher { apple_team_id: evil.into(), ..teamviewer() };
            assert!(matches!(requirement(&publisher), Err(SignerError::System(_))), "{evil:?}");
        }
        for evil in [
            "",
            "a\" or identifier \"b",
            "a\\",
            "a b",
            "a/*",
            "a\n",
            "com.\u{ac00}",
            "com.teamviewer.TeamViewerQS\0",
            "com.teamviewer.*",
        ] {
            let publisher = Publisher { apple_bundle_id: evil.into(), ..teamviewer() };
            assert!(matches!(requirement(&publisher), Err(SignerError::System(_))), "{evil:?}");
        }
        let long = Publisher { apple_bundle_id: "a".repeat(256), ..teamviewer() };
        assert!(requirement(&long).is_err());
    }

    #[test]
    fn codes_and_words_become_reasons() {
        let said = |code: i32, text: &str| Said { code: Some(code), text: text.into() };
        let seal = |code, text| seal(&said(code, text), &teamviewer());
        assert_eq!(seal(0, ""), Ok(()));
        assert_eq!(
            seal(1, "/x.app: code object is not signed at all\nIn architecture: arm64"),
            Err(SignerError::Unsigned)
        );
        assert_eq!(
            seal(1, "/x.app: a sealed resource is missing or invalid\nfile added: /x"),
            Err(SignerError::Changed)
        );
        assert_eq!(
            seal(1, "/x.app: invalid signature (code or signature have been modified)"),
            Err(SignerError::Changed)
        );
        assert!(
            matches!(seal(1, "/x.app: CSSMERR_TP_CERT_REVOKED"), Err(SignerError::NotTrusted(text)) if text.contains("REVOKED"))
        );
        assert!(matches!(seal(3, "test-requirement: code failed"), Err(SignerError::Somebody { .. })));
        assert!(matches!(seal(2, "usage"), Err(SignerError::System(_))));
        let killed = Said { code: None, text: String::new() };
        assert!(matches!(super::seal(&killed, &teamviewer()), Err(SignerError::System(_))));
        assert_eq!(assessment(&said(0, "accepted")), Ok(()));
        assert!(matches!(assessment(&said(3, "/x.app: rejected")), Err(SignerError::NotTrusted(_))));
        assert!(matches!(assessment(&said(1, "internal error")), Err(SignerError::System(_))));
        assert!(matches!(assessment(&killed), Err(SignerError::System(_))));
    }
}
