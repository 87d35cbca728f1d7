//! A PC: a home, a helper that trusts a publisher, and what can be seen of them from outside.

use crate::{Called, LONG, Publisher, Running, Talk, UpdaterKey, helper_program};
use helper_core::release::Release;
use helper_machine::mirror::mirrors_of;
use helper_machine::package::Fetched;
use helper_machine::repository::{MetadataFolder, Repository};
use helper_machine::store::Store;
use helper_machine::transport;
use helper_world::{Display, Home, SessionBus, free_display, wait_until};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// A PC.
#[derive(Debug)]
pub struct Pc {
    /// Its user's home.
    pub home: Home,
    display: Option<Display>,
    bus: Option<SessionBus>,
    brand: TempDir,
}

/// In this data folder of a helper it is noted that the first run was seen, as it is on nearly every PC.
pub fn seen_first_run(data: &Path) {
    chose(data, &helper_core::settings::Preferences { welcomed: true, ..Default::default() });
}

/// In this data folder of a helper it is noted that its user chose this.
pub fn chose(data: &Path, preferences: &helper_core::settings::Preferences) {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(data).unwrap();
    helper_machine::state_file::StateFile::new(data.join("preferences")).write(preferences).unwrap();
}

impl Pc {
    /// A PC without display and session bus (modules live without a window there) whose helper trusts `publisher` and knows these mirrors.
    pub fn new(publisher: &Publisher, mirrors: &[&str]) -> Self {
        Self::in_home(Home::new().unwrap(), publisher, mirrors)
    }

    /// The same, with Hangul, a space and `&` in every path.
    pub fn awkward(publisher: &Publisher, mirrors: &[&str]) -> Self {
        Self::in_home(Home::awkward().unwrap(), publisher, mirrors)
    }

    fn in_home(home: Home, publisher: &Publisher, mirrors: &[&str]) -> Self {
        let brand = tempfile::tempdir().unwrap();
        fs::copy(publisher.root(), brand.path().join("root.json")).unwrap();
        home.set_env("SUPPORT_HELPER_BRAND_DIR", brand.path());
        home.set_env("LANG", "ko_KR.UTF-8");
        home.set_env("SUPPORT_HELPER_LOG", "info");
        // Without a display nothing has a window.
        home.plan_modules("window=none").unwrap();
        let pc = Self { home, display: None, bus: None, brand };
        pc.set_mirrors(mirrors);
        seen_first_run(&pc.data());
        pc
    }

    /// No helper ever ran here: the first run comes at the next start.
    pub fn is_new(&self) {
        fs::remove_dir_all(self.data()).unwrap();
    }

    /// Changes the mirrors that the next start of the helper knows.
    pub fn set_mirrors(&self, mirrors: &[&str]) {
        fs::write(self.brand.path().join("mirrors"), mirrors.join("\n")).unwrap();
    }

    /// What hospital IT put into the file that stands in for the system's; holds for the next start of the helper.
    pub fn set_policy(&self, text: impl AsRef<[u8]>) {
        let folder = self.brand.path().join("policy");
        fs::create_dir_all(&folder).unwrap();
        self.home.set_env("SUPPORT_HELPER_POLICY_DIR", &folder);
        fs::write(self.policy_file(), text).unwrap();
    }

    /// The file of [`Pc::set_policy`].
    pub fn policy_file(&self) -> PathBuf {
        self.brand.path().join("policy/policy.toml")
    }

    /// A file beside the trust root that its helper was built with.
    pub fn brand_file(&self, name: &str) -> PathBuf {
        self.brand.path().join(name)
    }

    /// Lets its helper replace itself by what this key signed.
    pub fn trust_updater(&self, updater: &UpdaterKey) {
        fs::write(self.brand.path().join("updater.pub"), updater.public()).unwrap();
    }

    /// Lets the running helper check for something new, and waits until it has come to rest again; told is how the background work
    /// stands then.
    pub fn update(&self) -> Value {
        let called = self.call(&["update"]);
        assert_eq!(called.code, 0, "{called:?}; status {:?}", self.status());
        self.rested()
    }

    /// Waits until nothing is under way in the background.
    pub fn rested(&self) -> Value {
        let rested = || self.status().filter(|status| status["upkeep"]["state"] == "resting");
        match wait_until(LONG, "rest in the background", rested) {
            Ok(status) => status["upkeep"].clone(),
            Err(error) => panic!("{error}; status {:?}; journal {:#?}", self.status(), self.journal()),
        }
    }

    /// Gives it a display.
    #[must_use]
    pub fn with_display(mut self) -> Self {
        let display = free_display().unwrap();
        display.lend(&self.home);
        self.home.plan_modules("").unwrap();
        self.display = Some(display);
        self
    }

    /// Gives it a session bus.
    #[must_use]
    pub fn with_bus(mut self) -> Self {
        let bus = SessionBus::start().unwrap();
        bus.lend(&self.home);
        self.bus = Some(bus);
        self
    }

    /// The display's name.
    pub fn display(&self) -> &str {
        self.display.as_ref().expect("this PC has no display").name()
    }

    /// The session bus's address.
    pub fn bus(&self) -> &str {
        self.bus.as_ref().expect("this PC has no session bus").address()
    }

    /// A call of the helper that has not begun.
    pub fn helper(&self, words: &[&str]) -> Command {
        let mut command = self.home.command(helper_program());
        command.args(words).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Calls the helper and waits for its end.
    pub fn call(&self, words: &[&str]) -> Called {
        Called::from(self.helper(words).output().unwrap())
    }

    /// Clicks in the terminal: nobody answers questions.
    pub fn click(&self) -> Called {
        self.call(&["start", "--headless", "--json"])
    }

    /// Clicks in the terminal and stays to answer questions.
    pub fn talk(&self) -> Talk {
        Talk::begin(self.helper(&["start", "--headless", "--json"]))
    }

    /// Starts the helper and leaves it running; it is ended with the guard.
    pub fn spawn(&self, words: &[&str]) -> Running {
        let mut command = self.helper(words);
        let log = fs::File::options().create(true).append(true).open(self.log()).unwrap();
        command.stdout(Stdio::null()).stderr(log);
        Running::of(command.spawn().unwrap())
    }

    /// Starts the helper as at login and waits until it answers. It needs a display.
    pub fn daemon(&self) -> Running {
        let helper = self.spawn(&["--background"]);
        // The background work begins a moment after the first answer.
        let begun = || self.status().filter(|status| status["upkeep"]["state"] != "off");
        if let Err(error) = wait_until(LONG, "the helper at rest", begun) {
            panic!("{error}; it said {}", fs::read_to_string(self.log()).unwrap_or_default());
        }
        helper
    }

    /// Answers the running helper's card.
    pub fn answer(&self, wish: &str) {
        let called = self.call(&["answer", wish]);
        assert_eq!(called.code, 0, "{called:?}; status {:?}", self.status());
    }

    /// Where the standard error of a spawned helper goes.
    fn log(&self) -> PathBuf {
        self.home.temp().join("helper.log")
    }

    /// What the running helper says of itself; `None` without one.
    pub fn status(&self) -> Option<Value> {
        let called = self.call(&["status", "--json"]);
        (called.code == 0).then(|| serde_json::from_str(&called.stdout).unwrap())
    }

    /// Waits until the running helper is in this state.
    pub fn wait_for_state(&self, state: &str) {
        let seen =
            wait_until(LONG, &format!("state {state}"), || self.status().filter(|status| status["state"] == state));
        if let Err(error) = seen {
            panic!("{error}; status {:?}; journal {:#?}", self.status(), self.journal());
        }
    }

    /// Says this at the running helper's door, as another start of it or the window does; what it answers.
    pub fn tell(&self, intent: &Value) -> Value {
        let door = self.home.runtime().join("com.edgenext.support-helper/door");
        helper_machine::handover::knock(&door, &serde_json::json!({ "wish": intent })).unwrap()
    }

    /// The helper's data folder.
    pub fn data(&self) -> PathBuf {
        self.home.data().join("com.edgenext.support-helper")
    }

    /// The folder of placed modules.
    pub fn versions(&self) -> PathBuf {
        self.data().join("module/versions")
    }

    /// The journal's lines.
    pub fn journal(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.data().join("journal/helper.jsonl")).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Process ids of running modules that the helper placed.
    pub fn modules(&self) -> Vec<u32> {
        let below = self.data().join("module");
        self.home.processes().into_iter().filter(|seen| seen.exe.starts_with(&below)).map(|seen| seen.pid).collect()
    }

    /// Ends every running module, as the person does with its window's cross, and waits until it is gone.
    pub fn end_modules(&self) {
        for pid in self.modules() {
            terminate(pid);
        }
        wait_until(LONG, "the modules' end", || self.modules().is_empty().then_some(())).unwrap();
    }

    /// Ends the modules and removes everything that the helper keeps: the PC is new to it.
    pub fn forget(&self) {
        self.end_modules();
        if self.data().exists() {
            fs::remove_dir_all(self.data()).unwrap();
        }
    }

    /// Names of the folders in `versions`, sorted.
    pub fn placed(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.versions()) else { return Vec::new() };
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// A placed module's file.
    pub fn placed_file(&self, release: &Release, name: &str) -> PathBuf {
        self.versions().join(release.custom.install.tree.to_string()).join(name)
    }

    /// Places a release without any helper or network, as an earlier click would have done.
    pub fn place(&self, publisher: &Publisher, release: &Release) {
        let store = Store::new(self.data().join("module"), Default::default());
        store.prepare().unwrap();
        let package = store.incoming().join("package");
        fs::copy(publisher.package(release), &package).unwrap();
        store.place(Fetched::new(package).verify(release).unwrap()).unwrap();
    }

    /// Refreshes the signed catalog without any helper, as a check in the background does.
    pub fn learn(&self, publisher: &Publisher, mirror: &str) -> Vec<Release> {
        let root = fs::read(publisher.root()).unwrap();
        let repository = Repository::new(&root, MetadataFolder::new(self.data().join("repository")));
        let client = transport::client(&Default::default()).unwrap();
        let mirrors = mirrors_of([mirror]);
        transport::block_on(repository.refresh_from(&client, &mirrors, jiff::Timestamp::now())).unwrap().unwrap()
    }
}

/// Asks a process to end.
pub fn terminate(pid: u32) {
    // It may have ended by itself meanwhile.
    let _ = Command::new("kill").arg(pid.to_string()).stderr(Stdio::null()).status();
}
