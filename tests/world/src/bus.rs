//! A session bus of its own.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::display::{end, first_line};
use crate::error::Doing;
use crate::{Home, Result, WorldError};

/// A private dbus-daemon; it ends when this is dropped.
#[derive(Debug)]
pub struct SessionBus {
    daemon: Child,
    address: String,
    _folder: TempDir,
}

impl SessionBus {
    /// Starts a bus that no other program knows.
    pub fn start() -> Result<Self> {
        let folder = TempDir::with_prefix("hw-bus-").doing(|| "making a folder for the bus".into())?;
        let mut daemon = Command::new("dbus-daemon")
            .args(["--session", "--print-address", "--nofork", "--nopidfile"])
            .arg(format!("--address=unix:dir={}", folder.path().display()))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| WorldError::starting(Path::new("dbus-daemon"), "install the package `dbus`", error))?;
        let line = first_line(&mut daemon, Duration::from_secs(20));
        let mut bus = Self { daemon, address: String::new(), _folder: folder };
        bus.address = line?.trim().to_owned();
        if bus.address.is_empty() {
            return Err(WorldError::Other("dbus-daemon ended before it named its address".into()));
        }
        Ok(bus)
    }

    /// The address for `DBUS_SESSION_BUS_ADDRESS`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Lets the programs of a home use this bus.
    pub fn lend(&self, home: &Home) {
        home.set_env("DBUS_SESSION_BUS_ADDRESS", &self.address);
    }
}

impl Drop for SessionBus {
    fn drop(&mut self) {
        end(&mut self.daemon);
    }
}
