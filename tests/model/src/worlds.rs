//! The PCs that the search begins with.

use crate::catalog::Catalog;
use crate::pc::{Conflicting, FULL, Habits, MODULE, Manners, Module, Pc, Rights, STRANGER, Slot, Trouble};
use helper_core::input::Failure;

const PLAIN: Habits = Habits {
    module: Manners::Closes,
    trouble: Trouble::Nothing,
    refresh: Failure::Offline,
    package: Failure::Unreachable,
    blind: false,
};

const WHOLE: Slot = Slot { id: 1, intact: true };
const BROKEN: Slot = Slot { id: 1, intact: false };

fn pc(store: &[Slot], known: Catalog, published: Catalog) -> Pc {
    Pc {
        store: store.to_vec(),
        known,
        published,
        repairs: 0,
        full: None,
        stranger: None,
        modules: vec![],
        launched: None,
        fulls: 0,
        habits: PLAIN,
    }
}

/// What the store and the mirror may hold.
fn stores() -> Vec<Pc> {
    let previous = Slot { id: 1, intact: true };
    let present = Slot { id: 2, intact: false };
    let replaced_before = Pc { repairs: 1, ..pc(&[BROKEN], Catalog::First, Catalog::First) };
    let replaced_often = Pc { repairs: 2, ..pc(&[BROKEN], Catalog::First, Catalog::First) };
    vec![
        pc(&[], Catalog::Empty, Catalog::First),
        pc(&[WHOLE], Catalog::First, Catalog::First),
        pc(&[WHOLE], Catalog::Newer, Catalog::Newer),
        pc(&[BROKEN], Catalog::First, Catalog::Newer),
        replaced_before,
        replaced_often,
        pc(&[WHOLE], Catalog::Revoked, Catalog::Revoked),
        pc(&[WHOLE], Catalog::Replaced, Catalog::Replaced),
        // Withdrawn, and taken back since.
        pc(&[WHOLE], Catalog::Revoked, Catalog::First),
        pc(&[WHOLE], Catalog::Revoked, Catalog::Newer),
        pc(&[WHOLE], Catalog::Revoked, Catalog::Paused),
        pc(&[present, previous], Catalog::Newer, Catalog::Newer),
        pc(&[present, BROKEN], Catalog::Newer, Catalog::Newer),
        pc(&[present, previous], Catalog::Replaced, Catalog::Replaced),
        pc(&[], Catalog::Empty, Catalog::ForOthers),
    ]
}

fn full(manners: Manners, rights: Rights, in_use: bool) -> Option<Conflicting> {
    Some(Conflicting { pid: FULL, manners, rights, in_use })
}

fn stranger(manners: Manners, rights: Rights) -> Option<Conflicting> {
    Some(Conflicting { pid: STRANGER, manners, rights, in_use: false })
}

/// What else may run: every kind of Full and of strangers, and both at once.
fn programs() -> Vec<(Option<Conflicting>, Option<Conflicting>)> {
    use Manners::{Closes, Hides, Protected, Refuses};
    use Rights::{Administrator, Foreign, Mine};
    vec![
        (None, None),
        (full(Closes, Mine, false), None),
        (full(Closes, Mine, true), None),
        (full(Hides, Mine, false), None),
        (full(Refuses, Mine, false), None),
        (full(Protected, Mine, false), None),
        (full(Refuses, Foreign, false), None),
        (full(Refuses, Administrator, true), None),
        (None, stranger(Closes, Mine)),
        (None, stranger(Hides, Mine)),
        (None, stranger(Refuses, Administrator)),
        (full(Closes, Mine, false), stranger(Closes, Mine)),
    ]
}

/// Which modules may run, and how they end.
fn running() -> Vec<(Vec<Module>, Manners)> {
    let one = Module { pid: MODULE, old: false, connected: false };
    let old = Module { old: true, ..one };
    let second = Module { pid: MODULE + 1, ..one };
    vec![
        (vec![], Manners::Closes),
        (vec![one], Manners::Closes),
        (vec![old], Manners::Hides),
        (vec![Module { connected: true, ..old }], Manners::Closes),
        (vec![one, second], Manners::Refuses),
        (vec![one], Manners::Protected),
    ]
}

/// How starts may go wrong.
fn starts() -> Vec<Habits> {
    use Trouble::{
        Dies, Forbidden, Invisible, InvisibleSuccessor, NoWindow, Quarantine, Successor, SystemError, Vanishes,
    };
    [Dies, Successor, NoWindow, Forbidden, SystemError, Vanishes, Quarantine, Invisible, InvisibleSuccessor]
        .into_iter()
        .map(|trouble| Habits { trouble, ..PLAIN })
        .collect()
}

/// How the network, the disk and looking may go wrong.
fn failures() -> Vec<Habits> {
    let refresh = [
        Failure::SignInPage,
        Failure::ProxySignIn,
        Failure::Blocked,
        Failure::TlsRefused,
        Failure::ServerFault,
        Failure::Untrusted,
        Failure::Expired,
        Failure::WrongClock,
        Failure::Busy(60),
        Failure::NoRoot,
    ];
    let package =
        [Failure::NotFound, Failure::Untrusted, Failure::DiskFull(5), Failure::NotWritable, Failure::Vanished];
    let refresh = refresh.into_iter().map(|refresh| Habits { refresh, ..PLAIN });
    let package = package.into_iter().map(|package| Habits { package, ..PLAIN });
    refresh.chain(package).chain([Habits { blind: true, ..PLAIN }]).collect()
}

/// One PC to begin with, and how far the search goes there.
#[derive(Clone, Debug)]
pub struct Beginning {
    /// The PC.
    pub pc: Pc,
    /// How often the person may act.
    pub clicks: u8,
    /// How often the world may change by itself.
    pub changes: u8,
    /// The helper works in the background.
    pub upkeep: bool,
}

/// Every store alone, deeply; every store with every other program and every running module; every way to fail.
pub fn beginnings() -> Vec<Beginning> {
    let [nothing, whole, broken] = [
        pc(&[], Catalog::Empty, Catalog::First),
        pc(&[WHOLE], Catalog::First, Catalog::First),
        pc(&[BROKEN], Catalog::First, Catalog::First),
    ];
    let mut all = Vec::new();
    let mut begin = |pc: Pc, clicks, changes| all.push(Beginning { pc, clicks, changes, upkeep: false });
    for store in stores() {
        begin(store.clone(), 3, 1);
        for (full, stranger) in programs() {
            let fulls = u8::from(full.is_some());
            begin(Pc { full, stranger, fulls, ..store.clone() }, 2, 0);
        }
        for (modules, module) in running() {
            let habits = Habits { module, ..PLAIN };
            begin(Pc { modules, habits, ..store.clone() }, 2, 0);
        }
    }
    for (full, stranger) in programs() {
        let fulls = u8::from(full.is_some());
        begin(Pc { full, stranger, fulls, ..whole.clone() }, 4, 0);
        for (modules, module) in running() {
            let habits = Habits { module, ..PLAIN };
            begin(Pc { full, stranger, fulls, modules, habits, ..whole.clone() }, 3, 0);
        }
    }
    for (modules, module) in running() {
        let habits = Habits { module, ..PLAIN };
        begin(Pc { modules, habits, ..whole.clone() }, 2, 1);
    }
    for habits in starts() {
        for store in [&nothing, &whole, &broken] {
            begin(Pc { habits, ..store.clone() }, 3, 0);
        }
        begin(Pc { habits, ..whole.clone() }, 2, 1);
    }
    for habits in failures() {
        begin(Pc { habits, ..nothing.clone() }, 3, 0);
    }
    all.extend(kept_fresh());
    all
}

/// PCs whose helper works in the background as well.
fn kept_fresh() -> Vec<Beginning> {
    let mut all = Vec::new();
    let mut begin = |pc: Pc, clicks, changes| all.push(Beginning { pc, clicks, changes, upkeep: true });
    let ahead = [Catalog::Newer, Catalog::NewerHelper].map(|published| pc(&[WHOLE], Catalog::First, published));
    for store in stores() {
        begin(store, 1, 0);
    }
    for store in [pc(&[], Catalog::Empty, Catalog::First), pc(&[BROKEN], Catalog::First, Catalog::Newer)] {
        begin(store, 2, 0);
    }
    for store in ahead {
        begin(store.clone(), 2, 0);
        begin(store.clone(), 1, 1);
        begin(Pc { full: full(Manners::Closes, Rights::Mine, false), fulls: 1, ..store.clone() }, 1, 0);
        for (modules, module) in running() {
            let habits = Habits { module, ..PLAIN };
            begin(Pc { modules, habits, ..store.clone() }, 1, 0);
        }
        for habits in failures().into_iter().chain(starts()) {
            begin(Pc { habits, ..store.clone() }, 1, 0);
        }
    }
    all
}
