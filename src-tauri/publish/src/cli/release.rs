//! Releases: adding, approving, and the publisher's word on them.

use super::args::{AddArgs, Approve, Change, RolloutArgs, Selected, Signing};
use super::{confirmed, fate, kit_follows, say, with_keys};
use helper_core::release::{Release, Status};
use helper_publish::add::{Add, UpdaterFiles, add};
use helper_publish::approve::Waiting;
use helper_publish::report::{percent, status_name, title};
use helper_publish::status::{self, Selection};
use helper_publish::{Outcome, Refused};
use jiff::{SignedDuration, Timestamp};
use std::io::Write;

/// With less left, the list of targets must be signed soon.
const SOON: SignedDuration = SignedDuration::from_hours(24 * 30);

pub(super) fn publish(args: AddArgs, now: Timestamp, out: &mut dyn Write) -> Result<(), Refused> {
    let signing = args.signing;
    let request = Add {
        file: args.file,
        module: args.module,
        system: args.system.into(),
        arch: args.arch.into(),
        version: args.version,
        rank: args.rank,
        entry: args.entry,
        kind: args.kind.map(Into::into),
        basis_points: args.rollout,
        channel: args.channel,
        groups: args.groups,
        min_helper: args.min_helper,
        older: args.older,
        vendor_url: args.vendor_url,
        connections: args.connections,
        publisher: Some(args.publisher),
        updater: args.signature.zip(args.updater_key).map(|(signature, key)| UpdaterFiles { signature, key }),
    };
    let done = with_keys(&signing, |folder, keys| add(folder, keys, &request, now))?;
    let release = &done.what;
    let text = format!(
        "{} {}, rank {}, to {} of the PCs\n  file    {}, {} bytes\n  starts  {}\n  tree    {}\n{}",
        if done.outcome == Outcome::Published { "published" } else { "signed" },
        title(release),
        release.custom.rank,
        percent(release.custom.rollout.basis_points),
        release.consistent_name(),
        release.length,
        release.custom.install.entry,
        release.custom.install.tree,
        fate(done.outcome, &signing.place.folder)
    );
    say(out, &text)
}

pub(super) fn approve(args: &Approve, now: Timestamp, out: &mut dyn Write) -> Result<(), Refused> {
    let folder = &args.signing.place.folder;
    let waiting = Waiting::open(folder, now)?;
    say(out, waiting.text())?;
    if args.show {
        return Ok(());
    }
    if !confirmed(args.yes, "Sign this?", out)? {
        return say(out, "not signed; it still waits. To drop it: helper-publish discard\n");
    }
    let outcome = with_keys(&args.signing, |_, keys| waiting.approve(keys, now))?;
    // The repository's lock goes with it: what comes next opens it anew.
    drop(waiting);
    let done = if outcome == Outcome::Published { "published" } else { "signed" };
    say(out, &format!("{done}\n{}", fate(outcome, folder)))
}

pub(super) fn word(change: &Change, word: Status, now: Timestamp, out: &mut dyn Write) -> Result<(), Refused> {
    let selection = selection(&change.selected);
    let done = with_keys(&change.signing, |folder, keys| status::set(folder, keys, &selection, word, now))?;
    let line = |release: &Release| {
        let before = status_name(release.custom.status);
        format!("{}: {before} -> {}\n", title(release), status_name(word))
    };
    say(out, &told(&done.what, line, done.outcome, change))
}

pub(super) fn roll_out(args: &RolloutArgs, now: Timestamp, out: &mut dyn Write) -> Result<(), Refused> {
    let selection = selection(&args.change.selected);
    let groups =
        if args.no_groups { Some(&[][..]) } else { Some(args.groups.as_slice()).filter(|all| !all.is_empty()) };
    let done = with_keys(&args.change.signing, |folder, keys| {
        status::roll_out(folder, keys, &selection, args.percent, groups, now)
    })?;
    let line = |release: &Release| {
        let before = release.custom.rollout.basis_points;
        let after = args.percent.unwrap_or(before);
        let note = if after < before { " (PCs that fall out go back to the version below)" } else { "" };
        let mut line = format!("{}: {} -> {}{note}\n", title(release), percent(before), percent(after));
        if let Some(groups) = groups {
            line.push_str(&format!(
                "  groups first: {}\n",
                if groups.is_empty() { "none".into() } else { groups.join(", ") }
            ));
        }
        line
    };
    say(out, &told(&done.what, line, done.outcome, &args.change))
}

pub(super) fn step_back(change: &Change, now: Timestamp, out: &mut dyn Write) -> Result<(), Refused> {
    let selection = selection(&change.selected);
    let done = with_keys(&change.signing, |folder, keys| status::step_back(folder, keys, &selection, now))?;
    let line = |release: &Release| format!("{} is the best choice for everybody again\n", title(release));
    say(out, &told(&done.what, line, done.outcome, change))
}

pub(super) fn renew(signing: &Signing, now: Timestamp, out: &mut dyn Write) -> Result<(), Refused> {
    let done = with_keys(signing, |folder, keys| status::renew(folder, keys, now))?;
    say(
        out,
        &format!("the list of targets is signed for another 180 days\n{}", fate(done.outcome, &signing.place.folder)),
    )
}

pub(super) fn refresh(signing: &Signing, now: Timestamp, out: &mut dyn Write) -> Result<(), Refused> {
    let done = with_keys(signing, |folder, keys| status::refresh(folder, keys, now))?;
    let mut text = format!("timestamp signed until {}\n", done.timestamp);
    if done.published {
        text.push_str("the change that enough people had signed is published\n");
    }
    // Also without a change: the kit may have been built since.
    text.push_str(&kit_follows(&signing.place.folder));
    let left = done.targets.duration_since(now);
    if left < SignedDuration::ZERO {
        text.push_str("WARNING: the list of targets has expired, helpers refuse it: run helper-publish renew now\n");
    } else if left < SOON {
        let days = left.as_hours() / 24;
        text.push_str(&format!("WARNING: the list of targets ends in {days} days: run helper-publish renew\n"));
    }
    say(out, &text)
}

fn told(releases: &[Release], line: impl Fn(&Release) -> String, outcome: Outcome, change: &Change) -> String {
    let mut text: String = releases.iter().map(line).collect();
    text.push_str(&fate(outcome, &change.signing.place.folder));
    text
}

fn selection(selected: &Selected) -> Selection {
    Selection {
        module: selected.module.clone(),
        system: selected.system.into(),
        arch: selected.arch.map(Into::into),
        version: selected.version.clone(),
    }
}
