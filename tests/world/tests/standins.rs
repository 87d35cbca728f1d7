//! The stand-ins have real windows and do as their plan says.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that fails here has said enough")]

use std::path::Path;
use std::time::{Duration, Instant};
use std::{env, fs};

use helper_world::{
    Daemon, Display, Full, Home, Module, WindowSeen, click_at, close_window, free_display, screenshot, wait_for_window,
    wait_until, windows,
};

const SOON: Duration = Duration::from_secs(20);
const QUICK_SUPPORT: &str = "EDGE&NEXT Support";

fn world(home: Home) -> (Display, Home) {
    let display = free_display().unwrap();
    display.lend(&home);
    (display, home)
}

fn of(display: &Display, pid: u32) -> Vec<WindowSeen> {
    windows(display.name()).unwrap().into_iter().filter(|window| window.pid == Some(pid)).collect()
}

fn running(home: &Home, name: &str) -> usize {
    home.processes().iter().filter(|process| process.exe.ends_with(name)).count()
}

/// The colours of a picture, in a form that two pictures can be compared by.
fn picture(display: &Display, folder: &Path, name: &str) -> Vec<u8> {
    let path = folder.join(name);
    screenshot(display.name(), &path).unwrap();
    fs::read(path).unwrap()
}

#[test]
fn a_module_shows_its_window_and_closes() {
    let (display, home) = world(Home::awkward().unwrap());
    let module = Module::start(&home, "").unwrap();
    let window = wait_for_window(display.name(), QUICK_SUPPORT, SOON).unwrap();
    assert_eq!((window.pid, window.class.as_str()), (Some(module.pid()), "TeamViewer"));
    assert_eq!((window.geometry.width, window.geometry.height), (360, 420));
    close_window(display.name(), window.id).unwrap();
    assert!(module.wait_end(SOON).unwrap().success());

    let module = Module::start(&home, "").unwrap();
    wait_for_window(display.name(), QUICK_SUPPORT, SOON).unwrap();
    module.terminate().unwrap();
    assert!(module.wait_end(SOON).unwrap().success());
    assert!(of(&display, module.pid()).is_empty());
}

#[test]
fn the_cancel_button_ends_even_a_module_that_refuses() {
    let (display, home) = world(Home::new().unwrap());
    let module = Module::start(&home, "quit=refuse").unwrap();
    let window = wait_for_window(display.name(), QUICK_SUPPORT, SOON).unwrap();
    close_window(display.name(), window.id).unwrap();
    module.terminate().unwrap();
    click_at(display.name(), window.geometry.x + 100, window.geometry.y + 300).unwrap();
    // Still there well after a plan would have been followed.
    let early = module.wait_end(Duration::from_millis(700));
    assert!(early.is_err() && module.is_alive());
    click_at(display.name(), window.geometry.x + 290, window.geometry.y + 392).unwrap();
    assert!(module.wait_end(SOON).unwrap().success());
}

#[test]
fn full_hides_and_ends_from_its_own_tray() {
    let (display, home) = world(Home::new().unwrap());
    let full = Full::start(&home, "quit=hide").unwrap();
    let window = wait_for_window(display.name(), "TeamViewer", SOON).unwrap();
    close_window(display.name(), window.id).unwrap();
    wait_until(SOON, "the window to hide", || of(&display, full.pid()).iter().all(|w| !w.viewable).then_some(()))
        .unwrap();
    assert!(full.is_alive());
    full.plan("quit=now").unwrap();
    full.wait_end(SOON).unwrap();
}

#[test]
fn slow_and_early_ends() {
    let (display, home) = world(Home::new().unwrap());
    let full = Full::start(&home, "quit=slow").unwrap();
    wait_for_window(display.name(), "TeamViewer", SOON).unwrap();
    let start = Instant::now();
    full.terminate().unwrap();
    full.wait_end(SOON).unwrap();
    assert!(start.elapsed() >= Duration::from_secs(2));

    let dead = Module::start(&home, "die=early").unwrap();
    assert_eq!(dead.wait_end(SOON).unwrap().code(), Some(3));
}

#[test]
fn a_windowless_module_gets_its_window_later() {
    let (display, home) = world(Home::new().unwrap());
    let module = Module::start(&home, "window=none").unwrap();
    assert!(module.wait_end(Duration::from_millis(500)).is_err());
    assert!(windows(display.name()).unwrap().is_empty());
    module.plan("").unwrap();
    wait_for_window(display.name(), QUICK_SUPPORT, SOON).unwrap();
    module.plan("window=none").unwrap();
    wait_until(SOON, "the window to hide", || of(&display, module.pid()).iter().all(|w| !w.viewable).then_some(()))
        .unwrap();
}

#[test]
fn in_use_has_a_child_as_long_as_told() {
    let (_display, home) = world(Home::new().unwrap());
    let full = Full::start(&home, "in_use=yes").unwrap();
    let child = wait_until(SOON, "the session program", || {
        home.processes().into_iter().find(|process| process.exe.ends_with("tv_bin/TeamViewer_Desktop"))
    });
    assert_eq!(child.unwrap().parent, full.pid());
    full.plan("in_use=no").unwrap();
    wait_until(SOON, "the session to end", || (running(&home, "TeamViewer_Desktop") == 0).then_some(())).unwrap();

    let module = Module::start(&home, "in_use=yes").unwrap();
    wait_until(SOON, "the session program", || (running(&home, "TeamViewer_Desktop") == 1).then_some(())).unwrap();
    // It does not outlive its parent, even if that one is killed.
    module.kill();
    wait_until(SOON, "the session to end", || (running(&home, "TeamViewer_Desktop") == 0).then_some(())).unwrap();
}

#[test]
fn launchers() {
    let (display, home) = world(Home::new().unwrap());
    let leaving = Module::start(&home, "launcher=leave").unwrap();
    assert!(leaving.wait_end(SOON).unwrap().success());
    let window = wait_for_window(display.name(), QUICK_SUPPORT, SOON).unwrap();
    let inside = home.temp();
    let unpacked = home.processes().into_iter().find(|process| process.exe.starts_with(&inside)).unwrap();
    assert_eq!(window.pid, Some(unpacked.pid));
    assert!(unpacked.exe.ends_with("teamviewerqs/tv_bin/TeamViewer"));
    close_window(display.name(), window.id).unwrap();
    wait_until(SOON, "its end", || home.processes().is_empty().then_some(())).unwrap();
    assert!(!unpacked.exe.exists());
    // The display notices the end of a program a moment later than the system does.
    let no_window =
        || windows(display.name()).unwrap().iter().all(|window| window.title != QUICK_SUPPORT).then_some(());
    wait_until(SOON, "its window's end", no_window).unwrap();

    let staying = Module::start(&home, "launcher=stay").unwrap();
    let window = wait_for_window(display.name(), QUICK_SUPPORT, SOON).unwrap();
    assert!(staying.is_alive() && window.pid != Some(staying.pid()));
    close_window(display.name(), window.id).unwrap();
    staying.wait_end(SOON).unwrap();
}

#[test]
fn the_daemon_is_silent_and_a_home_ends_what_it_holds() {
    let (display, home) = world(Home::new().unwrap());
    let daemon = Daemon::start(&home).unwrap();
    wait_until(SOON, "the daemon", || (running(&home, "opt/teamviewer/tv_bin/teamviewerd") == 1).then_some(()))
        .unwrap();
    assert!(daemon.is_alive());
    let _leaving = Module::start(&home, "launcher=leave").unwrap();
    wait_for_window(display.name(), QUICK_SUPPORT, SOON).unwrap();
    let root = home.root().to_owned();
    drop(home);
    assert!(helper_world::processes_under(&root).is_empty());
    assert!(!root.exists());
}

#[test]
fn windows_look_different_when_they_should() {
    let (display, home) = world(Home::new().unwrap());
    // Named by who wants to look at the pictures.
    let folder = env::var_os("STANDIN_PICTURES").map_or_else(|| home.temp(), Into::into);
    let shown = |name: &str, before: Option<&[u8]>| {
        // The window is on the screen before its first picture is: wait for a picture that stays.
        let mut last = picture(&display, &folder, name);
        wait_until(SOON, "a picture", || {
            let now = picture(&display, &folder, name);
            let steady = now == last && before.is_none_or(|before| before != now);
            last = now;
            steady.then(|| last.clone())
        })
        .unwrap()
    };
    let empty = shown("0-empty.ppm", None);
    let module = Module::start(&home, "seed=1").unwrap();
    wait_for_window(display.name(), QUICK_SUPPORT, SOON).unwrap();
    let first = shown("1-waiting.ppm", Some(&empty));
    module.plan("seed=1\ncode=s00-000-000").unwrap();
    let dead = shown("2-dead.ppm", Some(&first));
    module.plan("seed=1").unwrap();
    assert_eq!(shown("3-again.ppm", Some(&dead)), first);
    module.plan("seed=1\nin_use=yes").unwrap();
    let used = shown("4-used.ppm", Some(&first));
    let full = Full::start(&home, "in_use=yes").unwrap();
    wait_for_window(display.name(), "TeamViewer", SOON).unwrap();
    let both = shown("5-both.ppm", Some(&used));
    full.plan("").unwrap();
    shown("6-full-idle.ppm", Some(&both));
}
