//! Adds a release: everything that a helper will check is checked here first, before anything is signed.

mod package;
mod updater;

use crate::keys::Keyring;
use crate::repository::{Repository, as_target, releases};
use crate::{Done, Refused, version};
use helper_core::release::{Arch, PackageKind, Release, System};
use jiff::Timestamp as Moment;
use std::cmp::Ordering;
use std::fs::File;
use std::io::{Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use tough::TargetName;

/// Largest file that is published.
const MAX_FILE: u64 = 1 << 30;
/// The module that is the helper itself.
const HELPER: &str = "helper";

/// What shall be published.
#[derive(Clone, Debug)]
pub struct Add {
    /// The package.
    pub file: PathBuf,
    /// `quicksupport` or `helper`.
    pub module: String,
    /// The system that it runs on.
    pub system: System,
    /// The processor that it runs on.
    pub arch: Arch,
    /// As people see it.
    pub version: String,
    /// One above the highest if absent.
    pub rank: Option<u64>,
    /// The program in it; for a single program its own name, for an archive with one program that one if absent.
    pub entry: Option<String>,
    /// From the first bytes if absent.
    pub kind: Option<PackageKind>,
    /// 0 to 10,000.
    pub basis_points: u16,
    /// Usually `stable`.
    pub channel: String,
    /// Groups that get it whatever the roll-out says.
    pub groups: Vec<String>,
    /// Oldest helper version that can handle it.
    pub min_helper: Option<String>,
    /// The version may be lower than what is published: a step back that is meant.
    pub older: bool,
    /// Where TeamViewer itself offers the very same file; `https://` only.
    pub vendor_url: Option<String>,
    /// How many connections at once a slow line may use, 1 to 8.
    pub connections: Option<u8>,
    /// Whose signature a module for Windows must carry, as in the helper's brand; not looked at if absent.
    pub publisher: Option<String>,
    /// The updater's signature of a helper release, and the public key that it must hold under.
    pub updater: Option<UpdaterFiles>,
}

/// The updater's lock on a helper release: files as `tauri signer` writes them.
#[derive(Clone, Debug)]
pub struct UpdaterFiles {
    /// `FILE.sig`, from `tauri signer sign`.
    pub signature: PathBuf,
    /// `FILE.pub`, from `tauri signer generate`.
    pub key: PathBuf,
}

impl Add {
    /// The QuickSupport module for everybody on the stable channel, all the rest from the file itself.
    pub fn new(file: PathBuf, system: System, arch: Arch, version: impl Into<String>) -> Self {
        Self {
            file,
            module: "quicksupport".into(),
            system,
            arch,
            version: version.into(),
            rank: None,
            entry: None,
            kind: None,
            basis_points: 10_000,
            channel: "stable".into(),
            groups: Vec::new(),
            min_helper: None,
            older: false,
            vendor_url: None,
            connections: None,
            publisher: None,
            updater: None,
        }
    }
}

/// Checks and signs a release; with enough keys at hand it is published, otherwise it waits for the others' approval.
///
/// # Errors
/// [`Refused`] with the reason; nothing has changed then.
pub fn add<'k>(
    folder: &Path,
    keyring: impl Into<Keyring<'k>>,
    request: &Add,
    now: Moment,
) -> Result<Done<Release>, Refused> {
    check_words(request)?;
    let repository = Repository::open(folder)?;
    let rank = free_rank(&releases(repository.draft())?, request)?;
    let file = File::open(&request.file).map_err(Refused::at("open", &request.file))?;
    let found = file.metadata().map_err(Refused::at("look at", &request.file))?;
    if !found.is_file() || found.len() == 0 || found.len() > MAX_FILE {
        return Err(Refused::input(format!(
            "{} is no file of 1 byte to 1 GiB; name the package itself",
            request.file.display()
        )));
    }
    let release = package::describe(&file, request, rank)?;

    let name = TargetName::new(release.target.clone()).map_err(|error| Refused::input(error.to_string()))?;
    let mut targets = repository.draft().clone();
    if targets.targets.insert(name, as_target(&release)?).is_some() {
        return Err(Refused::input(format!("{} is published already; give it a new version", release.target)));
    }
    (&file).seek(SeekFrom::Start(0)).map_err(Refused::at("read", &request.file))?;
    let outcome = repository.change(targets, Some((&file, &release)), &keyring.into(), now)?;
    Ok(Done { what: release, outcome })
}

fn check_words(request: &Add) -> Result<(), Refused> {
    if !word(&request.module, "-") || request.module != request.module.to_ascii_lowercase() {
        return Err(Refused::input("--module: small letters, digits and - only, for example quicksupport"));
    }
    if !word(&request.version, ".+-_") || request.version.ends_with('.') {
        return Err(Refused::input("--version: letters, digits and . + - _ only, for example 15.70.4"));
    }
    if !word(&request.channel, "-") {
        return Err(Refused::input("--channel: letters, digits and - only"));
    }
    check_groups(&request.groups)?;
    if let Some(version) = &request.min_helper {
        let parts: Vec<_> = version.split('.').collect();
        if parts.len() != 3 || !parts.iter().all(|part| part.parse::<u32>().is_ok()) {
            return Err(Refused::input("--min-helper: three numbers, for example 1.2.0"));
        }
    }
    if request.basis_points > 10_000 {
        return Err(Refused::input("--rollout: 0 to 100 percent"));
    }
    if request.connections.is_some_and(|count| !(1..=8).contains(&count)) {
        return Err(Refused::input("--connections: 1 to 8"));
    }
    if let Some(text) = &request.vendor_url {
        let address = reqwest::Url::parse(text).ok();
        let good = address.is_some_and(|address| {
            address.scheme() == "https" && address.host_str().is_some() && address.username().is_empty()
        });
        if !good {
            return Err(Refused::input("--vendor-url: a whole address that begins with https://"));
        }
    }
    Ok(())
}

pub(crate) fn check_groups(groups: &[String]) -> Result<(), Refused> {
    if groups.iter().all(|group| word(group, "-_.")) {
        return Ok(());
    }
    Err(Refused::input("--group: letters, digits and - _ . only, for example pilot-it"))
}

fn word(text: &str, more: &str) -> bool {
    let all = text.chars().all(|letter| letter.is_ascii_alphanumeric() || more.contains(letter));
    all && (1..=40).contains(&text.len()) && text.starts_with(|letter: char| letter.is_ascii_alphanumeric())
}

/// The rank that the release gets; it must be the highest among those that the same PCs choose from.
/// A lower version than what is published is most likely a wrong file.
fn free_rank(releases: &[Release], request: &Add) -> Result<u64, Refused> {
    let rivals = releases.iter().map(|release| &release.custom).filter(|custom| {
        let arch = custom.arch == request.arch || custom.arch == Arch::Any || request.arch == Arch::Any;
        custom.module == request.module && custom.os == request.system && arch
    });
    let mut highest = 0;
    for rival in rivals {
        if rival.version == request.version {
            return Err(Refused::input(format!(
                "version {} is published for {} already; a changed package needs a new version, for example {0}+1",
                request.version,
                system_name(request.system)
            )));
        }
        if rival.channel == request.channel {
            highest = highest.max(rival.rank);
            if !request.older && version::compare(&request.version, &rival.version) == Ordering::Less {
                return Err(Refused::input(format!(
                    "version {} is lower than {}, which is published for {} already. If that is meant, add --older; to go \
                     back to a published version use: helper-publish step-back",
                    request.version,
                    rival.version,
                    system_name(request.system)
                )));
            }
        }
    }
    let next = highest.checked_add(1).ok_or_else(|| Refused::input("no rank is left above the highest"))?;
    match request.rank {
        Some(rank) if rank < next => Err(Refused::input(format!(
            "rank {rank} is not above {highest}, the highest now: no PC would choose it. Leave --rank away or use {next}"
        ))),
        Some(rank) => Ok(rank),
        None => Ok(next),
    }
}

/// `windows`, `macos`, `linux`.
pub fn system_name(system: System) -> &'static str {
    match system {
        System::Windows => "windows",
        System::Macos => "macos",
        System::Linux => "linux",
    }
}

/// `x86_64`, `aarch64`, `any`.
pub fn arch_name(arch: Arch) -> &'static str {
    match arch {
        Arch::X86_64 => "x86_64",
        Arch::Aarch64 => "aarch64",
        Arch::Any => "any",
    }
}
