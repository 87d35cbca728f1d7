//! The icon on the Desktop, as the system itself reads it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use contract::in_a_home_of_its_own;
use helper_machine::shortcut::{OnDesktop, Shortcut};
use std::path::{Path, PathBuf};

fn icon(identifier: &str, title: &str, also: &str, program: &str) -> Shortcut {
    Shortcut::of(OnDesktop {
        identifier: identifier.into(),
        title: title.into(),
        also: vec![also.into()],
        program: PathBuf::from(program),
        request: "start".into(),
    })
}

/// A program below this folder; only its name and place matter.
fn program(folder: &Path, name: &str) -> String {
    let place = match std::env::consts::OS {
        "macos" => format!("김 간호사 A&B 100%/{name}.app/Contents/MacOS/{name}"),
        "windows" => format!("김 간호사 A&B 100%\\{name}.exe"),
        _ => format!("김 간호사 A&B 100% $HOME `x`/{name}"),
    };
    let program = folder.join(place);
    std::fs::create_dir_all(program.parent().unwrap()).unwrap();
    std::fs::write(&program, b"").unwrap();
    program.to_str().unwrap().to_owned()
}

#[test]
fn it_is_there_only_when_it_starts_exactly_this_program() {
    in_a_home_of_its_own("it_is_there_only_when_it_starts_exactly_this_program", |home| {
        if cfg!(unix) {
            std::fs::create_dir_all(home.join("Desktop")).unwrap();
        }
        let named = |title, also, program| icon("com.example.contract-icon", title, also, program);
        let [helper, other] = ["support-helper", "moved-helper"].map(|name| program(home, name));
        let mine = named("계약 시험", "Contract test", &helper);
        assert!(!mine.is_there());
        mine.remove().expect("nothing to remove is no error");
        mine.place().unwrap();
        assert!(mine.is_there());
        mine.place().unwrap();
        assert!(mine.is_there(), "twice is once");
        let moved = named("계약 시험", "Contract test", &other);
        assert!(!moved.is_there(), "it starts another file");
        moved.place().unwrap();
        assert!((moved.is_there(), mine.is_there()) == (true, false), "mended");
        // The language was changed: the same icon under another name, and only one.
        let translated = named("Contract test", "계약 시험", &other);
        assert!(translated.is_there());
        translated.place().unwrap();
        moved.remove().unwrap();
        assert!(!translated.is_there(), "one name, and that is gone");
    });
}

#[cfg(target_os = "linux")]
#[test]
fn a_desktop_can_start_it_and_nothing_is_made_where_there_is_none() {
    use std::os::unix::fs::PermissionsExt as _;
    use std::process::Command;
    in_a_home_of_its_own("a_desktop_can_start_it_and_nothing_is_made_where_there_is_none", |home| {
        let mine = icon("com.example.contract-icon", "원격지원 도우미", "Helper", &program(home, "support-helper"));
        assert!(!mine.is_possible() && mine.place().is_err());
        assert!(!home.join("Desktop").exists());
        // The folder that the desktop names is better than the usual one.
        std::fs::create_dir_all(home.join("바탕화면")).unwrap();
        std::fs::create_dir_all(home.join("Desktop")).unwrap();
        std::fs::create_dir_all(home.join("config")).unwrap();
        std::fs::write(home.join("config/user-dirs.dirs"), "XDG_DESKTOP_DIR=\"$HOME/바탕화면\"\n").unwrap();
        assert!(mine.is_possible());
        mine.place().unwrap();
        let path = home.join("바탕화면/com.example.contract-icon.desktop");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o755);
        assert_eq!(std::fs::read_dir(home.join("바탕화면")).unwrap().count(), 1, "nothing is left over");
        let judge = Command::new("desktop-file-validate").arg(&path).output();
        if let Ok(judge) = judge {
            assert!(judge.status.success(), "{}", String::from_utf8_lossy(&judge.stdout));
        }
        assert!(icon("x", "x", "y", "/a=b").place().is_err(), "such a path cannot stand there");
        mine.remove().unwrap();
        assert!(!path.exists());
    });
}

#[cfg(windows)]
#[test]
fn a_broken_link_is_not_there_and_is_mended() {
    let home = tempfile::tempdir().unwrap();
    let helper = program(home.path(), "support-helper");
    let mine = icon("com.example.contract-broken", "계약 시험 둘", "Contract test two", &helper);
    mine.place().unwrap();
    let place = helper_machine::placing::for_people().into_iter().map(|folder| folder.join("계약 시험 둘.lnk"));
    let place = place.filter(|place| place.is_file()).next().expect("on the Desktop");
    std::fs::write(&place, b"no link").unwrap();
    assert!(!mine.is_there());
    mine.place().unwrap();
    assert!(mine.is_there(), "mended");
    mine.remove().unwrap();
    assert!(!place.exists());
}
