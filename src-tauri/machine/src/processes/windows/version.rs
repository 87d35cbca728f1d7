//! What a program file and its folder say about the program.
#![allow(unsafe_code)] // The version resource.

use super::text;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use windows::Win32::Storage::FileSystem::{GetFileVersionInfoSizeW, GetFileVersionInfoW, VerQueryValueW};
use windows::core::HSTRING;

/// A version resource is a few kB; a bigger one is somebody's mischief.
const MAX_VERSION: u32 = 1 << 20;
/// `TeamViewer.json` is a few lines.
const MAX_JSON: u64 = 64 << 10;
/// US English in Unicode, for resources that do not list their languages (Version Information, Microsoft).
const USUAL_LANGUAGE: [u16; 2] = [0x0409, 0x04b0];

/// `ProductName` of a program's version resource, in the first language that has one (TEAMVIEWER.md 1.1).
pub(super) fn product_of(program: &str) -> Option<String> {
    let name = HSTRING::from(program);
    // SAFETY: The name ends with a zero and lives until the call returns.
    let size = unsafe { GetFileVersionInfoSizeW(&name, None) };
    if size == 0 || size > MAX_VERSION {
        return None;
    }
    // Whole words, so that what is in it is aligned.
    let mut block = vec![0u64; usize::try_from(size).ok()?.div_ceil(8)];
    // SAFETY: The block has at least `size` bytes and lives until the call returns.
    unsafe { GetFileVersionInfoW(&name, None, size, block.as_mut_ptr().cast()) }.ok()?;
    let listed = value(&block, r"\VarFileInfo\Translation", 1).unwrap_or_default();
    let languages = listed.chunks_exact(2).chain(std::iter::once(USUAL_LANGUAGE.as_slice()));
    languages.filter_map(|language| <[u16; 2]>::try_from(language).ok()).find_map(|[language, code_page]| {
        let product = value(&block, &format!(r"\StringFileInfo\{language:04x}{code_page:04x}\ProductName"), 2)?;
        Some(text::from_wide(&product)).filter(|product| !product.is_empty())
    })
}

/// A value of the block in 16-bit units; `unit` is how many bytes the system counts it in.
fn value(block: &[u64], name: &str, unit: usize) -> Option<Vec<u16>> {
    let (mut at, mut length) = (std::ptr::null_mut(), 0u32);
    let name = HSTRING::from(name);
    // SAFETY: The block was filled by `GetFileVersionInfoW`; place and length are written before the call returns.
    let found = unsafe { VerQueryValueW(block.as_ptr().cast(), &name, &mut at, &mut length) };
    let (start, end) = (block.as_ptr() as usize, block.as_ptr_range().end as usize);
    let offset = (at as usize).checked_sub(start).filter(|_| found.as_bool() && (at as usize) < end)?;
    let wanted = usize::try_from(length).ok()? * unit / 2;
    // Read from our own block, whatever the pointer says.
    let units = block.iter().flat_map(|word| word.to_le_bytes());
    let bytes: Vec<u8> = units.skip(offset).take(wanted * 2).collect();
    Some(bytes.chunks_exact(2).filter_map(|two| two.try_into().ok().map(u16::from_le_bytes)).collect())
}

/// `id` in the `TeamViewer.json` beside a program (TEAMVIEWER.md 1.1).
pub(super) fn config_id_of(program: &str) -> Option<String> {
    let file = File::open(Path::new(program).with_file_name("TeamViewer.json")).ok()?;
    let mut bytes = Vec::new();
    file.take(MAX_JSON).read_to_end(&mut bytes).ok()?;
    // Programs of that system like to begin files with a byte order mark.
    let json: serde_json::Value = serde_json::from_slice(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes)).ok()?;
    match json.get("id")? {
        serde_json::Value::String(id) => Some(id.clone()),
        serde_json::Value::Number(id) => Some(id.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_is_read_from_beside_the_program_only() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("TeamViewer.exe").to_string_lossy().into_owned();
        let json = folder.path().join("TeamViewer.json");
        assert_eq!(config_id_of(&program), None);
        for (content, id) in [
            (&b"\xef\xbb\xbf{\"id\":\"6abc\"}"[..], Some("6abc")),
            (br#"{"id":7}"#, Some("7")),
            (br#"{"id":null}"#, None),
            (br#"["id"]"#, None),
            (b"{\"id\":\"x\"", None),
        ] {
            std::fs::write(&json, content).unwrap();
            assert_eq!(config_id_of(&program).as_deref(), id);
        }
        let mut long = b"{\"id\":\"x\"}".to_vec();
        long.resize(1 << 20, b' ');
        std::fs::write(&json, long).unwrap();
        assert_eq!(config_id_of(&program).as_deref(), Some("x"), "not more than the first part is read");
    }

    #[test]
    fn a_part_of_the_system_has_a_product_name() {
        let system = std::env::var("SystemRoot").unwrap();
        assert!(product_of(&format!(r"{system}\System32\kernel32.dll")).is_some_and(|product| !product.is_empty()));
        assert_eq!(product_of(r"C:\no such file.exe"), None);
    }
}
