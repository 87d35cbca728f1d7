//! What the HIS kit on the mirror offers to a PC without the helper: `kit/kit.json` follows what is published (SPEC A12).
//!
//! A browser cannot check our signatures, nor ask for a roll-out. So only what everybody may have is named: of each system
//! the best release that is active and rolled out to all PCs. Whose kit it is, it says itself: `scripts/build-help` writes the
//! brand into it.

use crate::Refused;
use crate::repository::Repository;
use crate::writes::Writes;
use helper_core::choice::HELPER;
use helper_core::release::{Arch, PackageKind, Release, Status, System};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::Path;

/// The kit says little; what is longer is something else.
const MOST_BYTES: u64 = 64 << 10;

/// What became of the kit's offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kit {
    /// There is no kit on this mirror.
    Absent,
    /// It offers what is published already.
    Same,
    /// It offers what is published now.
    Renewed,
}

/// What the kit says of the brand that it was built for.
#[derive(Debug, Deserialize)]
struct Brand {
    /// The module's name as people see it.
    name: String,
    follows: Follows,
}

/// Which releases it offers.
#[derive(Debug, Deserialize)]
struct Follows {
    /// The module's id in signed metadata.
    module: String,
    /// The channel in signed metadata.
    channel: String,
}

/// Lets the kit on a repository's mirror offer what is published. Everything else in its `kit.json` stays.
///
/// # Errors
/// [`Refused`] if the repository is damaged, or `kit.json` cannot be read or written or was not built for a brand; it is then as it
/// was.
pub fn renew(folder: &Path) -> Result<Kit, Refused> {
    let repository = Repository::open(folder)?;
    let path = repository.mirror().join("kit").join("kit.json");
    let Some(text) = read(&path)? else { return Ok(Kit::Absent) };
    let foreign = |error: serde_json::Error| {
        Refused::input(format!(
            "{} is not what scripts/build-help writes: {error}; build the kit again",
            path.display()
        ))
    };
    let brand: Brand = serde_json::from_str(&text).map_err(foreign)?;
    let mut said: Map<String, Value> = serde_json::from_str(&text).map_err(foreign)?;
    let before = said.clone();
    for (kind, offers) in offers(&repository.releases()?, &brand) {
        said.insert(kind.into(), offers.into());
    }
    if said == before {
        return Ok(Kit::Same);
    }
    let bytes = serde_json::to_string_pretty(&said)
        .map_err(|error| Refused::input(format!("the kit's offers cannot be written: {error}")))?;
    Writes::default().commit(&path, format!("{bytes}\n").as_bytes())?;
    Ok(Kit::Renewed)
}

/// The kit's words, or `None` where there is no kit.
fn read(path: &Path) -> Result<Option<String>, Refused> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Refused::at("open", path)(error)),
    };
    let mut text = String::new();
    file.take(MOST_BYTES).read_to_string(&mut text).map_err(Refused::at("read", path))?;
    Ok(Some(text))
}

/// What a browser may download: installers of the helper, and the module alone.
fn offers(releases: &[Release], brand: &Brand) -> [(&'static str, Map<String, Value>); 2] {
    let best = |module: &str, system: System, kind: PackageKind| {
        let fits = |release: &&Release| {
            let custom = &release.custom;
            // A browser does not say which processor there is; both systems run programs for 64-bit x86 on 64-bit ARM.
            let runs = matches!(custom.arch, Arch::Any | Arch::X86_64);
            let everybody = custom.status == Status::Active && custom.rollout.basis_points == 10_000;
            let mine = custom.module == module && custom.os == system && custom.channel == brand.follows.channel;
            mine && everybody && runs && custom.install.kind == kind
        };
        releases.iter().filter(fits).max_by_key(|release| (release.custom.rank, &release.target))
    };
    let href = |release: &Release| format!("../targets/{}", release.quoted_name());
    let mut helper = Map::new();
    let mut module = Map::new();
    for (name, system, kind, ending) in [
        ("windows", System::Windows, PackageKind::Exe, "exe"),
        ("macos", System::Macos, PackageKind::Zip, "zip"),
        ("linux", System::Linux, PackageKind::TarGz, "tar.gz"),
    ] {
        if system != System::Linux
            && let Some(release) = best(HELPER, system, kind)
        {
            helper.insert(name.into(), href(release).into());
        }
        if let Some(release) = best(&brand.follows.module, system, kind) {
            let file = format!("{}.{ending}", brand.name);
            module.insert(name.into(), json!({ "href": href(release), "file": file }));
        }
    }
    [("helper", helper), ("module", module)]
}
