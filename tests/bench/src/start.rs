//! From the start of a program to its icon in the tray, in turns with the bare program.

use crate::figures::{Report, Sample};
use crate::process::now;
use flows::{LONG, Pc, Publisher, helper_program};
use helper_world::{SessionBus, StatusNotifierHost};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Between two looks for the icon.
const PAUSE: Duration = Duration::from_millis(1);

/// The bare program beside the helper.
pub fn bare_program() -> PathBuf {
    let program = helper_program().with_file_name("bare-tray");
    assert!(program.exists(), "{} is missing: cargo build --release -p bare-tray", program.display());
    program
}

/// A session bus with a tray that nobody else uses.
pub struct Tray {
    /// The tray.
    pub host: StatusNotifierHost,
    bus: SessionBus,
}

impl Tray {
    /// A new one.
    pub fn new() -> Self {
        let bus = SessionBus::start().unwrap();
        Self { host: StatusNotifierHost::start(bus.address()).unwrap(), bus }
    }

    /// Starts a program under this tray.
    pub fn run(&mut self, command: &mut Command) -> Child {
        self.start(command.stdin(Stdio::null()))
    }

    /// The same for one that is asked for things on its standard input.
    pub fn run_asking(&mut self, command: &mut Command) -> Child {
        self.start(command.stdin(Stdio::piped()))
    }

    fn start(&mut self, command: &mut Command) -> Child {
        command.env("DBUS_SESSION_BUS_ADDRESS", self.bus.address());
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }
}

/// Measures both.
pub fn measure(report: &mut Report, quick: bool) {
    let publisher = Publisher::new();
    let pc = Pc::new(&publisher, &["http://127.0.0.1:9"]).with_display();
    let (mut helper, mut bare) = (Sample::default(), Sample::default());
    warm_up(&pc);
    for _ in 0..if quick { 3 } else { 7 } {
        helper.add(once(&mut pc.helper(&["--background"])));
        bare.add(once(&mut pc.home.command(bare_program())));
    }
    let ratio = helper.median() / bare.median();
    let compared = format!("{:+.1} ms, ratio {ratio:.2}", helper.median() - bare.median());
    report.row("start to the icon in the tray", helper.shown("ms"), bare.shown("ms"), compared, ("", None));
}

/// Lets each run once: the first reads libraries from the disk, and the first GTK program of a display loads the whole
/// graphics stack to ask for it, leaving the answer on the display for all that follow.
pub fn warm_up(pc: &Pc) {
    once(&mut pc.home.command(bare_program()));
    once(&mut pc.helper(&["--background"]));
}

fn once(command: &mut Command) -> f64 {
    let mut tray = Tray::new();
    sleep(Duration::from_millis(100));
    let (begin, end) = (now(), Instant::now() + LONG);
    let mut child = tray.run(command);
    while tray.host.item_count() == 0 {
        assert!(Instant::now() < end, "no icon came");
        sleep(PAUSE);
    }
    let took = (now() - begin) as f64 / 1e6;
    child.kill().unwrap();
    child.wait().unwrap();
    took
}
