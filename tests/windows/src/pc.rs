//! A PC: a prefix, a display, a helper that trusts a publisher, and what can be seen of them from outside.

use crate::{built, folder};
use flows::{Called, LONG, Publisher, Running};
use helper_world::{Display, WindowSeen, close_window, free_display, screenshot, wait_until, windows};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;

/// The user: everything that breaks careless programs.
const USER: &str = "김 간호사 A&B";
/// Where Debian keeps the loader that is no script.
const WINE: &str = "/usr/lib/wine/wine64";

/// A PC.
#[derive(Debug)]
pub struct WindowsPc {
    room: TempDir,
    display: Display,
    calls: AtomicU32,
}

/// A stand-in that the test itself started.
#[derive(Debug)]
pub struct StandIn {
    child: Child,
    plan: PathBuf,
}

impl StandIn {
    /// Gives it another plan; it is followed within about 200 ms.
    pub fn plan(&self, plan: &str) {
        write_plan(&self.plan, plan);
    }

    /// Whether it still runs.
    pub fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Waits for its end.
    pub fn wait_end(&mut self) {
        wait_until(LONG, "the stand-in's end", || (!self.is_alive()).then_some(())).unwrap();
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        // It may have ended by itself; its PC's end takes the rest.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl WindowsPc {
    /// A PC whose helper trusts `publisher` and knows these mirrors.
    pub fn new(publisher: &Publisher, mirrors: &[&str]) -> Self {
        Self::with_display(free_display().unwrap(), publisher, mirrors)
    }

    /// The same with this display.
    pub fn with_display(display: Display, publisher: &Publisher, mirrors: &[&str]) -> Self {
        let rooms = folder().join("rooms");
        fs::create_dir_all(&rooms).unwrap();
        let room = TempDir::with_prefix_in("pc-", rooms).unwrap();
        let pc = Self { room, display, calls: AtomicU32::new(0) };
        // System files are never written: only names are copied. What holds state is the PC's own.
        copy("-al", &folder().join("prefix/drive_c"), &pc.prefix().join("drive_c"));
        for state in ["system.reg", "user.reg", "userdef.reg", "dosdevices", ".update-timestamp"] {
            copy("-a", &folder().join("prefix").join(state), &pc.prefix().join(state));
        }
        fs::create_dir_all(pc.brand()).unwrap();
        fs::copy(publisher.root(), pc.brand().join("root.json")).unwrap();
        fs::write(pc.brand().join("mirrors"), mirrors.join("\n")).unwrap();
        pc.plan_modules("");
        flows::seen_first_run(&pc.data());
        // Of two programs that begin at once each would start the prefix's server, and one of them could not.
        pc.server("-p");
        pc
    }

    fn server(&self, word: &str) {
        let mut server = Command::new("/usr/lib/wine/wineserver64");
        server.arg(word).env("WINEPREFIX", self.prefix()).stdout(Stdio::null()).stderr(Stdio::null());
        // It goes into the background by itself; at the end nothing can be done about a failure.
        let _ = server.status();
    }

    fn prefix(&self) -> PathBuf {
        self.room.path().join("prefix")
    }

    fn brand(&self) -> PathBuf {
        self.room.path().join("brand")
    }

    /// The C drive.
    pub fn drive(&self) -> PathBuf {
        self.prefix().join("drive_c")
    }

    /// The user's own folder.
    pub fn profile(&self) -> PathBuf {
        self.drive().join("users").join(USER)
    }

    /// The user's Desktop.
    pub fn desktop(&self) -> PathBuf {
        self.profile().join("Desktop")
    }

    /// The helper's data folder.
    pub fn data(&self) -> PathBuf {
        self.profile().join("AppData/Local/com.edgenext.support-helper")
    }

    /// A program that begins on this PC; `program` is a path of this machine.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(WINE);
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.room.path())
            .env("TMPDIR", std::env::temp_dir())
            .env("USER", USER)
            .env("LC_ALL", "C.UTF-8")
            .env("WINEPREFIX", self.prefix())
            .env("WINEDEBUG", "-all")
            .env("WINEDLLOVERRIDES", "mscoree,mshtml=;winemenubuilder.exe=d")
            .env("DISPLAY", self.display.name())
            .env("SUPPORT_HELPER_BRAND_DIR", windows_path(&self.brand()))
            .env("SUPPORT_HELPER_LOG", "info")
            .env("SUPPORT_HELPER_POLICY_DIR", windows_path(&self.policy()))
            .env("STANDIN_PLAN", windows_path(&self.room.path().join("plan-modules.txt")))
            .current_dir(self.drive())
            .arg(windows_path(program));
        command
    }

    /// Gives a plan to every module that the helper starts, now and later.
    pub fn plan_modules(&self, plan: &str) {
        write_plan(&self.room.path().join("plan-modules.txt"), plan);
    }

    /// Puts a stand-in for TeamViewer where `path` of the C drive says, and starts it.
    pub fn start_standin(&self, program: &str, path: &str, plan: &str) -> StandIn {
        let place = self.drive().join(path);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        if !place.exists() {
            fs::copy(built(program), &place).unwrap();
        }
        let plan_file = self.room.path().join(format!("plan-{}.txt", path.replace(['/', ' '], "-")));
        write_plan(&plan_file, plan);
        let mut command = self.command(&place);
        command.env("STANDIN_PLAN", windows_path(&plan_file)).stdin(Stdio::null());
        StandIn { child: command.spawn().unwrap(), plan: plan_file }
    }

    /// Starts TeamViewer Full where its installer puts it, and waits for its window.
    pub fn start_full(&self, plan: &str) -> StandIn {
        let folder = self.drive().join("Program Files/TeamViewer");
        fs::create_dir_all(&folder).unwrap();
        fs::copy(built("standin-full.exe"), folder.join("TeamViewer_Desktop.exe")).unwrap();
        let full = self.start_standin("standin-full.exe", "Program Files/TeamViewer/TeamViewer.exe", plan);
        self.wait_for_window("TeamViewer");
        full
    }

    /// A call of the helper that has not begun.
    pub fn helper(&self, words: &[&str]) -> Command {
        let mut command = self.command(&built("support-helper.exe"));
        command.args(["--language", "ko"]).args(words);
        command.stdin(Stdio::null());
        command
    }

    /// Calls the helper and waits for its end.
    pub fn call(&self, words: &[&str]) -> Called {
        // Not through pipes: the first program of a session starts Wine's own services, which hold what they inherit.
        let number = self.calls.fetch_add(1, Ordering::Relaxed);
        let file = |name: &str| self.room.path().join(format!("{number}.{name}"));
        let (out, errors) = (file("out"), file("err"));
        let mut command = self.helper(words);
        command.stdout(fs::File::create(&out).unwrap()).stderr(fs::File::create(&errors).unwrap());
        let status = command.status().unwrap();
        let read = |path: &Path| String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned();
        let called = Called { code: status.code().unwrap_or(-1), stdout: read(&out), stderr: read(&errors) };
        for path in [out, errors] {
            let _ = fs::remove_file(path);
        }
        called
    }

    /// Starts the helper as at login and waits until it answers.
    pub fn daemon(&self) -> Running {
        self.start(self.helper(&["--background"]))
    }

    /// The same in the language that its user has chosen.
    pub fn daemon_as_chosen(&self) -> Running {
        let mut command = self.command(&built("support-helper.exe"));
        command.arg("--background").stdin(Stdio::null());
        self.start(command)
    }

    fn start(&self, mut command: Command) -> Running {
        let log = fs::File::options().create(true).append(true).open(self.log()).unwrap();
        command.stdout(Stdio::null()).stderr(log);
        let helper = Running::of(command.spawn().unwrap());
        let begun = || self.status().filter(|status| status["upkeep"]["state"] != "off");
        if let Err(error) = wait_until(LONG, "the helper at rest", begun) {
            panic!("{error}; it said {}", self.said());
        }
        helper
    }

    fn log(&self) -> PathBuf {
        self.room.path().join("helper.log")
    }

    /// No helper ever ran here: the first run comes at the next start.
    pub fn is_new(&self) {
        fs::remove_dir_all(self.data()).unwrap();
    }

    /// What hospital IT put into the file that stands in for the registry; holds for the next start of the helper.
    pub fn set_policy(&self, text: &str) {
        fs::create_dir_all(self.policy()).unwrap();
        fs::write(self.policy().join("policy.toml"), text).unwrap();
    }

    fn policy(&self) -> PathBuf {
        self.room.path().join("policy")
    }

    /// What the helper wrote to its log.
    pub fn said(&self) -> String {
        fs::read_to_string(self.log()).unwrap_or_default()
    }

    /// Asks the running helper for support, as the HIS does.
    pub fn click(&self) {
        let called = self.call(&["start"]);
        assert_eq!(called.code, 0, "{called:?}; {}", self.said());
    }

    /// Answers the running helper's card.
    pub fn answer(&self, wish: &str) {
        let called = self.call(&["answer", wish]);
        assert_eq!(called.code, 0, "{called:?}; status {:?}", self.status());
    }

    /// What the running helper says of itself; `None` without one.
    pub fn status(&self) -> Option<Value> {
        let called = self.call(&["status", "--json"]);
        (called.code == 0).then(|| serde_json::from_str(&called.stdout).unwrap())
    }

    /// Waits until the running helper is in this state; told is what it says of itself then.
    pub fn wait_for_state(&self, state: &str) -> Value {
        let seen =
            wait_until(LONG, &format!("state {state}"), || self.status().filter(|status| status["state"] == state));
        seen.unwrap_or_else(|error| {
            self.picture("failed");
            panic!("{error}; status {:?}; windows {:?}; {}", self.status(), self.windows(), self.said())
        })
    }

    /// Waits until the running helper shows this scene.
    pub fn wait_for_scene(&self, scene: &str) -> Value {
        let seen = wait_until(LONG, &format!("the card {scene}"), || {
            self.status().filter(|status| status["view"]["scene"] == scene)
        });
        seen.unwrap_or_else(|error| panic!("{error}; status {:?}; {}", self.status(), self.said()))
    }

    /// Closes a window with its cross, and waits until it is gone.
    pub fn close_window(&self, title: &str) {
        let window = self.wait_for_window(title);
        close_window(self.display.name(), window.id).unwrap();
        self.wait_until_closed(title);
    }

    /// The program files of placed modules.
    pub fn placed_programs(&self) -> Vec<PathBuf> {
        let versions = fs::read_dir(self.data().join("module/versions")).into_iter().flatten();
        let files = versions.flat_map(|version| fs::read_dir(version.unwrap().path()).unwrap());
        files.map(|file| file.unwrap().path()).filter(|path| path.extension().is_some_and(|end| end == "exe")).collect()
    }

    /// The windows that are shown and have a title.
    pub fn windows(&self) -> Vec<WindowSeen> {
        let seen = windows(self.display.name()).unwrap();
        seen.into_iter().filter(|window| window.viewable && !window.title.is_empty()).collect()
    }

    /// Waits for a window with this title.
    pub fn wait_for_window(&self, title: &str) -> WindowSeen {
        let seen = || self.windows().into_iter().find(|window| window.title == title);
        wait_until(LONG, &format!("the window {title}"), seen)
            .unwrap_or_else(|error| panic!("{error}; windows {:?}; {}", self.windows(), self.said()))
    }

    /// Waits until no window has this title.
    pub fn wait_until_closed(&self, title: &str) {
        let gone = || self.windows().iter().all(|window| window.title != title).then_some(());
        wait_until(LONG, &format!("the end of the window {title}"), gone)
            .unwrap_or_else(|error| panic!("{error}; windows {:?}", self.windows()));
    }

    /// The display's name.
    pub fn display(&self) -> &str {
        self.display.name()
    }

    /// Takes a picture of the whole display into `target/pictures`.
    pub fn picture(&self, name: &str) {
        let pictures = folder().join("../pictures");
        fs::create_dir_all(&pictures).unwrap();
        screenshot(self.display.name(), &pictures.join(format!("windows-{name}.png"))).unwrap();
    }
}

impl Drop for WindowsPc {
    fn drop(&mut self) {
        // Every Windows process of this PC; the namespace takes what is left.
        self.server("-k");
    }
}

/// How a path of this machine is called on the PC.
pub(crate) fn windows_path(path: &Path) -> String {
    let path = path.display().to_string();
    match path.split_once("/drive_c/") {
        Some((_, inside)) => format!("C:\\{}", inside.replace('/', "\\")),
        None => format!("Z:{}", path.replace('/', "\\")),
    }
}

fn write_plan(path: &Path, plan: &str) {
    let new = path.with_extension("new");
    fs::write(&new, plan).unwrap();
    fs::rename(&new, path).unwrap();
}

fn copy(how: &str, from: &Path, to: &Path) {
    fs::create_dir_all(to.parent().unwrap()).unwrap();
    let status = Command::new("cp").arg(how).arg(from).arg(to).status().unwrap();
    assert!(status.success(), "cp {how} {} {}", from.display(), to.display());
}
