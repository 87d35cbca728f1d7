//! What a supporter or hospital IT is to see of this PC: the network, and the diagnosis.

use super::Known;
use crate::mailbox::Mailbox;
use crate::words::Words;
use crate::{diagnostics, doctor};
use helper_core::diagnostics::Document;
use helper_core::doctor::Report;
use helper_core::input::{Input, Ticket};
use helper_core::person::{Part, Person};
use std::sync::Arc;

/// Examines the way to the mirrors and to TeamViewer.
pub(super) fn examine(known: &Known, ticket: Ticket, tell: &Mailbox) {
    let report = doctor::examine(&known.build.brand, &known.policy())
        .inspect_err(|error| tracing::warn!(%error, "the network cannot be examined"));
    tell.tell(Input::Examined(ticket, report.ok().map(Arc::new)));
}

/// Collects the diagnosis, without the person's own words.
pub(super) fn collect(known: &Known, ticket: Ticket, person: &Person, report: Option<Arc<Report>>, tell: &Mailbox) {
    let found = report.and_then(|report| serde_json::to_string_pretty(&*report).ok());
    let said = Part::ALL.map(|part| person.get(part)).into_iter().filter(|said| !said.is_empty());
    let persons: Vec<String> = said.map(str::to_owned).collect();
    let (policy, reply) = (known.policy(), tell.status());
    let documents = diagnostics::collect(&known.build, &policy, &known.dirs, reply, &persons, found);
    tell.tell(Input::DiagnosticsCollected(ticket, Arc::new(documents)));
}

/// Saves what was shown, byte for byte.
pub(super) fn save(known: &Known, ticket: Ticket, documents: &[Document], tell: &Mailbox) {
    let words = Words::of(known.policy().language.value.into());
    let saved = diagnostics::save(documents, &words, None)
        .inspect_err(|error| tracing::warn!(%error, "the diagnosis cannot be saved"));
    tell.tell(Input::DiagnosticsSaved(ticket, saved.ok().map(|path| path.display().to_string())));
}
