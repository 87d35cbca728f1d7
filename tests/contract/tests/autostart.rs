//! The start at login, as the system itself reads it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use contract::in_a_home_of_its_own;
use helper_machine::autostart::{AtLogin, Entry};
use std::path::PathBuf;

fn entry(identifier: &str, program: &str) -> Entry {
    Entry::of(AtLogin {
        identifier: identifier.into(),
        title: "원격지원 도우미".into(),
        program: PathBuf::from(program),
        arguments: vec!["--background".into(), "two words".into()],
    })
}

#[cfg(windows)]
const PROGRAM: &str = r"C:\Program Files\김 간호사 A&B 100%\support-helper.exe";
#[cfg(unix)]
const PROGRAM: &str = "/opt/김 간호사 A&B 100% $HOME `x`/support-helper";

#[test]
fn it_is_on_only_when_it_starts_exactly_this_program() {
    in_a_home_of_its_own("it_is_on_only_when_it_starts_exactly_this_program", |_| {
        let identifier = "com.example.contract-on";
        let mine = entry(identifier, PROGRAM);
        assert!(!mine.is_on());
        mine.switch_off().expect("nothing to remove is no error");
        mine.switch_on().unwrap();
        assert!(mine.is_on());
        mine.switch_on().unwrap();
        assert!(mine.is_on(), "twice is once");
        let moved = entry(identifier, &PROGRAM.replace("support", "moved"));
        assert!(!moved.is_on(), "the entry starts another file");
        moved.switch_on().unwrap();
        assert!((moved.is_on(), mine.is_on()) == (true, false), "mended");
        moved.switch_off().unwrap();
        assert!(!moved.is_on());
    });
}

#[cfg(target_os = "linux")]
#[test]
fn a_desktop_can_read_it_and_switch_it_off() {
    use std::process::Command;
    in_a_home_of_its_own("a_desktop_can_read_it_and_switch_it_off", |home| {
        let mine = entry("com.example.contract", PROGRAM);
        mine.switch_on().unwrap();
        let path = home.join("config/autostart/com.example.contract.desktop");
        let judge = Command::new("desktop-file-validate").arg(&path).output();
        if let Ok(judge) = judge {
            assert!(judge.status.success(), "{}", String::from_utf8_lossy(&judge.stdout));
        }
        let text = std::fs::read_to_string(&path).unwrap();
        for off in ["Hidden=true", "X-GNOME-Autostart-enabled=false"] {
            std::fs::write(&path, format!("{text}{off}\n")).unwrap();
            assert!(!mine.is_on(), "{off}");
        }
        assert!(entry("x", "/a=b").switch_on().is_err(), "such a path cannot stand there");
    });
}

#[cfg(windows)]
mod windows {
    use super::*;
    use windows_registry::{CURRENT_USER, Type};

    const RUN: &str = r"Software\Microsoft\Windows\CurrentVersion\Run";
    const SWITCHES: &str = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run";

    #[test]
    fn the_value_is_quoted() {
        let identifier = "com.example.contract-quoted";
        entry(identifier, PROGRAM).switch_on().unwrap();
        let value = CURRENT_USER.open(RUN).unwrap().get_string(identifier).unwrap();
        assert_eq!(value, format!("\"{PROGRAM}\" --background \"two words\""));
        entry(identifier, PROGRAM).switch_off().unwrap();
        assert!(CURRENT_USER.open(RUN).unwrap().get_string(identifier).is_err());
    }

    #[test]
    fn task_managers_switch_is_respected() {
        let identifier = "com.example.contract-switch";
        let mine = entry(identifier, PROGRAM);
        let switches = CURRENT_USER.create(SWITCHES).unwrap();
        for (first, on) in [(3_u8, false), (2, true), (7, false), (6, true)] {
            let bytes = [first, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8];
            switches.set_bytes(identifier, Type::Bytes, &bytes).unwrap();
            mine.switch_on().unwrap();
            assert_eq!(mine.is_on(), on, "{first}");
            assert_eq!(&switches.get_value(identifier).unwrap()[..], bytes, "the person's switch is left alone");
        }
        switches.remove_value(identifier).unwrap();
        assert!(mine.is_on());
        mine.switch_off().unwrap();
    }
}
