//! Every reachable combination of PC, machine and person, once.

use helper_core::problem::Problem;
use model::helpful::HELP;
use model::properties::STEPS;
use model::report::{EFFECTS, REQUESTS};
use model::search::{Seen, Then, search};
use model::standing::STATES;
use model::worlds::beginnings;
use std::time::Instant;

/// With fewer states the model has lost something that it could do.
const ENOUGH: usize = 100_000;

#[test]
fn every_reachable_state_keeps_every_property() {
    let beginnings = beginnings();
    let began = Instant::now();
    // For scripts/check-mutations, which need no short trace.
    let then = if std::env::var_os("MODEL_STOP_AT_FIRST").is_some() { Then::Stop } else { Then::Shorten };
    let seen = match search(&beginnings, then) {
        Ok(seen) => seen,
        // scripts/check-mutations reads the first line.
        Err(found) => panic!(
            "PROPERTY VIOLATED: {} after {} states, in {} moves\n{}\n\n{}\n",
            found.violation.property, found.states, found.moves, found.violation.sentence, found.trace
        ),
    };
    println!(
        "{} states, {} transitions, {} different cores, up to {} moves deep, from {} PCs in {:.1} s",
        seen.states,
        seen.transitions,
        seen.cores,
        seen.depth,
        beginnings.len(),
        began.elapsed().as_secs_f64()
    );
    println!("{} properties; helped from {} states in at most {} moves", properties(), seen.helped.0, seen.helped.1);
    println!("requests: {:?}\neffects: {:?}\nproblems: {:?}", seen.requests, seen.effects, seen.problems);
    everything_was_reached(&seen);
}

fn properties() -> usize {
    STEPS.len() + STATES.len() + [HELP].len()
}

fn everything_was_reached(seen: &Seen) {
    assert!(seen.states >= ENOUGH, "only {} states", seen.states);
    assert!(seen.helped.0 >= 10_000, "helped from only {} states", seen.helped.0);
    for name in REQUESTS {
        assert!(seen.requests.contains_key(name), "no state is {name}");
    }
    for name in EFFECTS {
        assert!(seen.effects.contains_key(name), "nothing asks for {name}");
    }
    for problem in Problem::ALL {
        assert!(seen.problems.contains_key(problem), "nothing leads to {problem:?}");
    }
}
