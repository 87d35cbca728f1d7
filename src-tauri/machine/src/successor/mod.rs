//! The next version of the helper itself: kept ready, put in this one's place in one step, and taken back when it does not come up.
//!
//! Only an installation that the user owns replaces itself: on Linux an AppImage, or a program file in a folder that the user may
//! write. What a package manager installed, or IT for the whole machine, is left to them (SPEC F4). At every instant the name holds
//! either the whole old or the whole new program, and a copy of the old one lies in the data folder until the new one has come up
//! (TRUST.md 6.3, rows 61 and 62).

mod probation;

pub use probation::{Probation, Trial};

use crate::application::{self, bundle_of};
use crate::package::{Verified, hash_all};
use crate::state_file::sync_folder;
use helper_core::release::Digest;
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// Begins the name of a program that is not renamed into place yet.
const UNFINISHED: &str = ".support-helper-unfinished-";
/// The installer for Windows leaves this file beside a program that it installed for all users (src-tauri/installer).
const FOR_ALL_USERS: &str = "installed-for-all-users.txt";
/// No helper is larger, in bytes.
const LARGEST: u64 = 1 << 30;

/// The file that this helper was started from, if it may be replaced by its user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    program: PathBuf,
}

/// Why this installation does not replace itself.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotOwn {
    /// On this system the updater's installer does it.
    #[error("on this system an installer replaces the helper")]
    Installer,
    /// The program file cannot be named.
    #[error("the helper's own program file cannot be found: {0}")]
    Unknown(String),
    /// It belongs to the whole machine.
    #[error("{0} is not this user's to replace")]
    Machine(PathBuf),
}

impl Place {
    /// The place of the running helper. `$APPIMAGE` names the file that an AppImage was started from (AppImage specification,
    /// "environment variables"); the program itself then lies in a mount that ends with it.
    ///
    /// # Errors
    /// [`NotOwn`] when it is not this user's to replace.
    pub fn of_running() -> Result<Self, NotOwn> {
        if cfg!(target_os = "macos") {
            let program = std::env::current_exe().map_err(|error| NotOwn::Unknown(error.to_string()))?;
            return Err(own_bundle(&program).err().unwrap_or(NotOwn::Installer));
        }
        if cfg!(target_os = "windows") {
            let program = std::env::current_exe().map_err(|error| NotOwn::Unknown(error.to_string()))?;
            return Err(of_an_installer(program));
        }
        let program = match std::env::var_os("APPIMAGE").map(PathBuf::from).filter(|path| path.is_absolute()) {
            Some(image) => image,
            None => std::env::current_exe().map_err(|error| NotOwn::Unknown(error.to_string()))?,
        };
        Self::at(&program)
    }

    /// The place at this path.
    ///
    /// # Errors
    /// [`NotOwn`] when it is no file, or not this user's to replace.
    pub fn at(program: &Path) -> Result<Self, NotOwn> {
        let unknown = |error: io::Error| NotOwn::Unknown(format!("{}: {error}", program.display()));
        let program = program.canonicalize().map_err(unknown)?;
        let found = fs::metadata(&program).map_err(unknown)?;
        let folder = program.parent().filter(|_| found.is_file());
        match folder {
            Some(folder) if is_own(&found) && may_write(folder) => Ok(Self { program }),
            _ => Err(NotOwn::Machine(program)),
        }
    }

    /// The program file.
    pub fn program(&self) -> &Path {
        &self.program
    }
}

/// The application that holds the program, if the updater's installer can replace it without asking for an administrator (SPEC F4,
/// I1): it and its folder are the user's to write, and it is not shown at a random place because of its quarantine mark.
///
/// # Errors
/// [`NotOwn`] when it is no application, or not this user's to replace.
fn own_bundle(program: &Path) -> Result<PathBuf, NotOwn> {
    let unknown = |why: String| NotOwn::Unknown(format!("{}: {why}", program.display()));
    let bundle = bundle_of(program).ok_or_else(|| unknown("it is in no application".to_owned()))?;
    let found = fs::metadata(&bundle).map_err(|error| unknown(error.to_string()))?;
    let translocated = bundle.iter().any(|part| part == "AppTranslocation");
    match bundle.parent() {
        Some(folder) if is_own(&found) && may_write(folder) && may_write(&bundle) && !translocated => Ok(bundle),
        _ => Err(NotOwn::Machine(bundle)),
    }
}

/// Starts what the updater's installer has put in this program's place, to take over when this process ends. On Windows the installer
/// does it itself; on macOS it only exchanges the application.
///
/// # Errors
/// Whatever the system says.
pub fn start_installed() -> io::Result<()> {
    if !cfg!(target_os = "macos") {
        return Ok(());
    }
    let bundle = bundle_of(&std::env::current_exe()?).ok_or(io::Error::from(io::ErrorKind::NotFound))?;
    // A new one, not this one once more, which is still there.
    let words = ["-n".as_ref(), bundle.as_os_str(), "--args".as_ref(), "--background".as_ref()];
    let said = application::ask("/usr/bin/open", &words)?;
    if said.code == Some(0) {
        Ok(())
    } else {
        Err(io::Error::other(format!("open ended with {:?}: {}", said.code, said.text)))
    }
}

#[cfg(unix)]
fn is_own(found: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    found.uid() == rustix::process::geteuid().as_raw()
}

#[cfg(not(unix))]
fn is_own(_: &fs::Metadata) -> bool {
    false
}

/// Folders of the system are never a user's own, even if the user is root (a container, a kiosk).
#[cfg(unix)]
fn may_write(folder: &Path) -> bool {
    let of_system =
        ["/usr", "/opt", "/bin", "/sbin", "/lib", "/snap", "/nix"].iter().any(|system| folder.starts_with(system));
    !of_system && rustix::fs::access(folder, rustix::fs::Access::WRITE_OK).is_ok()
}

#[cfg(not(unix))]
fn may_write(_: &Path) -> bool {
    false
}

/// What an installer put there: it renews it, unless it stands there for all users of the PC, which is IT's to do.
fn of_an_installer(program: PathBuf) -> NotOwn {
    if program.with_file_name(FOR_ALL_USERS).exists() { NotOwn::Machine(program) } else { NotOwn::Installer }
}

/// The folder in which a successor waits and the predecessor is kept.
#[derive(Clone, Debug)]
pub struct Successors {
    folder: PathBuf,
}

impl Successors {
    /// Names the folder; nothing is created.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// Where a fetched helper arrives.
    pub fn incoming(&self) -> PathBuf {
        self.folder.join("incoming")
    }

    /// The copy of the version before.
    pub fn predecessor(&self) -> PathBuf {
        self.folder.join("predecessor")
    }

    fn waiting(&self) -> PathBuf {
        self.folder.join("successor")
    }

    /// The record of a version on trial.
    pub fn probation(&self) -> Probation {
        Probation::new(&self.folder)
    }

    /// Creates the folders.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn prepare(&self) -> io::Result<()> {
        fs::create_dir_all(self.incoming())
    }

    /// Keeps a verified helper ready. Its bytes are returned for the updater's own check of its signature, the second lock.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn keep(&self, verified: Verified) -> io::Result<Vec<u8>> {
        let arrived = verified.path().to_owned();
        let length = verified.release().length.min(LARGEST);
        let mut file = verified.into_file().map_err(|error| io::Error::other(error.to_string()))?;
        let mut bytes = Vec::new();
        (&mut file).take(length).read_to_end(&mut bytes)?;
        write_program(&self.waiting(), &bytes)?;
        // It has done its work.
        let _ = fs::remove_file(arrived);
        Ok(bytes)
    }

    /// The kept helper, if it still is the one that was verified.
    ///
    /// # Errors
    /// Whatever the system says, or that it was changed.
    pub fn kept(&self, sha256: Digest) -> io::Result<Vec<u8>> {
        let bytes = fs::read(self.waiting())?;
        let (found, _) = hash_all(&mut bytes.as_slice(), LARGEST)?;
        if found == sha256 {
            Ok(bytes)
        } else {
            Err(io::Error::new(io::ErrorKind::InvalidData, "the kept helper was changed"))
        }
    }

    /// Forgets what was kept: it did not pass the second lock, or is not wanted any more.
    pub fn forget(&self) {
        // What cannot be removed is proven again before it is used.
        let _ = fs::remove_file(self.waiting());
    }

    /// Puts the kept helper in place: first the present one is copied aside and the trial is recorded, then the new one takes the
    /// name in one rename. `sha256` is the signed hash, proven once more on what is about to take the name.
    ///
    /// # Errors
    /// Whatever the system says, or that the kept file is not the signed one; the present helper is in place then.
    pub fn install(&self, place: &Place, version: &str, sha256: Digest) -> io::Result<()> {
        let bytes = self.kept(sha256)?;
        let present = fs::read(&place.program)?;
        write_program(&self.predecessor(), &present)?;
        self.probation().begin(&Trial {
            version: version.to_owned(),
            program: place.program.clone(),
            starts: 0,
            came_up: false,
        })?;
        write_program(&place.program, &bytes)?;
        self.forget();
        Ok(())
    }

    /// Gives the name back to the version before, and remembers which version failed.
    ///
    /// # Errors
    /// Whatever the system says; without the copy of the version before there is nothing to give back.
    pub fn take_back(&self, trial: &Trial) -> io::Result<()> {
        let before = fs::read(self.predecessor())?;
        if before.is_empty() {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the copy of the version before is empty"));
        }
        write_program(&trial.program, &before)?;
        self.probation().refuse(trial)
    }
}

/// Writes a program beside its place, through to the disk, and gives it its name in one step.
fn write_program(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().ok_or_else(|| io::Error::other("a program needs a folder"))?;
    let mut temporary = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(folder)?;
    temporary.write_all(bytes)?;
    make_executable(temporary.as_file())?;
    temporary.as_file().sync_all()?;
    // A descriptor that is open for writing would keep the system from starting it.
    let (file, name) = temporary.into_parts();
    drop(file);
    name.persist(path).map_err(|error| error.error)?;
    sync_folder(folder)
}

#[cfg(unix)]
fn make_executable(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps)]
fn make_executable(_: &File) -> io::Result<()> {
    Ok(())
}

/// Removes what a kill left beside the program and in the folder.
pub fn clear_unfinished(successors: &Successors, place: &Place) {
    for folder in [Some(successors.folder.as_path()), place.program.parent()].into_iter().flatten() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
                // It is in nobody's way but for its room.
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

// Elsewhere an installer replaces the helper, and no place is its own.
#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::package::hash_piece;

    fn world() -> (tempfile::TempDir, Successors, Place) {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("support-helper");
        write_program(&program, b"old").unwrap();
        let successors = Successors::new(folder.path().join("helper"));
        successors.prepare().unwrap();
        let place = Place::at(&program).unwrap();
        (folder, successors, place)
    }

    #[test]
    fn the_successor_takes_the_name_and_the_one_before_is_kept() {
        let (_folder, successors, place) = world();
        write_program(&successors.waiting(), b"new").unwrap();
        successors.install(&place, "1.1.0", hash_piece(b"new")).unwrap();
        assert_eq!(fs::read(place.program()).unwrap(), b"new");
        assert_eq!(fs::read(successors.predecessor()).unwrap(), b"old");
        let trial = successors.probation().read().unwrap();
        assert_eq!((trial.version.as_str(), trial.starts, trial.came_up), ("1.1.0", 0, false));
        successors.take_back(&trial).unwrap();
        assert_eq!(fs::read(place.program()).unwrap(), b"old");
        assert_eq!(successors.probation().refused(), ["1.1.0"]);
        assert!(successors.probation().read().is_none());
    }

    #[test]
    fn a_changed_successor_is_not_installed() {
        let (_folder, successors, place) = world();
        write_program(&successors.waiting(), b"evil").unwrap();
        assert!(successors.install(&place, "1.1.0", hash_piece(b"new")).is_err());
        assert_eq!(fs::read(place.program()).unwrap(), b"old");
        assert!(successors.probation().read().is_none());
        assert!(!successors.predecessor().exists());
    }

    #[cfg(unix)]
    #[test]
    fn what_belongs_to_the_machine_is_left_alone() {
        assert!(matches!(Place::at(Path::new("/usr/bin/env")), Err(NotOwn::Machine(_))));
        assert!(matches!(Place::at(Path::new("/nowhere/helper")), Err(NotOwn::Unknown(_))));
        let folder = tempfile::tempdir().unwrap();
        assert!(Place::at(folder.path()).is_err(), "a folder is no program");
    }

    #[cfg(unix)]
    #[test]
    fn an_application_is_replaced_only_where_its_user_may() {
        let (folder, _, _) = world();
        let program = folder.path().join("Helper.app/Contents/MacOS/support-helper");
        fs::create_dir_all(program.parent().unwrap()).unwrap();
        assert_eq!(own_bundle(&program), Ok(folder.path().join("Helper.app")));
        let moved = folder.path().join("AppTranslocation/x/Helper.app/Contents/MacOS/support-helper");
        fs::create_dir_all(moved.parent().unwrap()).unwrap();
        assert!(matches!(own_bundle(&moved), Err(NotOwn::Machine(_))));
        assert!(matches!(own_bundle(Path::new("/usr/bin/env")), Err(NotOwn::Unknown(_))));
        assert!(matches!(own_bundle(&folder.path().join("No.app/Contents/MacOS/x")), Err(NotOwn::Unknown(_))));
    }

    #[test]
    fn a_helper_for_all_users_is_renewed_by_it() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("support-helper.exe");
        assert_eq!(of_an_installer(program.clone()), NotOwn::Installer);
        fs::write(folder.path().join(FOR_ALL_USERS), b"").unwrap();
        assert_eq!(of_an_installer(program.clone()), NotOwn::Machine(program));
    }

    #[test]
    fn leftovers_of_a_kill_are_removed() {
        let (folder, successors, place) = world();
        let left = folder.path().join(format!("{UNFINISHED}x"));
        fs::write(&left, b"half").unwrap();
        clear_unfinished(&successors, &place);
        assert!(!left.exists());
        assert!(place.program().exists());
    }
}
