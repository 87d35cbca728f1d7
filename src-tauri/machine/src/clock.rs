//! The only `now()` of the product.

use helper_core::time::Moment;

/// Linux: goes on while the PC sleeps (clock_gettime(2)).
#[cfg(target_os = "linux")]
const STEADY: rustix::time::ClockId = rustix::time::ClockId::Boottime;
/// Darwin's goes on while the Mac sleeps, unlike the one behind [`std::time::Instant`] (clock_gettime(3)).
#[cfg(target_os = "macos")]
const STEADY: rustix::time::ClockId = rustix::time::ClockId::Monotonic;

/// Milliseconds on a clock that never goes back and goes on while the PC sleeps, so that a night of sleep does not pass for
/// ten minutes.
#[cfg(unix)]
pub fn moment() -> Moment {
    let now = rustix::time::clock_gettime(STEADY);
    let seconds = u64::try_from(now.tv_sec).unwrap_or(0);
    let milliseconds = u64::try_from(now.tv_nsec).unwrap_or(0) / 1_000_000;
    Moment(seconds * 1_000 + milliseconds)
}

/// The same: the ticks count the time asleep (Windows Time, Microsoft; 10 to 16 ms fine).
#[cfg(target_os = "windows")]
#[allow(unsafe_code)]
pub fn moment() -> Moment {
    // SAFETY: Takes nothing and cannot fail.
    Moment(unsafe { windows::Win32::System::SystemInformation::GetTickCount64() })
}

/// The wall clock. It may be wrong or jump: good for expiry checks and the journal, never for measuring.
pub fn wall() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

/// The same in the PC's own time zone, as people write it into names of files.
pub fn local() -> jiff::civil::DateTime {
    wall().to_zoned(jiff::tz::TimeZone::system()).datetime()
}

/// When this program was built, in seconds since 1970. A clock that shows less is wrong.
pub fn built() -> i64 {
    env!("HELPER_BUILT").parse().unwrap_or(0)
}
