//! The module of the measurements: says when it came to life, then shows a small window, because the helper waits for one.
//!
//! `BENCH_MARK` names the file that gets one line: nanoseconds of the monotonic clock, and the process id.

#[cfg(target_os = "linux")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    use rustix::time::{ClockId, clock_gettime};
    use x11rb::connection::Connection as _;
    use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _, CreateWindowAux, PropMode, WindowClass};
    use x11rb::wrapper::ConnectionExt as _;

    let now = clock_gettime(ClockId::Monotonic);
    if let Some(mark) = std::env::var_os("BENCH_MARK").map(std::path::PathBuf::from) {
        let aside = mark.with_extension("part");
        let nanoseconds = i128::from(now.tv_sec) * 1_000_000_000 + i128::from(now.tv_nsec);
        std::fs::write(&aside, format!("{nanoseconds} {}", std::process::id()))?;
        // Whoever waits for it never sees half a line.
        std::fs::rename(aside, mark)?;
    }
    let (connection, screen) = x11rb::connect(None)?;
    let screen = &connection.setup().roots[screen];
    let (root, window) = (screen.root, connection.generate_id()?);
    let look = CreateWindowAux::new().background_pixel(screen.white_pixel);
    connection.create_window(0, window, root, 0, 0, 80, 60, 0, WindowClass::INPUT_OUTPUT, 0, &look)?;
    let pid = connection.intern_atom(false, b"_NET_WM_PID")?.reply()?.atom;
    connection.change_property32(PropMode::REPLACE, window, pid, AtomEnum::CARDINAL, &[std::process::id()])?;
    connection.map_window(window)?;
    connection.flush()?;
    // Until it is ended from outside, or the display goes.
    while connection.wait_for_event().is_ok() {}
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn main() {}
