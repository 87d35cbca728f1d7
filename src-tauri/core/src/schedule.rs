//! When the next check in the background is due: arithmetic on given times.
//!
//! Every PC has a place of its own in a cycle of about six hours, taken from its seed and the wall clock. So ten thousand PCs
//! that are switched on at seven o'clock do not ask at seven o'clock, and two PCs that once met do not meet again every time. The cycle is a
//! little shorter than its name says, so that the place moves through the day: a PC that is only ever on from nine to ten gets
//! its turn within days. Only who was never served, or not for a week (which is how long the mirror's word holds), asks soon
//! after the start.

use crate::input::Failure;
use crate::time::{Moment, minutes, seconds};
use sha2::{Digest as _, Sha256};

/// A check is at least this long after the start or the end of a request, in milliseconds.
pub const LULL: u64 = seconds(30);
/// The first check of a PC that was never served comes at most so much later (SPEC F1: 30 to 120 s).
const SPREAD: u64 = seconds(90);
/// After so many seconds without a check the PC asks soon after its start: the timestamp holds seven days (TRUST.md 2.6).
const NEGLECTED: i64 = 7 * 24 * 60 * 60;
/// After a change of network a failed check is repeated at most so often (TRUST.md 4.4).
const NETWORK_PAUSE: u64 = minutes(10);
/// Of so many parts of the named cycle one is left out.
const DRIFT: u64 = 36;
/// The longest that a mirror may make a PC wait, in seconds: a day.
const LONGEST_WAIT: u32 = 24 * 60 * 60;

/// The first pause before a file that another program holds is tried again, in milliseconds; each further one is twice as long.
const HELD_FIRST: u64 = 10;
/// The longest of these pauses, in milliseconds.
const HELD_LONGEST: u64 = 1_000;

/// How long to wait before a file that another program holds is tried again, in milliseconds. `tried` counts the tries so far, 1
/// after the first. `None` when one more pause would make all of them together longer than `patience` milliseconds.
pub fn pause_while_held(tried: u32, patience: u64) -> Option<u64> {
    let pause = |nth: u32| HELD_FIRST.saturating_mul(2_u64.saturating_pow(nth)).min(HELD_LONGEST);
    let mut waited: u64 = 0;
    for nth in 0..tried {
        waited = waited.saturating_add(pause(nth));
        if waited > patience {
            return None;
        }
    }
    Some(pause(tried.saturating_sub(1)))
}

/// The plan of one PC.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Schedule {
    seed: [u8; 16],
    /// Milliseconds from one turn to the next.
    cycle: u64,
    /// Turns are at moments that leave this remainder when divided by the cycle.
    phase: u64,
}

impl Schedule {
    /// The plan of the PC with this seed, asking about every `hours` (1 to 168) hours; `wall` is the wall clock in seconds since
    /// 1970 at the moment `now`. A wrong clock only gives the PC another place.
    pub fn new(seed: [u8; 16], hours: u8, wall: i64, now: Moment) -> Self {
        let named = minutes(60) * u64::from(hours.clamp(1, 168));
        let cycle = named - named / DRIFT;
        let place = i128::from(draw(&seed, "place", 0, cycle));
        let phase = place - i128::from(wall) * 1_000 + i128::from(now.0);
        // The remainder lies below the cycle.
        let phase = u64::try_from(phase.rem_euclid(i128::from(cycle))).unwrap_or(0);
        Self { seed, cycle, phase }
    }

    /// The first turn after `now`.
    pub fn turn_after(&self, now: Moment) -> Moment {
        let into = (now.0 % self.cycle + self.cycle - self.phase) % self.cycle;
        now.after(self.cycle - into)
    }

    /// The first check after a start. `last` is when the mirror last answered, both in seconds since 1970; a `last` in the future
    /// is the trace of a clock that was wrong.
    pub fn first(&self, now: Moment, wall: i64, last: Option<i64>) -> Moment {
        match last {
            Some(last) if (wall - NEGLECTED..=wall).contains(&last) => self.turn_after(now.after(LULL)),
            _ => self.soon(now),
        }
    }

    /// At random 30 to 120 seconds from now.
    pub fn soon(&self, now: Moment) -> Moment {
        now.after(LULL + draw(&self.seed, "soon", 0, SPREAD + 1))
    }

    /// When to try again after the `failures`th failure in a row, 1 for the first; never later than the next turn unless the
    /// mirror asked for that.
    pub fn after_failure(&self, now: Moment, failure: Failure, failures: u8) -> Moment {
        let turn = self.turn_after(now);
        let first = match failure {
            // Somebody signs in, or a cable is plugged in.
            Failure::Offline | Failure::SignInPage => minutes(5),
            Failure::Unreachable | Failure::ServerFault | Failure::Vanished => minutes(15),
            Failure::Busy(wait) => {
                let wait = u64::from(wait.min(LONGEST_WAIT)) * 1_000;
                return now.after(wait + draw(&self.seed, "busy", failures, minutes(15))).max(self.soon(now));
            }
            // Nothing that time alone mends.
            _ => return turn,
        };
        let longer = first.saturating_mul(3_u64.saturating_pow(u32::from(failures.saturating_sub(1).min(8))));
        // A fifth more or less: mirrors that come back are not met by everybody at once.
        let spread = longer / 5;
        turn.min(now.after(longer - spread + draw(&self.seed, "again", failures, 2 * spread + 1)))
    }

    /// When to try after the network changed: soon if the last try failed for want of one, and was a while ago.
    pub fn after_network_change(&self, now: Moment, failed: Option<Failure>, tried: Moment) -> Option<Moment> {
        let helps = matches!(
            failed,
            Some(
                Failure::Offline
                    | Failure::SignInPage
                    | Failure::Unreachable
                    | Failure::ProxySignIn
                    | Failure::Blocked
                    | Failure::TlsRefused
            )
        );
        helps.then(|| self.soon(now).max(tried.after(NETWORK_PAUSE)))
    }

    /// Some plan of this PC: all of them are alike but for their times.
    pub(crate) fn canonical(&self) -> Self {
        Self { phase: 0, ..self.clone() }
    }
}

/// A number below `below` (at least 1), always the same for this PC, purpose and turn.
fn draw(seed: &[u8; 16], purpose: &str, turn: u8, below: u64) -> u64 {
    let digest = Sha256::new().chain_update(seed).chain_update(purpose).chain_update([turn]).finalize();
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    u64::from_be_bytes(first) % below.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_for_a_held_file_grow_and_end() {
        let pauses: Vec<u64> = (1..).map_while(|tried| pause_while_held(tried, 2_000)).collect();
        assert_eq!(pauses, [10, 20, 40, 80, 160, 320, 640], "1,270 ms; 1,000 more would be too long");
        let pauses: Vec<u64> = (1..).map_while(|tried| pause_while_held(tried, 10_000)).collect();
        assert_eq!((pauses.len(), pauses.iter().sum::<u64>(), pauses.last()), (15, 9_270, Some(&1_000)));
        assert_eq!(pause_while_held(1, 9), None);
        assert_eq!(pause_while_held(1, 10), Some(10));
    }

    const HOUR: u64 = minutes(60);
    const MONDAY: i64 = 1_795_000_000;

    fn plan(seed: u8, wall: i64, now: u64) -> Schedule {
        Schedule::new([seed; 16], 6, wall, Moment(now))
    }

    #[test]
    fn turns_come_about_every_six_hours_and_do_not_depend_on_the_start() {
        let early = plan(3, MONDAY, 0);
        let first = early.turn_after(Moment(0));
        let second = early.turn_after(first);
        assert_eq!(second.0 - first.0, HOUR * 6 - HOUR / 6);
        assert_eq!(early.turn_after(Moment(first.0 - 1)), first);
        // The same PC, started an hour later, its clock beginning at 7 ms.
        let late = plan(3, MONDAY + 3_600, 7);
        assert_eq!(late.turn_after(Moment(7)).0 + HOUR - 7, early.turn_after(Moment(HOUR)).0);
        assert_ne!(plan(4, MONDAY, 0).turn_after(Moment(0)), first, "every PC has its own");
    }

    #[test]
    fn who_was_never_served_asks_within_two_minutes_and_who_was_waits_for_its_turn() {
        for seed in 0..=255 {
            let plan = plan(seed, MONDAY, 1_000);
            let soon = |last| plan.first(Moment(1_000), MONDAY, last).0 - 1_000;
            for last in [None, Some(MONDAY - NEGLECTED - 1), Some(MONDAY + 1), Some(i64::MAX), Some(i64::MIN)] {
                assert!((seconds(30)..=seconds(120)).contains(&soon(last)), "{last:?}");
            }
            assert!(soon(Some(MONDAY - 86_400)) >= LULL);
            assert!(soon(Some(MONDAY - 86_400)) <= 6 * HOUR + LULL);
        }
    }

    #[test]
    fn failures_are_repeated_sooner_than_the_turn_and_ever_more_rarely() {
        let plan = plan(9, MONDAY, 0);
        let now = plan.turn_after(Moment(0)).after(1);
        let wait = |failure, failures| plan.after_failure(now, failure, failures).0 - now.0;
        assert!((minutes(4)..=minutes(6)).contains(&wait(Failure::SignInPage, 1)));
        assert!((minutes(12)..=minutes(18)).contains(&wait(Failure::Unreachable, 1)));
        assert!((minutes(36)..=minutes(54)).contains(&wait(Failure::Unreachable, 2)));
        let turn = plan.turn_after(now).0 - now.0;
        assert_eq!(wait(Failure::Unreachable, 200), turn);
        assert_eq!(wait(Failure::Untrusted, 1), turn, "an alarm is not hammered at");
        assert!(wait(Failure::Busy(60 * 60 * 20), 1) >= HOUR * 20, "the mirror's word counts, whatever the turn");
        assert!(wait(Failure::Busy(u32::MAX), 1) <= HOUR * 25);
        assert!(wait(Failure::Busy(0), 1) >= LULL);
    }

    #[test]
    fn a_new_network_is_a_reason_only_after_a_failure_and_not_too_often() {
        let plan = plan(9, MONDAY, 0);
        let now = Moment(HOUR);
        assert_eq!(plan.after_network_change(now, None, now), None);
        assert_eq!(plan.after_network_change(now, Some(Failure::Untrusted), now), None);
        let at = plan.after_network_change(now, Some(Failure::Offline), now).unwrap();
        assert_eq!(at, now.after(minutes(10)));
        let at = plan.after_network_change(now, Some(Failure::Offline), Moment(0)).unwrap();
        assert!((seconds(30)..=seconds(120)).contains(&(at.0 - now.0)));
    }
}
