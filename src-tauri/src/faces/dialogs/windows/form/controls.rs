//! The controls in a window: the system's own, which look, sound and answer as everywhere else.

// Controls are functions of C.
#![allow(unsafe_code)]

use super::signs;
use crate::faces::dialogs::form::{Change, Item, Kind};
use crate::faces::dialogs::layout::Place;
use windows::Win32::Foundation::{HWND, LPARAM, WPARAM};
use windows::Win32::Graphics::Gdi::HFONT;
use windows::Win32::System::SystemServices::{SS_CENTERIMAGE, SS_EDITCONTROL, SS_ICON, SS_NOPREFIX};
use windows::Win32::UI::Controls::{BST_CHECKED, EM_SCROLLCARET, EM_SETLIMITTEXT, EM_SETSEL};
use windows::Win32::UI::Input::KeyboardAndMouse::{EnableWindow, SetFocus};
use windows::Win32::UI::WindowsAndMessaging::{
    BM_GETCHECK, BM_SETCHECK, BM_SETSTYLE, BS_AUTOCHECKBOX, BS_DEFPUSHBUTTON, BS_MULTILINE, BS_PUSHBUTTON, BS_TOP,
    CB_ADDSTRING, CB_GETCURSEL, CB_GETDROPPEDSTATE, CB_RESETCONTENT, CB_SETCURSEL, CB_SETITEMHEIGHT, CBS_DROPDOWNLIST,
    CreateWindowExW, DestroyWindow, ES_AUTOHSCROLL, ES_AUTOVSCROLL, ES_MULTILINE, ES_READONLY, GetWindowTextLengthW,
    GetWindowTextW, HMENU, STM_SETICON, SWP_HIDEWINDOW, SWP_NOACTIVATE, SWP_NOMOVE, SWP_NOSIZE, SWP_NOZORDER,
    SWP_SHOWWINDOW, SendMessageW, SetWindowPos, SetWindowTextW, WINDOW_EX_STYLE, WINDOW_STYLE, WM_SETFONT, WS_CHILD,
    WS_EX_CLIENTEDGE, WS_GROUP, WS_TABSTOP, WS_VSCROLL,
};
use windows::core::{HSTRING, PCWSTR, Result, w};

/// The first control's id; below are the system's own (`IDCANCEL` is 2).
pub const FIRST: i32 = 100;
/// A list that is open shows at most so many of its lines.
const LINES: i32 = 8;
/// What the border of a list takes of its height.
const BORDER: i32 = 6;

/// One control.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Control(pub HWND);

impl Control {
    /// Makes the control of an item, not to be seen yet.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn new(parent: HWND, place: usize, item: &Item) -> Result<Self> {
        let (class, style, edge) = look(&item.kind);
        let id = FIRST + i32::try_from(place).unwrap_or(i32::MAX - FIRST);
        let menu = Some(HMENU(id as usize as *mut _));
        let text = HSTRING::from(item.caption());
        // SAFETY: the parent is a window of this thread; the text lives until the call is over.
        let window = unsafe {
            CreateWindowExW(edge, class, &text, WS_CHILD | style, 0, 0, 0, 0, Some(parent), menu, None, None)
        }?;
        let control = Self(window);
        match &item.kind {
            Kind::Line { longest, .. } => drop(control.send(EM_SETLIMITTEXT, *longest, 0)),
            Kind::List { options, chosen, locked } => {
                control.offer(options, *chosen);
                control.enable(!locked);
            }
            Kind::Check { on, locked } => {
                control.check(*on);
                control.enable(!locked);
            }
            // As much as there is.
            Kind::Pages => {
                control.send(EM_SETLIMITTEXT, 0, 0);
                control.write(&item.caption());
            }
            Kind::Sign { sign, .. } => drop(control.send(STM_SETICON, signs::icon(*sign), 0)),
            Kind::Text | Kind::Push { .. } => {}
        }
        Ok(control)
    }

    /// Takes it away.
    pub fn destroy(self) {
        // SAFETY: a window of this thread. One that is gone already is no fault.
        let _ = unsafe { DestroyWindow(self.0) };
    }

    /// Gives it these letters.
    pub fn write_in(self, font: HFONT) {
        self.send(WM_SETFONT, font.0 as usize, 1);
    }

    /// Puts it there; `None` hides it.
    pub fn put(self, kind: &Kind, place: Option<Place>) {
        let flags = SWP_NOZORDER | SWP_NOACTIVATE;
        let Some(Place { x, y, size }) = place else {
            // SAFETY: a window of this thread.
            let _ = unsafe { SetWindowPos(self.0, None, 0, 0, 0, 0, flags | SWP_HIDEWINDOW | SWP_NOMOVE | SWP_NOSIZE) };
            return;
        };
        let mut height = size.height;
        if matches!(kind, Kind::List { .. }) {
            // The height of a list is the one that it has when it is open; the line that is always seen has its own.
            self.send(CB_SETITEMHEIGHT, usize::MAX, (size.height - BORDER) as isize);
            height *= LINES;
        }
        // SAFETY: a window of this thread.
        let _ = unsafe { SetWindowPos(self.0, None, x, y, size.width, height, flags | SWP_SHOWWINDOW) };
    }

    /// What stands in it.
    pub fn text(self) -> String {
        // SAFETY: a window of this thread.
        let length = unsafe { GetWindowTextLengthW(self.0) };
        let mut units = vec![0; usize::try_from(length).unwrap_or(0) + 1];
        // SAFETY: the place knows its length.
        let read = unsafe { GetWindowTextW(self.0, &mut units) };
        String::from_utf16_lossy(units.get(..usize::try_from(read).unwrap_or(0)).unwrap_or_default())
    }

    /// Writes this on it, or into it.
    pub fn write(self, text: &str) {
        // SAFETY: a window of this thread; the text lives until the call is over.
        let _ = unsafe { SetWindowTextW(self.0, &HSTRING::from(text)) };
    }

    /// Does what another state wants of it.
    pub fn follow(self, change: &Change) {
        match change {
            Change::Says(text) => self.write(text),
            Change::Offers(options, chosen) => self.offer(options, *chosen),
            Change::Is(on) => self.check(*on),
        }
    }

    /// Gives it the keyboard; a line is selected, so that typing replaces it.
    pub fn focus(self, kind: &Kind) {
        // SAFETY: a window of this thread.
        let _ = unsafe { SetFocus(Some(self.0)) };
        if matches!(kind, Kind::Line { .. }) {
            self.send(EM_SETSEL, 0, -1);
        }
    }

    /// Shows the begin of a long text, with nothing selected.
    pub fn to_begin(self) {
        self.send(EM_SETSEL, 0, 0);
        self.send(EM_SCROLLCARET, 0, 0);
    }

    /// Lets a button look as if the Enter key presses it, or not.
    pub fn mark(self, main: bool) {
        let style = if main { BS_DEFPUSHBUTTON } else { BS_PUSHBUTTON };
        self.send(BM_SETSTYLE, style.cast_unsigned() as usize, 1);
    }

    /// Is it a list that is open?
    pub fn is_dropped(self) -> bool {
        self.send(CB_GETDROPPEDSTATE, 0, 0) != 0
    }

    /// Which one of a list is chosen.
    pub fn chosen(self) -> Option<usize> {
        usize::try_from(self.send(CB_GETCURSEL, 0, 0)).ok()
    }

    /// Whether a check box is on: 0 or 1.
    pub fn is_on(self) -> usize {
        usize::from(self.send(BM_GETCHECK, 0, 0) == BST_CHECKED.0 as isize)
    }

    fn offer(self, options: &[String], chosen: Option<usize>) {
        self.send(CB_RESETCONTENT, 0, 0);
        for option in options {
            let option = HSTRING::from(option);
            self.send(CB_ADDSTRING, 0, option.as_ptr() as isize);
        }
        self.send(CB_SETCURSEL, chosen.unwrap_or(usize::MAX), 0);
    }

    fn check(self, on: bool) {
        self.send(BM_SETCHECK, usize::from(on), 0);
    }

    fn enable(self, on: bool) {
        // SAFETY: a window of this thread.
        let _ = unsafe { EnableWindow(self.0, on) };
    }

    fn send(self, message: u32, first: usize, second: isize) -> isize {
        // SAFETY: a window of this thread; what `second` points to outlives the call.
        unsafe { SendMessageW(self.0, message, Some(WPARAM(first)), Some(LPARAM(second))) }.0
    }
}

/// The system's class, style and edge for this kind.
fn look(kind: &Kind) -> (PCWSTR, WINDOW_STYLE, WINDOW_EX_STYLE) {
    let none = WINDOW_EX_STYLE(0);
    let style = |bits: i32| WINDOW_STYLE(bits.cast_unsigned());
    match kind {
        // Every text ends the group before it: arrow keys stay with their control.
        Kind::Text => (w!("STATIC"), WINDOW_STYLE(SS_NOPREFIX.0 | SS_EDITCONTROL.0) | WS_GROUP, none),
        Kind::Sign { .. } => (w!("STATIC"), WINDOW_STYLE(SS_ICON.0 | SS_CENTERIMAGE.0), none),
        Kind::Line { locked, .. } => {
            let read_only = if *locked { ES_READONLY } else { 0 };
            (w!("EDIT"), style(ES_AUTOHSCROLL | read_only) | WS_TABSTOP, WS_EX_CLIENTEDGE)
        }
        Kind::Pages => {
            let lines = ES_MULTILINE | ES_AUTOVSCROLL | ES_READONLY;
            (w!("EDIT"), style(lines) | WS_TABSTOP | WS_VSCROLL, WS_EX_CLIENTEDGE)
        }
        Kind::List { .. } => (w!("COMBOBOX"), style(CBS_DROPDOWNLIST) | WS_TABSTOP | WS_VSCROLL, none),
        Kind::Check { .. } => (w!("BUTTON"), style(BS_AUTOCHECKBOX | BS_MULTILINE | BS_TOP) | WS_TABSTOP, none),
        Kind::Push { main: true } => (w!("BUTTON"), style(BS_DEFPUSHBUTTON) | WS_TABSTOP, none),
        Kind::Push { main: false } => (w!("BUTTON"), style(BS_PUSHBUTTON) | WS_TABSTOP, none),
    }
}
