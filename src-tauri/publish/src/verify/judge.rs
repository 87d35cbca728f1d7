//! What was found, and how bad it is. No network here.

use helper_core::input::Failure;
use helper_core::release::{Release, Status};
use helper_machine::repository::RefreshError;
use jiff::{SignedDuration, Timestamp as Moment};
use serde::Serialize;

/// Less than this left on the timestamp: the daily job does not run. It is signed for 7 days.
const TIMESTAMP_LEFT: SignedDuration = SignedDuration::from_hours(48);
/// Less than this left on the list of targets: people must sign soon.
const TARGETS_LEFT: SignedDuration = SignedDuration::from_hours(24 * 30);
/// Less than this left on the root: a ceremony needs preparation.
const ROOT_LEFT: SignedDuration = SignedDuration::from_hours(24 * 60);

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Helpers fail, or soon will.
    Error,
    /// Somebody should do something in the next weeks.
    Warning,
}

/// One thing that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub level: Level,
    /// A stable word for programs.
    pub code: &'static str,
    /// A sentence with what to do.
    pub text: String,
}

impl Finding {
    pub(super) fn error(code: &'static str, text: String) -> Self {
        Self { level: Level::Error, code, text }
    }

    pub(super) fn warning(code: &'static str, text: String) -> Self {
        Self { level: Level::Warning, code, text }
    }

    /// A mirror that the client did not accept.
    pub(super) fn refused(error: &RefreshError) -> Self {
        let (code, what) = match error.failure {
            Failure::Expired | Failure::WrongClock => {
                ("expired", "it has expired; run helper-publish refresh (or renew) and copy the mirror again")
            }
            Failure::Untrusted => {
                ("untrusted", "its signatures do not hold; copy the mirror again, timestamp.json last")
            }
            Failure::NotFound => ("incomplete", "a file is missing; copy the mirror again, timestamp.json last"),
            Failure::Blocked => (
                "forbidden",
                "it answers 403 for a file that is not there; it must answer 404 (see the publisher's guide)",
            ),
            Failure::SignInPage => {
                ("web-page", "it answers with a web page where there is no file; it must answer 404")
            }
            Failure::TlsRefused => ("tls", "its certificate is not accepted"),
            Failure::Offline | Failure::Unreachable => ("unreachable", "it cannot be reached"),
            _ => ("fault", "it does not answer as a mirror should"),
        };
        Self::error(code, format!("helpers refuse it: {what} ({error})"))
    }
}

/// Versions and dates of a mirror's signed metadata.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Versions {
    /// Of the newest root.
    pub root: u64,
    /// Of the timestamp.
    pub timestamp: u64,
    /// Of the snapshot.
    pub snapshot: u64,
    /// Of the list of targets.
    pub targets: u64,
    /// Until when the root is good.
    pub root_expires: Moment,
    /// Until when the timestamp is good.
    pub timestamp_expires: Moment,
    /// Until when the snapshot is good.
    pub snapshot_expires: Moment,
    /// Until when the list of targets is good.
    pub targets_expires: Moment,
}

/// One mirror's report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Its address or folder.
    pub mirror: String,
    /// Is there no error?
    pub good: bool,
    /// What it offers; absent if helpers refuse it.
    pub versions: Option<Versions>,
    /// How many packages were looked at.
    pub packages: usize,
    /// All that is not as it should be.
    pub findings: Vec<Finding>,
}

/// What was fetched from one mirror.
#[derive(Clone, Debug)]
pub(super) struct Fetched {
    pub(super) mirror: String,
    pub(super) versions: Option<Versions>,
    pub(super) timestamp: Vec<u8>,
    pub(super) packages: usize,
    pub(super) findings: Vec<Finding>,
}

impl Fetched {
    pub(super) fn new(mirror: String) -> Self {
        Self { mirror, versions: None, timestamp: Vec::new(), packages: 0, findings: Vec::new() }
    }
}

/// Packages that a helper may be told to fetch.
pub(super) fn offered(releases: &[Release]) -> impl Iterator<Item = &Release> {
    releases.iter().filter(|release| release.custom.status == Status::Active)
}

/// Adds what only a comparison and the clock can tell.
pub(super) fn judge(fetched: Vec<Fetched>, now: Moment) -> Vec<Report> {
    let newest = fetched.iter().filter_map(|one| one.versions.as_ref().map(|versions| versions.timestamp)).max();
    let reference = fetched
        .iter()
        .find(|one| one.versions.as_ref().map(|versions| versions.timestamp) == newest)
        .map(|one| (one.mirror.clone(), one.timestamp.clone()));
    fetched
        .into_iter()
        .map(|mut one| {
            if let Some(versions) = &one.versions {
                if let (Some(newest), Some((first, bytes))) = (newest, &reference) {
                    if versions.timestamp < newest {
                        let text = format!(
                            "it is behind: its timestamp has version {}, that of {first} {newest}; copy the mirror again",
                            versions.timestamp
                        );
                        one.findings.push(Finding::error("behind", text));
                    } else if one.timestamp != *bytes {
                        let text = format!("it differs from {first} though the version is the same");
                        one.findings.push(Finding::error("differs", text));
                    }
                }
                one.findings.extend(left(versions, now));
            }
            let good = one.findings.iter().all(|finding| finding.level != Level::Error);
            Report {
                mirror: one.mirror,
                good,
                versions: one.versions,
                packages: one.packages,
                findings: one.findings,
            }
        })
        .collect()
}

fn left(versions: &Versions, now: Moment) -> Vec<Finding> {
    let mut findings = Vec::new();
    let left = |expires: Moment| expires.duration_since(now);
    let hours = |expires: Moment| left(expires).as_hours();
    if left(versions.timestamp_expires) < TIMESTAMP_LEFT {
        findings.push(Finding::error(
            "timestamp-ends",
            format!(
                "its timestamp ends in {} hours: the daily helper-publish refresh does not run, or its result is not copied",
                hours(versions.timestamp_expires)
            ),
        ));
    }
    if left(versions.targets_expires) < TARGETS_LEFT {
        findings.push(Finding::warning(
            "targets-end",
            format!(
                "its list of targets ends in {} days: helper-publish renew, then approve",
                hours(versions.targets_expires) / 24
            ),
        ));
    }
    if left(versions.root_expires) < ROOT_LEFT {
        findings.push(Finding::warning(
            "root-ends",
            format!(
                "its root ends in {} days: helper-publish root renew, with the keys from the safe",
                hours(versions.root_expires) / 24
            ),
        ));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fetched(mirror: &str, timestamp: u64, bytes: &[u8], hours: [i64; 3]) -> Fetched {
        let at = |hours: i64| Moment::UNIX_EPOCH + SignedDuration::from_hours(hours);
        let [root, targets, stamp] = hours;
        Fetched {
            versions: Some(Versions {
                root: 1,
                timestamp,
                snapshot: 1,
                targets: 1,
                root_expires: at(root),
                timestamp_expires: at(stamp),
                snapshot_expires: at(stamp),
                targets_expires: at(targets),
            }),
            timestamp: bytes.to_vec(),
            ..Fetched::new(mirror.into())
        }
    }

    #[test]
    fn mirrors_are_compared_and_dates_are_watched() {
        let fine = [24 * 60, 24 * 30, 48];
        let codes = |reports: &[Report]| -> Vec<Vec<&'static str>> {
            reports.iter().map(|report| report.findings.iter().map(|finding| finding.code).collect()).collect()
        };
        let all = vec![
            fetched("a", 7, b"x", fine),
            fetched("b", 6, b"w", fine),
            fetched("c", 7, b"y", fine),
            fetched("d", 7, b"x", fine),
            Fetched::new("e".into()),
        ];
        let reports = judge(all, Moment::UNIX_EPOCH);
        assert_eq!(codes(&reports), [vec![], vec!["behind"], vec!["differs"], vec![], vec![]]);
        assert_eq!(reports.iter().map(|report| report.good).collect::<Vec<_>>(), [true, false, false, true, true]);
        for (hours, code, good) in [
            ([24 * 60, 24 * 30, 47], "timestamp-ends", false),
            ([24 * 60, 24 * 30 - 1, 48], "targets-end", true),
            ([24 * 60 - 1, 24 * 30, 48], "root-ends", true),
        ] {
            let reports = judge(vec![fetched("a", 1, b"x", hours)], Moment::UNIX_EPOCH);
            assert_eq!((codes(&reports), reports[0].good), (vec![vec![code]], good));
        }
    }
}
