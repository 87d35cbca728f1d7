//! To be written.

use super::{Publisher, SignerError};
use std::path::Path;

/// Is this program signed by this publisher?
///
/// # Errors
/// [`SignerError`].
pub fn check(_: &Path, _: &Publisher) -> Result<(), SignerError> {
    Err(SignerError::System("not written for this system yet".to_owned()))
}
