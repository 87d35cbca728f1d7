//! Authorities and certificates of a test's own.

use crate::{Result, WorldError};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose};
use std::time::{Duration, SystemTime};

/// So many days before (negative) or after now.
pub fn days_from_now(days: i64) -> SystemTime {
    let distance = Duration::from_secs(days.unsigned_abs() * 86_400);
    if days < 0 { SystemTime::now() - distance } else { SystemTime::now() + distance }
}

/// An authority: what a company's inspection box or a public one has.
#[derive(Debug)]
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

/// A server's certificate with its key.
#[derive(Debug)]
pub struct Certificate {
    pub(crate) chain: Vec<Vec<u8>>,
    pub(crate) key: Vec<u8>,
}

impl Authority {
    /// A new authority with this common name, valid for ages in both directions.
    pub fn new(name: &str) -> Result<Self> {
        let failed = |error| WorldError::other("making an authority", error);
        let mut params = CertificateParams::new(Vec::new()).map_err(failed)?;
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        params.not_before = rcgen::date_time_ymd(1975, 1, 1);
        params.not_after = rcgen::date_time_ymd(2199, 1, 1);
        let key = KeyPair::generate().map_err(failed)?;
        Ok(Self { issuer: CertifiedIssuer::self_signed(params, key).map_err(failed)? })
    }

    /// The authority's own certificate, as a store of authorities keeps it.
    pub fn pem(&self) -> String {
        self.issuer.pem()
    }

    /// A certificate for these names and addresses that is valid now.
    pub fn issue(&self, hosts: &[&str]) -> Result<Certificate> {
        self.issue_between(hosts, days_from_now(-10), days_from_now(80))
    }

    /// A certificate that is valid from one moment to another.
    pub fn issue_between(&self, hosts: &[&str], from: SystemTime, until: SystemTime) -> Result<Certificate> {
        let failed = |error| WorldError::other("issuing a certificate", error);
        let hosts: Vec<String> = hosts.iter().map(|host| (*host).to_owned()).collect();
        let mut params = CertificateParams::new(hosts).map_err(failed)?;
        (params.not_before, params.not_after) = (from.into(), until.into());
        let key = KeyPair::generate().map_err(failed)?;
        let certificate = params.signed_by(&key, &self.issuer).map_err(failed)?;
        Ok(Certificate { chain: vec![certificate.der().to_vec()], key: key.serialize_der() })
    }
}
