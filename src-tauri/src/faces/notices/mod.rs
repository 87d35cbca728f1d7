//! The desktop's own notices: what is said once, outside the card.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "windows")]
mod windows;

#[cfg(target_os = "linux")]
use linux::say;
#[cfg(target_os = "macos")]
use macos::say;
#[cfg(target_os = "windows")]
use windows::say;

use super::Face;
use crate::words::{Shown, Words};
use helper_core::effect::Notice;
use helper_core::text::{Text, TextKey};
use helper_core::tray::Tray;
use std::sync::Arc;
use tauri::AppHandle;

/// Says things through the desktop's notices.
#[derive(Debug)]
pub struct NoticeFace {
    app: AppHandle,
    words: Arc<Words>,
    title: String,
    module: String,
}

impl NoticeFace {
    /// A face that has said nothing yet; `title` is the helper's name, `module` the module's.
    pub fn new(app: AppHandle, words: Arc<Words>, title: String, module: String) -> Self {
        Self { app, words, title, module }
    }

    fn sentence(&self, key: TextKey) -> String {
        self.words.say(&Text::plain(key).with("module", &self.module))
    }
}

impl Face for NoticeFace {
    fn show(&mut self, _: &Shown, _: &Tray) {}

    fn speak(&mut self, words: &Arc<Words>) {
        self.words = Arc::clone(words);
    }

    fn notify(&mut self, notice: Notice) {
        let (summary, body) = match notice {
            Notice::SupportEnded => (TextKey::EndedHeadline, TextKey::EndedSentence),
            Notice::LongWithoutNews => (TextKey::LongWithoutNewsHeadline, TextKey::LongWithoutNewsSentence),
        };
        let (summary, body) = (self.sentence(summary), self.sentence(body));
        let (app, title) = (self.app.clone(), self.title.clone());
        // The bus may be slow or absent; the loop waits for neither.
        let said = std::thread::Builder::new().name("notice".into()).spawn(move || {
            if let Err(error) = say(&app, &title, &summary, &body) {
                tracing::info!(%error, "the desktop takes no notices");
            }
        });
        if let Err(error) = said {
            tracing::warn!(%error, "a notice was not given");
        }
    }
}
