//! Who signed a program (SPEC A5). Windows judges the programs in `signed/`, which scripts/make-signed-programs made; on Linux
//! programs carry no signature that the system knows of, so everything passes there and the hash in signed metadata stands alone.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(missing_docs)]

use helper_machine::signer::authenticode::holder;
use helper_machine::signer::{Publisher, SignerError, check};
use std::fs;
use std::path::{Path, PathBuf};

fn signed(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("signed").join(name)
}

fn publisher(subject: &str) -> Publisher {
    Publisher { authenticode_subject: subject.to_owned(), ..Publisher::default() }
}

fn teamviewer() -> Publisher {
    publisher("TeamViewer Germany GmbH")
}

#[cfg(target_os = "linux")]
#[test]
fn on_linux_nothing_is_asked_about_a_signature() {
    for name in ["right.exe", "somebody.exe", "unsigned.exe", "not there"] {
        assert_eq!(check(&signed(name), &teamviewer()), Ok(()));
    }
}

#[cfg(target_os = "macos")]
#[test]
fn on_macos_what_is_no_signed_application_is_refused() {
    for name in ["right.exe", "unsigned.exe", "not there"] {
        assert!(check(&signed(name), &teamviewer()).is_err(), "{name}");
    }
}

#[test]
fn the_name_in_a_certificate_is_read_alike_everywhere() {
    let authority = fs::read(signed("authority.der")).unwrap();
    assert_eq!(holder(&authority).as_deref(), Some("Contract Test"));
    for cut in 0..authority.len() {
        assert_eq!(holder(&authority[..cut]), None, "cut at {cut}");
    }
    assert_eq!(publisher("Contract Test").is_holder_of(&authority), Ok(()));
    for wanted in ["contract test", "Contract Test ", "Contract", ""] {
        let refused = publisher(wanted).is_holder_of(&authority);
        let somebody = SignerError::Somebody { found: "Contract Test".to_owned(), wanted: wanted.to_owned() };
        assert_eq!(refused, Err(somebody));
    }
    // No name at all is nobody's, also not of a brand without one.
    assert_eq!(
        publisher("").is_holder_of(b""),
        Err(SignerError::Somebody { found: String::new(), wanted: String::new() })
    );
}

#[cfg(windows)]
mod on_windows {
    // The test's authority is put into the system's store through its C interface.
    #![allow(unsafe_code)]

    use super::*;
    use std::ffi::c_void;
    use windows::Win32::Security::Cryptography::{
        CERT_CONTEXT, CERT_OPEN_STORE_FLAGS, CERT_STORE_ADD_REPLACE_EXISTING, CERT_STORE_PROV_SYSTEM_W,
        CERT_SYSTEM_STORE_LOCAL_MACHINE_ID, CERT_SYSTEM_STORE_LOCATION_SHIFT, CertAddEncodedCertificateToStore,
        CertCloseStore, CertDeleteCertificateFromStore, CertOpenStore, HCERTSTORE, X509_ASN_ENCODING,
    };
    use windows::core::w;

    /// The test's own authority, trusted on this PC until dropped. Takes an administrator: for the user alone Windows would ask in
    /// a window.
    struct Trusted {
        store: HCERTSTORE,
        certificate: *mut CERT_CONTEXT,
    }

    impl Trusted {
        fn new() -> Self {
            let bytes = fs::read(signed("authority.der")).unwrap();
            let place = CERT_OPEN_STORE_FLAGS(CERT_SYSTEM_STORE_LOCAL_MACHINE_ID << CERT_SYSTEM_STORE_LOCATION_SHIFT);
            let name: *const c_void = w!("ROOT").as_ptr().cast();
            // SAFETY: the name is a text that ends in a zero, as this provider wants it.
            let store = unsafe { CertOpenStore(CERT_STORE_PROV_SYSTEM_W, Default::default(), None, place, Some(name)) }
                .expect("the test is run by an administrator");
            let mut certificate = std::ptr::null_mut();
            // SAFETY: the store is open; the certificate is given back when this is dropped.
            unsafe {
                CertAddEncodedCertificateToStore(
                    Some(store),
                    X509_ASN_ENCODING,
                    &bytes,
                    CERT_STORE_ADD_REPLACE_EXISTING,
                    Some(&raw mut certificate),
                )
            }
            .unwrap();
            Self { store, certificate }
        }
    }

    impl Drop for Trusted {
        fn drop(&mut self) {
            // SAFETY: both are open; deleting gives the certificate back as well.
            unsafe {
                CertDeleteCertificateFromStore(self.certificate).unwrap();
                CertCloseStore(Some(self.store), 0).unwrap();
            }
        }
    }

    /// Wine 8 compares the program with its signature and the signature with the certificate, as Windows does; but its
    /// WinVerifyTrust says yes to certificates of an unknown authority, expired ones and ones for other uses. That part is only
    /// judged where the system judges it: on Windows.
    fn judges_certificates() -> bool {
        !contract::under_wine()
    }

    fn somebody(found: &str) -> SignerError {
        SignerError::Somebody { found: found.to_owned(), wanted: "TeamViewer Germany GmbH".to_owned() }
    }

    fn is_not_trusted(result: &Result<(), SignerError>, code: &str) -> bool {
        matches!(result, Err(SignerError::NotTrusted(words)) if words.starts_with(code))
    }

    #[test]
    fn only_the_publishers_own_signature_passes() {
        let check = |name: &str| check(&signed(name), &teamviewer());
        if judges_certificates() {
            assert!(is_not_trusted(&check("right.exe"), "0x800B0109"), "the authority is not known yet");
        }
        let trusted = Trusted::new();
        assert_eq!(check("right.exe"), Ok(()));
        // The organization counts, whatever else the certificate is called.
        assert_eq!(check("other-name.exe"), Ok(()));
        assert_eq!(check("no-organization.exe"), Ok(()));
        assert_eq!(check("somebody.exe"), Err(somebody("Somebody GmbH")));
        assert_eq!(check("unsigned.exe"), Err(SignerError::Unsigned));
        assert!(matches!(check("none.exe"), Err(SignerError::System(_))));
        if judges_certificates() {
            assert!(is_not_trusted(&check("untrusted.exe"), "0x800B0109"));
            assert!(is_not_trusted(&check("expired.exe"), "0x800B0101"));
            // CERT_E_WRONG_USAGE, or no signer at all: either is a refusal.
            assert!(check("website.exe").is_err());
        }
        drop(trusted);
        if judges_certificates() {
            assert!(is_not_trusted(&check("right.exe"), "0x800B0109"), "the authority is gone again");
        }
    }

    #[test]
    fn a_program_that_was_changed_after_it_was_signed_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("긴 이름 & more.exe");
        let original = fs::read(signed("right.exe")).unwrap();
        let unsigned = fs::read(signed("unsigned.exe")).unwrap().len();
        let judged = |bytes: &[u8]| {
            fs::write(&path, bytes).unwrap();
            check(&path, &teamviewer())
        };
        // DOS header, machine, text, last byte of the program: everything but the checksum and the place of the signature.
        for at in [2, 0x40, 0x200, 0x402, unsigned - 1] {
            let mut bytes = original.clone();
            bytes[at] ^= 1;
            assert_eq!(judged(&bytes), Err(SignerError::Changed), "at {at:#x}");
        }
        // The end of the signature itself: 256 bytes of RSA.
        let mut bytes = original.clone();
        let end = bytes.len() - 100;
        bytes[end] ^= 1;
        assert!(judged(&bytes).is_err());
        for what in [&original[..unsigned], b"no program at all", b""] {
            assert!(judged(what).is_err());
        }
    }

    #[test]
    fn a_program_is_judged_while_it_is_held_and_may_run() {
        let held = helper_machine::disk::hold(&signed("unsigned.exe")).unwrap();
        assert_eq!(check(&signed("unsigned.exe"), &teamviewer()), Err(SignerError::Unsigned));
        let ended = std::process::Command::new(signed("unsigned.exe")).status().unwrap();
        assert!(ended.code().is_some(), "{ended}");
        drop(held);
    }
}
