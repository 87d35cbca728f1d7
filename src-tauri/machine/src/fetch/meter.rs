//! How fast it goes, when to tell, and how much a capped fetch may take. Pure: times are counted from the beginning of the
//! fetch and are arguments.

use super::Bytes;
use std::collections::VecDeque;
use std::time::Duration;

/// Progress is told at most this often.
const TELL_EVERY: Duration = Duration::from_millis(250);
/// While nothing comes it is told this often, so that the rate falls.
const TELL_SILENCE: Duration = Duration::from_secs(1);
/// The rate that people see is measured over this long.
const RATE_WINDOW: Duration = Duration::from_secs(3);
/// Under this time a rate is noise.
const RATE_LEAST: Duration = Duration::from_millis(500);

/// A count that grows, over the last while.
#[derive(Clone, Debug)]
pub(super) struct Rate {
    window: Duration,
    samples: VecDeque<(Duration, u64)>,
}

impl Rate {
    pub(super) fn new(window: Duration, now: Duration, count: u64) -> Self {
        Self { window, samples: VecDeque::from([(now, count)]) }
    }

    /// The count now. Ten samples a window are kept, however often this is called.
    pub(super) fn note(&mut self, now: Duration, count: u64) {
        if self.samples.back().is_none_or(|(last, _)| now.saturating_sub(*last) >= self.window / 10) {
            self.samples.push_back((now, count));
        }
        while self.samples.get(1).is_some_and(|(at, _)| now.saturating_sub(*at) >= self.window) {
            self.samples.pop_front();
        }
    }

    /// Growth in a second; 0 while it is not known.
    pub(super) fn of(&self, now: Duration, count: u64) -> u64 {
        let Some((since, then)) = self.samples.front() else { return 0 };
        let elapsed = now.saturating_sub(*since);
        if elapsed < RATE_LEAST {
            return 0;
        }
        (u128::from(count.saturating_sub(*then)) * 1_000 / elapsed.as_millis().max(1)).try_into().unwrap_or(u64::MAX)
    }
}

/// Tells how far it is: often enough to be alive, never more than four times a second, never less than before.
#[derive(Debug)]
pub(super) struct Meter {
    total: u64,
    most: u64,
    told: Duration,
    rate: Rate,
}

impl Meter {
    pub(super) fn new(done: u64, total: u64) -> Self {
        Self { total, most: done, told: Duration::ZERO, rate: Rate::new(RATE_WINDOW, Duration::ZERO, done) }
    }

    /// What is to be told now that `done` bytes are here.
    pub(super) fn due(&mut self, now: Duration, done: u64) -> Option<Bytes> {
        let news = done > self.most;
        let pause = if news { TELL_EVERY } else { TELL_SILENCE };
        (now.saturating_sub(self.told) >= pause).then(|| self.bytes(now, done))
    }

    /// How far it is. A piece that turned out wrong does not turn the display back; it waits until it is caught up with.
    pub(super) fn bytes(&mut self, now: Duration, done: u64) -> Bytes {
        self.told = now;
        self.most = self.most.max(done);
        self.rate.note(now, self.most);
        Bytes { done: self.most, total: self.total, rate: self.rate.of(now, self.most) }
    }

    /// When something may have to be told although nothing came.
    pub(super) fn wake_at(&self) -> Duration {
        self.told + TELL_SILENCE
    }
}

/// Keeps an average: after so many bytes nothing more is taken until their time is over, and the network holds back.
#[derive(Debug)]
pub(super) struct Throttle {
    cap: Option<u64>,
    free_at: Duration,
}

impl Throttle {
    pub(super) const fn new(cap: Option<u64>) -> Self {
        Self { cap, free_at: Duration::ZERO }
    }

    pub(super) fn took(&mut self, now: Duration, count: u64) {
        if let Some(cap) = self.cap {
            self.free_at =
                self.free_at.max(now) + Duration::from_nanos(count.saturating_mul(1_000_000_000) / cap.max(1));
        }
    }

    /// From when on more may be taken.
    pub(super) const fn free_at(&self) -> Duration {
        self.free_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    #[test]
    fn the_rate_is_that_of_the_last_seconds() {
        let mut rate = Rate::new(at(3_000), at(0), 500);
        assert_eq!(rate.of(at(499), 10_000), 0, "too early");
        for second in 1..=10u64 {
            rate.note(at(second * 1_000), 500 + second * 7_000);
        }
        assert_eq!(rate.of(at(10_000), 70_500), 7_000);
        assert_eq!(rate.of(at(17_000), 70_500), 2_100, "and falls when nothing comes");
        (0..10_000).for_each(|step| rate.note(at(10_000 + step), 70_500));
        assert!(rate.samples.len() <= 12, "{}", rate.samples.len());
    }

    #[test]
    fn it_is_told_four_times_a_second_and_never_backwards() {
        let mut meter = Meter::new(100, 10_000);
        let mut told = Vec::new();
        for step in 1..=1_000u64 {
            // A piece of 3,000 bytes turns out wrong in the middle.
            let done = 100 + step * 5 - if step > 600 { 3_000 } else { 0 };
            told.extend(meter.due(at(step * 10), done));
        }
        assert!((25..=40).contains(&told.len()), "{}", told.len());
        assert!(told.windows(2).all(|pair| pair[0].done <= pair[1].done));
        assert_eq!(meter.due(meter.wake_at(), 0).map(|bytes| bytes.done), Some(told.last().unwrap().done));
    }

    #[test]
    fn a_cap_is_an_average() {
        let mut throttle = Throttle::new(Some(1_000));
        let mut now = at(5_000);
        for _ in 0..100 {
            throttle.took(now, 50);
            now = now.max(throttle.free_at());
        }
        assert_eq!(now, at(10_000));
        throttle.took(at(60_000), 50);
        assert_eq!(throttle.free_at(), at(60_050), "nothing is saved up");
        let mut free = Throttle::new(None);
        free.took(now, u64::MAX);
        assert_eq!(free.free_at(), Duration::ZERO);
    }
}
