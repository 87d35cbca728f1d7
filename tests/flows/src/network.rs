//! A network for the doctor: a mirror, what stands for TeamViewer, and a PC between them; and what the doctor says of it.

use crate::{Called, Pc, Publisher};
use helper_world::{Authority, Mirror};
use serde_json::Value;
use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// This PC's own address.
pub const HERE: &str = "127.0.0.1";
/// Names that nobody has (RFC 6761, section 6.4).
pub const NOWHERE: &str = "mirror.hospital.invalid";

/// A mirror, TeamViewer's pages, one router with three ports, and a PC.
#[derive(Debug)]
pub struct Network {
    /// The mirror.
    pub mirror: Mirror,
    /// TeamViewer's pages.
    pub teamviewer: Mirror,
    /// What is on them.
    pub pages: TempDir,
    /// Its router: what stands for its ports 5938, 443 and 80.
    pub routers: Vec<TcpListener>,
    /// The PC.
    pub pc: Pc,
    _publisher: Publisher,
}

/// What TeamViewer's servers have.
fn write_pages(folder: &Path) {
    fs::write(folder.join("status.json"), r#"{"status":{"indicator":"none"}}"#).unwrap();
    fs::write(folder.join("module"), "<!doctype html><title>Download</title>").unwrap();
}

/// A port at which nobody listens any more.
pub fn closed() -> String {
    TcpListener::bind((HERE, 0)).unwrap().local_addr().unwrap().to_string()
}

impl Network {
    /// Everything is there and answers.
    pub fn well() -> Self {
        let publisher = Publisher::new();
        let mirror = Mirror::serve(publisher.mirror()).unwrap();
        let pages = tempfile::tempdir().unwrap();
        write_pages(pages.path());
        let teamviewer = Mirror::serve(pages.path()).unwrap();
        let routers = (0..3).map(|_| TcpListener::bind((HERE, 0)).unwrap()).collect();
        let pc = Pc::new(&publisher, &[&mirror.base()]);
        let network = Self { mirror, teamviewer, pages, routers, pc, _publisher: publisher };
        network.outside(&network.teamviewer.base(), &network.ports());
        network
    }

    /// Its router's ports.
    pub fn ports(&self) -> [String; 3] {
        [0, 1, 2].map(|place| self.routers[place].local_addr().unwrap().to_string())
    }

    /// What stands for TeamViewer: its pages there, its ports 5938, 443 and 80 there.
    pub fn outside(&self, pages: &str, ports: &[String; 3]) {
        let [best, second, last] = ports;
        let text = format!(
            "origin {pages}/module\nstatus {pages}/status.json\nrouter 5938 {best}\nrouter 443 {second}\nrouter 80 {last}\n"
        );
        fs::write(self.pc.brand_file("outside"), text).unwrap();
    }

    /// The outside is not there: its names have no address.
    pub fn outside_nameless(&self) {
        let ports = [5938, 443, 80].map(|port| format!("router1.teamviewer.invalid:{port}"));
        self.outside("https://get.teamviewer.invalid", &ports);
    }

    /// A certificate's authority that the PC trusts.
    pub fn trust(&self, authority: &Authority) {
        let store = self.pc.home.root().join("authorities.pem");
        fs::write(&store, authority.pem()).unwrap();
        self.pc.home.set_env("SSL_CERT_FILE", store);
    }

    /// Asks the doctor.
    pub fn examine(&self) -> Seen {
        let begun = Instant::now();
        let called = self.pc.call(&["doctor", "--json"]);
        Seen::of(called, begun.elapsed())
    }

    /// Asks the doctor, who must find this.
    pub fn finds(&self, code: &str, why: &str) -> Seen {
        let seen = self.examine();
        seen.is(code, why);
        seen
    }
}

/// What the doctor said.
#[derive(Debug)]
pub struct Seen {
    /// The call.
    pub called: Called,
    /// Its report.
    pub said: Value,
    /// How long it took.
    pub took: Duration,
}

impl Seen {
    /// Reads a call that took so long.
    pub fn of(called: Called, took: Duration) -> Self {
        let said = called.cards().pop().unwrap_or_else(|| panic!("{called:?}"));
        Self { called, said, took }
    }

    /// This is the root cause, told in time, in words and by the exit code.
    #[track_caller]
    pub fn is(&self, code: &str, why: &str) {
        assert_eq!(self.said["root"]["code"], code, "{why}: {self:#?}");
        assert_eq!(self.called.code, if code == "all-good" { 0 } else { 3 }, "{why}: {self:?}");
        assert!(self.took < Duration::from_secs(14), "{why}: {:?}", self.took);
        let text = self.said.to_string();
        assert!(!text.contains('\u{fffd}') && !text.contains("doctor."), "{why}: {text}");
    }

    /// What is wrong.
    pub fn sentence(&self) -> &str {
        self.said["root"]["sentence"].as_str().unwrap()
    }

    /// Who must act.
    pub fn who(&self) -> &Value {
        &self.said["root"]["who_acts"]
    }

    /// The value of the first line whose label begins so.
    pub fn line(&self, label: &str) -> &str {
        let lines = self.said["findings"].as_array().unwrap();
        let found = lines.iter().find(|line| line["label"].as_str().unwrap().starts_with(label));
        found.unwrap_or_else(|| panic!("no {label}: {:#?}", self.said))["value"].as_str().unwrap()
    }
}
