//! The folders that the rules compare with.
#![allow(unsafe_code)] // Known folders.

use super::text;
use crate::processes::Own;
use helper_core::presence::Places;
use helper_core::release::System;
use std::path::Path;
use windows::Win32::System::Com::CoTaskMemFree;
use windows::Win32::UI::Shell::{
    FOLDERID_LocalAppData, FOLDERID_ProgramFiles, FOLDERID_ProgramFilesX64, FOLDERID_ProgramFilesX86, KF_FLAG_DEFAULT,
    SHGetKnownFolderPath,
};
use windows::core::{GUID, PWSTR};
use windows_registry::LOCAL_MACHINE;

/// Both views of the registry (TEAMVIEWER.md 1.1).
const INSTALLED: [&str; 2] = [r"SOFTWARE\TeamViewer", r"SOFTWARE\Wow6432Node\TeamViewer"];

/// What the rules compare with on this system. Every folder with its 8.3 names expanded, and once more as it is when links
/// in the way are followed.
pub fn own_places(own: &Own) -> Places {
    let named = |key: &&str| LOCAL_MACHINE.open(key).and_then(|key| key.get_string("InstallationDirectory")).ok();
    let program_folders = [FOLDERID_ProgramFiles, FOLDERID_ProgramFilesX64, FOLDERID_ProgramFilesX86];
    let usual = program_folders.iter().filter_map(known_folder).map(|folder| format!(r"{folder}\TeamViewer"));
    let temporary = known_folder(&FOLDERID_LocalAppData).map(|folder| format!(r"{folder}\Temp"));
    Places {
        system: System::Windows,
        installed: spellings(INSTALLED.iter().filter_map(named).chain(usual)),
        temporary: spellings(temporary.into_iter().chain([std::env::temp_dir().to_string_lossy().into_owned()])),
        module: spellings(own.folders.iter().map(|folder| folder.to_string_lossy().into_owned())),
        module_title: own.title.clone(),
        module_config_id: own.config_id.clone(),
    }
}

fn spellings(folders: impl Iterator<Item = String>) -> Vec<String> {
    let mut all = Vec::new();
    for folder in folders.filter(|folder| !folder.trim().is_empty()) {
        for spelling in both_spellings(&folder) {
            if !all.contains(&spelling) {
                all.push(spelling);
            }
        }
    }
    all
}

/// A folder in its long form, and where it really is if links (junctions, substituted drives) lead elsewhere.
pub(crate) fn both_spellings(folder: &str) -> Vec<String> {
    let long = text::plain(&text::long_form(folder)).trim_end_matches('\\').to_owned();
    let real = Path::new(folder).canonicalize().ok().map(|real| text::plain(&real.to_string_lossy()));
    std::iter::once(long.clone()).chain(real.filter(|real| *real != long)).collect()
}

fn known_folder(which: &GUID) -> Option<String> {
    // SAFETY: The system gives a path that ends with a zero, or an error.
    let path: PWSTR = unsafe { SHGetKnownFolderPath(which, KF_FLAG_DEFAULT, None) }.ok()?;
    // SAFETY: As above; it is read before it is given back.
    let folder = unsafe { path.to_string() }.ok();
    // SAFETY: It is ours to give back, once.
    unsafe { CoTaskMemFree(Some(path.0.cast())) };
    folder.filter(|folder| !folder.is_empty())
}
