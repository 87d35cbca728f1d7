//! The desktop's own notices: what is said once, outside the card.

use super::Face;
use crate::words::{Shown, Words};
use helper_core::effect::Notice;
use helper_core::text::{Text, TextKey};
use helper_core::tray::Tray;
use std::sync::Arc;

/// Says things through the desktop's notices (freedesktop Desktop Notifications 1.2 on Linux).
#[derive(Debug)]
pub struct NoticeFace {
    words: Arc<Words>,
    title: String,
    module: String,
}

impl NoticeFace {
    /// A face that has said nothing yet; `title` is the helper's name, `module` the module's.
    pub fn new(words: Arc<Words>, title: String, module: String) -> Self {
        Self { words, title, module }
    }

    fn sentence(&self, key: TextKey) -> String {
        self.words.say(&Text::plain(key).with("module", &self.module))
    }
}

impl Face for NoticeFace {
    fn show(&mut self, _: &Shown, _: &Tray) {}

    fn notify(&mut self, notice: Notice) {
        let (summary, body) = match notice {
            Notice::SupportEnded => (TextKey::EndedHeadline, TextKey::EndedSentence),
            Notice::LongWithoutNews => (TextKey::LongWithoutNewsHeadline, TextKey::LongWithoutNewsSentence),
        };
        let (title, summary, body) = (self.title.clone(), self.sentence(summary), self.sentence(body));
        // The bus may be slow or absent; the loop waits for neither.
        let said = std::thread::Builder::new().name("notice".into()).spawn(move || {
            if let Err(error) = say(&title, &summary, &body) {
                tracing::info!(%error, "the desktop takes no notices");
            }
        });
        if let Err(error) = said {
            tracing::warn!(%error, "a notice was not given");
        }
    }
}

#[cfg(target_os = "linux")]
fn say(title: &str, summary: &str, body: &str) -> zbus::Result<()> {
    use std::collections::HashMap;
    use zbus::zvariant::Value;
    let name = "org.freedesktop.Notifications";
    let hints: HashMap<&str, Value<'_>> = HashMap::new();
    let actions: [&str; 0] = [];
    let arguments = (title, 0u32, "help-about", summary, body, &actions[..], hints, -1i32);
    zbus::blocking::Connection::session()?
        .call_method(Some(name), "/org/freedesktop/Notifications", Some(name), "Notify", &arguments)
        .map(|_| ())
}

#[cfg(not(target_os = "linux"))]
fn say(_: &str, _: &str, _: &str) -> Result<(), &'static str> {
    Err("not written for this system yet")
}
