//! A machine of its own for a test, as far as processes and temporary files go.
//!
//! The helper looks at every process of the PC, so a stand-in of another test would be found and asked about. Each test
//! therefore runs once more in a process namespace of its own; its end takes everything with it that was started there.

use std::env;
use std::fs::File;
use std::path::Path;
use std::process::Command;

/// Tells the inner run that it is alone already.
const INSIDE: &str = "FLOWS_ALONE";

/// In the namespace: temporary files (and the locks of displays) are private, and the shell, as the first process, takes
/// every ended orphan out of the process table.
const FIRST: &str = r#"mount -t tmpfs flows /tmp || exit 125; "$@"; exit $?"#;

/// Runs the rest of the test in a process namespace of its own. To be called first, in the test function itself.
///
/// Where no namespaces can be made, tests wait for each other instead.
#[macro_export]
macro_rules! alone {
    () => {
        fn here() {}
        let Some(_turn) = $crate::alone::enter(std::any::type_name_of_val(&here)) else { return };
    };
}

/// The right to run now; where tests wait for each other it passes on when this is dropped.
#[derive(Debug)]
pub struct Turn(#[allow(dead_code, reason = "held, not read")] Option<File>);

/// `None` when the test has run already, inside. `here` is the path of an item in the test function.
pub fn enter(here: &str) -> Option<Turn> {
    if env::var_os(INSIDE).is_some() {
        return Some(Turn(None));
    }
    let Some(unshare) = namespaces() else {
        let file = File::create(env::temp_dir().join("helper-flows.lock")).unwrap();
        file.lock().unwrap();
        return Some(Turn(Some(file)));
    };
    let path = here.split_once("::").and_then(|(_, path)| path.rsplit_once("::")).map(|(test, _)| test);
    let test = path.expect("a test in a crate");
    let status = Command::new("unshare")
        .args(unshare)
        .args(["sh", "-c", FIRST, "sh"])
        .arg(env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture", "--include-ignored"])
        .env(INSIDE, "yes")
        .env("TMPDIR", "/tmp")
        .status()
        .unwrap();
    assert!(status.success(), "see above: {test} failed in its namespace ({status})");
    None
}

/// Can the test mount file systems of its own? Only inside a namespace.
pub fn can_mount() -> bool {
    let inside = env::var_os(INSIDE).is_some();
    if !inside {
        eprintln!("SKIPPED: no namespaces can be made here, so nothing can be mounted");
    }
    inside
}

/// The words for `unshare` that work here: as root, or in a user namespace.
fn namespaces() -> Option<&'static [&'static str]> {
    const AS_ROOT: &[&str] = &["--pid", "--fork", "--mount-proc", "--kill-child"];
    const AS_USER: &[&str] = &["--user", "--map-root-user", "--pid", "--fork", "--mount-proc", "--kill-child"];
    // The test itself must still be there when everything temporary is hidden.
    if env::current_exe().is_ok_and(|test| test.starts_with("/tmp")) {
        return None;
    }
    [AS_ROOT, AS_USER].into_iter().find(|words| {
        let tried = Command::new("unshare").args(*words).args(["sh", "-c", FIRST, "sh", "true"]).output();
        tried.is_ok_and(|output| output.status.success())
    })
}

/// Mounts an empty file system of `size` bytes at a folder; only inside a namespace, whose end takes it away.
pub fn mount_small(folder: &Path, size: u64) {
    mount(&["-t", "tmpfs", "-o", &format!("size={size}"), "small"], folder);
}

/// Makes a folder read-only; only inside a namespace.
pub fn mount_read_only(folder: &Path) {
    mount(&["--bind", &folder.display().to_string()], folder);
    mount(&["-o", "remount,bind,ro"], folder);
}

fn mount(words: &[&str], folder: &Path) {
    let status = Command::new("mount").args(words).arg(folder).status().unwrap();
    assert!(status.success(), "mount {words:?} {}: {status}", folder.display());
}
