//! A port of 127.0.0.1 whose visitors are served until the guard is dropped.

use crate::error::Doing;
use crate::{Result, WorldError};
use std::net::{Ipv4Addr, TcpListener};
use std::thread::{self, JoinHandle};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

/// The port. Dropping it cuts every connection.
#[derive(Debug)]
pub(crate) struct Port {
    number: u16,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Port {
    /// Serves every visitor of a free port.
    pub(crate) fn serve<F>(name: &str, serve: impl Fn(TcpStream) -> F + Send + 'static) -> Result<Self>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let what = || format!("opening the port of the {name}");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).doing(what)?;
        listener.set_nonblocking(true).doing(what)?;
        let number = listener.local_addr().doing(what)?.port();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| WorldError::other("a runtime", error))?;
        let (stop, stopped) = oneshot::channel();
        let keep = async move {
            let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
            // A connection that broke before it was taken is the client's affair.
            loop {
                if let Ok((stream, _)) = listener.accept().await {
                    tokio::spawn(serve(stream));
                }
            }
        };
        // The end of the runtime ends every visit.
        let run = move || {
            runtime.block_on(async move {
                tokio::select! {
                    () = keep => {}
                    _ = stopped => {}
                }
            });
        };
        let thread = thread::Builder::new().name(name.into()).spawn(run).doing(what)?;
        Ok(Self { number, stop: Some(stop), thread: Some(thread) })
    }

    pub(crate) fn number(&self) -> u16 {
        self.number
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        drop(self.stop.take());
        // It can only have panicked, and is gone in that case too.
        drop(self.thread.take().map(JoinHandle::join));
    }
}
