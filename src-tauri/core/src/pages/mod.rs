//! The pages that lie over the card: first run, settings, help, network doctor (SPEC E, H1, H4).
//!
//! A page opens only while no request is under way; a request, or the window's end, takes it away. What a page shows is decided here
//! and drawn by the faces; what a person changes on it is judged here and kept by the shell.

mod copies;
mod diagnostics;
mod doctor;
mod settings;
#[cfg(test)]
mod tests;
mod wizard;

use crate::Core;
use crate::doctor::Report;
use crate::effect::Effect;
use crate::input::{Input, NotKept, Rehearsal, Ticket};
use crate::intent::{Answer, Refusal, Wish};
use crate::person::Unfit;
use crate::request::Request;
use crate::settings::{Preferences, Settings};
use crate::text::TextKey;
use crate::time::Moment;
use crate::view::{Action, Field, Scene, View, label};
pub use diagnostics::{Diagnosis, Saving};
pub(crate) use settings::Freshness;
use std::sync::Arc;
pub use wizard::Place;

/// Which page lies over the card.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Page {
    /// The first run, at this place.
    Wizard(Place),
    /// The settings.
    Settings,
    /// The help pages.
    Help,
    /// The network doctor.
    Doctor(Examination),
    /// What goes into a diagnostics file.
    Diagnostics(Diagnosis),
}

/// How far the doctor is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Examination {
    /// Under way.
    Asked(Ticket),
    /// Done; `None` when nothing could be examined at all.
    Done(Option<Arc<Report>>),
}

/// Is the module on this PC what was signed?
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Proof {
    /// Nobody has asked, or something has happened since.
    #[default]
    Unknown,
    /// It is being proven.
    Asked(Ticket),
    /// It was.
    Known(Rehearsal),
}

/// Why the last change of a value was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Refused {
    /// The line says something that is not kept.
    Line(Unfit),
    /// It names nothing, or cannot be kept.
    Kept(NotKept),
}

/// What belongs to the pages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Pages {
    open: Option<Page>,
    /// How the helper is set; `None` where nobody can set it.
    settings: Option<Arc<Settings>>,
    /// So many changes are on their way to the disk; until they are answered what they say is taken for kept.
    pending: u8,
    proof: Proof,
    /// In this visit of the first run the mirrors were asked for the module.
    asked_for_module: bool,
    refused: Option<(Field, Refused)>,
    /// The line that was copied last.
    copied: Option<Field>,
    /// Who asks, as the HIS said (SPEC C2).
    caller: Option<crate::person::Person>,
}

impl Core {
    /// What the card at rest and the tray open besides support.
    pub(crate) fn openings(&self) -> &'static [Wish] {
        match self.pages.settings {
            Some(_) if !self.request.is_busy() => &[Wish::OpenSettings, Wish::OpenHelp],
            _ => &[],
        }
    }

    /// Everything about the helper that can be set, and how it is set.
    pub fn settings(&self) -> Option<&Settings> {
        self.pages.settings.as_deref()
    }

    /// The page that lies over the card.
    pub fn page(&self) -> Option<&Page> {
        self.pages.open.as_ref()
    }

    /// Whom to call, in the language that holds.
    pub(crate) fn phone(&self) -> &str {
        self.settings().map_or(&self.setup.phone, |settings| &settings.phone)
    }

    /// What the open page offers.
    fn page_offers(&self) -> Vec<Wish> {
        match &self.pages.open {
            None => Vec::new(),
            Some(Page::Wizard(place)) => self.wizard_offers(*place),
            Some(Page::Settings) => {
                vec![Wish::ClosePage, Wish::CheckNow, Wish::OpenDoctor, Wish::OpenDiagnostics, Wish::OpenWizard]
            }
            Some(Page::Help) => vec![Wish::ClosePage],
            Some(Page::Doctor(Examination::Asked(_))) => vec![Wish::ClosePage],
            Some(Page::Doctor(Examination::Done(_))) => vec![Wish::TryAgain, Wish::OpenDiagnostics, Wish::ClosePage],
            Some(Page::Diagnostics(Diagnosis::Asked(_))) => vec![Wish::ClosePage],
            // Once it is saved going back is the main thing; the other button stays where the focus is.
            Some(Page::Diagnostics(Diagnosis::Shown(_, Saving::Done(_)))) => {
                vec![Wish::ClosePage, Wish::SaveDiagnostics]
            }
            Some(Page::Diagnostics(Diagnosis::Shown(..))) => vec![Wish::SaveDiagnostics, Wish::ClosePage],
        }
    }

    /// May the tray or a script open a page now, whatever is shown?
    fn can_open(&self, wish: Wish) -> bool {
        let opens = matches!(
            wish,
            Wish::OpenSettings | Wish::OpenHelp | Wish::OpenWizard | Wish::OpenDoctor | Wish::OpenDiagnostics
        );
        opens && !self.openings().is_empty()
    }

    /// A wish for the pages; `None` when it is none.
    pub(crate) fn page_wish(&mut self, wish: Wish, now: Moment, effects: &mut Vec<Effect>) -> Option<Answer> {
        if wish == Wish::CheckNow {
            return Some(self.check_requested(now, effects));
        }
        if !self.page_offers().contains(&wish) && !self.can_open(wish) {
            // The card below is not seen: nothing of it is done by a page's reader.
            return self.pages.open.is_some().then_some(Answer::Refused(Refusal::NotOffered));
        }
        match wish {
            Wish::OpenSettings => self.open(Page::Settings, effects),
            Wish::OpenHelp => self.open(Page::Help, effects),
            Wish::OpenWizard => self.open(Page::Wizard(Place::Welcome), effects),
            Wish::OpenDoctor | Wish::TryAgain => {
                let ticket = self.new_ticket();
                effects.push(Effect::Examine(ticket));
                self.open(Page::Doctor(Examination::Asked(ticket)), effects);
            }
            Wish::OpenDiagnostics => self.open_diagnostics(effects),
            Wish::SaveDiagnostics => self.save_diagnostics(effects),
            Wish::OpenScreenRecording => effects.push(Effect::OpenPane(crate::effect::Pane::ScreenRecording)),
            Wish::OpenAccessibility => effects.push(Effect::OpenPane(crate::effect::Pane::Accessibility)),
            Wish::Next | Wish::Back => self.wizard_turns(wish),
            // Later, Finish, ClosePage.
            _ => self.close_page(effects),
        }
        Some(Answer::Accepted)
    }

    fn open(&mut self, page: Page, effects: &mut Vec<Effect>) {
        let turns = std::mem::discriminant(&page);
        if self.pages.open.as_ref().map(std::mem::discriminant) != Some(turns) {
            self.leave_page(effects);
            self.pages.proof = Proof::Unknown;
            self.pages.asked_for_module = false;
        }
        self.pages.open = Some(page);
        effects.push(Effect::PresentWindow);
    }

    /// A request begins: the page was not left, and the first run comes again at the next start.
    pub(crate) fn take_page_away(&mut self) {
        (self.pages.open, self.pages.refused) = (None, None);
    }

    /// The page goes, by its own button or with the window.
    pub(crate) fn close_page(&mut self, effects: &mut Vec<Effect>) {
        self.leave_page(effects);
        self.pages.open = None;
    }

    /// Whoever leaves the first run has seen it: it does not come again by itself.
    fn leave_page(&mut self, effects: &mut Vec<Effect>) {
        self.pages.refused = None;
        let was_wizard = matches!(self.pages.open, Some(Page::Wizard(_)));
        let Some(settings) = self.settings().filter(|settings| was_wizard && !settings.preferences.welcomed) else {
            return;
        };
        let mut preferences = settings.preferences.clone();
        preferences.welcomed = true;
        self.keep(preferences, None, effects);
    }

    /// Asks for what was chosen to be kept. The next change builds on it, answered or not: none takes another one back.
    fn keep(&mut self, preferences: Preferences, field: Option<Field>, effects: &mut Vec<Effect>) {
        if let Some(settings) = &mut self.pages.settings {
            Arc::make_mut(settings).preferences = preferences.clone();
            self.pages.pending = self.pages.pending.saturating_add(1);
            effects.push(Effect::KeepPreferences(preferences, field));
        }
    }

    /// A fact for the pages.
    pub(crate) fn pages_learned(&mut self, fact: Input, effects: &mut Vec<Effect>) {
        match fact {
            Input::Settled(settings) => self.settled(settings, effects),
            Input::NotKept(field, why) => self.pages.refused = Some((field, Refused::Kept(why))),
            Input::Rehearsed(ticket, rehearsal) if self.pages.proof == Proof::Asked(ticket) => {
                self.pages.proof = Proof::Known(rehearsal);
            }
            Input::Examined(ticket, report) if self.pages.open == Some(Page::Doctor(Examination::Asked(ticket))) => {
                self.pages.open = Some(Page::Doctor(Examination::Done(report)));
            }
            Input::DiagnosticsCollected(ticket, documents) => self.diagnostics_collected(ticket, documents),
            Input::DiagnosticsSaved(ticket, place) => self.diagnostics_saved(ticket, place),
            _ => {}
        }
    }

    fn settled(&mut self, mut settings: Arc<Settings>, effects: &mut Vec<Effect>) {
        let first = self.pages.settings.is_none();
        if self.pages.refused.is_some_and(|(_, refused)| matches!(refused, Refused::Kept(_))) {
            self.pages.refused = None;
        }
        self.pages.pending = self.pages.pending.saturating_sub(1);
        if let Some(present) = self.settings().filter(|_| self.pages.pending > 0) {
            let preferences = present.preferences.clone();
            Arc::make_mut(&mut settings).preferences = preferences;
        }
        // It comes over nothing: who asks for support at the very first start gets support.
        let welcome = first && settings.wants_welcome() && matches!(self.request, Request::Idle { .. });
        self.pages.settings = Some(settings);
        if welcome && self.pages.open.is_none() {
            self.open(Page::Wizard(Place::Welcome), effects);
        }
    }

    /// After every step: what an open page still has to know.
    pub(crate) fn tend_pages(&mut self, now: Moment, effects: &mut Vec<Effect>) {
        if self.ending {
            return;
        }
        let wants_module = match &self.pages.open {
            Some(Page::Wizard(place)) => *place >= Place::Prepare,
            Some(Page::Settings) => true,
            _ => return,
        };
        if self.is_working() {
            self.pages.proof = Proof::Unknown;
            return;
        }
        match self.pages.proof {
            Proof::Unknown if wants_module => {
                let ticket = self.new_ticket();
                self.pages.proof = Proof::Asked(ticket);
                effects.push(Effect::Rehearse(ticket));
            }
            // What is missing is fetched at once, once a visit (SPEC E1).
            Proof::Known(Rehearsal::Missing | Rehearsal::Damaged)
                if !self.pages.asked_for_module && matches!(self.pages.open, Some(Page::Wizard(_))) =>
            {
                // Before the work in the background has begun nothing can be asked for: it is asked for when it begins.
                let answer = self.check_requested(now, effects);
                self.pages.asked_for_module = answer != Answer::Refused(Refusal::NotOffered);
                if self.is_working() {
                    self.pages.proof = Proof::Unknown;
                }
            }
            _ => {}
        }
    }

    /// The page that lies over the card, drawn.
    pub(crate) fn page_view(&self) -> Option<View> {
        let view = match self.pages.open.as_ref()? {
            Page::Wizard(place) => self.wizard_view(*place),
            Page::Settings => self.settings_view(),
            Page::Help => View::card(Scene::Help, self.named(TextKey::HelpHeadline), self.named(TextKey::HelpSentence)),
            Page::Doctor(examination) => self.doctor_view(examination),
            Page::Diagnostics(diagnosis) => self.diagnostics_view(diagnosis),
        };
        let action = |wish| Action {
            wish,
            label: match (wish, view.scene) {
                (Wish::TryAgain, Scene::Doctor) => TextKey::DoDoctorAgain,
                _ => label(wish, view.scene),
            },
        };
        Some(View { actions: self.page_offers().into_iter().map(action).collect(), ..view })
    }
}
