//! What a change means, in lines for the person who is asked to sign it.

use crate::Refused;
use crate::report::{percent, status_name, title};
use crate::repository::{as_target, releases};
use helper_core::release::{Arch, Release, Status, System};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use tough::schema::Targets;

/// Describes the way from one list of targets to another: what is added, changed, removed, and who gets what afterwards.
///
/// # Errors
/// [`Refused::Input`] if the change has more in it than is understood: nobody should sign what cannot be shown.
pub fn describe(before: &Targets, after: &Targets) -> Result<String, Refused> {
    let (old, new) = (releases(before)?, releases(after)?);
    check_all_is_shown(before, after, &new)?;
    let mut text = String::new();
    let mut places = BTreeSet::new();
    let mut place = |release: &Release| {
        places.insert((release.custom.module.clone(), release.custom.os, release.custom.channel.clone()));
    };
    for release in &new {
        match old.iter().find(|other| other.target == release.target) {
            Some(other) if other == release => continue,
            Some(other) => changed(&mut text, other, release),
            None => added(&mut text, release),
        }
        place(release);
    }
    for release in &old {
        if !new.iter().any(|other| other.target == release.target) {
            let _ = writeln!(text, "- removed   {}", title(release));
            place(release);
        }
    }
    if text.is_empty() {
        text.push_str("  nothing is changed but the date until which the list is good\n");
    }
    for (module, system, channel) in places {
        let mine = |release: &&Release| {
            let custom = &release.custom;
            custom.module == module && custom.os == system && custom.channel == channel
        };
        afterwards(&mut text, &new.iter().filter(mine).collect::<Vec<_>>(), system);
    }
    Ok(text)
}

/// Beside releases only version and expiry may differ, and of a release only what this program knows.
fn check_all_is_shown(before: &Targets, after: &Targets, releases: &[Release]) -> Result<(), Refused> {
    let strange = |what: &str| {
        Refused::input(format!(
            "the change has something in it that this version cannot show ({what}); do not sign it. Update helper-publish, or \
             drop it with: helper-publish discard"
        ))
    };
    let mut rest = before.clone();
    (rest.version, rest.expires, rest.targets) = (after.version, after.expires, after.targets.clone());
    if rest != *after {
        return Err(strange("beside the releases"));
    }
    for (name, target) in &after.targets {
        if before.targets.get(name) == Some(target) {
            continue;
        }
        let known = releases.iter().find(|release| release.target == name.raw()).map(as_target).transpose()?;
        if known.as_ref() != Some(target) {
            return Err(strange(name.raw()));
        }
    }
    Ok(())
}

fn added(text: &mut String, release: &Release) {
    let custom = &release.custom;
    let _ = writeln!(text, "+ new       {}", title(release));
    let _ = writeln!(text, "            {}, rank {}, {}", status_name(custom.status), custom.rank, reach(release));
    let _ = writeln!(text, "            file   {}, {} bytes", release.target, release.length);
    let _ = writeln!(text, "            sha256 {}", release.sha256);
    let _ = writeln!(text, "            starts {}, tree {}", custom.install.entry, custom.install.tree);
    for (name, value) in [
        ("needs helper", &custom.min_helper),
        ("vendor's link", &custom.vendor.as_ref().map(|vendor| vendor.url.clone())),
        ("connections", &custom.connections.map(|count| count.to_string())),
        ("updater's signature", &custom.updater.as_ref().map(|_| "checked".to_owned())),
    ] {
        if let Some(value) = value {
            let _ = writeln!(text, "            {name}: {value}");
        }
    }
}

fn changed(text: &mut String, before: &Release, after: &Release) {
    let (old, new) = (&before.custom, &after.custom);
    let word = if old.status != Status::Revoked && new.status == Status::Revoked { "! revoked " } else { "~ changed " };
    let _ = writeln!(text, "{word}  {}", title(after));
    let mut line = |name: &str, old: String, new: String| {
        if old != new {
            let _ = writeln!(text, "            {name}: {old} -> {new}");
        }
    };
    line("status", status_name(old.status).into(), status_name(new.status).into());
    line("roll-out", percent(old.rollout.basis_points), percent(new.rollout.basis_points));
    line("groups", groups(before), groups(after));
    line("rank", old.rank.to_string(), new.rank.to_string());
    line("sha256", before.sha256.to_string(), after.sha256.to_string());
    line("bytes", before.length.to_string(), after.length.to_string());
    // Nothing may change unseen: whatever else differs is shown as it is written.
    let plain = |release: &Release| {
        let mut value = serde_json::to_value(&release.custom).unwrap_or_default();
        if let Some(fields) = value.as_object_mut() {
            for shown in ["status", "groups", "rank"] {
                fields.remove(shown);
            }
            if let Some(rollout) = fields.get_mut("rollout").and_then(|rollout| rollout.as_object_mut()) {
                rollout.remove("basis_points");
            }
        }
        value
    };
    let (old, new) = (plain(before), plain(after));
    for (key, value) in new.as_object().into_iter().flatten() {
        let was = old.get(key).map_or("nothing".into(), ToString::to_string);
        line(key, was, value.to_string());
    }
    for (key, value) in old.as_object().into_iter().flatten() {
        if new.get(key).is_none() {
            line(key, value.to_string(), "nothing".into());
        }
    }
}

fn groups(release: &Release) -> String {
    if release.custom.groups.is_empty() { "none".into() } else { release.custom.groups.join(", ") }
}

fn reach(release: &Release) -> String {
    let groups = &release.custom.groups;
    let first = if groups.is_empty() { String::new() } else { format!("group {} and ", groups.join(", ")) };
    format!("to {first}{} of the PCs", percent(release.custom.rollout.basis_points))
}

/// Who gets which version, as the clients choose: the highest rank first, each from those whom it has not reached.
fn afterwards(text: &mut String, releases: &[&Release], system: System) {
    let known: &[Arch] = match system {
        System::Windows | System::Macos | System::Linux => &[Arch::X86_64, Arch::Aarch64],
    };
    let mut said = Vec::new();
    for arch in known {
        let mine: Vec<&Release> = releases
            .iter()
            .copied()
            .filter(|release| release.custom.arch == *arch || release.custom.arch == Arch::Any)
            .collect();
        let Some(first) = mine.first() else { continue };
        let mut who = String::new();
        let mut all = false;
        for release in mine.iter().filter(|release| release.custom.status == Status::Active) {
            let points = release.custom.rollout.basis_points;
            if all || points == 0 && release.custom.groups.is_empty() {
                continue;
            }
            let rest = if who.is_empty() { "" } else { "; of the others " };
            let _ = write!(who, "{rest}{} {}", reach(release).trim_start_matches("to "), release.custom.version);
            all = points == 10_000;
        }
        if who.is_empty() {
            who.push_str("nobody gets anything; who has a version that is not revoked keeps it");
        } else if !all {
            who.push_str("; the rest keep what they have");
        }
        let custom = &first.custom;
        let line = (format!("{} on {}", custom.module, crate::add::system_name(system)), custom.channel.clone(), who);
        said.push((*arch, line));
    }
    let same = said.len() == 2 && said[0].1 == said[1].1;
    for (arch, (what, channel, who)) in said.iter().take(if same { 1 } else { 2 }) {
        let arch = if same { String::new() } else { format!("-{}", crate::add::arch_name(*arch)) };
        let _ = writeln!(text, "= afterwards {what}{arch}, channel {channel}: {who}");
    }
}
