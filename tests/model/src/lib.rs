//! A modelled PC, and an exhaustive search that drives the real [`helper_core::Core`] through everything it can do.
//!
//! [`pc::Pc`] is what is true on the PC, [`work::Work`] what the machine was asked to do and has not answered yet,
//! [`memory::Memory`] what a strict observer remembers of a request. [`moves`] says what may happen next: a person, a
//! program, an answer, or nothing until the alarm. [`search`] visits every reachable combination once and holds
//! [`properties`] against every step, [`standing`] against every state and [`helpful`] against a world that helps.
//!
//! Answers to old tickets have no effect: that is itself a property, held against every state with answers of every
//! kind, so the search forgets an answer as soon as its ticket is old, except where the work behind it goes on.

pub mod catalog;
pub mod helpful;
pub mod memory;
pub mod mentions;
pub mod moves;
pub mod pc;
pub mod properties;
pub mod report;
pub mod search;
pub mod standing;
pub mod state;
pub mod work;
pub mod worlds;
