//! The pipe on standard input that a stand-in lives by.

/// Returns when the other end is closed.
#[cfg(not(windows))]
pub(super) fn wait_for_its_end() {
    super::drain_stdin();
}

/// Returns when the other end is closed. It is looked at, not read: on Windows a read that waits holds up whoever else has to
/// do with the pipe, the programs that inherit it included.
#[cfg(windows)]
#[allow(unsafe_code)]
pub(super) fn wait_for_its_end() {
    use std::os::windows::io::AsRawHandle as _;
    use windows::Win32::Foundation::HANDLE;
    use windows::Win32::System::Pipes::PeekNamedPipe;
    let pipe = HANDLE(std::io::stdin().as_raw_handle());
    // SAFETY: Nothing is read, so no memory is passed; the handle stays open as long as the process.
    while unsafe { PeekNamedPipe(pipe, None, 0, None, None, None) }.is_ok() {
        std::thread::sleep(super::TICK);
    }
}
