//! The links of a HIS open this program, and hand it one argument.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[cfg(target_os = "linux")]
#[test]
fn the_desktop_names_this_program_and_nothing_is_written_twice() {
    use std::process::Command;
    contract::in_a_home_of_its_own("the_desktop_names_this_program_and_nothing_is_written_twice", |home| {
        let program = home.join("김 간호사 A&B 100%/support-helper");
        let register = |program: &std::path::Path| helper_machine::links::register("contract-links", "도우미", program);
        std::fs::create_dir_all(home.join("config")).unwrap();
        register(&program).unwrap();
        let path = home.join("data/applications/contract-links-links.desktop");
        let first = std::fs::metadata(&path).unwrap();
        let said = Command::new("xdg-mime").args(["query", "default", "x-scheme-handler/contract-links"]).output();
        assert_eq!(String::from_utf8(said.unwrap().stdout).unwrap().trim(), "contract-links-links.desktop");
        if let Ok(judge) = Command::new("desktop-file-validate").arg(&path).output() {
            assert!(judge.status.success(), "{}", String::from_utf8_lossy(&judge.stdout));
        }
        register(&program).unwrap();
        use std::os::unix::fs::MetadataExt as _;
        assert_eq!(std::fs::metadata(&path).unwrap().ino(), first.ino(), "it was written again");
        register(&home.join("moved/support-helper")).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains("/moved/support-helper %u\n") && !text.contains("김 간호사"), "{text}");
    });
}

#[cfg(windows)]
mod windows {
    use helper_machine::links::register;
    use std::path::{Path, PathBuf};
    use std::time::{Duration, Instant};
    use windows_registry::{CURRENT_USER, LOCAL_MACHINE};

    struct Scheme(&'static str);

    impl Drop for Scheme {
        fn drop(&mut self) {
            for hive in [CURRENT_USER, LOCAL_MACHINE] {
                let _ = hive.remove_tree(format!(r"Software\Classes\{}", self.0));
            }
        }
    }

    #[test]
    fn it_is_written_only_when_another_program_holds_it() {
        let scheme = Scheme("contract-once");
        let program = Path::new(r"C:\김 간호사 A&B\support-helper.exe");
        register(scheme.0, "도우미", program).unwrap();
        let path = format!(r"Software\Classes\{}", scheme.0);
        let key = CURRENT_USER.open(&path).unwrap();
        assert_eq!(key.get_string("URL Protocol").unwrap(), "");
        assert_eq!(key.get_string("").unwrap(), "URL:도우미");
        let command = || CURRENT_USER.open(format!(r"{path}\shell\open\command")).unwrap().get_string("").unwrap();
        assert_eq!(command(), r#""C:\김 간호사 A&B\support-helper.exe" "%1""#);
        // What was not written again stays as somebody left it.
        CURRENT_USER.create(&path).unwrap().set_string("", "left").unwrap();
        register(scheme.0, "도우미", program).unwrap();
        assert_eq!(key.get_string("").unwrap(), "left");
        register(scheme.0, "도우미", Path::new(r"C:\moved.exe")).unwrap();
        assert_eq!(
            (command().as_str(), key.get_string("").unwrap().as_str()),
            (r#""C:\moved.exe" "%1""#, "URL:도우미")
        );
        assert!(register(scheme.0, "x", Path::new("C:\\a\"b.exe")).is_err());
    }

    /// Opens a link as a browser or a HIS does.
    #[allow(unsafe_code)]
    fn open(link: &str) -> isize {
        #[link(name = "shell32")]
        unsafe extern "system" {
            fn ShellExecuteW(
                window: *const u8,
                verb: *const u16,
                file: *const u16,
                parameters: *const u16,
                folder: *const u16,
                show: i32,
            ) -> isize;
        }
        let none = std::ptr::null::<u16>();
        let link: Vec<u16> = link.encode_utf16().chain([0]).collect();
        // SAFETY: the link ends with a zero and outlives the call.
        unsafe { ShellExecuteW(none.cast(), none, link.as_ptr(), none, none, 1) }
    }

    fn said(beside: &Path) -> Option<Vec<String>> {
        let path = beside.with_extension("said");
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(20) {
            if let Ok(text) = std::fs::read_to_string(&path) {
                std::fs::remove_file(&path).unwrap();
                return Some(text.lines().map(str::to_owned).collect());
            }
            std::thread::yield_now();
        }
        None
    }

    #[test]
    fn a_link_arrives_as_one_argument_or_begins_with_itself() {
        let scheme = Scheme("contract-arrives");
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("김 간호사 A&B");
        std::fs::create_dir(&folder).unwrap();
        let program: PathBuf = folder.join("says arguments.exe");
        std::fs::copy(env!("CARGO_BIN_EXE_says-arguments"), &program).unwrap();
        register(scheme.0, "도우미", &program).unwrap();
        // Wine's shell looks only into the PC's part (Windows merges both): the very same values are put there.
        let path = format!(r"Software\Classes\{}\shell\open\command", scheme.0);
        let command = CURRENT_USER.open(&path).unwrap().get_string("").unwrap();
        if let Ok(key) = LOCAL_MACHINE.create(&path) {
            key.set_string("", command).unwrap();
            let pc = LOCAL_MACHINE.create(format!(r"Software\Classes\{}", scheme.0)).unwrap();
            pc.set_string("URL Protocol", "").unwrap();
        }
        let junk = format!("contract-arrives://start?{}", "%41x".repeat(180));
        for link in [
            "contract-arrives://start?name=%ED%99%8D%22%20--headless&x=1",
            "contract-arrives:start?a=%25PATH%25",
            &junk,
        ] {
            assert!(open(link) > 32, "{link}");
            assert_eq!(said(&program), Some(vec![format!("{link:?}")]), "{link}");
        }
        // A quote that nobody encoded splits it: then the link stands first, and the program refuses what does not stand alone.
        if open("contract-arrives://start?a\" quit \"b") > 32 {
            let words = said(&program).expect("it was started");
            assert!(words[0].starts_with("\"contract-arrives:"), "{words:?}");
            println!("a raw quote arrives as {words:?}");
        }
        // Wine's shell writes past its own buffer from about 1,000 characters on. So the registered line is started with 10 kB in it as
        // the shell would do it.
        use std::os::windows::process::CommandExt as _;
        let long = format!("contract-arrives://start?{}", "%41x".repeat(2_500));
        let command = CURRENT_USER.open(&path).unwrap().get_string("").unwrap();
        let rest = command.strip_prefix(&format!("\"{}\" ", program.display())).unwrap().replace("%1", &long);
        assert!(std::process::Command::new(&program).raw_arg(rest).status().unwrap().success());
        assert_eq!(said(&program), Some(vec![format!("{long:?}")]));
    }
}
