//! Passphrases of key files: asked for on the terminal without echo, or read from a file for jobs that run alone.

use crate::Refused;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// Fewest letters of a new passphrase.
const SHORTEST: usize = 12;
/// Largest passphrase file, in bytes.
const MAX_FILE: u64 = 4 << 10;

/// A passphrase in memory: never shown, wiped when it is no longer needed.
#[derive(Clone)]
pub struct Passphrase(Zeroizing<String>);

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(..)")
    }
}

impl From<&str> for Passphrase {
    fn from(text: &str) -> Self {
        Self(Zeroizing::new(text.to_owned()))
    }
}

impl Passphrase {
    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    fn long_enough(self) -> Result<Self, Refused> {
        if self.0.chars().count() < SHORTEST {
            return Err(Refused::Keys(format!(
                "a passphrase needs {SHORTEST} letters or more; four words that belong to no sentence are a good one"
            )));
        }
        Ok(self)
    }
}

/// Whoever knows the passphrases. A key's name is that of its file without `.pem`.
pub trait Passphrases: fmt::Debug {
    /// That of an existing key; `None` leaves the key out of this step.
    ///
    /// # Errors
    /// [`Refused::Keys`] if it cannot be told.
    fn existing(&self, key: &str) -> Result<Option<Passphrase>, Refused>;

    /// That for a new key; `None` if it shall not be encrypted.
    ///
    /// # Errors
    /// [`Refused::Keys`] if it cannot be told or is too short.
    fn fresh(&self, key: &str) -> Result<Option<Passphrase>, Refused>;
}

/// Keys that lie open, by an explicit wish.
#[derive(Clone, Copy, Debug)]
pub struct Unencrypted;

impl Passphrases for Unencrypted {
    fn existing(&self, key: &str) -> Result<Option<Passphrase>, Refused> {
        Err(Refused::Keys(format!("{key}.pem is encrypted; name a file with its passphrase: --passphrase-file FILE")))
    }

    fn fresh(&self, _: &str) -> Result<Option<Passphrase>, Refused> {
        Ok(None)
    }
}

/// One passphrase for every key.
#[derive(Clone, Debug)]
pub struct Fixed(Passphrase);

impl Fixed {
    /// Takes the passphrase.
    pub fn new(text: &str) -> Self {
        Self(Passphrase::from(text))
    }
}

impl Passphrases for Fixed {
    fn existing(&self, _: &str) -> Result<Option<Passphrase>, Refused> {
        Ok(Some(self.0.clone()))
    }

    fn fresh(&self, _: &str) -> Result<Option<Passphrase>, Refused> {
        self.0.clone().long_enough().map(Some)
    }
}

/// Asks on the terminal, whatever the standard streams are connected to.
#[derive(Clone, Copy, Debug)]
pub struct Terminal;

impl Terminal {
    fn ask(question: &str) -> Result<Passphrase, Refused> {
        let text = rpassword::prompt_password(question).map_err(|_| {
            Refused::Keys("there is no terminal to ask for a passphrase on; use --passphrase-file FILE".into())
        })?;
        Ok(Passphrase(Zeroizing::new(text)))
    }
}

impl Passphrases for Terminal {
    fn existing(&self, key: &str) -> Result<Option<Passphrase>, Refused> {
        let passphrase = Self::ask(&format!("Passphrase of {key}.pem (Enter alone leaves this key out): "))?;
        Ok(Some(passphrase).filter(|passphrase| !passphrase.0.is_empty()))
    }

    fn fresh(&self, key: &str) -> Result<Option<Passphrase>, Refused> {
        let passphrase = Self::ask(&format!("New passphrase for {key}.pem: "))?.long_enough()?;
        let again = Self::ask(&format!("The same again for {key}.pem: "))?;
        if again.0 != passphrase.0 {
            return Err(Refused::Keys("the two passphrases differ; start again".into()));
        }
        Ok(Some(passphrase))
    }
}

/// Passphrases in files, for all keys or for those of one name; for all others somebody else is asked.
#[derive(Debug)]
pub struct Files {
    files: Vec<(Option<String>, PathBuf)>,
    otherwise: Box<dyn Passphrases>,
}

impl Files {
    /// Each text is `FILE` or `NAME=FILE`, where NAME is a key's name (`online`, `targets-2`) or `targets`, `root` for all of
    /// them.
    pub fn new(texts: &[String], otherwise: Box<dyn Passphrases>) -> Self {
        let named = |text: &String| match text.split_once('=') {
            Some((name, file)) if !name.contains(['/', '\\', '.']) => (Some(name.to_owned()), PathBuf::from(file)),
            _ => (None, PathBuf::from(text)),
        };
        Self { files: texts.iter().map(named).collect(), otherwise }
    }

    fn find(&self, key: &str) -> Option<&Path> {
        let fits = |name: &str| key == name || key.strip_prefix(name).is_some_and(|rest| rest.starts_with('-'));
        let exact = self.files.iter().find(|(name, _)| name.as_deref().is_some_and(fits));
        exact.or_else(|| self.files.iter().find(|(name, _)| name.is_none())).map(|(_, path)| path.as_path())
    }

    fn read(path: &Path) -> Result<Passphrase, Refused> {
        let found = fs::metadata(path).map_err(Refused::at("read", path))?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            if found.permissions().mode() & 0o007 != 0 {
                return Err(Refused::Keys(format!(
                    "everybody on this PC can read the passphrase in {0}; run: chmod 600 {0}",
                    path.display()
                )));
            }
        }
        if found.len() > MAX_FILE {
            return Err(Refused::Keys(format!("{} is too long for a passphrase", path.display())));
        }
        let text = Zeroizing::new(fs::read_to_string(path).map_err(Refused::at("read", path))?);
        let line = text.lines().next().unwrap_or_default();
        if line.is_empty() {
            return Err(Refused::Keys(format!("the first line of {} holds no passphrase", path.display())));
        }
        Ok(Passphrase::from(line))
    }
}

impl Passphrases for Files {
    fn existing(&self, key: &str) -> Result<Option<Passphrase>, Refused> {
        match self.find(key) {
            Some(path) => Self::read(path).map(Some),
            None => self.otherwise.existing(key),
        }
    }

    fn fresh(&self, key: &str) -> Result<Option<Passphrase>, Refused> {
        match self.find(key) {
            Some(path) => Self::read(path)?.long_enough().map(Some),
            None => self.otherwise.fresh(key),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(passphrase: Result<Option<Passphrase>, Refused>) -> String {
        passphrase.unwrap().unwrap().0.to_string()
    }

    #[test]
    fn files_are_found_by_the_keys_name() {
        let home = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = home.path().join(name);
            fs::write(&path, text).unwrap();
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt as _;
                fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
            }
            path.display().to_string()
        };
        let online = write("a", "for the online key\r\nsecond line\n");
        let all = write("b", "for all the others");
        let files = Files::new(&[format!("online={online}"), all.clone()], Box::new(Unencrypted));
        assert_eq!(text(files.existing("online")), "for the online key");
        assert_eq!(text(files.existing("targets-2")), "for all the others");
        let files = Files::new(&[format!("targets={all}")], Box::new(Unencrypted));
        assert_eq!(text(files.existing("targets-2")), "for all the others");
        assert!(files.existing("online").is_err() && files.existing("targets2").is_err());
        assert!(files.fresh("online").unwrap().is_none(), "the other one decides");

        let read = |path: String| Files::new(&[path], Box::new(Unencrypted)).fresh("online");
        assert!(read(write("short", "12345678901")).unwrap_err().to_string().contains("12 letters"));
        assert!(read(write("empty", "\n")).unwrap_err().to_string().contains("no passphrase"));
        assert!(read(home.path().join("absent").display().to_string()).is_err());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            fs::set_permissions(&all, fs::Permissions::from_mode(0o604)).unwrap();
            assert!(read(all).unwrap_err().to_string().contains("chmod 600"));
        }
        assert_eq!(format!("{:?}", Fixed::new("secret")), "Fixed(Passphrase(..))");
    }
}
