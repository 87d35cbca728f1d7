//! Addresses of the net: links, hosts, shares, mail, numbers of hosts; and other people's home folders.

use super::{Found, Look, redacted, starts_with};

/// Hosts that everybody's module talks to (TEAMVIEWER.md 10): they tell nothing of this hospital.
const TEAMVIEWER: &str = "teamviewer.com";

/// The last parts of names that are hosts and no files: the usual ones, and those of private nets (RFC 6762, RFC 8375, ICANN).
const LAST_PARTS: [&str; 36] = [
    "com",
    "net",
    "org",
    "kr",
    "co",
    "io",
    "edu",
    "gov",
    "mil",
    "info",
    "biz",
    "dev",
    "cloud",
    "online",
    "site",
    "asia",
    "jp",
    "cn",
    "us",
    "uk",
    "de",
    "eu",
    "local",
    "lan",
    "internal",
    "intranet",
    "intra",
    "corp",
    "home",
    "arpa",
    "localdomain",
    "private",
    "hospital",
    "hosp",
    "domain",
    "한국",
];

/// Where the homes of users lie.
const HOMES: [&str; 3] = ["users", "home", "documents and settings"];
/// Folders there that are nobody's.
const NOBODYS: [&str; 4] = ["public", "shared", "default", "all users"];

/// May this host be named?
fn is_needed(look: Look<'_>, host: &str) -> bool {
    let host = host.to_lowercase();
    let is_teamviewers = host == TEAMVIEWER || host.strip_suffix(TEAMVIEWER).is_some_and(|rest| rest.ends_with('.'));
    is_teamviewers || look.known.hosts.contains(&host) || matches!(host.as_str(), "localhost" | "127.0.0.1" | "::1")
}

fn is_of_host(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_')
}

/// A link: no user, no query, no fragment; its host only if it is needed; its path looked through as everything else.
pub(super) fn url(look: Look<'_>) -> Option<Found> {
    if !look.begins(|c| c.is_ascii_alphanumeric()) {
        return None;
    }
    let rest = look.rest();
    let scheme = look.run(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    if !starts_with(&rest[scheme..], "://") || scheme > 20 {
        return None;
    }
    let from = scheme + 3;
    let ends = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '"' | '\'' | '<' | '>' | '`' | '|');
    let length = rest[from..].iter().take_while(|c| !ends(**c)).count();
    let whole = &rest[from..from + length];
    let authority = whole.iter().take_while(|c| !matches!(c, '/' | '?' | '#' | '\\')).count();
    // A password may hold a slash where nobody escaped it: the last `@` before the path's first dot or the end decides.
    let at = whole.iter().rposition(|c| *c == '@').filter(|at| *at < authority || is_user_info(&whole[..*at]));
    let host_from = at.map_or(0, |at| at + 1);
    let host_length = whole[host_from..].iter().take_while(|c| !matches!(c, '/' | '?' | '#' | '\\')).count();
    let host: String = whole[host_from..host_from + host_length].iter().collect();
    let tail = &whole[host_from + host_length..];
    let path = tail.iter().take_while(|c| !matches!(c, '?' | '#')).count();
    // Whatever stands before `://` is looked through as well.
    let scheme = redacted(&rest[..scheme], look.known);
    let mut out = format!("{scheme}://{}{}", shown_host(look, &host), redacted(&tail[..path], look.known));
    if path < tail.len() {
        out.push_str("?[hidden]");
    }
    Some((from + length, out))
}

fn is_user_info(text: &[char]) -> bool {
    let slash = text.iter().position(|c| *c == '/').unwrap_or(text.len());
    text[..slash].contains(&':') && !text[..slash].iter().rev().take_while(|c| **c != ':').all(char::is_ascii_digit)
}

/// The host of a link, with its port.
fn shown_host(look: Look<'_>, host: &str) -> String {
    // Empty in links to files; `~` where the home folder was taken out before.
    if matches!(host, "" | "~") {
        return host.to_owned();
    }
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.is_empty() && port.len() <= 5 && port.bytes().all(|b| b.is_ascii_digit()) => {
            (name, format!(":{port}"))
        }
        _ => (host, String::new()),
    };
    let bare = name.trim_matches(['[', ']']);
    if is_needed(look, bare) { format!("{name}{port}") } else { format!("[host]{port}") }
}

/// `\\server\share`, also as JSON writes it: the server and the share are not needed.
pub(super) fn unc(look: Look<'_>) -> Option<Found> {
    let rest = look.rest();
    let opens =
        |n: usize| rest.get(..n).is_some_and(|first| first.iter().all(|c| *c == '\\')) && rest.get(n) != Some(&'\\');
    // Inside a path, also behind the part of it that was taken out.
    let before = look.at.checked_sub(1).map(|at| look.text[at]);
    if before.is_some_and(|c| c.is_alphanumeric() || matches!(c, ':' | '\\' | '~' | ']')) {
        return None;
    }
    let slashes = [2, 4].into_iter().find(|n| opens(*n))?;
    let is_of_name = |c: char| is_of_host(c) || matches!(c, '.' | '$' | '@');
    let part = |from: usize| rest[from..].iter().take_while(|c| is_of_name(**c)).count();
    let mut at = slashes;
    let shown = |n: usize| "\\".repeat(n);
    // `\\?\UNC\server\share`, `\\?\C:\...`, `\\.\pipe\...` (Microsoft, "Naming files, paths, and namespaces").
    if matches!(rest.get(at), Some('?')) || (rest.get(at) == Some(&'.') && part(at) == 1) {
        at += 1 + slashes / 2;
        if !starts_with(&rest[at.min(rest.len())..], "UNC\\") {
            return None;
        }
        at += 3 + slashes / 2;
    }
    let server = part(at);
    if server == 0 {
        return None;
    }
    at += server;
    let mut out = format!("{}[host]", shown(slashes));
    let again = rest[at..].iter().take_while(|c| **c == '\\').count();
    let share = part(at + again);
    if again == slashes / 2 && share > 0 {
        at += again + share;
        out.push_str(&shown(again));
        out.push_str("[share]");
    }
    Some((at, out))
}

/// Mail addresses, whatever letters they are of.
pub(super) fn e_mail(look: Look<'_>) -> Option<Found> {
    let is_local = |c: char| c.is_alphanumeric() || ".!#$%&'*+-/=?^_`{|}~".contains(c);
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '+' | '-' | '_' | '%');
    if !look.begins(is_plain) {
        return None;
    }
    let local = look.run(is_local);
    let rest = look.rest();
    if rest.get(local) != Some(&'@') {
        return None;
    }
    let domain = rest[local + 1..].iter().take_while(|c| is_of_host(**c) || **c == '.').count();
    (domain > 0).then(|| (local + 1 + domain, "[e-mail]".into()))
}

/// The folder of another user: `C:\Users\name`, `/home/name`. This user's own is known.
pub(super) fn other_home(look: Look<'_>) -> Option<Found> {
    let rest = look.rest();
    if !matches!(rest.first(), Some('/' | '\\')) {
        return None;
    }
    let slash = |from: usize| rest[from..].iter().take_while(|c| matches!(c, '/' | '\\')).count();
    let first = slash(0);
    let homes = HOMES.iter().find(|homes| starts_with(&rest[first..], homes))?;
    let after = first + homes.len();
    let second = slash(after);
    // `a/home/b` of an address or of an archive is nobody's.
    if second == 0 || look.before().is_some_and(|c| c.is_alphanumeric() && *homes == "home") {
        return None;
    }
    let from = after + second;
    let ends = |c: char| matches!(c, '/' | '\\' | '"' | '\n' | ':' | '<' | '>' | '|' | ';' | ',' | ')');
    let name = rest[from..].iter().take_while(|c| !ends(**c)).count();
    // A name may hold spaces; at the end of a path they belong to the sentence.
    let is_inside = rest.get(from + name).is_some_and(|c| matches!(c, '/' | '\\' | '"'));
    let name = if is_inside { name } else { rest[from..from + name].iter().take_while(|c| !c.is_whitespace()).count() };
    let shown: String = rest[from..from + name].iter().collect::<String>().to_lowercase();
    if name == 0 || shown == "[name]" || NOBODYS.contains(&shown.as_str()) {
        return None;
    }
    let kept: String = rest[..from].iter().collect();
    Some((from + name, format!("{kept}[name]")))
}

/// IPv6 addresses are shortened to their first part, addresses of network cards are taken out.
pub(super) fn ip_v6(look: Look<'_>) -> Option<Found> {
    let is_of = |c: char| c.is_ascii_hexdigit() || matches!(c, ':' | '.');
    if !look.begins(|c| is_of(c) || c.is_alphanumeric()) {
        return None;
    }
    let mut length = look.run(is_of);
    let mut text: String = look.rest()[..length].iter().collect();
    for separator in [':', '-'] {
        let run = look.run(|c| c.is_ascii_hexdigit() || c == separator);
        let card: Vec<usize> = look.rest()[..run].split(|c| *c == separator).map(<[char]>::len).collect();
        if card == [2; 6] {
            return Some((run, "[network card]".into()));
        }
    }
    if text.bytes().filter(|byte| *byte == b':').count() < 2 {
        return None;
    }
    // Punctuation behind it.
    while text.ends_with(['.', ':']) && !text.ends_with("::") {
        text.pop();
        length -= 1;
    }
    let address: std::net::Ipv6Addr = text.parse().ok()?;
    if look.rest().get(length).is_some_and(|c| c.is_alphanumeric()) {
        return None;
    }
    let zone = match look.rest().get(length) {
        Some('%') => look.rest()[length + 1..].iter().take_while(|c| is_of_host(**c)).count(),
        _ => 0,
    };
    let zone = zone + usize::from(zone > 0);
    let is_needed =
        address.is_loopback() || address.is_unspecified() || look.known.hosts.contains(&text.to_lowercase());
    Some((length + zone, if is_needed { text } else { format!("{:x}:x:x", address.segments()[0]) }))
}

/// A host's name that stands in a sentence: parts between dots, the last one a known one. A file's name is none.
pub(super) fn host(look: Look<'_>) -> Option<Found> {
    let is_of = |c: char| is_of_host(c) || c == '.';
    if !look.begins(is_of) || look.before() == Some('@') {
        return None;
    }
    let length = look.run(is_of);
    let text: String = look.rest()[..length].iter().collect();
    let name = text.trim_end_matches('.');
    let parts: Vec<&str> = name.split('.').collect();
    let last = parts.last().map(|last| last.to_lowercase())?;
    if parts.len() < 2 || parts.iter().any(|part| part.is_empty()) {
        return None;
    }
    // Hangul may follow directly: `pacs.local에서`.
    let latin: String = last.chars().take_while(char::is_ascii_alphanumeric).collect();
    let is_host = LAST_PARTS.contains(&last.as_str())
        || (!latin.is_empty() && LAST_PARTS.contains(&latin.as_str()) && latin.len() < last.len());
    if !is_host {
        return None;
    }
    let tail = if LAST_PARTS.contains(&last.as_str()) { 0 } else { last.chars().count() - latin.chars().count() };
    let length = name.chars().count() - tail;
    let shown: String = look.rest()[..length].iter().collect();
    if is_needed(look, &shown) {
        return Some((length, shown));
    }
    Some((length, "[host]".into()))
}
