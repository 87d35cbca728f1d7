//! TLS in front of a mirror: the mirror itself, or somebody who inspects what goes by.

use crate::port::Port;
use crate::{Certificate, Result, WorldError};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::copy_bidirectional;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::{ServerConfig, crypto};

/// How one client took the certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Handshake {
    /// It was accepted.
    Accepted,
    /// It was not; what the client or the connection said.
    Refused(String),
}

/// A TLS server that passes everything on to a port of this PC. It stops when it is dropped.
#[derive(Debug)]
pub struct TlsFront {
    port: Port,
    handshakes: Arc<Mutex<Vec<Handshake>>>,
}

impl TlsFront {
    /// Shows this certificate and passes on to 127.0.0.1:`behind`.
    pub fn before(behind: u16, certificate: &Certificate) -> Result<Self> {
        let chain = certificate.chain.iter().cloned().map(CertificateDer::from).collect();
        let key = PrivatePkcs8KeyDer::from(certificate.key.clone()).into();
        let config = ServerConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|config| config.with_no_client_auth().with_single_cert(chain, key))
            .map_err(|error| WorldError::other("a TLS server", error))?;
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let handshakes = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&handshakes);
        let port = Port::serve("TLS front", move |stream| {
            let (acceptor, noted) = (acceptor.clone(), Arc::clone(&noted));
            async move {
                let accepted = acceptor.accept(stream).await;
                let note = accepted
                    .as_ref()
                    .map_or_else(|error| Handshake::Refused(error.to_string()), |_| Handshake::Accepted);
                noted.lock().unwrap_or_else(PoisonError::into_inner).push(note);
                if let (Ok(mut inside), Ok(mut mirror)) = (accepted, TcpStream::connect(("127.0.0.1", behind)).await) {
                    // Either side may leave when it likes.
                    let _ = copy_bidirectional(&mut inside, &mut mirror).await;
                }
            }
        })?;
        Ok(Self { port, handshakes })
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port.number()
    }

    /// The address under a host's name, without a slash at the end.
    pub fn base(&self, host: &str) -> String {
        format!("https://{host}:{}", self.port())
    }

    /// All handshakes so far.
    pub fn handshakes(&self) -> Vec<Handshake> {
        self.handshakes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
