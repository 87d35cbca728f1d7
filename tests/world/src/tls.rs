//! A mirror behind TLS: a front with a certificate authority of its own, which takes one request a connection.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::error::Doing;
use crate::{Mirror, Result, WorldError};

/// No request takes longer to come.
const IDLE: Duration = Duration::from_secs(30);
/// A request's head is shorter.
const HEAD_LIMIT: usize = 16 * 1024;

/// The front. It stops when it is dropped.
#[derive(Debug)]
pub struct TlsFront {
    address: SocketAddr,
    authority: String,
    stop: Arc<AtomicBool>,
    keeper: Option<JoinHandle<()>>,
}

impl TlsFront {
    /// A front for a mirror, on a port of its own, for the name `localhost`.
    ///
    /// # Errors
    /// When no certificate or port can be made.
    pub fn before(mirror: &Mirror) -> Result<Self> {
        let broken = |error: &dyn std::fmt::Display| WorldError::other("making a certificate", error);
        let mut params = CertificateParams::new(Vec::new()).map_err(|error| broken(&error))?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().map_err(|error| broken(&error))?;
        let issuer = CertifiedIssuer::self_signed(params, key).map_err(|error| broken(&error))?;
        let key = KeyPair::generate().map_err(|error| broken(&error))?;
        let params = CertificateParams::new(vec!["localhost".to_owned()]).map_err(|error| broken(&error))?;
        let certificate = params.signed_by(&key, &issuer).map_err(|error| broken(&error))?;
        let private = PrivateKeyDer::try_from(key.serialize_der()).map_err(|error| broken(&error))?;
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|builder| {
                builder.with_no_client_auth().with_single_cert(vec![certificate.der().clone()], private)
            })
            .map_err(|error| broken(&error))?;

        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).doing(|| "taking a port".into())?;
        let address = listener.local_addr().doing(|| "asking for the port".into())?;
        let (config, behind, stop) = (Arc::new(config), mirror.port(), Arc::new(AtomicBool::new(false)));
        let stopped = Arc::clone(&stop);
        let keep = move || {
            for stream in listener.incoming().flatten().take_while(|_| !stopped.load(Ordering::Relaxed)) {
                let config = Arc::clone(&config);
                // A client that breaks off is the client's affair.
                let visit = move || drop(pass_on(stream, config, behind));
                if thread::Builder::new().name("tls-visit".into()).spawn(visit).is_err() {
                    return;
                }
            }
        };
        let keeper = thread::Builder::new().name("tls".into()).spawn(keep).doing(|| "starting a thread".into())?;
        Ok(Self { address, authority: issuer.pem(), stop, keeper: Some(keeper) })
    }

    /// The address of a path: `https://localhost:<port>/...`.
    pub fn url(&self, path: &str) -> String {
        format!("https://localhost:{}/{}", self.address.port(), path.trim_start_matches('/'))
    }

    /// The certificate authority, as PEM. Nobody trusts it by himself.
    pub fn authority(&self) -> &str {
        &self.authority
    }
}

impl Drop for TlsFront {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // The keeper waits for a connection: this one shows it that it has to go.
        drop(TcpStream::connect_timeout(&self.address, Duration::from_secs(1)));
        if let Some(keeper) = self.keeper.take() {
            drop(keeper.join());
        }
    }
}

fn pass_on(stream: TcpStream, config: Arc<ServerConfig>, port: u16) -> io::Result<()> {
    stream.set_read_timeout(Some(IDLE))?;
    let mut outer = StreamOwned::new(ServerConnection::new(config).map_err(io::Error::other)?, stream);
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && head.len() < HEAD_LIMIT {
        outer.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    head.truncate(head.len() - 2);
    head.extend_from_slice(b"Connection: close\r\n\r\n");
    let mut inner = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    inner.write_all(&head)?;
    io::copy(&mut inner, &mut outer)?;
    outer.conn.send_close_notify();
    outer.flush()
}
