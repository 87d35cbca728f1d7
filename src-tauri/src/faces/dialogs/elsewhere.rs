//! Systems whose web view is a part of them: there is nothing to fall back to, and nothing to fall back from.

use super::page::Page;
use super::{NoDialog, Shared};

/// Draws nothing.
///
/// # Errors
/// Always [`NoDialog::NotHere`].
pub fn draw(_: &Shared, _: Page, _: u64) -> Result<(), NoDialog> {
    Err(NoDialog::NotHere)
}

/// Says nothing.
///
/// # Errors
/// Always [`NoDialog::NotHere`].
pub fn tell(_: &str, _: &str) -> Result<(), NoDialog> {
    Err(NoDialog::NotHere)
}
