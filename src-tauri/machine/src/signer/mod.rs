//! Who signed a program: the second lock beside the hash in signed metadata (TEAMVIEWER.md 5; TRUST.md 2.7).
//!
//! The hash says "this is the file that the vendor published"; the signature says "TeamViewer made it". Neither is enough
//! alone: somebody else's customized module is signed as well, and a stolen publisher's key could sign anything.

pub mod authenticode;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(any(target_os = "macos", test))]
mod requirement;
#[cfg(target_os = "windows")]
mod windows;

#[cfg(target_os = "linux")]
pub use linux::check;
#[cfg(target_os = "macos")]
pub use macos::check;
#[cfg(target_os = "windows")]
pub use windows::check;

/// Whose signature a module must carry, from `brand.toml`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Publisher {
    /// Windows: the organization (`O`), or without one the common name (`CN`), of the Authenticode certificate, exactly.
    pub authenticode_subject: String,
    /// macOS: the Apple Team ID.
    pub apple_team_id: String,
    /// macOS: the bundle identifier.
    pub apple_bundle_id: String,
}

impl Publisher {
    /// Is this the publisher's own Authenticode certificate (DER)?
    ///
    /// # Errors
    /// [`SignerError::Somebody`] with the name that is in it.
    pub fn is_holder_of(&self, certificate: &[u8]) -> Result<(), SignerError> {
        let found = authenticode::holder(certificate).unwrap_or_default();
        if !found.is_empty() && found == self.authenticode_subject {
            return Ok(());
        }
        Err(SignerError::Somebody { found, wanted: self.authenticode_subject.clone() })
    }
}

/// Why a program is not believed to be the publisher's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignerError {
    /// It carries no signature.
    #[error("it carries no signature")]
    Unsigned,
    /// It was changed after it was signed.
    #[error("it was changed after it was signed")]
    Changed,
    /// The signature does not lead to an authority that this PC trusts, has expired, or was withdrawn; what the system says.
    #[error("its signature is not trusted here: {0}")]
    NotTrusted(String),
    /// Somebody else signed it.
    #[error("it is signed by {found:?}, not by {wanted:?}")]
    Somebody {
        /// Who signed it.
        found: String,
        /// Who should have.
        wanted: String,
    },
    /// The system could not be asked.
    #[error("its signature cannot be checked: {0}")]
    System(String),
}
