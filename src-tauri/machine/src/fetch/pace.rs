//! How hard a fetch tries: every time, rate and number that its decisions use.

use std::time::Duration;

/// Below this rate, in bytes a second (8 Mbit/s), another connection may help (TRUST.md 5.4, 2).
pub(super) const SLOW_LINE: u64 = 1_000_000;
/// With less than this missing, in bytes, the first connection is as good as done.
pub(super) const WORTH_MORE: u64 = 4 << 20;
/// When the first connection is judged, counted from its first byte. On a line of 250 ms a connection has doubled eight
/// times by then: a clean one has reached 8 Mbit/s, one with losses has met its first (tests/bench/README.md, "The far line").
pub(super) const FIRST_LOOK: Duration = Duration::from_secs(2);
/// When the connections are judged again after some were added: the time that new ones need to get going.
pub(super) const NEXT_LOOK: Duration = Duration::from_millis(1_500);
/// The rate that is judged is that of this last while, a few round trips: the slow start before it says nothing.
pub(super) const LOOK_BACK: Duration = Duration::from_secs(1);
/// When the last half of that while was so much faster than all of it, the connections are still getting faster.
pub(super) const GROWING: f64 = 1.1;
/// Connections are added as long as the sum grows by a fifth. They are doubled, because of the eighth connection alone
/// nobody could see such a growth.
pub(super) const WORTHWHILE: f64 = 1.2;
/// New connections are left out of the average for this long.
pub(super) const GET_GOING: Duration = Duration::from_millis(500);
/// So many looks without growth in a row are the end of adding; fewer may be bad luck, because losses come in lumps.
pub(super) const PATIENT_LOOKS: u8 = 4;
/// What signed metadata may allow at most, and what holds without its word.
pub(super) const MOST_CONNECTIONS: u8 = 8;
pub(super) const CONNECTIONS: u8 = 4;
/// What is left of one connection's run is shared with an idle one down to this size, in bytes: below, the request takes
/// longer than the bytes.
pub(super) const LEAST_SHARE: u64 = 64 << 10;
/// A connection that brings nothing for this long while another one is idle is replaced, once.
pub(super) const STALLED: Duration = Duration::from_secs(3);
/// An interrupted connection that had brought this much is no failure of its mirror.
pub(super) const FRUIT: u64 = 64 << 10;
/// How often bytes of one mirror may fail their hash before it is bad for this run.
pub(super) const BAD_PIECES: u32 = 2;
/// So many connections may be refused beside others that work, before no more than those are tried.
pub(super) const REFUSALS: u32 = 3;
/// The longest `Retry-After` that is believed, in seconds.
pub(super) const LONGEST_BUSY: u32 = 86_400;

/// The times of one fetch. They are arguments, so that a test of two minutes' silence needs no two minutes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pace {
    /// At most so many bytes a second on average, for work in the background; `None` without a limit.
    pub cap: Option<u64>,
    /// How long a connection may bring nothing.
    pub silence: Duration,
    /// Below this rate, in bytes a second ...
    pub slow_rate: u64,
    /// ... for this long, a mirror is as good as silent.
    pub slow_for: Duration,
    /// How long the first mirror may leave a first byte to be waited for before the next one is asked as well.
    pub head_start: Duration,
    /// The pauses before a mirror is asked again that failed without bringing anything; after the last it is given up.
    pub back_off: Vec<Duration>,
    /// The whole fetch may take this long ...
    pub budget: Duration,
    /// ... and so much longer as the file needs at this rate, in bytes a second.
    pub budget_rate: u64,
}

impl Pace {
    /// For somebody who waits (TRUST.md 5.4, 5-7).
    pub fn click() -> Self {
        Self {
            cap: None,
            silence: Duration::from_secs(30),
            slow_rate: 1_000,
            slow_for: Duration::from_secs(120),
            head_start: Duration::from_secs(2),
            back_off: [1, 4, 15].map(Duration::from_secs).to_vec(),
            budget: Duration::from_secs(20 * 60),
            budget_rate: 16_000,
        }
    }

    /// For work that nobody waits for: the same, at most `cap` bytes a second (TRUST.md 5.4, 9). The budget follows the cap.
    pub fn background(cap: Option<u64>) -> Self {
        // Nothing slower than a mirror may be: it would be taken for the mirror's fault.
        let cap = cap.map(|cap| cap.max(16_000));
        let click = Self::click();
        Self { cap, budget_rate: cap.map_or(click.budget_rate, |cap| click.budget_rate.min(cap / 2)), ..click }
    }

    /// How long fetching so many bytes may take.
    pub(super) fn limit(&self, length: u64) -> Duration {
        self.budget + Duration::from_secs(length / self.budget_rate.max(1))
    }

    /// The longest pause in which a fetch waits for a mirror instead of ending.
    pub(super) fn patience(&self) -> Duration {
        self.back_off.iter().max().copied().unwrap_or_default()
    }
}

/// How many connections a release allows.
pub(super) fn connections(signed: Option<u8>) -> usize {
    usize::from(signed.unwrap_or(CONNECTIONS).clamp(1, MOST_CONNECTIONS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_follow_the_size_and_the_cap() {
        assert_eq!(Pace::click().limit(32_000_000), Duration::from_secs(1_200 + 2_000));
        assert_eq!(Pace::background(Some(1)).cap, Some(16_000));
        assert_eq!(Pace::background(Some(16_000)).limit(16_000_000), Duration::from_secs(1_200 + 2_000));
        assert_eq!(Pace::background(None), Pace::click());
        assert_eq!([None, Some(0), Some(8), Some(200)].map(connections), [4, 1, 8, 8]);
    }
}
