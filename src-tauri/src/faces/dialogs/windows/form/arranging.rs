//! Where the controls stand in the window, and which part of it is in sight.

// Windows are functions of C.
#![allow(unsafe_code)]

use super::Frame;
use super::controls::Control;
use super::screen::{self, Monitor};
use crate::faces::dialogs::form::Kind;
use crate::faces::dialogs::layout::{self, Size};
use std::rc::Rc;
use windows::Win32::Graphics::Gdi::{RDW_ALLCHILDREN, RDW_ERASE, RDW_FRAME, RDW_INVALIDATE, RedrawWindow};
use windows::Win32::UI::Controls::SetScrollInfo;
use windows::Win32::UI::Input::KeyboardAndMouse::GetFocus;
use windows::Win32::UI::WindowsAndMessaging::{
    SB_VERT, SCROLLINFO, SIF_ALL, SW_ERASE, SW_INVALIDATE, SW_SCROLLCHILDREN, SWP_NOACTIVATE, SWP_NOZORDER,
    ScrollWindowEx, SetWindowPos,
};

impl Frame<'_> {
    /// Puts everything where it belongs; at first in the middle of the monitor, afterwards where the window is.
    pub(super) fn arrange(&self, at_first: bool) {
        let window = self.window.get();
        let monitor = if at_first { Monitor::of_pointer() } else { Monitor::of(window) };
        let (outside, inside) = screen::window_places(window);
        let frame = Size { width: outside.size.width - inside.width, height: outside.size.height - inside.height };
        let screen = screen::screen(monitor, frame, self.dots.get());
        let items = self.desk.borrow().page().items.clone();
        let fonts = Rc::clone(&self.fonts.borrow());
        let layout = layout::lay_out(&items, screen, &|text, letters, width| fonts.measure(text, letters, width));
        let wanted = Size { width: layout.window.width + frame.width, height: layout.window.height + frame.height };
        let at = layout::within(&monitor.room(), (!at_first).then_some(&outside), wanted);
        let flags = SWP_NOZORDER | SWP_NOACTIVATE;
        // SAFETY: the windows of this thread.
        unsafe {
            let _ = SetWindowPos(window, None, at.x, at.y, wanted.width, wanted.height, flags);
            let _ = SetWindowPos(self.pane.get(), None, 0, 0, layout.window.width, layout.pane, flags);
        }
        // Grown onto another monitor, it has been told of other dots per inch, and everything stands for those already.
        if self.dots.get() != screen.dots {
            return;
        }
        let scrolled = self.scrolled.get().min(layout::most_scrolled(&layout));
        self.scrolled.set(scrolled);
        for (((control, item), place), lines) in
            self.controls.borrow().iter().zip(&items).zip(&layout.places).zip(&layout.lines)
        {
            if matches!(item.kind, Kind::Text) {
                control.write(lines);
            }
            control.write_in(fonts.get(layout::letters(item)));
            let down = if item.is_of_page() { 0 } else { scrolled };
            control.put(&item.kind, place.map(|place| layout::Place { y: place.y - down, ..place }));
        }
        self.layout.replace(layout);
        self.show_bar();
        self.draw_anew();
    }

    /// What moved is drawn anew with its edges.
    fn draw_anew(&self) {
        let flags = RDW_INVALIDATE | RDW_ERASE | RDW_FRAME | RDW_ALLCHILDREN;
        // SAFETY: the window of this thread.
        let _ = unsafe { RedrawWindow(Some(self.window.get()), None, None, flags) };
    }

    fn show_bar(&self) {
        let layout = self.layout.borrow();
        let info = SCROLLINFO {
            cbSize: size_of::<SCROLLINFO>() as u32,
            fMask: SIF_ALL,
            nMax: layout.whole - 1,
            nPage: u32::try_from(layout.pane).unwrap_or(0),
            nPos: self.scrolled.get(),
            ..SCROLLINFO::default()
        };
        // SAFETY: the window of this thread, and a sized description.
        unsafe { SetScrollInfo(self.pane.get(), SB_VERT, &raw const info, true) };
    }

    /// Scrolls to there, as far as there is anything.
    pub(super) fn scroll(&self, to: i32) {
        let to = to.clamp(0, layout::most_scrolled(&self.layout.borrow()));
        let before = self.scrolled.replace(to);
        if before != to {
            let flags = SW_SCROLLCHILDREN | SW_INVALIDATE | SW_ERASE;
            // SAFETY: the window of this thread.
            unsafe { ScrollWindowEx(self.pane.get(), 0, before - to, None, None, None, None, flags) };
            self.show_bar();
            self.draw_anew();
        }
    }

    /// Which control has the keyboard by now; it is brought into sight.
    pub(super) fn look(&self) {
        // SAFETY: a question.
        let holder = Control(unsafe { GetFocus() });
        let place = self.controls.borrow().iter().position(|control| *control == holder);
        if place.is_none() || place == self.focused.get() {
            return;
        }
        self.focused.set(place);
        self.mark();
        // The system selects a field that is reached by the Tab key, and a long text would be seen from its end.
        let kind = place.and_then(|place| self.desk.borrow().page().items.get(place).map(|item| item.kind.clone()));
        if matches!(kind, Some(Kind::Pages)) {
            holder.to_begin();
        }
        let to = {
            let layout = self.layout.borrow();
            let in_pane = place
                .filter(|place| self.desk.borrow().page().items.get(*place).is_some_and(|item| !item.is_of_page()));
            in_pane
                .and_then(|place| layout.places.get(place).copied().flatten())
                .map(|at| layout::bring_into_sight(&layout, &at, self.scrolled.get(), self.dots.get()))
        };
        if let Some(to) = to {
            self.scroll(to);
        }
    }
}
