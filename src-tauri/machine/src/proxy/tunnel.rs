//! Why a proxy gave no tunnel. The HTTP client only says that there is none; whether the proxy blocks the mirror, wants a
//! password, shows a page or cannot reach the mirror itself decides who must act.

use super::proxy_for;
use crate::repository::gravity;
use helper_core::input::Failure;
use helper_core::policy::Proxy;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// How long one question may take.
const LIMIT: Duration = Duration::from_secs(5);
/// A longer answer is none, in bytes.
const HEAD_LIMIT: u64 = 16_384;

/// The failure as the proxies explain it, if every mirror lies behind a proxy that refuses its tunnel; otherwise as it was.
pub async fn explained(choice: &Proxy, mirrors: &[String], failure: Failure) -> Failure {
    if !matches!(failure, Failure::Blocked | Failure::Unreachable) {
        return failure;
    }
    let mut gravest: Option<Failure> = None;
    for mirror in mirrors {
        let Some(refusal) = refusal(choice, mirror).await else { return failure };
        if gravest.is_none_or(|known| gravity(refusal) > gravity(known)) {
            gravest = Some(refusal);
        }
    }
    gravest.unwrap_or(failure)
}

/// Why this mirror's proxy refuses; `None` when it does not, when there is none, and when it cannot be asked.
async fn refusal(choice: &Proxy, mirror: &str) -> Option<Failure> {
    let mirror: reqwest::Url = mirror.parse().ok().filter(|mirror: &reqwest::Url| mirror.scheme() == "https")?;
    let proxy: reqwest::Url = proxy_for(choice, mirror.as_str())?.parse().ok()?;
    let (host, port) = (mirror.host_str()?, mirror.port_or_known_default()?);
    let place = (proxy.host_str()?.trim_matches(['[', ']']), proxy.port_or_known_default()?);
    let head = match tokio::time::timeout(LIMIT, ask(place, &format!("{host}:{port}"))).await {
        Ok(Ok(head)) => head,
        _ => return None,
    };
    let refusal = meaning(&head)?;
    let first = head.lines().next().unwrap_or_default();
    let ways: Vec<&str> = values(&head, "proxy-authenticate").collect();
    tracing::warn!(%proxy, answer = ?first, sign_in = ?ways, failure = ?refusal, "the proxy gives no tunnel to {host}:{port}");
    Some(refusal)
}

/// The head of the answer to CONNECT (RFC 9110, section 9.3.6). Nothing is sent but the mirror's name.
pub(crate) async fn ask(place: (&str, u16), target: &str) -> io::Result<String> {
    let mut proxy = TcpStream::connect(place).await?;
    proxy.write_all(format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n").as_bytes()).await?;
    let mut head = Vec::new();
    let mut limited = proxy.take(HEAD_LIMIT);
    while !head.windows(4).any(|four| four == b"\r\n\r\n") {
        if limited.read_buf(&mut head).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

/// The values of a header, named in lower case.
pub(crate) fn values<'a>(head: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let pairs = head.lines().skip(1).take_while(|line| !line.is_empty()).filter_map(|line| line.split_once(':'));
    pairs.filter(move |(known, _)| known.trim().eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

/// The status in the first line.
pub(crate) fn status_of(head: &str) -> Option<u16> {
    head.split_whitespace().nth(1)?.parse().ok()
}

fn meaning(head: &str) -> Option<Failure> {
    match status_of(head)? {
        // A tunnel's beginning has no content: this is a page.
        200..=299 if values(head, "content-type").next().is_some() => Some(Failure::SignInPage),
        200..=299 => None,
        300..=399 | 511 => Some(Failure::SignInPage),
        407 => Some(Failure::ProxySignIn),
        401 | 403 | 451 => Some(Failure::Blocked),
        // It could not find or reach the mirror, or that did not answer (RFC 9110, sections 15.6.3 to 15.6.5).
        404 | 502..=504 => Some(Failure::Unreachable),
        _ => Some(Failure::ServerFault),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_to_connect_says_who_must_act() {
        for (head, failure) in [
            ("HTTP/1.1 200 Connection established\r\n\r\n", None),
            ("HTTP/1.0 200\r\nVia: box\r\n\r\n", None),
            ("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\nContent", Some(Failure::SignInPage)),
            ("HTTP/1.1 302 Found\r\nLocation: http://login/\r\n\r\n", Some(Failure::SignInPage)),
            ("HTTP/1.1 407 -\r\nProxy-Authenticate: Negotiate\r\n\r\n", Some(Failure::ProxySignIn)),
            ("HTTP/1.1 403 Forbidden\r\n\r\n", Some(Failure::Blocked)),
            ("HTTP/1.1 503 Service Unavailable\r\n\r\n", Some(Failure::Unreachable)),
            ("HTTP/1.1 400 Bad Request\r\n\r\n", Some(Failure::ServerFault)),
            ("nonsense", None),
            ("", None),
        ] {
            assert_eq!(meaning(head), failure, "{head:?}");
        }
        let head =
            "HTTP/1.1 407 -\r\nProxy-Authenticate: Negotiate\r\nproxy-authenticate: NTLM\r\n\r\nproxy-authenticate: x";
        assert_eq!(values(head, "proxy-authenticate").collect::<Vec<_>>(), ["Negotiate", "NTLM"]);
    }
}
