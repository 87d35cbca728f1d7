//! Fetching, without the program around it: cancelling, telling, resuming, several mirrors.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)] // A broken world ends the test here.

use flows::Download;
use helper_core::input::Failure;
use helper_core::release::Release;
use helper_machine::fetch::{Bytes, Cancel};
use helper_world::{Fault, Mirror, Times};
use std::fs;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

#[test]
fn cancelling_stops_at_once_and_what_is_there_is_resumed() {
    let world = Download::new(6_000_000, 1);
    world.mirrors[0].fault("*", Fault::Trickle { bytes_per_second: 4_000_000 }, Times::Times(1));
    let (cancel, cancelled) = Cancel::new();
    let (progress, done) = mpsc::channel();
    let (ended, asked) = thread::scope(|scope| {
        let fetching = scope.spawn(|| {
            let ended =
                world.fetch_until(cancelled, &mut move |bytes: Bytes| progress.send(bytes.done).unwrap_or_default());
            (ended.map(drop).map_err(|error| error.failure), Instant::now())
        });
        while done.recv().unwrap() < 2_500_000 {}
        let asked = Instant::now();
        cancel.cancel();
        (fetching.join().unwrap(), asked)
    });
    let (ended, at) = ended;
    assert_eq!(ended, Err(Failure::Cancelled));
    assert!(at - asked < Duration::from_secs(1), "{:?}", at - asked);

    let (fetched, told) = world.fetch();
    world.is_whole(fetched.unwrap());
    assert!(told[0].done >= 2 << 20, "begins with what is there: {:?}", told[0]);
    assert_eq!(world.ranges(0).len(), 2);
    assert_eq!(world.ranges(0)[1], Some(format!("bytes={}-", told[0].done)));
}

#[test]
fn a_fetch_that_waits_for_a_silent_mirror_is_cancelled_at_once_too() {
    let world = Download::new(1_000_000, 1);
    world.mirrors[0].fault("*", Fault::Stall, Times::Always);
    let (cancel, cancelled) = Cancel::new();
    let canceller = thread::spawn(move || {
        thread::sleep(Duration::from_millis(300));
        // Dropping the switch is cancelling: nobody wants the package any more.
        drop(cancel);
    });
    let began = Instant::now();
    let ended = world.fetch_until(cancelled, &mut |_| ());
    assert_eq!(ended.unwrap_err().failure, Failure::Cancelled);
    assert!(began.elapsed() < Duration::from_millis(1_300), "{:?}", began.elapsed());
    canceller.join().unwrap();
}

#[test]
fn progress_is_told_four_times_a_second_and_never_goes_back() {
    let world = Download::new(6_000_000, 1);
    world.mirrors[0].fault("*", Fault::Trickle { bytes_per_second: 2_500_000 }, Times::Always);
    let began = Instant::now();
    let (fetched, told) = world.fetch();
    let seconds = began.elapsed().as_secs_f64();
    world.is_whole(fetched.unwrap());
    assert!(told.len() as f64 <= 4.0 * seconds + 2.0, "{} in {seconds} s", told.len());
    assert!(told.len() as f64 >= 2.0 * seconds, "{} in {seconds} s: alive", told.len());
    assert!(told.windows(2).all(|pair| pair[0].done <= pair[1].done), "{told:?}");
    assert!(told.iter().all(|bytes| bytes.total == world.release.length && bytes.done <= bytes.total));
    assert_eq!(told.last().unwrap().done, world.release.length);
    let rates: Vec<u64> = told.iter().map(|bytes| bytes.rate).filter(|rate| *rate > 0).collect();
    assert!(!rates.is_empty());
    assert!(rates.iter().all(|rate| (500_000..4_000_000).contains(rate)), "the line brings 2.5 MB a second: {rates:?}");
}

#[test]
fn pieces_that_do_not_make_up_the_file_are_refused_before_anything_is_asked_for() {
    let mut world = Download::new(3_000_000, 1);
    let whole = world.release.clone();
    let spoil: [fn(&mut Release); 4] = [
        |release| release.custom.pieces.sha256.truncate(2),
        |release| release.custom.pieces.sha256.push(release.sha256),
        |release| release.custom.pieces.size = 0,
        |release| release.length += 2 << 20,
    ];
    for spoil in spoil {
        world.release = whole.clone();
        spoil(&mut world.release);
        let (fetched, told) = world.fetch();
        assert_eq!(fetched.unwrap_err().failure, Failure::Untrusted);
        assert!(told.is_empty());
    }
    assert_eq!(world.mirrors[0].seen().len(), 0);
}

#[test]
fn the_second_mirror_continues_where_the_first_broke_off() {
    let world = Download::new(5_000_000, 2);
    world.mirrors[0].fault("*", Fault::Truncate(2_500_000), Times::Times(1));
    world.mirrors[0].fault("*", Fault::Refuse, Times::Always);
    let (fetched, told) = world.fetch();
    world.is_whole(fetched.unwrap());
    assert_eq!(world.ranges(1), [Some("bytes=2500000-".to_owned())], "{:?}", world.ranges(0));
    assert_eq!(told.last().unwrap().done, world.release.length);
}

#[test]
fn a_piece_that_is_wrong_on_one_mirror_comes_from_the_other() {
    let world = Download::new(5_000_000, 2);
    world.mirrors[0].fault("*", Fault::FlipBit(2_500_000), Times::Always);
    let (fetched, _) = world.fetch();
    world.is_whole(fetched.unwrap());
    assert_eq!(world.ranges(0), [None], "the rest of it is right and is taken");
    assert_eq!(world.ranges(1), [Some("bytes=2097152-3145727".to_owned())], "the one piece");
}

#[test]
fn an_alarm_is_not_covered_by_a_later_outage() {
    let world = Download::new(2_000_000, 2);
    for (first, second, failure) in [
        (Fault::FlipBit(9), Fault::Refuse, Failure::Untrusted),
        (Fault::FlipBit(9), Fault::status(404), Failure::Untrusted),
        (Fault::status(403), Fault::Refuse, Failure::Blocked),
        (Fault::Refuse, Fault::status(403), Failure::Blocked),
        (Fault::status(404), Fault::Refuse, Failure::NotFound),
        (Fault::Refuse, Fault::ResetAfter(0), Failure::Unreachable),
    ] {
        world.mirrors[0].fault("*", first.clone(), Times::Always);
        world.mirrors[1].fault("*", second.clone(), Times::Always);
        assert_eq!(world.fetch().0.unwrap_err().failure, failure, "{first:?}, then {second:?}");
        world.mirrors.iter().for_each(Mirror::clear_faults);
    }
    world.is_whole(world.fetch().0.unwrap());
}

#[test]
fn what_lies_in_the_folder_is_believed_only_as_far_as_it_is_right() {
    let world = Download::new(4_000_000, 1);
    let whole = fs::read(world.publisher.package(&world.release)).unwrap();
    let part = world.folder.path().join(format!("{}.part", world.release.sha256));
    let mut spoilt = whole.clone();
    spoilt[1_500_000] ^= 1;
    let longer = [whole.clone(), vec![7; 3_000_000]].concat();
    for (there, range) in [
        (spoilt, Some("bytes=1048576-2097151")),
        (vec![0; 2_000_000], None),
        (whole[..3_500_000].to_vec(), Some("bytes=3145728-")),
    ] {
        fs::write(&part, there).unwrap();
        world.is_whole(world.fetch().0.unwrap());
        assert_eq!(world.ranges(0).last().unwrap().as_deref(), range);
    }
    let requests = world.mirrors[0].seen().len();
    fs::write(&part, longer).unwrap();
    world.is_whole(world.fetch().0.unwrap());
    assert_eq!(world.mirrors[0].seen().len(), requests, "all of it was there");
}

#[test]
fn without_any_mirror_nothing_can_be_had() {
    let world = Download::new(1_000_000, 0);
    assert_eq!(world.fetch().0.unwrap_err().failure, Failure::Unreachable);
}
