//! The window face: made on demand, destroyed on close, so that no web view lives at rest. Where no web view can be made, the dialog
//! face takes its part for the rest of the run.

use crate::faces::Face;
use crate::faces::dialogs::{Caller, DialogFace};
use crate::faces::dock;
use crate::mailbox::Mailbox;
use crate::words::Shown;
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
    title: String,
    dialogs: DialogFace,
    /// No web view can be made here: the dialogs serve.
    without: Arc<AtomicBool>,
}

impl WindowFace {
    /// A face without a window yet; `dialogs` takes its part where no web view can be made.
    pub fn new(app: AppHandle, latest: Latest, mailbox: Mailbox, title: String, dialogs: DialogFace) -> Self {
        Self { app, latest, mailbox, title, dialogs, without: Arc::default() }
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
        let (app, mailbox, title) = (self.app.clone(), self.mailbox.clone(), self.title.clone());
        let (dialogs, without) = (self.dialogs.clone(), Arc::clone(&self.without));
        let presented = self.app.run_on_main_thread(move || {
            if let Err(error) = present(&app, &mailbox, &title) {
                tracing::warn!(%error, "no window can be made: the system's dialogs serve");
                without.store(true, Ordering::Relaxed);
                dialogs.present(caller);
            }
        });
        if let Err(error) = presented {
            tracing::error!(%error, "the window cannot be asked for");
        }
    }

    fn end(&mut self) {
        self.app.exit(0);
    }
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
