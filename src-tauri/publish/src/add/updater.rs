//! The second lock on a release of the helper itself: the updater's signature, checked here as the helper will check it.
//!
//! Source: tauri-plugin-updater 2.14, `verify_signature` and `signed_version`: key and signature are minisign texts in
//! base64; the trusted comment is a list of `name:value` between tabs and must name the version.

use super::{Add, HELPER, MAX_FILE, system_name};
use crate::Refused;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use helper_core::choice;
use helper_core::release::{PackageKind, System};
use minisign_verify::{PublicKey, Signature};
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;

/// Largest signature or key file that is read, in bytes.
const MAX_TEXT: u64 = 16 << 10;

/// Checks what a helper release needs beside what every package needs; returns the signature as it is published. For other
/// modules there is none.
///
/// # Errors
/// [`Refused::Input`] if it does not hold, or is missing, or is there for another module; [`Refused::Io`].
pub(super) fn check(request: &Add, file: &File, kind: PackageKind) -> Result<Option<String>, Refused> {
    let files = match (&request.updater, request.module == HELPER) {
        (None, false) => return Ok(None),
        (Some(_), false) => return Err(Refused::input("--signature is for releases of the helper: --module helper")),
        (None, true) => {
            return Err(Refused::input(
                "a release of the helper needs its updater signature: --signature FILE.sig --updater-key FILE.pub (sign it \
                 with: tauri signer sign)",
            ));
        }
        (Some(files), true) => files,
    };
    if choice::version(&request.version).is_none() {
        return Err(Refused::input("--version: a release of the helper has three numbers, for example 1.2.0"));
    }
    let wanted = match request.system {
        System::Windows => (PackageKind::Exe, "its installer (.exe)"),
        System::Linux => (PackageKind::Exe, "one program file (an AppImage)"),
        System::Macos => (PackageKind::TarGz, "the .app.tar.gz that the bundler makes for updates"),
    };
    if kind != wanted.0 {
        return Err(Refused::input(format!("the helper comes for {} as {}", system_name(request.system), wanted.1)));
    }
    let signature = text(&files.signature)?;
    let key = PublicKey::decode(&minisign(&text(&files.key)?, &files.key)?)
        .map_err(|error| Refused::input(format!("{} holds no updater key: {error}", files.key.display())))?;
    let parsed = Signature::decode(&minisign(&signature, &files.signature)?)
        .map_err(|error| Refused::input(format!("{} holds no signature: {error}", files.signature.display())))?;
    let reading = |error| Refused::at("read", &request.file)(error);
    let mut reader = file;
    reader.seek(SeekFrom::Start(0)).map_err(reading)?;
    let mut bytes = Vec::new();
    reader.take(MAX_FILE).read_to_end(&mut bytes).map_err(reading)?;
    key.verify(&bytes, &parsed, true).map_err(|error| {
        Refused::input(format!(
            "{} is not a signature of {} by this key ({error}): helpers would refuse it. Sign this very file again",
            files.signature.display(),
            request.file.display()
        ))
    })?;
    match signed_version(parsed.trusted_comment()) {
        Some(version) if version.trim_start_matches('v') == request.version => Ok(Some(signature)),
        Some(version) => Err(Refused::input(format!(
            "the updater signature is for version {version}, not for {}; give the version that was signed, or sign again",
            request.version
        ))),
        None => Err(Refused::input(format!(
            "the updater signature names no version, so helpers would refuse it; sign with: tauri signer sign \
             --app-version {}",
            request.version
        ))),
    }
}

fn signed_version(trusted_comment: &str) -> Option<&str> {
    trusted_comment.split('\t').find_map(|field| field.strip_prefix("version:"))
}

fn text(path: &Path) -> Result<String, Refused> {
    let mut text = String::new();
    let file = File::open(path).map_err(Refused::at("open", path))?;
    file.take(MAX_TEXT).read_to_string(&mut text).map_err(Refused::at("read", path))?;
    Ok(text.trim().to_owned())
}

fn minisign(base64: &str, path: &Path) -> Result<String, Refused> {
    let decoded = STANDARD.decode(base64).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    decoded.ok_or_else(|| Refused::input(format!("{} is no file of tauri signer", path.display())))
}
