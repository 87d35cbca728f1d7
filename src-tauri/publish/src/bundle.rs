//! The mirror as one zip or one folder, for networks without a way to it (a USB stick, a share). The layout is the
//! mirror's own: `metadata/` with every root there ever was, `targets/` with the packages of the chosen systems.

use crate::Refused;
use crate::repository::{Repository, metadata_folder};
use crate::writes::readable;
use helper_core::release::{Release, Status, System};
use helper_machine::package::Fetched;
use jiff::Timestamp as Moment;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use tough::schema::RoleType;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Above this many bytes a zip entry needs the large form.
const LARGE: u64 = u32::MAX as u64;

/// What was exported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// The releases whose packages are in it.
    pub releases: Vec<Release>,
    /// Bytes of all files in it.
    pub bytes: u64,
    /// Until when it counts as fresh; an explicit import accepts it for half a year longer.
    pub fresh_until: Moment,
}

/// Writes a bundle: a zip if `to` ends in `.zip`, else a folder. What is active is in it; empty `systems` means all. The
/// same repository always gives the same bytes.
///
/// # Errors
/// [`Refused::Input`] if `to` is there already, nothing fits, or the repository has expired; [`Refused::Package`] if a
/// package is not what was signed; [`Refused::Io`]. Nothing is left behind then.
pub fn export(folder: &Path, to: &Path, systems: &[System], now: Moment) -> Result<Exported, Refused> {
    let repository = Repository::open(folder)?;
    if to.symlink_metadata().is_ok() {
        return Err(Refused::input(format!("{} exists already; choose another name", to.display())));
    }
    for role in [RoleType::Timestamp, RoleType::Snapshot, RoleType::Targets, RoleType::Root] {
        if repository.expires(role) <= now {
            return Err(Refused::input(format!(
                "the {role} has expired, so no helper would take the bundle; renew it first: {}",
                match role {
                    RoleType::Root => "helper-publish root renew",
                    RoleType::Targets => "helper-publish renew",
                    _ => "helper-publish refresh",
                }
            )));
        }
    }
    let mut releases = repository.releases()?;
    releases.retain(|release| {
        let custom = &release.custom;
        custom.status == Status::Active && (systems.is_empty() || systems.contains(&custom.os))
    });
    if releases.is_empty() {
        return Err(Refused::input("nothing active is published for these systems; see helper-publish status"));
    }
    let entries = entries(&repository, &releases)?;
    let parent = to.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let zipped = to.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("zip"));
    let bytes = if zipped { zip_of(&entries, parent, to)? } else { folder_of(&entries, parent, to)? };
    Ok(Exported { releases, bytes, fresh_until: repository.expires(RoleType::Timestamp) })
}

/// Names below the top, in order, and where their content is.
fn entries(repository: &Repository, releases: &[Release]) -> Result<Vec<(String, PathBuf)>, Refused> {
    let metadata = metadata_folder(repository.folder());
    let mut names: Vec<String> = (1..=repository.version(RoleType::Root))
        .map(|version| format!("{version}.root.json"))
        // A repository that was taken over may lack the oldest; helpers begin with the one that is built in.
        .filter(|name| metadata.join(name).exists())
        .collect();
    names.push(format!("{}.snapshot.json", repository.version(RoleType::Snapshot)));
    names.push(format!("{}.targets.json", repository.version(RoleType::Targets)));
    names.push("timestamp.json".into());
    let mut entries: Vec<_> =
        names.into_iter().map(|name| (format!("metadata/{name}"), metadata.join(&name))).collect();
    for release in releases {
        let name = release.consistent_name();
        let path = repository.mirror().join("targets").join(&name);
        Fetched::new(&path).verify(release)?;
        entries.push((format!("targets/{name}"), path));
    }
    entries.sort();
    Ok(entries)
}

fn zip_of(entries: &[(String, PathBuf)], parent: &Path, to: &Path) -> Result<u64, Refused> {
    let failed = |error: zip::result::ZipError| Refused::at("write", to)(io::Error::other(error));
    let temporary =
        tempfile::Builder::new().prefix(".bundle-").tempfile_in(parent).map_err(Refused::at("write to", parent))?;
    let mut writer = ZipWriter::new(BufWriter::new(temporary.as_file()));
    let mut bytes = 0;
    for (name, path) in entries {
        let mut file = File::open(path).map_err(Refused::at("open", path))?;
        let length = file.metadata().map_err(Refused::at("look at", path))?.len();
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .last_modified_time(DateTime::default())
            .unix_permissions(0o644)
            .large_file(length >= LARGE);
        writer.start_file(name.as_str(), options).map_err(failed)?;
        bytes += io::copy(&mut file, &mut writer).map_err(Refused::at("write", to))?;
    }
    writer.finish().map_err(failed)?.flush().map_err(Refused::at("write", to))?;
    readable(temporary.as_file()).and_then(|()| temporary.as_file().sync_all()).map_err(Refused::at("write", to))?;
    temporary.persist_noclobber(to).map_err(|error| error.error).map_err(Refused::at("write", to))?;
    Ok(bytes)
}

fn folder_of(entries: &[(String, PathBuf)], parent: &Path, to: &Path) -> Result<u64, Refused> {
    let temporary =
        tempfile::Builder::new().prefix(".bundle-").tempdir_in(parent).map_err(Refused::at("write to", parent))?;
    let mut bytes = 0;
    let inside = temporary.path().join("bundle");
    for (name, path) in entries {
        let target = inside.join(name);
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder).map_err(Refused::at("create", folder))?;
        }
        bytes += fs::copy(path, &target).map_err(Refused::at("write", &target))?;
        File::open(&target).and_then(|file| file.sync_all()).map_err(Refused::at("write", &target))?;
    }
    fs::rename(&inside, to).map_err(Refused::at("create", to))?;
    Ok(bytes)
}
