//! macOS: `codesign` proves the seal over the whole application and who made it, `spctl` asks this Mac's rules (Gatekeeper).

use super::requirement::{assessment, requirement, seal};
use super::{Publisher, SignerError};
use crate::application::{Said, ask, bundle_of};
use std::ffi::OsStr;
use std::path::Path;

/// Is the application that holds this program sealed by this publisher, and allowed on this Mac?
///
/// # Errors
/// [`SignerError`].
pub fn check(program: &Path, publisher: &Publisher) -> Result<(), SignerError> {
    let bundle = bundle_of(program).ok_or(SignerError::Unsigned)?;
    let wanted = format!("-R={}", requirement(publisher)?);
    let verify = ["--verify", "--deep", "--strict", wanted.as_str()].map(OsStr::new);
    seal(&said("/usr/bin/codesign", &verify, &bundle)?, publisher)?;
    assessment(&said("/usr/sbin/spctl", &["--assess", "--type", "execute"].map(OsStr::new), &bundle)?)
}

/// The path is absolute, so that it can never be taken for an option.
fn said(tool: &str, options: &[&OsStr], bundle: &Path) -> Result<Said, SignerError> {
    let bundle = std::path::absolute(bundle).map_err(|error| SignerError::System(error.to_string()))?;
    let arguments: Vec<&OsStr> = options.iter().copied().chain([bundle.as_os_str()]).collect();
    ask(tool, &arguments).map_err(|error| SignerError::System(format!("{tool}: {error}")))
}
