//! The window face: made on demand, destroyed on close, so that no web view lives at rest. Where no web view can be made, the dialog
//! face takes its part for the rest of the run.

use crate::faces::Face;
use crate::faces::dialogs::{Caller, DialogFace};
use crate::faces::dock;
use crate::mailbox::Mailbox;
use crate::setup;
use crate::words::{Shown, Words};
use helper_core::brand;
use helper_core::intent::Intent;
use helper_core::tray::Tray;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tauri::{AppHandle, Emitter as _, Manager as _, WebviewWindowBuilder, WindowEvent};

/// The one window's label.
pub const LABEL: &str = "main";

/// What was shown last: a window that is just being made asks for it.
#[derive(Clone, Debug, Default)]
pub struct Latest(Arc<Mutex<Option<Shown>>>);

impl Latest {
    /// A copy of it.
    pub fn get(&self) -> Option<Shown> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, shown: &Shown) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(shown.clone());
    }
}

/// The window face.
#[derive(Debug)]
pub struct WindowFace {
    app: AppHandle,
    latest: Latest,
    mailbox: Mailbox,
    /// What the helper is called.
    names: brand::Words,
    /// The title of the window, in the language that holds.
    title: Arc<Mutex<String>>,
    dialogs: DialogFace,
    /// No web view can be made here: the dialogs serve.
    without: Arc<AtomicBool>,
}

impl WindowFace {
    /// A face without a window yet; `names` is what the helper is called, `dialogs` takes its part where no web view can be made. It has
    /// no title before it is told which words to speak.
    pub fn new(app: AppHandle, latest: Latest, mailbox: Mailbox, names: brand::Words, dialogs: DialogFace) -> Self {
        Self { app, latest, mailbox, names, title: Arc::default(), dialogs, without: Arc::default() }
    }
}

impl Face for WindowFace {
    fn show(&mut self, shown: &Shown, _: &Tray) {
        self.latest.set(shown);
        self.dialogs.show(shown);
        if self.app.get_webview_window(LABEL).is_some()
            && let Err(error) = self.app.emit_to(LABEL, "view", shown)
        {
            tracing::warn!(%error, "the window was not told");
        }
    }

    fn present(&mut self, caller: Caller) {
        if self.without.load(Ordering::Relaxed) {
            return self.dialogs.present(caller);
        }
        let (app, mailbox, title) = (self.app.clone(), self.mailbox.clone(), Arc::clone(&self.title));
        let (dialogs, without) = (self.dialogs.clone(), Arc::clone(&self.without));
        let presented = self.app.run_on_main_thread(move || {
            if let Err(error) = present(&app, &mailbox, &read(&title)) {
                tracing::warn!(%error, "no window can be made: the system's dialogs serve");
                without.store(true, Ordering::Relaxed);
                dialogs.present(caller);
            }
        });
        if let Err(error) = presented {
            tracing::error!(%error, "the window cannot be asked for");
        }
    }

    fn speak(&mut self, words: &Arc<Words>) {
        self.dialogs.speak(words);
        let title = setup::name_in(&self.names, words.language());
        title.clone_into(&mut self.title.lock().unwrap_or_else(PoisonError::into_inner));
        // On the thread that makes the window: one that is just being made has the old title or the new one, and gets the new one.
        let (app, title) = (self.app.clone(), Arc::clone(&self.title));
        let asked = self.app.run_on_main_thread(move || {
            if let Some(window) = app.get_webview_window(LABEL)
                && let Err(error) = window.set_title(&read(&title))
            {
                tracing::warn!(%error, "the window keeps its title");
            }
        });
        if let Err(error) = asked {
            tracing::warn!(%error, "the window keeps its title");
        }
    }

    fn end(&mut self) {
        self.app.exit(0);
    }
}

fn read(title: &Mutex<String>) -> String {
    title.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

fn present(app: &AppHandle, mailbox: &Mailbox, title: &str) -> Result<(), Box<dyn std::error::Error>> {
    if let Some(window) = app.get_webview_window(LABEL) {
        window.unminimize()?;
        window.show()?;
        return Ok(window.set_focus()?);
    }
    // Asked first: what is missing is said here at once, an attempt may take a while to fail.
    tauri::webview_version()?;
    let config = app.config().app.windows.iter().find(|window| window.label == LABEL);
    let Some(config) = config else { return Err(tauri::Error::WindowNotFound.into()) };
    dock::enter(app);
    let window = WebviewWindowBuilder::from_config(app, config)?.title(title).build();
    let window = window.inspect_err(|_| dock::leave(app))?;
    #[cfg(target_os = "linux")]
    if let Err(error) = crate::faces::engine::set_up(&window) {
        tracing::warn!(%error, "the web engine is as it comes, and will outlive its window");
    }
    let (mailbox, app) = (mailbox.clone(), app.clone());
    window.on_window_event(move |event| {
        if let WindowEvent::Destroyed = event {
            dock::leave(&app);
            mailbox.wish(Intent::WindowClosed);
        }
    });
    Ok(())
}
