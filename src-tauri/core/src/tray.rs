//! The tray as a value: icon, tooltip and menu, compared whole in tests. A line's id is its intent, serialized by the face.

use crate::Core;
use crate::intent::{Intent, Wish};
use crate::request::Request;
use crate::text::{Text, TextKey};
use crate::time::Moment;
use crate::view::View;

/// The icon; its states differ by shape, not only by colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Icon {
    /// At rest.
    Ready,
    /// Working.
    Busy,
    /// Waiting for an answer.
    Asks,
    /// The module runs.
    Running,
    /// A problem.
    Problem,
}

/// A line of the menu.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Line {
    /// Something to do.
    Item {
        /// What it does.
        intent: Intent,
        /// What is written on it.
        label: TextKey,
    },
    /// A line between groups.
    Separator,
}

/// What the tray shows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Tray {
    /// The icon.
    pub icon: Icon,
    /// What it says when pointed at; while fetching, how far it is.
    pub tooltip: Text,
    /// Its menu: what the card offers, then what is always there.
    pub menu: Vec<Line>,
    /// What a click on the icon itself does.
    pub click: Intent,
}

impl Core {
    /// The tray for the present state.
    pub fn tray(&self) -> Tray {
        self.tray_of(&self.view())
    }

    /// The tray that belongs to this view.
    pub fn tray_of(&self, view: &View) -> Tray {
        let (icon, tooltip) = match self.request() {
            Request::Idle { .. } => (Icon::Ready, TextKey::TrayReady),
            Request::AskingToClose { .. } | Request::AlreadyRunning { .. } => (Icon::Asks, TextKey::TrayAsks),
            Request::Closing { push: crate::request::Push::Guided, .. } => (Icon::Asks, TextKey::TrayAsks),
            Request::Looking { .. }
            | Request::Closing { .. }
            | Request::Ending { .. }
            | Request::Preparing { .. }
            | Request::Starting { .. } => (Icon::Busy, TextKey::TrayBusy),
            Request::Running { .. } => (Icon::Running, TextKey::TrayRunning),
            Request::Stuck { .. } => (Icon::Problem, TextKey::TrayProblem),
        };
        let item = |intent: Intent, label| Line::Item { intent, label };
        // What a page offers stands on the page; what the card at rest opens has its lines below.
        let of_card = view.actions.iter().filter(|_| self.page().is_none());
        let opens = self.openings();
        let mut menu: Vec<Line> = of_card
            .filter(|action| !matches!(action.wish, Wish::Request | Wish::Restart) && !opens.contains(&action.wish))
            .map(|action| item(action.wish.into(), action.label))
            .collect();
        if !menu.is_empty() {
            menu.push(Line::Separator);
        }
        menu.extend([
            item(Wish::Request.into(), TextKey::DoRequest),
            item(Wish::Restart.into(), TextKey::DoRestart),
            Line::Separator,
        ]);
        if !opens.is_empty() {
            menu.extend([
                item(Wish::CheckNow.into(), TextKey::DoCheckNow),
                item(Wish::OpenSettings.into(), TextKey::DoSettings),
                item(Wish::OpenWizard.into(), TextKey::DoWizard),
                item(Wish::OpenHelp.into(), TextKey::DoHelp),
                Line::Separator,
            ]);
        }
        menu.extend([item(Intent::OpenWindow, TextKey::DoOpen), item(Intent::Quit, TextKey::DoQuit)]);
        // A click does what the state suggests: ask for support at rest, otherwise show where it stands.
        let click = match self.request() {
            Request::Idle { .. } | Request::Running { .. } => Wish::Request.into(),
            _ => Intent::OpenWindow,
        };
        let percent = view.progress.and_then(|progress| progress.percent);
        let tooltip = match percent {
            Some(percent) => Text::plain(TextKey::TrayFetching).with("percent", percent),
            None => Text::plain(tooltip),
        };
        Tray { icon, tooltip, menu, click }
    }
}

/// Within this time after a click another one on the icon belongs to it, in milliseconds: people double-click what they want
/// to start. Systems call half a second a double click; hands in a hurry are slower.
const CLICK_PAUSE: u64 = 800;

/// Tells clicks on the icon from the second half of a double click.
#[derive(Clone, Copy, Debug, Default)]
pub struct Clicks {
    last: Option<Moment>,
}

impl Clicks {
    /// Does this click count, with this tray under it? At rest every click does: what the one before began is over.
    pub fn counts(&mut self, tray: &Tray, now: Moment) -> bool {
        let is_new = self.last.is_none_or(|last| now >= last.after(CLICK_PAUSE));
        let counts = is_new || tray.icon == Icon::Ready;
        if counts {
            self.last = Some(now);
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tray(icon: Icon) -> Tray {
        Tray { icon, tooltip: Text::plain(TextKey::TrayReady), menu: Vec::new(), click: Intent::OpenWindow }
    }

    #[test]
    fn a_double_click_is_one_click() {
        let mut clicks = Clicks::default();
        assert!(clicks.counts(&tray(Icon::Ready), Moment(10_000)));
        assert!(!clicks.counts(&tray(Icon::Busy), Moment(10_100)));
        assert!(!clicks.counts(&tray(Icon::Running), Moment(10_799)), "not counted from the one that did not count");
        assert!(clicks.counts(&tray(Icon::Running), Moment(10_800)));
    }

    #[test]
    fn at_rest_every_click_counts() {
        let mut clicks = Clicks::default();
        assert!(clicks.counts(&tray(Icon::Ready), Moment(0)));
        assert!(clicks.counts(&tray(Icon::Ready), Moment(300)), "what the first began is over");
        assert!(!clicks.counts(&tray(Icon::Asks), Moment(400)));
    }
}
