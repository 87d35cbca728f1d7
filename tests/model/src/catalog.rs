//! What a publisher may have signed, in as few variants as the decisions can tell apart.

use helper_core::Setup;
use helper_core::choice::{HELPER, Me};
use helper_core::input::PlacedId;
use helper_core::release::{Arch, Custom, Digest, Install, PackageKind, Pieces, Release, Rollout, Status, System};
use std::sync::{Arc, OnceLock};

/// A release by its number, which is its rank and fills its digests.
pub type Id = u8;

/// The number of the helper's own release.
pub const HELPER_RELEASE: Id = 7;

/// A set of releases, one bit for each.
pub type Ids = u8;

/// A catalog that the mirror may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Catalog {
    /// Nothing was ever published, or nothing was ever fetched.
    Empty,
    /// Release 1.
    First,
    /// Releases 1 and 2.
    Newer,
    /// Release 1 was revoked and nothing replaces it.
    Revoked,
    /// Release 1 was revoked, release 2 replaces it.
    Replaced,
    /// Release 1 is paused: who has it keeps it.
    Paused,
    /// Something, but nothing for this PC.
    ForOthers,
    /// Releases 1 and 2, and a newer helper.
    NewerHelper,
}

impl Catalog {
    const ALL: [Catalog; 8] = [
        Catalog::Empty,
        Catalog::First,
        Catalog::Newer,
        Catalog::Revoked,
        Catalog::Replaced,
        Catalog::Paused,
        Catalog::ForOthers,
        Catalog::NewerHelper,
    ];

    /// The releases as core gets them.
    pub fn releases(self) -> &'static [Release] {
        static BUILT: OnceLock<Vec<Vec<Release>>> = OnceLock::new();
        let all = BUILT.get_or_init(|| Catalog::ALL.iter().map(|catalog| catalog.build()).collect());
        all.get(self as usize).map_or(&[], Vec::as_slice)
    }

    fn build(self) -> Vec<Release> {
        match self {
            Catalog::Empty => vec![],
            Catalog::First => vec![release(1, Status::Active)],
            Catalog::Newer => vec![release(1, Status::Active), release(2, Status::Active)],
            Catalog::Revoked => vec![release(1, Status::Revoked)],
            Catalog::Replaced => vec![release(1, Status::Revoked), release(2, Status::Active)],
            Catalog::Paused => vec![release(1, Status::Paused)],
            Catalog::ForOthers => {
                let mut other = release(3, Status::Active);
                other.custom.arch = Arch::Aarch64;
                vec![other]
            }
            Catalog::NewerHelper => {
                let mut helper = release(HELPER_RELEASE, Status::Active);
                helper.custom.module = HELPER.into();
                helper.custom.version = "2.0.0".into();
                helper.custom.updater = Some(String::new());
                vec![release(1, Status::Active), release(2, Status::Active), helper]
            }
        }
    }

    /// Which releases it revokes.
    pub fn revoked(self) -> Ids {
        revoked_in(self.releases())
    }
}

/// Which releases are revoked there, told independently of core's own judgement.
pub fn revoked_in(releases: &[Release]) -> Ids {
    let of = |status: fn(Status) -> bool| {
        releases
            .iter()
            .filter(|release| status(release.custom.status))
            .fold(0, |ids, release| ids | bit(PlacedId(release.custom.install.tree)))
    };
    of(|status| status == Status::Revoked) & !of(|status| status != Status::Revoked)
}

/// The name of a placed release.
pub fn placed(id: Id) -> PlacedId {
    PlacedId(Digest([id; 32]))
}

/// The number of a placed release.
pub fn number(id: PlacedId) -> Id {
    id.0.0[0]
}

/// The bit of a placed release.
pub fn bit(id: PlacedId) -> Ids {
    1 << (number(id) % 8)
}

/// A release. Its texts are empty where nothing depends on them: states are copied by the million.
fn release(rank: u8, status: Status) -> Release {
    Release {
        target: String::new(),
        length: 10,
        sha256: Digest([rank; 32]),
        custom: Custom {
            module: String::new(),
            version: String::new(),
            os: System::Linux,
            arch: Arch::X86_64,
            channel: String::new(),
            status,
            rank: u64::from(rank),
            rollout: Rollout { basis_points: 10_000, salt: String::new() },
            groups: vec![],
            pieces: Pieces { size: 1 << 20, sha256: vec![] },
            install: Install {
                kind: PackageKind::TarGz,
                entry: String::new(),
                tree: Digest([rank; 32]),
                max_unpacked: 1 << 30,
                max_entries: 4000,
            },
            min_helper: None,
            vendor: None,
            connections: None,
            updater: None,
        },
    }
}

/// The helper on the modelled PC.
pub fn setup() -> Arc<Setup> {
    Arc::new(Setup {
        me: Me {
            module: String::new(),
            system: System::Linux,
            arch: Arch::X86_64,
            channel: String::new(),
            groups: vec![],
            seed: [7; 16],
            helper: (1, 0, 0),
        },
        module_name: String::new(),
        phone: String::new(),
    })
}
