//! Task dialogs (Microsoft Learn, "TaskDialogIndirect function"). They are in version 6 of the common controls, which the program's manifest
//! asks for; without it the function is not there, and a message box serves.

// The system's dialogs are functions of C.
#![allow(unsafe_code)]

use super::page::{Bar, Page};
use super::{NoDialog, Shared};
use std::cell::{Cell, RefCell};
use windows::Win32::Foundation::{FreeLibrary, HMODULE, HWND, LPARAM, S_FALSE, S_OK, WPARAM};
use windows::Win32::System::LibraryLoader::{GetProcAddress, LOAD_LIBRARY_FLAGS, LoadLibraryExW};
use windows::Win32::UI::Controls::{
    TASKDIALOG_BUTTON, TASKDIALOG_FLAGS, TASKDIALOG_NOTIFICATIONS, TASKDIALOGCONFIG, TASKDIALOGCONFIG_0,
    TD_INFORMATION_ICON, TD_WARNING_ICON, TDE_CONTENT, TDE_MAIN_INSTRUCTION, TDF_ALLOW_DIALOG_CANCELLATION,
    TDF_CALLBACK_TIMER, TDF_CAN_BE_MINIMIZED, TDF_SHOW_MARQUEE_PROGRESS_BAR, TDF_SHOW_PROGRESS_BAR,
    TDF_SIZE_TO_CONTENT, TDF_USE_COMMAND_LINKS, TDM_NAVIGATE_PAGE, TDM_SET_ELEMENT_TEXT, TDM_SET_PROGRESS_BAR_MARQUEE,
    TDM_SET_PROGRESS_BAR_POS, TDN_BUTTON_CLICKED, TDN_DIALOG_CONSTRUCTED, TDN_NAVIGATED, TDN_TIMER,
};
use windows::Win32::UI::WindowsAndMessaging::{
    IDOK, MB_ICONINFORMATION, MB_ICONWARNING, MB_OK, MB_OKCANCEL, MB_SETFOREGROUND, MESSAGEBOX_RESULT,
    MESSAGEBOX_STYLE, MessageBoxW, PostMessageW, SW_RESTORE, SendMessageW, SetForegroundWindow, ShowWindow, WM_CLOSE,
};
use windows::core::{BOOL, HRESULT, HSTRING, PCWSTR, s, w};

/// The first of our buttons; below are the system's own (`IDCANCEL` is 2).
const FIRST_BUTTON: i32 = 100;

type TaskDialogIndirect = unsafe extern "system" fn(*const TASKDIALOGCONFIG, *mut i32, *mut i32, *mut BOOL) -> HRESULT;

/// Shows the page and follows the state, until the person closes the dialog or the state ends it.
///
/// # Errors
/// [`NoDialog::Refused`].
pub fn draw(shared: &Shared, page: Page, calls: u64) -> Result<(), NoDialog> {
    let Some(controls) = Controls::load() else { return draw_box(shared, &page) };
    let sheet = RefCell::new(Sheet::new(shared, &page));
    let dialog = Dialog {
        shared,
        page: RefCell::new(page),
        calls: Cell::new(calls),
        sheet,
        by_state: Cell::new(false),
        moved: Cell::new(false),
    };
    let config = dialog.sheet.borrow().config(&dialog);
    // SAFETY: `config` and everything that it points to live in `dialog` and its sheet until the call is over.
    let done =
        unsafe { (controls.task_dialog)(&config, std::ptr::null_mut(), std::ptr::null_mut(), std::ptr::null_mut()) };
    done.ok().map_err(|error| NoDialog::Refused(error.message()))?;
    if !dialog.by_state.get() {
        shared.close();
    }
    Ok(())
}

/// Says one thing and waits until it is read.
///
/// # Errors
/// [`NoDialog::Refused`].
pub fn tell(title: &str, text: &str) -> Result<(), NoDialog> {
    message_box(title, text, MB_OK | MB_ICONWARNING).map(drop)
}

/// One text and one button: the main one. It cannot follow the state; what is not offered any more when it is answered is not wished.
fn draw_box(shared: &Shared, page: &Page) -> Result<(), NoDialog> {
    let icon = if page.warns { MB_ICONWARNING } else { MB_ICONINFORMATION };
    let answer = message_box(&shared.title, &page.as_text(&shared.yes), MB_OKCANCEL | icon)?;
    let still_asked = shared.page().is_some_and(|(now, _)| now == *page);
    let main = page.buttons.first().filter(|_| answer == IDOK && still_asked);
    shared.close();
    if let Some(button) = main {
        shared.press(button.wish);
    }
    Ok(())
}

fn message_box(title: &str, text: &str, style: MESSAGEBOX_STYLE) -> Result<MESSAGEBOX_RESULT, NoDialog> {
    // SAFETY: both strings live until the call is over.
    let answer = unsafe { MessageBoxW(None, &HSTRING::from(text), &HSTRING::from(title), style | MB_SETFOREGROUND) };
    match answer.0 {
        0 => Err(NoDialog::Refused(windows::core::Error::from_thread().message())),
        _ => Ok(answer),
    }
}

/// The common controls that the manifest chose, as long as they are used.
struct Controls {
    library: HMODULE,
    task_dialog: TaskDialogIndirect,
}

impl Controls {
    fn load() -> Option<Self> {
        // SAFETY: the name is a string of this program; the manifest of this process, not a search path, says which version it means.
        let library = unsafe { LoadLibraryExW(w!("comctl32.dll"), None, LOAD_LIBRARY_FLAGS(0)) }.ok()?;
        // SAFETY: the library was loaded just now.
        let Some(found) = (unsafe { GetProcAddress(library, s!("TaskDialogIndirect")) }) else {
            free(library);
            return None;
        };
        // SAFETY: the documented signature of the function of this name.
        let task_dialog =
            unsafe { std::mem::transmute::<unsafe extern "system" fn() -> isize, TaskDialogIndirect>(found) };
        Some(Self { library, task_dialog })
    }
}

impl Drop for Controls {
    fn drop(&mut self) {
        free(self.library);
    }
}

fn free(library: HMODULE) {
    // SAFETY: loaded by `Controls::load`, and nothing of it is called any more.
    if let Err(error) = unsafe { FreeLibrary(library) } {
        tracing::debug!(%error, "the common controls were not let go");
    }
}

/// What the system reads of a page: the texts and buttons stay where they are as long as it lives.
struct Sheet {
    title: HSTRING,
    headline: HSTRING,
    content: HSTRING,
    footer: HSTRING,
    _labels: Vec<HSTRING>,
    buttons: Vec<TASKDIALOG_BUTTON>,
    flags: TASKDIALOG_FLAGS,
    icon: PCWSTR,
}

impl Sheet {
    fn new(shared: &Shared, page: &Page) -> Self {
        let labels: Vec<HSTRING> = page.buttons.iter().map(|button| HSTRING::from(&button.label)).collect();
        let buttons = labels
            .iter()
            .zip(FIRST_BUTTON..)
            .map(|(label, id)| TASKDIALOG_BUTTON { nButtonID: id, pszButtonText: PCWSTR(label.as_ptr()) })
            .collect();
        let mut flags = TDF_ALLOW_DIALOG_CANCELLATION | TDF_CALLBACK_TIMER | TDF_CAN_BE_MINIMIZED | TDF_SIZE_TO_CONTENT;
        if page.stacked {
            flags |= TDF_USE_COMMAND_LINKS;
        }
        match page.bar {
            Some(Bar::At(_)) => flags |= TDF_SHOW_PROGRESS_BAR,
            Some(Bar::Moving) => flags |= TDF_SHOW_MARQUEE_PROGRESS_BAR,
            None => {}
        }
        Self {
            title: HSTRING::from(&shared.title),
            headline: HSTRING::from(&page.headline),
            content: HSTRING::from(&page.content),
            footer: HSTRING::from(page.footer.as_deref().unwrap_or_default()),
            _labels: labels,
            buttons,
            flags,
            icon: if page.warns { TD_WARNING_ICON } else { TD_INFORMATION_ICON },
        }
    }

    fn config(&self, dialog: &Dialog<'_>) -> TASKDIALOGCONFIG {
        TASKDIALOGCONFIG {
            cbSize: size_of::<TASKDIALOGCONFIG>() as u32,
            dwFlags: self.flags,
            pszWindowTitle: PCWSTR(self.title.as_ptr()),
            Anonymous1: TASKDIALOGCONFIG_0 { pszMainIcon: self.icon },
            pszMainInstruction: PCWSTR(self.headline.as_ptr()),
            pszContent: PCWSTR(self.content.as_ptr()),
            cButtons: self.buttons.len() as u32,
            pButtons: self.buttons.as_ptr(),
            nDefaultButton: FIRST_BUTTON,
            pszFooter: if self.footer.is_empty() { PCWSTR::null() } else { PCWSTR(self.footer.as_ptr()) },
            pfCallback: Some(notified),
            lpCallbackData: std::ptr::from_ref(dialog) as isize,
            ..TASKDIALOGCONFIG::default()
        }
    }
}

/// The dialog that is open.
struct Dialog<'a> {
    shared: &'a Shared,
    page: RefCell<Page>,
    calls: Cell<u64>,
    sheet: RefCell<Sheet>,
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
    fn clicked(&self, id: i32) -> HRESULT {
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
        let Some((page, calls)) = self.shared.page() else { return self.end(window) };
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
        let sheet = Sheet::new(self.shared, &page);
        if page.is_like(&before) {
            send(window, TDM_SET_ELEMENT_TEXT.0, TDE_MAIN_INSTRUCTION.0 as usize, sheet.headline.as_ptr() as isize);
            send(window, TDM_SET_ELEMENT_TEXT.0, TDE_CONTENT.0 as usize, sheet.content.as_ptr() as isize);
            self.set_bar(window);
            return;
        }
        self.moved.set(false);
        let config = sheet.config(self);
        // The old page's texts live until the new one is there.
        let _old = self.sheet.replace(sheet);
        send(window, TDM_NAVIGATE_PAGE.0, 0, std::ptr::from_ref(&config) as isize);
        if !self.moved.get() {
            // A system that does not change pages: the dialog is closed, and opened again by the state.
            self.end(window);
        }
    }

    fn set_bar(&self, window: HWND) {
        match self.page.borrow().bar {
            Some(Bar::At(percent)) => send(window, TDM_SET_PROGRESS_BAR_POS.0, usize::from(percent), 0),
            Some(Bar::Moving) => send(window, TDM_SET_PROGRESS_BAR_MARQUEE.0, 1, 0),
            None => {}
        }
    }

    /// As if its close button had been pressed, but it is not the person who does it.
    fn end(&self, window: HWND) {
        self.by_state.set(true);
        // SAFETY: the dialog's own window.
        if let Err(error) = unsafe { PostMessageW(Some(window), WM_CLOSE, WPARAM(0), LPARAM(0)) } {
            tracing::warn!(%error, "the dialog stays");
        }
    }
}

fn send(window: HWND, message: i32, first: usize, second: isize) {
    // SAFETY: the dialog's own window on its own thread; what `second` points to outlives the call.
    unsafe { SendMessageW(window, message as u32, Some(WPARAM(first)), Some(LPARAM(second))) };
}
