//! From a release to a placed module, or to a helper that is ready to be installed.

use super::Known;
use crate::mailbox::Mailbox;
use helper_core::effect::Why;
use helper_core::input::{Failure, Input, PlacedId, Progress, Stage, Ticket};
use helper_core::release::Release;
use helper_machine::fetch::{self, Cancelled, Pace};
use helper_machine::mirror::mirrors_of;
use helper_machine::package::{Class, Fetched, PackageError};
use helper_machine::{clock, transport};
use std::path::{Path, PathBuf};
use tokio::sync::watch;

/// What the others may still wish of a package that is being fetched.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) cancelled: Cancelled,
    /// Somebody waits for it now.
    pub(super) hurried: watch::Receiver<bool>,
}

/// Fetches, verifies, unpacks and places a module.
pub(super) fn prepare(
    known: &Known,
    ticket: Ticket,
    release: &Release,
    why: Why,
    wanted: Wanted,
    tell: &Mailbox,
) -> Result<PlacedId, Failure> {
    if why == Why::Repair
        && let Err(error) = known.store.note_repair(clock::wall().as_second())
    {
        tracing::warn!(%error, "the repair cannot be counted");
    }
    // The publisher's word led back to a version that is still here: nothing has to be fetched.
    if matches!(why, Why::Ahead | Why::Revoked | Why::Missing)
        && let Some(id) = known.store.recall(release)
    {
        return Ok(id);
    }
    let pace = match why {
        Why::Ahead => Pace::background(known.background_rate),
        Why::Missing | Why::Repair | Why::Revoked | Why::Fresh => Pace::click(),
    };
    let fetched = fetch(known, ticket, release, &known.store.incoming(), &pace, wanted, tell)?;
    let path: PathBuf = fetched.path().to_owned();
    fetched.verify(release).and_then(|verified| known.store.place(verified)).map_err(|error| {
        tracing::warn!(%error, "the package cannot be placed");
        let failure = failure_of(&error, release);
        if failure == Failure::Untrusted {
            // Its pieces were right and the whole is not: nothing of it is worth resuming.
            let _ = std::fs::remove_file(&path);
        }
        failure
    })
}

/// Fetches a version of the helper and keeps it ready.
pub(super) fn prepare_helper(
    known: &Known,
    ticket: Ticket,
    release: &Release,
    wanted: Wanted,
    tell: &Mailbox,
) -> Result<(), Failure> {
    let incoming = known.renewal.incoming()?;
    if known.renewal.recall(release) {
        return Ok(());
    }
    let pace = Pace::background(known.background_rate);
    let fetched = fetch(known, ticket, release, &incoming, &pace, wanted, tell)?;
    known.renewal.keep(fetched, release)
}

fn fetch(
    known: &Known,
    ticket: Ticket,
    release: &Release,
    folder: &Path,
    pace: &Pace,
    wanted: Wanted,
    tell: &Mailbox,
) -> Result<Fetched, Failure> {
    let Wanted { cancelled, mut hurried } = wanted;
    let policy = known.policy();
    let client = transport::client(&policy.proxy.value).map_err(|error| error.failure)?;
    let mirrors = mirrors_of(policy.mirrors.value.iter().map(String::as_str));
    let work = async {
        let progress = || {
            |bytes: fetch::Bytes| {
                let fetch::Bytes { done, total, rate } = bytes;
                tell.tell(Input::PackageProgress(ticket, Progress { stage: Stage::Fetching, done, total, rate }));
            }
        };
        let (mut slowly, mut quickly) = (progress(), progress());
        if pace.cap.is_some() {
            let quiet = fetch::fetch(&client, &mirrors, release, folder, pace, cancelled.clone(), &mut slowly);
            tokio::select! {
                done = quiet => return done,
                // The pieces that are here stay; the rest comes as fast as the line allows.
                Ok(_) = hurried.wait_for(|hurried| *hurried) => {}
            }
        }
        fetch::fetch(&client, &mirrors, release, folder, &Pace::click(), cancelled, &mut quickly).await
    };
    let fetched = transport::block_on(work).map_err(|error| error.failure)?.map_err(|error| {
        tracing::warn!(%error, failure = ?error.failure, "the package cannot be fetched");
        error.failure
    })?;
    let length = release.length;
    tell.tell(Input::PackageProgress(
        ticket,
        Progress { stage: Stage::Checking, done: length, total: length, rate: 0 },
    ));
    Ok(fetched)
}

fn failure_of(error: &PackageError, release: &Release) -> Failure {
    match error.class() {
        Class::Damaged | Class::Forbidden | Class::TooLarge => Failure::Untrusted,
        Class::DiskFull => Failure::DiskFull(release.length * 3),
        Class::Io => Failure::NotWritable,
    }
}
