//! One helper a user: everything that another start wishes comes in by the door and is acknowledged.

use crate::mailbox::{Mailbox, Reply};
use helper_core::audit;
use helper_core::intent::{Answer, Intent};
use helper_machine::dirs::Dirs;
use helper_machine::handover::{self, Door, Single};
use serde::{Deserialize, Serialize};
use std::io;
use std::time::Duration;

/// What is said at the door.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Knock {
    /// A wish.
    Wish(Intent),
    /// How is it?
    Status,
}

/// Serves the door on a thread of its own until the program ends.
///
/// # Errors
/// The door cannot be opened.
pub fn serve(single: &Single, dirs: &Dirs, mailbox: Mailbox) -> io::Result<()> {
    let mailbox = mailbox.of(audit::Face::OtherStart);
    let door = Door::open(single, &dirs.door())?;
    std::thread::Builder::new().name("door".into()).spawn(move || {
        loop {
            let served = door.serve_one(&mut |knock, visitor| {
                let quits = matches!(knock, Knock::Wish(Intent::Quit));
                let reply = match knock {
                    // Who wishes the end is answered before it comes: the program may be gone before the answer is.
                    Knock::Wish(Intent::Quit) => {
                        mailbox.status().map(|status| Reply { answer: Some(Answer::Accepted), ..status })
                    }
                    Knock::Wish(intent) => mailbox.ask(intent),
                    Knock::Status => mailbox.status(),
                };
                // Without a reply the helper is ending, and the visitor sees the door close.
                if let Some(reply) = reply
                    && let Err(error) = visitor.answer(&reply)
                {
                    tracing::debug!(%error, "the visitor did not wait");
                }
                if quits {
                    mailbox.wish(Intent::Quit);
                }
            });
            if let Err(error) = served {
                // Too many open files, a visitor that left: the door stays, but does not spin.
                tracing::error!(%error, "the door could not be opened");
                std::thread::sleep(Duration::from_secs(1));
            }
        }
    })?;
    Ok(())
}

/// Knocks at the running helper's door.
///
/// # Errors
/// Nobody opens.
pub fn knock(dirs: &Dirs, knock: &Knock) -> io::Result<Reply> {
    handover::knock(&dirs.door(), knock)
}
