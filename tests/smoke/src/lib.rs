//! A desktop of its own for every test, and what a person sees on it: icon, menu, windows, processes.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // Test support: a broken world ends the test here.

pub mod picture;
pub mod process;

use flows::{LONG, Pc, Publisher, Running};
use helper_world::{Display, SessionBus, StatusNotifierHost, WindowSeen, wait_until, windows};
use serde_json::Value;
use std::collections::BTreeMap;

/// The title of the module's window.
pub const MODULE: &str = "EDGE&NEXT Support";

/// What the helper says, in Korean, under this key of the catalogue.
pub fn words(key: &str) -> String {
    catalogue(include_str!("../../../ui/locales/ko.json"), key)
}

/// The same in English.
pub fn words_en(key: &str) -> String {
    catalogue(include_str!("../../../ui/locales/en.json"), key)
}

fn catalogue(text: &str, key: &str) -> String {
    let all: BTreeMap<String, String> = serde_json::from_str(text).unwrap();
    all.get(key).unwrap_or_else(|| panic!("no `{key}` in the catalogue")).clone()
}

/// A PC with a screen and a session bus, and whatever tray the test puts on it.
#[derive(Debug)]
pub struct Desk {
    /// The PC.
    pub pc: Pc,
    /// Its session bus.
    pub bus: SessionBus,
    screen: Display,
}

impl Desk {
    /// A desk with a small screen, as in a ward.
    pub fn new(publisher: &Publisher, mirrors: &[&str]) -> Self {
        let pc = Pc::new(publisher, mirrors);
        let screen = Display::start(1366, 768).unwrap();
        screen.lend(&pc.home);
        let bus = SessionBus::start().unwrap();
        bus.lend(&pc.home);
        Self { pc, bus, screen }
    }

    /// Puts the module into the store by a click in the terminal, and ends it: from here on the PC is ready.
    #[must_use]
    pub fn made_ready(self) -> Self {
        let called = self.pc.click();
        assert_eq!(called.code, 0, "{called:?}");
        self.end_modules();
        self
    }

    /// Ends all modules, as their users do.
    pub fn end_modules(&self) {
        self.pc.home.plan_modules("quit=now").unwrap();
        wait_until(LONG, "the modules' end", || self.pc.modules().is_empty().then_some(())).unwrap();
        self.pc.home.plan_modules("").unwrap();
    }

    /// Its tray.
    pub fn tray(&self) -> StatusNotifierHost {
        StatusNotifierHost::start(self.bus.address()).unwrap()
    }

    /// The display's name.
    pub fn display(&self) -> &str {
        self.screen.name()
    }

    /// The helper in the tray, with its icon there.
    pub fn in_background(&self, tray: &StatusNotifierHost) -> Running {
        let helper = self.pc.spawn(&["--background"]);
        tray.wait_for_item(LONG).unwrap();
        self.pc.wait_for_state("idle");
        helper
    }

    /// The windows that are shown under this title.
    pub fn shown(&self, title: &str) -> Vec<WindowSeen> {
        let all = windows(self.display()).unwrap();
        all.into_iter().filter(|window| window.viewable && window.title == title).collect()
    }

    /// The helper's windows.
    pub fn helper_windows(&self) -> Vec<WindowSeen> {
        self.shown(&words("ui.title"))
    }

    /// Waits for the helper's one window.
    pub fn wait_for_helper_window(&self) -> WindowSeen {
        self.wait_for_window(&words("ui.title"))
    }

    /// Waits for one window with this title.
    pub fn wait_for_window(&self, title: &str) -> WindowSeen {
        let seen = wait_until(LONG, &format!("one window `{title}`"), || match self.shown(title).as_slice() {
            [one] => Some(one.clone()),
            _ => None,
        });
        seen.unwrap_or_else(|error| panic!("{error}; status {:?}; journal {:#?}", self.pc.status(), self.pc.journal()))
    }

    /// Waits until the helper has no window.
    pub fn wait_for_no_helper_window(&self) {
        wait_until(LONG, "the helper's window to go", || self.helper_windows().is_empty().then_some(())).unwrap();
    }

    /// Waits until exactly one module runs, and that none of these.
    pub fn wait_for_module_other_than(&self, old: &[u32]) -> u32 {
        wait_until(LONG, "one module, a new one", || match self.pc.modules().as_slice() {
            [one] if !old.contains(one) => Some(*one),
            _ => None,
        })
        .unwrap()
    }

    /// Waits until the helper's state is this and its icon says the matching thing.
    pub fn wait_for(&self, tray: &StatusNotifierHost, state: &str, tooltip: &str) -> Look {
        self.pc.wait_for_state(state);
        let wanted = words(tooltip);
        wait_until(LONG, &format!("an icon that says `{wanted}`"), || Look::of(tray).filter(|look| look.says == wanted))
            .unwrap_or_else(|error| panic!("{error}; it is {:?}", Look::of(tray)))
    }

    /// What the journal's lines say, each as `from -> to: what`.
    pub fn story(&self) -> Vec<String> {
        let word = |line: &Value, key: &str| line[key].as_str().unwrap_or_default().to_owned();
        let line = |line: &Value| format!("{} -> {}: {}", word(line, "from"), word(line, "to"), word(line, "what"));
        self.pc.journal().iter().map(line).collect()
    }

    /// How often an effect stands in the journal.
    pub fn effects(&self, name: &str) -> usize {
        let named = |line: &Value| line["effects"].as_array().cloned().unwrap_or_default();
        self.pc.journal().iter().flat_map(named).filter(|effect| effect == name).count()
    }
}

/// What the icon shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// Its tooltip.
    pub says: String,
    /// Its pixels.
    pub pixels: u64,
}

impl Look {
    /// The icon as it is now; nothing without one.
    pub fn of(tray: &StatusNotifierHost) -> Option<Self> {
        // Text and pixels are sent one after the other: only what holds still is one look.
        let (says, pixels) = (tray.tooltip().ok()?, tray.icon_hash().ok()?);
        let again = tray.tooltip().ok()?;
        let text = |tip: helper_world::ToolTip| if tip.text.is_empty() { tip.title } else { tip.text };
        (says == again).then(|| Self { says: text(says), pixels })
    }
}

/// The menu's labels; an empty one stands for a line between groups.
pub fn labels(tray: &StatusNotifierHost) -> Vec<String> {
    tray.menu().unwrap().into_iter().map(|line| line.label).collect()
}

/// The labels that are always there.
pub fn standing_labels() -> Vec<String> {
    let keys = ["do.request", "do.restart", "", "do.open", "do.quit"];
    keys.into_iter().map(|key| if key.is_empty() { String::new() } else { words(key) }).collect()
}
