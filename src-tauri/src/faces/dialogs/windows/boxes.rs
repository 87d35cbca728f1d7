//! Message boxes: what every Windows can show.

// A message box is a function of C.
#![allow(unsafe_code)]

use super::{NoDialog, Page, Shared};
use windows::Win32::UI::WindowsAndMessaging::{
    IDOK, MB_ICONINFORMATION, MB_ICONWARNING, MB_OK, MB_OKCANCEL, MB_SETFOREGROUND, MESSAGEBOX_RESULT,
    MESSAGEBOX_STYLE, MessageBoxW,
};
use windows::core::HSTRING;

/// Says one thing and waits until it is read.
///
/// # Errors
/// [`NoDialog::Refused`].
pub fn tell(title: &str, text: &str) -> Result<(), NoDialog> {
    message_box(title, text, MB_OK | MB_ICONWARNING).map(drop)
}

/// One text and one button: the main one. It cannot follow the state; what is not offered any more when it is answered is not wished.
///
/// # Errors
/// [`NoDialog::Refused`].
pub fn draw(shared: &Shared, page: &Page) -> Result<(), NoDialog> {
    let icon = if page.warns { MB_ICONWARNING } else { MB_ICONINFORMATION };
    let answer = message_box(&page.title, &page.as_text(), MB_OKCANCEL | icon)?;
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
