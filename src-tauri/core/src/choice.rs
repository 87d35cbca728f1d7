//! Which release is mine. Pure: the same catalog and the same PC always give the same answer, with its reason.

use crate::release::{Arch, Digest, Release, Status, System};
use sha2::{Digest as _, Sha256};

/// The name under which the helper's own releases stand in signed metadata.
pub const HELPER: &str = "helper";

/// What about this PC decides which release it gets.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Me {
    /// The module's id in signed metadata.
    pub module: String,
    /// This PC's system.
    pub system: System,
    /// This PC's processor.
    pub arch: Arch,
    /// The channel that it follows.
    pub channel: String,
    /// Groups that policy put it in.
    pub groups: Vec<String>,
    /// A random number made once on this PC; never sent anywhere.
    pub seed: [u8; 16],
    /// This helper's version, `(major, minor, patch)`.
    pub helper: (u64, u64, u64),
}

/// The answer of [`choose`], with its reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice<'a> {
    /// This one.
    Chosen(&'a Release),
    /// Nothing is published for this system and processor.
    NothingForThisPc,
    /// There is something for this system, but all of it is withdrawn, paused, not rolled out to this PC, or needs a newer
    /// helper.
    NothingAllowed,
}

/// Chooses among all releases: mine, active, rolled out to me, understood by this helper; the highest rank wins
/// (TRUST.md 2.6).
pub fn choose<'a>(releases: &'a [Release], me: &Me) -> Choice<'a> {
    let mine: Vec<&Release> = releases.iter().filter(|release| fits(release, me)).collect();
    if mine.is_empty() {
        return Choice::NothingForThisPc;
    }
    mine.into_iter()
        .filter(|release| release.custom.status == Status::Active && includes(release, me) && understood(release, me))
        .max_by(|a, b| a.custom.rank.cmp(&b.custom.rank).then_with(|| a.target.cmp(&b.target)))
        .map_or(Choice::NothingAllowed, Choice::Chosen)
}

/// The module that this PC should fetch for next time: what is chosen, if it is better than the `current` one. Who has a
/// release keeps it while it is paused, or rolled out to fewer; it leaves only for a higher rank, or when the release was
/// revoked or is not listed any more (TRUST.md 6.3, rows 58 and 59).
pub fn module_to_fetch<'a>(releases: &'a [Release], me: &Me, current: Option<Digest>) -> Option<&'a Release> {
    let Choice::Chosen(chosen) = choose(releases, me) else { return None };
    let same = |release: &&Release| Some(release.custom.install.tree) == current;
    if same(&chosen) {
        return None;
    }
    is_better(chosen, releases.iter().filter(same), me).unwrap_or(true).then_some(chosen)
}

/// The release of the helper itself that should replace the running one. `refused` are versions that failed on this PC.
/// The publisher's order counts, so a signed step back is one step like another; a version that no publisher lists (a trial
/// build, or one installed ahead of its publication) only gives way to a higher one.
pub fn helper_to_install<'a>(releases: &'a [Release], me: &Me, refused: &[String]) -> Option<&'a Release> {
    let me = Me { module: HELPER.to_owned(), ..me.clone() };
    let possible: Vec<Release> = releases
        .iter()
        .filter(|release| release.custom.updater.is_some() && !refused.contains(&release.custom.version))
        .cloned()
        .collect();
    let Choice::Chosen(chosen) = choose(&possible, &me) else { return None };
    let newest = version(&chosen.custom.version)?;
    if newest == me.helper {
        return None;
    }
    let same = |release: &&Release| version(&release.custom.version) == Some(me.helper);
    let better = is_better(chosen, releases.iter().filter(same), &me).unwrap_or(newest > me.helper);
    better.then(|| releases.iter().find(|release| release.target == chosen.target)).flatten()
}

/// Is `chosen` above all of `present` that fit this PC and are not revoked? `None` when none of `present` is listed for this PC.
fn is_better<'a>(chosen: &Release, present: impl Iterator<Item = &'a Release>, me: &Me) -> Option<bool> {
    let mut listed = false;
    let mut highest = None;
    for release in present.filter(|release| fits(release, me)) {
        listed = true;
        if release.custom.status != Status::Revoked {
            highest = highest.max(Some(release.custom.rank));
        }
    }
    listed.then(|| highest.is_none_or(|highest| chosen.custom.rank > highest))
}

/// Did the publisher withdraw what is placed under this tree digest?
pub fn is_revoked(releases: &[Release], tree: Digest) -> bool {
    let mut same = releases.iter().filter(|release| release.custom.install.tree == tree).peekable();
    same.peek().is_some() && same.all(|release| release.custom.status == Status::Revoked)
}

/// A PC's place in a roll-out, 0 to 9,999: the first four bytes (big-endian) of SHA-256 over seed and salt, modulo 10,000.
pub fn bucket(seed: &[u8; 16], salt: &str) -> u16 {
    let digest = Sha256::new().chain_update(seed).chain_update(salt.as_bytes()).finalize();
    let first = u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]);
    // The remainder is below 10,000 and always fits.
    u16::try_from(first % 10_000).unwrap_or(u16::MAX)
}

fn fits(release: &Release, me: &Me) -> bool {
    let custom = &release.custom;
    custom.module == me.module
        && custom.os == me.system
        && (custom.arch == me.arch || custom.arch == Arch::Any)
        && custom.channel == me.channel
}

fn includes(release: &Release, me: &Me) -> bool {
    release.custom.groups.iter().any(|group| me.groups.contains(group))
        || bucket(&me.seed, &release.custom.rollout.salt) < release.custom.rollout.basis_points
}

fn understood(release: &Release, me: &Me) -> bool {
    match release.custom.min_helper.as_deref() {
        None => true,
        // A requirement that cannot be read is one that cannot be met.
        Some(text) => version(text).is_some_and(|needed| needed <= me.helper),
    }
}

/// Reads `major.minor.patch`.
pub fn version(text: &str) -> Option<(u64, u64, u64)> {
    let mut parts = text.split('.').map(|part| part.parse::<u64>().ok());
    let version = (parts.next()??, parts.next()??, parts.next()??);
    parts.next().is_none().then_some(version)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::release::{Custom, Install, PackageKind, Pieces, Rollout};

    /// A release for tests: everything as usual but for the named parts.
    pub(crate) fn release(rank: u64, status: Status) -> Release {
        Release {
            target: format!("quicksupport/linux-x86_64/{rank}/m.tar.gz"),
            length: 10,
            sha256: Digest([rank as u8; 32]),
            custom: Custom {
                module: "quicksupport".into(),
                version: format!("15.{rank}"),
                os: System::Linux,
                arch: Arch::X86_64,
                channel: "stable".into(),
                status,
                rank,
                rollout: Rollout { basis_points: 10_000, salt: format!("qs-{rank}") },
                groups: vec![],
                pieces: Pieces { size: 1 << 20, sha256: vec![Digest([1; 32])] },
                install: Install {
                    kind: PackageKind::TarGz,
                    entry: "teamviewerqs/tv_bin/TeamViewer".into(),
                    tree: Digest([rank as u8; 32]),
                    max_unpacked: 1 << 30,
                    max_entries: 4000,
                },
                min_helper: None,
                vendor: None,
                connections: None,
                updater: None,
            },
        }
    }

    pub(crate) fn me() -> Me {
        Me {
            module: "quicksupport".into(),
            system: System::Linux,
            arch: Arch::X86_64,
            channel: "stable".into(),
            groups: vec![],
            seed: [7; 16],
            helper: (1, 0, 0),
        }
    }

    #[test]
    fn the_highest_rank_wins_even_when_its_version_is_lower() {
        let mut back = release(43, Status::Active);
        back.custom.version = "14.0".into();
        let all = [release(42, Status::Active), back.clone()];
        assert_eq!(choose(&all, &me()), Choice::Chosen(&back));
    }

    #[test]
    fn what_is_for_another_pc_is_as_good_as_nothing() {
        let mut other = release(1, Status::Active);
        other.custom.os = System::Windows;
        let mut arm = release(2, Status::Active);
        arm.custom.arch = Arch::Aarch64;
        let mut channel = release(3, Status::Active);
        channel.custom.channel = "pilot".into();
        assert_eq!(choose(&[other, arm, channel], &me()), Choice::NothingForThisPc);
        assert_eq!(choose(&[], &me()), Choice::NothingForThisPc);
    }

    #[test]
    fn revoked_paused_and_too_new_are_not_chosen() {
        let mut needs_newer = release(9, Status::Active);
        needs_newer.custom.min_helper = Some("1.0.1".into());
        let mut unreadable = release(8, Status::Active);
        unreadable.custom.min_helper = Some("soon".into());
        let all = [needs_newer, unreadable, release(7, Status::Paused), release(6, Status::Revoked)];
        assert_eq!(choose(&all, &me()), Choice::NothingAllowed);
    }

    #[test]
    fn a_group_is_in_before_the_roll_out_reaches_it() {
        let mut pilot = release(5, Status::Active);
        pilot.custom.rollout.basis_points = 0;
        pilot.custom.groups = vec!["pilot-it".into()];
        assert_eq!(choose(std::slice::from_ref(&pilot), &me()), Choice::NothingAllowed);
        let mut me = me();
        me.groups = vec!["pilot-it".into()];
        assert_eq!(choose(std::slice::from_ref(&pilot), &me), Choice::Chosen(&pilot));
    }

    #[test]
    fn a_bucket_never_moves_between_builds() {
        // printf '\x07...(16 times)qs-15.70.4' | sha256sum: the first eight digits modulo 10,000.
        assert_eq!(bucket(&[7; 16], "qs-15.70.4"), 5427);
        let inside = (0..=255u8).filter(|n| bucket(&[*n; 16], "s") < 5_000).count();
        assert!((96..=160).contains(&inside), "half of 256 PCs give or take, got {inside}");
    }

    #[test]
    fn a_module_is_left_for_a_better_one_only() {
        let tree = |rank: u8| Some(Digest([rank; 32]));
        let rank = |found: Option<&Release>| found.map(|release| release.custom.rank);
        let both = [release(1, Status::Active), release(2, Status::Active)];
        assert_eq!(rank(module_to_fetch(&both, &me(), None)), Some(2), "nothing is there yet");
        assert_eq!(rank(module_to_fetch(&both, &me(), tree(1))), Some(2));
        assert_eq!(rank(module_to_fetch(&both, &me(), tree(2))), None);
        assert_eq!(rank(module_to_fetch(&both, &me(), tree(9))), Some(2), "not listed any more");
        let paused = [release(1, Status::Active), release(2, Status::Paused)];
        assert_eq!(rank(module_to_fetch(&paused, &me(), tree(1))), None);
        assert_eq!(rank(module_to_fetch(&paused, &me(), tree(2))), None, "who has it keeps it");
        let revoked = [release(1, Status::Active), release(2, Status::Revoked)];
        assert_eq!(rank(module_to_fetch(&revoked, &me(), tree(2))), Some(1));
        let mut fewer = both.clone();
        fewer[1].custom.rollout.basis_points = 0;
        assert_eq!(rank(module_to_fetch(&fewer, &me(), tree(2))), None, "fewer PCs get it, who has it keeps it");
        // A step back: the older release is given the highest rank.
        let mut back = both.clone();
        back[0].custom.rank = 3;
        assert_eq!(rank(module_to_fetch(&back, &me(), tree(2))), Some(3));
        assert_eq!(module_to_fetch(&[release(1, Status::Revoked)], &me(), tree(1)), None, "there is nothing better");
    }

    fn helper_release(version: &str, rank: u64, status: Status) -> Release {
        let mut one = release(rank, status);
        one.custom.module = HELPER.into();
        one.custom.version = version.into();
        one.custom.updater = Some("signature".into());
        one.target = format!("helper/{version}");
        one
    }

    #[test]
    fn the_helper_follows_the_publishers_order_and_nothing_else() {
        let me = me();
        let to = |all: &[Release], refused: &[&str]| {
            let refused: Vec<String> = refused.iter().map(|text| (*text).to_owned()).collect();
            helper_to_install(all, &me, &refused).map(|release| release.custom.version.clone())
        };
        let one = |version, rank| helper_release(version, rank, Status::Active);
        assert_eq!(to(&[one("1.1.0", 2), one("1.0.0", 1)], &[]).as_deref(), Some("1.1.0"));
        assert_eq!(to(&[one("1.1.0", 2), one("1.0.0", 1)], &["1.1.0"]), None, "it failed here");
        assert_eq!(to(&[one("1.0.0", 1)], &[]), None);
        assert_eq!(to(&[one("0.9.0", 2), one("1.0.0", 1)], &[]).as_deref(), Some("0.9.0"), "a signed step back");
        assert_eq!(to(&[one("0.9.0", 2)], &[]), None, "an unlisted helper is not taken back");
        assert_eq!(to(&[one("1.2.0", 2)], &[]).as_deref(), Some("1.2.0"));
        let revoked = [helper_release("1.0.0", 5, Status::Revoked), one("0.9.0", 1)];
        assert_eq!(to(&revoked, &[]).as_deref(), Some("0.9.0"));
        let paused = [helper_release("1.1.0", 5, Status::Paused), one("1.0.0", 1)];
        assert_eq!(to(&paused, &[]), None);
        let mut unsigned = one("1.1.0", 2);
        unsigned.custom.updater = None;
        assert_eq!(to(&[unsigned], &[]), None, "the second lock is missing");
        assert_eq!(to(&[one("soon", 2)], &[]), None);
        assert_eq!(to(&[release(7, Status::Active)], &[]), None, "a module is no helper");
    }

    proptest::proptest! {
        #[test]
        fn raising_a_roll_out_only_adds(seed: [u8; 16], low in 0u16..=10_000, high in 0u16..=10_000) {
            let (low, high) = (low.min(high), low.max(high));
            let at = |points: u16| {
                let mut one = release(1, Status::Active);
                one.custom.rollout.basis_points = points;
                let mut who = me();
                who.seed = seed;
                matches!(choose(&[one], &who), Choice::Chosen(_))
            };
            proptest::prop_assert!(!at(low) || at(high));
            proptest::prop_assert!(at(10_000));
            proptest::prop_assert!(!at(0));
        }
    }
}
