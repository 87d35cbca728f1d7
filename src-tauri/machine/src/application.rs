//! Applications of macOS: a program inside a sealed folder `<name>.app`; and asking the system's own tools about them. Portable,
//! so that it is tested wherever the helper is built.

use std::ffi::OsStr;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

/// What is read of what a tool says, in bytes: the words are for the log.
const LIMIT: u64 = 16 << 10;

/// The application that a program belongs to: the outermost `<name>.app` on its path with its `Contents` below (Apple, "Bundle
/// Programming Guide"). Helpers have bundles of their own inside; the outer one carries the seal over all of them.
pub fn bundle_of(program: &Path) -> Option<PathBuf> {
    let is_bundle = |contents: &&Path| {
        let bundle = contents.parent().and_then(Path::extension);
        contents.ends_with("Contents") && bundle.is_some_and(|extension| extension.eq_ignore_ascii_case("app"))
    };
    program.ancestors().skip(1).filter(is_bundle).last()?.parent().map(Path::to_owned)
}

/// What a tool of the system answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Its exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// The beginning of what it wrote to standard error.
    pub text: String,
}

/// Runs a tool by its absolute path, without a shell, in English, and waits for it. What it writes to standard output goes
/// nowhere; of standard error the beginning is kept and the rest read over, so that it never waits for a reader.
///
/// # Errors
/// It cannot be started or waited for.
pub fn ask(tool: &str, arguments: &[&OsStr]) -> io::Result<Said> {
    if !Path::new(tool).is_absolute() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "tools are started by their absolute path"));
    }
    let mut child = Command::new(tool)
        .args(arguments)
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?;
    let reading = child.stderr.take().map(|stream| thread::spawn(move || beginning(stream)));
    let code = child.wait()?.code();
    let bytes = reading.and_then(|reading| reading.join().ok()).transpose()?.unwrap_or_default();
    Ok(Said { code, text: String::from_utf8_lossy(&bytes).trim().to_owned() })
}

fn beginning(mut stream: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    stream.by_ref().take(LIMIT).read_to_end(&mut bytes)?;
    io::copy(&mut stream, &mut io::sink())?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outermost_application_is_meant() {
        let of = |path: &str| bundle_of(Path::new(path));
        let app = Path::new("/Applications/EDGE&NEXT Support/TeamViewerQS.app");
        assert_eq!(
            of("/Applications/EDGE&NEXT Support/TeamViewerQS.app/Contents/MacOS/TeamViewerQS").as_deref(),
            Some(app)
        );
        let inner =
            "/Applications/EDGE&NEXT Support/TeamViewerQS.app/Contents/Helpers/Restarter.app/Contents/MacOS/Restarter";
        assert_eq!(of(inner).as_deref(), Some(app));
        assert_eq!(of("/x/원격 지원.APP/Contents/MacOS/x").as_deref(), Some(Path::new("/x/원격 지원.APP")));
        assert_eq!(
            of("/Users/my.app/x/TeamViewerQS.app/Contents/MacOS/x").as_deref(),
            Some(Path::new("/Users/my.app/x/TeamViewerQS.app"))
        );
        assert_eq!(of("/usr/bin/env"), None);
        assert_eq!(of("/x/Q.app/MacOS/x"), None);
        assert_eq!(of("/x/tool.app"), None, "a file of that name is no folder");
    }

    #[cfg(unix)]
    #[test]
    fn a_tool_is_asked_and_its_words_are_kept_short() {
        let shell = |script: &str| ask("/bin/sh", &["-c".as_ref(), script.as_ref()]).unwrap();
        assert_eq!(shell("echo no >&2; echo out; exit 3"), Said { code: Some(3), text: "no".into() });
        assert_eq!(shell("kill -9 $$").code, None);
        let long = shell("head -c 1000000 /dev/zero | tr '\\0' x >&2; exit 0");
        assert_eq!((long.code, long.text.len() as u64), (Some(0), LIMIT));
        assert_eq!(ask("/nowhere/tool", &[]).unwrap_err().kind(), io::ErrorKind::NotFound);
        assert_eq!(ask("sh", &[]).unwrap_err().kind(), io::ErrorKind::InvalidInput);
    }
}
