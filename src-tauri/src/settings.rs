//! What the person chose: kept in one state file, and made to hold at once, without a new start (SPEC E1, E3).

use crate::effects::Known;
use crate::mailbox::Mailbox;
use crate::policy;
use crate::setup;
use crate::words::Language;
use helper_core::brand::Brand;
use helper_core::input::{Input, NotKept};
use helper_core::policy::{Effective, Stated};
use helper_core::settings::{Preferences, Settings};
use helper_core::view::Field;
use helper_machine::autostart::Entry;
use helper_machine::dirs::Dirs;
use helper_machine::mirror::Mirror;
use helper_machine::shortcut::Shortcut;
use helper_machine::state_file::StateFile;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

/// The state file in the helper's data folder.
const FILE: &str = "preferences";

/// What this user chose before; nothing when he never did.
pub fn kept(dirs: &Dirs) -> Preferences {
    StateFile::new(dirs.data().join(FILE)).read().unwrap_or_default()
}

/// What is to be done; one after the other, in the order of the person's changes.
#[derive(Debug)]
pub enum Chore {
    /// Tell how the helper is set: who listens is there now.
    Tell,
    /// Keep what the person chose; which field of it is new.
    Keep(Preferences, Option<Field>),
    /// Start at login from now on, or not any more.
    AtLogin(bool),
    /// An icon on the Desktop from now on, or none any more.
    Shortcut(bool),
}

/// What the settings are made of.
#[derive(Debug)]
pub struct Keeper {
    brand: Brand,
    stated: Stated,
    /// The language that the command line asks for.
    asked: Option<Language>,
    file: StateFile,
    entry: Option<Entry>,
    shortcut: Option<Shortcut>,
    kept: Preferences,
    /// There is a window or a dialog, in which a first run can be seen.
    windowed: bool,
}

impl Keeper {
    /// A keeper of what is there.
    pub fn new(brand: &Brand, stated: &Stated, asked: Option<Language>, dirs: &Dirs, windowed: bool) -> Self {
        let kept = kept(dirs);
        let language = Language::from(policy::effective(stated, brand, asked, &kept).language.value);
        let entry = setup::at_login(brand, language)
            .inspect_err(|error| tracing::warn!(%error, "the start at login cannot be changed"))
            .ok();
        let shortcut = setup::shortcut(brand, language)
            .inspect_err(|error| tracing::warn!(%error, "there is no icon on the Desktop"))
            .ok();
        Self {
            brand: brand.clone(),
            stated: stated.clone(),
            asked,
            file: StateFile::new(dirs.data().join(FILE)),
            entry,
            shortcut,
            kept,
            windowed,
        }
    }

    /// Does the chores on a thread of its own, and tells after each how the helper is set now. The thread ends with its sender.
    pub fn begin(mut self, known: Arc<Known>, mailbox: Mailbox) -> Sender<Chore> {
        let (sender, receiver) = channel();
        let begun = std::thread::Builder::new().name("settings".into()).spawn(move || {
            self.follow_policy();
            self.serve(&receiver, &known, &mailbox);
        });
        if let Err(error) = begun {
            tracing::error!(%error, "nothing can be set");
        }
        sender
    }

    fn serve(&mut self, chores: &Receiver<Chore>, known: &Known, mailbox: &Mailbox) {
        while let Ok(chore) = chores.recv() {
            let (field, done) = match chore {
                Chore::Tell => (None, Ok(())),
                Chore::Keep(preferences, field) => (field, self.keep(preferences)),
                Chore::AtLogin(on) => (Some(Field::AtLogin), self.switch_at_login(on)),
                Chore::Shortcut(on) => (Some(Field::Shortcut), self.switch_shortcut(on)),
            };
            let settings = Arc::new(self.settings());
            known.follow(&settings.effective);
            mailbox.tell(Input::Settled(settings));
            if let (Some(field), Err(why)) = (field, done) {
                mailbox.tell(Input::NotKept(field, why));
            }
        }
    }

    /// What holds now.
    pub fn settings(&self) -> Settings {
        let mut effective = self.effective();
        effective.first_run.value &= self.windowed;
        let language = Language::from(effective.language.value);
        Settings {
            effective,
            preferences: self.kept.clone(),
            at_login: self.entry.as_ref().map(Entry::is_on),
            shortcut: self.shortcut.as_ref().filter(|shortcut| shortcut.is_possible()).map(Shortcut::is_there),
            phone: setup::phone(&self.brand, language),
            version: setup::version().to_owned(),
        }
    }

    fn effective(&self) -> Effective {
        policy::effective(&self.stated, &self.brand, self.asked, &self.kept)
    }

    /// What is refused of a change stays as it was; the rest is kept.
    fn keep(&mut self, mut preferences: Preferences) -> Result<(), NotKept> {
        let mirror = preferences.mirror.as_deref().map(str::parse::<Mirror>);
        let unfit = matches!(mirror, Some(Err(_)));
        if unfit {
            preferences.mirror.clone_from(&self.kept.mirror);
        }
        if preferences != self.kept {
            self.file.write(&preferences).map_err(|error| {
                tracing::warn!(%error, "what was chosen cannot be kept");
                NotKept::Refused
            })?;
            self.kept = preferences;
        }
        if unfit { Err(NotKept::Unfit) } else { Ok(()) }
    }

    fn switch_at_login(&self, on: bool) -> Result<(), NotKept> {
        let Some(entry) = &self.entry else { return Err(NotKept::Refused) };
        let done = if on { entry.switch_on() } else { entry.switch_off() };
        // The system's own settings may keep it off.
        judged(done, entry.is_on() == on, "the start at login")
    }

    fn switch_shortcut(&self, on: bool) -> Result<(), NotKept> {
        let Some(shortcut) = &self.shortcut else { return Err(NotKept::Refused) };
        let done = if on { shortcut.place() } else { shortcut.remove() };
        // One that stands on everybody's Desktop stays.
        judged(done, shortcut.is_there() == on, "the icon on the Desktop")
    }

    /// Where a policy says whether the helper starts at login, or has an icon on the Desktop, that holds.
    fn follow_policy(&self) {
        let effective = self.effective();
        let is_on = self.entry.as_ref().map(Entry::is_on);
        if let Some(wanted) = effective.start_at_login.value.filter(|wanted| is_on.is_some_and(|is| is != *wanted)) {
            // What is in the way was noted.
            let _ = self.switch_at_login(wanted);
        }
        let is_there = self.shortcut.as_ref().map(Shortcut::is_there);
        if let Some(wanted) = effective.desktop_shortcut.value.filter(|wanted| is_there.is_some_and(|is| is != *wanted))
        {
            let _ = self.switch_shortcut(wanted);
        }
    }
}

/// What became of a switch: nothing went wrong, and it stands as it was wanted.
fn judged(done: std::io::Result<()>, stands: bool, what: &str) -> Result<(), NotKept> {
    match done {
        Ok(()) if stands => Ok(()),
        Ok(()) => {
            tracing::warn!(what, "it was switched and stands as before: something of the system's own is stronger");
            Err(NotKept::Refused)
        }
        Err(error) => {
            tracing::warn!(what, %error, "it cannot be switched");
            Err(NotKept::Refused)
        }
    }
}
