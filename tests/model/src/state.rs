//! One state of the search: core, the PC, the machine's work, the observer's notes, and what may still be done to them.

use crate::catalog::setup;
use crate::memory::Memory;
use crate::pc::Pc;
use crate::properties::{self, Step, Violation};
use crate::work::Work;
use helper_core::Core;
use helper_core::effect::Effect;
use helper_core::input::{Beginning, Input, Ticket};
use helper_core::time::Moment;
use std::hash::{DefaultHasher, Hash, Hasher};

/// A core and its strict observer. The core is canonical: it is now 0 and its ticket is 0.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Observed {
    /// Core.
    pub core: Core,
    /// The observer's notes.
    pub memory: Memory,
}

impl Default for Observed {
    fn default() -> Self {
        Self { core: Core::new(setup()), memory: Memory::default() }
    }
}

impl Observed {
    /// Steps core `later` than now, judges the step, and makes core canonical again. Told is what core asked for, with
    /// tickets as core gave them, and the ticket that is the base from now on.
    pub fn step(&mut self, input: Input, later: Moment) -> Result<(Vec<Effect>, Ticket), Violation> {
        let mut after = self.core.clone();
        let effects = after.step(input.clone(), later);
        let had_quit = self.memory.quit;
        self.memory.hear(&self.core, &input, &effects);
        let step = Step {
            before: &self.core,
            memory: &self.memory,
            had_quit,
            input: &input,
            effects: &effects,
            after: &after,
        };
        if let Some(violation) = properties::violated(&step) {
            return Err(violation);
        }
        self.memory.note(&effects, &after);
        let (core, base) = after.canonical(later);
        self.core = core;
        self.memory.rename(base);
        Ok((effects, base))
    }
}

/// One state of the search.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    /// Core and observer.
    pub observed: Observed,
    /// The PC.
    pub pc: Pc,
    /// The machine's work.
    pub work: Work,
    /// How often the person may still act.
    pub clicks: u8,
    /// How often the world may still change by itself.
    pub changes: u8,
}

impl State {
    /// The beginning on this PC.
    pub fn new(pc: Pc, clicks: u8, changes: u8) -> Self {
        Self { observed: Observed::default(), pc, work: Work::default(), clicks, changes }
    }

    /// The same with work in the background.
    #[must_use]
    pub fn with_upkeep(mut self) -> Self {
        let beginning = Beginning { every_hours: 6, replaces_itself: true, ..Beginning::default() };
        self.observed.core.step(Input::Began(beginning), Moment(0));
        self
    }

    /// Core.
    pub fn core(&self) -> &Core {
        &self.observed.core
    }

    /// Steps core and gives what it asks for to the machine.
    pub fn step(&mut self, input: Input, later: Moment) -> Result<Vec<Effect>, Violation> {
        let (effects, base) = self.observed.step(input, later)?;
        self.work.take_on(&effects, base, &self.observed.core);
        Ok(effects)
    }
}

/// 128 bits that stand for a value: with a million states the odds of one collision are below 1 to 10^26.
pub fn fingerprint(value: &impl Hash) -> u128 {
    let mut both = Both(DefaultHasher::new(), DefaultHasher::new());
    both.1.write_u8(1);
    value.hash(&mut both);
    u128::from(both.0.finish()) << 64 | u128::from(both.1.finish())
}

struct Both(DefaultHasher, DefaultHasher);

impl Hasher for Both {
    fn finish(&self) -> u64 {
        self.0.finish()
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0.write(bytes);
        self.1.write(bytes);
    }
}
