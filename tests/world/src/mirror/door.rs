//! The mirror's port: reserved for its whole life, listened on only while it is up.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::{Shared, answer};

/// The port.
#[derive(Debug)]
pub(super) struct Door {
    address: SocketAddr,
    closed: Option<Closed>,
    /// A socket of somebody else's, and the handle by which its keeper is told to go.
    foreign: Option<(Option<TcpListener>, TcpListener)>,
    keeper: Option<JoinHandle<()>>,
}

impl Door {
    /// Takes a free port without listening yet.
    pub(super) fn reserve() -> io::Result<Self> {
        let (closed, port) = Closed::take(0)?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        Ok(Self { address, closed: Some(closed), foreign: None, keeper: None })
    }

    /// Uses a socket that listens already.
    pub(super) fn around(listener: TcpListener) -> io::Result<Self> {
        let (address, second) = (listener.local_addr()?, listener.try_clone()?);
        Ok(Self { address, closed: None, foreign: Some((Some(listener), second)), keeper: None })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Listens; nothing happens if it does already.
    pub(super) fn open(&mut self, shared: &Arc<Shared>) -> io::Result<()> {
        if self.keeper.is_some() {
            return Ok(());
        }
        let listener = match (&mut self.foreign, self.closed.take()) {
            (Some((listener, _)), _) => listener.take().ok_or(io::ErrorKind::NotConnected)?,
            (None, Some(closed)) => closed.listen()?,
            (None, None) => Closed::take(self.address.port())?.0.listen()?,
        };
        let (shared, epoch) = (Arc::clone(shared), shared.epoch());
        self.keeper =
            Some(thread::Builder::new().name("mirror".into()).spawn(move || keep(&shared, &listener, epoch))?);
        Ok(())
    }

    /// Stops listening, cuts what is open and keeps the port for later.
    pub(super) fn close(&mut self, shared: &Shared) -> io::Result<()> {
        let Some(keeper) = self.keeper.take() else { return Ok(()) };
        shared.cut_all();
        // The keeper waits for a connection: this one tells it to look at the epoch. If it is refused the keeper is
        // gone already.
        match &self.foreign {
            // It may listen where nobody gets from here.
            #[cfg(unix)]
            Some((_, second)) => rustix::net::shutdown(second, rustix::net::Shutdown::Both)?,
            _ => drop(TcpStream::connect_timeout(&self.address, Duration::from_secs(1))),
        }
        // It can only have panicked, and is gone in that case too.
        drop(keeper.join());
        if self.foreign.is_none() {
            self.closed = Some(Closed::take(self.address.port())?.0);
        }
        Ok(())
    }
}

fn keep(shared: &Arc<Shared>, listener: &TcpListener, epoch: u64) {
    for stream in listener.incoming() {
        if shared.epoch() != epoch {
            return;
        }
        // A connection that broke before it was taken is the client's affair.
        let Ok(stream) = stream else { continue };
        if let Ok(Some(id)) = shared.enter(&stream, epoch) {
            let visitor = Arc::clone(shared);
            let spawned = thread::Builder::new().name("mirror-visit".into()).spawn(move || {
                answer::serve(&visitor, stream, id, epoch);
                visitor.release(id);
                visitor.left();
            });
            if spawned.is_err() {
                shared.release(id);
                shared.left();
            }
        }
    }
}

/// A port that is taken but refuses connections.
#[derive(Debug)]
struct Closed {
    #[cfg(target_os = "linux")]
    socket: rustix::fd::OwnedFd,
    #[cfg(not(target_os = "linux"))]
    port: u16,
}

#[cfg(target_os = "linux")]
impl Closed {
    /// Binds without listening: the port refuses connections, and no other test can be given it meanwhile.
    fn take(port: u16) -> io::Result<(Self, u16)> {
        use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, getsockname, socket_with, sockopt};
        // Programs that the test starts must not inherit the port and keep it.
        let socket = socket_with(AddressFamily::INET, SocketType::STREAM, SocketFlags::CLOEXEC, None)?;
        // Connections of before may still be in TIME_WAIT on this port.
        sockopt::set_socket_reuseaddr(&socket, true)?;
        bind(&socket, &SocketAddrV4::new(Ipv4Addr::LOCALHOST, port))?;
        let taken = SocketAddr::try_from(getsockname(&socket)?)?.port();
        Ok((Self { socket }, taken))
    }

    fn listen(self) -> io::Result<TcpListener> {
        rustix::net::listen(&self.socket, 128)?;
        Ok(TcpListener::from(self.socket))
    }
}

#[cfg(not(target_os = "linux"))]
impl Closed {
    /// Other systems cannot keep a closed port; another program may be given it while the mirror is down.
    fn take(port: u16) -> io::Result<(Self, u16)> {
        let listener = TcpListener::bind(SocketAddrV4::new(Ipv4Addr::LOCALHOST, port))?;
        let port = listener.local_addr()?.port();
        Ok((Self { port }, port))
    }

    fn listen(self) -> io::Result<TcpListener> {
        TcpListener::bind(SocketAddrV4::new(Ipv4Addr::LOCALHOST, self.port))
    }
}
