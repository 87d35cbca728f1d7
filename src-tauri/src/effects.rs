//! `match effect` -> machine call -> `Input`. Whatever takes time does so on a thread of its own and tells the loop.

mod catalog;
mod clipboard;
mod copies;
mod launches;
mod looks;
mod packages;
mod reports;

use crate::mailbox::Mailbox;
use crate::renewal::Renewal;
use crate::settings::{Chore, Keeper};
use crate::setup::Build;
use clipboard::Clipboard;
use helper_core::effect::Effect;
use helper_core::input::{Beginning, CloseFailure, Input, Ticket};
use helper_core::policy::{Effective, Updates};
use helper_core::presence::ProcessId;
use helper_machine::dirs::Dirs;
use helper_machine::fetch::Cancel;
use helper_machine::processes::Own;
use helper_machine::repository::{MetadataFolder, Repository};
use helper_machine::state_file::StateFile;
use helper_machine::store::Store;
use helper_machine::{clock, closing, launching, links, placing};
use packages::{Wanted, prepare, prepare_helper};
use std::collections::{HashMap, HashSet};
use std::sync::atomic::AtomicU32;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use tokio::sync::watch;

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
            Effect::LookForTeamViewer(ticket) => {
                self.aside("look", move |known, tell| looks::look(known, ticket, tell))
            }
            Effect::InspectStore(ticket) => self.aside("store", move |known, tell| looks::inspect(known, ticket, tell)),
            Effect::RefreshCatalog(ticket) => self.aside("refresh", move |known, tell| {
                let catalog = catalog::refresh(known);
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
            Effect::NoteCheck => self.aside("note", |known, _| catalog::note_check(known)),
            Effect::StartSuccessor => self.known.renewal.start_successor(),
            Effect::Launch(ticket, id) => {
                self.aside("launch", move |known, tell| launches::launch(known, ticket, id, tell))
            }
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
            Effect::SwitchShortcut(on) => self.chore(Chore::Shortcut(on)),
            Effect::Rehearse(ticket) => self.aside("rehearsal", move |known, tell| {
                tell.tell(Input::Rehearsed(ticket, looks::rehearse(known)));
            }),
            Effect::Examine(ticket) => self.aside("doctor", move |known, tell| reports::examine(known, ticket, tell)),
            Effect::CollectDiagnostics(ticket, person, report) => {
                self.aside("diagnostics", move |known, tell| reports::collect(known, ticket, &person, report, tell));
            }
            Effect::SaveDiagnostics(ticket, documents) => {
                self.aside("save", move |known, tell| reports::save(known, ticket, &documents, tell));
            }
            // The loop itself carries these to the faces.
            Effect::PresentWindow | Effect::Notify(_) | Effect::Acknowledge(_) | Effect::Exit => {}
        }
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

    fn close(&self, process: ProcessId, how: fn(ProcessId, Option<&str>) -> Result<(), CloseFailure>) {
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
