//! A click on a ready Windows PC under Wine: from the command line that a HIS calls to the module's window, against a bare start of
//! the same program, in turns. Wine's own start of a process is in both; the click has two of them.

use crate::figures::{Report, Sample};
use flows::{LONG, Publisher};
use helper_world::{Mirror, wait_until};
use std::path::Path;
use std::process::Stdio;
use std::time::Instant;
use windows_flows::{CodeSigner, MODULE, TEAMVIEWER, WindowsPc};

/// Measures the click.
pub fn measure(report: &mut Report, quick: bool) {
    let publisher = Publisher::new();
    CodeSigner::new(TEAMVIEWER).publish(&publisher, "15.70.4", 1);
    let mirror = Mirror::serve(publisher.mirror()).unwrap();
    let pc = WindowsPc::new(&publisher, &[&mirror.base()]);
    let _helper = pc.daemon();
    pc.click();
    pc.wait_for_state("running");
    pc.wait_for_window(MODULE);
    pc.close_window(MODULE);
    pc.wait_for_state("idle");
    let program = pc.placed_programs().pop().unwrap();
    let requests = mirror.seen().len();
    let (mut click, mut bare) = (Sample::default(), Sample::default());
    for _ in 0..if quick { 3 } else { 9 } {
        click.add(until_window(&pc, || pc.click()));
        // One that is closed before the helper has seen it has not come up.
        pc.wait_for_state("running");
        pc.close_window(MODULE);
        pc.wait_for_state("idle");
        bare.add(until_window(&pc, || start(&pc, &program)));
        pc.close_window(MODULE);
    }
    report.row(
        "Windows (Wine): command line to the module's window (ready PC)",
        click.shown("ms"),
        bare.shown("ms"),
        format!("ratio {:.2}", click.median() / bare.median()),
        ("", None),
    );
    let asked = mirror.seen().len() - requests;
    report.must("requests that the mirror saw in these clicks", asked == 0, asked);
}

fn start(pc: &WindowsPc, program: &Path) {
    let mut child =
        pc.command(program).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    // It ends with its window; somebody must ask how.
    std::thread::spawn(move || child.wait());
}

/// Milliseconds from here to the window.
fn until_window(pc: &WindowsPc, begin: impl FnOnce()) -> f64 {
    let before = Instant::now();
    begin();
    let there = || pc.windows().iter().any(|window| window.title == MODULE).then_some(());
    wait_until(LONG, "the module's window", there).unwrap();
    before.elapsed().as_secs_f64() * 1_000.0
}
