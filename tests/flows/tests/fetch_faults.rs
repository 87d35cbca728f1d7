//! What a line or a mirror can do to a download (TRUST.md 6.3, rows 2-7, 10, 17-22, 37, 65, 68), without the program around it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)] // A broken world ends the test here.

use flows::Download;
use helper_core::input::Failure;
use helper_machine::fetch::{Bytes, Cancel, Pace};
use helper_world::{Fault, Mirror, Times};
use std::fs;
use std::time::{Duration, Instant};

const PIECE: u64 = 1 << 20;

/// What the fetch ends with.
fn failure(world: &Download) -> Failure {
    world.fetch().0.unwrap_err().failure
}

#[test]
fn ten_resets_at_any_byte_cost_less_than_a_fiftieth() {
    let world = Download::new(24_000_000, 1);
    let length = world.release.length;
    // Places that fall into the middle of pieces, early and late, one soon after another.
    for after in [900_001, 70_000, 3_333_333, 1_048_575, 1, 2_500_000, 524_288, 4_000_001, 99_999, 1_777_777] {
        world.mirrors[0].fault("*", Fault::ResetAfter(after), Times::Times(1));
    }
    world.works();
    assert_eq!(world.seen(0).len(), 11);
    let waste = world.sent() - length;
    assert!(waste < length / 50, "{waste} of {length}: {:?}", world.ranges(0));
}

#[test]
fn an_interrupted_request_is_taken_up_at_the_very_byte() {
    let world = Download::new(5_000_000, 1);
    for after in [1_500_000, 1_500_000, 1] {
        world.mirrors[0].fault("*", Fault::Truncate(after), Times::Times(1));
    }
    world.works();
    let ranges: Vec<_> = world.ranges(0).into_iter().flatten().collect();
    assert_eq!(ranges, ["bytes=1500000-", "bytes=3000000-", "bytes=3000001-"]);
    assert_eq!(world.sent(), world.release.length, "no byte twice");
}

#[test]
fn a_mirror_that_refuses_is_tried_again_after_each_pause_and_the_next_one_takes_over_at_once() {
    let world = Download::new(2_000_000, 1);
    world.mirrors[0].fault("*", Fault::Refuse, Times::Times(3));
    world.works();
    assert_eq!(world.seen(0).len(), 4, "three pauses");

    let world = Download::new(2_000_000, 2);
    world.mirrors[0].fault("*", Fault::Refuse, Times::Always);
    world.works();
    assert_eq!((world.seen(0).len(), world.seen(1).len()), (1, 1));
}

#[test]
fn a_line_that_is_down_in_the_middle_needs_nobody() {
    let mut world = Download::new(6_000_000, 1);
    world.pace.back_off = [20, 100, 3_000].map(Duration::from_millis).to_vec();
    world.mirrors[0].fault("*", Fault::Trickle { bytes_per_second: 4_000_000 }, Times::Times(1));
    let (_keep, cancelled) = Cancel::new();
    let mut is_down = false;
    let mirror = &world.mirrors[0];
    let fetched = std::thread::scope(|scope| {
        let mut tell = |bytes: Bytes| {
            if bytes.done > 2_500_000 && !is_down {
                is_down = true;
                mirror.down().unwrap();
                // It comes back when the two short pauses are over.
                scope.spawn(|| {
                    std::thread::sleep(Duration::from_millis(500));
                    mirror.up().unwrap();
                });
            }
        };
        world.fetch_until(cancelled, &mut tell)
    });
    world.is_whole(fetched.unwrap());
    assert_eq!(world.seen(0).len(), 2, "{:?}", world.ranges(0));
}

#[test]
fn a_body_without_an_end_is_read_as_far_as_it_was_signed() {
    let world = Download::new(3_000_000, 2);
    world.mirrors[0].fault("*", Fault::Endless, Times::Always);
    world.works();
    assert!(world.seen(1).iter().map(|seen| seen.body_bytes).sum::<u64>() >= world.release.length);
    world.forget();
    world.mirrors[1].fault("*", Fault::Endless, Times::Always);
    assert_eq!(failure(&world), Failure::Untrusted);
}

#[test]
fn one_wrong_piece_is_all_that_is_fetched_again() {
    for mirrors in [1, 2] {
        let world = Download::new(6_000_000, mirrors);
        world.mirrors[0].fault("*", Fault::FlipBit(2_500_000), Times::Times(1));
        let told = world.works();
        assert!(told.windows(2).all(|pair| pair[0].done <= pair[1].done), "{told:?}");
        let again = world.seen(mirrors - 1).pop().unwrap().range;
        assert_eq!(again, Some(format!("bytes={}-{}", 2 * PIECE, 3 * PIECE - 1)), "{mirrors}");
        assert_eq!(world.sent(), world.release.length + PIECE);
    }
}

#[test]
fn a_sign_in_page_in_the_middle_costs_only_the_pieces_after_it() {
    let world = Download::new(10_000_000, 2);
    let place = 6 * PIECE + 1_000;
    world.mirrors[0].fault("*", Fault::HtmlFrom(place), Times::Always);
    world.works();
    let second: u64 = world.seen(1).iter().map(|seen| seen.body_bytes).sum();
    // On a busy PC the first mirror may bring the beginning of one more piece before its markup is noticed: that piece is fetched once more.
    let needed = world.release.length - 6 * PIECE;
    assert!((needed..=needed + PIECE).contains(&second), "{second} for {needed}: {:?}", world.ranges(1));

    // Alone, it keeps what is right and says what it is.
    let world = Download::new(10_000_000, 1);
    world.mirrors[0].fault("*", Fault::HtmlFrom(3 * PIECE), Times::Times(1));
    world.mirrors[0].fault("*", Fault::Html, Times::Always);
    assert_eq!(failure(&world), Failure::Untrusted, "markup in the middle of a body is a wrong piece");
    world.mirrors[0].clear_faults();
    let before = world.sent();
    world.works();
    let again = world.sent() - before;
    // A portion that was on its way when the mirror was given up may have been counted late.
    assert!((0..PIECE / 4).contains(&(again - (world.release.length - 3 * PIECE))), "{again}");
    world.forget();
    world.mirrors[0].fault("*", Fault::Html, Times::Always);
    assert_eq!(failure(&world), Failure::SignInPage);
}

#[test]
fn a_server_that_ignores_ranges_is_one_stream_from_the_first_byte() {
    let world = Download::new(6_000_000, 1);
    world.mirrors[0].fault("*", Fault::Truncate(2_500_000), Times::Times(1));
    world.mirrors[0].fault("*", Fault::IgnoreRange, Times::Always);
    let told = world.works();
    assert_eq!(world.sent(), 2_500_000 + world.release.length, "never appended");
    assert!(told.windows(2).all(|pair| pair[0].done <= pair[1].done), "{told:?}");
    assert_eq!(world.seen(0).len(), 2);
}

#[test]
fn answers_with_another_range_total_or_coding_are_dropped() {
    for fault in [Fault::WrongRange, Fault::WrongTotal, Fault::Gzip] {
        let world = Download::new(4_000_000, 2);
        world.mirrors[0].fault("*", Fault::Truncate(1_500_000), Times::Times(1));
        world.mirrors[0].fault("*", fault.clone(), Times::Always);
        world.works();
        assert_eq!(world.ranges(1), [Some("bytes=1500000-".to_owned())], "{fault:?}");

        world.forget();
        world.mirrors[1].fault("*", Fault::Refuse, Times::Always);
        world.mirrors[0].clear_faults();
        world.mirrors[0].fault("*", Fault::Truncate(1_500_000), Times::Times(1));
        world.mirrors[0].fault("*", fault.clone(), Times::Always);
        assert_eq!(failure(&world), Failure::ServerFault, "{fault:?}");
    }
}

#[test]
fn a_range_that_cannot_be_satisfied_is_another_file_or_an_accident() {
    let world = Download::new(4_000_000, 2);
    world.mirrors[0].fault("*", Fault::Truncate(1_500_000), Times::Times(1));
    world.mirrors[0].fault("*", Fault::NotSatisfiable(7), Times::Always);
    world.works();
    assert_eq!((world.seen(0).len(), world.seen(1).len()), (2, 1), "of another length: not asked again");

    let world = Download::new(4_000_000, 1);
    world.mirrors[0].fault("*", Fault::Truncate(1_500_000), Times::Times(1));
    world.mirrors[0].fault("*", Fault::NotSatisfiable(world.release.length), Times::Times(1));
    world.works();
    assert_eq!(world.seen(0).len(), 3, "of the right length: once more");
}

#[test]
fn redirects_are_followed_to_other_servers_and_not_in_circles() {
    let world = Download::new(2_000_000, 1);
    let other = Mirror::serve(world.publisher.mirror()).unwrap();
    let address = other.url(&world.publisher.path_of(&world.release));
    world.mirrors[0].fault("*", Fault::RedirectTo(address), Times::Always);
    world.works();
    assert_eq!(other.seen().len(), 1);
    world.forget();
    world.mirrors[0].clear_faults();
    world.mirrors[0].fault("*", Fault::RedirectLoop, Times::Always);
    let before = world.seen(0).len();
    assert_eq!(failure(&world), Failure::ServerFault);
    assert!(world.seen(0).len() - before <= 7, "at most five, and not tried again");
}

#[test]
fn one_byte_at_a_time_is_given_up_for_the_next_mirror() {
    let mut world = Download::new(2_000_000, 2);
    (world.pace.slow_for, world.pace.slow_rate) = (Duration::from_secs(2), 1_000);
    world.mirrors[0].fault("*", Fault::Trickle { bytes_per_second: 20 }, Times::Always);
    world.works();
    assert_eq!((world.seen(0).len(), world.seen(1).len()), (1, 1));
    let from: u64 = world.ranges(1)[0].as_deref().unwrap()[6..].trim_end_matches('-').parse().unwrap();
    assert!((1..200).contains(&from), "what came is kept: {from}");
}

#[test]
fn silence_is_an_interruption() {
    let mut world = Download::new(2_000_000, 1);
    world.pace.silence = Duration::from_millis(300);
    world.mirrors[0].fault("*", Fault::Stall, Times::Times(2));
    world.works();
    assert_eq!(world.seen(0).len(), 3);
    world.forget();
    world.mirrors[0].fault("*", Fault::Stall, Times::Always);
    assert_eq!(failure(&world), Failure::Unreachable);
}

#[test]
fn who_does_not_answer_in_its_head_start_is_raced() {
    let mut world = Download::new(2_000_000, 2);
    world.pace.head_start = Duration::from_millis(200);
    world.mirrors[0].fault("*", Fault::Stall, Times::Always);
    let began = Instant::now();
    world.works();
    assert!(began.elapsed() < world.pace.silence / 2, "nobody waited for the silence limit");
    assert_eq!((world.seen(0).len(), world.seen(1).len()), (1, 1));
}

#[test]
fn a_busy_mirror_is_left_alone_as_long_as_it_wants() {
    let world = Download::new(2_000_000, 2);
    world.mirrors[0].fault("*", Fault::busy(600), Times::Always);
    world.works();
    assert_eq!((world.seen(0).len(), world.seen(1).len()), (1, 1), "the other one meanwhile");

    world.forget();
    world.mirrors[1].fault("*", Fault::busy(200_000), Times::Always);
    let Failure::Busy(seconds) = failure(&world) else { panic!("busy") };
    assert!((590..=600).contains(&seconds), "{seconds}");
    let world = Download::new(2_000_000, 1);
    world.mirrors[0].fault("*", Fault::busy(200_000), Times::Always);
    assert_eq!(failure(&world), Failure::Busy(86_400), "at most a day");
    assert_eq!(world.seen(0).len(), 1);
}

#[test]
fn a_short_wish_to_come_back_is_waited_for() {
    let mut world = Download::new(2_000_000, 1);
    world.pace.back_off = Pace::click().back_off;
    world.mirrors[0].fault("*", Fault::busy(1), Times::Times(1));
    let began = Instant::now();
    world.works();
    assert!(began.elapsed() >= Duration::from_secs(1));
    assert_eq!(world.seen(0).len(), 2);
}

#[test]
fn a_slow_line_gets_more_connections_up_to_what_is_signed() {
    let rate = |world: &Download| {
        world.mirrors[0].fault("*", Fault::Trickle { bytes_per_second: 600_000 }, Times::Always);
        let began = Instant::now();
        let told = world.works();
        assert!(told.windows(2).all(|pair| pair[0].done <= pair[1].done), "{told:?}");
        (began.elapsed(), world.seen(0))
    };
    let mut world = Download::new(8_000_000, 1);
    world.release.custom.connections = Some(1);
    let (one, seen) = rate(&world);
    assert_eq!(seen.len(), 1);
    world.forget();
    world.release.custom.connections = Some(8);
    let (several, seen) = rate(&world);
    // Without more connections these would be the same.
    assert!(several.as_secs_f64() < 0.6 * one.as_secs_f64(), "{several:?} instead of {one:?}");
    assert!(seen.iter().all(|seen| seen.method == "GET" && matches!(seen.status, 200 | 206)), "{seen:?}");
    assert!(
        seen.iter()
            .all(|seen| seen.headers.iter().any(|(name, value)| name == "accept-encoding" && value == "identity"))
    );
}

#[test]
fn one_slow_connection_does_not_hold_up_the_rest() {
    let mut world = Download::new(9_000_000, 1);
    world.release.custom.connections = Some(2);
    // The first crawls, all others are fifty times as fast.
    world.mirrors[0].fault("*", Fault::Trickle { bytes_per_second: 20_000 }, Times::Times(1));
    world.mirrors[0].fault("*", Fault::Trickle { bytes_per_second: 1_000_000 }, Times::Always);
    let began = Instant::now();
    world.works();
    let alone = world.release.length as f64 / 1_000_000.0;
    let took = began.elapsed().as_secs_f64();
    assert!(took < 2.0 * alone, "{took} s; the fast connection alone needs {alone} s");
    let waste = world.sent() - world.release.length;
    assert!(waste < PIECE, "{waste}: {:?}", world.ranges(0));
}

#[test]
fn a_cap_is_kept() {
    let mut world = Download::new(4_000_000, 1);
    let began = Instant::now();
    world.works();
    let free = began.elapsed().as_secs_f64();
    world.forget();
    world.pace.cap = Pace::background(Some(1_000_000)).cap;
    let began = Instant::now();
    world.works();
    let capped = began.elapsed().as_secs_f64();
    // The network's own buffers are all that may come sooner.
    let least = world.release.length as f64 / 1_000_000.0 * 0.9;
    assert!(capped >= least && free < least, "{capped} s, without a cap {free} s");
    assert_eq!(world.seen(0).len(), 2, "a cap is no slow line");
}

#[test]
fn a_folder_is_a_mirror_with_the_same_checks() {
    let mut world = Download::new(4_000_000, 0);
    let copy = world.publisher.copy_of_mirror();
    world.folders = vec!["/nowhere/at/all".into(), copy.path().to_owned()];
    world.works();
    world.forget();

    // Of another length, or changed: refused.
    let file =
        copy.path().join("targets").join(world.publisher.path_of(&world.release).trim_start_matches("/targets/"));
    let whole = fs::read(&file).unwrap();
    let mut spoilt = whole.clone();
    spoilt[2_500_000] ^= 1;
    for (bytes, expected) in [
        (spoilt, Failure::Untrusted),
        (whole[..3_000_000].to_vec(), Failure::NotFound),
        ([whole.clone(), vec![1]].concat(), Failure::NotFound),
    ] {
        fs::write(&file, bytes).unwrap();
        assert_eq!(failure(&world), expected);
    }
    fs::remove_file(&file).unwrap();
    assert_eq!(failure(&world), Failure::NotFound);
    fs::write(&file, whole).unwrap();
    world.works();
}

#[test]
fn a_stick_that_is_pulled_out_is_an_interruption() {
    let mut world = Download::new(16_000_000, 0);
    let copy = world.publisher.copy_of_mirror();
    let file =
        copy.path().join("targets").join(world.publisher.path_of(&world.release).trim_start_matches("/targets/"));
    world.folders = vec![copy.path().to_owned()];
    world.pace.cap = Some(8_000_000);
    let (_keep, cancelled) = Cancel::new();
    let mut pulled = false;
    let fetched = world.fetch_until(cancelled, &mut |bytes: Bytes| {
        if bytes.done > 2_000_000 && !pulled {
            pulled = true;
            // What is read of it ends, and its folder is gone.
            fs::File::options().write(true).open(&file).unwrap().set_len(0).unwrap();
            fs::rename(copy.path().join("targets"), copy.path().join("elsewhere")).unwrap();
        }
    });
    assert_eq!(fetched.unwrap_err().failure, Failure::Unreachable);
    let part = fs::read(world.folder.path().join(format!("{}.part", world.release.sha256))).unwrap();
    assert!(part.len() as u64 > PIECE, "what came is kept: {}", part.len());
    fs::rename(copy.path().join("elsewhere"), copy.path().join("targets")).unwrap();
    fs::copy(world.publisher.package(&world.release), &file).unwrap();
    let told = world.works();
    assert!(told[0].done >= PIECE, "{:?}", told[0]);
}

#[test]
fn a_disk_that_fills_up_in_the_middle_keeps_what_came() {
    flows::alone!();
    if !flows::alone::can_mount() {
        return;
    }
    let mut world = Download::new(4_000_000, 1);
    flows::alone::mount_small(world.folder.path(), 40_000_000);
    world.mirrors[0].fault("*", Fault::Trickle { bytes_per_second: 4_000_000 }, Times::Times(1));
    let filler = world.folder.path().join("filler");
    let (_keep, cancelled) = Cancel::new();
    let fetched = world.fetch_until(cancelled, &mut |bytes: Bytes| {
        if bytes.done > 1_500_000 && !filler.exists() {
            // As much as there is room for; it ends with the error that the fetch meets next.
            let _ = fs::write(&filler, vec![0; 40_000_000]);
        }
    });
    let Failure::DiskFull(needed) = fetched.unwrap_err().failure else { panic!("a full disk") };
    assert!(needed >= 20_000_000, "what is missing and something to live on: {needed}");
    let Failure::DiskFull(needed) = failure(&world) else { panic!("a full disk, before anything is asked for") };
    assert!(needed >= 2 * world.release.length, "{needed}");
    assert_eq!(world.seen(0).len(), 1);
    fs::remove_file(&filler).unwrap();
    world.pace.back_off.clear();
    let told = world.works();
    assert!(told[0].done >= PIECE, "{:?}", told[0]);
}

#[test]
fn a_very_slow_line_is_told_as_it_is_and_left_in_peace() {
    let world = Download::new(100_000, 1);
    world.mirrors[0].fault("*", Fault::Trickle { bytes_per_second: 16_000 }, Times::Always);
    let told = world.works();
    assert_eq!(world.seen(0).len(), 1, "no connections that would only share it");
    let rates: Vec<u64> = told.iter().map(|bytes| bytes.rate).filter(|rate| *rate > 0).collect();
    assert!(rates.len() > 5, "{told:?}");
    assert!(rates.iter().all(|rate| (8_000..24_000).contains(rate)), "{rates:?}");
}
