//! The windows of this session's desktop. Nothing here sends a message, so a window that hangs does not hang the helper.
#![allow(unsafe_code)] // Windows and their owners.

use super::text;
use windows::Win32::Foundation::{HWND, LPARAM};
use windows::Win32::UI::WindowsAndMessaging::{
    EnumWindows, GWL_EXSTYLE, GetWindowLongW, GetWindowThreadProcessId, InternalGetWindowText, IsWindowVisible,
    WINDOW_EX_STYLE, WS_EX_TRANSPARENT,
};
use windows::core::BOOL;

/// A visible top-level window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TopLevel {
    /// The window.
    pub window: HWND,
    /// The process that owns it.
    pub pid: u32,
}

impl TopLevel {
    /// Its title as the system has it; asking the window itself would wait for it.
    pub(crate) fn title(&self) -> Option<String> {
        let mut buffer = [0u16; 512];
        // SAFETY: The buffer's length is passed with it. A window that is gone has no title.
        let length = unsafe { InternalGetWindowText(self.window, &mut buffer) };
        let title = text::from_wide(buffer.get(..usize::try_from(length).ok()?)?);
        (!title.is_empty()).then_some(title)
    }
}

/// Every visible top-level window, the front one first. Those that no click ever reaches are left out: programs have them to
/// talk to themselves, and one that is told to close may take its program's hearing with it.
pub(crate) fn visible() -> Vec<TopLevel> {
    let mut windows: Vec<TopLevel> = Vec::new();
    // SAFETY: The pointer is passed on to `collect` only, and the list lives until the call returns.
    let done = unsafe { EnumWindows(Some(collect), LPARAM(&raw mut windows as isize)) };
    if let Err(error) = done {
        tracing::debug!(%error, "windows cannot be listed");
    }
    windows
}

unsafe extern "system" fn collect(window: HWND, list: LPARAM) -> BOOL {
    let mut pid = 0;
    // SAFETY: The number is written to a place that lives until the call returns.
    unsafe { GetWindowThreadProcessId(window, Some(&raw mut pid)) };
    // SAFETY: No memory is passed.
    let (visible, style) = unsafe { (IsWindowVisible(window).as_bool(), GetWindowLongW(window, GWL_EXSTYLE)) };
    let click_through = WINDOW_EX_STYLE(style.cast_unsigned()).contains(WS_EX_TRANSPARENT);
    if pid != 0 && visible && !click_through {
        // SAFETY: `visible` passes its own list, and nobody else touches it meanwhile.
        unsafe { &mut *(list.0 as *mut Vec<TopLevel>) }.push(TopLevel { window, pid });
    }
    true.into()
}
