//! The window: from the wish to the first card on the screen, in turns with an empty Tauri window; and the memory before, with and
//! after it.

use crate::figures::{Report, Sample};
use crate::process::{below, memory, now};
use crate::start::{Tray, bare_program, warm_up};
use flows::{LONG, Pc, Publisher};
use helper_core::intent::Intent;
use helper_machine::handover::knock;
use helper_world::{WindowSeen, close_window, wait_until, windows};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use std::io::Write as _;
use std::process::Child;
use std::thread::sleep;
use std::time::{Duration, Instant};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{ConnectionExt, ImageFormat, Window};
use x11rb::rust_connection::RustConnection;

/// Between two looks at the screen.
const PAUSE: Duration = Duration::from_millis(1);
/// Between two looks at memory that comes to rest.
const BREATH: Duration = Duration::from_millis(250);
/// Memory rests when it changes by less than this many kilobytes from one look to the next.
const STILL: f64 = 64.0;
/// The main button's colour in the light theme (`--accent` in `ui/src/tokens.css`), and the colour of the peer's whole page.
const MARK: [u8; 3] = [0x0a, 0x67, 0x5f];
/// As many pixels of it, from top to bottom of the screen's middle: a button is higher than that, a letter or a line is not.
const ENOUGH: usize = 20;

/// What is shown in the middle of a screen, where both programs centre their window.
struct Eyes {
    connection: RustConnection,
    root: Window,
    middle: (i16, u16),
}

impl Eyes {
    fn open(display: &str) -> Self {
        let (connection, screen) = RustConnection::connect(Some(display)).unwrap();
        let screen = &connection.setup().roots[screen];
        let (root, middle) = (screen.root, ((screen.width_in_pixels / 2).try_into().unwrap(), screen.height_in_pixels));
        Self { connection, root, middle }
    }

    /// Is the card painted? What counts are the pixels that a person sees, not that there is a window.
    fn marked(&self) -> bool {
        let (x, height) = self.middle;
        let image = self.connection.get_image(ImageFormat::Z_PIXMAP, self.root, x, 0, 1, height, u32::MAX);
        let pixels = image.unwrap().reply().unwrap().data;
        // Blue, green, red and nothing, on all screens that Xvfb makes.
        pixels.chunks_exact(4).filter(|pixel| [pixel[2], pixel[1], pixel[0]] == MARK).count() >= ENOUGH
    }

    /// Milliseconds until it is.
    fn wait(&self, begin: i128) -> f64 {
        let end = Instant::now() + LONG;
        while !self.marked() {
            assert!(Instant::now() < end, "no card came");
            sleep(PAUSE);
        }
        (now() - begin) as f64 / 1e6
    }
}

/// What the turns of one program brought: times in milliseconds, and memory at rest, with a window, and after the last one.
#[derive(Default)]
struct Turns {
    first: Sample,
    again: Sample,
    rest: Memories,
    open: Memories,
    closed: Memories,
}

/// Memory of the program and of everything below it, in kilobytes.
#[derive(Default)]
struct Memories {
    own: Sample,
    anonymous: Sample,
    engine: Sample,
}

impl Memories {
    fn add(&mut self, pid: u32) {
        let own = memory(pid);
        self.own.add(own.proportional);
        self.anonymous.add(own.anonymous);
        self.engine.add(below(pid).iter().map(|(pid, _)| memory(*pid).proportional).sum());
    }

    /// Waits until the program's memory rests, and adds it.
    fn add_at_rest(&mut self, pid: u32) {
        let mut last = f64::NAN;
        let still = wait_until(LONG, "memory that rests", || {
            let now = memory(pid).anonymous;
            let still = (now - last).abs() < STILL;
            last = now;
            if !still {
                sleep(BREATH);
            }
            still.then_some(())
        });
        still.unwrap();
        self.add(pid);
    }

    fn all(&self) -> f64 {
        self.own.median() + self.engine.median()
    }

    fn shown(&self) -> String {
        let (own, anonymous, engine) = (self.own.median(), self.anonymous.median(), self.engine.median());
        format!("{own:.0} kB, {anonymous:.0} of it anonymous; engine {engine:.0} kB")
    }
}

/// Measures both in turns, each time a program that has had no window yet.
pub fn measure(report: &mut Report, quick: bool) {
    let publisher = Publisher::new();
    // Nobody listens at that address, and nobody is asked.
    let pc = Pc::new(&publisher, &["http://127.0.0.1:9"]).with_display();
    warm_up(&pc);
    let eyes = Eyes::open(pc.display());
    // The first pair reads the engine from the disk and is not counted.
    helper(&pc, &eyes, &mut Turns::default());
    bare(&pc, &eyes, &mut Turns::default());
    let (mut ours, mut theirs) = (Turns::default(), Turns::default());
    for _ in 0..if quick { 3 } else { 9 } {
        helper(&pc, &eyes, &mut ours);
        bare(&pc, &eyes, &mut theirs);
    }
    tell(report, &ours, &theirs);
}

fn tell(report: &mut Report, ours: &Turns, theirs: &Turns) {
    for (what, ours, theirs) in
        [("the first window", &ours.first, &theirs.first), ("a window again", &ours.again, &theirs.again)]
    {
        let difference = ours.minus(theirs);
        report.row(
            &format!("{what}: wish to painted card (peer: empty window)"),
            ours.shown("ms"),
            theirs.shown("ms"),
            format!("{}, ratio {:.2}", difference.shown("ms"), ours.median() / theirs.median()),
            ("below 400 ms", Some(ours.median() < 400.0)),
        );
    }
    let ratio = |of: &Memories, turns: &Turns| of.all() / turns.rest.all();
    let mut memory = |what: &str, ours_then: &Memories, theirs_then: &Memories, most: Option<f64>| {
        let (ours_ratio, theirs_ratio) = (ratio(ours_then, ours), ratio(theirs_then, theirs));
        let compared = format!("{ours_ratio:.2} of rest; peer {theirs_ratio:.2}");
        let target = most.map_or(String::new(), |most| format!("at most {most:.2} of rest"));
        let met = most.map(|most| ours_ratio <= most);
        report.row(what, ours_then.shown(), theirs_then.shown(), compared, (&target, met));
    };
    memory("memory (Pss) before the first window", &ours.rest, &theirs.rest, None);
    memory("memory with the window", &ours.open, &theirs.open, None);
    memory("memory after two windows", &ours.closed, &theirs.closed, Some(1.1));
    let left = ours.closed.engine.median();
    report.must("kB of the web engine's processes after the last window", left == 0.0, left);
}

fn helper(pc: &Pc, eyes: &Eyes, turns: &mut Turns) {
    let mut tray = Tray::new();
    let mut helper = tray.run(&mut pc.helper(&["--background"]));
    tray.host.wait_for_item(LONG).unwrap();
    let door = pc.home.runtime().join("com.edgenext.support-helper/door");
    let ask = |what: &Value| -> Value { knock(&door, what).unwrap() };
    wait_until(LONG, "the helper at rest", || (ask(&json!("status"))["state"] == "idle").then_some(())).unwrap();
    turns.rest.add_at_rest(helper.id());
    for sample in [&mut turns.first, &mut turns.again] {
        let begin = now();
        let reply = ask(&json!({ "wish": Intent::OpenWindow }));
        sample.add(eyes.wait(begin));
        assert_eq!(reply["answer"], "accepted", "{reply}");
        turns.open.add(helper.id());
        close(pc, helper.id());
        gone(eyes, helper.id(), "WebKit");
    }
    turns.closed.add_at_rest(helper.id());
    end(&mut helper);
}

fn bare(pc: &Pc, eyes: &Eyes, turns: &mut Turns) {
    let mut tray = Tray::new();
    let mut bare = tray.run_asking(pc.home.command(bare_program()).arg("--window"));
    let mut ask = bare.stdin.take().unwrap();
    tray.host.wait_for_item(LONG).unwrap();
    turns.rest.add_at_rest(bare.id());
    for sample in [&mut turns.first, &mut turns.again] {
        let begin = now();
        ask.write_all(b"open\n").unwrap();
        sample.add(eyes.wait(begin));
        turns.open.add(bare.id());
        close(pc, bare.id());
        // Its network process stays, as that of any Tauri program does.
        gone(eyes, bare.id(), "WebKitWebProcess");
    }
    turns.closed.add_at_rest(bare.id());
    end(&mut bare);
}

fn shown(pc: &Pc, pid: u32) -> Vec<WindowSeen> {
    let all = windows(pc.display()).unwrap();
    all.into_iter().filter(|window| window.viewable && window.pid == Some(pid)).collect()
}

/// Closes the program's window, as a click on its cross does.
fn close(pc: &Pc, pid: u32) {
    for window in shown(pc, pid) {
        close_window(pc.display(), window.id).unwrap();
    }
    wait_until(LONG, "the window's end", || shown(pc, pid).is_empty().then_some(())).unwrap();
}

/// Waits until nothing with such a name runs below the program, and nothing is seen of its window.
fn gone(eyes: &Eyes, pid: u32, name: &str) {
    let ended = || below(pid).iter().all(|(_, program)| !program.starts_with(name)) && !eyes.marked();
    wait_until(LONG, "the web engine's end", || ended().then_some(()))
        .unwrap_or_else(|error| panic!("{error}: {:?}", below(pid)));
}

fn end(program: &mut Child) {
    // Asked, not killed: what is below it ends with it.
    if let Some(pid) = i32::try_from(program.id()).ok().and_then(Pid::from_raw) {
        let _ = kill_process(pid, Signal::TERM);
    }
    program.wait().unwrap();
}
