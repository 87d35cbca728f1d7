//! `support-helper import`: a repository that somebody carries in, for PCs without a way to any mirror (SPEC F6).

use crate::audit;
use crate::setup::{self, Build};
use helper_core::audit::{Entry, Package};
use helper_core::choice::{self, Choice};
use helper_core::input::Failure;
use helper_core::policy::Effective;
use helper_core::text::{self, Text, TextKey};
use helper_machine::clock;
use helper_machine::dirs::Dirs;
use helper_machine::handover::Single;
use helper_machine::journal::{Journal, Line};
use helper_machine::repository::{ImportError, MetadataFolder, Offer, Repository};
use helper_machine::store::Store;
use jiff::Timestamp;
use std::path::Path;

/// How an import ended, as sentences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// Is the module in place?
    pub done: bool,
    /// What to say.
    pub said: Vec<Text>,
}

/// Imports a folder or a zip file. Only the one helper of this user may: the store is its own.
pub fn run(_: &Single, build: &Build, policy: &Effective, dirs: &Dirs, bundle: &Path) -> Imported {
    dirs.clear_unfinished();
    let mut journal = Journal::open(dirs.journal());
    let store = Store::new(dirs.module(), build.publisher());
    let repository = Repository::new(&build.root, MetadataFolder::new(dirs.repository()));
    let imported = store
        .prepare()
        .map_err(|error| ImportError::Refused { failure: Failure::NotWritable, message: error.to_string() })
        .and_then(|()| repository.import(bundle, clock::wall().max(build.built)))
        .and_then(|offer| accept(offer, build, policy, dirs, &store));
    let (what, imported) = match imported {
        Ok(imported) => (format!("imported, in place: {}", imported.done), imported),
        Err(error) => {
            tracing::warn!(%error, "not imported");
            (format!("not imported: {error}"), Imported { done: false, said: vec![refusal(&error)] })
        }
    };
    let at = clock::wall().to_string();
    journal.add(&Line { at, what: &what, from: "idle", to: "idle", code: None, effects: Vec::new() });
    imported
}

fn accept(
    offer: Offer,
    build: &Build,
    policy: &Effective,
    dirs: &Dirs,
    store: &Store,
) -> Result<Imported, ImportError> {
    let setup = setup::core_setup(&build.brand, policy, dirs);
    let catalog = offer.catalog().to_vec();
    let (until, days) = (date(offer.valid_until()), offer.age().as_hours() / 24);
    let expired = !offer.age().is_zero();
    let release = match choice::choose(&catalog, &setup.me) {
        Choice::Chosen(release) => release,
        // What is signed holds all the same, a withdrawal for example.
        Choice::NothingForThisPc | Choice::NothingAllowed => {
            offer.accept(None, store)?;
            audit::open(policy, dirs).add(clock::wall(), &Entry::Imported { package: Package::default() });
            return Ok(Imported { done: false, said: vec![Text::plain(TextKey::ImportNothing)] });
        }
    };
    offer.accept(Some(release), store)?;
    audit::open(policy, dirs).add(clock::wall(), &Entry::Imported { package: Package::of(release) });
    let version = &release.custom.version;
    let done = Text::plain(TextKey::ImportDone)
        .with("module", &build.brand.module.name)
        .with("version", version)
        .with("date", &until);
    let stale = Text::plain(TextKey::ImportStale).with("days", days);
    if expired {
        tracing::warn!(%until, days, "the imported catalog has expired");
    }
    Ok(Imported { done: true, said: [Some(done), expired.then_some(stale)].into_iter().flatten().collect() })
}

/// The sentence for a refusal.
fn refusal(error: &ImportError) -> Text {
    let plain = Text::plain;
    match error {
        ImportError::NoBundle(_) => plain(TextKey::ImportNoBundle),
        ImportError::Gone(_) => plain(TextKey::ImportGone),
        ImportError::Older { held, offered } => {
            plain(TextKey::ImportOlder).with("held", date(*held)).with("offered", date(*offered))
        }
        ImportError::TooOld(expired) => plain(TextKey::ImportTooOld).with("date", date(*expired)),
        ImportError::Incomplete(_) => plain(TextKey::ImportIncomplete),
        ImportError::Refused { failure, .. } => match failure {
            Failure::DiskFull(0) => plain(TextKey::ImportNotKept),
            Failure::DiskFull(size) => plain(TextKey::ImportNoRoom).with("size", text::bytes(*size)),
            Failure::NotWritable => plain(TextKey::ImportNotKept),
            Failure::NoRoot => plain(TextKey::NotSetUpHeadline),
            Failure::Expired => plain(TextKey::ImportExpired),
            _ => plain(TextKey::ImportUntrusted),
        },
    }
}

/// A day as people write it in both languages.
fn date(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}
