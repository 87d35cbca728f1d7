//! Signing keys: Ed25519 in PKCS#8 PEM files, one key a file, readable by their owner only, encrypted with a passphrase
//! unless their owner says otherwise.

mod encrypted;
mod keyring;

pub use keyring::Keyring;
pub(crate) use keyring::Wanted;

use crate::Refused;
use crate::passphrase::{Passphrase, Passphrases};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::Ed25519KeyPair;
use pem::{EncodeConfig, LineEnding, Pem};
use std::error::Error;
use std::fmt;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::task::{Context, Poll, Waker};
use tough::async_trait;
use tough::key_source::KeySource;
use tough::schema::RoleType;
use tough::schema::decoded::{Decoded, Hex};
use tough::schema::key::Key;
use tough::sign::{Sign, parse_keypair};
use zeroize::Zeroizing;

/// A key's id: SHA-256 of its public half in canonical JSON (TUF 1.0, 4.2).
pub(crate) type KeyId = Decoded<Hex>;

const TAG: &str = "PRIVATE KEY";
/// The label of RFC 7468, 11.
const TAG_ENCRYPTED: &str = "ENCRYPTED PRIVATE KEY";
/// Stands before the id of a key in the first line of its file.
const ID_NOTE: &str = "Key id: ";
/// Largest key file that is read, in bytes; a real one has a few hundred.
const MAX_FILE: u64 = 16 << 10;

/// A private key in memory. It is written nowhere but to its own file, never shown, and wiped when it is no longer needed.
#[derive(Clone)]
pub struct PrivateKey {
    pkcs8: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey(..)")
    }
}

impl PrivateKey {
    /// Makes a new key from the system's random source.
    ///
    /// # Errors
    /// [`Refused::Keys`] if that source fails.
    pub fn generate() -> Result<Self, Refused> {
        let document = Ed25519KeyPair::generate_pkcs8v1(&SystemRandom::new())
            .map_err(|_| Refused::Keys("the system gives no random numbers".into()))?;
        Ok(Self { pkcs8: Zeroizing::new(document.as_ref().to_vec()) })
    }

    /// Reads a PEM file; an encrypted one is opened with the passphrase that is given for it. `None` if its owner leaves it
    /// out.
    ///
    /// # Errors
    /// [`Refused::Keys`] for what is no such key and for a wrong passphrase, [`Refused::Io`].
    pub fn read(path: &Path, passphrases: &dyn Passphrases) -> Result<Option<Self>, Refused> {
        let wrong = || Refused::Keys(format!("{} holds no Ed25519 private key in PEM form", path.display()));
        let length = fs::metadata(path).map_err(Refused::at("read", path))?.len();
        if length > MAX_FILE {
            return Err(wrong());
        }
        let text = Zeroizing::new(fs::read(path).map_err(Refused::at("read", path))?);
        let pem = pem::parse(text.as_slice()).map_err(|_| wrong())?;
        let pkcs8 = match pem.tag() {
            TAG => Zeroizing::new(pem.into_contents()),
            TAG_ENCRYPTED => {
                let sealed = encrypted::Sealed::parse(pem.contents(), path)?;
                let Some(passphrase) = passphrases.existing(&stem(path))? else { return Ok(None) };
                sealed.open(&passphrase, path)?
            }
            _ => return Err(wrong()),
        };
        if Ed25519KeyPair::from_pkcs8(&pkcs8).is_err() {
            return Err(wrong());
        }
        let key = Self { pkcs8 };
        let named = noted_id(&text);
        if named.is_some() && named != Some(hex(&key.id()?)) {
            // The cipher itself would not notice a flipped bit in the middle of a key.
            return Err(Refused::Keys(format!("{} is damaged; take the copy of it", path.display())));
        }
        Ok(Some(key))
    }

    /// Writes a new PEM file with mode 0600, encrypted if there is a passphrase; an existing file is not touched.
    ///
    /// # Errors
    /// [`Refused::Io`].
    pub fn write(&self, path: &Path, passphrase: Option<&Passphrase>) -> Result<(), Refused> {
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        let text = self.to_pem(passphrase)?;
        let mut file = options.open(path).map_err(Refused::at("create", path))?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(Refused::at("write", path))
    }

    /// Writes the file anew under another passphrase: by rename, so that the key is never lost.
    ///
    /// # Errors
    /// [`Refused::Io`]; the old file is still there then.
    pub fn rewrite(&self, path: &Path, passphrase: Option<&Passphrase>) -> Result<(), Refused> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // A temporary file of this kind is readable by its owner only.
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(Refused::at("write to", folder))?;
        file.write_all(self.to_pem(passphrase)?.as_bytes())
            .and_then(|()| file.as_file().sync_all())
            .map_err(Refused::at("write", path))?;
        file.persist(path).map_err(|error| error.error).map_err(Refused::at("write", path))?;
        Ok(())
    }

    fn to_pem(&self, passphrase: Option<&Passphrase>) -> Result<Zeroizing<String>, Refused> {
        let config = EncodeConfig::new().set_line_ending(LineEnding::LF);
        let pem = match passphrase {
            Some(passphrase) => Pem::new(TAG_ENCRYPTED, encrypted::seal(&self.pkcs8, passphrase)?),
            None => Pem::new(TAG, self.pkcs8.to_vec()),
        };
        // Text before the first line of dashes is a note for people (RFC 7468, 2).
        Ok(Zeroizing::new(format!("{ID_NOTE}{}\n{}", hex(&self.id()?), pem::encode_config(&pem, config))))
    }

    /// Its public half as it stands in root metadata.
    ///
    /// # Errors
    /// [`Refused::Keys`] if the key cannot be used.
    pub fn public(&self) -> Result<Key, Refused> {
        Ok(parse_keypair(&self.pkcs8).map_err(|error| Refused::Keys(error.to_string()))?.tuf_key())
    }

    /// Its id in root metadata.
    pub(crate) fn id(&self) -> Result<KeyId, Refused> {
        id_of(&self.public()?)
    }

    /// As tough takes it.
    pub(crate) fn source(&self) -> Box<dyn KeySource> {
        Box::new(self.clone())
    }
}

#[async_trait]
impl KeySource for PrivateKey {
    async fn as_sign(&self) -> Result<Box<dyn Sign>, Box<dyn Error + Send + Sync + 'static>> {
        Ok(Box::new(parse_keypair(&self.pkcs8)?))
    }

    async fn write(&self, _value: &str, _key_id: &str) -> Result<(), Box<dyn Error + Send + Sync + 'static>> {
        Err("keys are never written back".into())
    }
}

/// The id of a public key.
pub(crate) fn id_of(key: &Key) -> Result<KeyId, Refused> {
    key.key_id().map_err(|error| Refused::Keys(error.to_string()))
}

/// An id in hexadecimal digits.
pub(crate) fn hex(id: &KeyId) -> String {
    id.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The first eight digits of an id: what people compare.
pub(crate) fn short(id: &KeyId) -> String {
    hex(id).chars().take(8).collect()
}

/// The id that a key file names above its key.
fn noted_id(text: &[u8]) -> Option<String> {
    let line = text.split(|byte| *byte == b'\n').next()?;
    Some(std::str::from_utf8(line).ok()?.strip_prefix(ID_NOTE)?.trim().to_owned())
}

/// Name of a key's file: `root-1.pem`, `targets-2.pem`; `online.pem` signs snapshot and timestamp.
pub fn file_name(role: RoleType, number: usize) -> String {
    if matches!(role, RoleType::Snapshot | RoleType::Timestamp) {
        "online.pem".into()
    } else {
        format!("{role}-{number}.pem")
    }
}

/// A key's name: that of its file without the ending.
pub(crate) fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// Runs a future that never waits: keys are in memory, so tough's signing has nothing to wait for. Works with and
/// without a surrounding runtime.
pub(crate) fn at_once<F: Future>(future: F) -> F::Output {
    let mut future = std::pin::pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
        std::thread::yield_now();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::passphrase::{Fixed, Unencrypted};

    #[test]
    fn a_key_survives_its_file() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("targets-1.pem");
        let key = PrivateKey::generate().unwrap();
        key.write(&path, None).unwrap();
        assert!(key.write(&path, None).is_err(), "an existing key is never overwritten");
        let read = PrivateKey::read(&path, &Unencrypted).unwrap().unwrap();
        assert_eq!(read.public().unwrap(), key.public().unwrap());
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with(&format!("Key id: {}\n-----BEGIN PRIVATE KEY-----\n", hex(&key.id().unwrap()))));
        assert_eq!(format!("{key:?}"), "PrivateKey(..)");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        fs::write(home.path().join("root-1.pem"), "no key").unwrap();
        let ring = Keyring::from(home.path());
        assert_eq!(ring.load(Wanted::TARGETS).unwrap().len(), 1);
        assert!(matches!(ring.load(Wanted::ONLINE), Err(Refused::Keys(_))));
        assert!(matches!(PrivateKey::read(&home.path().join("root-1.pem"), &Unencrypted), Err(Refused::Keys(_))));
    }

    #[test]
    fn an_encrypted_key_opens_with_its_passphrase_only() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("targets-1.pem");
        let key = PrivateKey::generate().unwrap();
        let passphrase = Passphrase::from("정확한 말 battery staple");
        key.write(&path, Some(&passphrase)).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains("\n-----BEGIN ENCRYPTED PRIVATE KEY-----\n"));
        let note = text.lines().next().unwrap();
        let sealed = pem::parse(&text).unwrap().into_contents();
        let secret = key.pkcs8.get(16..).unwrap();
        assert!(!sealed.windows(secret.len()).any(|part| part == secret));
        let read = |text: &str| PrivateKey::read(&path, &Fixed::new(text));
        assert_eq!(read("정확한 말 battery staple").unwrap().unwrap().public().unwrap(), key.public().unwrap());
        for wrong in ["", "정확한 말 battery stapl", "Correct horse"] {
            let error = read(wrong).unwrap_err().to_string();
            assert!(error.contains("passphrase of targets-1.pem is wrong"), "{error}");
        }
        // Nobody to ask: said so, not guessed.
        let error = PrivateKey::read(&path, &Unencrypted).unwrap_err().to_string();
        assert!(error.contains("--passphrase-file"), "{error}");
        // Damaged anywhere: refused, whatever the passphrase.
        for at in (0..sealed.len()).step_by(11) {
            let mut bad = sealed.clone();
            bad[at] ^= 0x10;
            fs::write(&path, format!("{note}\n{}", pem::encode(&Pem::new(TAG_ENCRYPTED, bad)))).unwrap();
            let read = read("정확한 말 battery staple");
            assert!(matches!(read, Err(Refused::Keys(_))), "byte {at}: {read:?}");
        }
        // Another passphrase for the same key.
        let other = Passphrase::from("another long one");
        key.rewrite(&path, Some(&other)).unwrap();
        assert!(read("정확한 말 battery staple").is_err());
        assert_eq!(read("another long one").unwrap().unwrap().public().unwrap(), key.public().unwrap());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
}
