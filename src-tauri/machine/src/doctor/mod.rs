//! The network doctor's probes (SPEC H1): they measure, `helper_core::doctor` judges.
//!
//! All targets at once, each with the same deadline; what has not ended by then is told as far as it came. The client is the one that
//! does the real work: what it refuses is told, never accepted.

mod line;
mod names;
mod web;

use crate::fetch::Cancelled;
use crate::network::any_interface_is_up;
use crate::transport::{Retry, TransportError};
use crate::{clock, proxy, tls};
use helper_core::doctor::{Facts, Line, NoConnection, Outcome, Place, Probe, ProxySource, Role, Script, Target};
use helper_core::input::Failure;
use helper_core::policy::Proxy;
use names::{Arrival, Names};
use rustls::ClientConfig;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

/// How long an examination takes at most.
pub const LIMIT: Duration = Duration::from_secs(12);

/// What is to be examined.
#[derive(Clone, Debug)]
pub struct Order {
    /// Everything to look at, in the order in which it is told.
    pub targets: Vec<Target>,
    /// The way to web addresses.
    pub proxy: Proxy,
    /// Who said so.
    pub proxy_source: ProxySource,
    /// Are the mirrors the hospital's own choice?
    pub own_mirrors: bool,
    /// How long the whole may take.
    pub limit: Duration,
}

/// What the probes of one examination share.
#[derive(Debug)]
struct Room {
    order: Order,
    names: Names,
    /// Made once: reading the system's store of authorities takes a while, and would be measured as a slow network.
    trust: ClientConfig,
    /// Until then the system is asked: which proxy, which folder.
    told_by: Instant,
    /// Until then names are looked up.
    names_by: Instant,
    /// Until then connections are waited for.
    connected_by: Instant,
    /// Then it is over.
    over: Instant,
    /// The line is measured once, to the first server that answers.
    line: Mutex<Option<Line>>,
}

/// Looks at everything. `None` when it was cancelled.
///
/// # Errors
/// [`TransportError`] when no connection can be encrypted at all; never in this build.
pub async fn examine(order: Order, mut cancelled: Cancelled) -> Result<Option<Facts>, TransportError> {
    let trust =
        tls::config().map_err(|error| TransportError::new(Failure::TlsRefused, Retry::Never, error.to_string()))?;
    let now = Instant::now();
    let limit = order.limit;
    let room = Arc::new(Room {
        names: Names::of(&order.targets),
        trust,
        order,
        told_by: now + limit.mul_f32(0.25),
        names_by: now + limit.mul_f32(0.5),
        connected_by: now + limit.mul_f32(0.75),
        over: now + limit,
        line: Mutex::default(),
    });
    Ok(tokio::select! {
        facts = room.facts() => Some(facts),
        () = cancelled.wait() => None,
    })
}

impl Room {
    async fn facts(self: Arc<Self>) -> Facts {
        let mut probes = JoinSet::new();
        for (place, target) in self.order.targets.iter().cloned().enumerate() {
            let room = Arc::clone(&self);
            probes.spawn(async move { (place, room.probe(target).await) });
        }
        let room = Arc::clone(&self);
        let script = async move { room.script().await };
        let interface_up = tokio::task::spawn_blocking(any_interface_is_up);
        let (script, interface_up) = tokio::join!(script, interface_up);
        let mut found = Vec::new();
        while let Some(probe) = probes.join_next().await {
            found.extend(probe);
        }
        found.sort_by_key(|(place, _)| *place);
        let line = self.line.lock().unwrap_or_else(PoisonError::into_inner).take();
        Facts {
            interface_up: interface_up.unwrap_or(true),
            now: clock::wall().as_second(),
            proxy_source: self.order.proxy_source.clone(),
            script,
            own_mirrors: self.order.own_mirrors,
            probes: found.into_iter().map(|(_, probe)| probe).collect(),
            line: line.unwrap_or_default(),
        }
    }

    async fn probe(&self, target: Target) -> Probe {
        let mut probe =
            Probe { target: target.clone(), outcome: Outcome::NoAddress, connected_ms: None, proxy: None, date: None };
        match target.place {
            Place::Folder(folder) => {
                let looked = self.aside(move || Path::new(&folder).join("metadata/timestamp.json").is_file()).await;
                probe.outcome = Outcome::Folder(looked.unwrap_or(false));
            }
            Place::Port(host, port) => self.port(&host, port, &mut probe).await,
            Place::Web(address) => self.web(&address, &mut probe).await,
        }
        tracing::info!(host = probe.target.host(), role = ?probe.target.role, outcome = ?probe.outcome, "examined");
        probe
    }

    /// A port of TeamViewer's: straight, and where TLS belongs through the proxy as well, as TeamViewer itself does.
    async fn port(&self, host: &str, port: u16, probe: &mut Probe) {
        let (straight, (way, tunnelled)) = tokio::join!(self.arrive(host, port), async {
            let way = match probe.target.role {
                Role::Router(443) => self.proxy_for(&format!("https://{host}:{port}/")).await,
                _ => None,
            };
            let tunnelled = match &way {
                Some(way) => Some(self.tunnel(way, host, port).await),
                None => None,
            };
            (way, tunnelled)
        });
        let found = match (straight, tunnelled) {
            (Ok(arrival), _) => Ok(arrival.milliseconds),
            (Err(_), Some(tunnelled)) => {
                probe.proxy = way;
                tunnelled
            }
            (Err(outcome), None) => Err(outcome),
        };
        probe.connected_ms = found.as_ref().ok().copied();
        probe.outcome = found.err().unwrap_or(Outcome::Open);
    }

    /// Connects to whichever of a host's addresses answers first.
    async fn arrive(&self, host: &str, port: u16) -> Result<Arrival, Outcome> {
        let addresses = self.names.look_up(host, self.names_by).await;
        if addresses.is_empty() {
            return Err(Outcome::NoAddress);
        }
        let begun = Instant::now();
        let mut tries = JoinSet::new();
        for address in addresses {
            let address = SocketAddr::new(address, port);
            tries.spawn(async move { TcpStream::connect(address).await.map(|_| address) });
        }
        let mut worst = NoConnection::NoRoute;
        loop {
            match timeout_at(self.connected_by, tries.join_next()).await {
                Ok(Some(Ok(Ok(address)))) => {
                    let milliseconds = u32::try_from(begun.elapsed().as_millis()).unwrap_or(u32::MAX);
                    return Ok(Arrival { address, milliseconds });
                }
                Ok(Some(Ok(Err(error)))) => worst = graver(worst, names::meaning(&error)),
                Ok(Some(Err(_))) => {}
                Ok(None) => return Err(Outcome::NoConnection(worst)),
                Err(_) => return Err(Outcome::NoConnection(graver(worst, NoConnection::TimedOut))),
            }
        }
    }

    /// The proxy that leads to an address. The system may take its time over it.
    async fn proxy_for(&self, address: &str) -> Option<String> {
        let (choice, address) = (self.order.proxy.clone(), address.to_owned());
        self.aside(move || proxy::proxy_for(&choice, &address)).await.flatten()
    }

    async fn script(&self) -> Script {
        if self.order.proxy != Proxy::System || matches!(self.order.proxy_source, ProxySource::Environment(_)) {
            return Script::None;
        }
        match self.aside(proxy::script).await.flatten() {
            None => Script::None,
            Some(script) if proxy::abilities().scripted.is_ok() => Script::Followed(script),
            Some(script) => Script::NotFollowed(script),
        }
    }

    /// On a thread of its own, no longer than the system may take.
    async fn aside<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        timeout_at(self.told_by, tokio::task::spawn_blocking(work)).await.ok()?.ok()
    }
}

/// What says more about a host with several addresses: somebody refused, somebody was silent, no way there.
const fn graver(one: NoConnection, other: NoConnection) -> NoConnection {
    match (one, other) {
        (NoConnection::Refused, _) | (_, NoConnection::Refused) => NoConnection::Refused,
        (NoConnection::TimedOut, _) | (_, NoConnection::TimedOut) => NoConnection::TimedOut,
        _ => NoConnection::NoRoute,
    }
}
