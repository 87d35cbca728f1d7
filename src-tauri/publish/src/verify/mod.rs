//! Looks at mirrors from outside, as a client: would helpers accept them, do they agree, do the servers behave, and for how
//! long will that last.

mod http;
mod judge;
mod source;

pub use judge::{Finding, Level, Report, Versions};

use crate::Refused;
use helper_machine::mirror::Mirror;
use helper_machine::repository::{HttpMirror, MetadataFolder, Repository};
use helper_machine::transport::{block_on, client};
use jiff::Timestamp as Moment;
use judge::Fetched;
use source::{Folder, Source};
use std::fs;
use std::path::Path;
use tough::schema::{Root, Signed, Snapshot, Targets, Timestamp};

/// Checks every mirror, trusting this root only; one report a mirror, in order. `deep` reads every package as a whole
/// instead of its first and last piece.
///
/// # Errors
/// [`Refused::Input`] if the root is none, [`Refused::Io`]. What is wrong with a mirror stands in its report.
pub fn verify(mirrors: &[Mirror], root: &[u8], deep: bool, now: Moment) -> Result<Vec<Report>, Refused> {
    Repository::check_root(root)
        .map_err(|error| Refused::input(format!("the root is none that its own keys signed: {error}")))?;
    let http = client(&Default::default()).map_err(|error| Refused::input(format!("no HTTP client: {error}")))?;
    block_on(async {
        let mut fetched = Vec::new();
        for mirror in mirrors {
            fetched.push(check(mirror, root, &http, deep, now).await?);
        }
        Ok(judge::judge(fetched, now))
    })
    .map_err(|error| Refused::input(format!("no network: {error}")))?
}

/// Everything that can be found out about one mirror alone.
async fn check(
    mirror: &Mirror,
    root: &[u8],
    http: &reqwest::Client,
    deep: bool,
    now: Moment,
) -> Result<Fetched, Refused> {
    // Fresh for each: no mirror is refused for what another one had.
    let aside = tempfile::tempdir().map_err(Refused::at("write to", &std::env::temp_dir()))?;
    let repository = Repository::new(root, MetadataFolder::new(aside.path()));
    let (refreshed, source) = match mirror {
        Mirror::Http(address) => {
            let refreshed = repository.refresh(HttpMirror::new(http.clone(), address), now).await;
            (refreshed, Source::Http(http::Server::new(http.clone(), address)))
        }
        Mirror::Folder(folder) => {
            (repository.refresh(Folder::new(folder), now).await, Source::Folder(Folder::new(folder)))
        }
    };
    let mut fetched = Fetched::new(mirror.to_string());
    if let Source::Http(server) = &source {
        server.manners(&mut fetched.findings).await;
    }
    let releases = match refreshed {
        Ok(releases) => releases,
        Err(error) => {
            fetched.findings.push(Finding::refused(&error));
            return Ok(fetched);
        }
    };
    match accepted(aside.path(), root) {
        Some((versions, timestamp)) => {
            for version in 1..=versions.root {
                let name = format!("metadata/{version}.root.json");
                if !source.exists(&name).await {
                    fetched.findings.push(Finding::error(
                        "root-missing",
                        format!("{name} is missing; old roots stay for ever, copy it back from the repository"),
                    ));
                }
            }
            fetched.timestamp = timestamp;
            fetched.versions = Some(versions);
        }
        None => fetched.findings.push(Finding::error("unreadable", "what was accepted cannot be read again".into())),
    }
    for release in judge::offered(&releases) {
        if let Err(finding) = source.package(release, deep).await {
            fetched.findings.push(finding);
        }
        fetched.packages += 1;
    }
    Ok(fetched)
}

/// Versions and dates of what the client accepted and kept, and the timestamp's very bytes.
fn accepted(folder: &Path, root: &[u8]) -> Option<(Versions, Vec<u8>)> {
    let timestamp_bytes = fs::read(folder.join("timestamp.json")).ok()?;
    let timestamp: Signed<Timestamp> = serde_json::from_slice(&timestamp_bytes).ok()?;
    let snapshot: Signed<Snapshot> = serde_json::from_slice(&fs::read(folder.join("snapshot.json")).ok()?).ok()?;
    let targets: Signed<Targets> = serde_json::from_slice(&fs::read(folder.join("targets.json")).ok()?).ok()?;
    let mut root: Signed<Root> = serde_json::from_slice(root).ok()?;
    // The chain as the client walked it.
    while let Ok(bytes) = fs::read(folder.join(format!("root_history/{}.root.json", root.signed.version.get() + 1))) {
        root = serde_json::from_slice(&bytes).ok()?;
    }
    let versions = Versions {
        root: root.signed.version.get(),
        timestamp: timestamp.signed.version.get(),
        snapshot: snapshot.signed.version.get(),
        targets: targets.signed.version.get(),
        root_expires: root.signed.expires,
        timestamp_expires: timestamp.signed.expires,
        snapshot_expires: snapshot.signed.expires,
        targets_expires: targets.signed.expires,
    };
    Some((versions, timestamp_bytes))
}
