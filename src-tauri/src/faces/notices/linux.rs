//! Freedesktop Desktop Notifications 1.2.

use std::collections::HashMap;
use tauri::AppHandle;
use zbus::zvariant::Value;

/// Says it.
///
/// # Errors
/// Why not.
pub fn say(_: &AppHandle, title: &str, summary: &str, body: &str) -> Result<(), String> {
    let name = "org.freedesktop.Notifications";
    let hints: HashMap<&str, Value<'_>> = HashMap::new();
    let actions: [&str; 0] = [];
    let arguments = (title, 0u32, "help-about", summary, body, &actions[..], hints, -1i32);
    zbus::blocking::Connection::session()
        .and_then(|bus| bus.call_method(Some(name), "/org/freedesktop/Notifications", Some(name), "Notify", &arguments))
        .map(drop)
        .map_err(|error| error.to_string())
}
