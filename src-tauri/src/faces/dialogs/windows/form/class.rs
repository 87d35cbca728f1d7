//! The class of our windows, and who is told what happens in them.

// Windows are functions of C.
#![allow(unsafe_code)]

use super::Frame;
use std::sync::OnceLock;
use windows::Win32::Foundation::{HINSTANCE, HWND, LPARAM, LRESULT, WPARAM};
use windows::Win32::Graphics::Gdi::{COLOR_3DFACE, HBRUSH};
use windows::Win32::System::LibraryLoader::GetModuleHandleW;
use windows::Win32::UI::WindowsAndMessaging::{
    CREATESTRUCTW, CreateWindowExW, DefWindowProcW, GWLP_USERDATA, GetWindowLongPtrW, IDC_ARROW, IDI_APPLICATION,
    LoadCursorW, LoadIconW, RegisterClassExW, SetWindowLongPtrW, WINDOW_EX_STYLE, WINDOW_STYLE, WM_NCCREATE,
    WM_NCDESTROY, WNDCLASSEXW,
};
use windows::core::{PCWSTR, Result, w};

const NAME: PCWSTR = w!("SupportHelperForm");

/// Makes a window of our class, whose messages go to `frame` until it is gone.
///
/// # Safety
/// `frame` lives, where it is, until the window is gone.
///
/// # Errors
/// Whatever the system says.
pub unsafe fn create(
    frame: &Frame<'_>,
    parent: Option<HWND>,
    edge: WINDOW_EX_STYLE,
    style: WINDOW_STYLE,
) -> Result<HWND> {
    static REGISTERED: OnceLock<u16> = OnceLock::new();
    // SAFETY: the handle of this program itself, which nobody has to close.
    let program = HINSTANCE::from(unsafe { GetModuleHandleW(None) }?);
    if *REGISTERED.get_or_init(|| register(program)) == 0 {
        return Err(windows::core::Error::from_thread());
    }
    let about = std::ptr::from_ref(frame).cast();
    // SAFETY: the caller's.
    unsafe { CreateWindowExW(edge, NAME, None, style, 0, 0, 0, 0, parent, None, Some(program), Some(about)) }
}

/// 0 when the system refuses.
fn register(program: HINSTANCE) -> u16 {
    // SAFETY: this program's own picture (its first, as everywhere), and the system's own arrow; both are shared.
    let (icon, arrow) = unsafe { (LoadIconW(Some(program), IDI_APPLICATION), LoadCursorW(None, IDC_ARROW)) };
    let class = WNDCLASSEXW {
        cbSize: size_of::<WNDCLASSEXW>() as u32,
        lpfnWndProc: Some(told),
        hInstance: program,
        hIcon: icon.unwrap_or_default(),
        hCursor: arrow.unwrap_or_default(),
        // Microsoft Learn, "WNDCLASSEXW structure": a colour of the system, by its number and one.
        hbrBackground: HBRUSH((COLOR_3DFACE.0 + 1) as isize as *mut _),
        lpszClassName: NAME,
        ..WNDCLASSEXW::default()
    };
    // SAFETY: a whole, sized description; its name is a part of this program.
    unsafe { RegisterClassExW(&raw const class) }
}

unsafe extern "system" fn told(window: HWND, message: u32, first: WPARAM, second: LPARAM) -> LRESULT {
    // SAFETY: with WM_NCCREATE comes the address that `create` was given. Until the window is gone it stays in it, and what it names
    // lives (see `create`); messages come on the thread that made the window.
    let answer = unsafe {
        if message == WM_NCCREATE {
            let made = &*(second.0 as *const CREATESTRUCTW);
            SetWindowLongPtrW(window, GWLP_USERDATA, made.lpCreateParams as isize);
        }
        let frame = GetWindowLongPtrW(window, GWLP_USERDATA) as *const Frame<'_>;
        if message == WM_NCDESTROY {
            SetWindowLongPtrW(window, GWLP_USERDATA, 0);
        }
        frame.as_ref().and_then(|frame| frame.told(window, message, first, second))
    };
    // SAFETY: the message as it came.
    answer.unwrap_or_else(|| unsafe { DefWindowProcW(window, message, first, second) })
}
