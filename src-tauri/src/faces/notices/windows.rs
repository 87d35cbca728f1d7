//! A notice beside the tray icon (Microsoft Learn, "Shell_NotifyIconW function", `NIF_INFO`): Windows 10 and later show it as a toast, without
//! a shortcut or an identity of the program.

// The notice is a function of C.
#![allow(unsafe_code)]

use crate::faces::tray;
use std::ops::RangeInclusive;
use tauri::AppHandle;
use windows::Win32::Foundation::HWND;
use windows::Win32::UI::Shell::{
    NIF_INFO, NIIF_INFO, NIIF_RESPECT_QUIET_TIME, NIM_MODIFY, NOTIFYICONDATAW, Shell_NotifyIconW,
};

/// The tray library numbers this program's one icon, with its other ids, and tells nobody how: Windows knows which of these it is.
const NUMBERS: RangeInclusive<u32> = 1..=16;

/// Says it.
///
/// # Errors
/// Why not.
pub fn say(app: &AppHandle, _: &str, summary: &str, body: &str) -> Result<(), String> {
    let icon = app.tray_by_id(tray::ID).ok_or("there is no icon to say it beside")?;
    let window = icon.with_inner_tray_icon(|icon| icon.window_handle() as isize).map_err(|error| error.to_string())?;
    let mut data = NOTIFYICONDATAW {
        cbSize: size_of::<NOTIFYICONDATAW>() as u32,
        hWnd: HWND(window as *mut _),
        uFlags: NIF_INFO,
        dwInfoFlags: NIIF_INFO | NIIF_RESPECT_QUIET_TIME,
        ..NOTIFYICONDATAW::default()
    };
    put(&mut data.szInfoTitle, summary);
    put(&mut data.szInfo, body);
    let said = NUMBERS.into_iter().any(|number| {
        data.uID = number;
        // SAFETY: a whole, sized structure; the window is the icon's, which lives as long as the program.
        unsafe { Shell_NotifyIconW(NIM_MODIFY, &data) }.as_bool()
    });
    if said { Ok(()) } else { Err("the system does not know the icon".to_owned()) }
}

/// As many whole characters as fit, with a zero after them.
fn put(field: &mut [u16], text: &str) {
    let mut end = 0;
    for character in text.chars() {
        let next = end + character.len_utf16();
        if next >= field.len() {
            break;
        }
        character.encode_utf16(&mut field[end..next]);
        end = next;
    }
    field[end] = 0;
}
