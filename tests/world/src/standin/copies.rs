//! Copies of the program under TeamViewer's names.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};
use std::{env, fs, io, process, thread, time::Duration};

/// A folder with one copy of the program; it is removed when this is dropped.
pub(crate) struct Copies {
    top: Option<PathBuf>,
    program: PathBuf,
}

impl Copies {
    /// Copies `exe` as `name` into a new temporary folder. A hard link is enough where that is another program.
    pub(crate) fn make(exe: &Path, name: &str) -> io::Result<Self> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |age| age.subsec_nanos());
        let top = env::temp_dir().join(format!("standin-{}-{now}", process::id()));
        // The folders are named so that the rules of each system know a QuickSupport by its path.
        let inner = top.join(if cfg!(windows) { "TeamViewer" } else { "teamviewerqs/tv_bin" });
        fs::create_dir_all(&inner)?;
        let program = inner.join(format!("{name}{}", env::consts::EXE_SUFFIX));
        let copies = Self { top: Some(top), program };
        // Under Wine every process of one file has the name that was started first.
        if cfg!(windows) || fs::hard_link(exe, &copies.program).is_err() {
            fs::copy(exe, &copies.program)?;
        }
        Ok(copies)
    }

    /// Takes over the folder that a launcher made.
    pub(crate) fn adopt(top: PathBuf) -> Self {
        Self { program: PathBuf::new(), top: Some(top) }
    }

    /// The copied program.
    pub(crate) fn program(&self) -> &Path {
        &self.program
    }

    /// The folder that holds everything.
    pub(crate) fn folder(&self) -> &Path {
        self.top.as_deref().unwrap_or(Path::new(""))
    }

    /// Leaves the folder to somebody else.
    pub(crate) fn leave(mut self) {
        self.top = None;
    }
}

impl Drop for Copies {
    fn drop(&mut self) {
        if let Some(top) = self.top.take() {
            // Windows keeps a running program's own file; the temporary folder is the system's to clear then.
            let _ = fs::remove_dir_all(top);
        }
    }
}

/// The child process `TeamViewer_Desktop`, which exists while somebody is connected.
pub(crate) struct DesktopChild {
    child: Child,
    _copies: Option<Copies>,
}

impl DesktopChild {
    /// Starts the installed one if there is one beside the program, otherwise a copy.
    pub(crate) fn start(exe: &Path) -> io::Result<Self> {
        let installed = exe.with_file_name(format!("TeamViewer_Desktop{}", env::consts::EXE_SUFFIX));
        let (program, copies) = if installed.is_file() {
            (installed, None)
        } else {
            let copies = Copies::make(exe, "TeamViewer_Desktop")?;
            (copies.program().to_owned(), Some(copies))
        };
        // It ends when its standard input closes, so it cannot outlive this process.
        let child = Command::new(program).stdin(Stdio::piped()).stdout(Stdio::null()).spawn()?;
        Ok(Self { child, _copies: copies })
    }
}

impl Drop for DesktopChild {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        // Half a second is plenty for a process that only waits for this; then it is ended.
        for _ in 0..50 {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            thread::sleep(Duration::from_millis(10));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
