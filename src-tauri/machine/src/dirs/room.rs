//! A socket's path has little room: 104 bytes on macOS and 108 on Linux, a zero at the end included (`sockaddr_un`, sys/un.h). Long
//! user names, homes on a server and letters of three bytes use it up.

use std::path::{Path, PathBuf};

/// The longest path that every system takes, in bytes.
const LONGEST: usize = 103;

/// The first of the folders in which a socket of this name has room; without one the first, and the system says what is wrong with it.
pub(super) fn first_with_room(folders: Vec<PathBuf>, socket: &str) -> Option<PathBuf> {
    let fits = |folder: &&PathBuf| folder.join(socket).as_os_str().len() <= LONGEST;
    folders.iter().find(fits).or(folders.first()).cloned()
}

/// The shortest folder that is this user's alone: hidden in the home, named by the last part of the helper's identifier.
pub(super) fn short(home: &Path, identifier: &str) -> PathBuf {
    home.join(format!(".{}", identifier.rsplit('.').next().unwrap_or(identifier)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDENTIFIER: &str = "com.edgenext.support-helper";

    fn folder(home: &str) -> PathBuf {
        let home = Path::new(home);
        let usual = home.join("Library/Application Support").join(IDENTIFIER).join("run");
        first_with_room(vec![usual, short(home, IDENTIFIER)], "door").unwrap()
    }

    #[test]
    fn the_usual_folder_serves_as_long_as_it_can() {
        assert_eq!(
            folder("/Users/kim"),
            Path::new("/Users/kim/Library/Application Support/com.edgenext.support-helper/run")
        );
        // 103 bytes with the socket: just enough.
        let home = format!("/Users/{}", "k".repeat(31));
        assert_eq!(folder(&home).join("door").as_os_str().len(), 103);
        assert!(folder(&home).ends_with("run"));
        assert_eq!(folder(&format!("{home}k")), Path::new(&format!("{home}k/.support-helper")));
    }

    #[test]
    fn long_homes_and_long_letters_get_the_short_one() {
        for home in ["/Network/Servers/files.hospital.example/Volumes/Homes/kim", "/Users/서울병원원무과접수12번"]
        {
            let folder = folder(home);
            assert_eq!(folder, Path::new(home).join(".support-helper"), "{home}");
            assert!(folder.join("door").as_os_str().len() <= LONGEST);
        }
        let hopeless = format!("/Users/{}", "가".repeat(30));
        assert!(folder(&hopeless).ends_with("run"), "nothing has room: the system says so");
        assert_eq!(first_with_room(Vec::new(), "door"), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_socket_can_be_made_where_there_is_room() {
        let base = tempfile::tempdir().unwrap();
        let left = LONGEST - base.path().as_os_str().len() - "//door".len();
        for (length, fits) in [(left, true), (left + 20, false)] {
            let wanted = base.path().join("x".repeat(length));
            let other = base.path().join("s");
            let chosen = first_with_room(vec![wanted.clone(), other.clone()], "door").unwrap();
            assert_eq!(chosen == wanted, fits);
            std::fs::create_dir_all(&chosen).unwrap();
            std::os::unix::net::UnixListener::bind(chosen.join("door")).unwrap();
            std::fs::create_dir_all(&wanted).unwrap();
            let _ = std::fs::remove_file(wanted.join("door"));
            assert_eq!(std::os::unix::net::UnixListener::bind(wanted.join("door")).is_ok(), fits);
        }
    }
}
