//! Private keys under a passphrase: PKCS#8 `EncryptedPrivateKeyInfo` (RFC 5958, 3) with PBES2 (RFC 8018), scrypt
//! (RFC 7914) and AES-256-CBC. It is what `openssl pkey` reads and writes, so that a key can be used without this program.

use crate::Refused;
use crate::passphrase::Passphrase;
use aws_lc_rs::rand::{SecureRandom as _, SystemRandom};
use pkcs8::der::asn1::OctetStringRef;
use pkcs8::der::{Decode as _, Encode as _};
use pkcs8::pkcs5::pbes2::{Kdf, Parameters};
use pkcs8::pkcs5::scrypt;
use pkcs8::{EncryptedPrivateKeyInfoRef, pkcs5};
use std::path::Path;
use zeroize::Zeroizing;

/// scrypt's cost: N = 2^14 and r = 8 need 16 MiB, which is the most that OpenSSL allows for a key file; p = 5 makes up for
/// it in time. One of the settings that OWASP's password storage advice counts as equal to N = 2^17, p = 1.
const LOG_N: u8 = 14;
const R: u32 = 8;
const P: u32 = 5;
/// A file that asks for more memory than this, in bytes, is not ours: it would only stop the PC.
const MAX_MEMORY: u64 = 1 << 30;

/// The content of an encrypted file, as yet unopened.
pub(super) struct Sealed<'a>(EncryptedPrivateKeyInfoRef<'a>);

impl<'a> Sealed<'a> {
    /// # Errors
    /// [`Refused::Keys`] if it is damaged or encrypted in another way.
    pub(super) fn parse(der: &'a [u8], path: &Path) -> Result<Self, Refused> {
        let damaged = || Refused::Keys(format!("{} is damaged; take the copy of it", path.display()));
        let info = EncryptedPrivateKeyInfoRef::from_der(der).map_err(|_| damaged())?;
        let scheme = info.encryption_algorithm.pbes2().ok_or_else(damaged)?;
        let memory = match &scheme.kdf {
            Kdf::Scrypt(params) => params.cost_parameter.saturating_mul(128 * u64::from(params.block_size)),
            _ => 0,
        };
        if memory > MAX_MEMORY {
            return Err(damaged());
        }
        Ok(Self(info))
    }

    /// # Errors
    /// [`Refused::Keys`] if the passphrase is not the one.
    pub(super) fn open(&self, passphrase: &Passphrase, path: &Path) -> Result<Zeroizing<Vec<u8>>, Refused> {
        let wrong = || {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            Refused::Keys(format!("the passphrase of {name} is wrong (or the file is damaged). Nothing was changed"))
        };
        let document = self.0.decrypt(passphrase.bytes()).map_err(|_| wrong())?;
        Ok(Zeroizing::new(document.as_bytes().to_vec()))
    }
}

/// Encrypts a key with fresh salt.
///
/// # Errors
/// [`Refused::Keys`] if the system gives no random numbers.
pub(super) fn seal(pkcs8: &[u8], passphrase: &Passphrase) -> Result<Vec<u8>, Refused> {
    let mut random = [0; 32];
    SystemRandom::new().fill(&mut random).map_err(|_| Refused::Keys("the system gives no random numbers".into()))?;
    let [salt, iv] = [0, 16].map(|at| <[u8; 16]>::try_from(&random[at..at + 16]).unwrap_or_default());
    encrypt(pkcs8, passphrase, &salt, iv)
        .map_err(|error| Refused::Keys(format!("the key cannot be encrypted: {error}")))
}

fn encrypt(pkcs8: &[u8], passphrase: &Passphrase, salt: &[u8], iv: [u8; 16]) -> Result<Vec<u8>, pkcs8::Error> {
    let params = scrypt::Params::new(LOG_N, R, P).map_err(|_| pkcs8::Error::ParametersMalformed)?;
    let scheme = Parameters::generate_scrypt_aes256cbc(params, salt, iv)?;
    let encrypted = scheme.encrypt(passphrase.bytes(), pkcs8)?;
    let info = EncryptedPrivateKeyInfoRef {
        encryption_algorithm: pkcs5::EncryptionScheme::from(scheme),
        encrypted_data: OctetStringRef::new(&encrypted)?,
    };
    Ok(info.to_der()?)
}
