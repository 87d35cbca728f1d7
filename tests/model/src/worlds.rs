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

fn troubles() -> Vec<Habits> {
    use Trouble::{
        Dies, Forbidden, Invisible, InvisibleSuccessor, NoWindow, Quarantine, Successor, SystemError, Vanishes,
    };
    let starts =
        [Dies, Successor, NoWindow, Forbidden, SystemError, Vanishes, Quarantine, Invisible, InvisibleSuccessor];
    let network = [
        Failure::SignInPage,
        Failure::ProxySignIn,
        Failure::Blocked,
        Failure::TlsRefused,
        Failure::ServerFault,
        Failure::Untrusted,
        Failure::Expired,
        Failure::NoRoot,
    ];
    let package =
        [Failure::NotFound, Failure::Untrusted, Failure::DiskFull(5), Failure::NotWritable, Failure::Vanished];
    let starts = starts.into_iter().map(|trouble| Habits { trouble, ..PLAIN });
    let network = network.into_iter().map(|refresh| Habits { refresh, ..PLAIN });
    let package = package.into_iter().map(|package| Habits { package, ..PLAIN });
    let blind = Habits { blind: true, ..PLAIN };
    starts.chain(network).chain(package).chain([blind]).collect()
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
}

/// Every store with every other program; every store with every running module; and every trouble with the stores that
/// it matters to.
pub fn beginnings() -> Vec<Beginning> {
    let mut all = Vec::new();
    for store in stores() {
        for (full, stranger) in programs() {
            let fulls = u8::from(full.is_some());
            let pc = Pc { full, stranger, fulls, ..store.clone() };
            all.push(Beginning { pc, clicks: 3, changes: 1 });
        }
        for (modules, module) in running() {
            let habits = Habits { module, ..PLAIN };
            all.push(Beginning { pc: Pc { modules, habits, ..store.clone() }, clicks: 3, changes: 1 });
        }
    }
    for habits in troubles() {
        for store in [
            pc(&[], Catalog::Empty, Catalog::First),
            pc(&[WHOLE], Catalog::First, Catalog::First),
            pc(&[BROKEN], Catalog::First, Catalog::First),
        ] {
            all.push(Beginning { pc: Pc { habits, ..store }, clicks: 3, changes: 1 });
        }
    }
    all
}
