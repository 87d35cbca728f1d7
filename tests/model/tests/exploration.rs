//! Every reachable combination of PC, machine and person, once.

use model::search::search;
use model::worlds::beginnings;

#[test]
fn every_reachable_state_keeps_every_property() {
    let beginnings = beginnings();
    let began = std::time::Instant::now();
    let seen = match search(&beginnings) {
        Ok(seen) => seen,
        Err(found) => panic!(
            "PROPERTY VIOLATED: {} after {} states in {} moves {:?}\n{}\n\n{}",
            found.violation.property,
            found.states,
            found.moves,
            began.elapsed(),
            found.violation.sentence,
            found.trace
        ),
    };
    println!("{seen:#?} in {:?} from {}", began.elapsed(), beginnings.len());
}
