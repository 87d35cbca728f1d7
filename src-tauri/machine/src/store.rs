//! Modules on this PC: `versions/<tree digest>/` and one pointer.
//!
//! At every instant the pointer names a complete folder: a new one is unpacked aside, renamed into place, and only then
//! pointed at (TRUST.md 6.1, 6). What is on disk is proven again before every start: only a [`Placed`] can be started. Proven
//! means: every byte is what the vendor signed, and the program carries the signature of who made it, where the system knows such.

mod seat;

use crate::disk;
use crate::package::{self, PackageError, Unpacked, Verified};
use crate::signer::{self, Publisher};
use crate::state_file::{StateFile, clear_unfinished, sync_folder};
use helper_core::input::PlacedId;
use helper_core::release::{Digest, Install, PackageKind, Release};
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// A day in seconds.
const DAY: i64 = 24 * 60 * 60;
/// Random bytes of a folder name aside.
const ASIDE: &str = "aside-";

/// What the pointer file holds.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Pointer {
    current: Option<Release>,
    previous: Option<Release>,
}

/// A module that was proven just now, ready to be started.
///
/// On Windows the program is held from before the proof until this is dropped: nobody can write to it, replace or remove it, so what
/// is started is what was proven. Other systems have no such hold; there only the user's own programs could change it.
#[derive(Debug)]
pub struct Placed {
    folder: PathBuf,
    program: PathBuf,
    _held: File,
}

impl Placed {
    /// The program to start.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// The module's folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

/// The module store.
#[derive(Clone, Debug)]
pub struct Store {
    folder: PathBuf,
    publisher: Publisher,
    /// Where archives' programs run from, if not from a copy in this store.
    seat: Option<PathBuf>,
    pointer: StateFile,
    repairs: StateFile,
}

impl Store {
    /// A store in this folder, for modules that this publisher made.
    pub fn new(folder: impl Into<PathBuf>, publisher: Publisher) -> Self {
        let folder = folder.into();
        let (pointer, repairs) = (StateFile::new(folder.join("pointer")), StateFile::new(folder.join("repairs")));
        Self { folder, publisher, seat: None, pointer, repairs }
    }

    /// The same store, whose archives' programs run from this folder (`placing::runs_from`): a sealed application that never writes
    /// into itself, so one copy serves many starts.
    #[must_use]
    pub fn seated(self, seat: Option<PathBuf>) -> Self {
        Self { seat, ..self }
    }

    /// Where packages arrive.
    pub fn incoming(&self) -> PathBuf {
        self.folder.join("incoming")
    }

    /// Where archives' programs run from: a copy, because a program may write beside itself and what is signed must stay.
    fn running(&self) -> PathBuf {
        self.folder.join("running")
    }

    fn versions(&self) -> PathBuf {
        self.folder.join("versions")
    }

    fn version(&self, tree: Digest) -> PathBuf {
        self.versions().join(tree.to_string())
    }

    /// Creates the folders and removes what a kill or a power cut left aside.
    ///
    /// # Errors
    /// Whatever the system says about creating.
    pub fn prepare(&self) -> io::Result<()> {
        fs::create_dir_all(self.versions())?;
        fs::create_dir_all(self.incoming())?;
        clear_unfinished(&self.incoming());
        for entry in fs::read_dir(self.versions())?.flatten() {
            if entry.file_name().to_string_lossy().starts_with(ASIDE) {
                // In use on Windows, perhaps: the next start tries again.
                let _ = fs::remove_dir_all(entry.path());
            }
        }
        let pointer = self.read();
        if pointer.current.is_some() {
            // What was in use when it was to go.
            self.clean(&pointer);
        }
        for release in [pointer.current, pointer.previous].into_iter().flatten() {
            // Whole and placed: the helper was killed before it could remove it. A part of one is still worth resuming.
            let package = self.incoming().join(format!("{}.part", release.sha256));
            if fs::metadata(&package).is_ok_and(|found| found.len() == release.length) {
                let _ = fs::remove_file(&package);
            }
        }
        Ok(())
    }

    /// The modules that the pointer names, the current one first. Nothing is proven.
    pub fn placed(&self) -> Vec<PlacedId> {
        let pointer = self.read();
        [pointer.current, pointer.previous]
            .into_iter()
            .flatten()
            .map(|release| PlacedId(release.custom.install.tree))
            .collect()
    }

    /// The releases that the pointer names, the current one first, each with what its proof says just now.
    pub fn proven(&self) -> Vec<(Release, Result<(), PackageError>)> {
        let pointer = self.read();
        let proven = |release: Release| {
            let install = &release.custom.install;
            let proof = self.prove_held(self.version(install.tree), install).map(drop);
            (release, proof)
        };
        [pointer.current, pointer.previous].into_iter().flatten().map(proven).collect()
    }

    fn read(&self) -> Pointer {
        self.pointer.read().unwrap_or_default()
    }

    /// Proves a module and makes it startable. Only while no module runs: copies of earlier starts are removed.
    ///
    /// # Errors
    /// [`PackageError`] when the pointer does not name it, or what is on disk is not what was signed.
    pub fn open(&self, id: PlacedId) -> Result<Placed, PackageError> {
        let install = self.install(id).ok_or_else(|| PackageError::EntryMissing(id.0.to_string()))?;
        let folder = match (install.kind, &self.seat) {
            // One file that unpacks itself elsewhere.
            (PackageKind::Exe, _) => self.version(id.0),
            (PackageKind::Zip | PackageKind::TarGz, None) => self.copy_to_run(id)?,
            (PackageKind::Zip | PackageKind::TarGz, Some(seat)) => {
                match self.prove_held(seat.clone(), &install) {
                    Ok(placed) => return Ok(placed),
                    Err(error) => tracing::info!(%error, seat = %seat.display(), "the module is put there afresh"),
                }
                seat::take(seat, &self.version(id.0), &install)?;
                seat.clone()
            }
        };
        self.prove_held(folder, &install)
    }

    fn prove_held(&self, folder: PathBuf, install: &Install) -> Result<Placed, PackageError> {
        let named = folder.join(&install.entry);
        let mut held = disk::hold(&named);
        let program = folder.join(package::prove(&folder, install)?);
        if program != named {
            // Spelled otherwise on disk than signed (Unicode): held under its own name, and proven under that hold.
            held = disk::hold(&program);
            package::prove(&folder, install)?;
        }
        let held = held.map_err(PackageError::at("hold", &program))?;
        signer::check(&program, &self.publisher)?;
        Ok(Placed { folder, program, _held: held })
    }

    fn copy_to_run(&self, id: PlacedId) -> Result<PathBuf, PackageError> {
        self.remove_copies();
        let running = self.running();
        fs::create_dir_all(&running).map_err(PackageError::at("create", &running))?;
        let target = running.join(random_name()?);
        let from = self.version(id.0);
        copy_tree(&from, &target).map_err(PackageError::at("copy", &from))?;
        Ok(target)
    }

    /// Removes the copies of earlier starts, beside what follows: the person waits. Best effort: one that cannot be
    /// removed is only in the way of free room.
    fn remove_copies(&self) {
        let running = self.running();
        let Some(aside) = self.aside().ok().filter(|aside| fs::rename(&running, aside).is_ok()) else {
            let _ = fs::remove_dir_all(&running);
            return;
        };
        // Without a thread, or after a kill, it is left to the helper's next start.
        let _ = std::thread::Builder::new().name("remove".into()).spawn(move || fs::remove_dir_all(aside));
    }

    fn install(&self, id: PlacedId) -> Option<Install> {
        let pointer = self.read();
        [pointer.current, pointer.previous]
            .into_iter()
            .flatten()
            .map(|release| release.custom.install)
            .find(|install| install.tree == id.0)
    }

    /// The current module's folder and program, as recorded: for showing it to a person.
    pub fn recorded(&self) -> Option<(PathBuf, PathBuf)> {
        self.recorded_as(PlacedId(self.read().current?.custom.install.tree))
    }

    /// The folder and program of this module, as recorded.
    pub fn recorded_as(&self, id: PlacedId) -> Option<(PathBuf, PathBuf)> {
        let install = self.install(id)?;
        let folder = self.version(id.0);
        let program = folder.join(&install.entry);
        Some((folder, program))
    }

    /// Unpacks a verified package aside, moves it into place and points at it; the one before is kept.
    ///
    /// # Errors
    /// [`PackageError`]; the pointer still names what it named.
    pub fn place(&self, mut package: Verified) -> Result<PlacedId, PackageError> {
        let unpacked = package.unpack(&self.aside()?)?;
        let id = self.accept(&unpacked).inspect_err(|_| {
            // Best effort; nothing refers to it.
            let _ = fs::remove_dir_all(unpacked.folder());
        })?;
        // The archive has done its work, and there is never a second one on its way: what is left is a waste of room.
        let _ = fs::remove_file(package.path());
        self.clear_incoming();
        Ok(id)
    }

    fn clear_incoming(&self) {
        for entry in fs::read_dir(self.incoming()).into_iter().flatten().flatten() {
            let _ = fs::remove_file(entry.path());
        }
    }

    /// Points at a version that is still here, if it is whole: for a step back, which needs no network. `None` when it has to be
    /// fetched.
    pub fn recall(&self, release: &Release) -> Option<PlacedId> {
        let tree = release.custom.install.tree;
        let folder = self.version(tree);
        if let Err(error) = self.prove_held(folder, &release.custom.install) {
            tracing::debug!(%error, "it is not here");
            return None;
        }
        let id = self
            .point_at(release)
            .inspect_err(|error| tracing::warn!(%error, "the version that is here cannot be pointed at"))
            .ok()?;
        self.clear_incoming();
        Some(id)
    }

    fn aside(&self) -> Result<PathBuf, PackageError> {
        let versions = self.versions();
        fs::create_dir_all(&versions).map_err(PackageError::at("create", &versions))?;
        Ok(versions.join(format!("{ASIDE}{}", random_name()?)))
    }

    /// Looks at the signature before anything could be started from it; the caller removes what is refused.
    fn accept(&self, unpacked: &Unpacked) -> Result<PlacedId, PackageError> {
        signer::check(&unpacked.folder().join(unpacked.program()), &self.publisher)?;
        self.adopt(unpacked)
    }

    fn adopt(&self, unpacked: &Unpacked) -> Result<PlacedId, PackageError> {
        let release = unpacked.release();
        let tree = release.custom.install.tree;
        let target = self.version(tree);
        if target.exists() {
            // Damaged, or fetched afresh on request.
            let old = self.aside()?;
            match disk::rename(&target, &old, disk::BRIEFLY) {
                Ok(()) => {
                    let _ = fs::remove_dir_all(&old);
                }
                // It runs on Windows, and is whole: the fresh one is the same in every byte.
                Err(error)
                    if disk::is_held(&error) && self.prove_held(target.clone(), &release.custom.install).is_ok() =>
                {
                    let _ = fs::remove_dir_all(unpacked.folder());
                    return self.point_at(release);
                }
                Err(error) => return Err(PackageError::at("move aside", &target)(error)),
            }
        }
        // An antivirus looks into what was unpacked just now.
        disk::rename(unpacked.folder(), &target, disk::PATIENTLY)
            .map_err(PackageError::at("move into place", &target))?;
        sync_folder(&self.versions()).map_err(PackageError::at("sync", &self.versions()))?;
        self.point_at(release)
    }

    fn point_at(&self, release: &Release) -> Result<PlacedId, PackageError> {
        let tree = release.custom.install.tree;
        let before = self.read();
        let previous = match before.current {
            Some(current) if current.custom.install.tree != tree => Some(current),
            _ => before.previous.filter(|previous| previous.custom.install.tree != tree),
        };
        let pointer = Pointer { current: Some(release.clone()), previous };
        self.pointer.write(&pointer).map_err(PackageError::at("write", &self.folder))?;
        self.clean(&pointer);
        Ok(PlacedId(tree))
    }

    /// Removes versions that the pointer does not name any more.
    fn clean(&self, pointer: &Pointer) {
        let keep: Vec<String> = [&pointer.current, &pointer.previous]
            .into_iter()
            .flatten()
            .map(|release| release.custom.install.tree.to_string())
            .collect();
        for entry in fs::read_dir(self.versions()).into_iter().flatten().flatten() {
            if keep.iter().any(|name| entry.file_name() == name.as_str()) {
                continue;
            }
            // Moved aside first: a running one on Windows cannot be, and so stays whole until the next time.
            let Ok(aside) = self.aside() else { continue };
            if fs::rename(entry.path(), &aside).is_ok() {
                let _ = fs::remove_dir_all(aside);
            }
        }
    }

    /// Notes that a damaged module is being replaced; `now` in seconds since 1970.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn note_repair(&self, now: i64) -> io::Result<()> {
        let mut repairs = self.recent_repairs(now);
        repairs.push(now);
        self.repairs.write(&repairs)
    }

    /// How many repairs were noted in the 24 hours before `now`. Times from a clock that was ahead do not count.
    pub fn repairs_last_day(&self, now: i64) -> u8 {
        u8::try_from(self.recent_repairs(now).len()).unwrap_or(u8::MAX)
    }

    fn recent_repairs(&self, now: i64) -> Vec<i64> {
        let all: Vec<i64> = self.repairs.read().unwrap_or_default();
        all.into_iter().filter(|at| (now - DAY..=now).contains(at)).collect()
    }
}

fn random_name() -> Result<String, PackageError> {
    let mut random = [0u8; 8];
    getrandom::fill(&mut random)
        .map_err(|error| PackageError::at("name", Path::new("a folder"))(io::Error::other(error.to_string())))?;
    Ok(format!("{:016x}", u64::from_le_bytes(random)))
}

/// Copies files with their modes and links as they are. What comes out is proven by its user.
fn copy_tree(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type()?;
        if kind.is_dir() {
            copy_tree(&source, &target)?;
        } else if kind.is_symlink() {
            copy_link(&source, &target)?;
        } else {
            fs::copy(&source, &target)?;
        }
    }
    Ok(())
}

#[cfg(unix)]
fn copy_link(source: &Path, target: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(fs::read_link(source)?, target)
}

#[cfg(not(unix))]
fn copy_link(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "packages for this system hold no links"))
}
