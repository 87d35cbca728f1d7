//! Signing keys: Ed25519 in PKCS#8 PEM files, one key a file, readable by their owner only.

use crate::Refused;
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
use tough::schema::key::Key;
use tough::sign::{Sign, parse_keypair};

const TAG: &str = "PRIVATE KEY";

/// A private key in memory. It is written nowhere but to its own file, and never shown.
#[derive(Clone)]
pub struct PrivateKey {
    pkcs8: Vec<u8>,
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
        Ok(Self { pkcs8: document.as_ref().to_vec() })
    }

    /// Reads a PEM file.
    ///
    /// # Errors
    /// [`Refused::Keys`] for what is no such key, [`Refused::Io`].
    pub fn read(path: &Path) -> Result<Self, Refused> {
        let text = fs::read(path).map_err(Refused::at("read", path))?;
        let wrong = || Refused::Keys(format!("{} holds no Ed25519 private key in PEM form", path.display()));
        let pem = pem::parse(text).map_err(|_| wrong())?;
        if pem.tag() != TAG || Ed25519KeyPair::from_pkcs8(pem.contents()).is_err() {
            return Err(wrong());
        }
        Ok(Self { pkcs8: pem.into_contents() })
    }

    /// Writes a new PEM file with mode 0600; an existing file is not touched.
    ///
    /// # Errors
    /// [`Refused::Io`].
    pub fn write(&self, path: &Path) -> Result<(), Refused> {
        let config = EncodeConfig::new().set_line_ending(LineEnding::LF);
        let text = pem::encode_config(&Pem::new(TAG, self.pkcs8.clone()), config);
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        let mut file = options.open(path).map_err(Refused::at("create", path))?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(Refused::at("write", path))
    }

    /// Its public half as it stands in root metadata.
    ///
    /// # Errors
    /// [`Refused::Keys`] if the key cannot be used.
    pub fn public(&self) -> Result<Key, Refused> {
        Ok(parse_keypair(&self.pkcs8).map_err(|error| Refused::Keys(error.to_string()))?.tuf_key())
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

/// Name of a key's file: `root-1.pem`, `targets-2.pem`; `online.pem` signs snapshot and timestamp.
pub fn file_name(role: RoleType, number: usize) -> String {
    if matches!(role, RoleType::Snapshot | RoleType::Timestamp) {
        "online.pem".into()
    } else {
        format!("{role}-{number}.pem")
    }
}

/// Reads the keys in a folder that a step needs: those for targets (if `targets`) and the online one. Root keys are never
/// opened here: after `init` they belong into a safe.
///
/// # Errors
/// [`Refused::Keys`] if there is none or one is unreadable.
pub fn load(folder: &Path, targets: bool) -> Result<Vec<PrivateKey>, Refused> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(Refused::at("list the keys in", folder))? {
        let path = entry.map_err(Refused::at("list the keys in", folder))?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let wanted = name.starts_with("online") || targets && name.starts_with("targets-");
        if wanted && name.ends_with(".pem") {
            paths.push(path);
        }
    }
    paths.sort();
    if paths.is_empty() {
        let names = if targets { "online.pem and targets-*.pem" } else { "online.pem" };
        return Err(Refused::Keys(format!(
            "no keys in {}: {names} are needed; name their folder with --keys",
            folder.display()
        )));
    }
    paths.iter().map(|path| PrivateKey::read(path)).collect()
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

    #[test]
    fn a_key_survives_its_file() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("targets-1.pem");
        let key = PrivateKey::generate().unwrap();
        key.write(&path).unwrap();
        assert!(key.write(&path).is_err(), "an existing key is never overwritten");
        assert_eq!(PrivateKey::read(&path).unwrap().public().unwrap(), key.public().unwrap());
        assert!(fs::read_to_string(&path).unwrap().starts_with("-----BEGIN PRIVATE KEY-----\n"));
        assert_eq!(format!("{key:?}"), "PrivateKey(..)");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        fs::write(home.path().join("root-1.pem"), "no key").unwrap();
        assert_eq!(load(home.path(), true).unwrap().len(), 1);
        assert!(matches!(load(home.path(), false), Err(Refused::Keys(_))));
        assert!(matches!(PrivateKey::read(&home.path().join("root-1.pem")), Err(Refused::Keys(_))));
    }
}
