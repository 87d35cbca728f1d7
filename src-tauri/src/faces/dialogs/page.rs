//! What is in the dialog, and whether there is one: told from what is shown, without a system.

use super::form::{self, Item};
use crate::setup;
use crate::words::{Shown, Words};
use helper_core::brand::Brand;
use helper_core::intent::Wish;
use helper_core::view::{Scene, Step};

/// From this many buttons on they stand below each other, each as wide as the dialog.
const MANY_BUTTONS: usize = 3;

/// A progress bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bar {
    /// Something goes on; nobody knows how long.
    Moving,
    /// 0 to 100.
    At(u8),
}

/// A button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Button {
    /// What it does.
    pub wish: Wish,
    /// What is written on it.
    pub label: String,
}

/// One card as a dialog. A code cannot be typed into it: who got one from the supporter types it straight into the module's window,
/// whose field checks it as well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Which card it is.
    pub scene: Scene,
    /// The helper's name.
    pub title: String,
    /// The one large line.
    pub headline: String,
    /// What happens or what to do, then the smaller lines.
    pub content: String,
    /// What is read out on the telephone: whom to call, and the code.
    pub footer: Option<String>,
    /// The main one first; it is the default.
    pub buttons: Vec<Button>,
    /// The buttons stand below each other.
    pub stacked: bool,
    /// It is a problem.
    pub warns: bool,
    /// Something goes on.
    pub bar: Option<Bar>,
    /// What the system's one button is called, where it knows only one.
    pub yes: String,
    /// Everything on the page, in reading order, when there is something to answer, to copy or to read at length: the system's own
    /// dialogs have no fields. Empty otherwise.
    pub items: Vec<Item>,
    /// Which step of the first run it is.
    pub step: Option<Step>,
    /// What is said when something cannot be done now.
    pub not_done: String,
}

impl Page {
    /// The card as a dialog of this brand's helper, in these words.
    pub fn of(shown: &Shown, brand: &Brand, words: &Words) -> Self {
        let warns = shown.problem.is_some();
        // The last two lines of a problem are whom to call and the code (see `Shown::details`).
        let read_out = if warns { shown.details.len().saturating_sub(2) } else { shown.details.len() };
        let (lines, footer) = shown.details.split_at(read_out);
        let mut content = shown.sentence.clone();
        if !lines.is_empty() {
            content.push_str("\n\n");
            content.push_str(&lines.join("\n"));
        }
        let buttons: Vec<Button> =
            shown.actions.iter().map(|action| Button { wish: action.wish, label: action.label.clone() }).collect();
        let percent = shown.progress.and_then(|progress| progress.percent);
        Self {
            scene: shown.scene,
            title: setup::title(brand, words.language()),
            items: form::items(shown, brand, words),
            step: shown.form.as_ref().and_then(|form| form.step),
            not_done: words.ui("ui.not_done").unwrap_or_default().to_owned(),
            yes: words.ui("ui.dialog.yes").unwrap_or_default().to_owned(),
            headline: shown.headline.clone(),
            content,
            footer: (!footer.is_empty()).then(|| footer.join("\n")),
            stacked: buttons.len() >= MANY_BUTTONS,
            buttons,
            warns,
            bar: is_working(shown.scene).then(|| percent.map_or(Bar::Moving, Bar::At)),
        }
    }

    /// What it is called by whoever only hears it.
    pub fn name(&self) -> String {
        format!("{} {}", self.headline, self.content)
    }

    /// Is it drawn as a window of our own, because the system's dialogs cannot?
    pub const fn has_items(&self) -> bool {
        !self.items.is_empty()
    }

    /// Can an open dialog become this page by other text and another position of its bar alone?
    pub fn is_like(&self, other: &Self) -> bool {
        let kind = |bar: Option<Bar>| bar.map(|bar| bar == Bar::Moving);
        self.buttons == other.buttons
            && self.warns == other.warns
            && self.footer == other.footer
            && kind(self.bar) == kind(other.bar)
    }

    /// Everything in one text, for a system that knows one text and one button.
    pub fn as_text(&self) -> String {
        let main = self.buttons.first().map(|button| format!("[{}] {}", self.yes, button.label));
        [Some(self.headline.clone()), Some(self.content.clone()), self.footer.clone(), main]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join("\n\n")
    }
}

/// Who wants the card to be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// The state: there is something to ask or to tell, or waiting has become long.
    State,
    /// The person asked for the window.
    Person,
}

const fn is_working(scene: Scene) -> bool {
    matches!(scene, Scene::Looking | Scene::Closing | Scene::Ending | Scene::Preparing | Scene::Starting)
}

/// Must it be answered or read, whoever called it? The first run as well: core opens it once, at rest, and a request takes it away.
const fn asks(scene: Scene) -> bool {
    matches!(scene, Scene::PleaseClose | Scene::HowToQuit | Scene::AlreadyRunning | Scene::Problem | Scene::Wizard)
}

/// Whether there is a dialog. While something is worked on there is none, the tray's tip tells it, unless the person asked for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stage {
    latest: Option<Page>,
    is_up: bool,
    asked: bool,
    calls: u64,
    /// A thread draws, until `next` tells it that there is nothing to be seen.
    is_drawn: bool,
}

/// What came of a call to the front.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presented {
    /// There is no dialog all the same.
    Not,
    /// There is one, and somebody draws it.
    Drawn,
    /// There is one, and whoever called has to see that it is drawn.
    ToDraw,
}

impl Stage {
    /// The page to be seen, and how often it was called to the front.
    pub fn page(&self) -> Option<(&Page, u64)> {
        self.latest.as_ref().filter(|_| self.is_up).map(|page| (page, self.calls))
    }

    /// Another state. `true` when the dialog has to go because of it.
    pub fn shown(&mut self, page: Page) -> bool {
        self.latest = Some(page);
        let was_up = self.is_up;
        self.is_up &= self.fits();
        was_up && !self.is_up
    }

    /// It is called to the front.
    pub fn presented(&mut self, caller: Caller) -> Presented {
        self.asked |= caller == Caller::Person;
        self.is_up = self.latest.is_some() && self.fits();
        if !self.is_up {
            return Presented::Not;
        }
        self.calls += 1;
        if std::mem::replace(&mut self.is_drawn, true) { Presented::Drawn } else { Presented::ToDraw }
    }

    /// What to draw next, for the thread that draws; without an answer it has to end.
    pub fn next(&mut self) -> Option<(Page, u64)> {
        let next = self.page().map(|(page, calls)| (page.clone(), calls));
        self.is_drawn = next.is_some();
        next
    }

    /// The person closed it, or it could not be drawn.
    pub fn closed(&mut self) {
        self.is_up = false;
        self.asked = false;
    }

    /// A button was pressed. Who cancels or closes the card has seen enough.
    pub fn pressed(&mut self, wish: Wish) {
        if wish == Wish::Cancel {
            self.asked = false;
        }
    }

    fn fits(&self) -> bool {
        self.asked || self.latest.as_ref().is_some_and(|page| asks(page.scene))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::setup::Build;
    use crate::words::{Language, ShownAction};
    use helper_core::problem::WhoActs;
    use helper_core::view::{ProblemView, ProgressView};

    fn shown(scene: Scene, wishes: &[Wish]) -> Shown {
        Shown {
            scene,
            language: Language::Ko,
            headline: "제목".into(),
            sentence: "문장".into(),
            details: Vec::new(),
            actions: wishes.iter().map(|wish| ShownAction { wish: *wish, label: format!("{wish:?}") }).collect(),
            progress: None,
            problem: None,
            takes_code: false,
            form: None,
            copies: Vec::new(),
            documents: Vec::new(),
        }
    }

    fn page(shown: &Shown) -> Page {
        Page::of(shown, &Build::built_in().unwrap().brand, &Words::of(shown.language))
    }

    fn problem() -> Shown {
        Shown {
            details: ["열었어요", "전산", "전화 070", "T-44"].map(str::to_owned).to_vec(),
            problem: Some(ProblemView {
                code: "T-44".into(),
                spoken: "4400-0003".into(),
                who_acts: WhoActs::HospitalIt,
            }),
            ..shown(Scene::Problem, &[Wish::TryAgain, Wish::ShowCopy, Wish::Cancel])
        }
    }

    fn fetching(percent: Option<u8>) -> Shown {
        let progress = ProgressView { percent, done: 1, total: 2, rate: 3, remaining: None };
        Shown { progress: Some(progress), ..shown(Scene::Preparing, &[Wish::Cancel]) }
    }

    #[test]
    fn a_problem_says_whom_to_call_and_the_code_at_its_foot() {
        let page = super::tests::page(&problem());
        assert_eq!(page.content, "문장\n\n열었어요\n전산");
        assert_eq!(page.footer.as_deref(), Some("전화 070\nT-44"));
        assert!(page.warns && page.stacked && page.bar.is_none());
        assert_eq!(page.buttons[0].wish, Wish::TryAgain, "the main thing first");
        assert_eq!(page.as_text(), "제목\n\n문장\n\n열었어요\n전산\n\n전화 070\nT-44\n\n[확인] TryAgain");
    }

    #[test]
    fn a_question_has_its_real_buttons_and_no_foot() {
        let asked = Shown {
            details: vec!["하나".into(), "둘".into(), "셋".into()],
            ..shown(Scene::PleaseClose, &[Wish::CloseAndContinue, Wish::Cancel])
        };
        let page = super::tests::page(&asked);
        assert_eq!(page.buttons.iter().map(|b| b.wish).collect::<Vec<_>>(), [Wish::CloseAndContinue, Wish::Cancel]);
        assert_eq!((page.footer.clone(), page.stacked, page.warns), (None, false, false));
        assert_eq!(page.content, "문장\n\n하나\n둘\n셋");
    }

    #[test]
    fn work_has_a_bar_that_knows_only_what_is_known() {
        assert_eq!(page(&fetching(Some(42))).bar, Some(Bar::At(42)));
        assert_eq!(page(&fetching(None)).bar, Some(Bar::Moving));
        assert_eq!(page(&shown(Scene::Looking, &[Wish::Cancel])).bar, Some(Bar::Moving));
        assert_eq!(page(&shown(Scene::Ready, &[Wish::Request])).bar, None);
    }

    #[test]
    fn only_text_and_the_bars_position_change_in_an_open_dialog() {
        assert!(page(&fetching(Some(1))).is_like(&page(&fetching(Some(2)))));
        assert!(!page(&fetching(Some(1))).is_like(&page(&fetching(None))), "a moving bar is another bar");
        assert!(!page(&fetching(None)).is_like(&page(&shown(Scene::PleaseClose, &[Wish::Cancel]))));
        assert!(!page(&problem()).is_like(&page(&shown(Scene::Problem, &[Wish::Cancel]))));
    }

    #[test]
    fn waiting_brings_no_dialog_and_lets_none_stay() {
        let mut stage = Stage::default();
        assert_eq!(stage.presented(Caller::State), Presented::Not, "nothing to show yet");
        stage.shown(page(&fetching(Some(1))));
        assert_eq!(stage.presented(Caller::State), Presented::Not, "the tray's tip tells it");
        assert_eq!(stage.page(), None);
        stage.shown(page(&shown(Scene::PleaseClose, &[Wish::CloseAndContinue])));
        assert_eq!(stage.page(), None, "called, not merely shown");
        assert_eq!(stage.presented(Caller::State), Presented::ToDraw);
        assert!(stage.page().is_some());
        stage.pressed(Wish::CloseAndContinue);
        assert!(stage.shown(page(&shown(Scene::Closing, &[Wish::Cancel]))));
        assert_eq!(stage.page(), None);
        assert!(!stage.shown(page(&shown(Scene::Ready, &[]))), "it goes once");
    }

    #[test]
    fn who_asked_for_the_window_sees_progress_and_the_guide() {
        let mut stage = Stage::default();
        stage.shown(page(&fetching(Some(1))));
        assert_eq!(stage.presented(Caller::Person), Presented::ToDraw);
        for later in
            [fetching(Some(2)), shown(Scene::Starting, &[Wish::Cancel]), shown(Scene::Running, &[Wish::Restart])]
        {
            assert!(!stage.shown(page(&later)));
            assert_eq!(stage.page().unwrap().0, &page(&later));
        }
        stage.closed();
        assert!(!stage.shown(page(&fetching(Some(3)))));
        assert_eq!(stage.presented(Caller::State), Presented::Not, "closed is closed, until the person asks again");
    }

    #[test]
    fn the_first_run_comes_by_itself_and_is_gone_with_a_request_or_its_end() {
        for (later, why) in [(Scene::Looking, "nothing stands in front of support"), (Scene::Ready, "it has an end")] {
            let mut stage = Stage::default();
            stage.shown(page(&shown(Scene::Wizard, &[Wish::Next, Wish::Later])));
            assert_eq!(stage.presented(Caller::State), Presented::ToDraw);
            assert!(!stage.shown(page(&shown(Scene::Wizard, &[Wish::Next, Wish::Back, Wish::Later]))));
            assert!(stage.page().is_some(), "its next step");
            assert!(stage.shown(page(&shown(later, &[Wish::Cancel]))), "{why}");
            assert_eq!(stage.page(), None);
        }
    }

    #[test]
    fn a_page_is_called_and_speaks_as_the_words_that_it_was_made_with() {
        let english = page(&Shown { language: Language::En, ..shown(Scene::Ready, &[]) });
        assert_eq!((english.title.as_str(), english.yes.as_str()), ("Remote Support Helper", "OK"));
        let korean = page(&shown(Scene::Ready, &[]));
        assert_eq!((korean.title.as_str(), korean.yes.as_str()), ("원격지원 도우미", "확인"));
        assert!(korean.is_like(&english), "a title alone makes no other dialog");
    }

    #[test]
    fn who_cancels_has_seen_enough() {
        let mut stage = Stage::default();
        stage.shown(page(&problem()));
        assert_eq!(stage.presented(Caller::Person), Presented::ToDraw);
        stage.pressed(Wish::Cancel);
        assert!(stage.shown(page(&shown(Scene::Ready, &[Wish::Request]))));
    }

    #[test]
    fn called_again_it_comes_to_the_front_again() {
        let mut stage = Stage::default();
        stage.shown(page(&problem()));
        stage.presented(Caller::State);
        let before = stage.page().unwrap().1;
        stage.presented(Caller::Person);
        assert!(stage.page().unwrap().1 > before);
    }

    #[test]
    fn one_thread_draws_at_a_time_and_none_at_rest() {
        let mut stage = Stage::default();
        stage.shown(page(&problem()));
        assert_eq!(stage.presented(Caller::State), Presented::ToDraw);
        assert!(stage.next().is_some());
        assert_eq!(stage.presented(Caller::State), Presented::Drawn);
        stage.closed();
        // Called again before the thread has noticed: it goes on, and nobody else begins.
        assert_eq!(stage.presented(Caller::State), Presented::Drawn);
        assert!(stage.next().is_some());
        stage.closed();
        assert!(stage.next().is_none(), "it ends");
        assert_eq!(stage.presented(Caller::State), Presented::ToDraw);
    }
}
