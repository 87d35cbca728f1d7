//! What a package is and what comes out of it: everything that a helper will check is checked here first.

use super::{Add, HELPER, MAX_FILE, arch_name, system_name, updater};
use crate::Refused;
use crate::authenticode::{self, Signer};
use crate::magic::Magic;
use helper_core::release::{Custom, Install, PackageKind, Release, Rollout, Status, System, Vendor};
use helper_machine::package::{EntryName, Limits, Tree, dry_run, hash_all, pieces_of};
use std::fs::File;
use std::io::{Seek as _, SeekFrom};
use std::path::Path;

/// Bytes of a piece: 30 hashes for a module of 30 MB, and little to fetch again when one is bad.
const PIECE: u32 = 1 << 20;
/// Nothing larger is published; the signed limits are what the package really needs.
const LIMITS: Limits = Limits { max_unpacked: 2 << 30, max_entries: 20_000 };

/// Unpacks the package as a helper would, and writes down what came out.
pub(super) fn describe(file: &File, request: &Add, rank: u64) -> Result<Release, Refused> {
    let reading = |error| Refused::at("read", &request.file)(error);
    let magic = Magic::of(file).map_err(reading)?;
    let kind = package_kind(request, magic)?;
    let file_name = file_name(&request.file)?;
    let wanted = match (&request.entry, kind) {
        (Some(entry), _) => Some(entry.clone()),
        (None, PackageKind::Exe) => Some(file_name.clone()),
        (None, PackageKind::Zip | PackageKind::TarGz) => None,
    };
    if let Some(entry) = &wanted
        && EntryName::parse(entry.as_bytes())?.composed() != *entry
    {
        return Err(Refused::input("--entry: write the name composed (Unicode NFC), without ./ and a / at the end"));
    }
    let aside = tempfile::tempdir().map_err(Refused::at("write to", &std::env::temp_dir()))?;
    let folder = aside.path().join("tree");
    let tree = dry_run(file, kind, wanted.as_deref().unwrap_or_default(), &folder, LIMITS)?;
    let entry = match wanted {
        Some(entry) => entry,
        None => only_program(&tree)?,
    };
    check_program(request, kind, &tree, &entry, &folder)?;
    let signature = updater::check(request, file, kind)?;

    let mut reader = file;
    let rewind = |mut file: &File| file.seek(SeekFrom::Start(0)).map_err(reading);
    rewind(file)?;
    let (sha256, length) = hash_all(&mut reader, MAX_FILE).map_err(reading)?;
    rewind(file)?;
    let pieces = pieces_of(&mut reader, PIECE).map_err(reading)?;
    let place = format!("{}-{}", system_name(request.system), arch_name(request.arch));
    Ok(Release {
        target: format!("{}/{place}/{}/{}", request.module, request.version, plain(&file_name)),
        length,
        sha256,
        custom: Custom {
            module: request.module.clone(),
            version: request.version.clone(),
            os: request.system,
            arch: request.arch,
            channel: request.channel.clone(),
            status: Status::Active,
            rank,
            rollout: Rollout {
                basis_points: request.basis_points,
                salt: format!("{}-{place}-{}", request.module, request.version),
            },
            groups: request.groups.clone(),
            pieces,
            install: Install {
                kind,
                entry,
                tree: tree.digest(),
                max_unpacked: tree.bytes(),
                // Archives may name a folder more than once.
                max_entries: tree.entries().saturating_mul(2).saturating_add(16),
            },
            min_helper: request.min_helper.clone(),
            vendor: request.vendor_url.clone().map(|url| Vendor { url }),
            connections: request.connections,
            updater: signature,
        },
    })
}

fn package_kind(request: &Add, magic: Magic) -> Result<PackageKind, Refused> {
    let (system, shown) = (system_name(request.system), request.file.display());
    let wanted = match request.system {
        System::Windows => "a program (.exe) or a zip archive",
        System::Macos => "a zip or tar.gz archive with an application folder (.app)",
        System::Linux => "a tar.gz archive or a program (ELF)",
    };
    let found = magic.kind();
    let fits = match (request.system, found) {
        (_, None) => false,
        (_, Some(PackageKind::Exe)) => magic.runs_on(request.system, request.arch),
        (System::Windows, Some(kind)) => kind == PackageKind::Zip,
        (System::Linux, Some(kind)) => kind == PackageKind::TarGz,
        (System::Macos, Some(_)) => true,
    };
    let Some(kind) = found.filter(|_| fits) else {
        let arch = arch_name(request.arch);
        return Err(Refused::input(format!(
            "{shown} ({magic:?}) does not fit {system}-{arch}: {wanted} for it is needed"
        )));
    };
    if request.kind.is_some_and(|asked| asked != kind) {
        return Err(Refused::input(format!("{shown} is not of the --kind given; leave --kind away")));
    }
    Ok(kind)
}

/// The program that shall be started must be one, for that system.
fn check_program(request: &Add, kind: PackageKind, tree: &Tree, entry: &str, folder: &Path) -> Result<(), Refused> {
    let program = folder.join(tree.program(entry)?);
    let magic = File::open(&program).and_then(|file| Magic::of(&file)).map_err(Refused::at("read", &program))?;
    if !magic.runs_on(request.system, request.arch) {
        return Err(Refused::input(format!(
            "{entry:?} in it ({magic:?}) is no program for {}-{}; name the right one with --entry",
            system_name(request.system),
            arch_name(request.arch)
        )));
    }
    if request.system == System::Macos && !in_application(entry) {
        return Err(Refused::input(format!(
            "{entry:?} does not lie in an application folder; for macOS it is Name.app/Contents/MacOS/Name"
        )));
    }
    if request.system == System::Windows && (tree.has_links() || !entry.to_ascii_lowercase().ends_with(".exe")) {
        return Err(Refused::input("for Windows the program ends in .exe, and the package has no links"));
    }
    check_signer(request, &program)?;
    if kind == PackageKind::Exe && entry.contains('/') {
        return Err(Refused::input("--entry: a single program has a name without folders"));
    }
    Ok(())
}

/// A module for Windows carries its maker's signature, or no helper would start it. The helper itself has the updater's lock.
fn check_signer(request: &Add, program: &Path) -> Result<(), Refused> {
    let Some(publisher) = request.publisher.as_ref().filter(|_| request.system == System::Windows) else {
        return Ok(());
    };
    if request.module == HELPER {
        return Ok(());
    }
    let found = match authenticode::signer_of(program).map_err(Refused::at("read", program))? {
        Signer::Named(name) if name == *publisher => return Ok(()),
        Signer::Named(name) => format!("is signed by {name:?}"),
        Signer::None => "is not signed".to_owned(),
        Signer::Unreadable => "has a signature whose holder cannot be read".to_owned(),
    };
    Err(Refused::input(format!(
        "the program {found}; helpers start only what {publisher:?} signed. Take the file as the vendor offers it; if the signer has a \
         new name, put it into the helper's brand first and name it with --publisher"
    )))
}

fn in_application(entry: &str) -> bool {
    let parts: Vec<&str> = entry.split('/').collect();
    matches!(parts.as_slice(), [app, "Contents", "MacOS", _] if app.len() > 4 && app.ends_with(".app"))
}

/// The program of an archive that has only one; an application's main program counts before its helpers.
fn only_program(tree: &Tree) -> Result<String, Refused> {
    let all: Vec<&str> = tree.programs().collect();
    let main: Vec<&str> = all.iter().copied().filter(|path| in_application(path)).collect();
    let candidates = if main.is_empty() { all } else { main };
    match candidates.as_slice() {
        [one] => Ok((*one).to_owned()),
        [] => Err(Refused::input("no file in the package is executable; pack it with the modes kept")),
        several => {
            let shown: Vec<_> = several.iter().take(10).map(|path| format!("\n  {path}")).collect();
            Err(Refused::input(format!(
                "say which program is started, with --entry; executable are:{}",
                shown.concat()
            )))
        }
    }
}

fn file_name(path: &Path) -> Result<String, Refused> {
    let bad = || Refused::input("the file needs a name; rename it");
    let name = path.file_name().and_then(|name| name.to_str()).ok_or_else(bad)?;
    Ok(EntryName::parse(name.as_bytes())?.composed())
}

/// A name that needs no quoting in an address; what people see is the entry's name.
fn plain(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() || "._-".contains(letter) { letter } else { '-' })
        .collect();
    plain.trim_start_matches(['.', '-']).chars().take(100).collect::<String>().replace("..", ".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_addresses_need_no_quoting() {
        assert_eq!(plain("EDGE&NEXT Support.exe"), "EDGE-NEXT-Support.exe");
        assert_eq!(plain("..hidden..tar.gz"), "hidden.tar.gz");
        assert_eq!(plain("원격지원.exe"), "exe");
    }

    #[test]
    fn an_application_is_recognised_by_its_path() {
        assert!(in_application("TeamViewerQS.app/Contents/MacOS/TeamViewerQS"));
        for path in [".app/Contents/MacOS/x", "x/y.app/Contents/MacOS/x", "x.app/Contents/MacOS/a/b", "x.app/MacOS/x"] {
            assert!(!in_application(path), "{path}");
        }
    }
}
