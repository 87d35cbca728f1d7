//! A web address: the way, the handshake, the answer.

use super::Room;
use crate::repository::date_of;
use crate::transport::{TransportError, layers, rules};
use crate::{proxy, tls};
use helper_core::doctor::{Content, Outcome, Probe, Role};
use helper_core::policy::Proxy;
use reqwest::header::{HeaderMap, LOCATION, PROXY_AUTHENTICATE};
use reqwest::{Client, Response, Url};
use std::net::SocketAddr;
use tokio::time::timeout_at;

/// Signed metadata and the status page's data begin with a brace; more than this is not read of an answer, in bytes.
const BEGINNING: usize = 4_096;

impl Room {
    /// Looks at a web address, straight or through the proxy.
    pub(super) async fn web(&self, address: &str, probe: &mut Probe) {
        let asked = match probe.target.role {
            Role::Mirror => format!("{}/metadata/timestamp.json", address.trim_end_matches('/')),
            _ => address.to_owned(),
        };
        let Ok(url) = asked.parse::<Url>() else { return };
        let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else { return };
        let host = host.trim_matches(['[', ']']);
        probe.proxy = self.proxy_for(url.as_str()).await;
        let arrival = match &probe.proxy {
            Some(way) if url.scheme() == "https" => self.tunnel(way, host, port).await.map(|time| (time, None)),
            Some(way) => self.to_proxy(way).await.map(|(_, time)| (time, None)),
            None => self.arrive(host, port).await.map(|arrival| (arrival.milliseconds, Some(arrival.address))),
        };
        match arrival {
            Err(outcome) => probe.outcome = outcome,
            Ok((milliseconds, at)) => {
                probe.connected_ms = Some(milliseconds);
                probe.outcome = Outcome::Cut;
                let way = probe.proxy.clone().map_or(Proxy::None, Proxy::Address);
                // What takes longer than the examination is told as silence.
                let _ = timeout_at(self.over, self.visit(&url, way, at, probe)).await;
            }
        }
    }

    async fn visit(&self, url: &Url, way: Proxy, at: Option<SocketAddr>, probe: &mut Probe) {
        let clients = self.client(&way, url, at, false).and_then(|one| Ok((one, self.client(&way, url, at, true)?)));
        let (straight, following) = match clients {
            Ok(clients) => clients,
            Err(error) => return tracing::warn!(%error, "no client"),
        };
        let response = match straight.get(url.clone()).send().await {
            Ok(response) => response,
            Err(error) => return probe.outcome = broken(&error),
        };
        let date = date_of(response.headers()).map(|date| date.as_second());
        if response.status().as_u16() == 407 && probe.proxy.is_some() {
            probe.outcome = Outcome::ProxySignIn(kinds(response.headers()));
            return;
        }
        let content = content(probe.target.role, response, &following).await;
        let expected = content == Content::Expected;
        probe.date = date.filter(|_| expected || url.scheme() == "https");
        probe.outcome = Outcome::Answered(content);
        if expected {
            self.line_to(&straight, url, probe).await;
        }
    }

    /// Opens a tunnel and leaves it again: how long the way to the proxy took, or how it answered.
    pub(super) async fn tunnel(&self, way: &str, host: &str, port: u16) -> Result<u32, Outcome> {
        let (place, milliseconds) = self.to_proxy(way).await?;
        let target = if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") };
        let asked = timeout_at(self.connected_by, proxy::ask((&place.ip().to_string(), place.port()), &target)).await;
        let Ok(Ok(head)) = asked else { return Err(Outcome::Cut) };
        let values = |name| proxy::values(&head, name);
        match proxy::status_of(&head) {
            // A tunnel's beginning has no content: this is a page.
            Some(200..=299) if values("content-type").next().is_some() => Err(Outcome::Gate),
            Some(200..=299) => Ok(milliseconds),
            Some(300..=399 | 511) => Err(Outcome::Gate),
            Some(407) => Err(Outcome::ProxySignIn(values("proxy-authenticate").filter_map(kind).collect())),
            Some(status) => Err(Outcome::ProxyRefused(status)),
            None => Err(Outcome::Cut),
        }
    }

    async fn to_proxy(&self, way: &str) -> Result<(SocketAddr, u32), Outcome> {
        let proxy: Url = way.parse().map_err(|_| Outcome::NoProxy)?;
        let (Some(host), Some(port)) = (proxy.host_str(), proxy.port_or_known_default()) else {
            return Err(Outcome::NoProxy);
        };
        let arrival = self.arrive(host.trim_matches(['[', ']']), port).await.map_err(|_| Outcome::NoProxy)?;
        Ok((arrival.address, arrival.milliseconds))
    }

    /// The client of the real work, for one host, with or without following redirects.
    fn client(&self, way: &Proxy, url: &Url, at: Option<SocketAddr>, follows: bool) -> Result<Client, TransportError> {
        let mut builder = rules().tls_backend_preconfigured(self.trust.clone());
        if !follows {
            builder = builder.redirect(reqwest::redirect::Policy::none());
        }
        if let (Some(host), Some(at)) = (url.host_str(), at) {
            // The address that answered, so that the name is not looked up again.
            builder = builder.resolve(host, at);
        }
        proxy::on(builder, way)?.build().map_err(|error| TransportError::of(&error))
    }
}

/// What a request that got no answer met. The connection stood a moment ago.
fn broken(error: &reqwest::Error) -> Outcome {
    let found = layers(error).find_map(|inner| inner.downcast_ref::<rustls::Error>());
    match found {
        // Somebody answers in clear text where a handshake belongs.
        Some(rustls::Error::InvalidMessage(_)) => Outcome::Gate,
        Some(error) => match tls::refusal(error) {
            Some((issuer, distrust)) => Outcome::Certificate(issuer, distrust),
            None => Outcome::Cut,
        },
        None => Outcome::Cut,
    }
}

async fn content(role: Role, response: Response, following: &Client) -> Content {
    let status = response.status().as_u16();
    if role == Role::Origin && (200..400).contains(&status) {
        return Content::Expected;
    }
    if !(300..400).contains(&status) {
        return of_body(response).await;
    }
    let here = response.url().clone();
    let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
    let Some(there) = location.and_then(|text| here.join(text).ok()) else { return Content::Status(status) };
    // A mirror may be kept elsewhere. What is no metadata in the end, and lies on another host, is a page that people are led to.
    let followed = match following.get(here.clone()).send().await {
        Ok(response) => of_body(response).await,
        Err(_) => Content::Nonsense,
    };
    match (followed, there.host_str()) {
        (Content::Expected, _) => Content::Expected,
        (_, Some(host)) if there.host_str() != here.host_str() => Content::Elsewhere(host.to_owned()),
        (other, _) => other,
    }
}

async fn of_body(mut response: Response) -> Content {
    let status = response.status().as_u16();
    if status != 200 {
        return Content::Status(status);
    }
    let mut beginning = Vec::new();
    while beginning.len() < BEGINNING {
        match response.chunk().await {
            Ok(Some(chunk)) => beginning.extend_from_slice(&chunk),
            _ => break,
        }
    }
    match beginning.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{') => Content::Expected,
        Some(b'<') => Content::Page,
        _ => Content::Nonsense,
    }
}

/// The ways to sign in that a proxy offers, without what it calls itself.
fn kinds(headers: &HeaderMap) -> Vec<String> {
    headers.get_all(PROXY_AUTHENTICATE).iter().filter_map(|value| value.to_str().ok()).filter_map(kind).collect()
}

fn kind(value: &str) -> Option<String> {
    const ENOUGH: usize = 40;
    value.split_whitespace().next().map(|kind| kind.chars().take(ENOUGH).collect())
}
