//! Two people publish: what one signs is not visible before another has looked at it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use common::{World, snapshot};
use helper_core::choice::{Choice, Me, choose};
use helper_core::release::{Arch, Status, System};
use helper_publish::add::add;
use helper_publish::approve::{Waiting, discard};
use helper_publish::init::Quorum;
use helper_publish::report::report;
use helper_publish::repository::Repository;
use helper_publish::status::{Selection, refresh, renew, roll_out, set, step_back};
use helper_publish::{Outcome, Refused};
use jiff::SignedDuration;
use std::fs;
use std::path::PathBuf;

/// Three holders, of whom two must sign; the host has the online key.
struct Team {
    world: World,
    kim: PathBuf,
    lee: PathBuf,
}

impl Team {
    fn new() -> Self {
        let world = World::with(Quorum { keys: 3, threshold: 2 });
        let kim = world.holder("kim", &["targets-1.pem", "online.pem"]);
        let lee = world.holder("lee", &["targets-2.pem", "online.pem"]);
        Self { world, kim, lee }
    }

    fn versions(&self) -> Vec<String> {
        let releases = Repository::open(&self.world.repo()).unwrap().releases().unwrap();
        releases.into_iter().map(|release| release.custom.version).collect()
    }

    /// The version that a PC with this seed gets.
    fn choice(&self, seed: u8, groups: &[&str]) -> Option<String> {
        let me = Me {
            module: "quicksupport".into(),
            system: System::Linux,
            arch: Arch::X86_64,
            channel: "stable".into(),
            groups: groups.iter().map(|group| (*group).to_owned()).collect(),
            seed: [seed; 16],
            helper: (1, 0, 0),
        };
        match choose(&Repository::open(&self.world.repo()).unwrap().releases().unwrap(), &me) {
            Choice::Chosen(release) => Some(release.custom.version.clone()),
            Choice::NothingForThisPc | Choice::NothingAllowed => None,
        }
    }

    fn approve(&self, keys: &PathBuf) -> Result<Outcome, Refused> {
        Waiting::open(&self.world.repo(), self.world.now)?.approve(keys, self.world.now)
    }

    fn both<T: std::fmt::Debug>(&self, done: Result<helper_publish::Done<T>, Refused>) {
        assert_eq!(done.unwrap().outcome, Outcome::Staged { signed: 1, needed: 2 });
        assert_eq!(self.approve(&self.lee).unwrap(), Outcome::Published);
    }
}

fn select(version: &str) -> Selection {
    Selection { module: "quicksupport".into(), system: System::Linux, arch: None, version: version.into() }
}

#[test]
fn a_release_is_two_commands_by_two_people() {
    let team = Team::new();
    let world = &team.world;
    let before = snapshot(&world.mirror());
    let done = add(&world.repo(), &team.kim, &world.linux("1"), world.now).unwrap();
    assert_eq!(done.outcome, Outcome::Staged { signed: 1, needed: 2 });
    assert!(snapshot(&world.mirror()) == before, "nothing is visible yet");
    assert!(report(&world.repo(), world.now).unwrap().contains("a change waits: 1 of 2 signatures"));

    // The same person again is no second person; nor is somebody without a right to sign.
    let waiting = snapshot(&world.repo());
    assert!(team.approve(&team.kim).unwrap_err().to_string().contains("signed this change already"));
    let stranger = World::with(Quorum { keys: 3, threshold: 2 });
    assert!(matches!(team.approve(&stranger.keys()), Err(Refused::Keys(_))));
    let roots = world.holder("roots", &["root-1.pem", "root-2.pem", "online.pem"]);
    assert!(matches!(team.approve(&roots), Err(Refused::Keys(_))));
    assert!(snapshot(&world.repo()) == waiting);

    assert_eq!(team.approve(&team.lee).unwrap(), Outcome::Published);
    assert_eq!(team.versions(), ["1"]);
    assert!(world.mirror().join("targets").join(done.what.consistent_name()).exists());
    assert!(!world.repo().join("staged").exists());
    assert!(team.approve(&team.lee).unwrap_err().to_string().contains("no change waits"));
}

#[test]
fn the_second_person_sees_what_it_means() {
    let team = Team::new();
    let world = &team.world;
    add(&world.repo(), &world.keys(), &world.linux("1"), world.now).unwrap();
    let mut request = world.linux("2");
    request.basis_points = 500;
    request.groups = vec!["pilot-it".into()];
    request.vendor_url = Some("https://get.example/qs".into());
    let added = add(&world.repo(), &team.kim, &request, world.now).unwrap().what;
    set(&world.repo(), &team.kim, &select("1"), Status::Paused, world.now).unwrap();
    let text = Waiting::open(&world.repo(), world.now).unwrap().text().to_owned();
    for words in [
        "version 2 -> 3; 1 of 2 signatures, by key ",
        "+ new       quicksupport 2 for linux-x86_64",
        "active, rank 2, to group pilot-it and 5 % of the PCs",
        &added.sha256.to_string(),
        &format!("{} bytes", added.length),
        "starts teamviewerqs/teamviewer, tree ",
        "vendor's link: https://get.example/qs",
        "~ changed   quicksupport 1 for linux-x86_64",
        "status: active -> paused",
        "= afterwards quicksupport on linux-x86_64, channel stable: group pilot-it and 5 % of the PCs 2; the rest keep what \
         they have",
    ] {
        assert!(text.contains(words), "{words}\nin\n{text}");
    }
    team.approve(&team.lee).unwrap();
    set(&world.repo(), &team.kim, &select("2"), Status::Revoked, world.now).unwrap();
    let text = Waiting::open(&world.repo(), world.now).unwrap().text().to_owned();
    assert!(text.contains("! revoked   quicksupport 2") && text.contains("nobody gets anything"), "{text}");
    discard(&world.repo()).unwrap();
    assert_eq!(renew(&world.repo(), &team.kim, world.now).unwrap().outcome, Outcome::Staged { signed: 1, needed: 2 });
    let text = Waiting::open(&world.repo(), world.now).unwrap().text().to_owned();
    assert!(text.contains("nothing is changed but the date"), "{text}");
}

#[test]
fn nobody_signs_unseen_what_somebody_else_put_there() {
    let team = Team::new();
    let world = &team.world;
    // Several systems' packages are one change of one person.
    add(&world.repo(), &team.kim, &world.linux("1"), world.now).unwrap();
    add(&world.repo(), &team.kim, &world.linux("2"), world.now).unwrap();
    let before = snapshot(&world.repo());
    let error = add(&world.repo(), &team.lee, &world.linux("3"), world.now).unwrap_err().to_string();
    assert!(error.contains("made by somebody else") && error.contains("approve"), "{error}");
    assert!(snapshot(&world.repo()) == before);
    assert_eq!(team.approve(&team.lee).unwrap(), Outcome::Published);
    assert_eq!(team.versions(), ["2", "1"]);
    // A version that only waits counts: no two with the same one.
    add(&world.repo(), &team.kim, &world.linux("3"), world.now).unwrap();
    assert!(add(&world.repo(), &team.kim, &world.linux("3"), world.now).is_err());
    // After a discard it is as if nothing had been.
    let error = add(&world.repo(), &team.lee, &world.linux("3"), world.now).unwrap_err().to_string();
    assert!(error.contains("published for linux already") || error.contains("somebody else"), "{error}");
    discard(&world.repo()).unwrap();
    assert!(discard(&world.repo()).unwrap_err().to_string().contains("no change waits"));
    assert_eq!(team.versions(), ["2", "1"]);
    add(&world.repo(), &team.lee, &world.linux("3"), world.now).unwrap();
    assert_eq!(team.approve(&team.kim).unwrap(), Outcome::Published);
}

#[test]
fn what_no_longer_fits_or_was_touched_is_refused() {
    let team = Team::new();
    let world = &team.world;
    add(&world.repo(), &team.kim, &world.linux("1"), world.now).unwrap();
    let kept = world.home.path().join("kept");
    fs::rename(world.repo().join("staged"), &kept).unwrap();
    // Two keys at once: published in between.
    add(&world.repo(), &world.keys(), &world.linux("2"), world.now).unwrap();
    fs::rename(&kept, world.repo().join("staged")).unwrap();
    for error in
        [team.approve(&team.lee).unwrap_err(), add(&world.repo(), &team.kim, &world.linux("3"), world.now).unwrap_err()]
    {
        assert!(error.to_string().contains("something else was published"), "{error}");
    }
    assert!(report(&world.repo(), world.now).unwrap().contains("no longer fits"));
    // The daily job is not held up by it, and does not publish it.
    assert!(!refresh(&world.repo(), &team.kim, world.now).unwrap().published);
    discard(&world.repo()).unwrap();

    let added = add(&world.repo(), &team.kim, &world.linux("3"), world.now).unwrap().what;
    let package = world.repo().join("staged/targets").join(added.consistent_name());
    let good = fs::read(&package).unwrap();
    let mut bad = good.clone();
    bad[1000] ^= 1;
    fs::write(&package, bad).unwrap();
    assert!(matches!(team.approve(&team.lee), Err(Refused::Package(_))), "another package than the signed one");
    fs::write(&package, good).unwrap();
    let list = world.repo().join("staged/targets.json");
    let text = fs::read_to_string(&list).unwrap();
    // A changed list is signed by nobody any more: approving it would need two other people.
    fs::write(&list, text.replacen("\"basis_points\": 10000", "\"basis_points\": 9999", 1)).unwrap();
    let error = add(&world.repo(), &team.kim, &world.linux("4"), world.now).unwrap_err().to_string();
    assert!(error.contains("made by somebody else"), "nobody builds on it unseen: {error}");
    assert_eq!(team.approve(&team.lee).unwrap(), Outcome::Staged { signed: 1, needed: 2 });
    // What cannot be shown is not signed: other rules in the list, a field that nobody knows.
    for (from, to) in [
        ("\"spec_version\": \"1.0.0\"", "\"spec_version\": \"1.0.0\", \"more\": 1"),
        ("\"basis_points\": 10000", "\"basis_points\": 10000, \"more\": 1"),
        ("\"channel\"", "\"more\": 1, \"channel\""),
        ("\"hashes\": {", "\"more\": 1, \"hashes\": {"),
        ("\"hashes\": {", "\"hashes\": { \"md5\": \"00\","),
    ] {
        let other = text.replacen(from, to, if from.starts_with("\"spec") { 1 } else { 9 });
        assert_ne!(other, text, "{from}");
        fs::write(&list, other).unwrap();
        let error = team.approve(&team.lee).expect_err(to).to_string();
        assert!(error.contains("cannot show"), "{to}: {error}");
    }
    discard(&world.repo()).unwrap();
    add(&world.repo(), &team.kim, &world.linux("3"), world.now).unwrap();
    fs::write(&list, "{").unwrap();
    assert!(team.approve(&team.lee).unwrap_err().to_string().contains("discard"));
    discard(&world.repo()).unwrap();
    add(&world.repo(), &team.kim, &world.linux("3"), world.now).unwrap();
    let later = world.now + SignedDuration::from_hours(24 * 181);
    assert!(Waiting::open(&world.repo(), later).unwrap_err().to_string().contains("expired"));
    assert_eq!(team.approve(&team.lee).unwrap(), Outcome::Published);
}

#[test]
fn without_the_online_key_the_daily_job_publishes() {
    let team = Team::new();
    let world = &team.world;
    let (kim, lee) = (world.holder("k", &["targets-1.pem"]), world.holder("l", &["targets-2.pem"]));
    let host = world.holder("host", &["online.pem"]);
    let added = add(&world.repo(), &kim, &world.linux("1"), world.now).unwrap().what;
    assert!(!refresh(&world.repo(), &host, world.now).unwrap().published, "one signature is not enough");
    assert_eq!(team.approve(&lee).unwrap(), Outcome::NeedsOnlineKey);
    assert!(team.versions().is_empty());
    assert!(refresh(&world.repo(), &host, world.now).unwrap().published);
    assert_eq!(team.versions(), ["1"]);
    assert!(world.mirror().join("targets").join(added.consistent_name()).exists());
    assert!(!refresh(&world.repo(), &host, world.now).unwrap().published);
}

#[test]
fn a_roll_out_reaches_more_and_more_and_groups_first() {
    let team = Team::new();
    let world = &team.world;
    add(&world.repo(), &world.keys(), &world.linux("1"), world.now).unwrap();
    let mut request = world.linux("2");
    request.basis_points = 0;
    request.groups = vec!["pilot".into()];
    team.both(add(&world.repo(), &team.kim, &request, world.now));
    let share = |groups: &[&str]| (0..=255).filter(|seed| team.choice(*seed, groups).as_deref() == Some("2")).count();
    assert_eq!((share(&[]), share(&["pilot"])), (0, 256));
    let to = |points: Option<u16>, groups: Option<&[String]>| {
        roll_out(&world.repo(), &team.kim, &select("2"), points, groups, world.now)
    };
    let inside = || (0..=255).filter(|seed| team.choice(*seed, &[]).as_deref() == Some("2")).collect::<Vec<u8>>();
    team.both(to(Some(2_500), None));
    let quarter = inside();
    assert!((40..90).contains(&quarter.len()), "{}", quarter.len());
    team.both(to(Some(5_000), None));
    let half = inside();
    assert!(half.len() > quarter.len() && quarter.iter().all(|seed| half.contains(seed)), "raising only adds");
    team.both(to(Some(2_500), None));
    assert_eq!(inside(), quarter, "lowering takes away what was added last");
    team.both(to(None, Some(&["doctors".into()])));
    assert_eq!((share(&["pilot"]), share(&["doctors"])), (quarter.len(), 256));
    team.both(to(Some(10_000), Some(&[])));
    assert_eq!(share(&[]), 256);
    assert!(to(Some(10_000), None).unwrap_err().to_string().contains("like that already"));
    assert!(to(Some(10_001), None).is_err() && to(None, Some(&["a b".into()])).is_err());
    team.both(set(&world.repo(), &team.kim, &select("2"), Status::Revoked, world.now));
    assert!(to(Some(1), None).unwrap_err().to_string().contains("final"));
}

#[test]
fn a_step_back_leads_everybody_to_the_older_version() {
    let team = Team::new();
    let world = &team.world;
    for version in ["1", "2", "3"] {
        add(&world.repo(), &world.keys(), &world.linux(version), world.now).unwrap();
    }
    let back = |version: &str| step_back(&world.repo(), &team.kim, &select(version), world.now);
    assert!(back("3").unwrap_err().to_string().contains("gets already"));
    assert_eq!(team.choice(1, &[]).as_deref(), Some("3"));
    roll_out(&world.repo(), &world.keys(), &select("2"), Some(100), None, world.now).unwrap();
    team.both(back("2"));
    assert!((0..=255).all(|seed| team.choice(seed, &[]).as_deref() == Some("2")), "whatever its roll-out was");
    let ranks = || {
        let releases = Repository::open(&world.repo()).unwrap().releases().unwrap();
        releases.iter().map(|release| (release.custom.version.clone(), release.custom.rank)).collect::<Vec<_>>()
    };
    assert_eq!(ranks(), [("2".into(), 4), ("3".into(), 3), ("1".into(), 1)], "no rank twice");
    // A new release goes above it; a paused one can be gone back to, a revoked one cannot.
    add(&world.repo(), &world.keys(), &world.linux("4"), world.now).unwrap();
    assert_eq!(ranks()[0], ("4".into(), 5));
    set(&world.repo(), &world.keys(), &select("1"), Status::Paused, world.now).unwrap();
    team.both(back("1"));
    assert_eq!(team.choice(1, &[]).as_deref(), Some("1"));
    set(&world.repo(), &world.keys(), &select("3"), Status::Revoked, world.now).unwrap();
    assert!(back("3").unwrap_err().to_string().contains("final"));
    assert!(back("9").unwrap_err().to_string().contains("no quicksupport 9"));
}
