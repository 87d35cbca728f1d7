//! Which keys a step may use, and where they are.

use super::PrivateKey;
use crate::Refused;
use crate::passphrase::{Passphrases, Unencrypted};
use std::fs;
use std::path::{Path, PathBuf};

/// The folders of the private keys that are at hand, and how encrypted ones are opened.
#[derive(Clone, Debug)]
pub struct Keyring<'a> {
    folders: Vec<PathBuf>,
    online: Option<PathBuf>,
    passphrases: &'a dyn Passphrases,
}

/// The kinds of keys that a step needs. Root keys are opened by the root ceremony only: they belong into a safe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wanted(&'static [&'static str]);

impl Wanted {
    /// The key that signs snapshot and timestamp.
    pub(crate) const ONLINE: Self = Self(&["online"]);
    /// Those and the keys that sign the list of targets.
    pub(crate) const TARGETS: Self = Self(&["targets-", "online"]);
    /// All.
    pub(crate) const ROOT: Self = Self(&["root-", "targets-", "online"]);

    fn names(self) -> String {
        let names: Vec<_> =
            self.0.iter().map(|name| format!("{name}{}.pem", if name.ends_with('-') { "*" } else { "" })).collect();
        names.join(" or ")
    }
}

impl<'a> Keyring<'a> {
    /// All keys in these folders.
    pub fn new(folders: impl IntoIterator<Item = PathBuf>, passphrases: &'a dyn Passphrases) -> Self {
        Self { folders: folders.into_iter().collect(), online: None, passphrases }
    }

    /// Looks for the online key in this folder as well, and for no other: the publish host's own.
    #[must_use]
    pub fn with_online(self, folder: PathBuf) -> Self {
        Self { online: Some(folder), ..self }
    }

    /// Opens all keys of these kinds.
    ///
    /// # Errors
    /// [`Refused::Keys`] if there is none or one is unreadable.
    pub(crate) fn load(&self, wanted: Wanted) -> Result<Vec<PrivateKey>, Refused> {
        let keys = self.load_some(wanted)?;
        if keys.is_empty() {
            let folders: Vec<_> = self.folders.iter().map(|folder| folder.display().to_string()).collect();
            return Err(Refused::Keys(format!(
                "no keys in {}: {} needed; name their folder with --keys",
                folders.join(", "),
                if wanted.0.len() == 1 { format!("{} is", wanted.names()) } else { format!("{} are", wanted.names()) }
            )));
        }
        Ok(keys)
    }

    /// The same, but none is fine.
    pub(crate) fn load_some(&self, wanted: Wanted) -> Result<Vec<PrivateKey>, Refused> {
        let mut keys = Vec::new();
        for path in self.files(wanted)? {
            keys.extend(PrivateKey::read(&path, self.passphrases)?);
        }
        Ok(keys)
    }

    fn files(&self, wanted: Wanted) -> Result<Vec<PathBuf>, Refused> {
        let mut paths = Vec::new();
        let mut list = |folder: &Path, kinds: &[&str]| -> Result<(), Refused> {
            for entry in fs::read_dir(folder).map_err(Refused::at("list the keys in", folder))? {
                let path = entry.map_err(Refused::at("list the keys in", folder))?.path();
                let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
                if name.ends_with(".pem") && kinds.iter().any(|kind| name.starts_with(kind)) {
                    paths.push(path);
                }
            }
            Ok(())
        };
        for folder in &self.folders {
            list(folder, wanted.0)?;
        }
        if let Some(folder) = self.online.as_ref().filter(|folder| folder.is_dir()) {
            list(folder, Wanted::ONLINE.0)?;
        }
        // The same folder named twice asks for no passphrase twice.
        let mut seen = Vec::new();
        paths.retain(|path| {
            let real = path.canonicalize().unwrap_or_else(|_| path.clone());
            let fresh = !seen.contains(&real);
            seen.push(real);
            fresh
        });
        paths.sort();
        Ok(paths)
    }
}

/// One folder of keys that are not encrypted.
impl From<&Path> for Keyring<'static> {
    fn from(folder: &Path) -> Self {
        Self::new([folder.to_path_buf()], &Unencrypted)
    }
}

/// One folder of keys that are not encrypted.
impl From<&PathBuf> for Keyring<'static> {
    fn from(folder: &PathBuf) -> Self {
        Self::from(folder.as_path())
    }
}
