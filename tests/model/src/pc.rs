//! What is true on the PC: processes, the store, the mirror, and the habits of programs.

use crate::catalog::{Catalog, Id, placed};
use helper_core::input::{Failure, Holdings};
use helper_core::presence::{Owner, Places, ProcessFact, ProcessId, ProgramPath, Scan, Session, WORKING_SESSION};
use helper_core::release::System;

/// A process by its number; see [`Role::of`].
pub type Pid = u8;

/// A set of processes, one bit for each.
pub type Pids = u128;

/// The bit of a process.
pub const fn bit(pid: Pid) -> Pids {
    1 << (pid % 128)
}

/// The process as core names it.
pub fn process(pid: Pid) -> ProcessId {
    ProcessId { pid: u32::from(pid), started: u64::from(pid) }
}

/// The number of a process that core names; an impossible one becomes 0, which is nobody.
pub fn pid(process: ProcessId) -> Pid {
    Pid::try_from(process.pid).unwrap_or_default()
}

/// What a process number stands for, so that the observer needs no look at the PC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The service, Host and their helpers: somebody else's.
    Service,
    /// TeamViewer Full.
    Full,
    /// A TeamViewer that cannot be named.
    Stranger,
    /// The module, its launcher or its successor.
    Module,
}

impl Role {
    /// By number.
    pub const fn of(pid: Pid) -> Role {
        match pid {
            FULL..STRANGER => Role::Full,
            STRANGER..MODULE => Role::Stranger,
            MODULE..=126 => Role::Module,
            _ => Role::Service,
        }
    }
}

const DAEMON: Pid = 2;
const CAPTURE: Pid = 3;
/// The first number of a Full.
pub const FULL: Pid = 10;
/// The first number of a stranger.
pub const STRANGER: Pid = 16;
/// The first number of a module that was there from the beginning.
pub const MODULE: Pid = 20;
/// The first number of a module that the helper started.
pub const STARTED: Pid = 30;
/// How much higher the number of a successor is than that of its launcher.
pub const SUCCESSOR: Pid = 40;

/// How a program takes being asked to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Manners {
    /// It ends.
    Closes,
    /// It hides in the tray; force ends it.
    Hides,
    /// Not even force ends it.
    Refuses,
    /// It looked like ours, but the system forbids to touch it.
    Protected,
}

/// Whose a conflicting program is, as a look shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rights {
    /// The same user's.
    Mine,
    /// Another user's.
    Foreign,
    /// More rights than the helper has.
    Administrator,
}

/// A program that excludes the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Conflicting {
    /// Its process.
    pub pid: Pid,
    /// Its manners.
    pub manners: Manners,
    /// Whose it is.
    pub rights: Rights,
    /// Somebody is connected through it.
    pub in_use: bool,
}

/// A running module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Module {
    /// Its process.
    pub pid: Pid,
    /// Open since yesterday.
    pub old: bool,
    /// A supporter is connected.
    pub connected: bool,
}

/// A module in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Slot {
    /// Which release.
    pub id: Id,
    /// Would it pass its check.
    pub intact: bool,
}

/// What may go wrong with starts on this PC. A start may always work as well, unless windows are not visible here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Trouble {
    /// Nothing.
    Nothing,
    /// It dies at once.
    Dies,
    /// A launcher starts the real program and ends.
    Successor,
    /// It lives without a window.
    NoWindow,
    /// The system forbids the start.
    Forbidden,
    /// The system says something else.
    SystemError,
    /// The file is gone when it is to be started.
    Vanishes,
    /// The file is changed when it is to be started; the same after it was fetched.
    Quarantine,
    /// Windows cannot be seen on this system; it may die at once.
    Invisible,
    /// Windows cannot be seen, and a launcher starts the real program.
    InvisibleSuccessor,
}

/// What stays the same on one PC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Habits {
    /// How a module ends.
    pub module: Manners,
    /// How starts go wrong.
    pub trouble: Trouble,
    /// How asking the mirror fails, when it does.
    pub refresh: Failure,
    /// How fetching fails, when it does.
    pub package: Failure,
    /// Looking at processes may fail.
    pub blind: bool,
}

/// The PC.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pc {
    /// The store, the present module first.
    pub store: Vec<Slot>,
    /// The catalog in the store.
    pub known: Catalog,
    /// The catalog on the mirror.
    pub published: Catalog,
    /// How often a damaged module was replaced today.
    pub repairs: u8,
    /// Full, if it runs.
    pub full: Option<Conflicting>,
    /// A stranger, if one runs.
    pub stranger: Option<Conflicting>,
    /// Modules that run.
    pub modules: Vec<Module>,
    /// What the helper started last.
    pub launched: Option<Pid>,
    /// How many Fulls there were.
    pub fulls: u8,
    /// What stays.
    pub habits: Habits,
}

impl Pc {
    /// Is this process alive?
    pub fn is_alive(&self, pid: Pid) -> bool {
        self.conflict(pid).is_some() || self.modules.iter().any(|module| module.pid == pid)
    }

    fn conflict(&self, pid: Pid) -> Option<Conflicting> {
        [self.full, self.stranger].into_iter().flatten().find(|one| one.pid == pid)
    }

    /// How this process ends; `None` when it is gone.
    pub fn manners(&self, pid: Pid) -> Option<Manners> {
        let module = self.modules.iter().any(|module| module.pid == pid).then_some(self.habits.module);
        self.conflict(pid).map(|one| one.manners).or(module)
    }

    /// The process is no more.
    pub fn end(&mut self, pid: Pid) {
        self.full = self.full.filter(|one| one.pid != pid);
        self.stranger = self.stranger.filter(|one| one.pid != pid);
        self.modules.retain(|module| module.pid != pid);
    }

    /// A package is placed: it becomes the present module, and the present one the previous.
    pub fn place(&mut self, slot: Slot) {
        let previous = self.store.iter().copied().find(|other| other.id != slot.id);
        self.store = [slot].into_iter().chain(previous).collect();
    }

    /// What the store says.
    pub fn holdings(&self) -> Holdings {
        Holdings {
            placed: self.store.iter().map(|slot| placed(slot.id)).collect(),
            catalog: self.known.releases().to_vec(),
            repairs_last_day: self.repairs,
        }
    }

    /// What a look shows. The service is always there: an unattended-access Host is nobody's conflict.
    pub fn scan(&self) -> Scan {
        let mut processes = vec![fact(DAEMON, "teamviewerd", "/opt/teamviewer/tv_bin/teamviewerd")];
        if let Some(full) = self.full {
            processes.push(of(full, "/opt/teamviewer/tv_bin/TeamViewer"));
            if full.in_use {
                let capture = fact(CAPTURE, "TeamViewer_Desk", "/opt/teamviewer/tv_bin/TeamViewer_Desktop");
                processes.push(ProcessFact { parent: Some(u32::from(DAEMON)), ..capture });
            }
        }
        processes.extend(self.stranger.map(|stranger| of(stranger, "/home/nurse/tv/TeamViewer")));
        for module in &self.modules {
            // A successor lives where its launcher unpacked it: only its parent tells whose it is.
            let (path, parent) = if module.pid >= STARTED + SUCCESSOR {
                ("/tmp/unpacked/TeamViewer", Some(u32::from(module.pid - SUCCESSOR)))
            } else {
                ("/home/nurse/.local/share/helper/module/versions/a/tv_bin/TeamViewer", None)
            };
            let age = module.old.then_some(WORKING_SESSION);
            processes.push(ProcessFact { parent, age, ..fact(module.pid, "TeamViewer", path) });
            if module.connected {
                let capture = fact(CAPTURE + 1, "TeamViewer_Desk", "/tmp/unpacked/TeamViewer_Desktop");
                processes.push(ProcessFact { parent: Some(u32::from(module.pid)), ..capture });
            }
        }
        Scan {
            processes,
            places: Places {
                system: System::Linux,
                installed: vec!["/opt/teamviewer".into()],
                temporary: vec!["/tmp".into()],
                module: vec!["/home/nurse/.local/share/helper/module".into()],
                module_title: String::new(),
                module_config_id: String::new(),
            },
            launched: self.launched.map(process),
        }
    }
}

fn of(program: Conflicting, path: &str) -> ProcessFact {
    let (owner, path) = match program.rights {
        Rights::Mine => (Owner::Me, ProgramPath::Known(path.into())),
        Rights::Foreign => (Owner::Other, ProgramPath::Known(path.into())),
        Rights::Administrator => (Owner::Unknown, ProgramPath::Known(path.into())),
    };
    ProcessFact { owner, path, ..fact(program.pid, "TeamViewer", "") }
}

fn fact(pid: Pid, name: &str, path: &str) -> ProcessFact {
    ProcessFact {
        id: process(pid),
        parent: None,
        name: name.into(),
        path: ProgramPath::Known(path.into()),
        owner: Owner::Me,
        session: Session::Mine,
        product: None,
        bundle: None,
        arguments: vec![],
        age: None,
        title: None,
        config_id: None,
    }
}
