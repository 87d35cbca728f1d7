//! What every system's files of a duty must do alike. One file a duty in `tests/`; where a system has nothing to do, the contract says
//! so.

/// Do the tests run under Wine? It is weaker than Windows in places; what it does not do is then left unjudged, never expected.
#[cfg(windows)]
pub fn under_wine() -> bool {
    std::path::Path::new(r"C:\windows\system32\winecfg.exe").exists()
}

/// Do the tests run under Wine? Not on this system.
#[cfg(not(windows))]
pub const fn under_wine() -> bool {
    false
}
