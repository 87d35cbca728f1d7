//! The place that an application is started from (SPEC A9): one folder outside the store that always holds one version, known to
//! people and to the system's privacy settings. Portable, so that it is tested wherever the helper is built.

use super::{copy_tree, random_name};
use crate::package::{self, PackageError};
use helper_core::release::Install;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// Puts a copy of the version `from` into the seat: made aside in the same parent folder, proven there, and given the seat's name in
/// one rename; what sat there before is removed. The seat holds the old or the new one at every instant, but for the moment between
/// two renames, after which a kill leaves it empty and the next start fills it again.
///
/// Only while no module runs from it.
///
/// # Errors
/// [`PackageError`]; what sat there before sits there again.
pub(super) fn take(seat: &Path, from: &Path, install: &Install) -> Result<(), PackageError> {
    let parent = seat.parent().ok_or_else(|| PackageError::EntryMissing(seat.display().to_string()))?;
    fs::create_dir_all(parent).map_err(PackageError::at("create", parent))?;
    let prefix = prefix(seat);
    clear(parent, &prefix);
    let fresh = aside(parent, &prefix)?;
    let done = copy_tree(from, &fresh)
        .map_err(PackageError::at("copy", from))
        .and_then(|()| package::prove(&fresh, install).map(|_| ()))
        .and_then(|()| exchange(seat, &fresh, &aside(parent, &prefix)?));
    // Best effort: it is hidden, and cleared the next time.
    clear(parent, &prefix);
    done
}

fn exchange(seat: &Path, fresh: &Path, old: &Path) -> Result<(), PackageError> {
    // Not `exists`: a link that leads nowhere is in the way as well.
    let taken = fs::symlink_metadata(seat).is_ok();
    if taken {
        fs::rename(seat, old).map_err(PackageError::at("move aside", seat))?;
    }
    fs::rename(fresh, seat).map_err(|error| {
        if taken {
            // What was there is better than nothing; it is proven before it is started.
            let _ = fs::rename(old, seat);
        }
        PackageError::at("move into place", seat)(error)
    })
}

/// Begins the names of what is on its way to the seat or away from it. Hidden from people.
fn prefix(seat: &Path) -> OsString {
    let mut prefix = OsString::from(".");
    prefix.push(seat.file_name().unwrap_or_default());
    prefix.push(".aside-");
    prefix
}

fn aside(parent: &Path, prefix: &OsString) -> Result<PathBuf, PackageError> {
    let mut name = prefix.clone();
    name.push(random_name()?);
    Ok(parent.join(name))
}

/// What a kill left, and what sat there before.
fn clear(parent: &Path, prefix: &OsString) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        if entry.file_name().as_encoded_bytes().starts_with(prefix.as_encoded_bytes()) {
            let path = entry.path();
            let _ = fs::remove_dir_all(&path).or_else(|_| fs::remove_file(&path));
        }
    }
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::package::{Limits, Tree};
    use helper_core::release::PackageKind;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    const ENTRY: &str = "TeamViewerQS.app/Contents/MacOS/TeamViewerQS";
    const LIMITS: Limits = Limits { max_unpacked: 1 << 20, max_entries: 100 };

    /// A version as it is unpacked.
    fn version(folder: &Path, body: &str) -> Install {
        let contents = folder.join("TeamViewerQS.app/Contents");
        let versions = contents.join("Frameworks/Q.framework/Versions");
        fs::create_dir_all(contents.join("MacOS")).unwrap();
        fs::create_dir_all(versions.join("A")).unwrap();
        fs::write(folder.join(ENTRY), body).unwrap();
        fs::set_permissions(folder.join(ENTRY), fs::Permissions::from_mode(0o755)).unwrap();
        fs::write(versions.join("A/Q"), "lib").unwrap();
        symlink("A", versions.join("Current")).unwrap();
        Install {
            kind: PackageKind::Zip,
            entry: ENTRY.into(),
            tree: Tree::of(folder, LIMITS).unwrap().digest(),
            max_unpacked: LIMITS.max_unpacked,
            max_entries: LIMITS.max_entries,
        }
    }

    struct World {
        home: tempfile::TempDir,
        seat: PathBuf,
        one: (PathBuf, Install),
        two: (PathBuf, Install),
    }

    fn world() -> World {
        let home = tempfile::tempdir().unwrap();
        let seat = home.path().join("Applications/EDGE&NEXT 원격지원");
        let version = |name: &str| (home.path().join(name), version(&home.path().join(name), name));
        World { seat, one: version("one"), two: version("two"), home }
    }

    impl World {
        fn names(&self) -> Vec<String> {
            let folder = fs::read_dir(self.home.path().join("Applications")).unwrap();
            folder.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
        }
    }

    #[test]
    fn the_next_version_takes_the_place_of_the_one_before() {
        let world = world();
        for (from, install) in [&world.one, &world.two, &world.two] {
            take(&world.seat, from, install).unwrap();
            assert_eq!(package::prove(&world.seat, install).unwrap(), Path::new(ENTRY));
            assert_eq!(world.names(), ["EDGE&NEXT 원격지원"], "nothing else is left there");
        }
        let mode = fs::metadata(world.seat.join(ENTRY)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o755);
        let current = world.seat.join("TeamViewerQS.app/Contents/Frameworks/Q.framework/Versions/Current");
        assert_eq!(fs::read_link(current).unwrap(), Path::new("A"));
    }

    #[test]
    fn whatever_is_in_the_way_gives_way() {
        let world = world();
        let (from, install) = &world.one;
        fs::create_dir_all(world.home.path().join("Applications")).unwrap();
        symlink("/nowhere", &world.seat).unwrap();
        take(&world.seat, from, install).unwrap();
        fs::remove_dir_all(&world.seat).unwrap();
        fs::write(&world.seat, "a file").unwrap();
        take(&world.seat, from, install).unwrap();
        fs::write(world.seat.join(".DS_Store"), "the Finder was here").unwrap();
        assert!(package::prove(&world.seat, install).is_err());
        take(&world.seat, from, install).unwrap();
        package::prove(&world.seat, install).unwrap();
        assert_eq!(world.names().len(), 1);
    }

    #[test]
    fn what_is_not_the_signed_version_never_gets_there() {
        let world = world();
        take(&world.seat, &world.one.0, &world.one.1).unwrap();
        fs::write(world.two.0.join(ENTRY), "evil").unwrap();
        assert!(matches!(take(&world.seat, &world.two.0, &world.two.1), Err(PackageError::Tree { .. })));
        assert!(take(&world.seat, &world.home.path().join("gone"), &world.two.1).is_err());
        package::prove(&world.seat, &world.one.1).unwrap();
        assert_eq!(world.names().len(), 1);
    }

    #[test]
    fn what_a_kill_left_is_cleared_and_other_peoples_things_are_not() {
        let world = world();
        let beside = |name: &str| world.seat.with_file_name(name);
        fs::create_dir_all(beside(".EDGE&NEXT 원격지원.aside-0123/half")).unwrap();
        fs::write(beside(".EDGE&NEXT 원격지원.aside-x"), "").unwrap();
        fs::create_dir(beside("TeamViewer.app")).unwrap();
        fs::create_dir(beside(".EDGE&NEXT.aside-1")).unwrap();
        take(&world.seat, &world.one.0, &world.one.1).unwrap();
        let mut names = world.names();
        names.sort();
        assert_eq!(names, [".EDGE&NEXT.aside-1", "EDGE&NEXT 원격지원", "TeamViewer.app"]);
    }

    #[test]
    fn a_folder_that_cannot_be_written_keeps_what_it_has() {
        if rustix::process::geteuid().is_root() {
            // Root may write everywhere: a file stands in the way instead.
            let world = world();
            fs::write(world.home.path().join("Applications"), "").unwrap();
            assert!(matches!(take(&world.seat, &world.one.0, &world.one.1), Err(PackageError::Io { .. })));
            return;
        }
        let world = world();
        take(&world.seat, &world.one.0, &world.one.1).unwrap();
        let parent = world.home.path().join("Applications");
        fs::set_permissions(&parent, fs::Permissions::from_mode(0o555)).unwrap();
        let refused = take(&world.seat, &world.two.0, &world.two.1);
        fs::set_permissions(&parent, fs::Permissions::from_mode(0o755)).unwrap();
        assert!(matches!(refused, Err(PackageError::Io { .. })));
        package::prove(&world.seat, &world.one.1).unwrap();
    }
}
