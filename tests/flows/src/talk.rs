//! A call of the helper in the terminal with which a test talks: cards come line by line, answers go in.

use crate::{Called, LONG};
use helper_world::wait_until;
use serde_json::Value;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// A talk. Dropping it kills the helper.
#[derive(Debug)]
pub struct Talk {
    child: Child,
    answers: Option<ChildStdin>,
    heard: Arc<Mutex<String>>,
    readers: Vec<JoinHandle<String>>,
}

impl Talk {
    /// Begins a call that prints `--json`.
    pub(crate) fn begin(mut command: Command) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let heard = Arc::new(Mutex::new(String::new()));
        let (out, said) = (child.stdout.take().unwrap(), Arc::clone(&heard));
        let listener = thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                let mut said = said.lock().unwrap();
                said.push_str(&line);
                said.push('\n');
            }
            String::new()
        });
        let mut errors = child.stderr.take().unwrap();
        let second = thread::spawn(move || {
            let mut text = Vec::new();
            let _ = errors.read_to_end(&mut text);
            String::from_utf8_lossy(&text).into_owned()
        });
        Self { answers: child.stdin.take(), child, heard, readers: vec![listener, second] }
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// All cards so far.
    pub fn cards(&self) -> Vec<Value> {
        self.heard.lock().unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Waits until the newest card is of this scene.
    pub fn wait_for_scene(&self, scene: &str) -> Value {
        let seen =
            wait_until(LONG, &format!("the card {scene}"), || self.cards().pop().filter(|card| card["scene"] == scene));
        seen.unwrap_or_else(|error| panic!("{error}; heard {}", self.heard.lock().unwrap()))
    }

    /// Answers with a line: the number of a button or the name of a wish.
    pub fn answer(&mut self, line: &str) {
        let answers = self.answers.as_mut().expect("the talk goes on");
        writeln!(answers, "{line}").unwrap();
    }

    /// Says that nobody will answer any more.
    pub fn hang_up(&mut self) {
        self.answers = None;
    }

    /// Waits for the helper's own end; nobody answers any more.
    pub fn end(mut self) -> Called {
        self.hang_up();
        self.wait_end()
    }

    /// Waits for the helper's own end; whoever answers is still there.
    pub fn wait_end(self) -> Called {
        self.wait_end_within(LONG)
    }

    /// The same, for an end that takes its time.
    pub fn wait_end_within(mut self, limit: Duration) -> Called {
        let child = &mut self.child;
        let ended = wait_until(limit, "the helper's end", || child.try_wait().unwrap());
        let status = ended.unwrap_or_else(|error| panic!("{error}; heard {}", self.heard.lock().unwrap()));
        let said: Vec<String> = self.readers.drain(..).map(|reader| reader.join().unwrap()).collect();
        Called { code: status.code().unwrap_or(-1), stdout: self.heard.lock().unwrap().clone(), stderr: said.concat() }
    }
}

impl Drop for Talk {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
