//! What Windows' answers about an Authenticode signature mean, and whose name is in a certificate. Plain facts in, so that it is
//! tested on every system.

use super::SignerError;
use x509_cert::Certificate;
use x509_cert::der::asn1::{ObjectIdentifier, PrintableStringRef, TeletexStringRef, Utf8StringRef};
use x509_cert::der::{Any, Decode as _, Tag, Tagged as _};

/// `organizationName` (RFC 5280, appendix A.1).
const ORGANIZATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.10");
/// `commonName` (RFC 5280, appendix A.1).
const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");

// winerror.h, as in Microsoft's "COM Error Codes (Security and Setup)".
const TRUST_E_NOSIGNATURE: u32 = 0x800B_0100;
const TRUST_E_BAD_DIGEST: u32 = 0x8009_6010;
const CERT_E_REVOCATION_FAILURE: u32 = 0x800B_010E;
const CRYPT_E_NO_REVOCATION_CHECK: u32 = 0x8009_2012;
const CRYPT_E_REVOCATION_OFFLINE: u32 = 0x8009_2013;

/// What an answer of `WinVerifyTrust` means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The signature holds and leads to an authority that this PC trusts.
    Trusted,
    /// Nothing is known about a withdrawal, because that would need the network: to be asked again without that question.
    RevocationUnknown,
    /// It is refused.
    Refused(SignerError),
}

/// Sorts an answer of `WinVerifyTrust`; `words` is what the system says about the code, possibly nothing.
pub fn answer(code: u32, words: &str) -> Answer {
    match code {
        0 => Answer::Trusted,
        CERT_E_REVOCATION_FAILURE | CRYPT_E_NO_REVOCATION_CHECK | CRYPT_E_REVOCATION_OFFLINE => {
            Answer::RevocationUnknown
        }
        TRUST_E_NOSIGNATURE => Answer::Refused(SignerError::Unsigned),
        TRUST_E_BAD_DIGEST => Answer::Refused(SignerError::Changed),
        code => {
            Answer::Refused(SignerError::NotTrusted(format!("0x{code:08X} {}", words.trim()).trim_end().to_owned()))
        }
    }
}

/// Whose certificate it is: its organization, or the common name if it names none (TEAMVIEWER.md 12.3). `None` for bytes that are
/// no certificate, and for one that names several: which of them an authority vouched for cannot be told.
pub fn holder(certificate: &[u8]) -> Option<String> {
    let certificate = Certificate::from_der(certificate).ok()?;
    let named = |wanted: ObjectIdentifier| {
        let subject = certificate.tbs_certificate.subject.0.iter();
        let values = subject.flat_map(|part| part.0.iter()).filter(move |name| name.oid == wanted);
        values.map(|name| text(&name.value)).collect::<Vec<_>>()
    };
    let organizations = named(ORGANIZATION);
    let names = if organizations.is_empty() { named(COMMON_NAME) } else { organizations };
    match names.as_slice() {
        [Some(name)] if !name.is_empty() => Some(name.clone()),
        _ => None,
    }
}

/// The string types that RFC 5280 (section 4.1.2.4) allows in a name; 8-bit and 16-bit ones as in old certificates.
fn text(value: &Any) -> Option<String> {
    match value.tag() {
        Tag::Utf8String => value.decode_as::<Utf8StringRef<'_>>().ok().map(|text| text.as_str().to_owned()),
        Tag::PrintableString => value.decode_as::<PrintableStringRef<'_>>().ok().map(|text| text.as_str().to_owned()),
        // Read as Latin 1, as everybody does; only ASCII is sure to be meant that way.
        Tag::TeletexString => value.decode_as::<TeletexStringRef<'_>>().ok().map(|text| text.as_str().to_owned()),
        Tag::BmpString => {
            let (units, rest) = value.value().as_chunks::<2>();
            let units: Vec<u16> = units.iter().map(|unit| u16::from_be_bytes(*unit)).collect();
            if rest.is_empty() { String::from_utf16(&units).ok() } else { None }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_of_the_verifier_has_one_meaning() {
        assert_eq!(answer(0, "fine"), Answer::Trusted);
        for code in [0x800B_010E, 0x8009_2012, 0x8009_2013] {
            assert_eq!(answer(code, "offline"), Answer::RevocationUnknown, "{code:x}");
        }
        assert_eq!(answer(0x800B_0100, ""), Answer::Refused(SignerError::Unsigned));
        assert_eq!(answer(0x8009_6010, ""), Answer::Refused(SignerError::Changed));
        // Withdrawn, expired, unknown root, and whatever else there is.
        for code in [0x800B_010C, 0x800B_0101, 0x800B_0109, 0x8009_2010, 1] {
            let wanted = format!("0x{code:08X} in words");
            assert_eq!(answer(code, " in words\r\n"), Answer::Refused(SignerError::NotTrusted(wanted)));
        }
        assert_eq!(answer(0x800B_010C, ""), Answer::Refused(SignerError::NotTrusted("0x800B010C".to_owned())));
    }
}
