//! Where people find the module themselves (SPEC A8, I4). Elsewhere than on Windows it has no copy of its own for people.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(missing_docs)]

use helper_machine::placing::{NotPlaced, place_copy};

#[cfg(not(windows))]
#[test]
fn elsewhere_than_on_windows_people_have_no_copy_of_their_own() {
    let source = tempfile::NamedTempFile::new().unwrap();
    assert!(matches!(place_copy(source.path(), "EDGE&NEXT Support"), Err(NotPlaced::NotHere)));
}

#[cfg(windows)]
mod on_windows {
    use super::*;
    use helper_core::input::CopyPlace;
    use helper_machine::disk;
    use helper_machine::placing::Copied;
    use std::fs::{self, File, OpenOptions};
    use std::io::Write as _;
    use std::os::windows::fs::OpenOptionsExt as _;
    use std::path::{Path, PathBuf};
    use std::process::{Command, Stdio};
    use std::sync::{Mutex, MutexGuard};
    use windows_registry::{CURRENT_USER, Key};

    const NAME: &str = "EDGE&NEXT Support.exe";
    const FOLDERS: &str = r"Software\Microsoft\Windows\CurrentVersion\Explorer\User Shell Folders";
    const DESKTOP: &str = "Desktop";
    /// FOLDERID_Downloads: it has no name of its own there.
    const DOWNLOADS: &str = "{374DE290-123F-4565-9164-39C4925E467B}";

    /// The user's folders are one for all tests.
    static TURN: Mutex<()> = Mutex::new(());

    /// A user whose Desktop and downloads are elsewhere (as OneDrive and administrators do it); given back when dropped.
    struct Redirected {
        home: tempfile::TempDir,
        key: Key,
        before: Vec<(&'static str, Option<String>)>,
        _turn: MutexGuard<'static, ()>,
    }

    impl Redirected {
        fn new(desktop: &str) -> Self {
            let turn = TURN.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            let home = tempfile::tempdir().unwrap();
            let key = CURRENT_USER.create(FOLDERS).unwrap();
            let before = [DESKTOP, DOWNLOADS].map(|name| (name, key.get_string(name).ok())).to_vec();
            let user = Self { home, key, before, _turn: turn };
            for (name, folder) in [(DESKTOP, desktop), (DOWNLOADS, "내려받기 & more")] {
                fs::create_dir_all(user.at(folder)).unwrap();
                user.key.set_expand_string(name, user.at(folder).to_str().unwrap()).unwrap();
            }
            user
        }

        fn at(&self, name: &str) -> PathBuf {
            self.home.path().join(name)
        }

        fn downloads(&self) -> PathBuf {
            self.at("내려받기 & more")
        }

        fn program(&self, bytes: &[u8]) -> PathBuf {
            let path = self.at("source.exe");
            fs::write(&path, bytes).unwrap();
            path
        }
    }

    impl Drop for Redirected {
        fn drop(&mut self) {
            for (name, before) in &self.before {
                match before {
                    Some(text) => self.key.set_expand_string(name, text).unwrap(),
                    None => self.key.remove_value(name).unwrap(),
                }
            }
        }
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn the_copy_stands_on_the_desktop_wherever_that_is() {
        let user = Redirected::new("OneDrive - 병원/바탕 화면");
        let desktop = user.at("OneDrive - 병원/바탕 화면");
        for bytes in [b"first".as_slice(), b"second"] {
            let copied = place_copy(&user.program(bytes), NAME).unwrap();
            assert_eq!(copied, Copied { place: CopyPlace::Desktop, path: desktop.join(NAME) });
            assert_eq!(fs::read(&copied.path).unwrap(), bytes);
            assert_eq!(names(&desktop), [NAME]);
        }
        assert!(names(&user.downloads()).is_empty());
    }

    #[test]
    fn without_a_desktop_to_write_to_the_copy_is_among_the_downloads() {
        for (what, spoil) in [
            ("missing", (|desktop| fs::remove_dir(desktop).unwrap()) as fn(&Path)),
            ("a file", |desktop| {
                fs::remove_dir(desktop).unwrap();
                fs::write(desktop, b"").unwrap();
            }),
            ("a folder of that name", |desktop| fs::create_dir(desktop.join(NAME)).unwrap()),
        ] {
            let user = Redirected::new("desk");
            spoil(&user.at("desk"));
            let copied = place_copy(&user.program(b"program"), NAME).unwrap();
            assert_eq!(copied, Copied { place: CopyPlace::Downloads, path: user.downloads().join(NAME) }, "{what}");
            assert_eq!(fs::read(&copied.path).unwrap(), b"program");
        }
        let user = Redirected::new("desk");
        for folder in [user.at("desk"), user.downloads()] {
            fs::remove_dir(folder).unwrap();
        }
        assert!(matches!(place_copy(&user.program(b"program"), NAME), Err(NotPlaced::System(_))));
    }

    #[test]
    fn a_copy_that_an_antivirus_holds_is_replaced_when_it_lets_go() {
        let user = Redirected::new("desk");
        let copy = place_copy(&user.program(b"old"), NAME).unwrap().path;
        let scanned = OpenOptions::new().read(true).share_mode(0).open(&copy).unwrap();
        let source = user.program(b"new");
        // It lets go once the new file stands beside the old one, which is when the name is tried for the first time.
        let desk = user.at("desk");
        let scanner = std::thread::spawn(move || {
            while names(&desk).len() < 2 {
                std::thread::yield_now();
            }
            drop(scanned);
        });
        assert_eq!(place_copy(&source, NAME).unwrap().path, copy);
        scanner.join().unwrap();
        assert_eq!(fs::read(&copy).unwrap(), b"new");
        assert_eq!(names(&user.at("desk")), [NAME]);
    }

    #[test]
    fn a_copy_that_stays_in_use_is_left_as_it_is() {
        let user = Redirected::new("desk");
        let copy = place_copy(&user.program(b"old"), NAME).unwrap().path;
        let used = disk::hold(&copy).unwrap();
        let refused = place_copy(&user.program(b"new"), NAME);
        assert!(matches!(&refused, Err(NotPlaced::InUse(path)) if *path == copy), "{refused:?}");
        assert_eq!(fs::read(&copy).unwrap(), b"old");
        assert_eq!(names(&user.at("desk")), [NAME], "no half file");
        assert!(names(&user.downloads()).is_empty(), "and no second copy");
        drop(used);
        place_copy(&user.program(b"new"), NAME).unwrap();
        assert_eq!(fs::read(&copy).unwrap(), b"new");
    }

    /// This test program again, as a program that runs until its input ends.
    #[test]
    fn waits_when_told_to() {
        if std::env::var_os("CONTRACT_WAITS").is_some() {
            println!("running");
            std::io::copy(&mut std::io::stdin(), &mut std::io::sink()).unwrap();
        }
    }

    #[test]
    fn a_copy_that_runs_is_left_as_it_is() {
        use std::io::{BufRead as _, BufReader};
        let user = Redirected::new("desk");
        let myself = std::env::current_exe().unwrap();
        let copy = place_copy(&myself, NAME).unwrap().path;
        let mut running = Command::new(&copy)
            .args(["waits_when_told_to", "--nocapture"])
            .env("CONTRACT_WAITS", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(running.stdout.take().unwrap()).lines();
        assert!(lines.any(|line| line.unwrap().contains("running")));
        let refused = place_copy(&user.program(b"new"), NAME);
        assert!(matches!(&refused, Err(NotPlaced::InUse(path)) if *path == copy), "{refused:?}");
        drop(running.stdin.take());
        assert!(running.wait().unwrap().success());
        place_copy(&user.program(b"new"), NAME).unwrap();
        assert_eq!(fs::read(&copy).unwrap(), b"new");
    }

    #[test]
    fn leftovers_read_only_copies_and_long_names_are_no_obstacle() {
        let long = "긴이름".repeat(20);
        let user = Redirected::new(&format!("{long}/{long}/{long}/{long}"));
        let desktop = user.at(&format!("{long}/{long}/{long}/{long}"));
        assert!(desktop.as_os_str().len() > 260);
        let copied = place_copy(&user.program(b"program"), NAME).unwrap();
        // Windows itself may not follow a Desktop that far; the copy is whole wherever it is.
        assert_eq!(fs::read(&copied.path).unwrap(), b"program");
        drop(user);

        let user = Redirected::new("desk");
        let copy = place_copy(&user.program(b"old"), NAME).unwrap().path;
        let mut mode = fs::metadata(&copy).unwrap().permissions();
        mode.set_readonly(true);
        fs::set_permissions(&copy, mode).unwrap();
        File::create(user.at("desk").join(format!(".{NAME}.unfinished-1a2b3c"))).unwrap().write_all(b"half").unwrap();
        place_copy(&user.program(b"new"), NAME).unwrap();
        assert_eq!(fs::read(&copy).unwrap(), b"new");
        assert_eq!(names(&user.at("desk")), [NAME]);
    }
}
