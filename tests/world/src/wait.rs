//! Waiting for a condition with a bound, so that no test sleeps and hopes.

use std::thread;
use std::time::{Duration, Instant};

use crate::{Result, WorldError};

const PAUSE: Duration = Duration::from_millis(20);

/// Asks `look` again and again until it sees something; an error names `what` was waited for.
pub fn wait_until<T>(timeout: Duration, what: &str, mut look: impl FnMut() -> Option<T>) -> Result<T> {
    let end = Instant::now() + timeout;
    loop {
        // The condition is looked at once more after the time is up: a loaded machine may have slept through it.
        let late = Instant::now() >= end;
        if let Some(seen) = look() {
            return Ok(seen);
        }
        if late {
            return Err(WorldError::Timeout { what: what.to_owned(), after: timeout });
        }
        thread::sleep(PAUSE);
    }
}
