//! A desktop of its own for every test, and what a person sees on it: icon, menu, windows, processes.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // Test support: a broken world ends the test here.

pub mod heard;
pub mod notices;
pub mod picture;
pub mod process;

use flows::{LONG, Pc, Publisher, Running};
use helper_world::{Display, SessionBus, StatusNotifierHost, WindowSeen, focus_window, wait_until, windows};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;

/// The title of the module's window.
pub const MODULE: &str = "EDGE&NEXT Support";
/// What the helper is called in English.
pub const ENGLISH: &str = "Remote Support Helper";

/// What the helper says, in Korean, under this key of the catalogue.
pub fn words(key: &str) -> String {
    let all: BTreeMap<String, String> = serde_json::from_str(include_str!("../../../ui/locales/ko.json")).unwrap();
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
        pc.home.plan_modules("").unwrap();
        // Nothing moves by itself: a picture that holds still is finished.
        let settings = pc.home.config().join("gtk-3.0");
        fs::create_dir_all(&settings).unwrap();
        fs::write(settings.join("settings.ini"), "[Settings]\ngtk-enable-animations=false\n").unwrap();
        Self { pc, bus, screen }
    }

    /// A desk whose module is there already. No mirror answers: with everything ready none is needed.
    pub fn ready() -> (Publisher, Self) {
        let publisher = Publisher::new();
        let release = publisher.publish("15.70.4", 400_000, 1);
        let desk = Self::new(&publisher, &["http://127.0.0.1:9"]);
        desk.pc.place(&publisher, &release);
        (publisher, desk)
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
        [words("ui.title"), ENGLISH.to_owned()].iter().flat_map(|title| self.shown(title)).collect()
    }

    /// Waits for the helper's one window.
    pub fn wait_for_helper_window(&self) -> WindowSeen {
        self.wait_for_one("the helper's window", || self.helper_windows())
    }

    /// Waits for one window with this title.
    pub fn wait_for_window(&self, title: &str) -> WindowSeen {
        self.wait_for_one(&format!("one window `{title}`"), || self.shown(title))
    }

    fn wait_for_one(&self, what: &str, shown: impl Fn() -> Vec<WindowSeen>) -> WindowSeen {
        let seen = wait_until(LONG, what, || match shown().as_slice() {
            [one] => Some(one.clone()),
            _ => None,
        });
        seen.unwrap_or_else(|error| {
            let (status, journal, there) = (self.pc.status(), self.pc.journal(), windows(self.display()));
            panic!("{error}; on the screen {there:?}; status {status:?}; journal {journal:#?}")
        })
    }

    /// Gives a window the keyboard.
    pub fn give_keyboard(&self, window: &WindowSeen) {
        focus_window(self.display(), window.id).unwrap();
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

    /// Waits until the card is this one.
    pub fn wait_for_scene(&self, scene: &str) {
        let seen = || self.pc.status().filter(|status| status["view"]["scene"] == scene);
        if let Err(error) = wait_until(LONG, &format!("the card {scene}"), seen) {
            panic!("{error}; status {:?}", self.pc.status());
        }
    }

    /// Waits until the helper's state is this and its icon says the matching thing.
    pub fn wait_for(&self, tray: &StatusNotifierHost, state: &str, tooltip: &str) -> Look {
        self.pc.wait_for_state(state);
        let wanted = words(tooltip);
        wait_until(LONG, &format!("an icon that says `{wanted}`"), || Look::of(tray).filter(|look| look.says == wanted))
            .unwrap_or_else(|error| panic!("{error}; it is {:?}", Look::of(tray)))
    }

    /// Seconds from the last click to the module that runs, as the journal has them.
    pub fn seconds_of_last_click(&self) -> f64 {
        let journal = self.pc.journal();
        let last = |wanted: &dyn Fn(&Value) -> bool| {
            let line = journal.iter().rfind(|line| wanted(line)).expect("a click in the journal");
            line["at"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap()
        };
        let asked = last(&|line| line["what"] == "asked: Request");
        let runs = last(&|line| line["to"] == "running");
        runs.duration_since(asked).as_secs_f64()
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

/// The labels that are always there at rest.
pub fn standing_labels() -> Vec<String> {
    let pages = ["do.check_now", "do.settings", "do.wizard", "do.help", ""];
    labelled(["do.request", "do.restart", ""].into_iter().chain(pages).chain(["do.open", "do.quit"]))
}

/// The labels that are always there while a request is under way: pages wait.
pub fn labels_during_a_request() -> Vec<String> {
    labelled(["do.request", "do.restart", "", "do.open", "do.quit"].into_iter())
}

fn labelled(keys: impl Iterator<Item = &'static str>) -> Vec<String> {
    keys.map(|key| if key.is_empty() { String::new() } else { words(key) }).collect()
}
