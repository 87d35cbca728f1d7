//! A version on trial: it must come up, or the one before returns.

use crate::state_file::StateFile;
use serde::{Deserialize, Serialize};
use std::io;
use std::path::{Path, PathBuf};

/// How often a new version may be started without coming up (TRUST.md 6.3, row 61).
const STARTS: u8 = 2;
/// How many refused versions are remembered.
const REMEMBERED: usize = 20;

/// What is known of the version on trial.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    /// Its version.
    pub version: String,
    /// The file that it took.
    pub program: PathBuf,
    /// How often it was started, the present start included.
    pub starts: u8,
    /// It has come up once.
    pub came_up: bool,
}

impl Trial {
    /// Did all starts before the present one, and enough of them, end without its coming up?
    pub const fn has_failed(&self) -> bool {
        !self.came_up && self.starts > STARTS
    }
}

/// The records of trials.
#[derive(Clone, Debug)]
pub struct Probation {
    trial: StateFile,
    refused: StateFile,
}

impl Probation {
    pub(super) fn new(folder: &Path) -> Self {
        Self { trial: StateFile::new(folder.join("trial")), refused: StateFile::new(folder.join("refused")) }
    }

    /// The version on trial, if there is one.
    pub fn read(&self) -> Option<Trial> {
        self.trial.read::<Option<Trial>>().flatten()
    }

    /// Begins a trial.
    ///
    /// # Errors
    /// Whatever the system says.
    pub(super) fn begin(&self, trial: &Trial) -> io::Result<()> {
        self.trial.write(&Some(trial))
    }

    /// Counts a start of `version`, before anything of it is needed to work; told is the trial as it stands then. A record of another
    /// version is of no interest any more: the step was cut off before the name changed, or somebody installed by hand.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn count_start(&self, version: &str) -> io::Result<Option<Trial>> {
        let Some(trial) = self.read() else { return Ok(None) };
        if trial.version != version {
            self.trial.write(&None::<Trial>)?;
            return Ok(None);
        }
        if trial.came_up || trial.has_failed() {
            return Ok(Some(trial));
        }
        let counted = Trial { starts: trial.starts.saturating_add(1), ..trial };
        self.trial.write(&Some(&counted))?;
        Ok(Some(counted))
    }

    /// `version` has come up: its trial is over.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn came_up(&self, version: &str) -> io::Result<()> {
        match self.read() {
            Some(trial) if trial.version == version && !trial.came_up => {
                self.trial.write(&Some(&Trial { came_up: true, ..trial }))
            }
            _ => Ok(()),
        }
    }

    /// Remembers a version that failed here, and ends its trial.
    pub(super) fn refuse(&self, trial: &Trial) -> io::Result<()> {
        let mut refused = self.refused();
        if !refused.contains(&trial.version) {
            refused.push(trial.version.clone());
        }
        let from = refused.len().saturating_sub(REMEMBERED);
        self.refused.write(&&refused[from..])?;
        self.trial.write(&None::<Trial>)
    }

    /// Versions that failed on this PC.
    pub fn refused(&self) -> Vec<String> {
        self.refused.read().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_starts_without_coming_up_are_enough() {
        let folder = tempfile::tempdir().unwrap();
        let probation = Probation::new(folder.path());
        assert_eq!(probation.count_start("1.1.0").unwrap(), None);
        let trial = Trial { version: "1.1.0".into(), program: "/x".into(), starts: 0, came_up: false };
        probation.begin(&trial).unwrap();
        for start in ["the first start", "the second may still come up"] {
            assert!(!probation.count_start("1.1.0").unwrap().unwrap().has_failed(), "{start}");
        }
        assert!(probation.count_start("1.1.0").unwrap().unwrap().has_failed());
        assert_eq!(probation.count_start("1.1.0").unwrap().unwrap().starts, 3, "counted no further");
        probation.refuse(&trial).unwrap();
        assert_eq!(probation.refused(), ["1.1.0"]);
        assert_eq!(probation.count_start("1.1.0").unwrap(), None);
    }

    #[test]
    fn coming_up_ends_the_trial_and_another_version_has_none() {
        let folder = tempfile::tempdir().unwrap();
        let probation = Probation::new(folder.path());
        let trial = Trial { version: "1.1.0".into(), program: "/x".into(), starts: 0, came_up: false };
        probation.begin(&trial).unwrap();
        probation.count_start("1.1.0").unwrap();
        probation.came_up("1.0.0").unwrap();
        assert!(!probation.read().unwrap().came_up);
        probation.came_up("1.1.0").unwrap();
        for _ in 0..5 {
            assert!(!probation.count_start("1.1.0").unwrap().unwrap().has_failed());
        }
        assert_eq!(probation.count_start("1.0.0").unwrap(), None);
        assert_eq!(probation.read(), None);
    }
}
