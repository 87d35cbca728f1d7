//! The audit journal's decisions: what of all that happens is an entry for hospital IT (SPEC I8).
//!
//! Entries say who clicked when, what was agreed to, and which module version and hash was started. They hold no codes, no
//! addresses and no names; whose PC login it was stands beside an entry only if the policy wants it (`machine::audit`).

use crate::Core;
use crate::effect::{Effect, Why};
use crate::input::{Input, PlacedId, Ticket};
use crate::intent::{Answer, Intent, Wish};
use crate::presence::ProcessId;
use crate::release::{Digest, Release};
use crate::request::{Push, Request};
use crate::text::TextKey;
use crate::view::Field;
use serde::{Deserialize, Serialize};

/// Where a click came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Face {
    /// The helper's window, or its dialogs where there is no web view.
    Window,
    /// The tray icon or its menu.
    Tray,
    /// The terminal.
    Terminal,
    /// The start of the helper itself: a shortcut, a link of the HIS, the command line.
    Start,
    /// Another start that found this helper running: the same sources, or `support-helper answer`.
    OtherStart,
}

/// What a person clicked that is no consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Click {
    /// A button or a menu line.
    Wish(Wish),
    /// Change a value in the settings. What it became is not kept.
    Change(Field),
    /// Look for something newer now.
    CheckNow,
    /// Copy a session code. The code itself is not kept.
    CopyCode,
    /// End the helper.
    Quit,
}

/// What was agreed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Consent {
    /// TeamViewer may be asked to close (SPEC B1).
    CloseFull,
    /// TeamViewer may be ended by force (SPEC B3).
    ForceClose,
    /// A TeamViewer that cannot be named may stay (SPEC B7).
    LeaveRunning,
    /// The module's present window may be ended for a new one (SPEC D2).
    StartAfresh,
}

/// Which file of the publisher it is, as far as signed metadata on this PC says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Package {
    /// The version shown to people; `None` when the metadata does not list it any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The target's path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Hash of the file as published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Digest>,
    /// Hash of what was unpacked from it and is proven before every start; `None` for the helper's own versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tree: Option<Digest>,
}

impl Package {
    /// All that a release says.
    pub fn of(release: &Release) -> Self {
        Self {
            version: Some(release.custom.version.clone()),
            target: Some(release.target.clone()),
            sha256: Some(release.sha256),
            tree: Some(release.custom.install.tree),
        }
    }

    fn placed(id: PlacedId, catalog: &[Release]) -> Self {
        let known = catalog.iter().find(|release| release.custom.install.tree == id.0);
        known.map_or(Self { tree: Some(id.0), ..Self::default() }, Self::of)
    }
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "what")]
pub enum Entry {
    /// The helper came up.
    HelperStarted {
        /// Its version.
        version: String,
    },
    /// A person clicked, and it was taken up.
    Clicked {
        /// What.
        click: Click,
        /// Where, if that is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<Face>,
        /// It joined a request that was under way.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        joined: bool,
    },
    /// A person agreed.
    Agreed {
        /// To what.
        to: Consent,
        /// Where, if that is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<Face>,
        /// The sentence on the card that was answered, by its key in the helper's own texts.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sentence: Option<TextKey>,
        /// How many programs it concerned.
        programs: usize,
    },
    /// The module was started.
    ModuleStarted {
        /// Which.
        #[serde(flatten)]
        package: Package,
        /// As which process of the system.
        pid: u32,
    },
    /// The module ended.
    ModuleEnded {
        /// Which process of the system it was.
        pid: u32,
        /// The helper ended it, because a person wanted a new one.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        for_restart: bool,
    },
    /// A module was placed on this PC.
    ModulePlaced {
        /// Which.
        #[serde(flatten)]
        package: Package,
        /// Why.
        why: Reason,
    },
    /// Another version of the helper took this one's place.
    HelperReplaced {
        /// Which.
        #[serde(flatten)]
        package: Package,
    },
    /// A repository was carried in on a stick or a share.
    Imported {
        /// What was placed from it; all empty when only signed metadata was taken over.
        #[serde(flatten)]
        package: Package,
    },
    /// A person changed settings.
    SettingsChanged {
        /// Which, by name.
        keys: Vec<String>,
    },
}

/// Why a module was placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// There was none.
    Missing,
    /// The one before was damaged.
    Repair,
    /// The one before was withdrawn.
    Revoked,
    /// A person asked for a fresh copy.
    Fresh,
    /// A newer one came in the background.
    Newer,
}

impl From<Why> for Reason {
    fn from(why: Why) -> Self {
        match why {
            Why::Missing => Self::Missing,
            Why::Repair => Self::Repair,
            Why::Revoked => Self::Revoked,
            Why::Fresh => Self::Fresh,
            Why::Ahead => Self::Newer,
        }
    }
}

/// What of an input may become an entry; taken before core takes the input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Nothing.
    None,
    /// A face spoke.
    Asked(Intent, Option<Face>),
    /// A start is answered.
    Launched(Ticket, Option<ProcessId>),
    /// A process is gone.
    Gone(ProcessId),
    /// A package is placed or not.
    Placed(Ticket, bool),
    /// The next helper is in place or not.
    Replaced(bool),
}

impl Deed {
    /// Takes it from an input. `from` is where an intent came from.
    pub fn of(input: &Input, from: Option<Face>) -> Self {
        match input {
            Input::Asked(intent) => Self::Asked(intent.clone(), from),
            Input::ModuleLaunched(ticket, result) => {
                Self::Launched(*ticket, result.as_ref().ok().map(|launched| launched.process))
            }
            Input::ProcessGone(process) => Self::Gone(*process),
            Input::PackageDone(ticket, result) => Self::Placed(*ticket, result.is_ok()),
            Input::HelperInstalled(result) => Self::Replaced(result.is_ok()),
            _ => Self::None,
        }
    }
}

/// Sees every step of core and says which is an entry.
#[derive(Clone, Debug, Default)]
pub struct Auditor {
    /// The start that is not answered yet. A start that nobody wants any more is one all the same.
    launching: Option<(Ticket, Package)>,
    /// The package that is on its way.
    fetching: Option<(Ticket, Package, Why)>,
    /// The helper that is on its way.
    successor: Option<Package>,
    /// The card that a person may be answering.
    asked: Option<Question>,
    /// The processes whose end is the module's end.
    running: Vec<ProcessId>,
    ending: bool,
}

#[derive(Clone, Debug)]
struct Question {
    sentence: TextKey,
    programs: usize,
}

impl Auditor {
    /// An auditor who has seen nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sees one step: what came in, what core made of it, and where core stands now.
    pub fn see(&mut self, deed: Deed, effects: &[Effect], core: &Core) -> Option<Entry> {
        let entry = match deed {
            Deed::None => None,
            Deed::Asked(intent, from) => self.asked(&intent, from, effects),
            Deed::Launched(ticket, process) => self.launched(ticket, process),
            Deed::Gone(process) => self.gone(process),
            Deed::Placed(ticket, done) => self.placed(ticket, done),
            Deed::Replaced(done) => {
                self.successor.take().filter(|_| done).map(|package| Entry::HelperReplaced { package })
            }
        };
        self.note(effects, core);
        entry
    }

    fn asked(&self, intent: &Intent, from: Option<Face>, effects: &[Effect]) -> Option<Entry> {
        let answer = effects.iter().find_map(|effect| match effect {
            Effect::Acknowledge(answer) => Some(*answer),
            _ => None,
        })?;
        if matches!(answer, Answer::Refused(_)) {
            return None;
        }
        let click = match intent {
            // Turning pages asks for nothing.
            Intent::Wish { wish } if turns_pages(*wish) => return None,
            Intent::Wish { wish } => match consent(*wish) {
                Some(to) => return Some(self.agreed(to, from)),
                None => Click::Wish(*wish),
            },
            Intent::Called { .. } => Click::Wish(Wish::Request),
            Intent::Change { field, .. } => Click::Change(*field),
            Intent::CheckNow => Click::CheckNow,
            Intent::CopyCode { .. } => Click::CopyCode,
            // The terminal's helper ends by itself when it has done its work.
            Intent::Quit if matches!(from, None | Some(Face::Terminal)) => return None,
            Intent::Quit => Click::Quit,
            // Looking at the card asks for nothing.
            Intent::OpenWindow | Intent::WindowClosed | Intent::CopyLine { .. } => return None,
        };
        Some(Entry::Clicked { click, from, joined: answer == Answer::Joined })
    }

    fn agreed(&self, to: Consent, from: Option<Face>) -> Entry {
        let (sentence, programs) =
            self.asked.as_ref().map_or((None, 0), |asked| (Some(asked.sentence), asked.programs));
        Entry::Agreed { to, from, sentence, programs }
    }

    fn launched(&mut self, ticket: Ticket, process: Option<ProcessId>) -> Option<Entry> {
        let (_, package) = self.launching.take_if(|(launching, _)| *launching == ticket)?;
        Some(Entry::ModuleStarted { package, pid: process?.pid })
    }

    fn gone(&mut self, process: ProcessId) -> Option<Entry> {
        let at = self.running.iter().position(|running| *running == process)?;
        self.running.remove(at);
        Some(Entry::ModuleEnded { pid: process.pid, for_restart: self.ending })
    }

    fn placed(&mut self, ticket: Ticket, done: bool) -> Option<Entry> {
        let (_, package, why) = self.fetching.take_if(|(fetching, ..)| *fetching == ticket)?;
        done.then(|| Entry::ModulePlaced { package, why: why.into() })
    }

    /// Remembers what later steps are answers to.
    fn note(&mut self, effects: &[Effect], core: &Core) {
        let request = core.request();
        for effect in effects {
            match effect {
                Effect::Launch(ticket, id) => {
                    let catalog = match request {
                        Request::Starting { errand, .. } => errand.holdings.catalog.as_slice(),
                        _ => &[],
                    };
                    self.launching = Some((*ticket, Package::placed(*id, catalog)));
                }
                Effect::PreparePackage(ticket, release, why) => {
                    self.fetching = Some((*ticket, Package::of(release), *why));
                }
                Effect::PrepareHelper(_, release) => {
                    self.successor = Some(Package { tree: None, ..Package::of(release) });
                }
                _ => {}
            }
        }
        let programs = match request {
            Request::AskingToClose { conflicts, .. } => Some(conflicts.len()),
            Request::Closing { left, push: Push::Guided, .. } => Some(left.len()),
            Request::AlreadyRunning { modules, .. } => Some(modules.len()),
            _ => None,
        };
        self.asked = programs.map(|programs| Question { sentence: core.view().sentence.key, programs });
        self.ending = matches!(request, Request::Ending { .. });
        match request {
            Request::Running { process, .. } => self.running = vec![*process],
            // What is left of them is told as it goes.
            Request::Ending { left, .. } => self.running = left.iter().copied().collect(),
            Request::AlreadyRunning { modules, .. } => self.running = modules.iter().map(|module| module.id).collect(),
            _ => {}
        }
    }
}

const fn consent(wish: Wish) -> Option<Consent> {
    match wish {
        Wish::CloseAndContinue => Some(Consent::CloseFull),
        Wish::ForceClose => Some(Consent::ForceClose),
        Wish::LeaveRunning => Some(Consent::LeaveRunning),
        Wish::StartAfresh => Some(Consent::StartAfresh),
        Wish::Request
        | Wish::Restart
        | Wish::GoOn
        | Wish::TryAgain
        | Wish::FetchFresh
        | Wish::ShowCopy
        | Wish::OpenScreenRecording
        | Wish::OpenAccessibility
        | Wish::OpenOrigin
        | Wish::CheckNow
        | Wish::SaveDiagnostics
        | Wish::Cancel => None,
        turns => {
            debug_assert!(turns_pages(turns));
            None
        }
    }
}

const fn turns_pages(wish: Wish) -> bool {
    matches!(
        wish,
        Wish::OpenWizard
            | Wish::Next
            | Wish::Back
            | Wish::Later
            | Wish::Finish
            | Wish::OpenSettings
            | Wish::OpenHelp
            | Wish::OpenDoctor
            | Wish::OpenDiagnostics
            | Wish::ClosePage
    )
}

#[cfg(test)]
mod tests;
