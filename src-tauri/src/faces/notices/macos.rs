//! macOS takes notices only from a signed bundle that the person has allowed to give them (Apple, "User Notifications"). The window and
//! the icon in the menu bar say the same.

use tauri::AppHandle;

/// Says nothing.
///
/// # Errors
/// Always.
pub fn say(_: &AppHandle, _: &str, _: &str, _: &str) -> Result<(), String> {
    Err("notices are not given on this system: the icon says it".to_owned())
}
