//! Systems whose own hands are not written yet: nothing can be closed.

use helper_core::input::CloseFailure;
use helper_core::presence::ProcessId;

/// Never permitted.
///
/// # Errors
/// Always.
pub fn ask_to_end(_: ProcessId, _: Option<&str>) -> Result<(), CloseFailure> {
    Err(CloseFailure::NotPermitted)
}

/// Never permitted.
///
/// # Errors
/// Always.
pub fn end(_: ProcessId, _: Option<&str>) -> Result<(), CloseFailure> {
    Err(CloseFailure::NotPermitted)
}

/// Cannot be told: never returns `true`.
pub fn wait_until_gone(_: ProcessId) -> bool {
    false
}
