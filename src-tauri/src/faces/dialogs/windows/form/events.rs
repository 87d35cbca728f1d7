//! What happens in the window: handed on to the page that is open.

// Messages are functions of C.
#![allow(unsafe_code)]

use super::controls::{Control, FIRST};
use super::screen::Fonts;
use super::{FOLLOW, Frame};
use crate::faces::dialogs::form::{Kind, Press};
use crate::faces::dialogs::layout::{self, Turn};
use helper_core::intent::Intent;
use std::rc::Rc;
use windows::Win32::Foundation::{HWND, LPARAM, LRESULT, WPARAM};
use windows::Win32::UI::Input::KeyboardAndMouse::{
    GetKeyState, SetFocus, VIRTUAL_KEY, VK_ESCAPE, VK_NEXT, VK_PRIOR, VK_RETURN, VK_SHIFT, VK_TAB,
};
use windows::Win32::UI::WindowsAndMessaging::{
    BN_CLICKED, CBN_CLOSEUP, CBN_SELCHANGE, DC_HASDEFID, DM_GETDEFID, DM_SETDEFID, EN_CHANGE, EN_KILLFOCUS,
    GetNextDlgTabItem, IDCANCEL, MSG, SB_BOTTOM, SB_LINEDOWN, SB_LINEUP, SB_PAGEDOWN, SB_PAGEUP, SB_THUMBPOSITION,
    SB_THUMBTRACK, SB_TOP, SCROLLBAR_COMMAND, WM_CLOSE, WM_COMMAND, WM_DPICHANGED, WM_KEYDOWN, WM_MOUSEWHEEL,
    WM_SETFOCUS, WM_SETTINGCHANGE, WM_TIMER, WM_VSCROLL,
};

/// The upper and the lower half of a number.
const fn halves(number: usize) -> (u32, u32) {
    ((number & 0xffff) as u32, ((number >> 16) & 0xffff) as u32)
}

impl Frame<'_> {
    /// A message to the window, or to the part of it that is scrolled. `None`: the system does what it always does.
    pub(super) fn told(&self, window: HWND, message: u32, first: WPARAM, _: LPARAM) -> Option<LRESULT> {
        let (low, high) = halves(first.0);
        match message {
            WM_COMMAND if low == IDCANCEL.0 as u32 => self.escape(),
            WM_COMMAND => self.commanded(usize::try_from(low as i32 - FIRST).ok()?, high),
            WM_TIMER | FOLLOW => self.follow(),
            WM_CLOSE => {
                self.leave_all();
                self.destroy();
            }
            WM_SETFOCUS if window == self.window.get() => self.focus(),
            WM_VSCROLL => self.turn(turn_of(low, high)?),
            WM_MOUSEWHEEL => self.turn(Turn::Wheel(i32::from(high as u16 as i16))),
            // The window is as large as what is in it, not as the system proposes.
            WM_DPICHANGED => {
                self.dots.set(low as i32);
                self.new_letters();
            }
            WM_SETTINGCHANGE if window == self.window.get() => self.new_letters(),
            DM_GETDEFID => {
                let main = self.desk.borrow().pressed_by_enter(None)?;
                return Some(LRESULT((DC_HASDEFID as isize) << 16 | (FIRST as isize + main as isize)));
            }
            DM_SETDEFID => return Some(LRESULT(1)),
            _ => return None,
        }
        Some(LRESULT(0))
    }

    fn new_letters(&self) {
        let before = self.fonts.replace(Rc::new(Fonts::of(self.dots.get())));
        self.arrange(false);
        // Nothing is written in them any more.
        drop(before);
    }

    /// Keys that the system would take for something else: Enter presses the button that has the keyboard, page up and page down scroll
    /// where nothing else wants them, and a field of many lines keeps every key for itself that has to lead out of it.
    pub(super) fn takes_key(&self, message: &MSG) -> bool {
        if message.message != WM_KEYDOWN {
            return false;
        }
        let holder = self.focused.get().and_then(|place| {
            let desk = self.desk.borrow();
            Some((place, desk.page().items.get(place)?.kind.clone()))
        });
        match (VIRTUAL_KEY(message.wParam.0 as u16), holder) {
            (VK_RETURN, Some((place, Kind::Push { .. }))) => self.press(place),
            (VK_RETURN, Some((_, Kind::Pages))) => {
                let main = self.desk.borrow().pressed_by_enter(None);
                main.into_iter().for_each(|place| self.press(place));
            }
            (VK_ESCAPE, Some((_, Kind::Pages))) => self.escape(),
            (VK_TAB, Some((place, Kind::Pages))) => self.step(place),
            (VK_PRIOR | VK_NEXT, Some((_, Kind::List { .. } | Kind::Pages))) => return false,
            (VK_PRIOR, _) => self.turn(Turn::PageUp),
            (VK_NEXT, _) => self.turn(Turn::PageDown),
            _ => return false,
        }
        true
    }

    /// The keyboard goes to the next control, or with Shift to the one before.
    fn step(&self, from: usize) {
        let Some(Control(from)) = self.control(from) else { return };
        // SAFETY: the windows of this thread, and the state of a key.
        unsafe {
            let back = GetKeyState(i32::from(VK_SHIFT.0)) < 0;
            if let Ok(next) = GetNextDlgTabItem(self.window.get(), Some(from), back) {
                let _ = SetFocus(Some(next));
            }
        }
    }

    fn turn(&self, turn: Turn) {
        let to = layout::turned(&self.layout.borrow(), self.scrolled.get(), turn, self.dots.get());
        self.scroll(to);
    }

    /// A control tells what is done to it.
    fn commanded(&self, place: usize, what: u32) {
        if self.quiet.get() || self.gone.get() {
            return;
        }
        let kind = self.desk.borrow().page().items.get(place).map(|item| item.kind.clone());
        let (Some(kind), Some(control)) = (kind, self.control(place)) else { return };
        match (kind, what) {
            (Kind::Line { .. }, EN_CHANGE) => self.desk.borrow_mut().types(place),
            (Kind::Line { .. }, EN_KILLFOCUS) => self.leave(place, control),
            // While a list is open nothing is chosen yet.
            (Kind::List { .. }, CBN_SELCHANGE) if control.is_dropped() => {}
            (Kind::List { .. }, CBN_SELCHANGE | CBN_CLOSEUP) => self.choose(place, control.chosen()),
            (Kind::Check { .. }, BN_CLICKED) => self.choose(place, Some(control.is_on())),
            (Kind::Push { .. }, BN_CLICKED) => self.press(place),
            _ => {}
        }
    }

    fn leave_all(&self) {
        let controls = self.controls.borrow().clone();
        for (place, control) in controls.into_iter().enumerate() {
            self.leave(place, control);
        }
    }

    fn leave(&self, place: usize, control: Control) {
        let intent = self.desk.borrow_mut().leaves(place, &control.text());
        self.ask(place, intent);
    }

    fn choose(&self, place: usize, which: Option<usize>) {
        let read = which.and_then(|which| self.desk.borrow_mut().reads(place, which));
        if let Some((control, text)) = read.and_then(|(at, text)| Some((self.control(at)?, text))) {
            control.write(&text);
        }
        let intent = which.and_then(|which| self.desk.borrow_mut().chooses(place, which));
        self.ask(place, intent);
    }

    fn ask(&self, place: usize, intent: Option<Intent>) {
        let Some(intent) = intent else { return };
        let answer = self.shared.ask(intent);
        self.desk.borrow_mut().answered(place, answer);
        self.follow_soon();
    }

    fn press(&self, place: usize) {
        self.leave_all();
        let press = self.desk.borrow_mut().presses(place);
        match press {
            Press::Nothing => {}
            Press::Look(at) => {
                self.focused.set(Some(at));
                self.focus();
            }
            Press::Wish(wish) => self.shared.press_and_wait(wish),
            Press::Copy(field) => self.ask(place, Some(Intent::CopyLine { field })),
        }
        self.follow_soon();
    }

    fn escape(&self) {
        let holder = self.focused.get().and_then(|place| Some((place, self.control(place)?)));
        let taken_back = holder.and_then(|(place, control)| {
            let text = self.desk.borrow_mut().takes_back(place, &control.text())?;
            Some((control, text))
        });
        match taken_back {
            Some((control, text)) => {
                self.quiet.set(true);
                control.write(&text);
                self.quiet.set(false);
            }
            None => self.destroy(),
        }
    }
}

fn turn_of(what: u32, place: u32) -> Option<Turn> {
    Some(match SCROLLBAR_COMMAND(what as i32) {
        SB_LINEUP => Turn::LineUp,
        SB_LINEDOWN => Turn::LineDown,
        SB_PAGEUP => Turn::PageUp,
        SB_PAGEDOWN => Turn::PageDown,
        SB_TOP => Turn::To(0),
        SB_BOTTOM => Turn::To(i32::MAX),
        SB_THUMBPOSITION | SB_THUMBTRACK => Turn::To(place as i32),
        _ => return None,
    })
}
