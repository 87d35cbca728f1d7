//! Whose Authenticode signature a Windows program carries, read on whatever system the publisher has.
//!
//! Nothing is proven here: the authorities that count are those of the hospitals' PCs, and there Windows itself judges the
//! signature before every start. This only keeps a module from being published that every one of them would refuse.
//!
//! Layout: Microsoft, "PE Format", the attribute certificate table; the signature in it is a SignedData (RFC 5652, section 5).

use cms::cert::CertificateChoices;
use cms::cert::x509::der::{Decode as _, Encode as _, SliceReader};
use cms::content_info::ContentInfo;
use cms::signed_data::{SignedData, SignerIdentifier};
use helper_machine::signer::authenticode::holder;
use std::fs;
use std::io;
use std::path::Path;

/// Largest program that is read for its signature, in bytes.
const MOST: u64 = 1 << 30;
/// `WIN_CERT_TYPE_PKCS_SIGNED_DATA`.
const PKCS_SIGNED_DATA: u16 = 2;

/// What a program says about who signed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signer {
    /// It has no signature.
    None,
    /// It has one whose certificate cannot be read.
    Unreadable,
    /// The organization, or without one the common name, in the first signer's certificate.
    Named(String),
}

/// Looks into a program.
///
/// # Errors
/// Those of reading.
pub fn signer_of(program: &Path) -> io::Result<Signer> {
    if fs::metadata(program)?.len() > MOST {
        return Ok(Signer::Unreadable);
    }
    Ok(signer(&fs::read(program)?))
}

fn signer(program: &[u8]) -> Signer {
    match signature(program) {
        None => Signer::None,
        Some(signature) => name(signature).map_or(Signer::Unreadable, Signer::Named),
    }
}

/// The first entry of the attribute certificate table; `None` when there is no such table.
fn signature(program: &[u8]) -> Option<&[u8]> {
    let long = |at: usize| Some(u32::from_le_bytes(program.get(at..at.checked_add(4)?)?.try_into().ok()?) as usize);
    let short = |at: usize| Some(u16::from_le_bytes(program.get(at..at.checked_add(2)?)?.try_into().ok()?));
    // The optional header follows the signature of 4 bytes and the file header of 20.
    let optional = long(0x3c)?.checked_add(24)?;
    let directories = match short(optional)? {
        0x10b => optional.checked_add(96)?,
        0x20b => optional.checked_add(112)?,
        _ => return None,
    };
    // The fifth directory; its place is one in the file, not in memory.
    if long(directories - 4)? < 5 {
        return None;
    }
    let (at, size) = (long(directories + 32)?, long(directories + 36)?);
    let length = long(at)?;
    if at == 0 || size < 8 || length < 8 || length > size || short(at.checked_add(6)?)? != PKCS_SIGNED_DATA {
        return None;
    }
    program.get(at + 8..at.checked_add(length)?)
}

/// Whose certificate it is that the first signer names.
fn name(signature: &[u8]) -> Option<String> {
    // What follows it fills up to 8 bytes, or is a configuration that the vendor put there.
    let content = ContentInfo::decode(&mut SliceReader::new(signature).ok()?).ok()?;
    let signed: SignedData = content.content.decode_as().ok()?;
    let SignerIdentifier::IssuerAndSerialNumber(wanted) = &signed.signer_infos.0.iter().next()?.sid else {
        return None;
    };
    let mut certificates = signed.certificates.as_ref()?.0.iter().filter_map(|choice| match choice {
        CertificateChoices::Certificate(certificate) => Some(certificate),
        CertificateChoices::Other(_) => None,
    });
    let certificate = certificates.find(|certificate| {
        let inner = &certificate.tbs_certificate;
        inner.issuer == wanted.issuer && inner.serial_number == wanted.serial_number
    })?;
    holder(&certificate.to_der().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn signed(name: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/contract/signed").join(name)
    }

    #[test]
    fn the_signer_of_a_windows_program_is_read_on_any_system() {
        let teamviewer = Signer::Named("TeamViewer Germany GmbH".into());
        for (name, wanted) in [
            ("right.exe", teamviewer.clone()),
            ("other-name.exe", teamviewer.clone()),
            ("no-organization.exe", teamviewer),
            ("somebody.exe", Signer::Named("Somebody GmbH".into())),
            ("unsigned.exe", Signer::None),
        ] {
            assert_eq!(signer_of(&signed(name)).unwrap(), wanted, "{name}");
        }
    }

    #[test]
    fn a_damaged_program_names_nobody() {
        let whole = fs::read(signed("right.exe")).unwrap();
        for cut in (0..whole.len() - 8).step_by(7) {
            assert!(!matches!(signer(&whole[..cut]), Signer::Named(_)), "cut at {cut}");
        }
        // The place of the certificate table, in a header that lies.
        let optional = u32::from_le_bytes(whole[0x3c..0x40].try_into().unwrap()) as usize + 24;
        let entry = optional + 112 + 32;
        for lie in [0, 1, u32::MAX] {
            for at in [0x3c, entry, entry + 4, optional + 108] {
                let mut bytes = whole.clone();
                bytes[at..at + 4].copy_from_slice(&lie.to_le_bytes());
                let found = signer(&bytes);
                let harmless = at == optional + 108 || at == entry + 4;
                assert!(
                    !matches!(found, Signer::Named(_)) || harmless && lie == u32::MAX,
                    "{at:#x} = {lie}: {found:?}"
                );
            }
        }
    }
}
