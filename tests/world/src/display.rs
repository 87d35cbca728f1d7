//! A display of its own: Xvfb without a window manager.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::error::Doing;
use crate::{Home, Result, WorldError};

const START: Duration = Duration::from_secs(20);

/// A running Xvfb; it ends when this is dropped.
#[derive(Debug)]
pub struct Display {
    server: Child,
    name: String,
}

/// Starts Xvfb on a free display, 1280 x 1024.
pub fn free_display() -> Result<Display> {
    Display::start(1280, 1024)
}

impl Display {
    /// Starts Xvfb on a free display of the given size.
    pub fn start(width: u16, height: u16) -> Result<Self> {
        let mut last = WorldError::Other("Xvfb was not tried".into());
        // Two servers that look for a number at the same moment may both take it; one of them gives up then.
        for _ in 0..3 {
            match Self::try_start(width, height) {
                Ok(display) => return Ok(display),
                Err(error @ WorldError::Missing { .. }) => return Err(error),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    fn try_start(width: u16, height: u16) -> Result<Self> {
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-nolisten", "tcp", "-noreset", "-dpi", "96", "-screen", "0"])
            .arg(format!("{width}x{height}x24"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| WorldError::starting(Path::new("Xvfb"), "install the package `xvfb`", error))?;
        let number = first_line(&mut server, START);
        let mut display = Self { server, name: String::new() };
        match number?.trim().parse::<u32>() {
            Ok(number) => display.name = format!(":{number}"),
            Err(_) => return Err(WorldError::Other("Xvfb ended before it named its display".into())),
        }
        Ok(display)
    }

    /// The display's name, such as `:7`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Lets the programs of a home use this display.
    pub fn lend(&self, home: &Home) {
        home.set_env("DISPLAY", &self.name);
        // Toolkits must not find the developer's own Wayland session first.
        home.set_env("GDK_BACKEND", "x11");
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        end(&mut self.server);
    }
}

/// Asks a server to end (it removes its lock and socket then), and ends it if it does not.
pub(crate) fn end(server: &mut Child) {
    use rustix::process::{Pid, Signal, kill_process};
    if let Some(pid) = i32::try_from(server.id()).ok().and_then(Pid::from_raw)
        && matches!(server.try_wait(), Ok(None))
    {
        let _ = kill_process(pid, Signal::TERM);
    }
    let ended = crate::wait_until(Duration::from_secs(5), "a server's end", || server.try_wait().transpose());
    if ended.is_err() {
        let _ = server.kill();
        let _ = server.wait();
    }
}

/// The first line that a server prints, waited for with a bound.
pub(crate) fn first_line(server: &mut Child, timeout: Duration) -> Result<String> {
    let Some(output) = server.stdout.take() else { return Err(WorldError::Other("no output to read".into())) };
    let (send, receive) = mpsc::channel();
    thread::spawn(move || {
        let mut output = BufReader::new(output);
        let mut line = String::new();
        let read = output.read_line(&mut line).map(|_| line);
        // Nobody listens any more if it took too long.
        let _ = send.send(read);
        // What else it prints is read and dropped, so that it never has to wait for a reader.
        let _ = std::io::copy(&mut output, &mut std::io::sink());
    });
    match receive.recv_timeout(timeout) {
        Ok(line) => line.doing(|| "reading a server's first line".into()),
        Err(_) => Err(WorldError::Timeout { what: "a server's first line".into(), after: timeout }),
    }
}

/// Saves a picture of the whole display with ImageMagick.
pub fn screenshot(display: &str, path: &Path) -> Result<()> {
    let output = Command::new("import")
        .args(["-display", display, "-window", "root"])
        .arg(path)
        .output()
        .map_err(|error| WorldError::starting(Path::new("import"), "install the package `imagemagick`", error))?;
    if output.status.success() {
        Ok(())
    } else {
        Err(WorldError::other("taking a screenshot", String::from_utf8_lossy(&output.stderr)))
    }
}
