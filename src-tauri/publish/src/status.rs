//! What is published, and the publisher's word on it: active, paused, revoked.

use crate::Refused;
use crate::add::{arch_name, system_name};
use crate::repository::Repository;
use helper_core::release::{Arch, Release, Status, System};
use jiff::Timestamp as Moment;
use std::fmt::Write as _;
use std::path::Path;
use tough::TargetName;
use tough::schema::RoleType;

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
}

/// Gives the selected releases another status, and returns them as they were.
///
/// # Errors
/// [`Refused::Input`] if there is none, or if it is revoked (that is final) or has that status already.
pub fn set(
    folder: &Path,
    key_folder: &Path,
    selection: &Selection,
    status: Status,
    now: Moment,
) -> Result<Vec<Release>, Refused> {
    let repository = Repository::open(folder)?;
    let chosen: Vec<Release> = repository.releases()?.into_iter().filter(|release| selection.fits(release)).collect();
    if chosen.is_empty() {
        return Err(Refused::input(format!(
            "no {} {} for {} is published; see helper-publish status",
            selection.module,
            selection.version,
            system_name(selection.system)
        )));
    }
    let mut targets = repository.targets().clone();
    for release in &chosen {
        if release.custom.status == Status::Revoked {
            return Err(Refused::input(format!(
                "{} is revoked, which is final; publish it under a new version instead",
                release.target
            )));
        }
        if release.custom.status == status {
            return Err(Refused::input(format!("{} is {} already", release.target, status_name(status))));
        }
        let name = TargetName::new(release.target.clone()).map_err(|error| Refused::input(error.to_string()))?;
        // Only this one field: what a newer version of this program wrote beside it stays.
        if let Some(target) = targets.targets.get_mut(&name) {
            target.custom.insert("status".into(), status_name(status).into());
        }
    }
    repository.publish(Some(targets), None, key_folder, now)?;
    Ok(chosen)
}

/// Signs snapshot and timestamp anew; a daily job.
///
/// # Errors
/// [`Refused`], nothing has changed then.
pub fn refresh(folder: &Path, key_folder: &Path, now: Moment) -> Result<Moment, Refused> {
    let repository = Repository::open(folder)?;
    let expires = crate::repository::expiry(RoleType::Timestamp, now)?;
    repository.publish(None, None, key_folder, now)?;
    Ok(expires)
}

/// A table of all releases, and what expires when.
///
/// # Errors
/// [`Refused`] if the repository is damaged.
pub fn report(folder: &Path, now: Moment) -> Result<String, Refused> {
    let repository = Repository::open(folder)?;
    let mut rows =
        vec![["RANK", "MODULE", "VERSION", "SYSTEM", "CHANNEL", "STATUS", "ROLLOUT", "SIZE"].map(String::from)];
    for release in repository.releases()? {
        let custom = release.custom;
        rows.push([
            custom.rank.to_string(),
            custom.module,
            custom.version,
            format!("{}-{}", system_name(custom.os), arch_name(custom.arch)),
            custom.channel,
            status_name(custom.status).into(),
            percent(custom.rollout.basis_points),
            format!("{:.1} MB", release.length as f64 / 1e6),
        ]);
    }
    let mut text = String::new();
    for row in &rows {
        for (column, cell) in row.iter().enumerate() {
            let width = rows.iter().filter_map(|row| row.get(column)).map(String::len).max().unwrap_or(0);
            let _ = write!(text, "{cell:<width$}  ");
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    for role in [RoleType::Root, RoleType::Targets, RoleType::Snapshot, RoleType::Timestamp] {
        let expires = repository.expires(role);
        let hours = (expires.as_second() - now.as_second()) / 3600;
        let state = if hours < 0 { "EXPIRED".into() } else { format!("{} days {} hours left", hours / 24, hours % 24) };
        let _ = writeln!(text, "{role}: signed until {expires}, {state}");
    }
    Ok(text)
}

/// `active`, `paused`, `revoked`.
pub fn status_name(status: Status) -> &'static str {
    match status {
        Status::Active => "active",
        Status::Paused => "paused",
        Status::Revoked => "revoked",
    }
}

/// Basis points as people write them: `100 %`, `12.5 %`.
pub fn percent(basis_points: u16) -> String {
    let text = format!("{}.{:02}", basis_points / 100, basis_points % 100);
    format!("{} %", text.trim_end_matches('0').trim_end_matches('.'))
}

/// Reads a percentage with at most two decimals, exactly, as basis points.
///
/// # Errors
/// A sentence about what is allowed.
pub fn basis_points(text: &str) -> Result<u16, String> {
    let wrong = || "a percentage from 0 to 100 with at most two decimals".to_owned();
    let (whole, part) =
        text.trim_end_matches('%').trim().split_once('.').unwrap_or((text.trim_end_matches('%').trim(), ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 3 || part.len() > 2 || !digits(whole) || !digits(part) {
        return Err(wrong());
    }
    let value: u16 = format!("{whole}{part:0<2}").parse().map_err(|_| wrong())?;
    if value > 10_000 { Err(wrong()) } else { Ok(value) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_are_exact() {
        for (text, points) in
            [("0", 0), ("5", 500), ("12.5", 1250), ("0.01", 1), ("100", 10_000), ("33.33%", 3333), ("99.9 %", 9990)]
        {
            assert_eq!(basis_points(text), Ok(points), "{text}");
        }
        for text in ["", "-1", "100.01", "101", "1.234", "abc", ".5", "1e2", "5,5"] {
            assert!(basis_points(text).is_err(), "{text}");
        }
        assert_eq!(
            (percent(10_000), percent(1250), percent(0), percent(1)),
            ("100 %".into(), "12.5 %".into(), "0 %".into(), "0.01 %".into())
        );
    }
}
