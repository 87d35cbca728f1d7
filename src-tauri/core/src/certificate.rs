//! A certificate that is refused because of its dates: is it the certificate, or is it this PC's clock?

use crate::input::Failure;

/// A day, in seconds.
const DAY: i64 = 86_400;
/// No helper is in use longer than this after it was built, in seconds: ten years.
const LONGEST_LIFE: i64 = 10 * 365 * DAY;

/// What is wrong with a certificate's dates (RFC 5280, section 4.1.2.5). Seconds since 1970; `None` where the system does not
/// say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dates {
    /// It holds from then on.
    NotYet(Option<i64>),
    /// It held until then.
    Expired(Option<i64>),
}

/// What the refusal means. `now` is this PC's wall clock, `built` the time when this helper was built, both in seconds since
/// 1970.
///
/// The clock is blamed only on evidence: before the helper was built, or ten years after it, or more than a day before the
/// beginning of a certificate that a server already uses. An expired certificate alone is the server's fault: sending
/// people to a clock that is right would only cost them time.
pub fn judge(dates: Dates, now: i64, built: i64) -> Failure {
    let impossible = now < built.saturating_sub(DAY) || now > built.saturating_add(LONGEST_LIFE);
    match dates {
        _ if impossible => Failure::WrongClock,
        Dates::NotYet(Some(from)) if from.saturating_sub(now) > DAY => Failure::WrongClock,
        Dates::NotYet(_) | Dates::Expired(_) => Failure::TlsRefused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_is_blamed_only_on_evidence() {
        let built = 1_800_000_000;
        let later = built + 100 * DAY;
        for (dates, now, failure) in [
            // 1980, and a week before the build.
            (Dates::NotYet(Some(later)), 315_532_800, Failure::WrongClock),
            (Dates::NotYet(None), built - 7 * DAY, Failure::WrongClock),
            // A day's slack: build machines have clocks as well.
            (Dates::NotYet(None), built - DAY, Failure::TlsRefused),
            (Dates::NotYet(Some(built - DAY + 60)), built - DAY, Failure::TlsRefused),
            // A month behind, although after the build.
            (Dates::NotYet(Some(later)), later - 30 * DAY, Failure::WrongClock),
            (Dates::NotYet(Some(later)), later - DAY - 1, Failure::WrongClock),
            // An inspection box whose clock is ahead by an hour makes such certificates.
            (Dates::NotYet(Some(later)), later - 3_600, Failure::TlsRefused),
            (Dates::NotYet(None), later, Failure::TlsRefused),
            // 2099.
            (Dates::Expired(Some(later)), 4_070_908_800, Failure::WrongClock),
            (Dates::Expired(None), 4_070_908_800, Failure::WrongClock),
            // Forgotten by the server's owner, for a year.
            (Dates::Expired(Some(later)), later + 365 * DAY, Failure::TlsRefused),
            (Dates::Expired(None), later, Failure::TlsRefused),
            // Nonsense ends nowhere.
            (Dates::NotYet(Some(i64::MAX)), i64::MIN, Failure::WrongClock),
            (Dates::Expired(Some(i64::MIN)), i64::MAX, Failure::WrongClock),
        ] {
            assert_eq!(judge(dates, now, built), failure, "{dates:?} at {now}");
        }
    }
}
