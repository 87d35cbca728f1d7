//! What a Mac's archivers add to a zip for itself, and why it is left out.
//!
//! The Finder and `ditto -c -k --sequesterRsrc` keep extended attributes and resource forks in files of the AppleDouble format
//! (RFC 1740): `__MACOSX/<path>/._<name>`, a tree beside the real one; without that option `._<name>` lies beside the file. `ditto -x`
//! and the Finder join them with their files again.
//!
//! Here they are left out, neither joined nor unpacked as files. Joined they would bring back what nobody signed: the archive's
//! own quarantine mark, Finder information, resource forks, all of which `codesign --strict` refuses ("detritus not allowed");
//! unpacked as files they would stand inside the sealed folder and break its seal. What is sealed properly needs none of them:
//! Apple's own advice is to keep signatures out of extended attributes ("Technical Note TN2206"). An application that does not
//! follow it fails `codesign` on the first Mac, before it is placed.
//!
//! The publisher's tool unpacks with this same code, so what is left out is not in the signed tree either.
//!
//! All systems use the product's own unpacker, macOS as well, rather than `ditto -x -k`: it is the one that refuses names that
//! lead out of the folder, links, devices, clashes and sizes beyond what is signed, and that is tried with evil archives. Modes and
//! links are kept; that the seal came through is then proven by `codesign` itself. Nor does it copy the quarantine mark of an
//! archive that came by mail or USB stick to what it unpacks, as the Finder would: the mark asks for a check by a person, and the
//! helper has proven more than a person could.

use super::EntryName;
use std::io::{self, Cursor, Read};

/// The folder of the tree beside the real one.
const SEQUESTERED: &str = "__MACOSX";
/// How an AppleDouble file begins (RFC 1740, appendix A).
const MAGIC: [u8; 4] = [0x00, 0x05, 0x16, 0x07];

/// Does this entry lie in the tree beside the real one?
pub(super) fn is_sequestered(name: &EntryName) -> bool {
    name.as_str().split('/').next() == Some(SEQUESTERED)
}

/// Looks at the beginning of a file that is named like an AppleDouble file; one that is none is given back whole.
///
/// # Errors
/// Whatever reading says.
pub(super) fn unless_double<'a>(name: &EntryName, body: &'a mut dyn Read) -> io::Result<Option<Box<dyn Read + 'a>>> {
    let last = name.as_str().rsplit('/').next().unwrap_or_default();
    if !last.starts_with("._") {
        return Ok(Some(Box::new(body)));
    }
    let mut begun = Vec::new();
    (&mut *body).take(MAGIC.len() as u64).read_to_end(&mut begun)?;
    if begun == MAGIC {
        return Ok(None);
    }
    Ok(Some(Box::new(Cursor::new(begun).chain(body))))
}
