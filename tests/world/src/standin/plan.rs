//! What a stand-in is told to do.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Names the plan file that lay beside the launcher, for the copy that it started elsewhere.
pub(crate) const BESIDE: &str = "STANDIN_BESIDE";

/// What happens when the stand-in is asked to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Quit {
    /// It ends.
    #[default]
    Obey,
    /// Nothing.
    Refuse,
    /// The window goes, the process stays.
    Hide,
    /// It ends after two seconds.
    Slow,
    /// It ends without being asked, as if its user had chosen Exit at its own tray icon.
    Now,
}

/// Whether the stand-in behaves as the self-extracting launcher.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Launcher {
    /// It is the program itself.
    #[default]
    No,
    /// It stays until the unpacked program ends.
    Stay,
    /// It ends once the unpacked program is started.
    Leave,
}

/// A stand-in's plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The code to show instead of a made-up one.
    pub code: Option<String>,
    /// Fixes the made-up code.
    pub seed: Option<u64>,
    /// Dies at once.
    pub die_early: bool,
    /// Has a window.
    pub window: bool,
    /// How it ends.
    pub quit: Quit,
    /// Plays the launcher.
    pub launcher: Launcher,
    /// Somebody is connected.
    pub in_use: bool,
    /// Answers to nothing, as a program that is stuck.
    pub hang: bool,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            code: None,
            seed: None,
            die_early: false,
            window: true,
            quit: Quit::Obey,
            launcher: Launcher::No,
            in_use: false,
            hang: false,
        }
    }
}

impl Plan {
    /// Follows the lines of a plan file; what they do not name stays as it is, unknown keys are passed over.
    pub fn follow(&mut self, text: &str) {
        for line in text.lines() {
            if let Some((key, value)) = line.split_once('=') {
                self.set(key.trim(), value.trim());
            }
        }
    }

    fn set(&mut self, key: &str, value: &str) {
        match key {
            "code" => self.code = (!value.is_empty()).then(|| value.to_owned()),
            "seed" => self.seed = value.parse().ok(),
            "die" => self.die_early = value == "early",
            "window" => self.window = value != "none",
            "quit" => {
                self.quit = match value {
                    "refuse" => Quit::Refuse,
                    "hide" => Quit::Hide,
                    "slow" => Quit::Slow,
                    "now" => Quit::Now,
                    _ => Quit::Obey,
                }
            }
            "launcher" => {
                self.launcher = match value {
                    "stay" => Launcher::Stay,
                    "leave" => Launcher::Leave,
                    _ => Launcher::No,
                }
            }
            "in_use" => self.in_use = value == "yes",
            "hang" => self.hang = value == "yes",
            _ => {}
        }
    }
}

/// Where a stand-in's plan is read from.
#[derive(Debug)]
pub struct PlanSource {
    base: Plan,
    beside: Option<PathBuf>,
    told: Option<PathBuf>,
}

impl PlanSource {
    /// The sources for the program at `exe`.
    pub fn new(exe: &Path) -> Self {
        let mut base = Plan::default();
        for key in ["code", "seed", "die", "window", "quit", "launcher", "in_use", "hang"] {
            if let Ok(value) = env::var(format!("STANDIN_{}", key.to_ascii_uppercase())) {
                base.set(key, value.trim());
            }
        }
        let beside = env::var_os(BESIDE).map(PathBuf::from).or_else(|| plan_beside(exe));
        Self { base, beside, told: env::var_os("STANDIN_PLAN").map(PathBuf::from) }
    }

    /// The plan as it is now.
    pub fn read(&self) -> Plan {
        let mut plan = self.base.clone();
        for file in [&self.beside, &self.told].into_iter().flatten() {
            // A plan that is not there (yet) tells nothing.
            if let Ok(text) = fs::read_to_string(file) {
                plan.follow(&text);
            }
        }
        plan
    }

    pub(crate) fn beside(&self) -> Option<&Path> {
        self.beside.as_deref()
    }
}

/// `plan.txt` beside the program, or one folder above for a program in `tv_bin`, as a module archive has it.
fn plan_beside(exe: &Path) -> Option<PathBuf> {
    let folder = exe.parent()?;
    let near = folder.join("plan.txt");
    if !near.exists() && folder.ends_with("tv_bin") {
        return folder.parent().map(|above| above.join("plan.txt"));
    }
    Some(near)
}

/// A session code in the vendor's form, another one at each start unless a seed fixes it.
pub fn made_up_code(seed: Option<u64>) -> String {
    let number = seed.map_or_else(
        || RandomState::new().hash_one(std::process::id()),
        |seed| {
            let mut hasher = std::hash::DefaultHasher::new();
            hasher.write_u64(seed);
            hasher.finish()
        },
    );
    format!("s{:02}-{:03}-{:03}", 10 + number % 90, number / 90 % 1000, number / 90_000 % 1000)
}
