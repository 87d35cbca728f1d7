//! What is published, who may sign, what waits, and what expires when; and how all that is written for people.

use crate::Refused;
use crate::add::{arch_name, system_name};
use crate::keys::short;
use crate::repository::Repository;
use crate::repository::sign::threshold;
use helper_core::release::{Release, Status};
use jiff::Timestamp as Moment;
use std::fmt::Write as _;
use std::path::Path;
use tough::schema::RoleType;

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
    let root = &repository.root().signed;
    for (name, role) in [("root", RoleType::Root), ("targets", RoleType::Targets), ("online", RoleType::Timestamp)] {
        let ids: Vec<_> = root.roles.get(&role).map(|keys| keys.keyids.iter().map(short).collect()).unwrap_or_default();
        let _ = writeln!(text, "{name} keys: {} of {} must sign: {}", threshold(root, role), ids.len(), ids.join(", "));
    }
    if let Some(waiting) = repository.staged() {
        let needed = threshold(root, RoleType::Targets);
        let by: Vec<_> = waiting.signers.iter().map(short).collect();
        let _ = writeln!(
            text,
            "a change waits: {} of {needed} signatures ({}); look at it with: helper-publish approve",
            by.len(),
            by.join(", ")
        );
        if let Err(refused) = repository.waiting(now) {
            let _ = writeln!(text, "  {refused}");
        }
    }
    if crate::root::exists(folder) {
        text.push_str("a change of keys waits for signatures; look at it with: helper-publish root sign\n");
    }
    Ok(text)
}

/// `quicksupport 15.70.4 for windows-any`.
pub fn title(release: &Release) -> String {
    let custom = &release.custom;
    format!("{} {} for {}-{}", custom.module, custom.version, system_name(custom.os), arch_name(custom.arch))
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
