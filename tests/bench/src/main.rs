//! Measures the release build against a peer in the same run; see the README beside this.
//!
//! Nothing here fails because a machine is slow. It fails when a click was not what it should be: a request to the
//! mirror, a refresh of the catalog, a web view at rest.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::print_stderr)]
// A broken world ends the measurement here, and the report is what is printed.

#[cfg(target_os = "linux")]
mod click;
#[cfg(target_os = "linux")]
mod far;
#[cfg(target_os = "linux")]
mod figures;
#[cfg(target_os = "linux")]
mod module;
#[cfg(target_os = "linux")]
mod process;
#[cfg(target_os = "linux")]
mod rest;
#[cfg(target_os = "linux")]
mod start;
#[cfg(target_os = "linux")]
mod window;
#[cfg(target_os = "linux")]
mod windows;

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    use figures::Report;
    use std::process::ExitCode;

    let words: Vec<String> = std::env::args().skip(1).collect();
    let has = |word: &str| words.iter().any(|given| given == word);
    if let Some(strange) = words
        .iter()
        .find(|word| !["--quick", "click", "rest", "window", "far", "clean", "windows"].contains(&word.as_str()))
    {
        eprintln!("bench: what is `{strange}`? It takes --quick, click, rest, window, far, clean, windows");
        return ExitCode::from(2);
    }
    let (quick, all) = (has("--quick"), !["click", "rest", "window", "far", "clean", "windows"].into_iter().any(has));
    let load = process::load();
    let mut report = Report::default();
    if all || has("click") {
        click::measure(&mut report, quick);
    }
    if all || has("rest") {
        rest::sizes(&mut report);
        start::measure(&mut report, quick);
        rest::measure(&mut report, quick);
    }
    if all || has("window") {
        window::measure(&mut report, quick);
    }
    if has("far") {
        far::measure(&mut report, quick);
    }
    if has("windows") {
        windows::measure(&mut report, quick);
    }
    if has("clean") {
        far::clean(&mut report, quick);
    }
    let text = report.markdown(&format!(
        "{} processors; load before and after: {load} and {}.{}",
        std::thread::available_parallelism().map_or(0, usize::from),
        process::load(),
        if quick { " Quick: fewer runs, shorter rest; not for conclusions." } else { "" }
    ));
    println!("{text}");
    if let Some(file) = std::env::var_os("BENCH_REPORT") {
        std::fs::write(file, text).unwrap();
    }
    if report.broken() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

#[cfg(not(target_os = "linux"))]
fn main() {}
