//! Calls of the helper: ended ones, running ones, and those with which a test talks.

use crate::LONG;
use helper_world::wait_until;
use serde_json::Value;
use std::fmt;
use std::process::{Child, Output};

/// What a call of the helper brought.
pub struct Called {
    /// Exit code; -1 when a signal ended it.
    pub code: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl From<Output> for Called {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl fmt::Debug for Called {
    /// Short: the cards by name, and the last one whole.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cards = self.cards();
        let said = if cards.is_empty() { self.stdout.clone() } else { cards[cards.len() - 1].to_string() };
        write!(f, "exit code {}, {:?}, last {said}\n{}", self.code, self.scenes(), self.stderr)
    }
}

impl Called {
    /// The cards that were shown, as `--json` prints them.
    pub fn cards(&self) -> Vec<Value> {
        self.stdout.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    /// The scenes in order, each once in a row.
    pub fn scenes(&self) -> Vec<String> {
        let mut scenes: Vec<String> =
            self.cards().iter().filter_map(|card| card["scene"].as_str().map(str::to_owned)).collect();
        scenes.dedup();
        scenes
    }

    /// The problem's code on the last card.
    pub fn problem(&self) -> Option<String> {
        self.cards().last()?["problem"]["code"].as_str().map(str::to_owned)
    }

    /// What the last card offers, the main thing first.
    pub fn offers(&self) -> Vec<String> {
        self.cards().last().map(offers_of).unwrap_or_default()
    }
}

/// What a card offers, the main thing first.
pub(crate) fn offers_of(card: &Value) -> Vec<String> {
    let actions = card["actions"].as_array().into_iter().flatten();
    actions.filter_map(|action| action["wish"].as_str().map(str::to_owned)).collect()
}

/// A helper that runs beside the test; dropping it kills it.
#[derive(Debug)]
pub struct Running(Child);

impl Running {
    /// Guards a process that a test started itself.
    pub fn of(child: Child) -> Self {
        Self(child)
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.0.id()
    }

    /// Ends it as a power cut does.
    pub fn kill(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }

    /// Waits for its own end.
    pub fn wait_end(&mut self) -> i32 {
        let child = &mut self.0;
        wait_until(LONG, "the helper's end", || child.try_wait().unwrap()).unwrap().code().unwrap_or(-1)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}
