//! The module store on every system: what it takes in, what it starts, and what it leaves in the way of others. The programs in
//! `signed/` are Windows programs; Linux asks nobody about a signature, so there every one of them passes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(missing_docs)]

use contract::under_wine;
use helper_core::release::{Arch, Custom, Install, PackageKind, Pieces, Release, Rollout, Status, System};
use helper_machine::package::{Class, Fetched, Limits, PackageError, dry_run, hash_piece};
use helper_machine::signer::{Publisher, SignerError};
use helper_machine::store::Store;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const ENTRY: &str = "EDGE&NEXT 지원.exe";

struct Pc {
    home: TempDir,
    store: Store,
}

impl Pc {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let publisher = Publisher { authenticode_subject: "TeamViewer Germany GmbH".into(), ..Publisher::default() };
        // Hangul, spaces and a long name, as a user's folder may have.
        let store = Store::new(home.path().join("사용자 이름".repeat(10)).join("module"), publisher);
        store.prepare().unwrap();
        Self { home, store }
    }

    fn module(&self) -> PathBuf {
        self.store.incoming().parent().unwrap().to_owned()
    }

    fn versions(&self) -> Vec<String> {
        let entries = fs::read_dir(self.module().join("versions")).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    /// The vendor's signed word about a file, and the file as it arrives.
    fn fetched(&self, bytes: &[u8]) -> (Release, Fetched) {
        let release = self.release(bytes);
        let path = self.store.incoming().join(format!("{}.part", release.sha256));
        fs::write(&path, bytes).unwrap();
        (release, Fetched::new(path))
    }

    fn release(&self, bytes: &[u8]) -> Release {
        let limits = Limits { max_unpacked: 100 << 20, max_entries: 100 };
        let aside = tempfile::tempdir_in(self.home.path()).unwrap();
        let path = aside.path().join("package");
        fs::write(&path, bytes).unwrap();
        let file = File::open(&path).unwrap();
        let tree = dry_run(&file, PackageKind::Exe, ENTRY, &aside.path().join("tree"), limits).unwrap().digest();
        Release {
            target: "quicksupport/windows-x86_64/1/package".into(),
            length: bytes.len() as u64,
            sha256: hash_piece(bytes),
            custom: Custom {
                module: "quicksupport".into(),
                version: "1".into(),
                os: System::Windows,
                arch: Arch::X86_64,
                channel: "stable".into(),
                status: Status::Active,
                rank: 1,
                rollout: Rollout { basis_points: 10_000, salt: "s".into() },
                groups: Vec::new(),
                pieces: Pieces { size: 1 << 20, sha256: Vec::new() },
                install: Install {
                    kind: PackageKind::Exe,
                    entry: ENTRY.into(),
                    tree,
                    max_unpacked: limits.max_unpacked,
                    max_entries: limits.max_entries,
                },
                min_helper: None,
                vendor: None,
                connections: None,
                updater: None,
            },
        }
    }

    fn place(&self, bytes: &[u8]) -> Result<Release, PackageError> {
        let (release, fetched) = self.fetched(bytes);
        self.store.place(fetched.verify(&release)?)?;
        Ok(release)
    }
}

fn signed(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("signed").join(name)).unwrap()
}

fn id(release: &Release) -> helper_core::input::PlacedId {
    helper_core::input::PlacedId(release.custom.install.tree)
}

#[test]
fn a_module_is_placed_proven_and_held() {
    let pc = Pc::new();
    let release = pc.place(&signed("right.exe")).unwrap();
    assert_eq!(pc.store.placed(), [id(&release)]);
    assert_eq!(fs::read_dir(pc.store.incoming()).unwrap().count(), 0, "nothing is left on its way");
    let placed = pc.store.open(id(&release)).unwrap();
    assert_eq!(fs::read(placed.program()).unwrap(), signed("right.exe"));
    let program = placed.program().to_owned();
    if cfg!(windows) {
        assert!(fs::write(&program, b"other").is_err());
        assert!(fs::remove_file(&program).is_err());
        assert!(fs::rename(&program, program.with_extension("old")).is_err());
        if !under_wine() {
            assert!(fs::rename(placed.folder(), pc.home.path().join("elsewhere")).is_err());
        }
    }
    drop(placed);
    fs::write(&program, b"other").unwrap();
    assert_eq!(pc.store.open(id(&release)).unwrap_err().class(), Class::Damaged);
    assert!(pc.store.recall(&release).is_none());
    // Fetched again, and whole.
    pc.place(&signed("right.exe")).unwrap();
    pc.store.open(id(&release)).unwrap();
    assert_eq!(pc.versions().len(), 1);
}

#[test]
fn what_the_publisher_did_not_sign_is_neither_placed_nor_started() {
    let pc = Pc::new();
    let good = pc.place(&signed("right.exe")).unwrap();
    for name in ["unsigned.exe", "somebody.exe"] {
        let placed = pc.place(&signed(name));
        if cfg!(windows) {
            let error = placed.unwrap_err();
            assert!(matches!(&error, PackageError::Signer(SignerError::Unsigned | SignerError::Somebody { .. })));
            assert_eq!(error.class(), Class::Forbidden);
            assert_eq!(pc.store.placed(), [id(&good)], "the one before stays");
            assert_eq!(pc.versions().len(), 1, "nothing of it is left");
        } else {
            placed.unwrap();
        }
    }
    if cfg!(windows) {
        // Placed by a helper of another brand: whole as signed, and not this publisher's.
        let other = Publisher { authenticode_subject: "Somebody GmbH".into(), ..Publisher::default() };
        let other = Store::new(pc.module(), other);
        let somebody = other.recall(&good);
        assert!(somebody.is_none());
        assert!(matches!(other.open(id(&good)), Err(PackageError::Signer(SignerError::Somebody { .. }))));
    }
}

#[test]
fn two_versions_are_kept_and_a_step_back_needs_no_network() {
    let pc = Pc::new();
    let names = ["right.exe", "other-name.exe", "no-organization.exe"];
    let releases = names.map(|name| pc.place(&signed(name)).unwrap());
    assert_eq!(pc.store.placed(), [id(&releases[2]), id(&releases[1])]);
    assert_eq!(pc.versions().len(), 2);
    assert_eq!(pc.store.recall(&releases[1]), Some(id(&releases[1])));
    assert_eq!(pc.store.placed(), [id(&releases[1]), id(&releases[2])]);
    assert_eq!(pc.store.recall(&releases[0]), None);
}

/// A program in use stands in the way of Windows only, and everything goes on without it. Wine 8 renames folders in which files are
/// open, which Windows refuses: there the version is moved aside and only its program stays.
#[test]
fn a_version_in_use_stays_and_goes_at_a_later_start() {
    let pc = Pc::new();
    let old = pc.place(&signed("right.exe")).unwrap();
    let running = pc.store.open(id(&old)).unwrap();
    // Fetched afresh while it runs: the same bytes again.
    assert_eq!(pc.place(&signed("right.exe")).unwrap(), old);
    let again = pc.store.open(id(&old)).unwrap();
    for name in ["other-name.exe", "no-organization.exe"] {
        pc.place(&signed(name)).unwrap();
    }
    assert_eq!(pc.store.placed().len(), 2);
    if cfg!(windows) {
        assert!(pc.versions().len() > 2, "what is in use cannot go");
    } else {
        assert_eq!(pc.versions().len(), 2);
    }
    if cfg!(windows) && !under_wine() {
        assert_eq!(fs::read(running.program()).unwrap(), signed("right.exe"), "and it stays whole");
        assert!(pc.store.recall(&old).is_some(), "so that a step back finds it");
    }
    drop((running, again));
    pc.store.prepare().unwrap();
    assert_eq!(pc.versions().len(), 2);
    assert_eq!(pc.store.placed().len(), 2);
}
