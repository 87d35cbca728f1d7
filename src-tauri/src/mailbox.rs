//! The way to the loop: everybody posts, nobody shares state.

use crate::faces::Face;
use helper_core::audit;
use helper_core::input::Input;
use helper_core::intent::{Answer, Intent};
use helper_core::upkeep::UpkeepStatus;
use helper_core::view::View;
use serde::{Deserialize, Serialize};
use std::sync::mpsc::{Receiver, Sender, channel};

/// What is told to the loop.
#[derive(Debug)]
pub enum Message {
    /// A fact from the machine.
    Fact(Input),
    /// A wish, which face it is from if that is known, and where its acknowledgement goes.
    Wish(Intent, Option<audit::Face>, Option<Sender<Reply>>),
    /// How is it?
    Status(Sender<Reply>),
    /// A face that wants to be shown things from now on.
    Join(Box<dyn Face>),
}

/// The acknowledgement of a wish, or the answer to a question for the state.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Reply {
    /// The acknowledgement; `None` for a mere question.
    #[serde(flatten)]
    pub answer: Option<Answer>,
    /// The state's name.
    pub state: String,
    /// What is shown now.
    pub view: View,
    /// The running helper's version. A helper of before said nothing of it: another version may be asking.
    #[serde(default)]
    pub version: String,
    /// How the work in the background stands.
    #[serde(default)]
    pub upkeep: UpkeepStatus,
}

/// Where the loop is reached.
#[derive(Clone, Debug)]
pub struct Mailbox(Sender<Message>, Option<audit::Face>);

impl Mailbox {
    /// The same mailbox, whose wishes are told to be from this face.
    #[must_use]
    pub fn of(&self, face: audit::Face) -> Self {
        Self(self.0.clone(), Some(face))
    }

    /// Tells a fact. After the loop's end nobody listens, and that is no fault.
    pub fn tell(&self, fact: Input) {
        let _ = self.0.send(Message::Fact(fact));
    }

    /// Wishes, without waiting for the acknowledgement.
    pub fn wish(&self, intent: impl Into<Intent>) {
        let _ = self.0.send(Message::Wish(intent.into(), self.1, None));
    }

    /// Wishes and waits for the acknowledgement; `None` when the helper is ending.
    pub fn ask(&self, intent: Intent) -> Option<Reply> {
        let (sender, receiver) = channel();
        self.0.send(Message::Wish(intent, self.1, Some(sender))).ok()?;
        receiver.recv().ok()
    }

    /// The present state; `None` when the helper is ending.
    pub fn status(&self) -> Option<Reply> {
        let (sender, receiver) = channel();
        self.0.send(Message::Status(sender)).ok()?;
        receiver.recv().ok()
    }

    /// Adds a face; it is shown the present state at once.
    pub fn join(&self, face: Box<dyn Face>) {
        let _ = self.0.send(Message::Join(face));
    }
}

/// A mailbox and its other end.
pub fn mailbox() -> (Mailbox, Receiver<Message>) {
    let (sender, receiver) = channel();
    (Mailbox(sender, None), receiver)
}
