//! The helper's own next version: what the metadata chose is checked by the updater's key as well, waits for a quiet moment, takes
//! this helper's place, and goes back if it does not come up.

use crate::setup;
use helper_core::input::Failure;
use helper_core::release::Release;
use helper_machine::dirs::Dirs;
use helper_machine::handover;
use helper_machine::package::Fetched;
use helper_machine::successor::{self, NotOwn, Place, Successors, Trial};
use std::fs::File;
use std::io;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};
use tauri::AppHandle;
use tauri_plugin_updater::{Update, UpdaterExt as _};

/// The updater wants an address to ask; what is restored is asked of nobody (RFC 2606: `.invalid` never resolves).
const NEVER_ASKED: &str = "https://updates.invalid/";
/// A new version must have come up by then (TRUST.md 6.3, row 61).
const COME_UP_LIMIT: Duration = Duration::from_secs(60);
/// How often it is looked whether it has.
const COME_UP_LOOK: Duration = Duration::from_millis(200);
/// How often a new version is tried.
const TRIES: u32 = 2;

/// How this installation is replaced.
#[derive(Debug)]
enum How {
    /// One file, by our own step.
    File(Place),
    /// By the updater's installer.
    Installer,
    /// By somebody else.
    NotHere,
}

/// The helper's own renewal.
#[derive(Debug)]
pub struct Renewal {
    successors: Successors,
    how: How,
    key: String,
    app: OnceLock<AppHandle>,
    /// What waits for a quiet moment.
    ready: Mutex<Option<Release>>,
}

impl Renewal {
    /// The renewal of this installation; `key` is the updater's public key as `tauri signer generate` writes it, empty when the vendor
    /// has made none. `managed` when somebody else's tool renews the helper.
    pub fn new(dirs: &Dirs, key: &str, managed: bool) -> Self {
        let successors = Successors::new(dirs.helper());
        let how = match Place::of_running() {
            _ if managed || key.is_empty() => How::NotHere,
            Ok(place) => {
                successor::clear_unfinished(&successors, &place);
                How::File(place)
            }
            Err(NotOwn::Installer) => How::Installer,
            Err(error) => {
                tracing::info!(%error, "this installation is renewed by somebody else");
                How::NotHere
            }
        };
        Self { successors, how, key: key.to_owned(), app: OnceLock::new(), ready: Mutex::new(None) }
    }

    /// The updater works from here on.
    pub fn desktop_is_up(&self, app: AppHandle) {
        // It comes up once.
        let _ = self.app.set(app);
    }

    /// May this installation replace itself?
    pub const fn replaces_itself(&self) -> bool {
        !matches!(self.how, How::NotHere)
    }

    /// Versions that failed on this PC.
    pub fn refused(&self) -> Vec<String> {
        self.successors.probation().refused()
    }

    /// Where packages of the helper arrive.
    ///
    /// # Errors
    /// [`Failure::NotWritable`].
    pub fn incoming(&self) -> Result<std::path::PathBuf, Failure> {
        self.successors.prepare().map_err(|error| failure_of(&error))?;
        Ok(self.successors.incoming())
    }

    /// Keeps a fetched helper ready, if both locks open: the hash in signed metadata, and the updater's signature over the
    /// same bytes for exactly the version that the metadata names.
    ///
    /// # Errors
    /// The class of what went wrong; nothing is kept then.
    pub fn keep(&self, fetched: Fetched, release: &Release) -> Result<(), Failure> {
        let path = fetched.path().to_owned();
        let verified = fetched.verify(release).map_err(|error| {
            tracing::warn!(%error, "the fetched helper is not the signed one");
            // Nothing of it is worth resuming.
            let _ = std::fs::remove_file(&path);
            Failure::Untrusted
        })?;
        let bytes = self.successors.keep(verified).map_err(|error| failure_of(&error))?;
        self.open_second_lock(&bytes, release)
    }

    /// Is this release kept already, from a check before the last start? Both locks are tried again.
    pub fn recall(&self, release: &Release) -> bool {
        self.successors.kept(release.sha256).is_ok_and(|bytes| self.open_second_lock(&bytes, release).is_ok())
    }

    fn open_second_lock(&self, bytes: &[u8], release: &Release) -> Result<(), Failure> {
        let update = self.update(release)?;
        if let Err(error) = update.verify(bytes) {
            tracing::error!(%error, version = release.custom.version, "the updater's signature does not hold");
            self.successors.forget();
            return Err(Failure::Untrusted);
        }
        *self.ready() = Some(release.clone());
        Ok(())
    }

    fn ready(&self) -> std::sync::MutexGuard<'_, Option<Release>> {
        self.ready.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The updater's own view of a release.
    fn update(&self, release: &Release) -> Result<Update, Failure> {
        let app = self.app.get().ok_or(Failure::Cancelled)?;
        let wanted = release.custom.version.clone();
        let told = serde_json::json!({
            "version": release.custom.version,
            "url": NEVER_ASKED,
            "signature": release.custom.updater.clone().unwrap_or_default(),
        });
        let updater = NEVER_ASKED.parse().map_err(|_| Failure::Cancelled).and_then(|address| {
            let builder = app.updater_builder().pubkey(&self.key);
            builder
                .version_comparator(move |_, remote| remote.version.to_string() == wanted)
                .endpoints(vec![address])
                .and_then(tauri_plugin_updater::UpdaterBuilder::build)
                .map_err(|error| {
                    tracing::warn!(%error, "the updater cannot be used");
                    Failure::Cancelled
                })
        })?;
        match updater.restore_update(told) {
            Ok(Some(update)) => Ok(update),
            Ok(None) => Err(Failure::Untrusted),
            Err(error) => {
                tracing::warn!(%error, version = release.custom.version, "the updater does not take this release");
                Err(Failure::Untrusted)
            }
        }
    }

    /// Puts the kept helper in this one's place.
    ///
    /// # Errors
    /// The class of what went wrong; this helper is in place then.
    pub fn install(&self) -> Result<(), Failure> {
        let release = self.ready().take().ok_or(Failure::Vanished)?;
        let done = match &self.how {
            How::File(place) => self.successors.install(place, &release.custom.version, release.sha256),
            How::Installer => self.run_installer(&release),
            How::NotHere => Err(io::Error::from(io::ErrorKind::Unsupported)),
        };
        done.map_err(|error| {
            tracing::warn!(%error, version = release.custom.version, "the next helper was not put in place");
            self.successors.forget();
            failure_of(&error)
        })
    }

    fn run_installer(&self, release: &Release) -> io::Result<()> {
        let bytes = self.successors.kept(release.sha256)?;
        let update = self.update(release).map_err(|failure| io::Error::other(format!("{failure:?}")))?;
        update.install(bytes).map_err(io::Error::other)
    }

    /// Starts what gives the place to the new version and watches it: the copy of this version, because this process ends.
    pub fn start_successor(&self) {
        let How::File(place) = &self.how else {
            if let Err(error) = successor::start_installed() {
                tracing::error!(%error, "the new helper is started at the next login only");
            }
            return;
        };
        let mut watcher = quiet(self.successors.predecessor());
        watcher.arg("give-way");
        let started = watcher.spawn().or_else(|error| {
            tracing::warn!(%error, "the new helper is started unwatched");
            background(place.program()).spawn()
        });
        if let Err(error) = started {
            tracing::error!(%error, "the new helper is started at the next login only");
        }
    }
}

fn failure_of(error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Failure::DiskFull(0),
        io::ErrorKind::NotFound => Failure::Vanished,
        io::ErrorKind::InvalidData => Failure::Untrusted,
        _ => Failure::NotWritable,
    }
}

/// A program without a terminal, in a group of its own: it outlives whoever started it.
fn quiet(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt as _;
        command.process_group(0);
    }
    command
}

fn background(program: &Path) -> Command {
    let mut command = quiet(program);
    command.arg("--background");
    command
}

/// Counts this start if this version is on trial. When it has failed often enough the version before takes its place again, and
/// told is its program.
pub fn on_start(dirs: &Dirs) -> Option<std::path::PathBuf> {
    let successors = Successors::new(dirs.helper());
    let trial = match successors.probation().count_start(setup::version()) {
        Ok(trial) => trial?,
        Err(error) => {
            tracing::warn!(%error, "this start could not be counted");
            return None;
        }
    };
    if !trial.has_failed() {
        return None;
    }
    take_back(&successors, &trial).then_some(trial.program)
}

fn take_back(successors: &Successors, trial: &Trial) -> bool {
    tracing::error!(version = trial.version, "this version of the helper does not come up: the one before returns");
    successors
        .take_back(trial)
        .inspect_err(|error| tracing::error!(%error, "the version before cannot be put back"))
        .is_ok()
}

/// Goes on as the version before, which has taken this one's place again. Where it comes back without an error, that one has been
/// started beside this program, which has to end.
///
/// # Errors
/// It cannot be started.
#[cfg(unix)]
pub fn go_on_as(program: &Path) -> io::Result<()> {
    use std::os::unix::process::CommandExt as _;
    // The lock goes with this program's open files.
    Err(Command::new(program).args(std::env::args_os().skip(1)).exec())
}

/// A running program cannot become another one here: it is started, and waits for the lock, which goes with this program's end. Who
/// started this one sees exit code 0: a helper is there.
#[cfg(not(unix))]
pub fn go_on_as(program: &Path) -> io::Result<()> {
    Command::new(program).args(std::env::args_os().skip(1)).spawn().map(drop)
}

/// This version has come up: its trial is over.
pub fn came_up(dirs: &Dirs) {
    if let Err(error) = Successors::new(dirs.helper()).probation().came_up(setup::version()) {
        tracing::warn!(%error, "it could not be noted that this version came up");
    }
}

/// Gives the place to the version on trial: waits for the present helper's end, starts the new one, and sees that it comes up. Otherwise
/// the version before returns. `true` when the new one came up.
///
/// # Errors
/// Neither can be started.
pub fn give_way(dirs: &Dirs, limit: Duration) -> io::Result<bool> {
    wait_for_the_end(dirs)?;
    let successors = Successors::new(dirs.helper());
    // Somebody may have started the new one meanwhile, and even ended it again.
    let Some(trial) = successors.probation().read().filter(|trial| !trial.came_up) else { return Ok(true) };
    for _ in 0..TRIES {
        let mut child = background(&trial.program).spawn()?;
        if comes_up(dirs, &successors, &mut child, limit) {
            return Ok(true);
        }
        // Our own child, and it did not come up: it may hang, and hold the lock.
        let _ = child.kill();
        let _ = child.wait();
    }
    if take_back(&successors, &trial) {
        background(&trial.program).spawn()?;
    }
    Ok(false)
}

/// The lock is the helper's life: it is free when that has ended.
fn wait_for_the_end(dirs: &Dirs) -> io::Result<()> {
    let file = File::options().create(true).truncate(false).write(true).open(dirs.lock())?;
    file.lock()
}

fn comes_up(dirs: &Dirs, successors: &Successors, child: &mut Child, limit: Duration) -> bool {
    let until = Instant::now() + limit;
    while Instant::now() < until {
        // Without a trial somebody else has ended it.
        if successors.probation().read().is_none_or(|trial| trial.came_up) {
            return true;
        }
        let ended = !matches!(child.try_wait(), Ok(None));
        // It may have handed over to another start of the same version, which holds the lock then.
        if ended && handover::become_single(&dirs.lock()).is_ok_and(|single| single.is_some()) {
            return false;
        }
        std::thread::sleep(COME_UP_LOOK);
    }
    false
}

/// How long a new version may take to come up.
pub fn come_up_limit() -> Duration {
    #[cfg(feature = "rehearsal")]
    if let Some(seconds) = std::env::var("SUPPORT_HELPER_COME_UP_SECONDS").ok().and_then(|text| text.parse().ok()) {
        return Duration::from_secs(seconds);
    }
    COME_UP_LIMIT
}
