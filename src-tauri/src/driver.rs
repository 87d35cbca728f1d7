//! The one loop: receive, `core.step`, run effects, show the view if it changed. It waits without polling: until somebody
//! says something, or until the moment that core named.

use crate::audit::Scribe;
use crate::effects::Hands;
use crate::faces::Face;
use crate::faces::dialogs::Caller;
use crate::mailbox::{Message, Reply};
use crate::setup;
use crate::words::{Language, Shown, Words};
use helper_core::Core;
use helper_core::audit::{self, Auditor, Deed};
use helper_core::effect::Effect;
use helper_core::input::Input;
use helper_core::intent::{Answer, Intent, Refusal, Wish};
use helper_core::request::Request;
use helper_core::tray::Tray;
use helper_machine::clock;
use helper_machine::journal::{Journal, Line};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

/// The loop and everything it owns.
#[derive(Debug)]
pub struct Driver {
    core: Core,
    hands: Hands,
    words: Arc<Words>,
    journal: Journal,
    scribe: Scribe,
    auditor: Auditor,
    faces: Vec<Box<dyn Face>>,
    receiver: Receiver<Message>,
    last: Option<(Shown, Tray)>,
}

impl Driver {
    /// A loop that has not begun.
    pub fn new(
        core: Core,
        hands: Hands,
        words: Arc<Words>,
        journal: Journal,
        scribe: Scribe,
        receiver: Receiver<Message>,
    ) -> Self {
        let auditor = Auditor::new();
        Self { core, hands, words, journal, scribe, auditor, faces: Vec::new(), receiver, last: None }
    }

    /// Runs until core says `Exit` or nobody can speak any more.
    pub fn run(mut self) {
        loop {
            let message = match self.core.wake_at() {
                None => self.receiver.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(at) => {
                    let wait = at.0.saturating_sub(clock::moment().0);
                    self.receiver.recv_timeout(Duration::from_millis(wait))
                }
            };
            let go_on = match message {
                Ok(Message::Fact(input)) => self.step(input, None, None),
                Ok(Message::Wish(intent, from, reply)) => self.step(Input::Asked(intent), from, reply.as_ref()),
                Ok(Message::Status(reply)) => {
                    // Who asked may be gone.
                    let _ = reply.send(self.reply(None));
                    true
                }
                Ok(Message::Join(mut face)) => {
                    let (shown, tray) = self.render();
                    face.speak(&self.words);
                    face.show(&shown, &tray);
                    self.faces.push(face);
                    true
                }
                Err(RecvTimeoutError::Timeout) => self.step(Input::Woke, None, None),
                Err(RecvTimeoutError::Disconnected) => false,
            };
            if !go_on {
                break;
            }
        }
        // Before the faces end: the program may end with them.
        drop(self.scribe);
        for face in &mut self.faces {
            face.end();
        }
    }

    fn reply(&self, answer: Option<Answer>) -> Reply {
        Reply {
            answer,
            state: self.core.request().name().to_owned(),
            view: self.core.view(),
            version: setup::version().to_owned(),
            upkeep: self.core.upkeep_status(clock::moment()),
        }
    }

    fn render(&self) -> (Shown, Tray) {
        let view = self.core.view();
        (Shown::of(&view, &self.words), self.core.tray_of(&view))
    }

    /// One step. `false` when it was the last.
    fn step(&mut self, input: Input, from_face: Option<audit::Face>, reply: Option<&Sender<Reply>>) -> bool {
        let what = name_of(&input);
        let caller = caller_of(&input);
        let deed = Deed::of(&input, from_face);
        let from = self.core.request().name();
        if let Input::Settled(settings) = &input {
            self.speak(settings.effective.language.value.into());
        }
        let effects = self.core.step(input, clock::moment());
        self.write_journal(&what, from, &effects);
        if let Some(entry) = self.auditor.see(deed, &effects, &self.core) {
            self.scribe.add(entry);
        }
        let mut go_on = true;
        let mut answer = None;
        // First what is shown, then what is done: a click is answered before anything else begins.
        self.publish();
        for effect in effects {
            match effect {
                Effect::Acknowledge(given) => answer = Some(given),
                Effect::PresentWindow => self.faces.iter_mut().for_each(|face| face.present(caller)),
                Effect::Notify(notice) => self.faces.iter_mut().for_each(|face| face.notify(notice)),
                Effect::Exit => go_on = false,
                Effect::StartSuccessor => {
                    self.hands.carry(Effect::StartSuccessor);
                    go_on = false;
                }
                other => self.hands.carry(other),
            }
        }
        if let Some(reply) = reply {
            let answer = answer.unwrap_or(Answer::Refused(Refusal::NotOffered));
            // Who asked may be gone.
            let _ = reply.send(self.reply(Some(answer)));
        }
        go_on
    }

    fn speak(&mut self, language: Language) {
        if language != self.words.language() {
            self.words = Arc::new(Words::of(language));
            self.faces.iter_mut().for_each(|face| face.speak(&self.words));
        }
    }

    fn publish(&mut self) {
        let now = self.render();
        // The tray holds no sentences: another language shows in the card alone.
        if self.last.as_ref() != Some(&now) {
            for face in &mut self.faces {
                face.show(&now.0, &now.1);
            }
            self.last = Some(now);
        }
    }

    fn write_journal(&mut self, what: &str, from: &'static str, effects: &[Effect]) {
        let request = self.core.request();
        let to = request.name();
        // What changes nothing and asks for nothing is no news, but for how the work of the background ended.
        let of_background = ["catalog", "no catalog", "placed", "no package", "helper"];
        let told = what.starts_with("asked") || of_background.iter().any(|begin| what.starts_with(begin));
        if from == to && !told && effects.is_empty() {
            return;
        }
        let code = match request {
            Request::Stuck { problem, .. } => {
                let spoken = self.core.spoken_code().map(|spoken| spoken.to_string()).unwrap_or_default();
                Some(format!("{} {spoken}", problem.code()))
            }
            _ => None,
        };
        let effects = effects.iter().map(effect_name).collect();
        let code = code.as_deref();
        self.journal.add(&Line { at: clock::wall().to_string(), what, from, to, code, effects });
    }
}

/// Who wants the window when this brings it: a click during a request asks to see how it stands.
const fn caller_of(input: &Input) -> Caller {
    match input {
        Input::Asked(
            Intent::OpenWindow
            | Intent::Called { .. }
            | Intent::Wish {
                wish:
                    Wish::Request
                    | Wish::Restart
                    | Wish::OpenSettings
                    | Wish::OpenHelp
                    | Wish::OpenWizard
                    | Wish::OpenDoctor,
            },
        ) => Caller::Person,
        _ => Caller::State,
    }
}

/// What happened, without what it carried: a journal holds no names, codes or addresses.
fn name_of(input: &Input) -> String {
    match input {
        Input::Asked(Intent::Wish { wish }) => format!("asked: {wish:?}"),
        Input::Asked(Intent::OpenWindow) => "asked: OpenWindow".to_owned(),
        Input::Asked(Intent::WindowClosed) => "asked: WindowClosed".to_owned(),
        Input::Asked(Intent::CopyCode { .. }) => "asked: CopyCode".to_owned(),
        Input::Asked(Intent::CheckNow) => "asked: CheckNow".to_owned(),
        Input::Asked(Intent::Called { .. }) => "asked: Called".to_owned(),
        Input::Asked(Intent::Change { field, .. }) => format!("asked: Change {field:?}"),
        Input::Asked(Intent::CopyLine { field }) => format!("asked: CopyLine {field:?}"),
        Input::Asked(Intent::Quit) => "asked: Quit".to_owned(),
        Input::Woke => "woke".to_owned(),
        Input::TeamViewerSeen(_, scan) => {
            scan.as_ref().map_or("could not look".to_owned(), |scan| format!("looked at {}", scan.processes.len()))
        }
        Input::StoreSeen(_, holdings) => format!("store read, {} placed", holdings.placed.len()),
        Input::CatalogSeen(_, result) => match result {
            Ok(catalog) => format!("catalog of {}", catalog.len()),
            Err(failure) => format!("no catalog: {failure:?}"),
        },
        Input::PackageProgress(..) => "package came further".to_owned(),
        Input::PackageDone(_, result) => match result {
            Ok(id) => format!("placed {}", id.0),
            Err(failure) => format!("no package: {failure:?}"),
        },
        Input::ModuleLaunched(_, result) => match result {
            Ok(launched) => format!("launched process {}", launched.process.pid),
            Err(failure) => format!("not launched: {failure:?}"),
        },
        Input::ModuleWindowSeen(_, owner) => format!("window of process {}", owner.pid),
        Input::ProcessGone(process) => format!("process {} gone", process.pid),
        Input::Began(beginning) => format!("background work begins, last check {:?}", beginning.last_check),
        Input::NetworkChanged => "network changed".to_owned(),
        Input::HelperPrepared(_, result) => format!("helper prepared: {result:?}"),
        Input::HelperInstalled(result) => format!("helper installed: {result:?}"),
        Input::Settled(_) => "settings".to_owned(),
        Input::NotKept(field, why) => format!("{field:?} not kept: {why:?}"),
        Input::Rehearsed(_, rehearsal) => format!("rehearsed: {rehearsal:?}"),
        Input::Examined(_, report) => {
            let cause = report.as_ref().map_or("not possible", |report| report.root.cause.code());
            format!("network examined: {cause}")
        }
        Input::DiagnosticsCollected(_, documents) => format!("diagnosis of {} documents", documents.len()),
        Input::DiagnosticsSaved(_, place) => format!("diagnosis saved: {}", place.is_some()),
        Input::CopyPlaced(place) => format!("copy placed: {place:?}"),
        Input::CloseFailed(process, failure) => format!("process {} not closed: {failure:?}", process.pid),
    }
}

fn effect_name(effect: &Effect) -> String {
    match effect {
        Effect::CopyToClipboard(_) => "CopyToClipboard".to_owned(),
        Effect::KeepPreferences(_, field) => format!("KeepPreferences {field:?}"),
        Effect::CollectDiagnostics(..) => "CollectDiagnostics".to_owned(),
        Effect::SaveDiagnostics(..) => "SaveDiagnostics".to_owned(),
        Effect::PreparePackage(_, release, why) => format!("PreparePackage {} {why:?}", release.target),
        Effect::PrepareHelper(_, release) => format!("PrepareHelper {}", release.target),
        Effect::Launch(_, id) => format!("Launch {}", id.0),
        other => format!("{other:?}"),
    }
}
