//! The only folder names of the product.
//!
//! Everything lives in the user's local, non-roaming data folder (`$XDG_DATA_HOME` and `$XDG_RUNTIME_DIR` on Linux, XDG
//! Base Directory Specification 0.8; the known folder LocalAppData on Windows; `~/Library/Application Support` on macOS).

#[cfg(target_os = "linux")]
mod local;
#[cfg(unix)]
mod room;
#[cfg(target_os = "windows")]
mod windows;

use crate::state_file::clear_unfinished;
use std::io;
use std::path::{Path, PathBuf};

/// The door's name.
const DOOR: &str = "door";

/// The helper's folders.
#[derive(Clone, Debug)]
pub struct Dirs {
    data: PathBuf,
    runtime: PathBuf,
}

/// There is no folder to keep anything in.
#[derive(Debug, thiserror::Error)]
#[error("the user's data folder is not known: {0} is not set to an absolute path")]
pub struct NoFolder(&'static str);

impl Dirs {
    /// The folders of the user that the helper runs as; nothing is created.
    ///
    /// # Errors
    /// [`NoFolder`] when the environment names neither a data folder nor a home.
    pub fn of_user(identifier: &str) -> Result<Self, NoFolder> {
        let data = data_folder(identifier)?;
        // Without a runtime folder (no log-in session) the data folder serves: it is the user's alone as well.
        let runtime = runtime_home().map_or_else(|| data.join("run"), |folder| folder.join(identifier));
        Ok(Self { runtime: with_room_for_the_door(runtime, identifier), data })
    }

    /// Folders in a given place, for tests.
    pub fn at(data: impl Into<PathBuf>, runtime: impl Into<PathBuf>) -> Self {
        Self { data: data.into(), runtime: runtime.into() }
    }

    /// Creates the folders, readable by their owner only.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn create(&self) -> io::Result<()> {
        for folder in [&self.data, &self.runtime, &self.journal(), &self.repository(), &self.module()] {
            create_private(folder)?;
        }
        require_own(&self.data)
    }

    /// Removes files that a kill or a power cut left unfinished. For the one helper that runs, before it writes anything.
    pub fn clear_unfinished(&self) {
        for folder in
            [&self.data, &self.module(), &self.helper(), &self.repository(), &self.repository().join("root_history")]
        {
            clear_unfinished(folder);
        }
    }

    /// Everything that is kept.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// Modules and what is on its way to become one.
    pub fn module(&self) -> PathBuf {
        self.data.join("module")
    }

    /// The helper's own next version and the one before.
    pub fn helper(&self) -> PathBuf {
        self.data.join("helper")
    }

    /// Signed metadata as last accepted.
    pub fn repository(&self) -> PathBuf {
        self.data.join("repository")
    }

    /// The journal.
    pub fn journal(&self) -> PathBuf {
        self.data.join("journal")
    }

    /// The door at which a second instance knocks.
    pub fn door(&self) -> PathBuf {
        self.runtime.join(DOOR)
    }

    /// Held by the one instance that runs.
    pub fn lock(&self) -> PathBuf {
        self.runtime.join("lock")
    }
}

#[cfg(unix)]
fn create_private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// A folder that somebody else made under our name is not used.
#[cfg(target_os = "linux")]
fn require_own(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt;
    let owner = std::fs::metadata(folder)?.uid();
    if owner == rustix::process::getuid().as_raw() {
        return Ok(());
    }
    let message = format!("{} belongs to user {owner}", folder.display());
    Err(io::Error::new(io::ErrorKind::PermissionDenied, message))
}

#[cfg(target_os = "windows")]
use windows::require_own;

#[cfg(target_os = "macos")]
fn require_own(_: &Path) -> io::Result<()> {
    Ok(())
}

/// What lies in the user's local folder inherits its access list: the user, administrators and the system.
#[cfg(not(unix))]
fn create_private(folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)
}

/// The folder, or a shorter one where a socket in it would have too long a path.
#[cfg(unix)]
fn with_room_for_the_door(runtime: PathBuf, identifier: &str) -> PathBuf {
    let short = absolute("HOME").map(|home| room::short(&home, identifier));
    let folders = [runtime.clone()].into_iter().chain(short).collect();
    room::first_with_room(folders, DOOR).unwrap_or(runtime)
}

/// The door is no file here.
#[cfg(not(unix))]
fn with_room_for_the_door(runtime: PathBuf, _: &str) -> PathBuf {
    runtime
}

/// A folder for what lasts as long as the log-in session; only Linux has one.
#[cfg(not(target_os = "windows"))]
fn runtime_home() -> Option<PathBuf> {
    absolute("XDG_RUNTIME_DIR")
}

#[cfg(target_os = "windows")]
fn runtime_home() -> Option<PathBuf> {
    None
}

#[cfg(not(target_os = "windows"))]
fn absolute(variable: &str) -> Option<PathBuf> {
    // The specification: a relative path is to be ignored.
    std::env::var_os(variable).map(PathBuf::from).filter(|path| path.is_absolute())
}

/// The user's own place if it lies on this PC, else another one that does.
#[cfg(target_os = "linux")]
fn data_folder(identifier: &str) -> Result<PathBuf, NoFolder> {
    let data = data_home()?.join(identifier);
    // Administrators who put homes on a server often point the cache at a local disk.
    let cache = absolute("XDG_CACHE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".cache")));
    let wanted: Vec<PathBuf> = [data].into_iter().chain(cache.map(|cache| cache.join(identifier))).collect();
    local::first_local(&wanted, identifier).ok_or(NoFolder("HOME"))
}

/// LocalAppData and `~/Library` never roam.
#[cfg(not(target_os = "linux"))]
fn data_folder(identifier: &str) -> Result<PathBuf, NoFolder> {
    Ok(data_home()?.join(identifier))
}

#[cfg(target_os = "windows")]
fn data_home() -> Result<PathBuf, NoFolder> {
    windows::local_app_data().ok_or(NoFolder("the known folder LocalAppData"))
}

#[cfg(target_os = "macos")]
fn data_home() -> Result<PathBuf, NoFolder> {
    absolute("HOME").map(|home| home.join("Library/Application Support")).ok_or(NoFolder("HOME"))
}

/// Where the user's programs keep their settings (XDG Base Directory Specification 0.8).
#[cfg(target_os = "linux")]
pub(crate) fn config_home() -> Result<PathBuf, NoFolder> {
    absolute("XDG_CONFIG_HOME").or_else(|| absolute("HOME").map(|home| home.join(".config"))).ok_or(NoFolder("HOME"))
}

/// Where the user's programs keep their data (XDG Base Directory Specification 0.8).
#[cfg(target_os = "linux")]
pub(crate) fn data_home() -> Result<PathBuf, NoFolder> {
    absolute("XDG_DATA_HOME").or_else(|| absolute("HOME").map(|home| home.join(".local/share"))).ok_or(NoFolder("HOME"))
}
