//! The downloader beside `curl` and `aria2c`: on a long line with losses, and on a clean one.

use crate::figures::{Report, Sample};
use flows::Publisher;
use helper_core::release::Release;
use helper_machine::fetch::{self, Bytes, Cancel, Pace};
use helper_machine::mirror::mirrors_of;
use helper_machine::transport;
use helper_world::Mirror;
use helper_world::line::{Line, LineProfile, congestion_of};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;
use tempfile::TempDir;

/// The file on the far line, in bytes.
const FAR: u64 = 20_000_000;
/// So much of it is enough to see how fast one connection with losses is, in bytes.
const TASTE: u64 = 2_000_000;
/// The file on the clean line, in bytes.
const CLEAN: u64 = 300_000_000;
/// The same losses in every run.
const SEED: u64 = 20_261_124;

/// Compares on the far line; medians of three runs each, in turns.
pub fn measure(report: &mut Report, quick: bool) {
    let runs = if quick { 1 } else { 3 };
    let publisher = Publisher::new();
    let mut release = publisher.publish("1.0", FAR, 1);
    release.custom.connections = Some(8);
    let mut four = release.clone();
    four.custom.connections = None;
    for congestion in ["cubic", "bbr"] {
        let mut rates: [Sample; 4] = Default::default();
        for _ in 0..runs {
            let line = |fetch: &dyn Fn(&Line, &str)| far(&publisher, congestion, fetch);
            rates[0].add(release.length as f64 / line(&|line, base| ours_far(line, base, &release)));
            rates[1].add(release.length as f64 / line(&|line, base| aria(line, base, &publisher, &release)));
            rates[2].add(release.length as f64 / line(&|line, base| ours_far(line, base, &four)));
            // One connection that loses packets needs minutes for all of it.
            let taste = if congestion == "cubic" { TASTE } else { release.length };
            rates[3].add(taste as f64 / line(&|line, base| curl_far(line, base, &publisher, &release, taste)));
        }
        let [eight, aria, four, curl] = rates.map(|rate| rate.median() / 1_000.0);
        let what = |who: &str| format!("far line ({congestion}), {who}");
        report.ratio(&what("aria2c -x8 over helper with 8 connections"), "kB/s", (aria, eight), Some(1.1));
        report.ratio(&what("aria2c -x8 over helper with 4 connections, the default"), "kB/s", (aria, four), None);
        let most = (congestion == "cubic").then_some(0.2);
        report.ratio(&what("curl over helper with 8 connections"), "kB/s", (curl, eight), most);
    }
}

/// Seconds that a fetch takes over a line that is laid for it.
fn far(publisher: &Publisher, congestion: &str, fetch: &dyn Fn(&Line, &str)) -> f64 {
    let line = Line::lay(LineProfile::far(SEED)).unwrap();
    let listener = line.listen(congestion).unwrap();
    assert_eq!(congestion_of(&listener).unwrap(), congestion);
    let mirror = Mirror::serve_on(listener, publisher.mirror()).unwrap();
    let began = Instant::now();
    fetch(&line, &mirror.base());
    let took = began.elapsed().as_secs_f64();
    let (sent, delivered) = (mirror.bytes_sent(), line.delivered());
    eprintln!(
        "bench: {congestion}: {took:.1} s, {} requests, {sent} bytes handed over, {delivered} on the wire",
        mirror.seen().len()
    );
    took
}

fn ours_far(line: &Line, base: &str, release: &Release) {
    line.at_client(|| ours(base, release)).unwrap();
}

fn ours(base: &str, release: &Release) {
    let folder = tempfile::tempdir().unwrap();
    let client = transport::client(&Default::default()).unwrap();
    let (_keep, cancelled) = Cancel::new();
    let (mirrors, pace, mut tell) = (mirrors_of([base]), Pace::click(), |_: Bytes| ());
    let work = fetch::fetch(&client, &mirrors, release, folder.path(), &pace, cancelled, &mut tell);
    transport::block_on(work).unwrap().unwrap();
}

fn aria(line: &Line, base: &str, publisher: &Publisher, release: &Release) {
    let folder = tempfile::tempdir().unwrap();
    let mut command = line.client_command("aria2c");
    command.args(["-x8", "-s8", "-k1M", "--no-conf", "--file-allocation=none", "-q", "-o", "file", "-d"]);
    run(command.arg(folder.path()).arg(format!("{base}{}", publisher.path_of(release))));
    is_whole(&folder.path().join("file"), release.length);
}

fn curl_far(line: &Line, base: &str, publisher: &Publisher, release: &Release, length: u64) {
    curl(line.client_command("curl"), base, publisher, release, length);
}

fn curl(mut command: Command, base: &str, publisher: &Publisher, release: &Release, length: u64) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    command.args(["-q", "-sS", "--noproxy", "*", "-f", "-r", &format!("0-{}", length - 1), "-o"]);
    run(command.arg(&file).arg(format!("{base}{}", publisher.path_of(release))));
    is_whole(&file, length);
    folder
}

fn run(command: &mut Command) {
    let done = command.stdin(Stdio::null()).output().unwrap();
    assert!(done.status.success(), "{command:?}: {}", String::from_utf8_lossy(&done.stderr));
}

fn is_whole(file: &Path, length: u64) {
    assert_eq!(fs::metadata(file).unwrap().len(), length, "{}", file.display());
}

/// Compares the speed where the line is no limit.
pub fn clean(report: &mut Report, quick: bool) {
    let runs = if quick { 3 } else { 7 };
    let publisher = Publisher::new();
    let release = publisher.publish("2.0", CLEAN, 2);
    let mirror = Mirror::serve(publisher.mirror()).unwrap();
    let (mut here, mut there, mut bare) = (Sample::default(), Sample::default(), Sample::default());
    for _ in 0..runs {
        let began = Instant::now();
        ours(&mirror.base(), &release);
        here.add(release.length as f64 / 1e6 / began.elapsed().as_secs_f64());
        let began = Instant::now();
        let file = curl(Command::new("curl"), &mirror.base(), &publisher, &release, release.length);
        bare.add(release.length as f64 / 1e6 / began.elapsed().as_secs_f64());
        // The helper's file is on the disk when it says so.
        fs::File::open(file.path().join("file")).unwrap().sync_all().unwrap();
        there.add(release.length as f64 / 1e6 / began.elapsed().as_secs_f64());
    }
    report.ratio("clean line, curl and a sync over helper", "MB/s", (there.median(), here.median()), Some(1.1));
    report.ratio("clean line, curl without a sync over helper with one", "MB/s", (bare.median(), here.median()), None);
}
