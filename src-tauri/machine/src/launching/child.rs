//! Starting a program file directly, as a child that lives on by itself (Linux and Windows).

use super::prepare;
use crate::processes::identity;
use helper_core::presence::ProcessId;
use std::io;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// The way to learn of the started program's end.
#[derive(Debug)]
pub(super) struct End(Child);

impl End {
    /// Waits for it and takes the process out of the process table.
    pub(super) fn wait(mut self) {
        if let Err(error) = self.0.wait() {
            tracing::debug!(%error, "the started process could not be waited for");
        }
    }
}

/// Starts a program in its folder. `None` when it was gone before it could be looked at.
///
/// # Errors
/// Whatever the system says.
pub(super) fn spawn(program: &Path, folder: &Path) -> io::Result<Option<(ProcessId, End)>> {
    let mut command = Command::new(program);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    prepare(&mut command, folder);
    let mut child = command.spawn()?;
    let Some(process) = identity(child.id()) else {
        let _ = child.wait();
        return Ok(None);
    };
    Ok(Some((process, End(child))))
}
