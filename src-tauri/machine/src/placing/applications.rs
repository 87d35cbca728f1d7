//! Where an application runs from on macOS (SPEC A9). Portable, so that it is tested wherever the helper is built.
//!
//! An application that is opened where it was unpacked, in a folder of the helper's own or a temporary one, is not what people find
//! in the privacy settings later, and one that carries the quarantine mark is moved to a random place by the system (TEAMVIEWER.md
//! 6). So it gets a folder of its own among the applications.

use std::fs;
use std::path::{Path, PathBuf};

/// The folder for `name` below `shared` (the applications of everybody), if this user may make it there or owns it already, else below
/// `own` (this user's applications).
pub fn seat(name: &str, shared: &Path, own: &Path) -> PathBuf {
    let name = folder_name(name);
    let place = shared.join(&name);
    let mine = match fs::symlink_metadata(&place) {
        // Another user's, or no folder: left alone.
        Ok(found) => found.is_dir() && is_own(&found),
        Err(error) => error.kind() == std::io::ErrorKind::NotFound,
    };
    if mine && may_write(shared) { place } else { own.join(name) }
}

/// One component, whatever the vendor calls the module: a slash would be two, a colon is one to the Finder, and a leading period
/// hides it.
fn folder_name(name: &str) -> String {
    let plain = |letter: char| if matches!(letter, '/' | ':') || letter.is_control() { '-' } else { letter };
    let name: String = name.chars().map(plain).collect();
    let name = name.trim_start_matches('.').trim();
    if name.is_empty() { "Support".to_owned() } else { name.to_owned() }
}

#[cfg(unix)]
fn is_own(found: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    found.uid() == rustix::process::geteuid().as_raw()
}

#[cfg(unix)]
fn may_write(folder: &Path) -> bool {
    rustix::fs::access(folder, rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shared_folder_is_used_where_it_can_be() {
        let home = tempfile::tempdir().unwrap();
        let (shared, own) = (home.path().join("Applications"), home.path().join("me/Applications"));
        fs::create_dir(&shared).unwrap();
        let name = "EDGE&NEXT Support";
        assert_eq!(seat(name, &shared, &own), shared.join(name));
        fs::create_dir(shared.join(name)).unwrap();
        assert_eq!(seat(name, &shared, &own), shared.join(name), "it is mine already");
        assert_eq!(seat(name, &home.path().join("absent"), &own), own.join(name));
        fs::remove_dir(shared.join(name)).unwrap();
        fs::write(shared.join(name), "").unwrap();
        assert_eq!(seat(name, &shared, &own), own.join(name), "no folder");
        fs::remove_file(shared.join(name)).unwrap();
        std::os::unix::fs::symlink("/", shared.join(name)).unwrap();
        assert_eq!(seat(name, &shared, &own), own.join(name), "a link to somewhere");
    }

    #[test]
    fn somebody_elses_place_is_left_alone() {
        let own = Path::new("/home/me/Applications");
        // Belongs to root, like a folder that another person's installation made.
        let of_root = Path::new("/");
        if rustix::process::geteuid().is_root() {
            assert_eq!(seat("usr", of_root, own), of_root.join("usr"));
        } else {
            assert_eq!(seat("usr", of_root, own), own.join("usr"));
            assert_eq!(seat("never there", of_root, own), own.join("never there"), "cannot be written");
        }
    }

    #[test]
    fn a_name_is_one_component() {
        for (name, folder) in [
            ("EDGE&NEXT Support", "EDGE&NEXT Support"),
            ("원격 지원", "원격 지원"),
            ("a/b:c\n", "a-b-c-"),
            ("..", "Support"),
            ("../../etc", "-..-etc"),
            ("", "Support"),
            (".hidden", "hidden"),
        ] {
            assert_eq!(folder_name(name), folder);
            assert_eq!(Path::new(folder).components().count(), 1);
        }
    }
}
