//! Addresses of hosts, each looked up once, and what a failed connection means.

use helper_core::doctor::{NoConnection, Target};
use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use tokio::sync::OnceCell;
use tokio::time::{Instant, timeout_at};

/// More addresses of one host are not tried.
const ENOUGH: usize = 6;

/// A connection that stood.
#[derive(Debug)]
pub(super) struct Arrival {
    /// To which address.
    pub(super) address: SocketAddr,
    /// How long it took.
    pub(super) milliseconds: u32,
}

/// The hosts of an examination. Three ports of one host are one question.
#[derive(Debug)]
pub(super) struct Names(HashMap<String, OnceCell<Vec<IpAddr>>>);

impl Names {
    pub(super) fn of(targets: &[Target]) -> Self {
        let bare = |target: &Target| {
            let host = target.host();
            // Behind the brackets of an IPv6 address, or behind a name.
            let end = host.rfind(']').map_or_else(|| host.find(':').unwrap_or(host.len()), |end| end + 1);
            host[..end].trim_matches(['[', ']']).to_owned()
        };
        Self(targets.iter().map(|target| (bare(target), OnceCell::new())).collect())
    }

    /// Its addresses; none if nobody says them until then.
    pub(super) async fn look_up(&self, host: &str, until: Instant) -> Vec<IpAddr> {
        if let Ok(address) = host.parse() {
            return vec![address];
        }
        match self.0.get(host) {
            Some(known) => known.get_or_init(|| ask(host, until)).await.clone(),
            None => ask(host, until).await,
        }
    }
}

async fn ask(host: &str, until: Instant) -> Vec<IpAddr> {
    match timeout_at(until, tokio::net::lookup_host((host, 0))).await {
        Ok(Ok(addresses)) => {
            let mut all: Vec<IpAddr> = Vec::new();
            for address in addresses.map(|address| address.ip()) {
                if !all.contains(&address) && all.len() < ENOUGH {
                    all.push(address);
                }
            }
            all
        }
        Ok(Err(error)) => {
            tracing::info!(host, %error, "no address");
            Vec::new()
        }
        Err(_) => {
            tracing::info!(host, "nobody says its address");
            Vec::new()
        }
    }
}

/// Why a connection failed.
pub(super) fn meaning(error: &io::Error) -> NoConnection {
    match error.kind() {
        io::ErrorKind::TimedOut => NoConnection::TimedOut,
        io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::NetworkDown
        | io::ErrorKind::HostUnreachable
        | io::ErrorKind::AddrNotAvailable => NoConnection::NoRoute,
        _ => NoConnection::Refused,
    }
}
