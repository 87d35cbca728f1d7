//! TLS with the system's certificate store, and what a refused certificate means.
//!
//! The system decides (rustls-platform-verifier: `SSL_CERT_FILE` and `SSL_CERT_DIR` or the distribution's store on Linux,
//! the system's own verifier on Windows and macOS), so a company's own authority works as it does in a browser. Here the
//! refusal is only given the name of the authority: with it IT knows which inspection is at work.

use crate::clock;
use helper_core::certificate::{self, Dates};
use helper_core::doctor::Distrust;
use helper_core::input::Failure;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, OtherError, SignatureScheme};
use rustls_platform_verifier::Verifier;
use std::sync::Arc;
use x509_cert::Certificate;
use x509_cert::der::Decode as _;

/// A certificate that the system does not accept.
#[derive(Debug, thiserror::Error)]
#[error("the certificate of {server}, issued by {issuer:?}, is refused: {cause}")]
struct Refused {
    server: String,
    issuer: String,
    cause: Error,
}

/// What every connection of the product uses.
///
/// # Errors
/// The protocol versions do not fit the cryptography; never in this build.
pub(crate) fn config() -> Result<ClientConfig, Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = System { verifier: Verifier::new(Arc::clone(&provider)), provider: Arc::clone(&provider) };
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        // The verifier is the system's own, with a name added to its refusals.
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// What a failed handshake means.
pub(crate) fn failure_of(error: &Error) -> Failure {
    let dates = match error {
        // Somebody answers in clear text where a handshake belongs: a gateway with its sign-in page.
        Error::InvalidMessage(_) => return Failure::SignInPage,
        Error::InvalidCertificate(CertificateError::Other(OtherError(other))) => {
            return other.downcast_ref::<Refused>().map_or(Failure::TlsRefused, |refused| failure_of(&refused.cause));
        }
        Error::InvalidCertificate(CertificateError::NotValidYet) => Dates::NotYet(None),
        Error::InvalidCertificate(CertificateError::NotValidYetContext { not_before, .. }) => {
            Dates::NotYet(seconds(*not_before))
        }
        Error::InvalidCertificate(CertificateError::Expired) => Dates::Expired(None),
        Error::InvalidCertificate(CertificateError::ExpiredContext { not_after, .. }) => {
            Dates::Expired(seconds(*not_after))
        }
        _ => return Failure::TlsRefused,
    };
    certificate::judge(dates, clock::wall().as_second(), clock::built())
}

/// Who issued the refused certificate, and why it is refused; `None` when the handshake failed otherwise.
pub(crate) fn refusal(error: &Error) -> Option<(String, Distrust)> {
    let Error::InvalidCertificate(CertificateError::Other(OtherError(other))) = error else { return None };
    let Refused { issuer, cause, .. } = other.downcast_ref::<Refused>()?;
    let distrust = match cause {
        _ if failure_of(cause) == Failure::WrongClock => Distrust::Clock,
        Error::InvalidCertificate(CertificateError::UnknownIssuer) => Distrust::UnknownAuthority,
        Error::InvalidCertificate(_) => Distrust::Itself,
        // The system's store itself cannot be used: it knows nobody.
        _ => Distrust::UnknownAuthority,
    };
    Some((issuer.clone(), distrust))
}

/// A failed handshake in words for the log, with the name of the authority.
pub(crate) fn words(error: &Error) -> String {
    match error {
        Error::InvalidCertificate(CertificateError::Other(OtherError(other))) => other.to_string(),
        _ => error.to_string(),
    }
}

fn seconds(time: UnixTime) -> Option<i64> {
    i64::try_from(time.as_secs()).ok()
}

/// The distinguished name of the authority (RFC 5280, section 4.1.2.4), as far as it can be read.
fn issuer_of(certificate: &CertificateDer<'_>) -> String {
    const ENOUGH: usize = 200;
    Certificate::from_der(certificate).map_or_else(
        |_| "an unreadable name".to_owned(),
        |certificate| certificate.tbs_certificate.issuer.to_string().chars().take(ENOUGH).collect(),
    )
}

/// The system's verifier. Without a store of authorities every certificate is refused, and what needs none still works.
#[derive(Debug)]
struct System {
    verifier: Result<Verifier, Error>,
    provider: Arc<CryptoProvider>,
}

impl System {
    fn verifier(&self) -> Result<&Verifier, Error> {
        self.verifier.as_ref().map_err(Clone::clone)
    }
}

impl ServerCertVerifier for System {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.verifier()?.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now).map_err(
            |cause| {
                let refused =
                    Refused { server: server_name.to_str().into_owned(), issuer: issuer_of(end_entity), cause };
                Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(refused))))
            },
        )
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verifier()?.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verifier()?.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
