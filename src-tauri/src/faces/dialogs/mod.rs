//! The dialog face: the same cards in the system's own dialogs, where no web view can be made (SPEC I7).

#[cfg_attr(not(target_os = "windows"), allow(dead_code, reason = "only Windows draws it"))]
mod form;
#[cfg_attr(not(target_os = "windows"), allow(dead_code, reason = "only Windows draws it"))]
mod layout;
#[cfg_attr(not(target_os = "windows"), allow(dead_code, reason = "only Windows draws it"))]
mod page;

#[cfg(not(target_os = "windows"))]
mod elsewhere;
#[cfg(target_os = "windows")]
mod windows;

#[cfg(not(target_os = "windows"))]
use elsewhere as system;
#[cfg(target_os = "windows")]
use windows as system;

pub use page::Caller;

use crate::mailbox::Mailbox;
use crate::words::{Shown, Words};
use helper_core::brand::Brand;
use helper_core::intent::{Answer, Intent, Wish};
use page::{Page, Presented, Stage};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Why there is no dialog.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoDialog {
    /// This system has no dialogs of this kind: its web view is a part of it.
    #[error("this system has no dialogs of its own for this: its web view is a part of it")]
    #[cfg_attr(target_os = "windows", allow(dead_code, reason = "Windows has them"))]
    NotHere,
    /// The system refused.
    #[error("the system shows no dialog: {0}")]
    #[cfg_attr(not(target_os = "windows"), allow(dead_code, reason = "only Windows has dialogs"))]
    Refused(String),
}

/// What the face and the thread that draws share.
#[derive(Debug)]
#[cfg_attr(not(target_os = "windows"), allow(dead_code, reason = "only Windows draws"))]
struct Shared {
    stage: Mutex<Stage>,
    mailbox: Mailbox,
    brand: Brand,
    words: Mutex<Arc<Words>>,
}

#[cfg_attr(not(target_os = "windows"), allow(dead_code, reason = "only Windows draws"))]
impl Shared {
    fn stage(&self) -> MutexGuard<'_, Stage> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The page to be seen now, and how often it was called to the front.
    fn page(&self) -> Option<(Page, u64)> {
        self.stage().page().map(|(page, calls)| (page.clone(), calls))
    }

    /// A button was pressed.
    fn press(&self, wish: Wish) {
        self.stage().pressed(wish);
        self.mailbox.wish(wish);
    }

    /// The same, and waits until it is known what follows from it: nobody presses twice what is seen once.
    fn press_and_wait(&self, wish: Wish) {
        self.stage().pressed(wish);
        // What follows is another state; what is not offered any more changes nothing.
        self.ask(wish.into());
    }

    /// A value is changed, or a line copied. What the helper says to it; `None` when it is ending.
    fn ask(&self, intent: Intent) -> Option<Answer> {
        self.mailbox.ask(intent).and_then(|reply| reply.answer)
    }

    fn words(&self) -> Arc<Words> {
        Arc::clone(&self.words.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The person closed it: only hidden, nothing is cancelled.
    fn close(&self) {
        self.stage().closed();
        self.mailbox.wish(Intent::WindowClosed);
    }

    /// Draws as long as there is a page to be seen.
    fn draw(&self) {
        loop {
            // Not held while it is drawn: the state goes on, and the dialog follows it.
            let next = self.stage().next();
            let Some((page, calls)) = next else { return };
            if let Err(error) = system::draw(self, page, calls) {
                tracing::error!(%error, "the card cannot be shown: the tray and the terminal serve");
                self.close();
            }
        }
    }
}

/// The dialog face. It takes part only from [`DialogFace::present`] on.
#[derive(Clone, Debug)]
pub struct DialogFace(Arc<Shared>);

impl DialogFace {
    /// A face without a dialog yet.
    pub fn new(mailbox: Mailbox, brand: Brand, words: Arc<Words>) -> Self {
        Self(Arc::new(Shared { stage: Mutex::default(), mailbox, brand, words: Mutex::new(words) }))
    }

    /// Speaks these words from the next state on.
    pub fn speak(&self, words: &Arc<Words>) {
        *self.0.words.lock().unwrap_or_else(PoisonError::into_inner) = Arc::clone(words);
    }

    /// Follows the state.
    pub fn show(&self, shown: &Shown) {
        let words = self.0.words();
        let page = Page::of(shown, &self.0.brand, &words);
        let goes = self.0.stage().shown(page);
        if goes {
            self.0.mailbox.wish(Intent::WindowClosed);
        }
    }

    /// Comes to the front, if the card is one to be seen. A dialog keeps its thread until it is closed: it gets one of its own, and
    /// none is left at rest.
    pub fn present(&self, caller: Caller) {
        let presented = self.0.stage().presented(caller);
        match presented {
            // Core takes the window for open now; there is none.
            Presented::Not => self.0.mailbox.wish(Intent::WindowClosed),
            Presented::Drawn => {}
            Presented::ToDraw => {
                let shared = Arc::clone(&self.0);
                let begun = std::thread::Builder::new().name("dialog".into()).spawn(move || shared.draw());
                if let Err(error) = begun {
                    tracing::error!(%error, "no dialog can be shown");
                    self.0.close();
                }
            }
        }
    }
}

/// Says one thing in a dialog of its own and waits until it is read: for a helper that cannot even begin.
///
/// # Errors
/// [`NoDialog`].
pub fn tell(title: &str, text: &str) -> Result<(), NoDialog> {
    system::tell(title, text)
}
