//! The only `now()` of the product.

use helper_core::time::Moment;

/// Milliseconds on a clock that never goes back and goes on while the PC sleeps (`CLOCK_BOOTTIME`), so that a night of
/// sleep does not pass for ten minutes.
#[cfg(target_os = "linux")]
pub fn moment() -> Moment {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    let seconds = u64::try_from(now.tv_sec).unwrap_or(0);
    let milliseconds = u64::try_from(now.tv_nsec).unwrap_or(0) / 1_000_000;
    Moment(seconds * 1_000 + milliseconds)
}

/// Milliseconds on a clock that never goes back and goes on while the PC sleeps: the ticks count the time asleep (Windows
/// Time, Microsoft; 10 to 16 ms fine).
#[cfg(target_os = "windows")]
#[allow(unsafe_code)]
pub fn moment() -> Moment {
    // SAFETY: Takes nothing and cannot fail.
    Moment(unsafe { windows::Win32::System::SystemInformation::GetTickCount64() })
}

/// Milliseconds on a clock that never goes back.
#[cfg(not(any(target_os = "linux", target_os = "windows")))]
pub fn moment() -> Moment {
    use std::sync::OnceLock;
    use std::time::Instant;
    static START: OnceLock<Instant> = OnceLock::new();
    let elapsed = START.get_or_init(Instant::now).elapsed().as_millis();
    Moment(u64::try_from(elapsed).unwrap_or(u64::MAX))
}

/// The wall clock. It may be wrong or jump: good for expiry checks and the journal, never for measuring.
pub fn wall() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

/// When this program was built, in seconds since 1970. A clock that shows less is wrong.
pub fn built() -> i64 {
    env!("HELPER_BUILT").parse().unwrap_or(0)
}
