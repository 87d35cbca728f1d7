//! Ten thousand PCs over a day: the real core of each, its real schedule, and one mirror that counts (SPEC F1, F3).

#![allow(clippy::unwrap_used, clippy::panic)] // A fleet that cannot be made ends the test here.

use helper_core::choice::{Me, bucket};
use helper_core::effect::Effect;
use helper_core::input::{Beginning, Holdings, Input, PlacedId};
use helper_core::release::{Arch, Custom, Digest, Install, PackageKind, Pieces, Release, Rollout, Status, System};
use helper_core::time::{Moment, minutes, seconds};
use helper_core::{Core, Setup};
use sha2::{Digest as _, Sha256};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

const PCS: usize = 10_000;
const HOUR: u64 = minutes(60);
const DAY: u64 = 24 * HOUR;
/// Monday, 23 November 2026, 07:00 in Korea, in seconds since 1970.
const SEVEN: i64 = 1_795_384_800;

/// Always the same numbers, so that a failure is the fault of what was changed.
fn random(pc: usize, purpose: &str) -> [u8; 32] {
    Sha256::new().chain_update(pc.to_be_bytes()).chain_update(purpose).finalize().into()
}

fn below(pc: usize, purpose: &str, below: u64) -> u64 {
    let bytes = random(pc, purpose);
    u64::from_be_bytes(bytes[..8].try_into().unwrap()) % below
}

struct Pc {
    core: Core,
    seed: [u8; 16],
    placed: Vec<PlacedId>,
}

struct Fleet {
    pcs: Vec<Pc>,
    /// Who wakes when.
    alarms: BinaryHeap<Reverse<(u64, usize)>>,
    catalog: Vec<Release>,
    /// Requests at the mirror by minute.
    requests: Vec<u64>,
    /// Which PC got which rank when, in the order of events.
    fetched: Vec<(u64, usize, u64)>,
}

fn release(rank: u8, basis_points: u16, status: Status) -> Release {
    Release {
        target: format!("quicksupport/linux-x86_64/{rank}/m"),
        length: 10,
        sha256: Digest([rank; 32]),
        custom: Custom {
            module: "quicksupport".into(),
            version: format!("15.{rank}"),
            os: System::Linux,
            arch: Arch::X86_64,
            channel: "stable".into(),
            status,
            rank: rank.into(),
            rollout: Rollout { basis_points, salt: format!("qs-{rank}") },
            groups: vec![],
            pieces: Pieces { size: 1 << 20, sha256: vec![Digest([rank; 32])] },
            install: Install {
                kind: PackageKind::TarGz,
                entry: "m".into(),
                tree: Digest([rank; 32]),
                max_unpacked: 1 << 30,
                max_entries: 9,
            },
            min_helper: None,
            vendor: None,
            connections: None,
            updater: None,
        },
    }
}

impl Fleet {
    /// All are switched on within ten minutes after seven o'clock and were last served on one of the days before.
    fn at_seven(catalog: Vec<Release>) -> Self {
        let mut fleet = Self {
            pcs: Vec::with_capacity(PCS),
            alarms: BinaryHeap::new(),
            catalog,
            requests: vec![0; usize::try_from(DAY / minutes(1)).unwrap() + 1],
            fetched: Vec::new(),
        };
        for pc in 0..PCS {
            let seed: [u8; 16] = random(pc, "seed")[..16].try_into().unwrap();
            let me = Me {
                module: "quicksupport".into(),
                system: System::Linux,
                arch: Arch::X86_64,
                channel: "stable".into(),
                groups: vec![],
                seed,
                helper: (1, 0, 0),
            };
            let setup = Setup { me, module_name: String::new(), phone: String::new() };
            let core = Core::new(Arc::new(setup));
            fleet.pcs.push(Pc { core, seed, placed: vec![PlacedId(Digest([1; 32]))] });
            let start = below(pc, "start", minutes(10));
            let wall = SEVEN + i64::try_from(start / 1_000).unwrap();
            let last_check = wall - i64::try_from(below(pc, "last", 3 * DAY / 1_000)).unwrap();
            let beginning = Beginning { wall, last_check: Some(last_check), every_hours: 6, ..Beginning::default() };
            fleet.step(pc, Input::Began(beginning), start);
        }
        fleet
    }

    /// One fact for one PC, and what its machine does about it, at once: the day is long.
    fn step(&mut self, pc: usize, input: Input, now: u64) {
        let mut waiting = vec![input];
        while let Some(input) = waiting.pop() {
            for effect in self.pcs[pc].core.step(input, Moment(now)) {
                match effect {
                    Effect::RefreshCatalog(ticket) => {
                        // The next root (not there) and the timestamp; more only when something is new.
                        self.requests[usize::try_from(now / minutes(1)).unwrap()] += 2;
                        waiting.push(Input::CatalogSeen(ticket, Ok(self.catalog.clone())));
                    }
                    Effect::InspectStore(ticket) => {
                        let holdings = Holdings {
                            placed: self.pcs[pc].placed.clone(),
                            catalog: self.catalog.clone(),
                            repairs_last_day: 0,
                        };
                        waiting.push(Input::StoreSeen(ticket, holdings));
                    }
                    Effect::PreparePackage(ticket, release, _) => {
                        self.fetched.push((now, pc, release.custom.rank));
                        let id = PlacedId(release.custom.install.tree);
                        self.pcs[pc].placed.insert(0, id);
                        waiting.push(Input::PackageDone(ticket, Ok(id)));
                    }
                    Effect::NoteCheck => {}
                    other => panic!("nobody is at this PC: {other:?}"),
                }
            }
        }
        if let Some(at) = self.pcs[pc].core.wake_at() {
            self.alarms.push(Reverse((at.0, pc)));
        }
    }

    fn run_until(&mut self, end: u64) {
        while let Some(Reverse((at, pc))) = self.alarms.peek().copied().filter(|alarm| alarm.0.0 <= end) {
            self.alarms.pop();
            // An alarm that the PC has moved since.
            if self.pcs[pc].core.wake_at() == Some(Moment(at)) {
                self.step(pc, Input::Woke, at);
            }
        }
    }

    fn current(&self, pc: usize) -> u8 {
        self.pcs[pc].placed[0].0.0[0]
    }
}

/// The busiest stretch of so many minutes against the mean.
fn peak(requests: &[u64], stretch: usize) -> f64 {
    let mean = requests.iter().sum::<u64>() as f64 / requests.len() as f64;
    let sums = requests.windows(stretch).map(|window| window.iter().sum::<u64>());
    sums.max().unwrap_or(0) as f64 / stretch as f64 / mean
}

#[test]
fn a_mass_start_at_seven_is_no_rush_at_the_mirror() {
    let mut fleet = Fleet::at_seven(vec![release(1, 10_000, Status::Active)]);
    fleet.run_until(DAY - 1);
    let requests = &fleet.requests[..usize::try_from(DAY / minutes(1)).unwrap()];
    let total: u64 = requests.iter().sum();
    let checks = total as f64 / 2.0 / PCS as f64;
    println!(
        "{PCS} PCs, 24 h after 07:00: {total} requests, {checks:.2} checks a PC; busiest minute {:.2}, five minutes {:.2}, quarter of an hour {:.2}, hour {:.2} times the mean",
        peak(requests, 1),
        peak(requests, 5),
        peak(requests, 15),
        peak(requests, 60)
    );
    assert!((3.5..=4.5).contains(&checks), "about every six hours: {checks}");
    // A minute holds 28 checks. Whose turn falls into which one is chance, and the highest of so many draws from a Poisson
    // distribution with that mean lies at about one and a half times it: more even than that only a central plan could be.
    assert!(peak(requests, 5) <= 1.5, "five minutes: {}", peak(requests, 5));
    assert!(peak(requests, 1) <= 1.6, "a minute: {}", peak(requests, 1));
    // The ten minutes in which all are switched on are like any others.
    let first = requests[..15].iter().sum::<u64>() as f64 / 15.0 / (total as f64 / requests.len() as f64);
    assert!(first <= 1.5, "the first quarter of an hour: {first}");
}

#[test]
fn a_bad_release_stopped_at_five_percent_reaches_nobody_else_and_is_gone_within_one_round() {
    let good = release(1, 10_000, Status::Active);
    let mut fleet = Fleet::at_seven(vec![good.clone()]);
    fleet.run_until(HOUR);
    fleet.catalog = vec![good.clone(), release(2, 500, Status::Active)];
    fleet.run_until(8 * HOUR);
    let reached: Vec<usize> = (0..PCS).filter(|pc| fleet.current(*pc) == 2).collect();
    let share = reached.len() as f64 / PCS as f64;
    println!("{} of {PCS} PCs got the bad release: {:.2} %", reached.len(), share * 100.0);
    assert!((0.04..=0.06).contains(&share), "{share}");
    assert!(reached.iter().all(|pc| bucket(&fleet.pcs[*pc].seed, "qs-2") < 500), "nobody outside the bucket");

    // Paused: who has it keeps it, nobody new gets it.
    fleet.catalog = vec![good.clone(), release(2, 500, Status::Paused)];
    let before = fleet.fetched.len();
    fleet.run_until(15 * HOUR);
    assert_eq!(fleet.fetched.len(), before, "a pause moves nobody");
    // Revoked: everybody is back within one round, and nobody ever got it again.
    fleet.catalog = vec![good, release(2, 500, Status::Revoked)];
    fleet.run_until(21 * HOUR + seconds(1));
    assert!((0..PCS).all(|pc| fleet.current(pc) == 1), "all are back");
    assert_eq!(fleet.fetched.len(), before + reached.len(), "one step back each, nothing else");
}
