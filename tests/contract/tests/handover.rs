//! The hand-over between two starts of the helper, on the system that this runs on (SPEC I5).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use helper_machine::dirs::Dirs;
use helper_machine::handover::{Door, become_single, knock};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// Names the folder in which a second process plays its part.
const FOLDER: &str = "CONTRACT_HANDOVER_FOLDER";

struct Place {
    _folder: tempfile::TempDir,
    dirs: Dirs,
}

fn place() -> Place {
    let folder = tempfile::tempdir().unwrap();
    let dirs = Dirs::at(folder.path().join("data"), folder.path().join("run"));
    dirs.create().unwrap();
    Place { _folder: folder, dirs }
}

/// A helper that answers every number with the next one, so many times.
fn helper(dirs: &Dirs, visitors: usize) -> std::thread::JoinHandle<usize> {
    let single = become_single(&dirs.lock()).unwrap().expect("nobody else");
    let door = Door::open(&single, &dirs.door()).unwrap();
    std::thread::spawn(move || {
        let mut served = 0;
        for _ in 0..visitors {
            door.serve_one::<u32>(&mut |wish, visitor| {
                visitor.answer(&(wish + 1)).unwrap();
                served += 1;
            })
            .unwrap();
        }
        drop(single);
        served
    })
}

/// A part in a process of its own, which says `ready` when it is, and ends when it is told to.
struct Player(Child);

impl Player {
    fn new(part: &str, folder: &Path) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", part, "--nocapture"])
            .env(FOLDER, folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        assert!(lines.any(|line| line.unwrap().ends_with("ready")), "{part} did not begin");
        // Its further words must not hold it up.
        std::thread::spawn(move || lines.count());
        Self(child)
    }

    /// Ended from outside, without a chance to clear up.
    fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

fn my_part() -> Dirs {
    let folder = PathBuf::from(std::env::var_os(FOLDER).expect("only as a part of another test"));
    Dirs::at(folder.join("data"), folder.join("run"))
}

fn until_told() {
    std::io::stdin().read_line(&mut String::new()).unwrap();
}

#[test]
#[ignore = "a part that other tests start"]
fn play_a_helper_that_is_killed() {
    let dirs = my_part();
    let single = become_single(&dirs.lock()).unwrap().unwrap();
    let door = Door::open(&single, &dirs.door()).unwrap();
    println!("ready");
    until_told();
    drop(door);
}

#[test]
fn one_is_single_until_its_process_ends_however_it_ends() {
    let place = place();
    let player = Player::new("play_a_helper_that_is_killed", place._folder.path());
    assert!(become_single(&place.dirs.lock()).unwrap().is_none(), "another process has it");
    assert!(place.dirs.door().exists());
    player.kill();
    // What the dead one left behind is replaced.
    let helper = helper(&place.dirs, 1);
    assert_eq!(knock::<_, u32>(&place.dirs.door(), &1_u32).unwrap(), 2);
    assert_eq!(helper.join().unwrap(), 1);
    let again = become_single(&place.dirs.lock()).unwrap();
    assert!(again.is_some(), "free again");
    assert!(become_single(&place.dirs.lock()).unwrap().is_none(), "a second one in the same process is not single");
}

#[test]
fn nobody_behind_the_door_is_said_at_once() {
    let place = place();
    let begun = Instant::now();
    assert!(knock::<_, u32>(&place.dirs.door(), &1_u32).is_err(), "there is no door");
    let player = Player::new("play_a_helper_that_is_killed", place._folder.path());
    player.kill();
    assert!(knock::<_, u32>(&place.dirs.door(), &1_u32).is_err(), "nobody is behind it");
    std::fs::write(place.dirs.lock().with_file_name("junk"), "\\\\evil\\pipe\\x 1").unwrap();
    assert!(knock::<_, u32>(&place.dirs.lock().with_file_name("junk"), &1_u32).is_err());
    assert!(begun.elapsed() < Duration::from_secs(9), "{:?}", begun.elapsed());
}

#[test]
fn nonsense_gets_no_answer_and_the_next_visitor_does() {
    let place = place();
    let helper = helper(&place.dirs, 4);
    assert!(knock::<_, u32>(&place.dirs.door(), &"junk").is_err());
    assert!(knock::<_, u32>(&place.dirs.door(), &"x".repeat(1_000_000)).is_err(), "too long");
    assert!(knock::<_, u32>(&place.dirs.door(), &vec![0_u32; 100]).is_err());
    assert_eq!(knock::<_, u32>(&place.dirs.door(), &7_u32).unwrap(), 8);
    assert_eq!(helper.join().unwrap(), 1);
}

#[test]
fn a_thousand_visitors_at_once_are_answered_once_each() {
    const VISITORS: u32 = 1_000;
    // A pipe has no queue: whoever does not come in waits and tries again, and many at once come in by luck, not in turn.
    const AT_ONCE: u32 = if cfg!(windows) { 20 } else { 200 };
    let place = place();
    let helper = helper(&place.dirs, VISITORS as usize);
    let (next, right) = (AtomicU32::new(0), AtomicU32::new(0));
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let wish = next.fetch_add(1, Ordering::SeqCst);
                    if wish >= VISITORS {
                        return;
                    }
                    assert_eq!(knock::<_, u32>(&place.dirs.door(), &wish).unwrap(), wish + 1);
                    right.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
    });
    assert_eq!((helper.join().unwrap(), right.into_inner()), (VISITORS as usize, VISITORS));
    println!("{VISITORS} visitors in {:?}", begun.elapsed());
}

#[test]
fn a_visitor_that_says_nothing_holds_the_door_two_seconds_and_no_more() {
    let place = place();
    let helper = helper(&place.dirs, 3);
    let silent = silent_visitor(&place.dirs.door(), b"");
    let begun = Instant::now();
    assert_eq!(knock::<_, u32>(&place.dirs.door(), &1_u32).unwrap(), 2, "the one behind it");
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    drop(silent);
    // The same for one that begins and does not end its line.
    let slow = silent_visitor(&place.dirs.door(), b"1");
    assert_eq!(helper.join().unwrap(), 1);
    assert!(begun.elapsed() < Duration::from_secs(9), "{:?}", begun.elapsed());
    drop(slow);
}

#[cfg(unix)]
fn silent_visitor(door: &Path, says: &[u8]) -> impl Sized + use<> {
    use std::io::Write as _;
    let mut stream = std::os::unix::net::UnixStream::connect(door).unwrap();
    stream.write_all(says).unwrap();
    stream
}

#[cfg(windows)]
fn silent_visitor(door: &Path, says: &[u8]) -> impl Sized + use<> {
    use std::io::Write as _;
    // The one in front may just be let in: then the next instance of the pipe is not there yet.
    let mut stream = soon(|| std::fs::OpenOptions::new().read(true).write(true).open(pipe(door)).ok());
    stream.write_all(says).unwrap();
    stream
}

#[cfg(windows)]
fn soon<T>(mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < Duration::from_secs(10), "the door did not open");
        std::thread::yield_now();
    }
}

/// The path of the pipe that the plate at the door names.
#[cfg(windows)]
fn pipe(door: &Path) -> String {
    let plate = std::fs::read_to_string(door).unwrap();
    format!(r"\\.\pipe\support-helper-{}", plate.split(' ').next().unwrap())
}

#[cfg(windows)]
mod squatter {
    use super::*;
    use std::io::Read as _;

    /// Somebody who read a dead helper's plate, or saw the pipe's name, and holds the name now.
    #[test]
    #[ignore = "a part that other tests start"]
    fn play_a_squatter() {
        let dirs = my_part();
        let mut squatted = raw_pipe(&pipe(&dirs.door()));
        println!("ready");
        let mut heard = Vec::new();
        let _ = squatted.read_to_end(&mut heard);
        std::fs::write(dirs.data().join("heard"), heard).unwrap();
        until_told();
    }

    /// A pipe without any protection, as an attacker would make it.
    #[allow(unsafe_code)]
    fn raw_pipe(name: &str) -> std::fs::File {
        use std::os::windows::io::FromRawHandle as _;
        unsafe extern "system" {
            fn CreateNamedPipeW(
                name: *const u16,
                open: u32,
                mode: u32,
                most: u32,
                out: u32,
                inward: u32,
                limit: u32,
                security: *const u8,
            ) -> *mut std::ffi::c_void;
        }
        let name: Vec<u16> = name.encode_utf16().chain([0]).collect();
        // SAFETY: the name ends with a zero and outlives the call. 3: both ways.
        let pipe = unsafe { CreateNamedPipeW(name.as_ptr(), 3, 0, 1, 4096, 4096, 0, std::ptr::null()) };
        assert!(pipe as isize != -1, "{}", std::io::Error::last_os_error());
        // SAFETY: it was just opened.
        unsafe { std::fs::File::from_raw_handle(pipe) }
    }

    #[test]
    fn who_took_the_name_from_a_dead_helpers_plate_hears_nothing() {
        let place = place();
        Player::new("play_a_helper_that_is_killed", place._folder.path()).kill();
        let plate = std::fs::read(place.dirs.door()).unwrap();
        let squatter = Player::new("squatter::play_a_squatter", place._folder.path());
        assert_eq!(std::fs::read(place.dirs.door()).unwrap(), plate, "still the dead one's");
        let refused = knock::<_, u32>(&place.dirs.door(), &"secret").unwrap_err();
        assert_eq!(refused.kind(), std::io::ErrorKind::PermissionDenied, "{refused}");
        let heard = soon(|| std::fs::read(place.dirs.data().join("heard")).ok());
        assert_eq!(heard, b"", "the squatter heard something");
        squatter.kill();
    }
}

#[cfg(unix)]
#[test]
fn nobody_else_may_knock() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = place();
    let helper = helper(&place.dirs, 1);
    let mode = std::fs::metadata(place.dirs.door()).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "{mode:o}");
    assert_eq!(knock::<_, u32>(&place.dirs.door(), &1_u32).unwrap(), 2);
    helper.join().unwrap();
}
