//! `match effect` -> machine call -> `Input`. Whatever takes time does so on a thread of its own and tells the loop.

mod copies;
mod packages;

use crate::diagnostics;
use crate::doctor;
use crate::mailbox::Mailbox;
use crate::renewal::Renewal;
use crate::settings::{Chore, Keeper};
use crate::setup::Build;
use crate::words::Words;
use helper_core::diagnostics::Document;
use helper_core::doctor::Report;
use helper_core::effect::Effect;
use helper_core::input::{Beginning, Failure, Holdings, Input, LaunchFailure, Launched, PlacedId, Rehearsal, Ticket};
use helper_core::person::{Part, Person};
use helper_core::policy::{Effective, Updates};
use helper_core::presence::{self, ProcessFact, ProcessId, ProgramPath};
use helper_core::release::Release;
use helper_machine::dirs::Dirs;
use helper_machine::fetch::Cancel;
use helper_machine::processes::{self, Own};
use helper_machine::repository::{MetadataFolder, Repository};
use helper_machine::state_file::StateFile;
use helper_machine::store::Store;
use helper_machine::transport::{self, TransportError};
use helper_machine::{clock, closing, launching, links, mirror, placing, proxy};
use packages::{Wanted, prepare, prepare_helper};
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::watch;

/// How often a window is looked for while the module starts.
const WINDOW_LOOK: Duration = Duration::from_millis(50);
/// How long it is looked for at most; core gives up earlier.
const WINDOW_LOOKS: u32 = 1_800;
/// After how many of these looks it is asked whether a launcher has started another program.
const SUCCESSOR_LOOK: u32 = 10;

/// What is known to several threads.
#[derive(Debug)]
pub struct Known {
    store: Store,
    repository: Repository,
    build: Build,
    dirs: Dirs,
    /// What holds: the person may change it.
    policy: RwLock<Arc<Effective>>,
    /// At most so many bytes a second for what nobody waits for.
    background_rate: Option<u64>,
    /// One question to the mirrors at a time: the metadata folder has one writer.
    refreshing: Mutex<()>,
    /// Which version's copy was put where people find it.
    copied: StateFile,
    /// When the mirrors last answered, in seconds since 1970.
    last_check: StateFile,
    renewal: Renewal,
    /// When this program was built: it is later than that, whatever the clock says.
    built: jiff::Timestamp,
    own: Mutex<Own>,
    /// The program files of what was seen last: a process is closed only while it still runs that one.
    programs: Mutex<HashMap<ProcessId, String>>,
    /// What was started last.
    launched: Mutex<Option<ProcessId>>,
    /// The launch whose window is looked for.
    awaited: AtomicU32,
    watched: Mutex<HashSet<ProcessId>>,
}

/// The clipboard, once it was used: on X11 a copied text is there only while its owner is.
#[derive(Default)]
struct Clipboard(Option<arboard::Clipboard>);

impl std::fmt::Debug for Clipboard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Clipboard")
    }
}

impl Clipboard {
    fn put(&mut self, text: String) -> Result<(), arboard::Error> {
        let clipboard = match self.0.take() {
            Some(clipboard) => clipboard,
            None => arboard::Clipboard::new()?,
        };
        self.0.insert(clipboard).set_text(text)
    }
}

/// The package that is being fetched, and how to reach who fetches it.
#[derive(Debug)]
struct Fetching {
    ticket: Ticket,
    cancel: Cancel,
    hurry: watch::Sender<bool>,
}

/// Carries effects to the machine.
#[derive(Debug)]
pub struct Hands {
    known: Arc<Known>,
    /// What the keeper of the settings is to do.
    chores: Sender<Chore>,
    mailbox: Mailbox,
    fetching: Option<Fetching>,
    origin: String,
    /// What the module's copy is called where people find it.
    copy_name: String,
    clipboard: Clipboard,
}

impl Known {
    /// What holds from now on.
    pub fn follow(&self, policy: &Effective) {
        *self.policy.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(policy.clone());
    }

    fn policy(&self) -> Arc<Effective> {
        Arc::clone(&self.policy.read().unwrap_or_else(PoisonError::into_inner))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // What a panicked thread left is still a plain value.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Hands {
    /// Hands for this build, under this policy, with these folders.
    pub fn new(build: &Build, keeper: Keeper, dirs: &Dirs, mailbox: Mailbox) -> Self {
        let brand = &build.brand;
        let policy = keeper.settings().effective;
        let seat = placing::runs_from(&brand.module.name);
        let store = Store::new(dirs.module(), build.publisher()).seated(seat.clone());
        if let Err(error) = store.prepare() {
            tracing::warn!(%error, "the module store cannot be prepared");
        }
        let own = Own {
            folders: [dirs.module()].into_iter().chain(seat).collect(),
            names: Vec::new(),
            title: brand.module.name.clone(),
            config_id: brand.module.config_id.clone(),
        };
        let known = Arc::new(Known {
            store,
            repository: Repository::new(&build.root, MetadataFolder::new(dirs.repository())),
            build: build.clone(),
            dirs: dirs.clone(),
            policy: RwLock::new(Arc::new(policy.clone())),
            background_rate: policy.rate_limit_kib.value.map(|kib| u64::from(kib) * 1_024),
            refreshing: Mutex::new(()),
            copied: StateFile::new(dirs.data().join("copy")),
            last_check: StateFile::new(dirs.data().join("last-check")),
            renewal: Renewal::new(dirs, &build.updater, policy.updates.value == Updates::Managed),
            built: build.built,
            own: Mutex::new(own),
            programs: Mutex::new(HashMap::new()),
            launched: Mutex::new(None),
            awaited: AtomicU32::new(0),
            watched: Mutex::new(HashSet::new()),
        });
        Self {
            chores: keeper.begin(Arc::clone(&known), mailbox.clone()),
            known,
            mailbox,
            fetching: None,
            origin: brand.origin.clone(),
            copy_name: format!("{}{}", brand.module.name, std::env::consts::EXE_SUFFIX),
            clipboard: Clipboard::default(),
        }
    }

    /// Begins to do what core asked for.
    pub fn carry(&mut self, effect: Effect) {
        match effect {
            Effect::LookForTeamViewer(ticket) => self.aside("look", move |known, tell| look(known, ticket, tell)),
            Effect::InspectStore(ticket) => self.aside("store", move |known, tell| inspect(known, ticket, tell)),
            Effect::RefreshCatalog(ticket) => self.aside("refresh", move |known, tell| {
                let catalog = refresh(known);
                tell.tell(Input::CatalogSeen(ticket, catalog));
            }),
            Effect::PreparePackage(ticket, release, why) => {
                let wanted = self.begin_fetching(ticket);
                self.aside("package", move |known, tell| {
                    let done = prepare(known, ticket, &release, why, wanted, tell);
                    tell.tell(Input::PackageDone(ticket, done));
                });
            }
            Effect::PrepareHelper(ticket, release) => {
                let wanted = self.begin_fetching(ticket);
                self.aside("helper", move |known, tell| {
                    let done = prepare_helper(known, ticket, &release, wanted, tell);
                    tell.tell(Input::HelperPrepared(ticket, done));
                });
            }
            Effect::HurryPackage(ticket) => {
                if let Some(fetching) = self.fetching.as_ref().filter(|fetching| fetching.ticket == ticket) {
                    fetching.hurry.send_replace(true);
                }
            }
            Effect::CancelPackage(ticket) => {
                if let Some(fetching) = self.fetching.as_ref().filter(|fetching| fetching.ticket == ticket) {
                    fetching.cancel.cancel();
                }
            }
            Effect::InstallHelper => self.aside("install", |known, tell| {
                tell.tell(Input::HelperInstalled(known.renewal.install()));
            }),
            Effect::NoteCheck => self.aside("note", |known, _| note_check(known)),
            Effect::StartSuccessor => self.known.renewal.start_successor(),
            Effect::Launch(ticket, id) => self.aside("launch", move |known, tell| launch(known, ticket, id, tell)),
            Effect::CloseGently(process) => self.close(process, closing::ask_to_end),
            Effect::ForceEnd(process) => self.close(process, closing::end),
            Effect::Watch(process) => self.watch(process),
            Effect::RaiseModule(process) => self.aside("raise", move |_, _| launching::raise(process)),
            Effect::PlaceCopy(id) => {
                let name = self.copy_name.clone();
                self.aside("copy", move |known, tell| copies::place(known, id, &name, tell));
            }
            Effect::OpenPane(pane) => self.aside("settings", move |_, _| {
                if let Err(error) = links::open_pane(pane) {
                    tracing::warn!(%error, ?pane, "the settings cannot be opened");
                }
            }),
            Effect::ShowCopy => {
                let name = self.copy_name.clone();
                self.aside("show", move |known, _| copies::show(known, &name));
            }
            Effect::OpenOrigin => {
                let origin = self.origin.clone();
                self.aside("browser", move |_, _| {
                    if let Err(error) = links::open_address(&origin) {
                        tracing::warn!(%error, "the vendor's link cannot be opened");
                    }
                });
            }
            Effect::CopyToClipboard(text) => self.copy(text),
            Effect::KeepPreferences(preferences, field) => self.chore(Chore::Keep(preferences, field)),
            Effect::SwitchAtLogin(on) => self.chore(Chore::AtLogin(on)),
            Effect::Rehearse(ticket) => self.aside("rehearsal", move |known, tell| {
                tell.tell(Input::Rehearsed(ticket, rehearse(known)));
            }),
            Effect::Examine(ticket) => self.aside("doctor", move |known, tell| {
                let report = doctor::examine(&known.build.brand, &known.policy())
                    .inspect_err(|error| tracing::warn!(%error, "the network cannot be examined"));
                tell.tell(Input::Examined(ticket, report.ok().map(Arc::new)));
            }),
            Effect::CollectDiagnostics(ticket, person, report) => self.collect_diagnostics(ticket, person, report),
            Effect::SaveDiagnostics(ticket, documents) => self.save_diagnostics(ticket, documents),
            // The loop itself carries these to the faces.
            Effect::PresentWindow | Effect::Notify(_) | Effect::Acknowledge(_) | Effect::Exit => {}
        }
    }

    fn collect_diagnostics(&self, ticket: Ticket, person: Person, report: Option<Arc<Report>>) {
        self.aside("diagnostics", move |known, tell| {
            let found = report.and_then(|report| serde_json::to_string_pretty(&*report).ok());
            let persons: Vec<String> = Part::ALL.map(|part| person.get(part).to_owned()).into();
            let persons: Vec<String> = persons.into_iter().filter(|said| !said.is_empty()).collect();
            let (policy, reply) = (known.policy(), tell.status());
            let documents = diagnostics::collect(&known.build, &policy, &known.dirs, reply, &persons, found);
            tell.tell(Input::DiagnosticsCollected(ticket, Arc::new(documents)));
        });
    }

    fn save_diagnostics(&self, ticket: Ticket, documents: Arc<Vec<Document>>) {
        self.aside("save", move |known, tell| {
            let words = Words::of(known.policy().language.value.into());
            let saved = diagnostics::save(&documents, &words, None)
                .inspect_err(|error| tracing::warn!(%error, "the diagnosis cannot be saved"));
            tell.tell(Input::DiagnosticsSaved(ticket, saved.ok().map(|path| path.display().to_string())));
        });
    }

    fn chore(&self, chore: Chore) {
        // Without its thread nothing can be set, and the log has said so.
        let _ = self.chores.send(chore);
    }

    fn begin_fetching(&mut self, ticket: Ticket) -> Wanted {
        let (cancel, cancelled) = Cancel::new();
        let (hurry, hurried) = watch::channel(false);
        self.fetching = Some(Fetching { ticket, cancel, hurry });
        Wanted { cancelled, hurried }
    }

    /// What the background work needs to know at its beginning. `None` when nothing is to be done in the background.
    pub fn beginning(&self, every_hours: u8) -> Beginning {
        Beginning {
            wall: clock::wall().as_second(),
            last_check: self.known.last_check.read(),
            every_hours,
            replaces_itself: self.known.renewal.replaces_itself(),
            refused_helpers: self.known.renewal.refused(),
        }
    }

    /// Lets core know how the helper is set. To be called once every face is there: what follows may be a window.
    pub fn settle(&self) -> impl FnOnce() + Send + 'static {
        let chores = self.chores.clone();
        move || {
            // Without the keeper's thread nothing can be set, and the log has said so.
            let _ = chores.send(Chore::Tell);
        }
    }

    /// Tells the desktop, once it is up, to the updater.
    pub fn desk(&self) -> impl FnOnce(tauri::AppHandle) + Send + 'static {
        let known = Arc::clone(&self.known);
        move |app| known.renewal.desktop_is_up(app)
    }

    fn aside(&self, name: &str, work: impl FnOnce(&Known, &Mailbox) + Send + 'static) {
        let (known, mailbox) = (Arc::clone(&self.known), self.mailbox.clone());
        let thread = std::thread::Builder::new().name(name.to_owned());
        // Without a thread there is no answer: core's deadline for it makes that a problem with a card.
        if let Err(error) = thread.spawn(move || work(&known, &mailbox)) {
            tracing::error!(%error, name, "no thread");
        }
    }

    fn close(
        &self,
        process: ProcessId,
        how: fn(ProcessId, Option<&str>) -> Result<(), helper_core::input::CloseFailure>,
    ) {
        let program = lock(&self.known.programs).get(&process).cloned();
        if let Err(failure) = how(process, program.as_deref()) {
            tracing::warn!(?failure, pid = process.pid, "a process was not closed");
            self.mailbox.tell(Input::CloseFailed(process, failure));
        }
    }

    fn watch(&self, process: ProcessId) {
        if lock(&self.known.watched).insert(process) {
            self.aside("watch", move |known, tell| {
                let gone = closing::wait_until_gone(process);
                lock(&known.watched).remove(&process);
                if gone {
                    tell.tell(Input::ProcessGone(process));
                }
            });
        }
    }

    fn copy(&mut self, text: String) {
        if let Err(error) = self.clipboard.put(text) {
            tracing::warn!(%error, "the clipboard cannot be used");
        }
    }
}

/// Could support begin now? Nothing is started.
fn rehearse(known: &Known) -> Rehearsal {
    match known.store.placed().first() {
        None => Rehearsal::Missing,
        Some(id) => match known.store.open(*id) {
            Ok(_) => Rehearsal::Ready,
            Err(error) => {
                tracing::warn!(%error, "the placed module is not what was signed");
                Rehearsal::Damaged
            }
        },
    }
}

fn look(known: &Known, ticket: Ticket, tell: &Mailbox) {
    let launched = *lock(&known.launched);
    let own = {
        let mut own = lock(&known.own);
        let program = known.store.recorded().and_then(|(_, program)| program.file_name().map(ToOwned::to_owned));
        own.names = program.into_iter().map(|name| name.to_string_lossy().into_owned()).collect();
        own.clone()
    };
    let scan =
        processes::scan(&own, launched).inspect_err(|error| tracing::warn!(%error, "no look at the processes")).ok();
    if let Some(scan) = &scan {
        let known_path = |fact: &ProcessFact| match &fact.path {
            ProgramPath::Known(path) => Some((fact.id, path.clone())),
            ProgramPath::Unreadable => None,
        };
        *lock(&known.programs) = scan.processes.iter().filter_map(known_path).collect();
    }
    tell.tell(Input::TeamViewerSeen(ticket, scan));
}

fn inspect(known: &Known, ticket: Ticket, tell: &Mailbox) {
    let holdings = Holdings {
        placed: known.store.placed(),
        catalog: known.repository.cached(),
        repairs_last_day: known.store.repairs_last_day(clock::wall().as_second()),
    };
    tell.tell(Input::StoreSeen(ticket, holdings));
}

fn refresh(known: &Known) -> Result<Vec<Release>, Failure> {
    let class = |error: TransportError| {
        tracing::warn!(%error, "no HTTP client");
        error.failure
    };
    let _turn = lock(&known.refreshing);
    let policy = known.policy();
    let client = transport::client(&policy.proxy.value).map_err(class)?;
    let mirrors = mirror::mirrors_of(policy.mirrors.value.iter().map(String::as_str));
    let now = clock::wall().max(known.built);
    let refreshed = transport::block_on(known.repository.refresh_from(&client, &mirrors, now));
    match refreshed.map_err(class)? {
        Ok(catalog) => Ok(catalog),
        Err(error) => {
            let explained = proxy::explained(&policy.proxy.value, &policy.mirrors.value, error.failure);
            Err(transport::block_on(explained).map_err(class)?)
        }
    }
}

fn note_check(known: &Known) {
    if let Err(error) = known.last_check.write(&clock::wall().as_second()) {
        tracing::warn!(%error, "the check cannot be noted");
    }
}

fn launch(known: &Known, ticket: Ticket, id: PlacedId, tell: &Mailbox) {
    let started = known
        .store
        .open(id)
        .map_err(|error| {
            tracing::warn!(%error, "the placed module is not what was signed");
            LaunchFailure::Damaged
        })
        .and_then(|placed| launching::start(&placed));
    let started = match started {
        Ok(started) => started,
        Err(failure) => return tell.tell(Input::ModuleLaunched(ticket, Err(failure))),
    };
    let (process, folder) = (started.process, started.folder.clone());
    *lock(&known.launched) = Some(process);
    known.awaited.store(ticket.0, Ordering::Relaxed);
    let desktop = launching::Desktop::open();
    let launched = Launched { process, windows_visible: desktop.is_some() };
    tell.tell(Input::ModuleLaunched(ticket, Ok(launched)));
    let gone = tell.clone();
    let reaper = std::thread::Builder::new().name("reap".into()).spawn(move || {
        started.reap();
        gone.tell(Input::ProcessGone(process));
    });
    if let Err(error) = reaper {
        tracing::error!(%error, "the module's end will not be noticed");
    }
    let Some(desktop) = desktop else { return };
    let mut folders = vec![folder];
    for look in 1..=WINDOW_LOOKS {
        if let Some(owner) = folders.iter().find_map(|folder| desktop.window_of(folder)) {
            return tell.tell(Input::ModuleWindowSeen(ticket, owner));
        }
        if look % SUCCESSOR_LOOK == 0 {
            folders.truncate(1);
            folders.extend(unpacked_elsewhere(known, process));
        }
        if known.awaited.load(Ordering::Relaxed) != ticket.0 {
            return;
        }
        std::thread::sleep(WINDOW_LOOK);
    }
}

/// Where the programs lie that a launcher unpacked and started (TEAMVIEWER.md 12.1, rule 6): their window is the one to
/// come.
fn unpacked_elsewhere(known: &Known, launched: ProcessId) -> Vec<PathBuf> {
    let own = lock(&known.own).clone();
    let Ok(scan) = processes::scan(&own, Some(launched)) else { return Vec::new() };
    let modules = presence::judge(&scan).modules;
    let is_module = |fact: &&ProcessFact| modules.iter().any(|module| module.id == fact.id);
    let folder = |fact: &ProcessFact| match &fact.path {
        ProgramPath::Known(path) => Path::new(path).parent().map(Path::to_owned),
        ProgramPath::Unreadable => None,
    };
    scan.processes.iter().filter(is_module).filter_map(folder).collect()
}
