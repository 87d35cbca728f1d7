//! Builds the desktop program: plugins, tray, window on demand, close-to-tray.

use crate::commands;
use crate::faces::dialogs::DialogFace;
use crate::faces::dock;
use crate::faces::notices::NoticeFace;
use crate::faces::tray::TrayFace;
use crate::faces::window::{Latest, WindowFace};
use crate::mailbox::Mailbox;
use crate::opened;
use crate::words::Words;
use helper_core::audit;
use helper_core::brand::Brand;
use helper_core::input::{Beginning, Input};
use helper_core::intent::Intent;
use helper_machine::network;
use std::sync::Arc;
use tauri::{AppHandle, RunEvent};

/// What the desktop program needs to begin.
pub struct Desk {
    /// The way to the loop.
    pub mailbox: Mailbox,
    /// The words of the faces.
    pub words: Arc<Words>,
    /// The helper's name as people see it.
    pub title: String,
    /// The vendor's values.
    pub brand: Brand,
    /// The module's name.
    pub module: String,
    /// The scheme of our links.
    pub scheme: String,
    /// What is wished at the start, if anything.
    pub first: Option<Intent>,
    /// Open the window when there is no tray to be seen in.
    pub visible: bool,
    /// What the work in the background begins with.
    pub beginning: Beginning,
    /// Called once every face has joined.
    pub settle: Box<dyn FnOnce() + Send>,
    /// Told once the desktop is up and the loop answers.
    pub up: Box<dyn FnOnce(AppHandle) + Send>,
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Desk").field("first", &self.first).field("visible", &self.visible).finish_non_exhaustive()
    }
}

/// Runs until the helper quits.
///
/// # Errors
/// The desktop cannot be used; nothing was shown.
pub fn run(desk: Desk) -> tauri::Result<()> {
    let Desk { mailbox, words, title, brand, module, scheme, first, visible, beginning, settle, up } = desk;
    let (latest, wishes) = (Latest::default(), mailbox.of(audit::Face::Start));
    let app = tauri::Builder::default()
        .plugin(tauri_plugin_shell::init())
        .plugin(tauri_plugin_updater::Builder::new().build())
        .manage(latest.clone())
        .manage(mailbox.of(audit::Face::Window))
        .invoke_handler(tauri::generate_handler![commands::current_view, commands::send])
        .setup(move |app| {
            dock::leave(app.handle());
            let tray = TrayFace::new(app.handle().clone(), Arc::clone(&words), mailbox.of(audit::Face::Tray));
            mailbox.join(Box::new(NoticeFace::new(app.handle().clone(), Arc::clone(&words), title, module)));
            mailbox.join(Box::new(tray.clone()));
            let dialogs = DialogFace::new(mailbox.of(audit::Face::Window), brand.clone(), words);
            mailbox.join(Box::new(WindowFace::new(
                app.handle().clone(),
                latest,
                mailbox.clone(),
                brand.helper_name,
                dialogs,
            )));
            watch_for_trays(tray, mailbox.clone(), visible);
            if let Some(intent) = first {
                mailbox.of(audit::Face::Start).wish(intent);
            }
            settle();
            work_in_the_background(app.handle().clone(), mailbox, beginning, up);
            Ok(())
        })
        .build(tauri::generate_context!())?;
    #[cfg(target_os = "linux")]
    let app = crate::faces::engine::let_go(app);
    app.run(move |_, event| {
        opened::wishes(&event, &scheme).into_iter().for_each(|wish| wishes.wish(wish));
        // The last window's end is no reason to leave: `None` stands for that, a code for a wish to quit.
        if let RunEvent::ExitRequested { code: None, api, .. } = event {
            api.prevent_exit();
        }
    });
    Ok(())
}

/// Begins what needs no person, once the loop answers.
fn work_in_the_background(
    app: AppHandle,
    mailbox: Mailbox,
    beginning: Beginning,
    up: Box<dyn FnOnce(AppHandle) + Send>,
) {
    let begun = std::thread::Builder::new().name("upkeep".into()).spawn(move || {
        if mailbox.status().is_none() {
            return;
        }
        up(app);
        mailbox.tell(Input::Began(beginning));
        if let Err(error) = network::watch(&mut || mailbox.tell(Input::NetworkChanged)) {
            tracing::info!(%error, "changes of the network are not noticed: checks come at their turns only");
        }
    });
    if let Err(error) = begun {
        tracing::warn!(%error, "nothing is done in the background");
    }
}

/// Gives the icon another chance whenever a tray comes up, and shows the window if there is none at the start.
#[cfg(target_os = "linux")]
fn watch_for_trays(tray: TrayFace, mailbox: Mailbox, visible: bool) {
    let watcher = std::thread::Builder::new().name("trays".into()).spawn(move || {
        // The loop answers after the first drawing was asked for, and the main thread keeps the order.
        if visible && mailbox.status().is_some() {
            tray.after_drawing(move |there| {
                if !there {
                    mailbox.wish(Intent::OpenWindow);
                }
            });
        }
        if let Err(error) = crate::faces::tray::when_a_tray_comes(|| tray.try_again()) {
            tracing::info!(%error, "trays that come later are not noticed");
        }
    });
    if let Err(error) = watcher {
        tracing::warn!(%error, "trays that come later are not noticed");
    }
}

#[cfg(not(target_os = "linux"))]
fn watch_for_trays(_: TrayFace, _: Mailbox, _: bool) {}
