//! A hospital's HTTP proxy (RFC 9110, sections 7.3.2 and 9.3.6): tunnels by CONNECT, forwards plain requests, or refuses in
//! every way that proxies have.

use crate::Result;
use crate::port::Port;
use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::TcpStream;

/// A client that sends more than this before its body is not one of ours.
const HEAD_LIMIT: usize = 16 * 1024;

/// How the proxy answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProxyAnswer {
    /// It does what it is there for.
    Pass,
    /// Status, headers and body of its own, to CONNECT and plain requests alike.
    Status(u16, Vec<(String, String)>, Vec<u8>),
    /// It closes without a word.
    Close,
    /// It resets the connection once the tunnel stands and the client has begun to speak.
    ResetInTunnel,
}

impl ProxyAnswer {
    /// A bare status.
    pub fn status(code: u16) -> Self {
        Self::Status(code, Vec::new(), Vec::new())
    }

    /// 407 with these ways to sign in, for example `Basic realm="hospital"`.
    pub fn sign_in(ways: &[&str]) -> Self {
        let headers = ways.iter().map(|way| ("Proxy-Authenticate".to_owned(), (*way).to_owned())).collect();
        Self::Status(407, headers, b"sign in".to_vec())
    }

    /// A page of its own, as if it were what was asked for.
    pub fn page() -> Self {
        let html = "<!doctype html><html><head><title>Sign in</title></head><body>Hospital network</body></html>";
        Self::Status(200, vec![("Content-Type".into(), "text/html".into())], html.into())
    }
}

/// One request that the proxy saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProxySeen {
    /// `CONNECT`, `GET` ...
    pub method: String,
    /// `host:port`, or the whole address of a plain request.
    pub target: String,
    /// All headers, names in lower case.
    pub headers: Vec<(String, String)>,
}

/// The proxy. It stops when it is dropped.
#[derive(Debug)]
pub struct HttpProxy {
    port: Port,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    answer: Mutex<ProxyAnswer>,
    hosts: Mutex<HashMap<String, u16>>,
    seen: Mutex<Vec<ProxySeen>>,
}

impl HttpProxy {
    /// A proxy that passes everything to ports of this PC.
    pub fn start() -> Result<Self> {
        let shared =
            Arc::new(Shared { answer: Mutex::new(ProxyAnswer::Pass), hosts: Mutex::default(), seen: Mutex::default() });
        let visited = Arc::clone(&shared);
        let port = Port::serve("proxy", move |stream| {
            let shared = Arc::clone(&visited);
            async move {
                // A client that leaves in the middle is its own affair.
                let _ = visit(stream, &shared).await;
            }
        })?;
        Ok(Self { port, shared })
    }

    /// Its address: `http://127.0.0.1:<port>`.
    pub fn base(&self) -> String {
        format!("http://127.0.0.1:{}", self.port.number())
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port.number()
    }

    /// A name that only this proxy can resolve: a port of this PC.
    pub fn name(&self, host: &str, port: u16) {
        lock(&self.shared.hosts).insert(host.to_owned(), port);
    }

    /// Answers so from now on.
    pub fn answer(&self, answer: ProxyAnswer) {
        *lock(&self.shared.answer) = answer;
    }

    /// Everything that was asked so far.
    pub fn seen(&self) -> Vec<ProxySeen> {
        lock(&self.shared.seen).clone()
    }

    /// Did anybody send it a user, a password or a ticket?
    pub fn was_given_credentials(&self) -> bool {
        let secret = |(name, _): &(String, String)| name == "proxy-authorization" || name == "authorization";
        lock(&self.shared.seen).iter().any(|seen| seen.headers.iter().any(secret))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn visit(mut client: TcpStream, shared: &Shared) -> io::Result<()> {
    let head = read_head(&mut client).await?;
    let text = String::from_utf8_lossy(&head).into_owned();
    let mut lines = text.trim_end().lines();
    let mut words = lines.next().unwrap_or_default().split(' ');
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let headers = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned()))
        .collect::<Vec<_>>();
    let seen = ProxySeen { method: method.to_owned(), target: target.to_owned(), headers: headers.clone() };
    lock(&shared.seen).push(seen);
    let answer = lock(&shared.answer).clone();
    match answer {
        ProxyAnswer::Close => Ok(()),
        ProxyAnswer::Status(code, headers, body) => {
            let mut text = format!("HTTP/1.1 {code} -\r\nContent-Length: {}\r\nConnection: close\r\n", body.len());
            headers.iter().for_each(|(name, value)| text.push_str(&format!("{name}: {value}\r\n")));
            client.write_all(&[text.as_bytes(), b"\r\n", &body].concat()).await?;
            client.shutdown().await?;
            // Until the client has left: closing with its bytes unread would reset what it was just sent.
            tokio::io::copy(&mut client, &mut tokio::io::sink()).await.map(drop)
        }
        ProxyAnswer::Pass | ProxyAnswer::ResetInTunnel if method == "CONNECT" => {
            let mut server = reach(shared, target).await?;
            client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
            if answer == ProxyAnswer::ResetInTunnel {
                client.readable().await?;
                #[cfg(unix)]
                rustix::net::sockopt::set_socket_linger(&client, Some(std::time::Duration::ZERO))?;
                return Ok(());
            }
            copy_bidirectional(&mut client, &mut server).await.map(drop)
        }
        ProxyAnswer::Pass | ProxyAnswer::ResetInTunnel => {
            let rest = target.strip_prefix("http://").ok_or_else(|| bad("not an absolute address"))?;
            let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
            let mut server = reach(shared, authority).await?;
            let mut text = format!("{method} /{path} HTTP/1.1\r\nConnection: close\r\n");
            let own = |name: &str| name == "connection" || name.starts_with("proxy-");
            for (name, value) in headers.iter().filter(|(name, _)| !own(name)) {
                text.push_str(&format!("{name}: {value}\r\n"));
            }
            server.write_all(format!("{text}\r\n").as_bytes()).await?;
            copy_bidirectional(&mut client, &mut server).await.map(drop)
        }
    }
}

/// A connection to what the proxy knows under this `host:port`: everything is on this PC.
async fn reach(shared: &Shared, authority: &str) -> io::Result<TcpStream> {
    let (host, port) = authority.rsplit_once(':').unwrap_or((authority, "80"));
    let named = lock(&shared.hosts).get(host).copied();
    let port = match named {
        Some(port) => port,
        None => port.parse().map_err(|_| bad("no port"))?,
    };
    TcpStream::connect(("127.0.0.1", port)).await
}

async fn read_head(client: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() > HEAD_LIMIT {
            return Err(bad("a head without an end"));
        }
        head.push(client.read_u8().await?);
    }
    Ok(head)
}

fn bad(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}
