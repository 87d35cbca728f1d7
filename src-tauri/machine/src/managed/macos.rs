//! Systems whose own place for policy (registry policies, managed preferences) is not read yet: nothing is stated.

use helper_core::policy::Stated;
use std::path::Path;

const WHY: &str = "(not read on this system yet)";

/// Nothing.
pub fn stated(_: &str) -> Stated {
    Stated { place: WHY.to_owned(), ..Stated::default() }
}

/// Nothing.
pub fn stated_in(_: &Path) -> Stated {
    Stated { place: WHY.to_owned(), ..Stated::default() }
}
