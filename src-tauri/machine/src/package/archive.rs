//! Reads zip and tar.gz archives entry by entry into a [`Staging`]; one rule for all: what is not known is refused.

use super::apple_double::{is_sequestered, unless_double};
use super::names::EntryName;
use super::staging::Staging;
use super::{Limits, PackageError};
use flate2::bufread::GzDecoder;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read, Seek as _, SeekFrom};
use zip::read::{Config, ZipArchive};
use zip::unstable::read::ZipIterable;

/// Longest name, link target or comment of an entry in bytes.
const MAX_TEXT: u64 = 4096;
/// Longest extended header of a tar entry in bytes.
const MAX_PAX: u64 = 64 << 10;
/// Most zeros after the end of a tar; writers fill up to a record of at most 1 MiB.
const MAX_PADDING: u64 = 2 << 20;

const FORMAT: u32 = 0o170_000;
const REGULAR: u32 = 0o100_000;
const FOLDER: u32 = 0o040_000;
const LINK: u32 = 0o120_000;

/// Unpacks a zip archive.
///
/// Executable is what its owner may execute; in an archive made on Windows, which has no such mark, what ends in
/// `.exe`.
///
/// # Errors
/// As [`PackageError`] says.
pub(super) fn unzip(file: &File, limits: Limits, staging: &mut Staging) -> Result<(), PackageError> {
    let mut reader = BufReader::new(file);
    // The entries are counted before they are read into memory.
    let count = ZipIterable::try_new(&mut reader, Config::default()).map_err(zip_error)?.len();
    if count as u64 > u64::from(limits.max_entries) {
        return Err(PackageError::TooManyEntries(limits.max_entries));
    }
    reader.seek(SeekFrom::Start(0)).map_err(PackageError::reading)?;
    let mut archive = ZipArchive::new(reader).map_err(zip_error)?;
    if archive.offset() != 0 {
        return Err(PackageError::Archive("foreign bytes stand before it".into()));
    }
    // Two readers must not see two archives: local and central headers agree, nothing overlaps, nothing is hidden.
    archive.validate_header_consistency().map_err(zip_error)?;
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(zip_error)?;
        let raw = entry.name_raw().to_vec();
        let name = EntryName::parse(&raw)?;
        let refuse = |what| Err(PackageError::Kind { name: name.as_str().to_owned(), what });
        if entry.encrypted() {
            return refuse("encrypted");
        }
        // Not `unix_mode()`: that one hides setuid.
        let mode = if entry.system() == zip::System::Dos { 0 } else { entry.external_attributes() >> 16 };
        if mode & 0o7000 != 0 {
            return refuse("setuid, setgid or sticky");
        }
        let is_folder = raw.last() == Some(&b'/');
        let size = entry.size();
        if is_sequestered(&name) {
            staging.count()?;
            continue;
        }
        match (mode & FORMAT, is_folder) {
            (FOLDER | 0, true) if size == 0 => staging.folder(&name)?,
            (REGULAR | 0, false) => {
                let bare = mode == 0 && name.as_str().to_ascii_lowercase().ends_with(".exe");
                match unless_double(&name, &mut entry).map_err(PackageError::reading)? {
                    Some(mut body) => staging.file(&name, mode & 0o100 != 0 || bare, size, &mut body)?,
                    None => staging.count()?,
                }
            }
            (LINK, false) => {
                let target = short_text(&mut entry, size)?;
                staging.link(&name, &target)?;
            }
            (FOLDER | REGULAR | LINK | 0, _) => {
                return Err(PackageError::Archive(format!("{:?} is half a folder", name.as_str())));
            }
            _ => return refuse("a device, pipe or socket"),
        }
    }
    Ok(())
}

fn zip_error(error: zip::result::ZipError) -> PackageError {
    if let zip::result::ZipError::Io(error) = error {
        return PackageError::reading(error);
    }
    PackageError::Archive(error.to_string())
}

/// Unpacks a gzip-compressed tar archive of one member.
///
/// Headers are read raw and the extensions (long names, PAX) interpreted here, so that no entry can make a library
/// allocate what it likes, and no key is followed that is not known.
///
/// # Errors
/// As [`PackageError`] says.
pub(super) fn untar_gz(file: &File, staging: &mut Staging) -> Result<(), PackageError> {
    let mut archive = tar::Archive::new(GzDecoder::new(BufReader::new(file)));
    let mut ahead = Ahead::default();
    for entry in archive.entries().map_err(PackageError::reading)?.raw(true) {
        let mut entry = entry.map_err(PackageError::reading)?;
        let kind = entry.header().entry_type();
        let size = entry.header().entry_size().map_err(PackageError::reading)?;
        match kind.as_byte() {
            b'L' => once(&mut ahead.name, short_text(&mut entry, size)?)?,
            b'K' => once(&mut ahead.target, short_text(&mut entry, size)?)?,
            b'x' => {
                if ahead.extended {
                    return Err(PackageError::Archive("two extended headers for one entry".into()));
                }
                ahead.extended = true;
                ahead.read_pax(&bounded(&mut entry, size, MAX_PAX)?)?;
            }
            b'g' => {
                staging.count()?;
                only_comments(&bounded(&mut entry, size, MAX_PAX)?)?;
            }
            _ => member(&mut entry, size, std::mem::take(&mut ahead), staging)?,
        }
    }
    if !ahead.is_empty() {
        return Err(PackageError::Archive("it ends with a header for an entry that is missing".into()));
    }
    // Read on to the end, or the checksum of the compression would never be compared.
    let mut decoder = archive.into_inner();
    let mut padding = 0;
    let mut buffer = vec![0; 32 << 10];
    loop {
        let count = match decoder.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(PackageError::reading(error)),
        };
        padding += count as u64;
        if padding > MAX_PADDING || buffer.iter().take(count).any(|&byte| byte != 0) {
            return Err(PackageError::Archive("bytes follow the end of the tar".into()));
        }
    }
    let mut rest = decoder.into_inner();
    if !rest.fill_buf().map_err(PackageError::reading)?.is_empty() {
        return Err(PackageError::Archive("bytes follow the end of the compression".into()));
    }
    Ok(())
}

/// One file, folder or link of a tar.
fn member(
    entry: &mut tar::Entry<'_, GzDecoder<BufReader<&File>>>,
    size: u64,
    ahead: Ahead,
    staging: &mut Staging,
) -> Result<(), PackageError> {
    let kind = entry.header().entry_type().as_byte();
    let raw = ahead.name.unwrap_or_else(|| entry.header().path_bytes().into_owned());
    if kind == b'5' && matches!(raw.as_slice(), b"." | b"./") {
        return staging.count();
    }
    let name = EntryName::parse(&raw)?;
    let refuse = |what| Err(PackageError::Kind { name: name.as_str().to_owned(), what });
    if ahead.size.is_some_and(|other| other != size) {
        return Err(PackageError::Archive(format!("{:?} has two sizes", name.as_str())));
    }
    let mode = entry.header().mode().map_err(PackageError::reading)?;
    if mode & 0o7000 != 0 {
        return refuse("setuid, setgid or sticky");
    }
    match kind {
        b'0' | 0 if raw.last() == Some(&b'/') => {
            Err(PackageError::Archive(format!("{:?} is half a folder", name.as_str())))
        }
        b'0' | 0 => staging.file(&name, mode & 0o100 != 0, size, entry),
        b'5' if size == 0 => staging.folder(&name),
        b'2' if size == 0 => {
            let header = entry.header().link_name_bytes().map(std::borrow::Cow::into_owned);
            staging.link(&name, &ahead.target.or(header).unwrap_or_default())
        }
        b'5' | b'2' => Err(PackageError::Archive(format!("{:?} has a body", name.as_str()))),
        b'1' => refuse("a hard link"),
        b'3' | b'4' | b'6' => refuse("a device or pipe"),
        b'S' => refuse("a sparse file"),
        _ => refuse("of an unknown kind"),
    }
}

/// What extension headers say about the entry that follows.
#[derive(Debug, Default)]
struct Ahead {
    name: Option<Vec<u8>>,
    target: Option<Vec<u8>>,
    size: Option<u64>,
    extended: bool,
}

impl Ahead {
    fn is_empty(&self) -> bool {
        self.name.is_none() && self.target.is_none() && !self.extended
    }

    fn read_pax(&mut self, records: &[u8]) -> Result<(), PackageError> {
        for record in pax_records(records) {
            let (key, value) = record?;
            if key.starts_with(b"GNU.sparse.") {
                return Err(PackageError::Kind { name: "an entry".into(), what: "a sparse file" });
            }
            match key {
                b"path" => once(&mut self.name, value.to_vec())?,
                b"linkpath" => once(&mut self.target, value.to_vec())?,
                b"size" => {
                    let size = std::str::from_utf8(value).ok().and_then(|text| text.parse().ok());
                    self.size = Some(size.ok_or_else(|| PackageError::Archive("a bad size record".into()))?);
                }
                // Times, owners, extended attributes: nothing of that is restored.
                _ => {}
            }
        }
        Ok(())
    }
}

/// A global header may carry a comment (as `git archive` does), but must not change entries.
fn only_comments(records: &[u8]) -> Result<(), PackageError> {
    for record in pax_records(records) {
        if record?.0 != b"comment" {
            return Err(PackageError::Kind { name: "a global header".into(), what: "a change to all entries" });
        }
    }
    Ok(())
}

/// Splits PAX records, `<length> <key>=<value>\n`. The length counts the whole record: values may hold line ends.
fn pax_records(mut rest: &[u8]) -> impl Iterator<Item = Result<(&[u8], &[u8]), PackageError>> {
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let parsed = (|| {
            let space = rest.iter().position(|&byte| byte == b' ')?;
            let length: usize = std::str::from_utf8(rest.get(..space)?).ok()?.parse().ok()?;
            let (record, left) = rest.split_at_checked(length)?;
            let body = record.get(space + 1..)?.strip_suffix(b"\n")?;
            let equals = body.iter().position(|&byte| byte == b'=')?;
            Some((body.get(..equals)?, body.get(equals + 1..)?, left))
        })();
        let Some((key, value, left)) = parsed else {
            rest = &[];
            return Some(Err(PackageError::Archive("a bad extended header".into())));
        };
        rest = left;
        Some(Ok((key, value)))
    })
}

fn once(slot: &mut Option<Vec<u8>>, value: Vec<u8>) -> Result<(), PackageError> {
    if slot.replace(value).is_some() {
        return Err(PackageError::Archive("two names for one entry".into()));
    }
    Ok(())
}

/// A name or link target that stands in the body of an entry; a zero byte may close it.
fn short_text(body: &mut dyn Read, size: u64) -> Result<Vec<u8>, PackageError> {
    let mut text = bounded(body, size, MAX_TEXT)?;
    if text.last() == Some(&0) {
        text.pop();
    }
    Ok(text)
}

fn bounded(body: &mut dyn Read, size: u64, max: u64) -> Result<Vec<u8>, PackageError> {
    if size > max {
        return Err(PackageError::Archive(format!("a header of {size} bytes")));
    }
    let mut bytes = Vec::new();
    body.take(max + 1).read_to_end(&mut bytes).map_err(PackageError::reading)?;
    if bytes.len() as u64 != size {
        return Err(PackageError::Archive("a header is cut off".into()));
    }
    Ok(bytes)
}
