//! A page with something to answer or to copy: one window of our own with the system's controls. What it shows and what is done with
//! an answer is decided in `faces::dialogs::form`, where everything stands in `faces::dialogs::layout`.
//!
//! A window that is no dialog of the system's works with the dialog's keys when it answers `DM_GETDEFID` (Microsoft Learn,
//! "IsDialogMessageW function" and "DM_GETDEFID message").

// Windows are functions of C.
#![allow(unsafe_code)]

mod arranging;
mod class;
mod controls;
mod events;
mod screen;
mod signs;

use super::super::form::{Desk, Kind, News};
use super::super::layout::Layout;
use super::super::page::Page;
use super::{NoDialog, Shared};
use controls::Control;
use screen::{Fonts, Monitor};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use windows::Win32::Foundation::{HWND, LPARAM, WPARAM};
use windows::Win32::UI::WindowsAndMessaging::{
    DestroyWindow, DispatchMessageW, GetMessageW, IsDialogMessageW, MSG, PostMessageW, SW_RESTORE, SetForegroundWindow,
    SetTimer, SetWindowTextW, ShowWindow, TranslateMessage, WM_APP, WS_CAPTION, WS_CHILD, WS_CLIPCHILDREN,
    WS_EX_CONTROLPARENT, WS_MINIMIZEBOX, WS_SYSMENU, WS_VISIBLE, WS_VSCROLL,
};
use windows::core::{HSTRING, Result};

/// Look whether the state is another one.
const FOLLOW: u32 = WM_APP + 1;
/// How often it is looked by itself, in milliseconds; as often as the system's dialogs do.
const EVERY: u32 = 200;

/// The window that is open.
pub struct Frame<'a> {
    shared: &'a Shared,
    desk: RefCell<Desk>,
    calls: Cell<u64>,
    window: Cell<HWND>,
    /// What is above the buttons, and is scrolled.
    pane: Cell<HWND>,
    controls: RefCell<Vec<Control>>,
    fonts: RefCell<Rc<Fonts>>,
    dots: Cell<i32>,
    layout: RefCell<Layout>,
    scrolled: Cell<i32>,
    /// Which control has the keyboard, or had it before another window got it.
    focused: Cell<Option<usize>>,
    /// What is told comes from what is done here, not from the person.
    quiet: Cell<bool>,
    by_state: Cell<bool>,
    gone: Cell<bool>,
}

/// Shows the page and follows the state, until the person closes the window or the state ends it.
///
/// # Errors
/// [`NoDialog::Refused`].
pub fn draw(shared: &Shared, page: Page, calls: u64) -> std::result::Result<(), NoDialog> {
    let dots = Monitor::of_pointer().dots();
    let frame = Frame {
        shared,
        desk: RefCell::new(Desk::new(page)),
        calls: Cell::new(calls),
        window: Cell::default(),
        pane: Cell::default(),
        controls: RefCell::default(),
        fonts: RefCell::new(Rc::new(Fonts::of(dots))),
        dots: Cell::new(dots),
        layout: RefCell::default(),
        scrolled: Cell::new(0),
        focused: Cell::new(None),
        quiet: Cell::new(true),
        by_state: Cell::new(false),
        gone: Cell::new(false),
    };
    let shown = frame.open().and_then(|()| frame.run());
    if !frame.gone.get() {
        frame.destroy();
    }
    shown.map_err(|error| NoDialog::Refused(error.message()))?;
    if !frame.by_state.get() {
        shared.close();
    }
    Ok(())
}

impl Frame<'_> {
    fn open(&self) -> Result<()> {
        let style = WS_CAPTION | WS_SYSMENU | WS_MINIMIZEBOX | WS_CLIPCHILDREN;
        // SAFETY: `draw` keeps the frame where it is until its windows are gone.
        self.window.set(unsafe { class::create(self, None, WS_EX_CONTROLPARENT, style) }?);
        let style = WS_CHILD | WS_VISIBLE | WS_VSCROLL | WS_CLIPCHILDREN;
        // SAFETY: the same.
        self.pane.set(unsafe { class::create(self, Some(self.window.get()), WS_EX_CONTROLPARENT, style) }?);
        self.make()?;
        self.arrange(true);
        // On a monitor with other dots per inch than the main one its frame has another size by now.
        self.arrange(false);
        // SAFETY: the window of this thread; its timer ends with it.
        unsafe { SetTimer(Some(self.window.get()), 1, EVERY, None) };
        self.to_front();
        self.begin();
        Ok(())
    }

    /// Ends when the window is gone.
    fn run(&self) -> Result<()> {
        let mut message = MSG::default();
        while !self.gone.get() {
            // SAFETY: a place for the message, which is handed on as it came.
            unsafe {
                if GetMessageW(&raw mut message, None, 0, 0).0 <= 0 {
                    return Err(windows::core::Error::from_thread());
                }
                if !self.takes_key(&message) && !IsDialogMessageW(self.window.get(), &raw const message).as_bool() {
                    let _ = TranslateMessage(&raw const message);
                    DispatchMessageW(&raw const message);
                }
            }
            self.look();
        }
        Ok(())
    }

    /// Makes the controls of the page.
    fn make(&self) -> Result<()> {
        let items = self.desk.borrow().page().items.clone();
        let mut controls = Vec::with_capacity(items.len());
        for (place, item) in items.iter().enumerate() {
            let parent = if item.is_of_page() { self.window.get() } else { self.pane.get() };
            controls.push(Control::new(parent, place, item)?);
        }
        self.controls.replace(controls);
        self.name();
        Ok(())
    }

    /// Writes the title, and names the part with the controls: whoever hears only what has the keyboard hears what page it is on.
    fn name(&self) {
        let (title, page) = {
            let desk = self.desk.borrow();
            (HSTRING::from(&desk.page().title), HSTRING::from(desk.page().name()))
        };
        // SAFETY: the windows of this thread; the texts live until the calls are over.
        unsafe {
            let _ = SetWindowTextW(self.window.get(), &title);
            let _ = SetWindowTextW(self.pane.get(), &page);
        }
    }

    /// Gives the keyboard to the first control.
    fn begin(&self) {
        let first = self.desk.borrow().first();
        self.focused.set(first);
        self.quiet.set(true);
        self.focus();
        self.mark();
        self.quiet.set(false);
        self.scroll(0);
    }

    fn focus(&self) {
        let Some(place) = self.focused.get() else { return };
        let kind = self.desk.borrow().page().items.get(place).map(|item| item.kind.clone());
        if let (Some(control), Some(kind)) = (self.control(place), kind) {
            control.focus(&kind);
        }
    }

    /// The button that the Enter key presses looks like it.
    fn mark(&self) {
        let pressed = self.desk.borrow().pressed_by_enter(self.focused.get());
        for (place, control) in self.controls.borrow().iter().enumerate() {
            if self.desk.borrow().page().items.get(place).is_some_and(|item| matches!(item.kind, Kind::Push { .. })) {
                control.mark(pressed == Some(place));
            }
        }
    }

    fn control(&self, place: usize) -> Option<Control> {
        self.controls.borrow().get(place).copied()
    }

    /// Follows the state.
    fn follow(&self) {
        if self.gone.get() || self.quiet.get() {
            return;
        }
        let Some((page, calls)) = self.shared.page().filter(|(page, _)| page.has_items()) else {
            self.by_state.set(true);
            return self.destroy();
        };
        if calls != self.calls.replace(calls) {
            self.to_front();
        }
        let news = self.desk.borrow_mut().follow(page);
        self.quiet.set(true);
        match news {
            News::Same(changes) if changes.is_empty() => {}
            News::Same(changes) => {
                for (place, change) in &changes {
                    if let Some(control) = self.control(*place) {
                        control.follow(change);
                    }
                }
                self.name();
                self.arrange(false);
            }
            News::Another => {
                self.controls.take().into_iter().for_each(Control::destroy);
                if let Err(error) = self.make() {
                    tracing::error!(%error, "the page cannot be shown");
                    return self.destroy();
                }
                self.arrange(false);
                self.begin();
            }
        }
        self.quiet.set(false);
    }

    /// Follows the state as soon as what is being done is done.
    fn follow_soon(&self) {
        // SAFETY: the window of this thread. If it cannot be posted the timer does the same.
        let _ = unsafe { PostMessageW(Some(self.window.get()), FOLLOW, WPARAM(0), LPARAM(0)) };
    }

    fn to_front(&self) {
        // SAFETY: the window of this thread. Windows may refuse to bring it forward, and flashes it then.
        unsafe {
            let _ = ShowWindow(self.window.get(), SW_RESTORE);
            let _ = SetForegroundWindow(self.window.get());
        }
    }

    fn destroy(&self) {
        self.quiet.set(true);
        self.gone.set(true);
        // SAFETY: the window of this thread, and its children with it.
        if let Err(error) = unsafe { DestroyWindow(self.window.get()) } {
            tracing::debug!(%error, "the window was gone already");
        }
    }
}
