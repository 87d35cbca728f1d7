//! Stand-in programs that run, and how a test speaks to them.

use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use std::{env, fs, io, thread};

use crate::error::Doing;
use crate::{Home, Result, WorldError, wait_until};

/// Finds a program of this crate (`standin-quicksupport`, `standin-full`) beside the running test.
///
/// The variable `HELPER_WORLD_BIN_DIR` names another folder, for tests that run away from their build.
pub fn stand_in_program(name: &str) -> Result<PathBuf> {
    let file = format!("{name}{}", env::consts::EXE_SUFFIX);
    let told = env::var_os("HELPER_WORLD_BIN_DIR").map(PathBuf::from);
    let here = env::current_exe().doing(|| "finding the running test".into())?;
    // A test lies in `<profile>/deps`, a program in `<profile>`, an example in `<profile>/examples`.
    told.iter()
        .map(PathBuf::as_path)
        .chain(here.ancestors().skip(1).take(2))
        .map(|folder| folder.join(&file))
        .find(|path| path.is_file())
        .ok_or_else(|| WorldError::Missing {
            program: file,
            hint: "build it with `cargo build -p helper-world --bins` in the same profile".into(),
        })
}

/// A stand-in program's bytes without what only a debugger reads: that is most of it, and every test that copies,
/// packs or hashes it would pay for it.
pub(crate) fn lean_program(name: &str) -> Result<Vec<u8>> {
    let path = stand_in_program(name)?;
    let mut bytes = fs::read(&path).doing(|| format!("reading {}", path.display()))?;
    if let Some(end) = loaded_part(&bytes) {
        bytes.truncate(end);
        // The section table is cut off as well, so the header must not point to it any more.
        for gone in [0x28..0x30, 0x3c..0x40] {
            if let Some(field) = bytes.get_mut(gone) {
                field.fill(0);
            }
        }
    }
    Ok(bytes)
}

/// Where the last segment that is loaded ends in a 64-bit little-endian ELF file; nothing for other files.
fn loaded_part(elf: &[u8]) -> Option<usize> {
    let short = |at: usize| Some(usize::from(u16::from_le_bytes(elf.get(at..at + 2)?.try_into().ok()?)));
    let long = |at: usize| usize::try_from(u64::from_le_bytes(elf.get(at..at + 8)?.try_into().ok()?)).ok();
    if !elf.starts_with(b"\x7fELF\x02\x01") {
        return None;
    }
    let (table, size, count) = (long(0x20)?, short(0x36)?, short(0x38)?);
    let end_of = |index: usize| {
        let entry = table + index * size;
        Some(long(entry + 8)? + long(entry + 32)?)
    };
    let end = (0..count).map(end_of).collect::<Option<Vec<_>>>()?.into_iter().max()?;
    (end <= elf.len()).then_some(end)
}

/// Writes a program that can be started.
pub(crate) fn place_program(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(path, bytes).doing(|| format!("writing {}", path.display()))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::Permissions::from_mode(0o755);
        fs::set_permissions(path, mode).doing(|| format!("making {} a program", path.display()))?;
    }
    Ok(())
}

/// A stand-in that was started by the test; it is ended when this is dropped.
#[derive(Debug)]
pub struct RunningStandIn {
    child: Mutex<Child>,
    pid: u32,
    plan_file: PathBuf,
    // The stand-in ends when this pipe closes, so that even a killed test leaves nothing behind.
    _leash: Option<ChildStdin>,
}

/// TeamViewer Full's window program.
#[derive(Debug)]
pub struct Full;

/// A support module that somebody started by hand, not through the helper.
#[derive(Debug)]
pub struct Module;

/// TeamViewer Full's background program, which is no conflict.
#[derive(Debug)]
pub struct Daemon;

impl Full {
    /// Installs Full in the home if needed and starts it with a plan (`quit=hide`, `in_use=yes`, one line each).
    pub fn start(home: &Home, plan: &str) -> Result<RunningStandIn> {
        RunningStandIn::start(home, &home.install_full()?, "full", plan)
    }
}

impl Module {
    /// Starts a module's program that lies at `program`.
    pub fn start_placed(home: &Home, program: &Path, plan: &str) -> Result<RunningStandIn> {
        RunningStandIn::start(home, program, "module", plan)
    }

    /// Puts a module into `Downloads/teamviewerqs` of the home, as a user would unpack it, and starts it.
    pub fn start(home: &Home, plan: &str) -> Result<RunningStandIn> {
        let program = Self::place(&home.root().join("Downloads/teamviewerqs/tv_bin"), "TeamViewer")?;
        Self::start_placed(home, &program, plan)
    }

    /// Puts a module's program into a folder, under this name (without `.exe`), unless it is there already.
    pub fn place(folder: &Path, name: &str) -> Result<PathBuf> {
        fs::create_dir_all(folder).doing(|| format!("making {}", folder.display()))?;
        let program = folder.join(format!("{name}{}", env::consts::EXE_SUFFIX));
        if !program.exists() {
            place_program(&program, &lean_program("standin-quicksupport")?)?;
        }
        Ok(program)
    }
}

impl Daemon {
    /// Installs Full in the home if needed and starts its background program.
    pub fn start(home: &Home) -> Result<RunningStandIn> {
        home.install_full()?;
        RunningStandIn::start(home, &home.daemon_program(), "daemon", "")
    }
}

impl RunningStandIn {
    fn start(home: &Home, program: &Path, name: &str, plan: &str) -> Result<Self> {
        let plan_file = free_name(&home.temp(), name);
        write_plan(&plan_file, plan)?;
        let mut command = home.command(program);
        command.env("STANDIN_PLAN", &plan_file).env("STANDIN_LEASH", "stdin").stdin(Stdio::piped());
        let mut child = spawn_when_free(&mut command)
            .map_err(|error| WorldError::starting(program, "the stand-in was not placed", error))?;
        let leash = child.stdin.take();
        Ok(Self { pid: child.id(), child: Mutex::new(child), plan_file, _leash: leash })
    }

    /// Process id of the program that was started.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Gives it another plan; it is followed within about 200 ms.
    pub fn plan(&self, plan: &str) -> Result<()> {
        write_plan(&self.plan_file, plan)
    }

    /// The file that holds its plan.
    pub fn plan_file(&self) -> &Path {
        &self.plan_file
    }

    /// Whether it still runs.
    pub fn is_alive(&self) -> bool {
        matches!(self.ended(), Ok(None))
    }

    /// How it ended; nothing while it runs.
    pub fn ended(&self) -> Result<Option<ExitStatus>> {
        self.child().try_wait().doing(|| format!("asking about process {}", self.pid))
    }

    /// Waits for its end.
    pub fn wait_end(&self, timeout: Duration) -> Result<ExitStatus> {
        wait_until(timeout, &format!("the end of stand-in {}", self.pid), || self.ended().transpose())?
    }

    /// Asks it to end with `SIGTERM`, as the helper does on Linux.
    #[cfg(unix)]
    pub fn terminate(&self) -> Result<()> {
        use rustix::process::{Pid, Signal, kill_process};
        // While the lock is held and the child is not reaped, its number cannot belong to another process.
        let mut child = self.child();
        if child.try_wait().doing(|| format!("asking about process {}", self.pid))?.is_some() {
            return Ok(());
        }
        let pid = i32::try_from(self.pid).ok().and_then(Pid::from_raw);
        let Some(pid) = pid else { return Err(WorldError::Other(format!("no process id: {}", self.pid))) };
        kill_process(pid, Signal::TERM).map_err(|error| WorldError::other("sending SIGTERM", error))
    }

    /// Ends it at once.
    pub fn kill(&self) {
        let mut child = self.child();
        // Both fail only when it has ended already.
        let _ = child.kill();
        let _ = child.wait();
    }

    fn child(&self) -> std::sync::MutexGuard<'_, Child> {
        self.child.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for RunningStandIn {
    fn drop(&mut self) {
        self.kill();
    }
}

fn free_name(folder: &Path, name: &str) -> PathBuf {
    let mut number = 0u32;
    loop {
        let path = folder.join(format!("plan-{name}-{number}.txt"));
        if !path.exists() {
            return path;
        }
        number += 1;
    }
}

/// Writes a plan in one step, so that a stand-in never reads half of it.
pub(crate) fn write_plan(path: &Path, plan: &str) -> Result<()> {
    let new = path.with_extension("new");
    fs::write(&new, plan).doing(|| format!("writing {}", new.display()))?;
    fs::rename(&new, path).doing(|| format!("writing {}", path.display()))
}

/// Starts a freshly copied program. Another thread that forks at the wrong moment holds the copy open for writing
/// until its own program starts; the kernel says "text file busy" for as long.
fn spawn_when_free(command: &mut Command) -> io::Result<Child> {
    let mut tries = 0;
    loop {
        match command.spawn() {
            Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy && tries < 100 => {
                tries += 1;
                thread::sleep(Duration::from_millis(10));
            }
            done => return done,
        }
    }
}
