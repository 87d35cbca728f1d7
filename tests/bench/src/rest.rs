//! At rest in the tray: size, memory, threads, processor time and wake-ups, side by side with the bare program.

use crate::figures::{Report, Sample};
use crate::process::{self, Activity, memory};
use crate::start::{Tray, bare_program, warm_up};
use flows::{LONG, Pc, Publisher, helper_program};
use std::fs;
use std::thread::sleep;
use std::time::Duration;

/// At most this much more than the bare program.
const TENTH: Option<f64> = Some(1.1);

/// The sizes of the two programs.
pub fn sizes(report: &mut Report) {
    let size = |path| fs::metadata(path).unwrap().len() as f64 / 1e3;
    report.ratio("size of the stripped program", "kB", (size(helper_program()), size(bare_program())), TENTH);
}

/// Both rest at the same time, each with a tray of its own, on one display.
pub fn measure(report: &mut Report, quick: bool) {
    let (rounds, settle, rest) = if quick { (1, 10, 10) } else { (3, 20, 60) };
    let publisher = Publisher::new();
    // Nobody listens at that address, and nobody is asked.
    let pc = Pc::new(&publisher, &["http://127.0.0.1:9"]).with_display();
    warm_up(&pc);
    let mut pairs = Pairs::default();
    let mut engines = 0;
    for _ in 0..rounds {
        let mut both = [Tray::new(), Tray::new()];
        let mut helper = both[0].run(&mut pc.helper(&["--background"]));
        let mut bare = both[1].run(&mut pc.home.command(bare_program()));
        both.iter().for_each(|tray| tray.host.wait_for_item(LONG).unwrap());
        sleep(Duration::from_secs(settle));
        let pids = [helper.id(), bare.id()];
        let before = pids.map(Activity::of);
        sleep(Duration::from_secs(rest));
        let after = pids.map(Activity::of);
        engines += process::web_engines();
        pairs.add([after[0].since(&before[0]), after[1].since(&before[1])], pids);
        for child in [&mut helper, &mut bare] {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }
    pairs.tell(report, rest);
    report.must("processes of the web engine at rest, of both", engines == 0, engines);
}

/// Samples of both, the helper first.
#[derive(Default)]
struct Pairs {
    proportional: [Sample; 2],
    anonymous: [Sample; 2],
    threads: [Sample; 2],
    ticks: [u64; 2],
    microseconds: [Sample; 2],
    wake_ups: [Sample; 2],
    interrupted: [Sample; 2],
}

impl Pairs {
    fn add(&mut self, done: [Activity; 2], pids: [u32; 2]) {
        for (which, (done, pid)) in done.into_iter().zip(pids).enumerate() {
            let memory = memory(pid);
            self.proportional[which].add(memory.proportional);
            self.anonymous[which].add(memory.anonymous);
            self.threads[which].add(done.threads as f64);
            self.ticks[which] += done.ticks;
            self.microseconds[which].add(done.microseconds as f64);
            self.wake_ups[which].add(done.wake_ups as f64);
            self.interrupted[which].add(done.interrupted as f64);
        }
    }

    fn tell(&self, report: &mut Report, rest: u64) {
        let pair = |of: &[Sample; 2]| (of[0].median(), of[1].median());
        report.ratio("memory at rest, proportional (Pss)", "kB", pair(&self.proportional), TENTH);
        report.ratio("memory at rest, anonymous", "kB", pair(&self.anonymous), TENTH);
        report.ratio("threads at rest", "", pair(&self.threads), None);
        let [helper, bare] = self.ticks;
        let target = ("no tick of the helper", Some(helper == 0));
        report.row(&format!("processor time in {rest} s at rest, clock ticks of all rounds"), helper, bare, "", target);
        let mut plain = |what: &str, of: &[Sample; 2]| {
            let (helper, bare) = pair(of);
            let compared = format!("{:+.0}", helper - bare);
            report.row(what, format!("{helper:.0}"), format!("{bare:.0}"), compared, ("", None));
        };
        plain(&format!("the same in microseconds, of one round of {rest} s"), &self.microseconds);
        plain(&format!("wake-ups in {rest} s"), &self.wake_ups);
        plain(&format!("involuntary switches in {rest} s"), &self.interrupted);
    }
}
