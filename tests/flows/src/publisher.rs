//! A vendor: a repository of its own, written by the publisher's own tool.

use crate::ENTRY;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use helper_core::choice::HELPER;
use helper_core::release::{Arch, Release, Status, System};
use helper_publish::Refused;
use helper_publish::add::{self, Add, UpdaterFiles};
use helper_publish::init::{self, Quorum};
use helper_publish::status;
use helper_world::{ArchiveKind, ModuleArchive};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A vendor with a repository of its own.
#[derive(Debug)]
pub struct Publisher {
    folder: TempDir,
    now: jiff::Timestamp,
}

impl Publisher {
    /// One key each, nothing published.
    pub fn new() -> Self {
        Self::at(jiff::Timestamp::now())
    }

    /// The same at another time: what it signs expires counted from there.
    pub fn at(now: jiff::Timestamp) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let one = Quorum { keys: 1, threshold: 1 };
        init::init(folder.path(), &folder.path().join("keys"), one, one, now).unwrap();
        Self { folder, now }
    }

    /// The same publisher with the same keys at another time, in a folder of its own.
    pub fn renewed(earlier: &Publisher, now: jiff::Timestamp) -> Self {
        let folder = tempfile::tempdir().unwrap();
        copy_tree(earlier.folder.path(), folder.path());
        Self { folder, now }
    }

    /// Its own folder: keys, trust root, mirror.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The folder that a web server serves.
    pub fn mirror(&self) -> PathBuf {
        self.folder.path().join("mirror")
    }

    /// The trust root.
    pub fn root(&self) -> PathBuf {
        self.folder.path().join("root.json")
    }

    /// Publishes a module for this system. `seed` makes its bytes different.
    pub fn publish(&self, version: &str, size: u64, seed: u64) -> Release {
        self.publish_for(System::Linux, version, size, seed)
    }

    /// Publishes a module for a system.
    pub fn publish_for(&self, system: System, version: &str, size: u64, seed: u64) -> Release {
        let file = self.folder.path().join("module.tar.gz");
        let archive = ModuleArchive { kind: ArchiveKind::TarGz, plan: String::new(), size, seed };
        archive.write_to(&file).unwrap();
        self.add(system, version, &file).unwrap()
    }

    /// Publishes a file as it is, if the publisher's tool lets it pass.
    pub fn add(&self, system: System, version: &str, file: &Path) -> Result<Release, Refused> {
        self.add_entry(system, version, file, Some(ENTRY.into()))
    }

    fn add_entry(&self, system: System, version: &str, file: &Path, entry: Option<String>) -> Result<Release, Refused> {
        let request = Add { entry, ..Add::new(file.to_owned(), system, Arch::X86_64, version) };
        add::add(self.folder.path(), &self.keys(), &request, self.now).map(|done| done.what)
    }

    /// Publishes a single program for another system.
    pub fn add_program(&self, system: System, version: &str, file: &Path) -> Release {
        self.add_entry(system, version, file, None).unwrap()
    }

    /// Where a release's package lies below the mirror, as a pattern for faults and counts.
    pub fn path_of(&self, release: &Release) -> String {
        format!("/targets/{}", release.consistent_name())
    }

    /// A release's package in the mirror.
    pub fn package(&self, release: &Release) -> PathBuf {
        self.mirror().join("targets").join(release.consistent_name())
    }

    /// The mirror as it is now, for another server.
    pub fn copy_of_mirror(&self) -> TempDir {
        let copy = tempfile::tempdir().unwrap();
        copy_tree(&self.mirror(), copy.path());
        copy
    }

    /// Withdraws a version.
    pub fn revoke(&self, version: &str) {
        self.set("quicksupport", version, Status::Revoked);
    }

    /// Gives a version of a module or of the helper another status.
    pub fn set(&self, module: &str, version: &str, status: Status) {
        status::set(self.folder.path(), &self.keys(), &selection(module, version), status, self.now).unwrap();
    }

    /// Makes an older version of the module the best choice again.
    pub fn step_back(&self, version: &str) {
        status::step_back(self.folder.path(), &self.keys(), &selection("quicksupport", version), self.now).unwrap();
    }

    /// Publishes a version of the helper: a program file, signed with the updater's key as well.
    pub fn publish_helper(&self, updater: &UpdaterKey, version: &str, program: &Path) -> Release {
        let bytes = fs::read(program).unwrap();
        let (signature, key) = (self.folder.path().join("helper.sig"), self.folder.path().join("updater.pub"));
        fs::write(&signature, updater.sign(&bytes, version)).unwrap();
        fs::write(&key, updater.public()).unwrap();
        let request = Add {
            module: HELPER.into(),
            updater: Some(UpdaterFiles { signature, key }),
            ..Add::new(program.to_owned(), System::Linux, Arch::X86_64, version)
        };
        add::add(self.folder.path(), &self.keys(), &request, self.now).map(|done| done.what).unwrap()
    }

    /// Where its keys are.
    pub fn keys(&self) -> PathBuf {
        self.folder.path().join("keys")
    }
}

fn selection(module: &str, version: &str) -> status::Selection {
    status::Selection { module: module.into(), system: System::Linux, arch: None, version: version.into() }
}

/// The updater's key pair, as `tauri signer generate` makes it.
pub struct UpdaterKey(minisign::KeyPair);

impl UpdaterKey {
    /// A new pair.
    pub fn new() -> Self {
        Self(minisign::KeyPair::generate_unencrypted_keypair().unwrap())
    }

    /// What stands in `updater.pub`.
    pub fn public(&self) -> String {
        STANDARD.encode(self.0.pk.to_box().unwrap().into_string())
    }

    /// What stands in the `.sig` file: the version is bound by the trusted comment.
    pub fn sign(&self, bytes: &[u8], version: &str) -> String {
        let comment = format!("timestamp:1700000000\tfile:support-helper\tversion:{version}");
        let signed = minisign::sign(Some(&self.0.pk), &self.0.sk, bytes, Some(&comment), Some("signature")).unwrap();
        STANDARD.encode(signed.into_string())
    }
}

impl Default for UpdaterKey {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for UpdaterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("UpdaterKey")
    }
}

impl Default for Publisher {
    fn default() -> Self {
        Self::new()
    }
}

fn copy_tree(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            fs::create_dir(&target).unwrap();
            copy_tree(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).unwrap();
        }
    }
}
