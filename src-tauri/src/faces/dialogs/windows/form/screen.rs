//! The screen that a window is on: its dots per inch, the room on it, and the system's letters.

// Monitors and letters are functions of C.
#![allow(unsafe_code)]

use crate::faces::dialogs::layout::{DOTS, Letters, Place, Screen, Size};
use windows::Win32::Foundation::{HWND, POINT, RECT};
use windows::Win32::Graphics::Gdi::{
    CreateFontIndirectW, DRAW_TEXT_FORMAT, DT_CALCRECT, DT_EDITCONTROL, DT_NOPREFIX, DT_SINGLELINE, DT_WORDBREAK,
    DrawTextW, GetDC, GetDeviceCaps, GetMonitorInfoW, HDC, HFONT, HGDIOBJ, HMONITOR, LOGFONTW, LOGPIXELSY,
    MONITOR_DEFAULTTONEAREST, MONITORINFO, MonitorFromPoint, MonitorFromWindow, ReleaseDC, SelectObject,
};
use windows::Win32::UI::HiDpi::{GetDpiForMonitor, MDT_EFFECTIVE_DPI};
use windows::Win32::UI::WindowsAndMessaging::{
    GetClientRect, GetCursorPos, GetSystemMetrics, GetWindowRect, NONCLIENTMETRICSW, SM_CXVSCROLL,
    SPI_GETNONCLIENTMETRICS, SYSTEM_PARAMETERS_INFO_UPDATE_FLAGS, SystemParametersInfoW,
};
use windows::core::Owned;

/// A headline is so much larger than the rest.
const LARGE: (i32, i32) = (4, 3);

/// A monitor.
#[derive(Clone, Copy)]
pub struct Monitor(HMONITOR);

impl Monitor {
    /// The one on which the person is: under the pointer.
    pub fn of_pointer() -> Self {
        let mut point = POINT::default();
        // SAFETY: the point is a place for the answer; without one it is the main monitor's corner.
        let _ = unsafe { GetCursorPos(&raw mut point) };
        // SAFETY: plain values.
        Self(unsafe { MonitorFromPoint(point, MONITOR_DEFAULTTONEAREST) })
    }

    /// The one on which most of this window is.
    pub fn of(window: HWND) -> Self {
        // SAFETY: a window of this thread.
        Self(unsafe { MonitorFromWindow(window, MONITOR_DEFAULTTONEAREST) })
    }

    /// Its dots per inch.
    pub fn dots(self) -> i32 {
        let (mut across, mut down) = (0, 0);
        // SAFETY: two places for the answer.
        let told = unsafe { GetDpiForMonitor(self.0, MDT_EFFECTIVE_DPI, &raw mut across, &raw mut down) };
        told.map_or(DOTS, |()| i32::try_from(down).unwrap_or(DOTS))
    }

    /// What the taskbar leaves of it.
    pub fn room(self) -> Place {
        let mut info = MONITORINFO { cbSize: size_of::<MONITORINFO>() as u32, ..MONITORINFO::default() };
        // SAFETY: a sized place for the answer.
        let _ = unsafe { GetMonitorInfoW(self.0, &raw mut info) };
        place_of(info.rcWork)
    }
}

/// A rectangle by its corner and its size.
pub fn place_of(rect: RECT) -> Place {
    let size = Size { width: rect.right - rect.left, height: rect.bottom - rect.top };
    Place { x: rect.left, y: rect.top, size }
}

/// Where a window is on the screen, and how large it is inside.
pub fn window_places(window: HWND) -> (Place, Size) {
    let (mut outside, mut inside) = (RECT::default(), RECT::default());
    // SAFETY: a window of this thread, and places for the answers.
    unsafe {
        let _ = GetWindowRect(window, &raw mut outside);
        let _ = GetClientRect(window, &raw mut inside);
    }
    (place_of(outside), place_of(inside).size)
}

/// What is laid out for: this monitor, without what the frame of a window takes.
pub fn screen(monitor: Monitor, frame: Size, dots: i32) -> Screen {
    let room = monitor.room().size;
    let room = Size { width: room.width - frame.width, height: room.height - frame.height };
    // SAFETY: a number of the system.
    Screen { dots, room, bar: unsafe { GetSystemMetrics(SM_CXVSCROLL) } }
}

/// The system's letters for messages, at the dots per inch of a monitor.
pub struct Fonts {
    plain: Owned<HFONT>,
    large: Owned<HFONT>,
}

impl Fonts {
    /// The letters that the person has set, for so many dots per inch.
    pub fn of(dots: i32) -> Self {
        let mut metrics =
            NONCLIENTMETRICSW { cbSize: size_of::<NONCLIENTMETRICSW>() as u32, ..NONCLIENTMETRICSW::default() };
        let place = (&raw mut metrics).cast();
        let none = SYSTEM_PARAMETERS_INFO_UPDATE_FLAGS(0);
        // SAFETY: a sized place for the answer. Without one the letters are the system's own choice.
        let _ = unsafe { SystemParametersInfoW(SPI_GETNONCLIENTMETRICS, metrics.cbSize, Some(place), none) };
        let canvas = Canvas::new();
        // SAFETY: the screen's own canvas. The letters are told for the dots per inch of the system as a whole.
        let of_system = unsafe { GetDeviceCaps(Some(canvas.0), LOGPIXELSY) }.max(1);
        let font = |times: i32, over: i32| {
            let message = metrics.lfMessageFont;
            let font = LOGFONTW { lfHeight: message.lfHeight * dots * times / (of_system * over), ..message };
            // SAFETY: the description lives until the call is over; the letters are freed by their owner.
            unsafe { Owned::new(CreateFontIndirectW(&raw const font)) }
        };
        Self { plain: font(1, 1), large: font(LARGE.0, LARGE.1) }
    }

    /// These letters.
    pub fn get(&self, letters: Letters) -> HFONT {
        match letters {
            Letters::Plain => *self.plain,
            Letters::Large => *self.large,
        }
    }

    /// How large a text is when its lines may be so wide (0: one line, however wide).
    pub fn measure(&self, text: &str, letters: Letters, width: i32) -> Size {
        let canvas = Canvas::new();
        let mut units: Vec<u16> = text.encode_utf16().collect();
        let mut rect = RECT { right: width, ..RECT::default() };
        let lines: DRAW_TEXT_FORMAT = if width == 0 { DT_SINGLELINE } else { DT_WORDBREAK | DT_EDITCONTROL };
        // SAFETY: the canvas and the letters live until the calls are over, and the canvas gets its own letters back.
        unsafe {
            let before = SelectObject(canvas.0, HGDIOBJ(self.get(letters).0));
            DrawTextW(canvas.0, &mut units, &raw mut rect, DT_CALCRECT | DT_NOPREFIX | lines);
            SelectObject(canvas.0, before);
        }
        place_of(rect).size
    }
}

/// The screen's canvas, only to measure on.
struct Canvas(HDC);

impl Canvas {
    fn new() -> Self {
        // SAFETY: given back when this is dropped.
        Self(unsafe { GetDC(None) })
    }
}

impl Drop for Canvas {
    fn drop(&mut self) {
        // SAFETY: taken by `new`.
        unsafe { ReleaseDC(None, self.0) };
    }
}
