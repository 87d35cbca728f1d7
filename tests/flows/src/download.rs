//! Fetching without the program around it: one package, the mirrors that have it, and a folder for it to come to.

use crate::Publisher;
use helper_core::release::Release;
use helper_machine::fetch::{self, Bytes, Cancel, Cancelled, FetchError, Pace};
use helper_machine::mirror::{self, mirrors_of};
use helper_machine::package::Fetched;
use helper_machine::transport;
use helper_world::{Mirror, Seen};
use std::fs;
use std::time::Duration;
use tempfile::TempDir;

/// A package and its mirrors.
#[derive(Debug)]
pub struct Download {
    /// What is fetched.
    pub release: Release,
    /// Web servers, in their order.
    pub mirrors: Vec<Mirror>,
    /// Folders that are mirrors, after the web servers.
    pub folders: Vec<std::path::PathBuf>,
    /// Where it comes to.
    pub folder: TempDir,
    /// Who wrote it.
    pub publisher: Publisher,
    /// The product's pace, with shorter pauses before a mirror is asked again.
    pub pace: Pace,
    /// The HTTP client.
    pub client: reqwest::Client,
}

impl Download {
    /// A package of about `size` bytes on so many web servers.
    pub fn new(size: u64, mirrors: usize) -> Self {
        let publisher = Publisher::new();
        let release = publisher.publish("15.70.4", size, 1);
        Self {
            mirrors: (0..mirrors).map(|_| Mirror::serve(publisher.mirror()).unwrap()).collect(),
            folders: Vec::new(),
            folder: tempfile::tempdir().unwrap(),
            pace: Pace { back_off: [20, 50, 100].map(Duration::from_millis).to_vec(), ..Pace::click() },
            client: transport::client(&Default::default()).unwrap(),
            release,
            publisher,
        }
    }

    /// Fetches to the end; everything that was told comes along.
    pub fn fetch(&self) -> (Result<Fetched, FetchError>, Vec<Bytes>) {
        let (_keep, cancelled) = Cancel::new();
        let mut told = Vec::new();
        let fetched = self.fetch_until(cancelled, &mut |bytes| told.push(bytes));
        (fetched, told)
    }

    /// Fetches until the end or until it is cancelled.
    pub fn fetch_until(
        &self,
        cancelled: Cancelled,
        tell: &mut (dyn FnMut(Bytes) + Send),
    ) -> Result<Fetched, FetchError> {
        let web: Vec<String> = self.mirrors.iter().map(Mirror::base).collect();
        let folders = self.folders.iter().map(|folder| folder.to_str().unwrap());
        let mirrors: Vec<mirror::Mirror> = mirrors_of(web.iter().map(String::as_str).chain(folders));
        let Self { client, release, pace, .. } = self;
        transport::block_on(fetch::fetch(client, &mirrors, release, self.folder.path(), pace, cancelled, tell)).unwrap()
    }

    /// It is fetched, whole and the one that was signed.
    pub fn works(&self) -> Vec<Bytes> {
        let (fetched, told) = self.fetch();
        self.is_whole(fetched.unwrap());
        told
    }

    /// The file is whole and the one that was signed.
    pub fn is_whole(&self, fetched: Fetched) {
        assert!(fs::read(fetched.path()).unwrap() == fs::read(self.publisher.package(&self.release)).unwrap());
        fetched.verify(&self.release).unwrap();
    }

    /// Forgets what has come so far.
    pub fn forget(&self) {
        fs::remove_file(self.folder.path().join(format!("{}.part", self.release.sha256))).unwrap();
    }

    /// What a mirror was asked for, and what it answered.
    pub fn seen(&self, mirror: usize) -> Vec<Seen> {
        self.mirrors[mirror].seen()
    }

    /// The ranges that a mirror was asked for.
    pub fn ranges(&self, mirror: usize) -> Vec<Option<String>> {
        self.seen(mirror).into_iter().map(|seen| seen.range).collect()
    }

    /// Body bytes that all mirrors have sent.
    pub fn sent(&self) -> u64 {
        self.mirrors.iter().flat_map(Mirror::seen).map(|seen| seen.body_bytes).sum()
    }
}
