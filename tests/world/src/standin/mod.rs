//! The stand-in programs: what both of them share.
//!
//! A stand-in behaves as its [`plan`] tells. The plan comes from environment variables, from a `plan.txt` beside the
//! program, and from the file that `STANDIN_PLAN` names; the later one wins, key by key. Both files are read again
//! every 200 ms, so that a running stand-in can be told to change.
//!
//! | key | values |
//! | --- | --- |
//! | `code` | the session code to show; `s00-000-000` is the dead one; without it every start shows another |
//! | `seed` | a number that fixes the code that is made up |
//! | `die` | `early`: ends with code 3 after 100 ms, without a window |
//! | `window` | `none`: lives without a window |
//! | `quit` | `refuse`, `hide` or `slow` when asked to end; `now`: ends at once, as from its own tray icon |
//! | `launcher` | `stay` or `leave`: copies itself away as `TeamViewer`, starts that, then waits for it or ends |
//! | `in_use` | `yes`: has a child process `TeamViewer_Desktop`, as while somebody is connected |
//! | `hang` | `yes`: the window stays and answers to nothing until the plan says otherwise |

mod copies;
mod leash;
mod paint;
pub mod plan;
mod views;
mod window;

use std::io::{self, Read, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use std::{env, process, thread};

use copies::{Copies, DesktopChild};
use plan::{Launcher, Plan, PlanSource, Quit};

/// How often a plan is read again.
pub const TICK: Duration = Duration::from_millis(200);

/// No stand-in lives longer than this, whatever its plan says: a forgotten one must not stay for days.
const LIFETIME: Duration = Duration::from_secs(4 * 3600);

/// How long `quit=slow` takes.
const SLOW: Duration = Duration::from_secs(2);

/// Tells a started copy that it is the unpacked program, and where it lies.
const UNPACKED: &str = "--unpacked";

/// Which program is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The customised QuickSupport.
    QuickSupport,
    /// TeamViewer Full.
    Full,
}

/// Runs a stand-in until its end. The file's own name decides about the two silent parts of TeamViewer.
pub fn run(role: Role) -> ExitCode {
    let exe = env::current_exe().unwrap_or_default();
    let name = exe.file_stem().map(|stem| stem.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    if name.starts_with("teamviewer_desktop") {
        // Lives as long as its parent holds the other end of the pipe.
        drain_stdin();
        return ExitCode::SUCCESS;
    }
    follow_leash();
    if name == "teamviewerd" {
        thread::sleep(LIFETIME);
        return ExitCode::SUCCESS;
    }
    match play(role, &exe) {
        Ok(code) => code,
        Err(error) => {
            // Nobody reads further if even this fails.
            let _ = writeln!(io::stderr(), "stand-in: {error}");
            ExitCode::from(4)
        }
    }
}

fn play(role: Role, exe: &Path) -> Result<ExitCode, String> {
    let source = PlanSource::new(exe);
    let plan = source.read();
    if plan.quit == Quit::Now {
        return Ok(ExitCode::SUCCESS);
    }
    if plan.die_early {
        thread::sleep(Duration::from_millis(100));
        return Ok(ExitCode::from(3));
    }
    let mut arguments = env::args_os().skip(1);
    let unpacked = arguments.next().is_some_and(|first| first == UNPACKED);
    let _own_copy = if unpacked { arguments.next().map(|folder| Copies::adopt(folder.into())) } else { None };
    if !unpacked && plan.launcher != Launcher::No {
        return launch(exe, &source, plan.launcher);
    }
    let mut life = Life::begin(source, plan, exe)?;
    // Without a window no display is needed at all; the plan may ask for one later.
    while !life.plan.window {
        thread::sleep(TICK);
        if life.tick() == Fate::End {
            return Ok(ExitCode::SUCCESS);
        }
    }
    window::show(role, life)?;
    Ok(ExitCode::SUCCESS)
}

fn launch(exe: &Path, source: &PlanSource, launcher: Launcher) -> Result<ExitCode, String> {
    let copies = Copies::make(exe, "TeamViewer").map_err(|error| format!("unpacking: {error}"))?;
    let mut command = process::Command::new(copies.program());
    command.arg(UNPACKED).arg(copies.folder());
    if let Some(beside) = source.beside() {
        command.env(plan::BESIDE, beside);
    }
    let mut child = command.spawn().map_err(|error| format!("starting the unpacked program: {error}"))?;
    // The unpacked program removes its own folder at its end.
    copies.leave();
    if launcher == Launcher::Stay {
        child.wait().map_err(|error| format!("waiting for the unpacked program: {error}"))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Ends the process when its starter closes the pipe, if the starter asked for it.
fn follow_leash() {
    if env::var_os("STANDIN_LEASH").is_some_and(|leash| leash == "stdin") {
        thread::spawn(|| {
            leash::wait_for_its_end();
            process::exit(0);
        });
    }
}

fn drain_stdin() {
    let mut byte = [0u8; 64];
    while matches!(io::stdin().read(&mut byte), Ok(count) if count > 0) {}
}

/// What a stand-in does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Goes on.
    Live,
    /// Ends now.
    End,
}

/// A stand-in's life apart from its window.
pub(crate) struct Life {
    source: PlanSource,
    pub(crate) plan: Plan,
    pub(crate) code: String,
    pub(crate) hidden: bool,
    exe: std::path::PathBuf,
    asked: Arc<AtomicBool>,
    desktop: Option<DesktopChild>,
    ending: Option<Instant>,
    born: Instant,
}

impl Life {
    fn begin(source: PlanSource, plan: Plan, exe: &Path) -> Result<Self, String> {
        let asked = Arc::new(AtomicBool::new(false));
        #[cfg(unix)]
        for signal in [signal_hook::consts::SIGTERM, signal_hook::consts::SIGINT] {
            signal_hook::flag::register(signal, Arc::clone(&asked)).map_err(|error| format!("signals: {error}"))?;
        }
        let mut life = Self {
            code: plan::made_up_code(plan.seed),
            source,
            plan,
            hidden: false,
            exe: exe.to_owned(),
            asked,
            desktop: None,
            ending: None,
            born: Instant::now(),
        };
        life.follow_use();
        Ok(life)
    }

    /// The code that the window shows.
    pub(crate) fn shown_code(&self) -> &str {
        self.plan.code.as_deref().unwrap_or(&self.code)
    }

    /// Reads the plan again, looks for signals and says whether to go on.
    pub(crate) fn tick(&mut self) -> Fate {
        self.plan = self.source.read();
        while self.plan.hang && self.born.elapsed() < LIFETIME {
            thread::sleep(TICK);
            self.plan = self.source.read();
        }
        self.follow_use();
        if self.asked.swap(false, Ordering::Relaxed) {
            self.asked_to_end();
        }
        let over = self.ending.is_some_and(|end| Instant::now() >= end) || self.born.elapsed() > LIFETIME;
        if over || self.plan.quit == Quit::Now { Fate::End } else { Fate::Live }
    }

    /// A close request or a signal came: the plan says what happens.
    pub(crate) fn asked_to_end(&mut self) -> Fate {
        match self.plan.quit {
            Quit::Obey | Quit::Now => {
                self.ending = Some(Instant::now());
                return Fate::End;
            }
            Quit::Slow => {
                self.ending.get_or_insert_with(|| Instant::now() + SLOW);
            }
            Quit::Hide => self.hidden = true,
            Quit::Refuse => {}
        }
        Fate::Live
    }

    fn follow_use(&mut self) {
        if !self.plan.in_use {
            self.desktop = None;
        } else if self.desktop.is_none() {
            self.desktop = DesktopChild::start(&self.exe).ok();
        }
    }
}
