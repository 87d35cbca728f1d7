//! Files that other programs hold. On Windows an antivirus looks into every new file for a moment, and nothing of it can be renamed
//! or replaced meanwhile (TRUST.md fault 41); a running program can never be replaced. Elsewhere nobody is in the way.
//!
//! Long paths: the standard library gives Windows absolute paths of more than 247 characters in their verbatim form (`\\?\`, which
//! has no limit of 260) in all of `std::fs`. So files are renamed, copied and removed with it, never through another crate.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
use unix as system;
#[cfg(windows)]
use windows as system;

use helper_core::schedule;
use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::thread;
use std::time::Duration;
use tempfile::TempPath;

/// How long a small file is waited for, in milliseconds: somebody may be waiting as well.
pub const BRIEFLY: u64 = 2_000;
/// How long a program is waited for that was written just now, in milliseconds: a scan of 30 MB takes seconds (TRUST.md fault 41).
pub const PATIENTLY: u64 = 10_000;

/// Does the error say that another program holds the file just now? A lack of rights can look the same.
pub fn is_held(error: &io::Error) -> bool {
    system::is_held(error)
}

/// Does something again while another program holds the file, for at most `patience` milliseconds of pauses.
///
/// # Errors
/// What `act` says the last time.
pub fn while_held<T>(patience: u64, mut act: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    let mut tried = 0;
    loop {
        let error = match act() {
            Ok(done) => return Ok(done),
            Err(error) => error,
        };
        tried += 1;
        // The system sends no word when the other one lets go: asking again is all there is.
        match schedule::pause_while_held(tried, patience).filter(|_| is_held(&error)) {
            Some(pause) => thread::sleep(Duration::from_millis(pause)),
            None => return Err(error),
        }
    }
}

/// Gives a file or folder a new name; a file in its place is replaced. Another program that holds one of them is waited for.
///
/// # Errors
/// Whatever the system says; the old name stands then.
pub fn rename(from: &Path, to: &Path, patience: u64) -> io::Result<()> {
    while_held(patience, || fs::rename(from, to))
}

/// Opens a file for reading so that as long as it is open nobody can write to it, replace or remove it, on systems that know such a
/// hold (Windows); it can still be read and started. Who has it open for writing is waited for.
///
/// # Errors
/// Whatever the system says.
pub fn hold(path: &Path) -> io::Result<File> {
    while_held(PATIENTLY, || system::hold(path))
}

/// Lets everybody on this PC read a file that was made for its owner alone.
///
/// # Errors
/// Whatever the system says.
pub fn let_all_read(file: &File) -> io::Result<()> {
    system::let_all_read(file)
}

/// Free bytes for this user where the folder is; `None` where that cannot be told.
pub fn free_room(folder: &Path) -> Option<u64> {
    system::free_room(folder)
}

/// Fills a new file beside `path`, brought to the disk; dropped, it is removed again. `prefix` begins its name; what a kill leaves is
/// for the caller to clear.
///
/// # Errors
/// Whatever the system or `fill` says; nothing is there then.
pub fn write_beside(path: &Path, prefix: &str, fill: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<TempPath> {
    let folder = path.parent().ok_or_else(|| io::Error::other("a file needs a folder"))?;
    // Without the mark "temporary" that the crate sets on Windows, and that would have to be taken away again.
    let mut file = tempfile::Builder::new().prefix(prefix).make_in(folder, system::create_own)?;
    fill(file.as_file_mut())?;
    file.as_file().sync_all()?;
    // Closed: Windows renames no file that is open.
    Ok(file.into_temp_path())
}

/// Gives a file from [`write_beside`] its name; what has that name is replaced in one step.
///
/// # Errors
/// Whatever the system says; the old content is still there then, and nothing else is.
pub fn settle(mut unfinished: TempPath, path: &Path, patience: u64) -> io::Result<()> {
    rename(&unfinished, path, patience)?;
    unfinished.disable_cleanup(true);
    Ok(())
}

/// Replaces a file's content: the name holds either the old or the new, whatever happens. `prefix` as for [`write_beside`].
///
/// # Errors
/// Whatever the system or `fill` says; the old content is still there then, and nothing else is.
pub fn replace(
    path: &Path,
    prefix: &str,
    patience: u64,
    fill: impl FnOnce(&mut File) -> io::Result<()>,
) -> io::Result<()> {
    settle(write_beside(path, prefix, fill)?, path, patience)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::OpenOptions;
    use std::io::Write as _;

    #[test]
    fn a_replaced_file_is_old_or_new_and_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("한글 & name");
        let write = |bytes: &'static [u8]| move |file: &mut File| file.write_all(bytes);
        replace(&path, ".new-", BRIEFLY, write(b"old")).unwrap();
        replace(&path, ".new-", BRIEFLY, |_| Err(io::Error::other("stopped"))).unwrap_err();
        assert_eq!(fs::read(&path).unwrap(), b"old");
        replace(&path, ".new-", BRIEFLY, write(b"new")).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(free_room(folder.path()).is_some_and(|bytes| bytes > 0));
    }

    #[test]
    fn what_is_not_held_is_not_waited_for() {
        let mut asked = 0;
        let refused = while_held(u64::MAX, || {
            asked += 1;
            Err::<(), _>(io::ErrorKind::NotFound.into())
        });
        assert_eq!((refused.unwrap_err().kind(), asked), (io::ErrorKind::NotFound, 1));
    }

    #[test]
    fn a_file_that_is_held_keeps_its_content_where_the_system_knows_that() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("program");
        fs::write(&path, b"proven").unwrap();
        let held = hold(&path).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"proven", "others may read");
        let changed = [
            OpenOptions::new().write(true).open(&path).map(drop),
            fs::rename(&path, folder.path().join("elsewhere")),
            fs::remove_file(&path),
        ];
        assert_eq!(changed.iter().all(Result::is_err), cfg!(windows), "{changed:?}");
        drop(held);
        if cfg!(windows) {
            fs::remove_file(&path).unwrap();
        }
    }
}

#[cfg(all(test, windows))]
mod windows_tests {
    use super::*;
    use std::fs::OpenOptions;
    use std::io::Write as _;
    use std::os::windows::fs::OpenOptionsExt as _;
    use std::sync::mpsc;

    /// Another program that lets go after a while.
    #[test]
    fn a_file_that_an_antivirus_holds_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let (path, new) = (folder.path().join("state"), folder.path().join("new"));
        fs::write(&path, b"old").unwrap();
        fs::write(&new, b"new").unwrap();
        let scanned = OpenOptions::new().read(true).share_mode(0).open(&path).unwrap();
        let error = rename(&new, &path, 0).unwrap_err();
        assert!(is_held(&error), "{error:?}");
        let (let_go, told) = mpsc::channel();
        let scanner = thread::spawn(move || {
            told.recv().unwrap();
            drop(scanned);
        });
        let mut tries = 0;
        while_held(PATIENTLY, || {
            tries += 1;
            if tries == 3 {
                let_go.send(()).unwrap();
            }
            fs::rename(&new, &path)
        })
        .unwrap();
        assert!(tries >= 3);
        scanner.join().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
    }

    #[test]
    fn long_names_and_read_only_files_are_no_obstacle() {
        let folder = tempfile::tempdir().unwrap();
        let deep = (0..8).fold(folder.path().to_owned(), |path, _| path.join("긴이름".repeat(12)));
        fs::create_dir_all(&deep).unwrap();
        let path = deep.join("state");
        assert!(path.as_os_str().len() > 260);
        for round in [b"1", b"2"] {
            replace(&path, ".new-", BRIEFLY, |file| file.write_all(round)).unwrap();
            assert_eq!(fs::read(&path).unwrap(), round);
        }
        assert_eq!(fs::read_dir(&deep).unwrap().count(), 1);
        let held = hold(&path).unwrap();
        drop(held);
        let mut mode = fs::metadata(&path).unwrap().permissions();
        mode.set_readonly(true);
        fs::set_permissions(&path, mode).unwrap();
        replace(&path, ".new-", 0, |file| file.write_all(b"3")).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"3");
        fs::remove_dir_all(folder.path().join("긴이름".repeat(12))).unwrap();
    }
}
