//! A page in the form that the system reads (Microsoft Learn, "TASKDIALOGCONFIG structure").

use super::{Bar, Page};
use windows::Win32::Foundation::{HWND, LPARAM, WPARAM};
use windows::Win32::UI::Controls::{
    TASKDIALOG_BUTTON, TASKDIALOG_FLAGS, TASKDIALOG_NOTIFICATIONS, TASKDIALOGCONFIG, TASKDIALOGCONFIG_0,
    TD_INFORMATION_ICON, TD_WARNING_ICON, TDF_ALLOW_DIALOG_CANCELLATION, TDF_CALLBACK_TIMER, TDF_CAN_BE_MINIMIZED,
    TDF_SHOW_MARQUEE_PROGRESS_BAR, TDF_SHOW_PROGRESS_BAR, TDF_SIZE_TO_CONTENT, TDF_USE_COMMAND_LINKS,
};
use windows::core::{HRESULT, HSTRING, PCWSTR};

/// The first of our buttons; below are the system's own (`IDCANCEL` is 2).
pub const FIRST_BUTTON: i32 = 100;

/// Who is told what happens in a dialog.
pub type Told = unsafe extern "system" fn(HWND, TASKDIALOG_NOTIFICATIONS, WPARAM, LPARAM, isize) -> HRESULT;

/// What the system reads of a page: all of it stays where it is as long as the sheet lives.
pub struct Sheet {
    _texts: Vec<HSTRING>,
    _buttons: Vec<TASKDIALOG_BUTTON>,
    config: Box<TASKDIALOGCONFIG>,
}

impl Sheet {
    /// The sheet of this page. `told` is told what happens, with `about`.
    pub fn new(page: &Page, told: Told, about: isize) -> Self {
        let mut texts = Vec::new();
        let mut keep = |text: &str| {
            let text = HSTRING::from(text);
            let place = PCWSTR(text.as_ptr());
            // The letters lie on the heap: they stay where they are when their owner moves.
            texts.push(text);
            place
        };
        let buttons: Vec<TASKDIALOG_BUTTON> = page
            .buttons
            .iter()
            .zip(FIRST_BUTTON..)
            // A single `&` would make the next letter the button's key.
            .map(|(button, id)| TASKDIALOG_BUTTON {
                nButtonID: id,
                pszButtonText: keep(&button.label.replace('&', "&&")),
            })
            .collect();
        let config = TASKDIALOGCONFIG {
            cbSize: size_of::<TASKDIALOGCONFIG>() as u32,
            dwFlags: flags(page),
            pszWindowTitle: keep(&page.title),
            Anonymous1: TASKDIALOGCONFIG_0 {
                pszMainIcon: if page.warns { TD_WARNING_ICON } else { TD_INFORMATION_ICON },
            },
            pszMainInstruction: keep(&page.headline),
            pszContent: keep(&page.content),
            cButtons: buttons.len() as u32,
            pButtons: buttons.as_ptr(),
            nDefaultButton: FIRST_BUTTON,
            pszFooter: page.footer.as_deref().map_or(PCWSTR::null(), &mut keep),
            pfCallback: Some(told),
            lpCallbackData: about,
            ..TASKDIALOGCONFIG::default()
        };
        Self { _texts: texts, _buttons: buttons, config: Box::new(config) }
    }

    /// The form that the system reads.
    pub fn config(&self) -> *const TASKDIALOGCONFIG {
        &raw const *self.config
    }
}

fn flags(page: &Page) -> TASKDIALOG_FLAGS {
    let mut flags = TDF_ALLOW_DIALOG_CANCELLATION | TDF_CALLBACK_TIMER | TDF_CAN_BE_MINIMIZED | TDF_SIZE_TO_CONTENT;
    if page.stacked {
        flags |= TDF_USE_COMMAND_LINKS;
    }
    match page.bar {
        Some(Bar::At(_)) => flags |= TDF_SHOW_PROGRESS_BAR,
        Some(Bar::Moving) => flags |= TDF_SHOW_MARQUEE_PROGRESS_BAR,
        None => {}
    }
    flags
}
