//! Systems whose own hands are not written yet: everything says so.

use super::{CannotLook, Own};
use helper_core::presence::{Places, ProcessId, Scan};
use helper_core::release::System;

const WHY: &str = "not written for this system yet";

/// Always [`CannotLook`].
///
/// # Errors
/// Always.
pub fn scan(_: &Own, _: Option<ProcessId>) -> Result<Scan, CannotLook> {
    Err(CannotLook(WHY))
}

/// `None`.
pub fn identity(_: u32) -> Option<ProcessId> {
    None
}

/// `None`.
pub fn program_of(_: ProcessId) -> Option<String> {
    None
}

/// No places.
pub fn own_places(own: &Own) -> Places {
    Places {
        system: if cfg!(target_os = "windows") { System::Windows } else { System::Macos },
        installed: Vec::new(),
        temporary: Vec::new(),
        module: own.folders.iter().map(|folder| folder.to_string_lossy().into_owned()).collect(),
        module_title: own.title.clone(),
        module_config_id: own.config_id.clone(),
    }
}
