//! A page in the form that the system reads (Microsoft Learn, "TASKDIALOGCONFIG structure").

use super::{Bar, Page, Shared};
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

/// What the system reads of a page: the texts and buttons stay where they are as long as it lives.
pub struct Sheet {
    title: HSTRING,
    /// The one large line.
    pub headline: HSTRING,
    /// The text below it.
    pub content: HSTRING,
    footer: HSTRING,
    _labels: Vec<HSTRING>,
    buttons: Vec<TASKDIALOG_BUTTON>,
    flags: TASKDIALOG_FLAGS,
    icon: PCWSTR,
}

impl Sheet {
    /// The sheet of this page.
    pub fn new(shared: &Shared, page: &Page) -> Self {
        let labels: Vec<HSTRING> =
            page.buttons.iter().map(|button| HSTRING::from(button.label.replace('&', "&&"))).collect();
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

    /// The form that the system reads; it points into this sheet. `told` is told what happens, with `about`.
    pub fn config(&self, told: Told, about: isize) -> TASKDIALOGCONFIG {
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
            pfCallback: Some(told),
            lpCallbackData: about,
            ..TASKDIALOGCONFIG::default()
        }
    }
}
