//! A folder on a disk of this PC: modules are started from there, locks must hold, and nothing may travel with a roaming
//! profile (TRUST.md 6.3, row 39).

use rustix::fs::statfs;
use rustix::io::Errno;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// File systems that lie on another machine: `f_type` of statfs(2), `linux/magic.h`. What FUSE shows is taken for local:
/// its type does not say where it lies.
const REMOTE: [(u64, &str); 9] = [
    (0x6969, "NFS"),
    (0xff53_4d42, "CIFS"),
    (0xfe53_4d42, "SMB 2 or later"),
    (0x517b, "SMB"),
    (0x564c, "NCP"),
    (0x5346_414f, "AFS"),
    (0x00c3_6400, "Ceph"),
    (0x0bd0_0bd0, "Lustre"),
    (0x0102_1997, "9P"),
];

/// Among `wanted`, the first folder on a disk of this PC; else a private one for this user in `/var/tmp`, which lasts over
/// reboots (Filesystem Hierarchy Standard 3.0, section 5.15); else the first, with a warning for IT.
pub(super) fn first_local(wanted: &[PathBuf], identifier: &str) -> Option<PathBuf> {
    let first = wanted.first()?;
    let Some(kind) = remote_kind(first) else { return Some(first.clone()) };
    let shared = Path::new("/var/tmp").join(format!("{identifier}-{}", rustix::process::getuid().as_raw()));
    let local = wanted.iter().find(|folder| remote_kind(folder).is_none()).cloned();
    match local.or_else(|| may_be_mine(&shared).then_some(shared)) {
        Some(folder) => {
            let (share, folder_shown) = (first.display(), folder.display());
            tracing::info!("{share} lies on a network share ({kind}): everything is kept in {folder_shown} instead");
            Some(folder)
        }
        None => {
            let share = first.display();
            tracing::warn!("{share} lies on a network share ({kind}), and no local folder can be used instead");
            Some(first.clone())
        }
    }
}

/// The name of the network file system that a folder, made or not yet made, lies on; `None` on a disk of this PC.
fn remote_kind(folder: &Path) -> Option<&'static str> {
    for ancestor in folder.ancestors() {
        match statfs(ancestor) {
            Ok(about) => {
                // The kernel's word is signed on some processors; the numbers are 32 bits wide on all.
                let kind = (about.f_type as u64) & 0xffff_ffff;
                return REMOTE.iter().find(|(magic, _)| *magic == kind).map(|(_, name)| *name);
            }
            Err(Errno::NOENT) => {}
            Err(_) => return None,
        }
    }
    None
}

/// Is it not there yet, or a folder that this user alone can use? Everybody can make names in `/var/tmp`.
fn may_be_mine(folder: &Path) -> bool {
    match fs::symlink_metadata(folder) {
        Ok(about) => about.is_dir() && about.uid() == rustix::process::getuid().as_raw() && about.mode() & 0o077 == 0,
        Err(error) => error.kind() == std::io::ErrorKind::NotFound,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_local_folder_stays_whether_it_exists_or_not() {
        let folder = tempfile::tempdir().unwrap();
        let later = folder.path().join("not/yet/there");
        assert_eq!(first_local(&[later.clone(), folder.path().into()], "x"), Some(later));
        assert_eq!(first_local(&[], "x"), None);
    }

    #[test]
    fn a_place_for_everybody_is_used_only_for_a_private_folder() {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
        assert!(may_be_mine(folder.path()) && may_be_mine(&folder.path().join("new")));
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(folder.path(), &link).unwrap();
        assert!(!may_be_mine(&link));
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o750)).unwrap();
        assert!(!may_be_mine(folder.path()));
    }
}
