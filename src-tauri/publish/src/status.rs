//! The publisher's word on a release: active, paused, revoked, how far it is rolled out, and which one is the best choice.

use crate::keys::Keyring;
use crate::report::status_name;
use crate::repository::{Refreshed, Repository, releases};
use crate::{Done, Refused, add};
use helper_core::release::{Arch, Release, Status, System};
use jiff::Timestamp as Moment;
use std::path::Path;
use tough::TargetName;
use tough::schema::{Target, Targets};

/// Which releases are meant.
#[derive(Clone, Debug)]
pub struct Selection {
    /// The module.
    pub module: String,
    /// The system.
    pub system: System,
    /// All processors if absent.
    pub arch: Option<Arch>,
    /// The version, exactly.
    pub version: String,
}

impl Selection {
    fn fits(&self, release: &Release) -> bool {
        let custom = &release.custom;
        let arch = self.arch.is_none_or(|arch| custom.arch == arch);
        custom.module == self.module && custom.os == self.system && custom.version == self.version && arch
    }

    /// The releases meant that are not revoked; there is at least one.
    fn among(&self, releases: &[Release]) -> Result<Vec<Release>, Refused> {
        let chosen: Vec<Release> = releases.iter().filter(|release| self.fits(release)).cloned().collect();
        if chosen.is_empty() {
            return Err(Refused::input(format!(
                "no {} {} for {} is published; see helper-publish status",
                self.module,
                self.version,
                add::system_name(self.system)
            )));
        }
        if let Some(revoked) = chosen.iter().find(|release| release.custom.status == Status::Revoked) {
            return Err(Refused::input(format!(
                "{} is revoked, which is final; publish it under a new version instead",
                revoked.target
            )));
        }
        Ok(chosen)
    }
}

/// Gives the selected releases another status, and returns them as they were.
///
/// # Errors
/// [`Refused::Input`] if there is none, or if it is revoked (that is final) or has that status already.
pub fn set<'k>(
    folder: &Path,
    keyring: impl Into<Keyring<'k>>,
    selection: &Selection,
    status: Status,
    now: Moment,
) -> Result<Done<Vec<Release>>, Refused> {
    edit(folder, keyring.into(), selection, now, |release, target, _| {
        if release.custom.status == status {
            return Err(Refused::input(format!("{} is {} already", release.target, status_name(status))));
        }
        field(target, "status", status_name(status));
        Ok(())
    })
}

/// Changes how far the selected releases are rolled out, to whom first, or both; returns them as they were. Raising only
/// ever adds PCs. After lowering, the PCs that fall out go back to the version that was theirs before.
///
/// # Errors
/// [`Refused::Input`] if there is none, or nothing would change.
pub fn roll_out<'k>(
    folder: &Path,
    keyring: impl Into<Keyring<'k>>,
    selection: &Selection,
    basis_points: Option<u16>,
    groups: Option<&[String]>,
    now: Moment,
) -> Result<Done<Vec<Release>>, Refused> {
    if basis_points.is_some_and(|points| points > 10_000) {
        return Err(Refused::input("0 to 100 percent"));
    }
    groups.map_or(Ok(()), add::check_groups)?;
    edit(folder, keyring.into(), selection, now, |release, target, _| {
        let custom = &release.custom;
        let points = basis_points.unwrap_or(custom.rollout.basis_points);
        let groups = groups.unwrap_or(&custom.groups);
        if points == custom.rollout.basis_points && groups == custom.groups {
            return Err(Refused::input(format!("{} is rolled out like that already", release.target)));
        }
        // The salt stays: who was in stays in.
        match target.custom.get_mut("rollout").and_then(|rollout| rollout.as_object_mut()) {
            Some(rollout) => rollout.insert("basis_points".into(), points.into()),
            None => return Err(Refused::Repository(format!("{} has no roll-out", release.target))),
        };
        if groups.is_empty() {
            target.custom.remove("groups");
        } else {
            field(target, "groups", groups);
        }
        Ok(())
    })
}

/// Makes a published version the best choice for everybody again: the same file under a new, highest rank. Clients that
/// have a newer one follow at their next check. Returns the releases as they were.
///
/// # Errors
/// [`Refused::Input`] if there is none, if it is revoked, or if everybody gets it already.
pub fn step_back<'k>(
    folder: &Path,
    keyring: impl Into<Keyring<'k>>,
    selection: &Selection,
    now: Moment,
) -> Result<Done<Vec<Release>>, Refused> {
    edit(folder, keyring.into(), selection, now, |release, target, all| {
        let rivals = || all.iter().filter(|other| other.target != release.target && compete(other, release));
        let highest = rivals().map(|other| other.custom.rank).max().unwrap_or(0);
        let custom = &release.custom;
        // Who has a paused one keeps it, unless something ranks higher.
        let best = rivals().all(|other| other.custom.status == Status::Revoked || other.custom.rank < custom.rank);
        if best && custom.status == Status::Active && custom.rollout.basis_points == 10_000 {
            return Err(Refused::input(format!("{} is what everybody gets already", release.target)));
        }
        let rank = highest.max(custom.rank).checked_add(1).ok_or_else(|| Refused::input("no rank is left"))?;
        field(target, "rank", rank);
        field(target, "status", status_name(Status::Active));
        if let Some(rollout) = target.custom.get_mut("rollout").and_then(|rollout| rollout.as_object_mut()) {
            rollout.insert("basis_points".into(), 10_000.into());
        }
        Ok(())
    })
}

/// Signs the list of targets anew, as it is: needed twice a year even when nothing is released.
///
/// # Errors
/// [`Refused`], nothing has changed then.
pub fn renew<'k>(folder: &Path, keyring: impl Into<Keyring<'k>>, now: Moment) -> Result<Done<()>, Refused> {
    let repository = Repository::open(folder)?;
    let outcome = repository.change(repository.draft().clone(), None, &keyring.into(), now)?;
    Ok(Done { what: (), outcome })
}

/// Signs snapshot and timestamp anew, and publishes a change that enough people have signed; a daily job.
///
/// # Errors
/// [`Refused`], nothing has changed then.
pub fn refresh<'k>(folder: &Path, keyring: impl Into<Keyring<'k>>, now: Moment) -> Result<Refreshed, Refused> {
    Repository::open(folder)?.refresh(&keyring.into(), now)
}

/// May some PC have the choice between the two?
pub(crate) fn compete(a: &Release, b: &Release) -> bool {
    let (a, b) = (&a.custom, &b.custom);
    let arch = a.arch == b.arch || a.arch == Arch::Any || b.arch == Arch::Any;
    a.module == b.module && a.os == b.os && a.channel == b.channel && arch
}

fn edit(
    folder: &Path,
    keyring: Keyring<'_>,
    selection: &Selection,
    now: Moment,
    change: impl Fn(&Release, &mut Target, &[Release]) -> Result<(), Refused>,
) -> Result<Done<Vec<Release>>, Refused> {
    let repository = Repository::open(folder)?;
    let mut targets: Targets = repository.draft().clone();
    let all = releases(&targets)?;
    let chosen = selection.among(&all)?;
    for release in &chosen {
        let name = TargetName::new(release.target.clone()).map_err(|error| Refused::input(error.to_string()))?;
        // Only these fields: what a newer version of this program wrote beside them stays.
        if let Some(target) = targets.targets.get_mut(&name) {
            change(release, target, &all)?;
        }
    }
    let outcome = repository.change(targets, None, &keyring, now)?;
    Ok(Done { what: chosen, outcome })
}

fn field(target: &mut Target, name: &str, value: impl serde::Serialize) {
    // Numbers, words and lists of words can always be written.
    target.custom.insert(name.into(), serde_json::to_value(value).unwrap_or_default());
}
