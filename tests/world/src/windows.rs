//! What stands on a display, read from the window tree: no window manager is needed.

use std::time::Duration;

use x11rb::connection::Connection;
use x11rb::errors::ReplyError;
use x11rb::protocol::xproto::{
    Atom, AtomEnum, BUTTON_PRESS_EVENT, BUTTON_RELEASE_EVENT, ClientMessageEvent, ConnectionExt, EventMask, InputFocus,
    KEY_PRESS_EVENT, KEY_RELEASE_EVENT, MOTION_NOTIFY_EVENT, MapState, PropMode, Window,
};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use crate::{Result, WorldError, wait_until};

/// Where a window is on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Geometry {
    /// Left edge.
    pub x: i16,
    /// Upper edge.
    pub y: i16,
    /// Width.
    pub width: u16,
    /// Height.
    pub height: u16,
}

/// A window that has a title or names its process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WindowSeen {
    /// The display's number for it.
    pub id: u32,
    /// Its title; empty if it has none.
    pub title: String,
    /// The second part of `WM_CLASS`.
    pub class: String,
    /// The process it belongs to, if it says so.
    pub pid: Option<u32>,
    /// Whether it is shown.
    pub viewable: bool,
    /// Where it is.
    pub geometry: Geometry,
}

struct Eyes {
    connection: RustConnection,
    root: Window,
    net_name: Atom,
    net_pid: Atom,
    utf8: Atom,
}

impl Eyes {
    fn open(display: &str) -> Result<Self> {
        let failed = |error: &dyn std::fmt::Display| WorldError::other(&format!("display {display}"), error);
        let (connection, screen) = RustConnection::connect(Some(display)).map_err(|error| failed(&error))?;
        let root = connection.setup().roots.get(screen).ok_or_else(|| failed(&"no such screen"))?.root;
        let atom = |name: &str| -> Result<Atom> {
            let reply = connection.intern_atom(false, name.as_bytes()).map_err(|error| failed(&error))?.reply();
            Ok(reply.map_err(|error| failed(&error))?.atom)
        };
        let (net_name, net_pid, utf8) = (atom("_NET_WM_NAME")?, atom("_NET_WM_PID")?, atom("UTF8_STRING")?);
        Ok(Self { connection, root, net_name, net_pid, utf8 })
    }

    fn text(&self, window: Window, property: Atom, kind: Atom) -> std::result::Result<String, ReplyError> {
        let value = self.connection.get_property(false, window, property, kind, 0, 1024)?.reply()?.value;
        Ok(String::from_utf8_lossy(&value).into_owned())
    }

    fn look(&self, window: Window) -> std::result::Result<WindowSeen, ReplyError> {
        let mut title = self.text(window, self.net_name, self.utf8)?;
        if title.is_empty() {
            title = self.text(window, AtomEnum::WM_NAME.into(), AtomEnum::STRING.into())?;
        }
        let class = self.text(window, AtomEnum::WM_CLASS.into(), AtomEnum::STRING.into())?;
        let class = class.split('\0').nth(1).unwrap_or_default().to_owned();
        let pid = self.connection.get_property(false, window, self.net_pid, AtomEnum::CARDINAL, 0, 1)?.reply()?;
        let pid = pid.value32().and_then(|mut values| values.next());
        let viewable = self.connection.get_window_attributes(window)?.reply()?.map_state == MapState::VIEWABLE;
        let size = self.connection.get_geometry(window)?.reply()?;
        let place = self.connection.translate_coordinates(window, self.root, 0, 0)?.reply()?;
        let geometry = Geometry { x: place.dst_x, y: place.dst_y, width: size.width, height: size.height };
        Ok(WindowSeen { id: window, title, class, pid, viewable, geometry })
    }

    fn fake(&self, kind: u8, detail: u8, (x, y): (i16, i16)) -> std::result::Result<(), ReplyError> {
        self.connection.xtest_fake_input(kind, detail, x11rb::CURRENT_TIME, self.root, x, y, 0)?.check()
    }

    /// Which key it is, and whether it wants Shift; the first key where nothing is called so.
    fn key(&self, keysym: u32) -> std::result::Result<(u8, bool), ReplyError> {
        let setup = self.connection.setup();
        let count = setup.max_keycode - setup.min_keycode + 1;
        let keys = self.connection.get_keyboard_mapping(setup.min_keycode, count)?.reply()?;
        let of_key = usize::from(keys.keysyms_per_keycode);
        let mut at = keys.keysyms.iter().enumerate().filter(|(place, found)| **found == keysym && place % of_key < 2);
        let place = at.next().map_or(0, |(place, _)| place);
        Ok((setup.min_keycode + u8::try_from(place / of_key).unwrap_or(0), place % of_key == 1))
    }

    fn with_shift(
        &self,
        press: impl FnOnce() -> std::result::Result<(), ReplyError>,
    ) -> std::result::Result<(), ReplyError> {
        let (shift, _) = self.key(Key::Shift as u32)?;
        self.fake(KEY_PRESS_EVENT, shift, (0, 0))?;
        let pressed = press();
        self.fake(KEY_RELEASE_EVENT, shift, (0, 0))?;
        pressed
    }

    fn strike(&self, keysym: u32) -> std::result::Result<(), ReplyError> {
        let (key, shifted) = self.key(keysym)?;
        let hit = || {
            self.fake(KEY_PRESS_EVENT, key, (0, 0))?;
            self.fake(KEY_RELEASE_EVENT, key, (0, 0))
        };
        if shifted { self.with_shift(hit) } else { hit() }
    }

    fn walk(&self, from: Window, seen: &mut Vec<WindowSeen>) {
        // A window may go while it is looked at: it is simply not seen then.
        let Ok(tree) = self.connection.query_tree(from) else { return };
        let Ok(tree) = tree.reply() else { return };
        for window in tree.children {
            if let Ok(found) = self.look(window)
                && (!found.title.is_empty() || found.pid.is_some())
            {
                seen.push(found);
            }
            self.walk(window, seen);
        }
    }
}

/// Every window with a title or a process, shown or not.
pub fn windows(display: &str) -> Result<Vec<WindowSeen>> {
    let eyes = Eyes::open(display)?;
    let mut seen = Vec::new();
    eyes.walk(eyes.root, &mut seen);
    Ok(seen)
}

/// Waits until a window with this title is shown.
pub fn wait_for_window(display: &str, title: &str, timeout: Duration) -> Result<WindowSeen> {
    wait_until(timeout, &format!("a window titled `{title}`"), || {
        windows(display).ok()?.into_iter().find(|window| window.viewable && window.title == title)
    })
}

/// Asks a window to close (`WM_DELETE_WINDOW`), as a click on its frame's cross does.
pub fn close_window(display: &str, window: u32) -> Result<()> {
    let eyes = Eyes::open(display)?;
    let send = || -> std::result::Result<(), ReplyError> {
        let protocols = eyes.connection.intern_atom(false, b"WM_PROTOCOLS")?.reply()?.atom;
        let delete = eyes.connection.intern_atom(false, b"WM_DELETE_WINDOW")?.reply()?.atom;
        let message = ClientMessageEvent::new(32, window, protocols, [delete, x11rb::CURRENT_TIME, 0, 0, 0]);
        eyes.connection.send_event(false, window, EventMask::NO_EVENT, message)?.check()
    };
    send().map_err(|error| WorldError::other("asking a window to close", error))
}

/// Gives a window the keyboard, as a window manager does.
pub fn focus_window(display: &str, window: u32) -> Result<()> {
    let eyes = Eyes::open(display)?;
    let give = || -> std::result::Result<(), ReplyError> {
        eyes.connection.set_input_focus(InputFocus::PARENT, window, x11rb::CURRENT_TIME)?.check()
    };
    give().map_err(|error| WorldError::other("giving a window the keyboard", error))
}

/// Gives all programs that begin from now on this text size, in dots an inch (`Xft.dpi`; 96 is the usual), as a desktop's settings do.
pub fn set_text_size(display: &str, dots: u32) -> Result<()> {
    let eyes = Eyes::open(display)?;
    let (property, kind) = (AtomEnum::RESOURCE_MANAGER, AtomEnum::STRING);
    let value = format!("Xft.dpi:\t{dots}\n");
    let set = || -> std::result::Result<(), ReplyError> {
        eyes.connection.change_property8(PropMode::REPLACE, eyes.root, property, kind, value.as_bytes())?.check()
    };
    set().map_err(|error| WorldError::other("setting the text size", error))
}

/// Moves the pointer to a place on the screen.
pub fn point_at(display: &str, x: i16, y: i16) -> Result<()> {
    let eyes = Eyes::open(display)?;
    eyes.fake(MOTION_NOTIFY_EVENT, 0, (x, y)).map_err(|error| WorldError::other("moving the pointer", error))
}

/// Moves the pointer to a place on the screen and clicks the left button, as a hand does.
pub fn click_at(display: &str, x: i16, y: i16) -> Result<()> {
    let eyes = Eyes::open(display)?;
    eyes.fake(MOTION_NOTIFY_EVENT, 0, (x, y))
        .and_then(|()| eyes.fake(BUTTON_PRESS_EVENT, 1, (x, y)))
        .and_then(|()| eyes.fake(BUTTON_RELEASE_EVENT, 1, (x, y)))
        .map_err(|error| WorldError::other("clicking", error))
}

/// A key on the keyboard, by what X11 calls it (`keysymdef.h`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Key {
    /// Takes the letter before away.
    BackSpace = 0xff08,
    /// Goes to the next control.
    Tab = 0xff09,
    /// Presses the default button.
    Return = 0xff0d,
    /// Leaves.
    Escape = 0xff1b,
    /// Goes to the next line.
    Down = 0xff54,
    /// Goes to the end of the line.
    End = 0xff57,
    /// Together with another key.
    Shift = 0xffe1,
    /// Presses a button, switches a check box.
    Space = 0x20,
}

/// Presses a key and lets it go, for whichever window has the keyboard.
pub fn press(display: &str, key: Key) -> Result<()> {
    Eyes::open(display)?.strike(key as u32).map_err(|error| WorldError::other("pressing a key", error))
}

/// The same while the Shift key is held.
pub fn press_with_shift(display: &str, key: Key) -> Result<()> {
    let eyes = Eyes::open(display)?;
    eyes.with_shift(|| eyes.strike(key as u32)).map_err(|error| WorldError::other("pressing a key", error))
}

/// Types a text of letters that the keyboard has.
pub fn type_text(display: &str, text: &str) -> Result<()> {
    let eyes = Eyes::open(display)?;
    let type_all = || text.chars().try_for_each(|letter| eyes.strike(u32::from(letter)));
    type_all().map_err(|error| WorldError::other("typing", error))
}
