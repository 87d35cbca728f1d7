//! A root and its changes in lines for people.

use super::change::KeyRole;
use crate::keys::{KeyId, short};
use crate::repository::sign::{signers, threshold};
use std::fmt::Write as _;
use tough::schema::{RoleType, Root, Signed};

const ROLES: [KeyRole; 3] = [KeyRole::Root, KeyRole::Targets, KeyRole::Online];

fn keys(root: &Root, role: KeyRole) -> Vec<KeyId> {
    role.roles().first().and_then(|role| root.roles.get(role)).map(|keys| keys.keyids.clone()).unwrap_or_default()
}

fn needed(root: &Root, role: KeyRole) -> usize {
    role.roles().first().map_or(0, |role| threshold(root, *role))
}

fn names(ids: &[KeyId]) -> String {
    ids.iter().map(short).collect::<Vec<_>>().join(", ")
}

/// Who may sign what.
pub(super) fn rules(root: &Root) -> String {
    let mut text = format!("root version {}, good until {}\n", root.version, root.expires);
    for role in ROLES {
        let ids = keys(root, role);
        let _ =
            writeln!(text, "{}: {} of {} keys must sign: {}", role.name(), needed(root, role), ids.len(), names(&ids));
    }
    text
}

/// What becomes different, and who has signed it.
pub(super) fn change(old: &Root, new: &Signed<Root>) -> String {
    let next = &new.signed;
    let mut text = format!("root, version {} -> {}\n", old.version, next.version);
    let mut same = true;
    for role in ROLES {
        let (before, after) = (keys(old, role), keys(next, role));
        for id in before.iter().filter(|id| !after.contains(id)) {
            let _ = writeln!(text, "! removed   {} key {}: nothing it signs counts any more", role.name(), short(id));
            same = false;
        }
        for id in after.iter().filter(|id| !before.contains(id)) {
            let _ = writeln!(text, "+ new       {} key {}", role.name(), short(id));
            same = false;
        }
        let (was, is) = (needed(old, role), needed(next, role));
        if was != is || before.len() != after.len() {
            let _ = writeln!(
                text,
                "~ changed   {}: {was} of {} keys must sign -> {is} of {}",
                role.name(),
                before.len(),
                after.len()
            );
            same = false;
        }
    }
    if same {
        text.push_str("  the same keys, for a longer time\n");
    }
    let _ = writeln!(text, "  good until {} -> {}", old.expires, next.expires);
    let by = signers(old, new);
    let _ = writeln!(
        text,
        "  {} of {} signatures by the keys in force{}",
        by.len(),
        threshold(old, RoleType::Root),
        if by.is_empty() { String::new() } else { format!(": {}", names(&by)) }
    );
    text
}
