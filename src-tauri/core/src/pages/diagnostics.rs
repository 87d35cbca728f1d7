//! What a diagnostics file would hold, whole, before anything is saved (SPEC H3).

use super::{Examination, Page, Pages};
use crate::Core;
use crate::diagnostics::Document;
use crate::effect::Effect;
use crate::input::Ticket;
use crate::text::TextKey;
use crate::view::{Scene, View};
use std::sync::Arc;

/// How far the diagnosis is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Diagnosis {
    /// It is being collected.
    Asked(Ticket),
    /// This is all of it.
    Shown(Arc<Vec<Document>>, Saving),
}

/// What became of the file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Saving {
    /// Nobody asked for it yet.
    NotAsked,
    /// It is being written.
    Asked(Ticket),
    /// It lies there.
    Done(String),
    /// It could be written nowhere.
    Failed,
}

impl Pages {
    /// What the doctor found last, as long as its page is the one that leads here.
    fn last_report(&self) -> Option<Arc<crate::doctor::Report>> {
        match &self.open {
            Some(Page::Doctor(Examination::Done(report))) => report.clone(),
            _ => None,
        }
    }
}

impl Core {
    pub(super) fn open_diagnostics(&mut self, effects: &mut Vec<Effect>) {
        let report = self.pages.last_report();
        let ticket = self.new_ticket();
        effects.push(Effect::CollectDiagnostics(ticket, self.person(), report));
        self.open(Page::Diagnostics(Diagnosis::Asked(ticket)), effects);
    }

    pub(super) fn save_diagnostics(&mut self, effects: &mut Vec<Effect>) {
        let ticket = self.new_ticket();
        if let Some(Page::Diagnostics(Diagnosis::Shown(documents, saving))) = &mut self.pages.open
            && !matches!(saving, Saving::Asked(_))
        {
            *saving = Saving::Asked(ticket);
            effects.push(Effect::SaveDiagnostics(ticket, Arc::clone(documents)));
        }
    }

    pub(super) fn diagnostics_collected(&mut self, ticket: Ticket, collected: Arc<Vec<Document>>) {
        if self.pages.open == Some(Page::Diagnostics(Diagnosis::Asked(ticket))) {
            self.pages.open = Some(Page::Diagnostics(Diagnosis::Shown(collected, Saving::NotAsked)));
        }
    }

    pub(super) fn diagnostics_saved(&mut self, ticket: Ticket, place: Option<String>) {
        if let Some(Page::Diagnostics(Diagnosis::Shown(_, saving))) = &mut self.pages.open
            && *saving == Saving::Asked(ticket)
        {
            *saving = place.map_or(Saving::Failed, Saving::Done);
        }
    }

    pub(super) fn diagnostics_view(&self, diagnosis: &Diagnosis) -> View {
        let headline = self.named(TextKey::DiagnosticsHeadline);
        let card = |sentence| View::card(Scene::Diagnostics, headline, sentence);
        match diagnosis {
            Diagnosis::Asked(_) => card(self.named(TextKey::DiagnosticsBusy)),
            Diagnosis::Shown(documents, saving) => {
                let sentence = match saving {
                    Saving::NotAsked | Saving::Asked(_) => self.named(TextKey::DiagnosticsSentence),
                    Saving::Done(path) => self.named(TextKey::DiagnosticsSaved).with("path", path),
                    Saving::Failed => self.named(TextKey::DiagnosticsNotSaved),
                };
                View { documents: documents.to_vec(), ..card(sentence) }
            }
        }
    }
}
