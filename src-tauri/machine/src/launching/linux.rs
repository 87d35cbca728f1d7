//! Linux: visible windows through X11 (also XWayland, where TeamViewer lives).

use crate::processes::{identity, program_of};
use helper_core::presence::ProcessId;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;
use x11rb::connection::Connection as _;
use x11rb::errors::ReplyError;
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ClientMessageEvent, ConfigureWindowAux, ConnectionExt as _, EventMask, MapState, StackMode, Window,
};
use x11rb::rust_connection::RustConnection;

/// Window trees are a few levels deep; a deeper one is somebody's mischief.
const MAX_DEPTH: usize = 8;

/// A connection to the display.
#[derive(Debug)]
pub struct Desktop {
    connection: RustConnection,
    root: Window,
    pid: Atom,
}

impl Desktop {
    /// Connects to the display of this session; `None` where windows cannot be seen.
    pub fn open() -> Option<Self> {
        let (connection, screen) = x11rb::connect(None)
            .inspect_err(|error| tracing::debug!(%error, "no X11 display: windows cannot be seen"))
            .ok()?;
        let root = connection.setup().roots.get(screen)?.root;
        let pid = connection.intern_atom(false, b"_NET_WM_PID").ok()?.reply().ok()?.atom;
        Some(Self { connection, root, pid })
    }

    /// The owner of a visible window whose program is in `folder`.
    pub fn window_of(&self, folder: &Path) -> Option<ProcessId> {
        // `/proc/<pid>/exe` has no links in it.
        let folder = std::fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
        self.find(&|owner| program_of(owner).is_some_and(|program| Path::new(&program).starts_with(&folder)))
            .map(|(_, owner)| owner)
    }

    fn find(&self, wanted: &dyn Fn(ProcessId) -> bool) -> Option<(Window, ProcessId)> {
        let mut level = vec![self.root];
        for _ in 0..MAX_DEPTH {
            let mut next = Vec::new();
            for window in level {
                // A window may vanish between two questions.
                let Ok(children) = self.children(window) else { continue };
                for child in children {
                    if let Some(owner) = self.owner(child).filter(|owner| wanted(*owner)) {
                        return Some((child, owner));
                    }
                    next.push(child);
                }
            }
            level = next;
        }
        None
    }

    fn children(&self, window: Window) -> Result<Vec<Window>, ReplyError> {
        Ok(self.connection.query_tree(window)?.reply()?.children)
    }

    /// Whose visible window it is.
    fn owner(&self, window: Window) -> Option<ProcessId> {
        let shown = self.connection.get_window_attributes(window).ok()?.reply().ok()?.map_state == MapState::VIEWABLE;
        if !shown {
            return None;
        }
        let property = self.connection.get_property(false, window, self.pid, AtomEnum::CARDINAL, 0, 1).ok()?;
        let pid = property.reply().ok()?.value32()?.next()?;
        identity(pid)
    }
}

/// What a started program gets: its folder to work in, and no keys typed at the helper's terminal.
pub(super) fn prepare(command: &mut Command, folder: &Path) {
    command.current_dir(folder).process_group(0);
}

/// Brings a process's window to the front: asks the window manager, and restacks where there is none. Best effort.
pub fn raise(process: ProcessId) {
    if let Err(error) = try_raise(process) {
        tracing::debug!(%error, "the module's window could not be raised");
    }
}

fn try_raise(process: ProcessId) -> Result<(), Box<dyn std::error::Error>> {
    let desktop = Desktop::open().ok_or("no display")?;
    let (window, _) = desktop.find(&|owner| owner == process).ok_or("no window")?;
    let connection = &desktop.connection;
    let active = connection.intern_atom(false, b"_NET_ACTIVE_WINDOW")?.reply()?.atom;
    // Extended Window Manager Hints 1.5: source indication 2 stands for a direct wish of the user.
    let event = ClientMessageEvent::new(32, window, active, [2, 0, 0, 0, 0]);
    let mask = EventMask::SUBSTRUCTURE_NOTIFY | EventMask::SUBSTRUCTURE_REDIRECT;
    connection.send_event(false, desktop.root, mask, event)?;
    connection.configure_window(window, &ConfigureWindowAux::new().stack_mode(StackMode::ABOVE))?;
    connection.flush()?;
    Ok(())
}
