//! A user's home of its own for every test: nothing is read from or written to the real one.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use tempfile::TempDir;

use crate::Result;
use crate::error::Doing;
use crate::running::{lean_program, place_program, write_plan};

/// A temporary home with separate folders for data, settings, cache, runtime, desktop and temporary files.
///
/// Dropping it ends every process whose program file lies in it (stand-ins that a helper started, copies that a
/// launcher left behind) and removes it.
#[derive(Debug)]
pub struct Home {
    root: PathBuf,
    desktop: PathBuf,
    extra: Mutex<BTreeMap<OsString, OsString>>,
    _folder: TempDir,
}

impl Home {
    /// A home with a plain path.
    pub fn new() -> Result<Self> {
        Self::build("home", "Desktop")
    }

    /// A home whose path holds Hangul, a space and `&`, with a desktop folder of a Korean system.
    pub fn awkward() -> Result<Self> {
        Self::build("김 간호사 A&B", "바탕 화면")
    }

    fn build(name: &str, desktop: &str) -> Result<Self> {
        let folder = TempDir::with_prefix("hw-").doing(|| "making a temporary home".into())?;
        // Links in the way (as in /tmp on some systems) would make `/proc/<pid>/exe` look like another folder.
        let real = folder.path().canonicalize().doing(|| "resolving the temporary home".into())?;
        // Windows resolves to a spelling that few programs take, as a working folder or in a variable.
        let root =
            real.to_str().and_then(|path| path.strip_prefix(r"\\?\")).map_or(real.clone(), PathBuf::from).join(name);
        let home = Self { desktop: root.join(desktop), root, extra: Mutex::default(), _folder: folder };
        let folders = [home.data(), home.config(), home.cache(), home.runtime(), home.desktop(), home.temp()];
        for path in folders {
            fs::create_dir_all(&path).doing(|| format!("making {}", path.display()))?;
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // Programs refuse a runtime folder that others can read.
            let private = fs::Permissions::from_mode(0o700);
            fs::set_permissions(home.runtime(), private).doing(|| "closing the runtime folder".into())?;
        }
        fs::write(home.config().join("user-dirs.dirs"), format!("XDG_DESKTOP_DIR=\"$HOME/{desktop}\"\n"))
            .doing(|| "writing user-dirs.dirs".into())?;
        Ok(home)
    }

    /// The home folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where programs keep data (`XDG_DATA_HOME`).
    pub fn data(&self) -> PathBuf {
        self.root.join(".local/share")
    }

    /// Where programs keep settings (`XDG_CONFIG_HOME`).
    pub fn config(&self) -> PathBuf {
        self.root.join(".config")
    }

    /// Where programs keep what they can make again (`XDG_CACHE_HOME`).
    pub fn cache(&self) -> PathBuf {
        self.root.join(".cache")
    }

    /// Where programs keep sockets and locks (`XDG_RUNTIME_DIR`).
    pub fn runtime(&self) -> PathBuf {
        self.root.join("run")
    }

    /// The user's desktop folder.
    pub fn desktop(&self) -> PathBuf {
        self.desktop.clone()
    }

    /// Where programs put temporary files (`TMPDIR`).
    pub fn temp(&self) -> PathBuf {
        self.root.join("tmp")
    }

    /// Sets one more environment variable for the programs of this home (`DISPLAY`, a bus address).
    pub fn set_env(&self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) {
        let mut extra = self.extra.lock().unwrap_or_else(PoisonError::into_inner);
        extra.insert(name.as_ref().to_owned(), value.as_ref().to_owned());
    }

    /// Gives a plan to every module that the programs of this home start, now and later; running ones follow it within
    /// about 200 ms. Stand-ins that the test itself starts keep their own.
    pub fn plan_modules(&self, plan: &str) -> Result<()> {
        let file = self.temp().join("plan-modules.txt");
        write_plan(&file, plan)?;
        self.set_env("STANDIN_PLAN", file);
        Ok(())
    }

    /// The environment of a program that lives in this home. What `set_env` said wins.
    pub fn env(&self) -> BTreeMap<OsString, OsString> {
        let mut all: BTreeMap<OsString, OsString> = [
            ("HOME", self.root.clone()),
            ("XDG_DATA_HOME", self.data()),
            ("XDG_CONFIG_HOME", self.config()),
            ("XDG_CACHE_HOME", self.cache()),
            ("XDG_RUNTIME_DIR", self.runtime()),
            ("TMPDIR", self.temp()),
            ("USERPROFILE", self.root.clone()),
            ("APPDATA", self.config()),
            ("LOCALAPPDATA", self.data()),
            ("TEMP", self.temp()),
            ("TMP", self.temp()),
        ]
        .into_iter()
        .map(|(name, path)| (OsString::from(name), path.into_os_string()))
        .collect();
        all.insert("LANG".into(), "ko_KR.UTF-8".into());
        // No accessibility bus: it would be a process of its own that outlives the test.
        all.insert("NO_AT_BRIDGE".into(), "1".into());
        let extra = self.extra.lock().unwrap_or_else(PoisonError::into_inner);
        all.extend(extra.iter().map(|(name, value)| (name.clone(), value.clone())));
        all
    }

    /// A command that sees this home only: of the real environment it gets no more than the search paths.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_clear();
        for kept in ["PATH", "LD_LIBRARY_PATH", "SystemRoot", "SystemDrive", "ComSpec"] {
            if let Some(value) = std::env::var_os(kept) {
                command.env(kept, value);
            }
        }
        command.envs(self.env()).current_dir(&self.root);
        command
    }

    /// Where the stand-in for TeamViewer Full is installed in this home.
    pub fn full_program(&self) -> PathBuf {
        self.full_folder().join(format!("TeamViewer{}", std::env::consts::EXE_SUFFIX))
    }

    /// Where the background program of TeamViewer Full is installed in this home.
    pub fn daemon_program(&self) -> PathBuf {
        self.full_folder().join(format!("teamviewerd{}", std::env::consts::EXE_SUFFIX))
    }

    fn full_folder(&self) -> PathBuf {
        self.root.join("opt/teamviewer/tv_bin")
    }

    /// Installs the stand-in for TeamViewer Full as its packages do: window program, session program, daemon.
    pub fn install_full(&self) -> Result<PathBuf> {
        let program = lean_program("standin-full")?;
        let folder = self.full_folder();
        fs::create_dir_all(&folder).doing(|| format!("making {}", folder.display()))?;
        for name in ["TeamViewer", "TeamViewer_Desktop", "teamviewerd"] {
            let to = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
            if !to.exists() {
                place_program(&to, &program)?;
            }
        }
        Ok(self.full_program())
    }

    /// Every process that runs a program file of this home.
    #[cfg(any(target_os = "linux", target_os = "windows"))]
    pub fn processes(&self) -> Vec<crate::ProcessSeen> {
        crate::processes_under(&self.root)
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        #[cfg(any(target_os = "linux", target_os = "windows"))]
        crate::processes::end_under(&self.root);
    }
}
