//! What may be asked of the world: imperatives. The shell carries each to one call of the machine.

use crate::diagnostics::Document;
use crate::doctor::Report;
use crate::input::{PlacedId, Ticket};
use crate::intent::Answer;
use crate::person::Person;
use crate::presence::ProcessId;
use crate::release::Release;
use crate::settings::Preferences;
use crate::view::Field;
use std::sync::Arc;

/// Why a package is fetched; a repair is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Why {
    /// There is none.
    Missing,
    /// The placed one is damaged.
    Repair,
    /// The placed one was revoked.
    Revoked,
    /// The person asked for a fresh copy.
    Fresh,
    /// There is a better one for next time; nobody waits for it.
    Ahead,
}

/// What is said once, outside the card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Notice {
    /// The module ended (SPEC C3).
    SupportEnded,
    /// The mirrors have not answered for two weeks.
    LongWithoutNews,
}

/// A pane of macOS's privacy settings that the module needs (TEAMVIEWER.md 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pane {
    /// To be seen.
    ScreenRecording,
    /// To be controlled.
    Accessibility,
}

/// One thing for the machine or a face to do.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// List what could be TeamViewer; answer with `TeamViewerSeen`.
    LookForTeamViewer(Ticket),
    /// Read the store, prove nothing; answer with `StoreSeen`.
    InspectStore(Ticket),
    /// Ask the mirrors for signed metadata; answer with `CatalogSeen`.
    RefreshCatalog(Ticket),
    /// Fetch, verify, unpack and place this release; answer with `PackageProgress` and one `PackageDone`.
    PreparePackage(Ticket, Release, Why),
    /// Somebody waits for it now: as fast as the line allows.
    HurryPackage(Ticket),
    /// Fetch and verify this release of the helper and keep it ready; answer with `PackageProgress` and one `HelperPrepared`.
    PrepareHelper(Ticket, Release),
    /// Put the prepared helper in this one's place; answer with `HelperInstalled`.
    InstallHelper,
    /// End this helper and start the one that took its place.
    StartSuccessor,
    /// Note that the mirrors answered now.
    NoteCheck,
    /// Stop fetching; the answer (`PackageDone`, `HelperPrepared`) still comes.
    CancelPackage(Ticket),
    /// Verify what is placed and start it; answer with `ModuleLaunched`, then `ModuleWindowSeen`, and `ProcessGone`.
    Launch(Ticket, PlacedId),
    /// Ask this process to end, after checking that it still is that process; answer with `CloseFailed` if it cannot be.
    CloseGently(ProcessId),
    /// End this process.
    ForceEnd(ProcessId),
    /// Tell when this process is gone: `ProcessGone`.
    Watch(ProcessId),
    /// Bring the module's window to the front.
    RaiseModule(ProcessId),
    /// See to it that a copy of this module lies where the person finds it (SPEC A8); answer with `CopyPlaced`.
    PlaceCopy(PlacedId),
    /// Show the module's copy in the file browser, to be started by hand.
    ShowCopy,
    /// Open a pane of the system's settings.
    OpenPane(Pane),
    /// Open the vendor's link in the browser.
    OpenOrigin,
    /// Put text on the clipboard.
    CopyToClipboard(String),
    /// Keep what the person chose and let it hold; answer with `Settled`, or, when a field was changed, `NotKept` and that field.
    KeepPreferences(Preferences, Option<Field>),
    /// Start at login from now on, or not any more; answer as for preferences.
    SwitchAtLogin(bool),
    /// Prove the placed module without starting it; answer with `Rehearsed`.
    Rehearse(Ticket),
    /// Examine the network; answer with `Examined`.
    Examine(Ticket),
    /// Collect what helps a supporter, redacted, with what the doctor found; answer with `DiagnosticsCollected`.
    /// The person's own words are taken out of it.
    CollectDiagnostics(Ticket, Person, Option<Arc<Report>>),
    /// Write exactly these documents to a file where the person finds it; answer with `DiagnosticsSaved`.
    SaveDiagnostics(Ticket, Arc<Vec<Document>>),
    /// Bring the helper's window up.
    PresentWindow,
    /// Say something once.
    Notify(Notice),
    /// Acknowledge the intent that was just given.
    Acknowledge(Answer),
    /// End the helper.
    Exit,
}
