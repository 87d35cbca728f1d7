//! The window's two words with the program. Nothing else, ever.

use crate::faces::window::Latest;
use crate::mailbox::Mailbox;
use crate::words::Shown;
use helper_core::intent::{Answer, Intent, Refusal};
use tauri::State;

/// What is shown now.
#[tauri::command]
pub fn current_view(latest: State<'_, Latest>) -> Option<Shown> {
    latest.get()
}

/// A wish, and its acknowledgement.
#[tauri::command(async)]
pub fn send(intent: Intent, mailbox: State<'_, Mailbox>) -> Answer {
    let reply = mailbox.ask(intent).and_then(|reply| reply.answer);
    reply.unwrap_or(Answer::Refused(Refusal::Ending))
}
