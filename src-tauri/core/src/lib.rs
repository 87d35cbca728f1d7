//! What the remote support helper decides.
//!
//! `step(input, now) -> effects`, `view()`. No async, no files, no clock, no sentences: time, randomness and facts come in as
//! arguments, so every decision can be tested, explored and replayed without a world.

pub mod audit;
pub mod brand;
pub mod certificate;
pub mod choice;
pub mod command_line;
pub mod diagnostics;
pub mod doctor;
pub mod effect;
pub mod input;
pub mod intent;
pub mod link;
pub mod pages;
pub mod person;
pub mod policy;
pub mod presence;
pub mod problem;
pub mod proxy_list;
pub mod redaction;
pub mod release;
pub mod request;
pub mod schedule;
pub mod session_code;
pub mod settings;
pub mod spoken;
pub mod text;
pub mod time;
pub mod tray;
pub mod upkeep;
pub mod view;

use choice::Me;
use effect::Effect;
use input::{CopyPlace, Input, Ticket};
use intent::{Answer, Intent, Refusal, Wish};
use pages::Pages;
use person::Person;
use request::Request;
use session_code::SessionCode;
use std::sync::Arc;
use time::Moment;
use upkeep::Upkeep;

/// What never changes while the helper runs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Setup {
    /// This PC, as far as it decides which release it gets.
    pub me: Me,
    /// The module's name as people see it.
    pub module_name: String,
    /// The vendor's telephone number.
    pub phone: String,
}

/// The last thing said about a typed session code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CodeNote {
    /// It is on the clipboard.
    Copied,
    /// It is all zeros.
    Dead,
    /// It has not the form of a code.
    Malformed,
}

/// All decisions of the helper.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Core {
    setup: Arc<Setup>,
    request: Request,
    ticket: Ticket,
    /// The signed metadata that is being asked for, whoever still wants it. Never twice at once.
    refreshing: Option<Ticket>,
    /// The package that is being fetched or placed, whoever still wants it. Never two.
    in_flight: Option<Ticket>,
    /// The start that the machine has not answered, whoever still wants it. Never two.
    launching: Option<Ticket>,
    /// When the present state gives up or goes on by itself.
    deadline: Option<Moment>,
    /// When the window appears because waiting has become long (SPEC A2).
    patience: Option<Moment>,
    code_note: Option<CodeNote>,
    /// Where the module's copy was put for people.
    copy: Option<CopyPlace>,
    /// The background work; `None` where there is none (the terminal).
    upkeep: Option<Upkeep>,
    /// What lies over the card, and what the person has set.
    pages: Pages,
    /// The window is up: then the helper does not replace itself. Noted only where it could.
    window_open: bool,
    ending: bool,
}

impl Core {
    /// A core at rest.
    pub fn new(setup: Arc<Setup>) -> Self {
        Self {
            setup,
            request: Request::Idle { ended: false },
            ticket: Ticket(0),
            refreshing: None,
            in_flight: None,
            launching: None,
            deadline: None,
            patience: None,
            code_note: None,
            copy: None,
            upkeep: None,
            pages: Pages::default(),
            window_open: false,
            ending: false,
        }
    }

    /// Takes one fact and answers what to do about it.
    pub fn step(&mut self, input: Input, now: Moment) -> Vec<Effect> {
        let mut effects = Vec::new();
        match input {
            Input::Asked(intent) => {
                let answer = self.asked(intent, now, &mut effects);
                effects.push(Effect::Acknowledge(answer));
            }
            Input::Woke => self.woke(now, &mut effects),
            fact @ (Input::Settled(_)
            | Input::NotKept(..)
            | Input::Rehearsed(..)
            | Input::Examined(..)
            | Input::DiagnosticsCollected(..)
            | Input::DiagnosticsSaved(..)) => {
                self.pages_learned(fact, &mut effects);
            }
            fact => self.learned(fact, now, &mut effects),
        }
        self.window_open |= self.upkeep.is_some() && effects.contains(&Effect::PresentWindow);
        self.tend(now, &mut effects);
        self.tend_pages(now, &mut effects);
        effects
    }

    /// When to step with `Woke` if nothing else happens before. `None` at rest where nothing is done in the background.
    pub fn wake_at(&self) -> Option<Moment> {
        let background = self.upkeep.as_ref().and_then(|upkeep| upkeep.wake_at(self.is_quiet()));
        [self.deadline, self.patience, background].into_iter().flatten().min()
    }

    /// What never changes.
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// The state of the request, for views and the journal.
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// What was last said about a typed code.
    pub fn code_note(&self) -> Option<CodeNote> {
        self.code_note
    }

    /// The same core with times counted from `now` and tickets counted from its own: two cores with equal canonical forms
    /// behave alike from here on. For exploring and replaying; how a ticket is renamed is told by the second value, to be
    /// subtracted from tickets that are still outside.
    pub fn canonical(&self, now: Moment) -> (Self, Ticket) {
        let from_now = |moment: Moment| Moment(moment.0.saturating_sub(now.0));
        let base = self.ticket;
        let from_base = |ticket: Ticket| Ticket(ticket.0.wrapping_sub(base.0));
        let core = Self {
            ticket: Ticket(0),
            refreshing: self.refreshing.map(from_base),
            in_flight: self.in_flight.map(from_base),
            launching: self.launching.map(from_base),
            deadline: self.deadline.map(from_now),
            patience: self.patience.map(from_now),
            upkeep: self.upkeep.as_ref().map(|upkeep| upkeep.canonical(now, from_base)),
            ..self.clone()
        };
        (core, base)
    }

    fn asked(&mut self, intent: Intent, now: Moment, effects: &mut Vec<Effect>) -> Answer {
        // While the successor takes this helper's place, another start waits for that one; who wants the end gets it.
        let replacing = self.upkeep.as_ref().is_some_and(Upkeep::is_replacing);
        if self.ending || (replacing && intent != Intent::Quit) {
            return Answer::Refused(Refusal::Ending);
        }
        match intent {
            Intent::Wish { wish: Wish::Request } => self.called(None, now, effects),
            Intent::Called { person } => self.called(Some(person), now, effects),
            Intent::Wish { wish: Wish::Restart } => self.restart_requested(now, effects),
            Intent::Wish { wish } => match self.page_wish(wish, now, effects) {
                Some(answer) => answer,
                None if self.offers().contains(&wish) => {
                    self.wish_granted(wish, now, effects);
                    Answer::Accepted
                }
                None => Answer::Refused(Refusal::NotOffered),
            },
            Intent::Change { field, value } => self.change(field, &value, effects),
            Intent::CopyLine { field } => self.copy_line(field, effects),
            Intent::OpenWindow => {
                effects.push(Effect::PresentWindow);
                Answer::Accepted
            }
            Intent::WindowClosed => {
                self.code_note = None;
                self.window_open = false;
                self.close_page(effects);
                Answer::Accepted
            }
            Intent::CheckNow => self.check_requested(now, effects),
            Intent::CopyCode { code } => match session_code::read(&code) {
                SessionCode::Live(code) => {
                    self.code_note = Some(CodeNote::Copied);
                    effects.push(Effect::CopyToClipboard(code));
                    Answer::Accepted
                }
                SessionCode::Dead => {
                    self.code_note = Some(CodeNote::Dead);
                    Answer::Refused(Refusal::NotACode)
                }
                SessionCode::Malformed => {
                    self.code_note = Some(CodeNote::Malformed);
                    Answer::Refused(Refusal::NotACode)
                }
            },
            Intent::Quit => {
                self.cancel_package(effects);
                // Answers that are still on their way find nobody who waits: nothing is started after this.
                self.end();
                effects.push(Effect::Exit);
                Answer::Accepted
            }
        }
    }

    fn called(&mut self, caller: Option<Person>, now: Moment, effects: &mut Vec<Effect>) -> Answer {
        // A second click while the HIS's request is under way does not forget who asked.
        if caller.is_some() || !self.request.is_busy() {
            self.called_by(caller);
        }
        self.support_requested(now, effects)
    }

    /// Nothing is done any more, and everything is refused.
    fn end(&mut self) {
        self.rest(false);
        self.upkeep = None;
        self.ending = true;
    }

    /// A ticket for new work. Answers to older tickets are no longer heard.
    fn new_ticket(&mut self) -> Ticket {
        self.ticket = Ticket(self.ticket.0.wrapping_add(1));
        self.ticket
    }

    fn cancel_package(&mut self, effects: &mut Vec<Effect>) {
        if let Some(ticket) = self.in_flight {
            effects.push(Effect::CancelPackage(ticket));
        }
    }
}
