//! Starting what was proven, and seeing whether it came up.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg(any(target_os = "linux", target_os = "windows"))]

use contract::desk::{Desk, Done, deep_folder, fact_of, look, on_a_desk, path_of, placed, publisher};
#[cfg(unix)]
use helper_core::input::LaunchFailure;
use helper_core::presence::ProcessId;
use helper_machine::closing::{ask_to_end, end, wait_until_gone};
use helper_machine::launching::{Started, raise, start};
use helper_machine::processes::{identity, program_of};
use helper_machine::store::{Placed, Store};
use std::error::Error;
use std::path::Path;

const NAME: &str = "EDGE&NEXT 원격지원";

fn module(desk: &Desk) -> Result<Placed, Box<dyn Error>> {
    placed(&Store::new(desk.home.data().join("module"), publisher()), NAME)
}

/// Ends what was started, whatever the test found.
struct Leash(Option<Started>);

impl Leash {
    fn start(placed: &Placed) -> Result<Self, String> {
        start(placed).map(|started| Self(Some(started))).map_err(|failure| format!("not started: {failure:?}"))
    }

    fn process(&self) -> Result<ProcessId, Box<dyn Error>> {
        Ok(self.0.as_ref().map(|started| started.process).ok_or("not started")?)
    }
}

impl Drop for Leash {
    fn drop(&mut self) {
        if let Some(started) = self.0.take() {
            // It may have ended by itself, which is as good.
            let _ = end(started.process, None);
            started.reap();
        }
    }
}

#[test]
fn a_started_module_shows_its_window_and_can_be_raised() -> Done {
    on_a_desk("a_started_module_shows_its_window_and_can_be_raised", "", |desk| {
        let placed = module(desk)?;
        let started = Leash::start(&placed)?;
        let process = started.process()?;
        let program = program_of(process).ok_or("no program")?;
        assert_eq!(Path::new(&program), placed.program());
        assert_eq!(identity(process.pid), Some(process));
        assert_eq!(desk.window(placed.folder())?, process);
        assert_eq!(desk.desktop.window_of(&desk.home.config()), None, "no program of that folder has a window");
        raise(process);
        raise(ProcessId { started: process.started + 1, ..process });
        assert_eq!(desk.window(placed.folder())?, process);
        assert_eq!(ask_to_end(process, Some(&program)), Ok(()));
        assert!(wait_until_gone(process));
        desk.no_window(placed.folder())
    })
}

#[test]
fn a_module_deep_below_is_started_as_well() -> Done {
    on_a_desk("a_module_deep_below_is_started_as_well", "", |desk| {
        let name = format!("{NAME}{}", std::env::consts::EXE_SUFFIX);
        // Below the store: `versions`, a digest, and the program.
        let rest = "versions".len() + 1 + 64 + 1 + name.encode_utf16().count();
        let folder = deep_folder(&desk.home.data(), rest, 246);
        let placed = placed(&Store::new(folder, publisher()), NAME)?;
        let started = Leash::start(&placed)?;
        let program = program_of(started.process()?).ok_or("no program")?;
        assert_eq!(Path::new(&program), placed.program());
        assert!(program.encode_utf16().count() > 240, "{program}");
        assert_eq!(desk.window(placed.folder())?, started.process()?);
        Ok(())
    })
}

#[test]
fn the_window_of_what_a_launcher_unpacked_is_found() -> Done {
    on_a_desk("the_window_of_what_a_launcher_unpacked_is_found", "launcher=stay", |desk| {
        for plan in ["launcher=stay", "launcher=leave"] {
            desk.plan_started(plan)?;
            unpacked(desk).map_err(|error| format!("{plan}: {error}"))?;
        }
        Ok(())
    })
}

fn unpacked(desk: &Desk) -> Done {
    let placed = module(desk)?;
    let started = Leash::start(&placed)?;
    let launcher = started.process()?;
    let window = desk.window(&desk.own_temp())?;
    assert_ne!(window, launcher);
    assert_eq!(desk.desktop.window_of(placed.folder()), None, "a launcher has no window of its own");
    let (scan, presence) = look(&desk.own(&[placed.folder()]), Some(launcher))?;
    let fact = fact_of(&scan, window).ok_or("not seen")?;
    assert!(path_of(fact).is_some_and(|path| path.starts_with(real(&desk.own_temp()))), "{fact:?}");
    assert!(path_of(fact).is_some_and(|path| !path.starts_with(real(desk.home.root()))), "{fact:?}");
    assert!(presence.modules.iter().any(|module| module.id == window), "{presence:?}");
    assert_eq!(presence.conflicts, []);
    assert_eq!(end(window, None), Ok(()));
    assert!(wait_until_gone(window) && wait_until_gone(launcher), "a launcher that stayed ends with it");
    Ok(())
}

fn real(folder: &Path) -> std::path::PathBuf {
    let real = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    real.to_str().and_then(|path| path.strip_prefix(r"\\?\")).map_or(real.clone(), Into::into)
}

#[test]
fn an_early_death_is_noticed() -> Done {
    on_a_desk("an_early_death_is_noticed", "die=early", |desk| {
        let placed = module(desk)?;
        let started = Leash::start(&placed)?;
        assert!(wait_until_gone(started.process()?));
        assert_eq!(desk.desktop.window_of(placed.folder()), None);
        Ok(())
    })
}

#[test]
fn a_window_that_comes_late_is_seen_when_it_comes() -> Done {
    on_a_desk("a_window_that_comes_late_is_seen_when_it_comes", "window=none", |desk| {
        let placed = module(desk)?;
        let started = Leash::start(&placed)?;
        let process = started.process()?;
        assert_eq!(desk.desktop.window_of(placed.folder()), None);
        desk.plan_started("")?;
        assert_eq!(desk.window(placed.folder())?, process);
        // Hidden is not visible.
        desk.plan_started("window=none")?;
        desk.no_window(placed.folder())?;
        assert_eq!(identity(process.pid), Some(process));
        Ok(())
    })
}

#[test]
fn what_vanished_or_is_held_back_is_told_apart() -> Done {
    on_a_desk("what_vanished_or_is_held_back_is_told_apart", "", |desk| {
        let placed = module(desk)?;
        take_away(&placed)
    })
}

/// What was proven is held until it is started: nobody takes it away in between, not even to look at it alone, as protection
/// software does.
#[cfg(windows)]
fn take_away(placed: &Placed) -> Done {
    use std::os::windows::fs::OpenOptionsExt as _;
    let alone = std::fs::OpenOptions::new().read(true).share_mode(0).open(placed.program());
    assert!(alone.is_err() && std::fs::remove_file(placed.program()).is_err());
    assert!(std::fs::OpenOptions::new().write(true).open(placed.program()).is_err());
    Leash::start(placed)?;
    Ok(())
}

#[cfg(unix)]
fn take_away(placed: &Placed) -> Done {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(placed.program(), std::fs::Permissions::from_mode(0o644))?;
    assert_eq!(start(placed).map(|_| ()), Err(LaunchFailure::Forbidden));
    std::fs::remove_file(placed.program())?;
    assert_eq!(start(placed).map(|_| ()), Err(LaunchFailure::Vanished));
    Ok(())
}
