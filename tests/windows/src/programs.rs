//! What `scripts/build-windows` built.

use std::path::{Path, PathBuf};

/// The folder with the Windows programs, the prefix that every PC begins as, and room for PCs.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/windows").canonicalize().expect(MISSING)
}

/// A Windows program by its name.
pub fn built(name: &str) -> PathBuf {
    let program = folder().join("bin").join(name);
    assert!(program.is_file(), "{} is missing: {MISSING}", program.display());
    program
}

const MISSING: &str = "scripts/build-windows builds what these tests run";
