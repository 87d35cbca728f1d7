//! The system's own small drawings (Microsoft Learn, "SHGetStockIconInfo function" and "LoadImageW function").

// Drawings come from functions of C.
#![allow(unsafe_code)]

use crate::faces::dialogs::form::Sign;
use std::sync::OnceLock;
use windows::Win32::UI::Shell::{
    SHGSI_ICON, SHGSI_SMALLICON, SHGetStockIconInfo, SHSTOCKICONID, SHSTOCKICONINFO, SIID_LOCK,
};
use windows::Win32::UI::WindowsAndMessaging::{
    GetSystemMetrics, IDI_WARNING, IMAGE_ICON, LR_SHARED, LoadImageW, SM_CXSMICON, SM_CYSMICON,
};

/// The handle of a drawing, which stays as long as the program; 0 where the system has none: the words beside it say the same.
pub fn icon(sign: Sign) -> usize {
    static LOCK: OnceLock<usize> = OnceLock::new();
    static WARNING: OnceLock<usize> = OnceLock::new();
    match sign {
        Sign::Lock => *LOCK.get_or_init(|| stock(SIID_LOCK)),
        Sign::Warning => *WARNING.get_or_init(warning),
    }
}

fn stock(which: SHSTOCKICONID) -> usize {
    let mut info = SHSTOCKICONINFO { cbSize: size_of::<SHSTOCKICONINFO>() as u32, ..SHSTOCKICONINFO::default() };
    // SAFETY: a sized place for the answer. The drawing belongs to this program from then on, which keeps it.
    let told = unsafe { SHGetStockIconInfo(which, SHGSI_ICON | SHGSI_SMALLICON, &raw mut info) };
    told.map_or(0, |()| info.hIcon.0 as usize)
}

fn warning() -> usize {
    // SAFETY: two numbers of the system, and a drawing of the system's own, which is shared and not freed.
    let told = unsafe {
        let (width, height) = (GetSystemMetrics(SM_CXSMICON), GetSystemMetrics(SM_CYSMICON));
        LoadImageW(None, IDI_WARNING, IMAGE_ICON, width, height, LR_SHARED)
    };
    told.map_or(0, |drawing| drawing.0 as usize)
}
