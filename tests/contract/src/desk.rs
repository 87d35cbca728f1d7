//! A test in a desktop of its own, with the world's stand-ins on it.

use helper_core::presence::{Presence, ProcessFact, ProcessId, ProgramPath, Scan, judge};
use helper_core::release::{Arch, Custom, Digest, Install, PackageKind, Pieces, Release, Rollout, Status, System};
use helper_machine::launching::Desktop;
use helper_machine::package::{Fetched, Limits, dry_run, hash_all};
use helper_machine::processes::{Own, identity, scan};
use helper_machine::signer::Publisher;
use helper_machine::store::{Placed, Store};
use helper_world::{Home, RunningStandIn, wait_until};
use std::error::Error;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use std::{env, fs, io};

/// Longer than any of this takes on a busy machine.
pub const SOON: Duration = Duration::from_secs(60);
/// The window title of the stand-in module (`helper_world::standin`).
pub const MODULE_TITLE: &str = "EDGE&NEXT Support";
/// Names the plan of what the test itself starts; also says that the desktop is there.
const PLAN: &str = "STANDIN_PLAN";

/// What a test brings back.
pub type Done = Result<(), Box<dyn Error>>;

/// Runs a test in a process of its own that has a display, a home and a plan for stand-ins: how a program sees the world is
/// set before it starts. `test` is the test's full name.
///
/// # Errors
/// Whatever `body` says; what the inner process says is in its output.
pub fn on_a_desk(test: &str, plan: &str, body: impl FnOnce(&Desk) -> Done) -> Done {
    if env::var_os(PLAN).is_some() {
        return body(&Desk::new()?);
    }
    let home = Home::new()?;
    #[cfg(target_os = "linux")]
    let display = {
        let display = helper_world::free_display()?;
        display.lend(&home);
        display
    };
    home.plan_modules(plan)?;
    let mut inner = Command::new(env::current_exe()?);
    let told = inner.args(["--exact", test, "--nocapture", "--test-threads=1"]).envs(home.env()).output()?;
    #[cfg(target_os = "linux")]
    drop(display);
    let said = format!("{}\n{}", String::from_utf8_lossy(&told.stdout), String::from_utf8_lossy(&told.stderr));
    if told.status.success() && said.contains("1 passed") { Ok(()) } else { Err(said.into()) }
}

/// The desktop of one test.
#[derive(Debug)]
pub struct Desk {
    /// Where stand-ins live: Hangul, a space and `&` are in its path.
    pub home: Home,
    /// The windows.
    pub desktop: Desktop,
}

impl Desk {
    fn new() -> Result<Self, Box<dyn Error>> {
        let home = Home::awkward()?;
        // Stand-ins that the home starts belong on the same display.
        for name in ["DISPLAY", "GDK_BACKEND"] {
            if let Some(value) = env::var_os(name) {
                home.set_env(name, value);
            }
        }
        let desktop = Desktop::open().ok_or("no window can be seen here")?;
        Ok(Self { home, desktop })
    }

    /// Tells what `launching::start` started to do something else; followed within about 200 ms.
    ///
    /// # Errors
    /// Whatever the system says about the file.
    pub fn plan_started(&self, plan: &str) -> io::Result<()> {
        let file = env::var_os(PLAN).map(PathBuf::from).ok_or(io::ErrorKind::NotFound)?;
        let new = file.with_extension("next");
        fs::write(&new, plan)?;
        fs::rename(new, file)
    }

    /// Where what the test itself starts unpacks to.
    pub fn own_temp(&self) -> PathBuf {
        env::temp_dir()
    }

    /// What the helper knows of its module, if it keeps modules in these folders.
    pub fn own(&self, folders: &[&Path]) -> Own {
        Own {
            folders: folders.iter().map(|folder| (*folder).to_owned()).collect(),
            names: Vec::new(),
            title: MODULE_TITLE.into(),
            config_id: String::new(),
        }
    }

    /// Waits for a visible window of a program below this folder.
    ///
    /// # Errors
    /// When none comes.
    pub fn window(&self, folder: &Path) -> Result<ProcessId, Box<dyn Error>> {
        let what = format!("a window of {}", folder.display());
        Ok(wait_until(SOON, &what, || self.desktop.window_of(folder))?)
    }

    /// Waits until no program below this folder has a visible window.
    ///
    /// # Errors
    /// When one stays.
    pub fn no_window(&self, folder: &Path) -> Done {
        let none = || self.desktop.window_of(folder).is_none().then_some(());
        Ok(wait_until(SOON, &format!("no window of {}", folder.display()), none)?)
    }
}

/// A folder below `root` with Hangul, spaces and `&` in its name, so that `rest` below it is `length` UTF-16 units long in
/// all (SPEC I4).
pub fn deep_folder(root: &Path, rest: usize, length: usize) -> PathBuf {
    let units = |folder: &Path| folder.to_string_lossy().encode_utf16().count() + 1 + rest;
    let mut folder = root.to_owned();
    while units(&folder) + 2 <= length {
        let room = length - units(&folder) - 1;
        let name: String = "원격지원 A&B 깊은 곳".chars().chain(std::iter::repeat('길')).take(room.min(60)).collect();
        folder.push(name.replace(' ', "_").replacen('_', " ", 1));
    }
    folder
}

/// Who a stand-in is, as the machine sees it.
///
/// # Errors
/// When it is not there.
pub fn id_of(standin: &RunningStandIn) -> Result<ProcessId, Box<dyn Error>> {
    Ok(identity(standin.pid()).ok_or("the stand-in is not there")?)
}

/// The folder of a running stand-in's program.
///
/// # Errors
/// When it is not there any more.
pub fn folder_of(process: ProcessId) -> Result<PathBuf, Box<dyn Error>> {
    let program = helper_machine::processes::program_of(process).ok_or("no program")?;
    Ok(Path::new(&program).parent().ok_or("no folder")?.to_owned())
}

/// One look, and what it means.
///
/// # Errors
/// When the system shows no processes.
pub fn look(own: &Own, launched: Option<ProcessId>) -> Result<(Scan, Presence), Box<dyn Error>> {
    let scan = scan(own, launched)?;
    let presence = judge(&scan);
    Ok((scan, presence))
}

/// What a look says of one process.
pub fn fact_of(scan: &Scan, process: ProcessId) -> Option<&ProcessFact> {
    scan.processes.iter().find(|fact| fact.id == process)
}

/// A process's program file.
pub fn path_of(fact: &ProcessFact) -> Option<&Path> {
    match &fact.path {
        ProgramPath::Known(path) => Some(Path::new(path)),
        ProgramPath::Unreadable => None,
    }
}

/// Puts a stand-in through the whole store, as a signed module would come: a single program called `name`.
///
/// # Errors
/// Whatever the store says.
pub fn placed(store: &Store, name: &str) -> Result<Placed, Box<dyn Error>> {
    store.prepare()?;
    let package = store.incoming().join("package");
    // Where programs must be signed, scripts/build-windows signed one.
    let program = match env::var_os("CONTRACT_SIGNED_MODULE") {
        Some(signed) => PathBuf::from(signed),
        None => helper_world::stand_in_program("standin-quicksupport")?,
    };
    fs::copy(program, &package)?;
    let limits = Limits { max_unpacked: 1 << 30, max_entries: 10 };
    let entry = format!("{name}{}", env::consts::EXE_SUFFIX);
    let aside = store.incoming().join("aside");
    let tree = dry_run(&File::open(&package)?, PackageKind::Exe, &entry, &aside, limits)?.digest();
    fs::remove_dir_all(aside)?;
    let (sha256, length) = hash_all(&mut File::open(&package)?, limits.max_unpacked)?;
    let install = Install {
        kind: PackageKind::Exe,
        entry,
        tree,
        max_unpacked: limits.max_unpacked,
        max_entries: limits.max_entries,
    };
    let release = release(length, sha256, install);
    let id = store.place(Fetched::new(package).verify(&release)?)?;
    Ok(store.open(id)?)
}

/// Whose signature the signed module carries.
pub fn publisher() -> Publisher {
    Publisher { authenticode_subject: "TeamViewer Germany GmbH".to_owned(), ..Publisher::default() }
}

fn release(length: u64, sha256: Digest, install: Install) -> Release {
    let os = if cfg!(windows) { System::Windows } else { System::Linux };
    Release {
        target: "quicksupport/module".into(),
        length,
        sha256,
        custom: Custom {
            module: "quicksupport".into(),
            version: "1".into(),
            os,
            arch: Arch::Any,
            channel: "stable".into(),
            status: Status::Active,
            rank: 1,
            rollout: Rollout { basis_points: 10_000, salt: String::new() },
            groups: Vec::new(),
            pieces: Pieces { size: 1 << 20, sha256: Vec::new() },
            install,
            min_helper: None,
            vendor: None,
            connections: None,
            updater: None,
        },
    }
}
