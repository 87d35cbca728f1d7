//! Task dialogs (Microsoft Learn, "TaskDialogIndirect function"). They are in version 6 of the common controls, which the program's manifest
//! asks for; without it the function is not there, and a message box serves.

// The system's dialogs are functions of C.
#![allow(unsafe_code)]

mod boxes;
mod controls;
mod form;
mod sheet;

pub use boxes::tell;

use super::page::{Bar, Page};
use super::{NoDialog, Shared};
use controls::Controls;
use sheet::{FIRST_BUTTON, Sheet};
use std::cell::{Cell, RefCell};
use windows::Win32::Foundation::{HWND, LPARAM, S_FALSE, S_OK, WPARAM};
use windows::Win32::UI::Controls::{
    TASKDIALOG_NOTIFICATIONS, TASKDIALOGCONFIG, TDE_CONTENT, TDE_MAIN_INSTRUCTION, TDM_CLICK_BUTTON, TDM_NAVIGATE_PAGE,
    TDM_SET_ELEMENT_TEXT, TDM_SET_PROGRESS_BAR_MARQUEE, TDM_SET_PROGRESS_BAR_POS, TDN_BUTTON_CLICKED,
    TDN_DIALOG_CONSTRUCTED, TDN_NAVIGATED, TDN_TIMER,
};
use windows::Win32::UI::WindowsAndMessaging::{
    IDOK, PostMessageW, SW_RESTORE, SendMessageW, SetForegroundWindow, SetWindowTextW, ShowWindow,
};
use windows::core::{HRESULT, HSTRING};

/// Shows the page and follows the state, until the person closes the dialog or the state ends it.
///
/// # Errors
/// [`NoDialog::Refused`].
pub fn draw(shared: &Shared, page: Page, calls: u64) -> Result<(), NoDialog> {
    if page.has_items() {
        return form::draw(shared, page, calls);
    }
    let Some(controls) = Controls::load() else { return boxes::draw(shared, &page) };
    let dialog = Dialog {
        shared,
        page: RefCell::new(page),
        calls: Cell::new(calls),
        sheets: RefCell::default(),
        by_state: Cell::new(false),
        moved: Cell::new(false),
    };
    let config = dialog.new_sheet();
    // SAFETY: `config` and everything that it points to live in `dialog` and its sheets until the call is over.
    let done = unsafe { controls.task_dialog(config) };
    done.ok().map_err(|error| NoDialog::Refused(error.message()))?;
    if !dialog.by_state.get() {
        shared.close();
    }
    Ok(())
}

impl Page {
    /// The id of a button that every dialog has: ours, or the system's own where there are none.
    const fn first_button(&self) -> i32 {
        if self.buttons.is_empty() { IDOK.0 } else { FIRST_BUTTON }
    }
}

/// The dialog that is open.
struct Dialog<'a> {
    shared: &'a Shared,
    page: RefCell<Page>,
    calls: Cell<u64>,
    /// Of every page that it has shown: nobody says until when the system reads them.
    sheets: RefCell<Vec<Sheet>>,
    /// It goes because of the state, not by the person.
    by_state: Cell<bool>,
    /// The system took the last page.
    moved: Cell<bool>,
}

/// Microsoft Learn, "TaskDialogCallbackProc callback function": `S_FALSE` keeps the dialog open after a button.
unsafe extern "system" fn notified(
    window: HWND,
    what: TASKDIALOG_NOTIFICATIONS,
    which: WPARAM,
    _: LPARAM,
    dialog: isize,
) -> HRESULT {
    // SAFETY: the address of the `Dialog` in `draw`, which waits for the dialog's end on this very thread.
    let dialog = unsafe { &*(dialog as *const Dialog<'_>) };
    match what {
        TDN_BUTTON_CLICKED => return dialog.clicked(which.0 as i32),
        TDN_DIALOG_CONSTRUCTED => dialog.set_bar(window),
        TDN_NAVIGATED => dialog.moved.set(true),
        // Five times a second, and only while a dialog is open: a page is changed on the dialog's own thread.
        TDN_TIMER => dialog.follow(window),
        _ => {}
    }
    S_OK
}

impl Dialog<'_> {
    /// What the system hands back with every notification.
    fn address(&self) -> isize {
        std::ptr::from_ref(self) as isize
    }

    /// The present page in the form that the system reads; it stays where it is until the dialog has ended.
    fn new_sheet(&self) -> *const TASKDIALOGCONFIG {
        let sheet = Sheet::new(&self.page.borrow(), notified, self.address());
        let config = sheet.config();
        self.sheets.borrow_mut().push(sheet);
        config
    }

    fn clicked(&self, id: i32) -> HRESULT {
        if self.by_state.get() {
            return S_OK;
        }
        let place = usize::try_from(id - FIRST_BUTTON).ok();
        let pressed = place.and_then(|place| self.page.borrow().buttons.get(place).map(|button| button.wish));
        match pressed {
            // What follows from it comes as another state.
            Some(wish) => {
                self.shared.press(wish);
                S_FALSE
            }
            None => S_OK,
        }
    }

    fn follow(&self, window: HWND) {
        if self.by_state.get() {
            return;
        }
        let shown_first = self.page.borrow().first_button();
        // A page with something to answer is a window of our own.
        let Some((page, calls)) = self.shared.page().filter(|(page, _)| !page.has_items()) else {
            return self.end(window, shown_first);
        };
        if calls != self.calls.replace(calls) {
            // SAFETY: the dialog's own window, on its own thread. Windows may refuse to bring it forward, and flashes it then.
            unsafe {
                let _ = ShowWindow(window, SW_RESTORE);
                let _ = SetForegroundWindow(window);
            }
        }
        let before = self.page.replace(page.clone());
        if before == page {
            return;
        }
        if page.title != before.title {
            // SAFETY: the dialog's own window, on its own thread; the text lives until the call is over.
            let _ = unsafe { SetWindowTextW(window, &HSTRING::from(&page.title)) };
        }
        if page.is_like(&before) {
            for (element, text) in [(TDE_MAIN_INSTRUCTION, &page.headline), (TDE_CONTENT, &page.content)] {
                send(window, TDM_SET_ELEMENT_TEXT.0, element.0 as usize, HSTRING::from(text).as_ptr() as isize);
            }
            self.set_bar(window);
            return;
        }
        self.moved.set(false);
        send(window, TDM_NAVIGATE_PAGE.0, 0, self.new_sheet() as isize);
        if !self.moved.get() {
            // A system that does not change pages: the dialog is closed, and opened again by the state.
            self.end(window, shown_first);
        }
    }

    fn set_bar(&self, window: HWND) {
        match self.page.borrow().bar {
            Some(Bar::At(percent)) => send(window, TDM_SET_PROGRESS_BAR_POS.0, usize::from(percent), 0),
            Some(Bar::Moving) => send(window, TDM_SET_PROGRESS_BAR_MARQUEE.0, 1, 0),
            None => {}
        }
    }

    /// As if a button had been pressed that closes it, but it is not the person who does it.
    fn end(&self, window: HWND, button: i32) {
        self.by_state.set(true);
        // SAFETY: the dialog's own window.
        let posted =
            unsafe { PostMessageW(Some(window), TDM_CLICK_BUTTON.0 as u32, WPARAM(button as usize), LPARAM(0)) };
        if let Err(error) = posted {
            tracing::warn!(%error, "the dialog stays");
        }
    }
}

fn send(window: HWND, message: i32, first: usize, second: isize) {
    // SAFETY: the dialog's own window on its own thread; what `second` points to outlives the call.
    unsafe { SendMessageW(window, message as u32, Some(WPARAM(first)), Some(LPARAM(second))) };
}
