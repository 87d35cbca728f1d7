//! A click on a PC that is ready: from the knock at the door to the module's first act, against a bare start of the same
//! program, in turns.

use crate::figures::{Report, Sample};
use crate::module;
use crate::process::{memory, now, web_engines};
use flows::{ENTRY, LONG, Pc, Publisher, Running, terminate};
use helper_core::intent::{Intent, Wish};
use helper_core::release::System;
use helper_machine::handover::knock;
use helper_world::{Mirror, StatusNotifierHost};
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Idle programs on a full PC.
const CROWD: usize = 300;
/// Between two looks at the mark; it takes nothing noticeable from the machine.
const PAUSE: Duration = Duration::from_millis(2);
/// Between two runs, so that one does not run into the other's end.
const REST: Duration = Duration::from_millis(150);

/// The ready PC.
struct Ready {
    pc: Pc,
    helper: Running,
    program: PathBuf,
    mark: PathBuf,
    _tray: StatusNotifierHost,
}

/// What the runs of one kind brought, in milliseconds.
#[derive(Default)]
struct Times {
    click: Sample,
    acknowledged: Sample,
    bare: Sample,
}

impl Times {
    /// What the helper adds, run by run: a busy moment of the machine spoils one of them and not the middle.
    fn added(&self) -> Sample {
        self.click.minus(&self.bare)
    }
}

/// Measures the click, alone and in a crowd.
pub fn measure(report: &mut Report, quick: bool) {
    let publisher = Publisher::new();
    let folder = tempfile::tempdir().unwrap();
    let file = module::pack(&folder.path().join("module.tar.gz"));
    let release = publisher.add(System::Linux, "15.70.4", &file).unwrap();
    let mirror = Mirror::serve(publisher.mirror()).unwrap();
    let ready = Ready::new(&publisher, &mirror, &release.custom.install.tree.to_string());
    let (requests, lines) = (mirror.seen().len(), ready.pc.journal().len());
    let first = memory(ready.helper.pid());

    let runs = if quick { 5 } else { 15 };
    let (mut alone, mut crowded) = (Times::default(), Times::default());
    for _ in 0..runs {
        ready.run(&mut alone);
        let crowd = Crowd::gather();
        ready.run(&mut crowded);
        drop(crowd);
    }

    let last = memory(ready.helper.pid());
    let (added, change) = (alone.added(), crowded.added().minus(&alone.added()));
    report.row(
        "click to the module's first act, 30 MB proven (ready PC)",
        alone.click.shown("ms"),
        alone.bare.shown("ms"),
        format!("+{}, ratio {:.1}", added.shown("ms"), alone.click.median() / alone.bare.median()),
        ("difference below 60 ms", Some(added.median() < 60.0)),
    );
    report.row(
        &format!("the same with {CROWD} idle programs more"),
        crowded.click.shown("ms"),
        crowded.bare.shown("ms"),
        format!("{} more than alone", change.shown("ms")),
        ("change below 10 ms", Some(change.median() < 10.0)),
    );
    let acknowledged = alone.acknowledged.shown("ms");
    report.row("click to its acknowledgement", acknowledged, "", "", ("", None));
    let effects = ready.pc.journal().into_iter().skip(lines).flat_map(effects_of);
    let fetches = |name: &String| name.starts_with("RefreshCatalog") || name.starts_with("PreparePackage");
    let fetches = effects.filter(fetches).count();
    report.must("refreshes and fetches in the journal of these clicks", fetches == 0, fetches);
    let engines = web_engines();
    report.must("processes of the web engine after these clicks", engines == 0, engines);
    let asked = mirror.seen().len() - requests;
    report.must("requests that the mirror saw in these clicks", asked == 0, asked);
    report.row(
        &format!("anonymous memory after 1 click and after {}", 1 + 2 * runs),
        format!("{:.0} kB, {:.0} kB", first.anonymous, last.anonymous),
        "",
        format!("{:+.0} kB", last.anonymous - first.anonymous),
        ("", None),
    );
}

fn effects_of(line: Value) -> Vec<String> {
    let effects = line["effects"].as_array().cloned().unwrap_or_default();
    effects.iter().filter_map(|effect| effect.as_str().map(str::to_owned)).collect()
}

impl Ready {
    /// A click in the terminal has fetched the module; then the helper rests in the tray and has never had a window.
    fn new(publisher: &Publisher, mirror: &Mirror, tree: &str) -> Self {
        let pc = Pc::new(publisher, &[&mirror.base()]).with_display().with_bus();
        let mark = pc.home.temp().join("mark");
        pc.home.set_env("BENCH_MARK", &mark);
        let first = pc.click();
        assert_eq!(first.code, 0, "{first:?}");
        pc.end_modules();
        let program = pc.versions().join(tree).join(ENTRY);
        assert!(program.exists(), "the first click placed the module");
        let tray = StatusNotifierHost::start(pc.bus()).unwrap();
        let helper = pc.daemon();
        tray.wait_for_item(LONG).unwrap();
        let ready = Self { pc, helper, program, mark, _tray: tray };
        // Whatever is done once in a process's life is done now.
        ready.click(&mut Times::default());
        ready
    }

    fn knock(&self, what: &Value) -> Value {
        let door = self.pc.home.runtime().join("com.edgenext.support-helper/door");
        knock(&door, what).unwrap()
    }

    fn wait_for(&self, state: &str) {
        let end = Instant::now() + LONG;
        while self.knock(&json!("status"))["state"] != state {
            assert!(Instant::now() < end, "not {state}: {:#?}", self.pc.journal());
            sleep(PAUSE);
        }
    }

    /// Waits for the module's first act: when it was, and whose.
    fn marked(&self) -> (i128, u32) {
        let end = Instant::now() + LONG;
        loop {
            if let Ok(text) = fs::read_to_string(&self.mark) {
                let (at, pid) = text.split_once(' ').unwrap();
                return (at.parse().unwrap(), pid.parse().unwrap());
            }
            assert!(Instant::now() < end, "no module: {:#?}", self.pc.journal());
            sleep(PAUSE);
        }
    }

    /// Both ways, one after the other.
    fn run(&self, times: &mut Times) {
        self.click(times);
        self.bare(times);
    }

    fn click(&self, times: &mut Times) {
        self.prepare();
        let begin = now();
        let reply = self.knock(&json!({ "wish": Intent::from(Wish::Request) }));
        times.acknowledged.add(milliseconds(now() - begin));
        assert_eq!(reply["answer"], "accepted", "{reply}");
        let (at, pid) = self.marked();
        times.click.add(milliseconds(at - begin));
        self.wait_for("running");
        terminate(pid);
        self.wait_for("idle");
    }

    fn bare(&self, times: &mut Times) {
        self.prepare();
        let mut command = self.pc.home.command(&self.program);
        quiet(&mut command);
        command.current_dir(self.program.parent().unwrap());
        let begin = now();
        let mut child = command.spawn().unwrap();
        let (at, _) = self.marked();
        times.bare.add(milliseconds(at - begin));
        child.kill().unwrap();
        child.wait().unwrap();
    }

    fn prepare(&self) {
        // There is none before the first run.
        let _ = fs::remove_file(&self.mark);
        sleep(REST);
    }
}

/// As the helper starts it.
fn quiet(command: &mut Command) {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    std::os::unix::process::CommandExt::process_group(command, 0);
}

fn milliseconds(nanoseconds: i128) -> f64 {
    nanoseconds as f64 / 1e6
}

/// Many idle programs; they end with the guard.
struct Crowd(Vec<Child>);

impl Crowd {
    fn gather() -> Self {
        let mut sleeper = Command::new("sleep");
        sleeper.arg("600");
        quiet(&mut sleeper);
        let crowd = Self((0..CROWD).map(|_| sleeper.spawn().unwrap()).collect());
        sleep(REST);
        crowd
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        for child in &mut self.0 {
            // One that ended by itself is no loss.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
