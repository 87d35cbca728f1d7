//! The terminal face: one line a step, questions on standard input, documented exit codes.

use crate::faces::Face;
use crate::mailbox::Mailbox;
use crate::words::{Shown, Words};
use helper_core::audit;
use helper_core::effect::Notice;
use helper_core::intent::{Intent, Wish};
use helper_core::tray::Tray;
use helper_core::view::Scene;
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::sync::mpsc::{Receiver, Sender, channel};

/// How a run in the terminal ended. The numbers are documented in `--help` and stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The module runs.
    Running,
    /// A problem; its card was printed.
    Problem,
    /// Cancelled, or a question had nobody to answer it.
    Cancelled,
}

#[derive(Debug)]
enum Event {
    Shown(Box<Shown>),
    Line(Option<String>),
    End,
}

#[derive(Debug)]
struct TerminalFace(Sender<Event>);

impl Face for TerminalFace {
    fn show(&mut self, shown: &Shown, _: &Tray) {
        // After the run nobody reads any more.
        let _ = self.0.send(Event::Shown(Box::new(shown.clone())));
    }

    fn notify(&mut self, _: Notice) {}

    fn end(&mut self) {
        let _ = self.0.send(Event::End);
    }
}

/// Requests support, as `first` says for whom, and follows it until the module runs, a problem stands, or it was cancelled.
///
/// # Errors
/// Standard output cannot be written.
pub fn run(mailbox: &Mailbox, words: &Words, json: bool, first: Option<Intent>) -> io::Result<Ending> {
    let (sender, events) = channel();
    let lines = sender.clone();
    mailbox.join(Box::new(TerminalFace(sender)));
    let mailbox = &mailbox.of(audit::Face::Terminal);
    mailbox.wish(first.unwrap_or_else(|| Wish::Request.into()));
    let ending = Follow { mailbox, words, json, events, lines, reading: false, last: None }.follow();
    mailbox.wish(Intent::Quit);
    ending
}

struct Follow<'a> {
    mailbox: &'a Mailbox,
    words: &'a Words,
    json: bool,
    events: Receiver<Event>,
    lines: Sender<Event>,
    reading: bool,
    last: Option<Shown>,
}

impl Follow<'_> {
    fn follow(mut self) -> io::Result<Ending> {
        let mut begun = false;
        loop {
            match self.events.recv() {
                Ok(Event::Shown(shown)) => {
                    self.print(&shown)?;
                    let scene = shown.scene;
                    self.last = Some(*shown);
                    match scene {
                        Scene::Ready if begun => return Ok(Ending::Cancelled),
                        Scene::Ready => {}
                        Scene::Running => return Ok(Ending::Running),
                        // A script gets the code; a person may try again.
                        Scene::Problem if !io::stdin().is_terminal() => return Ok(Ending::Problem),
                        Scene::PleaseClose | Scene::HowToQuit | Scene::AlreadyRunning | Scene::Problem => {
                            begun = true;
                            self.read_answers();
                        }
                        _ => begun = true,
                    }
                }
                Ok(Event::Line(Some(line))) => self.answer(line.trim())?,
                // Nobody can answer: nothing is done unasked.
                Ok(Event::Line(None)) => match self.last.as_ref().map(|shown| shown.scene) {
                    Some(Scene::Problem) => return Ok(Ending::Problem),
                    Some(Scene::AlreadyRunning) => self.mailbox.wish(Wish::GoOn),
                    _ => self.mailbox.wish(Wish::Cancel),
                },
                Ok(Event::End) | Err(_) => return Ok(Ending::Cancelled),
            }
        }
    }

    fn print(&self, shown: &Shown) -> io::Result<()> {
        let mut out = io::stdout().lock();
        if self.json {
            serde_json::to_writer(&mut out, shown)?;
            writeln!(out)?;
            return out.flush();
        }
        let same_card = self.last.as_ref().is_some_and(|last| {
            last.scene == shown.scene && last.headline == shown.headline && shown.progress.is_some()
        });
        if same_card {
            let percent =
                shown.progress.and_then(|progress| progress.percent).map_or(String::new(), |p| format!("{p:>3} % "));
            writeln!(out, "  {percent}{}", shown.sentence)?;
        } else if shown.scene != Scene::Ready {
            writeln!(out, "* {} {}", shown.headline, shown.sentence)?;
        }
        let asks = matches!(
            shown.scene,
            Scene::PleaseClose | Scene::HowToQuit | Scene::AlreadyRunning | Scene::Problem | Scene::Running
        );
        if asks {
            for detail in &shown.details {
                writeln!(out, "    {detail}")?;
            }
            for copy in &shown.copies {
                writeln!(out, "    {}: {}", copy.label, copy.value)?;
            }
        }
        if asks && shown.scene != Scene::Running {
            for (number, action) in shown.actions.iter().enumerate() {
                writeln!(out, "  [{}] {}", number + 1, action.label)?;
            }
        }
        out.flush()
    }

    fn read_answers(&mut self) {
        if self.reading {
            return;
        }
        self.reading = true;
        let lines = self.lines.clone();
        let reader = std::thread::Builder::new().name("stdin".into()).spawn(move || {
            for line in io::stdin().lock().lines() {
                let Ok(line) = line else { break };
                if lines.send(Event::Line(Some(line))).is_err() {
                    return;
                }
            }
            let _ = lines.send(Event::Line(None));
        });
        if let Err(error) = reader {
            tracing::error!(%error, "standard input cannot be read");
            let _ = self.lines.send(Event::Line(None));
        }
    }

    /// An answer is the number of a button or the name of a wish (`close-and-continue`).
    fn answer(&self, line: &str) -> io::Result<()> {
        let Some(shown) = &self.last else { return Ok(()) };
        let by_number = line.parse::<usize>().ok().and_then(|number| shown.actions.get(number.checked_sub(1)?));
        let wish = by_number
            .map(|action| action.wish)
            .or_else(|| serde_json::from_value::<Wish>(serde_json::Value::String(line.to_owned())).ok());
        match wish {
            Some(wish) => self.mailbox.wish(wish),
            None => {
                let hint = self.words.ui("term.choose").unwrap_or("?");
                writeln!(io::stderr().lock(), "{hint}")?;
            }
        }
        Ok(())
    }
}
