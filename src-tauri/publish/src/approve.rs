//! The second person's step: look at what waits, then sign it or drop it.

use crate::keys::{Keyring, short};
use crate::repository::sign::threshold;
use crate::repository::{Outcome, Repository, staged};
use crate::{Refused, diff};
use helper_machine::package::Fetched;
use jiff::Timestamp as Moment;
use std::fmt::Write as _;
use std::path::Path;
use tough::schema::RoleType;

/// A change that waits, looked at. It holds the repository's lock: what is signed is what was shown.
#[derive(Debug)]
pub struct Waiting {
    repository: Repository,
    text: String,
}

impl Waiting {
    /// Reads the change, checks its packages as a helper would, and describes it.
    ///
    /// # Errors
    /// [`Refused::Input`] if nothing waits or it no longer fits, [`Refused::Package`] if a package is not what was signed.
    pub fn open(folder: &Path, now: Moment) -> Result<Self, Refused> {
        let repository = Repository::open(folder)?;
        let waiting = repository.waiting(now)?;
        let after = &waiting.targets.signed;
        let aside = tempfile::tempdir().map_err(Refused::at("write to", &std::env::temp_dir()))?;
        for (number, release) in staged::added(after, repository.targets())?.iter().enumerate() {
            let package = staged::package(folder, release);
            Fetched::new(package).verify(release)?.unpack(&aside.path().join(number.to_string()))?;
        }
        let needed = threshold(&repository.root().signed, RoleType::Targets);
        let by: Vec<_> = waiting.signers.iter().map(short).collect();
        let mut text = format!(
            "list of targets, version {} -> {}; {} of {needed} signatures{}\n",
            repository.version(RoleType::Targets),
            after.version,
            by.len(),
            if by.is_empty() { String::new() } else { format!(", by key {}", by.join(", ")) }
        );
        text.push_str(&diff::describe(repository.targets(), after)?);
        let _ = writeln!(text, "  good until {}", after.expires);
        Ok(Self { repository, text })
    }

    /// What it means, for people.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Signs it with the keys at hand, and publishes it if they are enough now.
    ///
    /// # Errors
    /// [`Refused::Keys`] if these keys have signed already or may not; nothing has changed then.
    pub fn approve<'k>(&self, keyring: impl Into<Keyring<'k>>, now: Moment) -> Result<Outcome, Refused> {
        self.repository.approve(&keyring.into(), now)
    }
}

/// Drops the change that waits, whoever made it and in whatever state it is. What is published stays as it is.
///
/// # Errors
/// [`Refused::Input`] if nothing waits, [`Refused::Io`].
pub fn discard(folder: &Path) -> Result<(), Refused> {
    // The lock only: a damaged change must be droppable too.
    let _lock = Repository::hold(folder)?;
    if !staged::exists(folder) {
        return Err(Refused::input("no change waits for signatures"));
    }
    staged::clear(folder)
}
