//! The one thing that every face shows.

mod form;

pub use form::{Choice, Control, Copy, Field, Form, Lamp, Row, Step};

use crate::diagnostics::Document;
use crate::input::{CopyPlace, Progress, Stage};
use crate::intent::Wish;
use crate::presence::Kind;
use crate::problem::{Problem, WhoActs};
use crate::release::System;
use crate::request::{Errand, Phase, Push, Request};
use crate::spoken::{self, Spoken};
use crate::text::{Text, TextKey, bytes, minutes_and_seconds};
use crate::{CodeNote, Core};
use serde::{Deserialize, Serialize};

/// Which card. Faces choose pictures and layout by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum Scene {
    /// At rest.
    Ready,
    /// Looking at the PC.
    Looking,
    /// Full runs: close it?
    PleaseClose,
    /// It was asked to close.
    Closing,
    /// It stays: how to quit it from its tray icon.
    HowToQuit,
    /// A module runs already.
    AlreadyRunning,
    /// The old module is being ended.
    Ending,
    /// Being fetched and checked.
    Preparing,
    /// Started, not there yet.
    Starting,
    /// It runs: the guide.
    Running,
    /// One problem.
    Problem,
    /// A step of the wizard.
    Wizard,
    /// The settings.
    Settings,
    /// The help pages.
    Help,
    /// What the network doctor found.
    Doctor,
    /// What goes into the diagnostics file.
    Diagnostics,
}

/// A button of the card, or a line of the menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Action {
    /// What it does.
    pub wish: Wish,
    /// What is written on it.
    pub label: TextKey,
}

/// How far fetching is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct ProgressView {
    /// 0 to 100; `None` while the end is not known.
    pub percent: Option<u8>,
    /// Bytes that are here.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub done: u64,
    /// Bytes in all.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub total: u64,
    /// Bytes a second; 0 when not known.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub rate: u64,
    /// Seconds to go at this rate; `None` when it would be a guess.
    #[cfg_attr(feature = "bindings", ts(type = "number | null"))]
    pub remaining: Option<u64>,
}

/// What the supporter wants to hear.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct ProblemView {
    /// Which problem, for scripts and the log.
    pub code: String,
    /// The code to read out on the telephone (`helper_core::spoken`).
    #[serde(default)]
    pub spoken: String,
    /// Who must act.
    pub who_acts: WhoActs,
}

/// What is shown.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct View {
    /// Which card.
    pub scene: Scene,
    /// One headline.
    pub headline: Text,
    /// One sentence: what happens, or what to do now.
    pub sentence: Text,
    /// Smaller lines below it.
    pub details: Vec<Text>,
    /// What can be done, the main thing first; at most four on a card, five on a page.
    pub actions: Vec<Action>,
    /// Fetching.
    pub progress: Option<ProgressView>,
    /// The problem.
    pub problem: Option<ProblemView>,
    /// A supporter's code can be entered here.
    pub takes_code: bool,
    /// Values to read or to change: wizard, settings, findings.
    #[serde(default)]
    pub form: Option<Form>,
    /// What can be copied for the fields of the module's window (SPEC C2).
    #[serde(default)]
    pub copies: Vec<Copy>,
    /// What a file to be saved will hold, whole.
    #[serde(default)]
    pub documents: Vec<Document>,
}

impl View {
    /// A card with a headline and a sentence.
    pub(crate) const fn card(scene: Scene, headline: Text, sentence: Text) -> Self {
        Self {
            scene,
            headline,
            sentence,
            details: Vec::new(),
            actions: Vec::new(),
            progress: None,
            problem: None,
            takes_code: false,
            form: None,
            copies: Vec::new(),
            documents: Vec::new(),
        }
    }
}

impl Core {
    /// What to show now. Never panics.
    pub fn view(&self) -> View {
        self.page_view().unwrap_or_else(|| self.card_view())
    }

    /// The card of the request, whatever page lies over it.
    pub(crate) fn card_view(&self) -> View {
        let card = self.card();
        let quiet = if card.scene == Scene::Ready { self.openings() } else { &[] };
        let actions = self
            .offers()
            .into_iter()
            .filter(|wish| !(card.scene == Scene::Ready && *wish == Wish::Restart))
            .chain(quiet.iter().copied())
            .map(|wish| Action { wish, label: label(wish, card.scene) })
            .collect();
        View { actions, ..card }
    }

    fn card(&self) -> View {
        match &self.request {
            Request::Idle { ended: false } => self.plain(Scene::Ready, TextKey::ReadyHeadline, TextKey::ReadySentence),
            Request::Idle { ended: true } => self.plain(Scene::Ready, TextKey::EndedHeadline, TextKey::EndedSentence),
            Request::Looking { .. } => self.plain(Scene::Looking, TextKey::LookingHeadline, TextKey::LookingSentence),
            Request::AskingToClose { conflicts, .. } => {
                let (headline, sentence) = if conflicts.iter().any(|conflict| conflict.in_use) {
                    (TextKey::CloseHeadline, TextKey::CloseInUseSentence)
                } else if conflicts.iter().all(|conflict| conflict.kind == Kind::Unknown) {
                    (TextKey::CloseUnknownHeadline, TextKey::CloseUnknownSentence)
                } else {
                    (TextKey::CloseHeadline, TextKey::CloseSentence)
                };
                self.plain(Scene::PleaseClose, headline, sentence)
            }
            Request::Closing { push: Push::Guided, .. } => {
                self.plain(Scene::HowToQuit, TextKey::GuideHeadline, TextKey::GuideSentence)
            }
            Request::Closing { .. } => self.plain(Scene::Closing, TextKey::ClosingHeadline, TextKey::ClosingSentence),
            Request::AlreadyRunning { modules, stale, .. } => {
                let sentence = if modules.iter().any(|module| module.connected) {
                    TextKey::AlreadyConnectedSentence
                } else if *stale {
                    TextKey::AlreadyStaleSentence
                } else {
                    TextKey::AlreadySentence
                };
                self.plain(Scene::AlreadyRunning, TextKey::AlreadyHeadline, sentence)
            }
            Request::Ending { .. } => self.plain(Scene::Ending, TextKey::EndingHeadline, TextKey::EndingSentence),
            Request::Preparing { phase, why, .. } => self.preparing(*phase, *why),
            Request::Starting { .. } => {
                self.plain(Scene::Starting, TextKey::StartingHeadline, TextKey::StartingSentence)
            }
            Request::Running { .. } => self.running(),
            Request::Stuck { errand, problem, needed, copy_shown } => {
                self.stuck_view(errand, *problem, *needed, *copy_shown)
            }
        }
    }

    fn plain(&self, scene: Scene, headline: TextKey, sentence: TextKey) -> View {
        View::card(scene, self.named(headline), self.named(sentence))
    }

    /// Most sentences speak of the module by its name.
    pub(crate) fn named(&self, key: TextKey) -> Text {
        Text::plain(key).with("module", &self.setup.module_name)
    }

    fn preparing(&self, phase: Phase, why: crate::effect::Why) -> View {
        let (sentence, progress) = match phase {
            Phase::Refreshing | Phase::Waiting | Phase::Package(None) => (TextKey::PreparingRefreshing, None),
            Phase::Package(Some(progress)) => match progress.stage {
                Stage::Fetching => (TextKey::PreparingFetching, Some(progress)),
                Stage::Checking => (TextKey::PreparingChecking, Some(progress)),
            },
        };
        let mut view = self.plain(Scene::Preparing, TextKey::PreparingHeadline, sentence);
        if why == crate::effect::Why::Repair {
            view.details.push(self.named(TextKey::PreparingRepair));
        }
        if let Some(progress) = progress {
            let shown = progress_view(progress);
            if progress.stage == Stage::Fetching {
                view.sentence = view.sentence.with("done", bytes(progress.done)).with("total", bytes(progress.total));
                if let Some(remaining) = shown.remaining {
                    let time = minutes_and_seconds(remaining);
                    let rate = bytes(progress.rate);
                    view.details.push(Text::plain(TextKey::PreparingRemaining).with("time", time).with("rate", rate));
                }
            }
            view.progress = Some(shown);
        }
        view
    }

    fn running(&self) -> View {
        let mut view = self.plain(Scene::Running, TextKey::RunningHeadline, TextKey::RunningSentence);
        view.takes_code = true;
        view.details = [
            TextKey::GuideName,
            TextKey::GuideDescription,
            TextKey::GuideChat,
            TextKey::GuideCancel,
            TextKey::GuideDeadCode,
        ]
        .map(|key| self.named(key))
        .to_vec();
        if self.setup().me.system == System::Macos {
            view.details.push(self.named(TextKey::GuidePanes));
        }
        if self.copy == Some(CopyPlace::Downloads) {
            view.details.push(self.named(TextKey::CopyInDownloads));
        }
        view.copies = self.copies();
        if let Some(note) = self.code_note {
            view.details.push(Text::plain(match note {
                CodeNote::Copied => TextKey::CodeCopied,
                CodeNote::Dead => TextKey::CodeDead,
                CodeNote::Malformed => TextKey::CodeWrong,
            }));
        }
        view
    }

    fn stuck_view(&self, errand: &Errand, problem: Problem, needed: u64, copy_shown: bool) -> View {
        let mut view = self.plain(Scene::Problem, problem.headline(), problem.sentence());
        if problem == Problem::DiskFull {
            view.sentence = view.sentence.with("size", bytes(needed));
        }
        if copy_shown {
            view.details.push(self.named(TextKey::CopyShown));
        }
        view.details.push(Text::plain(match problem.who_acts() {
            WhoActs::You => TextKey::ActsYou,
            WhoActs::HospitalIt => TextKey::ActsIt,
            WhoActs::Vendor => TextKey::ActsVendor,
        }));
        view.details.push(Text::plain(TextKey::CallPhone).with("phone", self.phone()));
        let spoken = self.spoken(problem, errand).to_string();
        view.details.push(Text::plain(TextKey::ProblemCode).with("code", &spoken));
        view.problem = Some(ProblemView { code: problem.code().to_owned(), spoken, who_acts: problem.who_acts() });
        view
    }
}

impl Core {
    /// What the present problem's code tells; `None` without a problem.
    pub fn spoken_code(&self) -> Option<Spoken> {
        match &self.request {
            Request::Stuck { errand, problem, .. } => Some(self.spoken(*problem, errand)),
            _ => None,
        }
    }

    fn spoken(&self, problem: Problem, errand: &Errand) -> Spoken {
        let (major, minor, patch) = self.setup.me.helper;
        let catalog = &errand.holdings.catalog;
        Spoken {
            problem,
            has_module: !errand.holdings.placed.is_empty(),
            has_catalog: !catalog.is_empty(),
            restart: errand.restart,
            helper: spoken::digest(&format!("{major}.{minor}.{patch}")),
            module: errand.holdings.placed.first().map_or(0, |id| spoken::module_digest(catalog, id.0)),
        }
    }
}

/// A rate below this says nothing about the time that is left.
const HONEST_RATE: u64 = 1_000;

fn progress_view(progress: Progress) -> ProgressView {
    let Progress { stage, done, total, rate } = progress;
    let done = done.min(total);
    let known = stage == Stage::Fetching && total > 0;
    ProgressView {
        percent: known.then(|| u8::try_from(u128::from(done) * 100 / u128::from(total)).unwrap_or(100)),
        done,
        total,
        rate,
        remaining: (known && rate >= HONEST_RATE).then(|| (total - done).div_ceil(rate)),
    }
}

/// What is written on the button for a wish.
pub(crate) const fn label(wish: Wish, scene: Scene) -> TextKey {
    match wish {
        Wish::Request => TextKey::DoRequest,
        Wish::Restart => TextKey::DoRestart,
        Wish::CloseAndContinue => TextKey::DoCloseAndContinue,
        Wish::LeaveRunning => TextKey::DoLeaveRunning,
        Wish::ForceClose => TextKey::DoForceClose,
        Wish::GoOn => TextKey::DoGoOn,
        Wish::StartAfresh => TextKey::DoStartAfresh,
        Wish::TryAgain => TextKey::DoTryAgain,
        Wish::FetchFresh => TextKey::DoFetchFresh,
        Wish::ShowCopy => TextKey::DoShowCopy,
        Wish::OpenScreenRecording => TextKey::DoOpenScreenRecording,
        Wish::OpenAccessibility => TextKey::DoOpenAccessibility,
        Wish::OpenOrigin => TextKey::DoOpenOrigin,
        Wish::Next => TextKey::DoNext,
        Wish::Back => TextKey::DoBack,
        Wish::Later => TextKey::DoLater,
        Wish::Finish => TextKey::DoFinish,
        Wish::CheckNow => TextKey::DoCheckNow,
        Wish::OpenSettings => TextKey::DoSettings,
        Wish::OpenHelp => TextKey::DoHelp,
        Wish::OpenWizard => TextKey::DoWizard,
        Wish::OpenDoctor => TextKey::DoDoctor,
        Wish::OpenDiagnostics => TextKey::DoDiagnostics,
        Wish::SaveDiagnostics => TextKey::DoSave,
        Wish::ClosePage => TextKey::DoClosePage,
        Wish::Cancel => match scene {
            Scene::Problem => TextKey::DoDismiss,
            _ => TextKey::DoCancel,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(done: u64, total: u64, rate: u64) -> ProgressView {
        progress_view(Progress { stage: Stage::Fetching, done, total, rate })
    }

    #[test]
    fn the_remaining_time_is_honest() {
        assert_eq!(at(10_000_000, 30_000_000, 2_000_000).remaining, Some(10));
        assert_eq!(at(10, 30, 0).remaining, None, "no rate, no promise");
        assert_eq!(at(10, 30, 999).remaining, None);
        assert_eq!(at(30_000_000, 30_000_000, 5_000).remaining, Some(0));
    }

    #[test]
    fn percent_is_within_bounds_whatever_is_reported() {
        assert_eq!(at(u64::MAX, 1, 1).percent, Some(100));
        assert_eq!(at(5, 0, 1).percent, None);
        assert_eq!(at(u64::MAX / 2, u64::MAX, 1).percent, Some(49));
    }
}
