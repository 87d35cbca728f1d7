//! How many connections at once. Pure.

use super::meter::Rate;
use super::pace::{
    FIRST_LOOK, GET_GOING, GROWING, LOOK_BACK, NEXT_LOOK, PATIENT_LOOKS, SLOW_LINE, WORTH_MORE, WORTHWHILE,
};
use std::time::Duration;

/// Begins with one connection, and doubles them on a slow line as long as that helps (TRUST.md 5.4, 2).
#[derive(Clone, Debug)]
pub(super) struct Ramp {
    allowed: usize,
    most: usize,
    enough: u64,
    next_look: Option<Duration>,
    /// The average with the connections before, in bytes a second.
    before: u64,
    without_growth: u8,
    rate: Rate,
    latest: Rate,
    /// When the connections of now had got going, and what was here then.
    going: Option<(Duration, u64)>,
    changed: Duration,
}

impl Ramp {
    /// At most `most` connections. A capped fetch is not slow when it reaches its cap.
    pub(super) fn new(most: usize, cap: Option<u64>) -> Self {
        let enough = cap.map_or(SLOW_LINE, |cap| SLOW_LINE.min(cap / 5 * 4));
        let rate = |window| Rate::new(window, Duration::ZERO, 0);
        let (rate, latest) = (rate(LOOK_BACK), rate(LOOK_BACK / 2));
        let (going, changed) = (None, Duration::ZERO);
        Self { allowed: 1, most, enough, next_look: None, before: 0, without_growth: 0, rate, latest, going, changed }
    }

    /// How many connections may be open.
    pub(super) const fn allowed(&self) -> usize {
        self.allowed
    }

    /// When it is worth looking again.
    pub(super) const fn next_look(&self) -> Option<Duration> {
        self.next_look
    }

    /// The server or the line does not bear more than this many.
    pub(super) fn no_more_than(&mut self, connections: usize) {
        self.most = self.most.min(connections.max(1));
        self.allowed = self.allowed.min(self.most);
    }

    /// Bytes that came in this run, and bytes that are missing, now.
    pub(super) fn look(&mut self, now: Duration, received: u64, missing: u64) {
        if received == 0 {
            return;
        }
        self.rate.note(now, received);
        self.latest.note(now, received);
        let Some(due) = self.next_look else {
            self.rate = Rate::new(LOOK_BACK, now, received);
            self.latest = Rate::new(LOOK_BACK / 2, now, received);
            self.next_look = Some(now + FIRST_LOOK);
            self.changed = now;
            return;
        };
        if self.going.is_none() && now >= self.changed + GET_GOING {
            self.going = Some((now, received));
        }
        if now < due {
            return;
        }
        let (rate, latest) = (self.rate.of(now, received), self.latest.of(now, received));
        if latest as f64 > rate as f64 * GROWING {
            // What is there has not reached its speed yet.
            self.next_look = Some(now + LOOK_BACK / 2);
            return;
        }
        self.next_look = Some(now + NEXT_LOOK);
        let settled = self.allowed >= self.most || self.without_growth >= PATIENT_LOOKS;
        // Nothing at all is an interruption, and no reason for more connections.
        if settled || missing < WORTH_MORE || rate.max(latest) >= self.enough || rate == 0 {
            return;
        }
        // The longer it lasts, the less does the average depend on luck.
        let (since, then) = self.going.unwrap_or((self.changed, received));
        let elapsed = u64::try_from(now.saturating_sub(since).as_millis()).unwrap_or(u64::MAX);
        let average = received.saturating_sub(then).saturating_mul(1_000) / elapsed.max(1);
        if self.allowed > 1 && (average as f64) < self.before as f64 * WORTHWHILE {
            self.without_growth += 1;
            return;
        }
        (self.without_growth, self.before, self.going, self.changed) = (0, average, None, now);
        self.allowed = (self.allowed * 2).min(self.most);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MUCH: u64 = 100_000_000;

    /// Runs a line that brings `rate` of the number of connections, and returns how many are open after each second.
    fn run(ramp: &mut Ramp, missing: u64, rate: impl Fn(usize) -> u64) -> Vec<usize> {
        let mut received = 0;
        (1..=240u64)
            .filter_map(|step| {
                received += rate(ramp.allowed()) / 20;
                ramp.look(Duration::from_millis(step * 50), received, missing);
                (step % 20 == 0).then_some(ramp.allowed())
            })
            .collect()
    }

    #[test]
    fn a_good_line_and_a_small_rest_have_one_connection() {
        assert!(run(&mut Ramp::new(8, None), MUCH, |_| 2_000_000).iter().all(|open| *open == 1));
        assert!(run(&mut Ramp::new(8, None), WORTH_MORE - 1, |_| 80_000).iter().all(|open| *open == 1));
        assert!(run(&mut Ramp::new(1, None), MUCH, |_| 80_000).iter().all(|open| *open == 1));
        assert!(run(&mut Ramp::new(8, None), MUCH, |_| 0).iter().all(|open| *open == 1), "an outage");
        assert!(run(&mut Ramp::new(8, Some(90_000)), MUCH, |_| 80_000).iter().all(|open| *open == 1), "its own cap");
    }

    #[test]
    fn a_line_with_losses_gets_twice_as_many_as_long_as_that_helps() {
        assert_eq!(run(&mut Ramp::new(8, None), MUCH, |open| open as u64 * 80_000)[..6], [1, 1, 2, 4, 4, 8]);
        assert_eq!(run(&mut Ramp::new(3, None), MUCH, |open| open as u64 * 80_000).last(), Some(&3));
        assert_eq!(run(&mut Ramp::new(8, None), MUCH, |_| 100_000).last(), Some(&2), "a thin line stays thin");
        let saturated = |open: usize| (open as u64 * 80_000).min(170_000);
        assert_eq!(run(&mut Ramp::new(8, None), MUCH, saturated).last(), Some(&4));
    }

    #[test]
    fn who_waits_for_a_connection_to_reach_its_speed_needs_no_second_one() {
        let (mut ramp, mut received) = (Ramp::new(8, None), 0);
        for step in 1..=200u64 {
            // Doubles every half second up to 2 MB/s, which it reaches after the first look.
            received += (60_000u64 << (step / 10).min(10)).min(2_000_000) / 20;
            ramp.look(Duration::from_millis(step * 50), received, MUCH);
            assert_eq!(ramp.allowed(), 1, "after {} ms", step * 50);
        }
    }

    #[test]
    fn bad_luck_does_not_stop_it() {
        let (mut ramp, mut received) = (Ramp::new(8, None), 0);
        for step in 1..=400u64 {
            // Losses come in lumps: every connection rests for a second of three.
            let lump = if step % 60 < 20 { 8_000 } else { 116_000 };
            received += ramp.allowed() as u64 * lump / 20;
            ramp.look(Duration::from_millis(step * 50), received, MUCH);
        }
        assert_eq!(ramp.allowed(), 8);
    }

    #[test]
    fn a_server_that_bears_two_gets_two() {
        let mut ramp = Ramp::new(8, None);
        let _ = run(&mut ramp, MUCH, |open| open as u64 * 80_000);
        ramp.no_more_than(2);
        assert_eq!(run(&mut ramp, MUCH, |open| open as u64 * 80_000).last(), Some(&2));
        ramp.no_more_than(0);
        assert_eq!(ramp.allowed(), 1);
    }
}
