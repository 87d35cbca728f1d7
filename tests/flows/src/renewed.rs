//! A helper that replaces itself: a copy of the real program in the user's own folder, and copies with other versions.

use crate::{LONG, Pc, Running, helper_program};
use helper_world::wait_until;
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What rehearsal builds carry in front of their version, and how much room for it.
const MARK: &[u8] = b"support-helper version: ";
const ROOM: usize = 15;

/// A copy of the program under test that is another version: the same code, other bytes, another hash.
pub fn with_version(version: &str, to: &Path) {
    // Without what only a debugger needs it is a tenth as large.
    let status = Command::new("strip").arg("--strip-debug").arg("-o").arg(to).arg(helper_program()).status().unwrap();
    assert!(status.success(), "{status}");
    let mut bytes = fs::read(to).unwrap();
    let begins = bytes.windows(2).enumerate().filter(|(_, two)| *two == &MARK[..2]).map(|(at, _)| at);
    let at: Vec<usize> = begins.filter(|at| bytes[*at..].starts_with(MARK)).collect();
    let room = at.iter().copied().find(|at| bytes[at + MARK.len()].is_ascii_digit());
    let begin = room.expect("the program was built for rehearsals") + MARK.len();
    let text = format!("{version:<ROOM$}");
    bytes[begin..begin + ROOM].copy_from_slice(text.as_bytes());
    fs::write(to, bytes).unwrap();
    fs::set_permissions(to, fs::Permissions::from_mode(0o755)).unwrap();
}

/// The helper in the user's own folder.
#[derive(Debug)]
pub struct Renewed<'a> {
    pc: &'a Pc,
    program: PathBuf,
}

impl<'a> Renewed<'a> {
    /// This version in `~/apps`.
    pub fn new(pc: &'a Pc, version: &str) -> Self {
        let folder = pc.home.root().join("apps");
        fs::create_dir_all(&folder).unwrap();
        let program = folder.join("support-helper");
        with_version(version, &program);
        Self { pc, program }
    }

    /// The program file.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// Starts it as at login, and waits until it answers.
    pub fn start(&self) -> Running {
        let mut command: Command = self.pc.home.command(&self.program);
        let log = fs::File::options().create(true).append(true).open(self.log()).unwrap();
        command.arg("--background").stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let running = Running::of(command.spawn().unwrap());
        wait_until(LONG, "the helper", || self.pc.status()).unwrap();
        running
    }

    /// What it said.
    pub fn said(&self) -> String {
        fs::read_to_string(self.log()).unwrap_or_default()
    }

    fn log(&self) -> PathBuf {
        self.pc.home.temp().join("renewed.log")
    }

    /// Waits until the helper that answers is of this version.
    pub fn wait_for_version(&self, version: &str) -> Value {
        let is = || self.pc.status().filter(|status| status["version"] == version);
        wait_until(LONG, &format!("version {version}"), is).unwrap_or_else(|error| {
            panic!("{error}; {:?}; journal {:#?}; {}", self.pc.status(), self.pc.journal(), self.said())
        })
    }
}
