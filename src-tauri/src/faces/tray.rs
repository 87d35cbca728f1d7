//! The tray face: icon, tooltip and menu drawn from one value. A menu line's id is its intent.
//!
//! A desktop without a tray (plain GNOME) is survived: everything works from the window and the shortcut, and when a tray
//! comes, the icon comes.

use crate::faces::Face;
use crate::mailbox::Mailbox;
use crate::words::{Shown, Words};
use helper_core::intent::Intent;
use helper_core::text::Text;
use helper_core::tray::{Clicks, Icon, Line, Tray};
use helper_machine::clock;
use std::sync::{Arc, Mutex, PoisonError};
use tauri::image::Image;
use tauri::menu::{Menu, MenuBuilder, MenuItemBuilder};
use tauri::tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Wry};

/// The one icon's id.
pub const ID: &str = "main";
/// What Windows shows of a tip, in UTF-16 units (`NOTIFYICONDATAW.szTip` has 128 with the zero at its end).
const TIP_LIMIT: usize = 127;

#[derive(Debug, Default)]
struct Drawn {
    tray: Option<Tray>,
    /// What its lines say is in another language by now.
    outdated: bool,
    icon: Option<Handle>,
    clicks: Clicks,
    /// There was no tray to put an icon into: wait until one comes.
    without: bool,
}

/// `TrayIcon` says nothing about itself in logs.
struct Handle(TrayIcon<Wry>);

impl std::fmt::Debug for Handle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TrayIcon")
    }
}

/// The tray face.
#[derive(Clone, Debug)]
pub struct TrayFace {
    app: AppHandle,
    words: Arc<Mutex<Arc<Words>>>,
    mailbox: Mailbox,
    drawn: Arc<Mutex<Drawn>>,
}

impl Face for TrayFace {
    fn show(&mut self, _: &Shown, tray: &Tray) {
        let (face, tray) = (self.clone(), tray.clone());
        self.on_main_thread(move || face.draw(tray));
    }

    fn speak(&mut self, words: &Arc<Words>) {
        *self.words.lock().unwrap_or_else(PoisonError::into_inner) = Arc::clone(words);
        self.lock().outdated = true;
    }
}

impl TrayFace {
    /// A face without an icon yet.
    pub fn new(app: AppHandle, words: Arc<Words>, mailbox: Mailbox) -> Self {
        Self { app, words: Arc::new(Mutex::new(words)), mailbox, drawn: Arc::default() }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Drawn> {
        self.drawn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn words(&self) -> Arc<Words> {
        Arc::clone(&self.words.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn on_main_thread(&self, work: impl FnOnce() + Send + 'static) {
        if let Err(error) = self.app.run_on_main_thread(work) {
            tracing::error!(%error, "the tray cannot be drawn");
        }
    }

    fn draw(&self, tray: Tray) {
        let mut drawn = self.lock();
        let before = if std::mem::take(&mut drawn.outdated) { None } else { drawn.tray.clone() };
        let outcome = match &drawn.icon {
            Some(icon) => self.redraw(&icon.0, &tray, before.as_ref()),
            None if drawn.without => Ok(()),
            None => self.make(&tray).map(|icon| drawn.icon = Some(Handle(icon))),
        };
        drawn.without = drawn.icon.is_none();
        if let Err(error) = outcome {
            tracing::warn!(%error, "no tray icon: the window and the shortcut serve");
        }
        drawn.tray = Some(tray);
    }

    fn redraw(&self, icon: &TrayIcon<Wry>, tray: &Tray, before: Option<&Tray>) -> tauri::Result<()> {
        if before.is_none_or(|before| before.icon != tray.icon) {
            icon.set_icon(Some(image(tray.icon)))?;
        }
        if before.is_none_or(|before| before.tooltip != tray.tooltip) {
            icon.set_tooltip(Some(self.tip(&tray.tooltip)))?;
        }
        if before.is_none_or(|before| before.menu != tray.menu) {
            icon.set_menu(Some(self.menu(tray)?))?;
        }
        Ok(())
    }

    fn make(&self, tray: &Tray) -> tauri::Result<TrayIcon<Wry>> {
        let on_menu = self.mailbox.clone();
        let on_click = self.clone();
        TrayIconBuilder::with_id(ID)
            .icon(image(tray.icon))
            .tooltip(self.tip(&tray.tooltip))
            .title(self.tip(&tray.tooltip))
            .menu(&self.menu(tray)?)
            .show_menu_on_left_click(false)
            .on_menu_event(move |_, event| match serde_json::from_str::<Intent>(event.id().as_ref()) {
                Ok(intent) => on_menu.wish(intent),
                Err(error) => tracing::warn!(%error, "a menu line without an intent"),
            })
            .on_tray_icon_event(move |_, event| {
                if let TrayIconEvent::Click { button: MouseButton::Left, button_state: MouseButtonState::Up, .. } =
                    event
                    && let Some(intent) = on_click.click()
                {
                    on_click.mailbox.wish(intent);
                }
            })
            .build(&self.app)
    }

    /// What a click on the icon means now; nothing when it belongs to the click before.
    fn click(&self) -> Option<Intent> {
        let mut drawn = self.lock();
        let tray = drawn.tray.clone()?;
        drawn.clicks.counts(&tray, clock::moment()).then_some(tray.click)
    }

    fn tip(&self, text: &Text) -> String {
        shortened(self.words().say(text), TIP_LIMIT)
    }

    fn menu(&self, tray: &Tray) -> tauri::Result<Menu<Wry>> {
        let words = self.words();
        let mut menu = MenuBuilder::new(&self.app);
        for line in &tray.menu {
            menu = match line {
                Line::Separator => menu.separator(),
                Line::Item { intent, label } => {
                    let id = serde_json::to_string(intent).unwrap_or_default();
                    menu.item(&MenuItemBuilder::with_id(id, words.label(*label)).build(&self.app)?)
                }
            };
        }
        menu.build()
    }
}

/// Only on Linux trays come and go, and may be missing.
#[cfg(target_os = "linux")]
impl TrayFace {
    /// Says, after what is to be drawn by now, whether there is an icon.
    pub fn after_drawing(&self, call: impl FnOnce(bool) + Send + 'static) {
        let face = self.clone();
        self.on_main_thread(move || call(face.is_there()));
    }

    fn is_there(&self) -> bool {
        self.lock().icon.is_some()
    }

    /// Tries again to make the icon, after a tray came up.
    pub fn try_again(&self) {
        let face = self.clone();
        self.on_main_thread(move || {
            face.lock().without = false;
            let tray = face.lock().tray.clone();
            if let Some(tray) = tray
                && !face.is_there()
            {
                face.draw(tray);
            }
        });
    }
}

/// At most so many UTF-16 units, cut between two characters.
fn shortened(text: String, limit: usize) -> String {
    if text.encode_utf16().count() <= limit {
        return text;
    }
    let mut left = limit.saturating_sub(1);
    let fits = |c: &char| {
        let enough = c.len_utf16() <= left;
        left = left.saturating_sub(c.len_utf16());
        enough
    };
    text.chars().take_while(fits).chain(['…']).collect()
}

fn image(icon: Icon) -> Image<'static> {
    match icon {
        Icon::Ready => tauri::include_image!("../icons/tray-ready-32.png"),
        Icon::Busy => tauri::include_image!("../icons/tray-busy-32.png"),
        Icon::Asks => tauri::include_image!("../icons/tray-asks-32.png"),
        Icon::Running => tauri::include_image!("../icons/tray-running-32.png"),
        Icon::Problem => tauri::include_image!("../icons/tray-problem-32.png"),
    }
}

/// Is there a tray to put an icon into? `None` where that is no question: other systems always have one.
pub fn has_place() -> Option<bool> {
    #[cfg(target_os = "linux")]
    return Some(named_on_the_bus().unwrap_or(false));
    #[cfg(not(target_os = "linux"))]
    None
}

#[cfg(target_os = "linux")]
fn named_on_the_bus() -> zbus::Result<bool> {
    let bus = zbus::blocking::Connection::session()?;
    let name = "org.kde.StatusNotifierWatcher".try_into()?;
    Ok(zbus::blocking::fdo::DBusProxy::new(&bus)?.name_has_owner(name)?)
}

/// Waits for a tray to come up, without polling, and calls back each time. Ends only with the program.
#[cfg(target_os = "linux")]
pub fn when_a_tray_comes(call: impl Fn()) -> zbus::Result<()> {
    let bus = zbus::blocking::Connection::session()?;
    let names = zbus::blocking::fdo::DBusProxy::new(&bus)?;
    // freedesktop StatusNotifierItem: a tray owns this name.
    for change in names.receive_name_owner_changed_with_args(&[(0, "org.kde.StatusNotifierWatcher")])? {
        if change.args().is_ok_and(|change| change.new_owner().is_some()) {
            call();
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::shortened;

    #[test]
    fn a_tip_is_cut_between_characters() {
        assert_eq!(shortened("원격지원".into(), 4), "원격지원");
        assert_eq!(shortened("원격지원".into(), 3), "원격…");
        // Outside the basic plane a character takes two units.
        assert_eq!(shortened("𝄞𝄞𝄞".into(), 5), "𝄞𝄞…");
        assert_eq!(shortened("𝄞𝄞𝄞".into(), 4), "𝄞…");
        assert_eq!(shortened("가".repeat(200), 127).encode_utf16().count(), 127);
    }
}
