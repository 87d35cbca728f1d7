//! Visits every reachable state once, breadth first, and judges every step and every state.

use crate::helpful::help;
use crate::memory::CURRENT;
use crate::moves::{Move, moves, take};
use crate::properties::Violation;
use crate::report::{name, trace};
use crate::standing::{violated_by_core, violated_by_state};
use crate::state::{State, fingerprint};
use crate::worlds::Beginning;
use helper_core::effect::Effect;
use helper_core::input::Input;
use helper_core::intent::Intent;
use helper_core::problem::Problem;
use helper_core::request::Request;
use helper_core::time::Moment;
use std::collections::{BTreeMap, HashSet, VecDeque};

/// What was seen.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Different states.
    pub states: usize,
    /// Steps between them.
    pub transitions: usize,
    /// Different cores among the states.
    pub cores: usize,
    /// The longest shortest path.
    pub depth: usize,
    /// From how many states help was tried, and the most steps that it took.
    pub helped: (usize, usize),
    /// States of each request.
    pub requests: BTreeMap<&'static str, usize>,
    /// How often each effect was asked for.
    pub effects: BTreeMap<&'static str, usize>,
    /// States of each problem.
    pub problems: BTreeMap<Problem, usize>,
}

/// A way to a violated property, as short as there is.
#[derive(Clone, Debug)]
pub struct Counterexample {
    /// The property.
    pub violation: Violation,
    /// How many moves lead to it.
    pub moves: usize,
    /// The inputs in order, with their effects.
    pub trace: String,
    /// How many states were seen before it was found.
    pub states: usize,
}

/// Help is tried from every state whose number divides by this.
const HELP_EVERY: usize = 8;

/// What to do once a violation is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// Look for a shorter way to it, or to another.
    Shorten,
    /// Stop: that there is one is enough.
    Stop,
}

/// Searches from every beginning.
pub fn search(beginnings: &[Beginning], then: Then) -> Result<Seen, Box<Counterexample>> {
    let mut search = Search { seen: Seen::default(), visited: HashSet::new(), cores: HashSet::new(), found: None };
    for beginning in beginnings {
        if then == Then::Stop && search.found.is_some() {
            break;
        }
        let state = State::new(beginning.pc.clone(), beginning.clicks, beginning.changes);
        search.from(&if beginning.upkeep { state.with_upkeep() } else { state });
    }
    match search.found {
        Some(found) => Err(Box::new(found)),
        None => Ok(search.seen),
    }
}

/// What was violated, and the moves of a helpful world that led to it, if it was not the last move itself.
type Fault = (Violation, Vec<Move>);

struct Search {
    seen: Seen,
    visited: HashSet<u128>,
    cores: HashSet<u128>,
    found: Option<Counterexample>,
}

/// How a state was first reached.
struct Step {
    before: Option<usize>,
    step: Move,
    depth: usize,
}

impl Search {
    fn from(&mut self, beginning: &State) {
        let mut steps: Vec<Step> = Vec::new();
        let mut waiting = VecDeque::new();
        if self.visited.insert(fingerprint(beginning)) {
            if let Some(fault) = self.arrive(beginning) {
                self.find(beginning, &steps, None, None, fault);
            }
            waiting.push_back((None, beginning.clone()));
        }
        while let Some((at, state)) = waiting.pop_front() {
            let depth = at.map_or(0, |at: usize| steps[at].depth);
            if self.found.as_ref().is_some_and(|found| depth + 1 >= found.moves) {
                return;
            }
            for step in moves(&state) {
                self.seen.transitions += 1;
                let mut next = state.clone();
                let asked = match take(&mut next, step) {
                    Ok(asked) => asked,
                    Err(violation) => return self.find(beginning, &steps, at, Some(step), (violation, vec![])),
                };
                self.count(asked.iter().flat_map(|(_, effects)| effects));
                if !self.visited.insert(fingerprint(&next)) {
                    continue;
                }
                if let Some(fault) = self.arrive(&next) {
                    self.find(beginning, &steps, at, Some(step), fault);
                }
                steps.push(Step { before: at, step, depth: depth + 1 });
                self.seen.depth = self.seen.depth.max(depth + 1);
                waiting.push_back((Some(steps.len() - 1), next));
            }
        }
    }

    fn count<'a>(&mut self, effects: impl Iterator<Item = &'a Effect>) {
        for effect in effects {
            *self.seen.effects.entry(name(effect)).or_default() += 1;
        }
    }

    /// A state that was not seen before.
    fn arrive(&mut self, state: &State) -> Option<Fault> {
        self.seen.states += 1;
        if state.observed.memory.quit {
            // Another helper goes on from here.
            return None;
        }
        let core = state.core();
        *self.seen.requests.entry(core.request().name()).or_default() += 1;
        if let Request::Stuck { problem, .. } = core.request() {
            *self.seen.problems.entry(*problem).or_default() += 1;
        }
        if self.cores.insert(fingerprint(core)) {
            self.seen.cores += 1;
            if let Some(violation) = violated_by_core(core).or_else(|| self.asides(state)) {
                return Some((violation, vec![]));
            }
        }
        if let Some(violation) = violated_by_state(state) {
            return Some((violation, vec![]));
        }
        if self.seen.states % HELP_EVERY == 1 {
            match help(state) {
                Ok(steps) => self.seen.helped = (self.seen.helped.0 + 1, self.seen.helped.1.max(steps)),
                Err(fault) => return Some(fault),
            }
        }
        None
    }

    /// What may be said at any time and leads nowhere new: judged, but not followed.
    fn asides(&mut self, state: &State) -> Option<Violation> {
        let code = |code: &str| Intent::CopyCode { code: code.to_owned() };
        let asides = [Intent::OpenWindow, Intent::WindowClosed, code("s12-345-678"), code("s00-000-000"), Intent::Quit];
        let mut observed = state.observed.clone();
        for intent in asides {
            match observed.step(Input::Asked(intent), Moment(CURRENT.0.into())) {
                Ok((effects, _)) => self.count(effects.iter()),
                Err(violation) => return Some(violation),
            }
        }
        None
    }

    /// Remembers the shortest way to a violation.
    fn find(&mut self, beginning: &State, steps: &[Step], at: Option<usize>, last: Option<Move>, fault: Fault) {
        let (violation, help) = fault;
        let mut path: Vec<Move> = last.into_iter().collect();
        let mut at = at;
        while let Some(step) = at.and_then(|at| steps.get(at)) {
            path.push(step.step);
            at = step.before;
        }
        path.reverse();
        let (moves, states) = (path.len() + help.len(), self.seen.states);
        let states = match &self.found {
            Some(found) if found.moves <= moves => return,
            Some(found) => found.states,
            None => states,
        };
        let trace = trace(beginning, &path, &help);
        self.found = Some(Counterexample { violation, moves, trace, states });
    }
}
