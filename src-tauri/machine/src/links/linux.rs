//! Linux: `xdg-open` and `xdg-mime` (xdg-utils), which ask the desktop.

use helper_core::command_line::{desktop_entry, desktop_value};
use helper_core::effect::Pane;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub(super) fn open(what: &OsStr) -> io::Result<()> {
    super::start("xdg-open", &[what])
}

pub(super) fn show_file(file: &Path) -> io::Result<()> {
    open(file.parent().unwrap_or(file).as_os_str())
}

pub(super) fn open_pane(_: Pane) -> io::Result<()> {
    Err(io::Error::from(io::ErrorKind::Unsupported))
}

pub(super) fn register(scheme: &str, title: &str, program: &Path) -> io::Result<()> {
    let impossible = || io::Error::new(io::ErrorKind::InvalidInput, "this path cannot stand in a desktop entry");
    let exec = program.to_str().and_then(|program| desktop_entry(program, &[])).ok_or_else(impossible)?;
    let exec = format!("Exec={exec} %u");
    let home = crate::dirs::data_home().map_err(io::Error::other)?;
    let kind = format!("x-scheme-handler/{scheme}");
    // An installation for everybody may have said so already, under a name of its own.
    if let Some(holds) = default_entry(&kind, &home)
        && holds.lines().any(|line| line == exec)
    {
        return Ok(());
    }
    let folder = home.join("applications");
    std::fs::create_dir_all(&folder)?;
    let name = format!("{scheme}-links.desktop");
    let entry = format!(
        "[Desktop Entry]\nType=Application\nName={}\n{exec}\nMimeType={kind};\nNoDisplay=true\nTerminal=false\n",
        desktop_value(title)
    );
    let mut file = tempfile::NamedTempFile::new_in(&folder)?;
    io::Write::write_all(&mut file, entry.as_bytes())?;
    file.persist(folder.join(&name))?;
    let said = xdg_mime(&["default", &name, &kind])?;
    if said.status.success() { Ok(()) } else { Err(io::Error::other(format!("xdg-mime ended with {}", said.status))) }
}

/// The desktop entry that opens this kind of link now.
fn default_entry(kind: &str, home: &Path) -> Option<String> {
    let said = xdg_mime(&["query", "default", kind]).ok()?;
    let name = String::from_utf8(said.stdout).ok()?;
    let name = Path::new(name.trim()).file_name()?;
    // XDG Base Directory Specification 0.8: these hold when the variable is not set.
    let system = std::env::var_os("XDG_DATA_DIRS").unwrap_or_else(|| "/usr/local/share:/usr/share".into());
    let folders = std::iter::once(PathBuf::from(home)).chain(std::env::split_paths(&system));
    folders.map(|folder| folder.join("applications").join(name)).find_map(|path| std::fs::read_to_string(path).ok())
}

fn xdg_mime(arguments: &[&str]) -> io::Result<std::process::Output> {
    Command::new("xdg-mime").args(arguments).stdin(Stdio::null()).stderr(Stdio::null()).output()
}
