//! Single decisions as tables, and whole fetches against modelled sources in modelled time.

use super::*;
use proptest::prelude::*;

const PIECE: u64 = 1 << 20;
const MB: u64 = 1 << 20;

fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

fn plan(pieces: usize, mirrors: usize, most: u8) -> Plan {
    let map = PieceMap::new(pieces as u64 * PIECE, PIECE, vec![false; pieces]);
    Plan::new(&Pace::click(), map, mirrors, false, Some(most))
}

/// The requests that are opened now.
fn opened(plan: &mut Plan, now: Duration) -> Vec<(Lane, usize, Span)> {
    let open = |order| match order {
        Order::Open { lane, source, span } => Some((lane, source, span)),
        Order::Close(_) => None,
    };
    plan.orders(now).0.into_iter().filter_map(open).collect()
}

/// Bytes come, and every piece is right.
fn bring(plan: &mut Plan, lane: Lane, count: u64, now: Duration) {
    for piece in plan.arrived(lane, count, now) {
        plan.judged(piece, true);
    }
}

#[test]
fn it_begins_with_one_request_for_everything_and_ends_with_the_last_piece() {
    let mut plan = plan(3, 1, 8);
    assert_eq!(opened(&mut plan, ms(0)), [(0, 0, Span::new(0, 3 * PIECE))]);
    plan.answered(0, 0);
    bring(&mut plan, 0, 3 * PIECE, ms(10));
    assert_eq!(plan.orders(ms(10)), (vec![], Outlook::Complete), "nothing is cut off that ends by itself");
}

#[test]
fn the_end_waits_for_the_word_on_the_last_piece() {
    let mut plan = plan(1, 1, 1);
    let _ = opened(&mut plan, ms(0));
    assert_eq!(plan.arrived(0, PIECE, ms(10)), [0]);
    assert!(matches!(plan.orders(ms(10)), (orders, Outlook::Until(_)) if orders.is_empty()));
    plan.judged(0, false);
    assert_eq!(opened(&mut plan, ms(20)), [(1, 0, Span::new(0, PIECE))]);
}

#[test]
fn what_an_interruption_left_is_asked_for_from_that_very_byte() {
    let mut plan = plan(3, 1, 8);
    let _ = opened(&mut plan, ms(0));
    bring(&mut plan, 0, PIECE + 100_000, ms(10));
    plan.failed(0, Failure::Unreachable, Retry::BackOff, "reset", ms(20));
    assert_eq!(opened(&mut plan, ms(20)), [(1, 0, Span::new(PIECE + 100_000, 3 * PIECE))]);
}

#[test]
fn a_second_mirror_is_raced_after_its_head_start_and_the_first_byte_wins() {
    let mut plan = plan(3, 3, 8);
    assert_eq!(opened(&mut plan, ms(0)).len(), 1);
    assert_eq!(opened(&mut plan, ms(1_999)), []);
    assert_eq!(plan.orders(ms(1_999)).1, Outlook::Until(ms(2_000)));
    assert_eq!(opened(&mut plan, ms(2_000)), [(1, 1, Span::new(0, 3 * PIECE))]);
    assert_eq!(opened(&mut plan, ms(4_000)), [(2, 2, Span::new(0, 3 * PIECE))]);
    bring(&mut plan, 1, 10, ms(4_100));
    assert_eq!(plan.orders(ms(4_100)).0, [Order::Close(0), Order::Close(2)]);
    plan.failed(1, Failure::Unreachable, Retry::BackOff, "reset", ms(5_000));
    assert_eq!(opened(&mut plan, ms(5_000))[0].1, 0, "its turn is over for a second");
    assert_eq!(opened(&mut plan, ms(60_000)), [], "later there is no race");
}

#[test]
fn a_server_without_ranges_is_read_alone_from_the_first_byte() {
    let mut map = PieceMap::new(3 * PIECE, PIECE, vec![true, false, false]);
    assert_eq!(map.arrived(Span::new(PIECE, PIECE + 10), 0), (10, vec![]));
    let mut plan = Plan::new(&Pace::click(), map, 1, false, Some(8));
    assert_eq!(opened(&mut plan, ms(0)), [(0, 0, Span::new(PIECE + 10, 3 * PIECE))]);
    plan.answered(0, 0);
    assert_eq!(plan.wanted(0), Some(Span::new(0, 3 * PIECE)));
    bring(&mut plan, 0, 2 * PIECE, ms(50));
    assert_eq!(opened(&mut plan, ms(50)), []);
    plan.failed(0, Failure::Unreachable, Retry::BackOff, "reset", ms(60));
    assert_eq!(opened(&mut plan, ms(60)), [(1, 0, Span::new(0, 3 * PIECE))]);
    bring(&mut plan, 1, 3 * PIECE, ms(90));
    assert_eq!(plan.orders(ms(90)).1, Outlook::Complete);
}

/// Lets a slow line go on until there are `count` requests.
fn spread(plan: &mut Plan, count: usize) -> Duration {
    for step in 0..400 {
        let now = ms(step * 50);
        let _ = plan.orders(now);
        if plan.open.len() == count {
            return now;
        }
        let lanes: Vec<Lane> = plan.open.keys().copied().collect();
        lanes.iter().for_each(|lane| bring(plan, *lane, 4_000, now));
    }
    panic!("never {count} requests: {:?}", plan.open);
}

#[test]
fn when_a_second_request_meets_the_whole_file_the_first_stream_stays_alone() {
    let mut plan = plan(20, 1, 2);
    let now = spread(&mut plan, 2);
    assert!(plan.open[&0].end < 20 * PIECE);
    plan.answered(1, 0);
    assert_eq!(plan.orders(now).0, [Order::Close(1)]);
    assert_eq!(plan.wanted(0).unwrap().end, 20 * PIECE, "and brings again what was given away");
}

#[test]
fn a_slow_rest_is_shared_so_that_both_end_together() {
    let mut plan = plan(20, 1, 2);
    let now = spread(&mut plan, 2);
    let (first, second) = (plan.open[&0], plan.open[&1]);
    assert_eq!((first.end, second.end), (second.at, 20 * PIECE));
    assert_eq!(first.span().len(), second.span().len(), "of the second nothing is known yet: halves");
    // The second one is done while the first has hardly moved.
    bring(&mut plan, 1, second.span().len(), now + ms(4_000));
    let shared = opened(&mut plan, now + ms(4_000));
    let left = plan.open[&0].span().len();
    assert_eq!(shared[0].2.start, plan.open[&0].end);
    assert!(shared[0].2.len() >= 10 * left, "{shared:?} of {left}");
}

#[test]
fn what_a_crawling_request_has_left_is_asked_for_anew_and_only_once() {
    let mut plan = plan(20, 1, 2);
    let now = spread(&mut plan, 2);
    let (first, second) = (plan.open[&0].span(), plan.open[&1].span());
    bring(&mut plan, 0, first.len() - 100_000, now);
    let later = now + ms(100_000);
    // Its clock says that it crawls; the other one has just brought ten megabytes in a second.
    plan.open.get_mut(&0).unwrap().got = 100_000;
    plan.open.get_mut(&1).unwrap().opened = later - ms(1_000);
    bring(&mut plan, 0, 1, later);
    bring(&mut plan, 1, second.len(), later);
    let (orders, _) = plan.orders(later);
    let tail = Span::new(first.end - 99_999, first.end);
    assert!(orders.contains(&Order::Open { lane: 2, source: 0, span: tail }), "{orders:?}");
    assert!(orders.contains(&Order::Close(0)), "{orders:?}");
    let _ = plan.arrived(2, 1, later);
    assert_eq!(plan.orders(later + ms(20_000)).0, []);
}

#[test]
fn a_stalled_request_is_replaced_once_when_another_one_is_idle() {
    let mut plan = plan(20, 1, 2);
    let now = spread(&mut plan, 2);
    let rest = plan.open[&0].span();
    bring(&mut plan, 0, rest.len() - 1_000, now);
    let rest = plan.open[&1].span();
    bring(&mut plan, 1, rest.len(), now + ms(100));
    let tail = Span::new(plan.open[&0].end - 1_000, plan.open[&0].end);
    assert_eq!(opened(&mut plan, now + ms(2_900)), [], "too small to share, too early to replace");
    let (orders, _) = plan.orders(now + STALLED);
    assert_eq!(orders, [Order::Open { lane: 2, source: 0, span: tail }, Order::Close(0)]);
    let _ = plan.arrived(2, 1, now + STALLED);
    assert_eq!(plan.orders(now + ms(20_000)).0, []);
}

#[test]
fn more_connections_than_a_server_bears_are_not_held_against_it() {
    let mut plan = plan(40, 1, 8);
    let now = spread(&mut plan, 2);
    for lane in 1..10 {
        plan.failed(lane, Failure::Busy(60), Retry::After(60), "too many", now);
        let _ = plan.orders(now);
    }
    assert_eq!((plan.open.len(), plan.ramp.allowed()), (1, 1));
    assert_eq!(plan.sources.choose(now, None, &plan.pace), Some(0));
}

#[test]
fn two_wrong_pieces_end_everything_from_that_mirror() {
    let mut plan = plan(4, 2, 8);
    let _ = opened(&mut plan, ms(0));
    for piece in [0, 1] {
        assert_eq!(plan.arrived(0, PIECE, ms(10)), [piece]);
        plan.judged(piece, false);
    }
    let (orders, _) = plan.orders(ms(10));
    assert_eq!(
        orders,
        [Order::Open { lane: 1, source: 1, span: Span::new(0, PIECE) }, Order::Close(0)],
        "a wrong piece is a request of its own"
    );
}

#[test]
fn what_a_mirror_began_that_is_not_believed_any_more_is_asked_for_whole() {
    let mut plan = plan(4, 2, 8);
    let _ = opened(&mut plan, ms(0));
    assert_eq!(plan.arrived(0, 2 * PIECE + 64_000, ms(10)), [0, 1]);
    plan.judged(0, false);
    assert_eq!(plan.map().received(), PIECE + 64_000, "one wrong piece may be the line's fault");
    plan.judged(1, false);
    assert_eq!(plan.map().received(), 0);
    bring(&mut plan, 0, 1_000, ms(20));
    assert_eq!(plan.map().received(), 0, "what was on its way is not taken");
}

#[test]
fn less_than_a_kilobyte_a_second_for_two_minutes_is_silence() {
    let mut plan = plan(4, 2, 1);
    let _ = opened(&mut plan, ms(0));
    for step in 1..=12 {
        bring(&mut plan, 0, 1, ms(step * 10_000 - 1));
        assert_eq!(opened(&mut plan, ms(step * 10_000 - 1)), [], "{step}");
    }
    let (orders, _) = plan.orders(ms(120_000));
    assert_eq!(orders, [Order::Open { lane: 1, source: 1, span: Span::new(12, 4 * PIECE) }, Order::Close(0)]);
}

#[test]
fn the_time_is_bounded_whatever_comes() {
    let mut plan = plan(1, 1, 1);
    let _ = opened(&mut plan, ms(0));
    let limit = Duration::from_secs(1_200 + MB / 16_000);
    assert!(matches!(plan.orders(limit).1, Outlook::Over(Failure::Unreachable, _)));
}

/// A modelled source.
#[derive(Clone, Debug)]
struct Model {
    rate: u64,
    breaks_after: Vec<u64>,
    ranges: bool,
    flips: Vec<usize>,
    dead: bool,
}

/// What a fetch took.
struct Took {
    at: Duration,
    sent: u64,
    /// Requests that were cut off or given up.
    closed: u64,
}

/// A fetch against models. Returns how it ended, and what it took.
fn simulate(plan: &mut Plan, models: &mut [Model]) -> (Outlook, Took) {
    // Source, next byte, end; the last says whether it is answered yet.
    let mut lines: BTreeMap<Lane, (usize, u64, u64, bool)> = BTreeMap::new();
    let mut took = Took { at: ms(0), sent: 0, closed: 0 };
    for step in 0..200_000u64 {
        let now = ms(step * 100);
        let (orders, outlook) = plan.orders(now);
        for order in orders {
            match order {
                Order::Open { lane, source, span } => {
                    assert!(!span.is_empty() && span.end <= plan.map().length());
                    lines.insert(lane, (source, span.start, span.end, false));
                }
                Order::Close(lane) => {
                    took.closed += 1;
                    lines.remove(&lane);
                }
            }
        }
        if !matches!(outlook, Outlook::Until(_)) {
            return (outlook, Took { at: now, ..took });
        }
        for lane in lines.keys().copied().collect::<Vec<_>>() {
            let (source, at, end, is_answered) = lines[&lane];
            let model = &mut models[source];
            if model.dead {
                lines.remove(&lane);
                plan.failed(lane, Failure::Unreachable, Retry::BackOff, "refused", now);
                continue;
            }
            let (mut at, mut end) = (at, end);
            if !is_answered && !model.ranges && at > 0 {
                plan.answered(lane, 0);
                (at, end) = (0, plan.map().length());
            }
            let mut count = (model.rate / 10).min(end - at);
            let broken = model.breaks_after.first().is_some_and(|after| *after <= count);
            if broken {
                count = model.breaks_after.remove(0);
            } else if let Some(after) = model.breaks_after.first_mut() {
                *after -= count;
            }
            took.sent += count;
            let taken = plan.wanted(lane).map_or(0, |wanted| wanted.len().min(count));
            for piece in plan.arrived(lane, taken, now) {
                let flipped = models[source].flips.iter().position(|flip| *flip == piece);
                if let Some(flip) = flipped {
                    models[source].flips.remove(flip);
                }
                plan.judged(piece, flipped.is_none());
            }
            lines.insert(lane, (source, at + count, end, true));
            if broken {
                lines.remove(&lane);
                plan.failed(lane, Failure::Unreachable, Retry::BackOff, "reset", now);
            } else if at + count == end {
                lines.remove(&lane);
            }
        }
    }
    panic!("no end: {:?}", plan.open);
}

#[test]
fn a_fetch_over_a_slow_line_is_as_fast_as_its_connections() {
    let model = Model { rate: 80_000, breaks_after: vec![], ranges: true, flips: vec![], dead: false };
    let one = simulate(&mut plan(24, 1, 1), &mut [model.clone()]);
    let eight = simulate(&mut plan(24, 1, 8), &mut [model]);
    assert_eq!((one.0, eight.0), (Outlook::Complete, Outlook::Complete));
    assert!(eight.1.at * 6 < one.1.at, "{:?} instead of {:?}", eight.1.at, one.1.at);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    /// Whatever the sources do, a fetch ends; with one that works in the end it ends well; and little is sent twice.
    #[test]
    fn every_fetch_ends(
        pieces in 1usize..30,
        most in 1u8..9,
        breaks in prop::collection::vec(70_000u64..3_000_000, 0..12),
        rates in prop::collection::vec(20_000u64..3_000_000, 1..4),
        lengths in 0u64..2,
        dead in prop::collection::vec(any::<bool>(), 3),
        ranges in any::<bool>(),
        flip in prop::option::of(0usize..30),
    ) {
        let mut models: Vec<Model> = rates.iter().zip(&dead).map(|(rate, dead)| Model {
            rate: *rate, breaks_after: vec![], ranges, flips: vec![], dead: *dead,
        }).collect();
        let first = models.iter().position(|model| !model.dead);
        if let Some(first) = first {
            // Without ranges every interruption begins anew; four in a row without news are the end.
            models[first].breaks_after = breaks.iter().copied().take(if ranges { usize::MAX } else { 3 }).collect();
            models[first].flips = flip.into_iter().filter(|flip| *flip < pieces).collect();
        }
        let flipped = first.is_some_and(|first| !models[first].flips.is_empty());
        let length = pieces as u64 * PIECE - lengths * 1_000;
        let map = PieceMap::new(length, PIECE, vec![false; pieces]);
        let mut plan = Plan::new(&Pace::click(), map, models.len(), false, Some(most));
        let (outlook, took) = simulate(&mut plan, &mut models);
        match first {
            None => prop_assert!(matches!(outlook, Outlook::Over(Failure::Unreachable, _)), "{:?}", outlook),
            Some(_) => {
                prop_assert_eq!(outlook, Outlook::Complete);
                if ranges {
                    // Of a request that is closed at most one step is on its way.
                    let step = rates.iter().max().map_or(0, |rate| rate / 10);
                    let most_waste = if flipped { PIECE } else { 0 } + took.closed * step;
                    prop_assert!(took.sent - length <= most_waste, "{} of {}", took.sent, length);
                    prop_assert!(took.closed <= 24, "{} requests were cut", took.closed);
                }
            }
        }
    }
}
