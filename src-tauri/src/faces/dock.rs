//! The Dock on macOS: at rest the helper is an accessory, in the menu bar only; while its window is open it is a regular program, or
//! the window would open behind others and could not be found by Command-Tab (Apple, `NSApplication.ActivationPolicy`).

use tauri::AppHandle;

/// A window opens.
#[cfg(target_os = "macos")]
pub fn enter(app: &AppHandle) {
    set(app, tauri::ActivationPolicy::Regular);
}

/// The window is gone, or never was.
#[cfg(target_os = "macos")]
pub fn leave(app: &AppHandle) {
    set(app, tauri::ActivationPolicy::Accessory);
}

#[cfg(target_os = "macos")]
fn set(app: &AppHandle, policy: tauri::ActivationPolicy) {
    if let Err(error) = app.set_activation_policy(policy) {
        tracing::warn!(%error, "the Dock is not told");
    }
}

/// Other systems show windows by themselves.
#[cfg(not(target_os = "macos"))]
pub const fn enter(_: &AppHandle) {}

/// Other systems show windows by themselves.
#[cfg(not(target_os = "macos"))]
pub const fn leave(_: &AppHandle) {}
