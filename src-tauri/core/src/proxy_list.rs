//! Lists of proxies as Windows' settings and proxy scripts write them.

/// The first way that a list names for addresses of this scheme: `Some(None)` is a straight connection, `None` is nothing that can be
/// used. Understands what a script returns (`PROXY a:80; DIRECT`) and what Windows keeps (`a:80`, `http=a:80;https=b:443`, Microsoft:
/// "`WINHTTP_PROXY_INFO`"). Proxies with a user, and others than HTTP proxies, are passed over.
pub fn first_way(list: &str, scheme: &str) -> Option<Option<String>> {
    let mut rest = list.split([';', ' ', '\t', '\r', '\n']).map(str::trim).filter(|word| !word.is_empty());
    while let Some(word) = rest.next() {
        let address = match word.to_ascii_uppercase().as_str() {
            "DIRECT" => return Some(None),
            "PROXY" | "HTTP" => rest.next(),
            // The address behind it is none of an HTTP proxy.
            "HTTPS" | "SOCKS" | "SOCKS4" | "SOCKS5" => {
                rest.next();
                None
            }
            _ => match word.split_once('=') {
                Some((of, address)) => of.eq_ignore_ascii_case(scheme).then_some(address),
                None => Some(word),
            },
        };
        if let Some(proxy) = address.and_then(http_proxy) {
            return Some(Some(proxy));
        }
    }
    None
}

/// `host:port` or `http://host:port`; Windows means port 80 when none is there.
fn http_proxy(text: &str) -> Option<String> {
    let address = match text.split_once("://") {
        Some((scheme, address)) => scheme.eq_ignore_ascii_case("http").then_some(address)?,
        None => text,
    };
    let address = address.trim_end_matches('/');
    // Behind the brackets of an IPv6 address, or behind a name.
    let after_host = address.rfind(']').map_or(0, |end| end + 1);
    let (host, port) = match address[after_host..].rfind(':') {
        Some(colon) => (&address[..after_host + colon], address[after_host + colon + 1..].parse::<u16>().ok()?),
        None => (address, 80),
    };
    let is_host = match host.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')) {
        Some(inner) => inner.parse::<std::net::Ipv6Addr>().is_ok(),
        None => !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte)),
    };
    (is_host && port != 0).then(|| format!("http://{host}:{port}"))
}

/// A text as `gsettings` prints it, `'auto'`; `None` for an empty one.
pub fn gnome_text(printed: &str) -> Option<String> {
    let text = printed.trim().trim_matches('\'').trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The proxy script in what `scutil --proxy` prints on macOS: an address, `WPAD` when one is searched for, or none.
pub fn script_of_scutil(printed: &str) -> Option<String> {
    let value = |name: &str| {
        let pairs = printed.lines().filter_map(|line| line.split_once(" : "));
        pairs.filter(|(known, _)| known.trim() == name).map(|(_, value)| value.trim().to_owned()).next()
    };
    let is_on = |name: &str| value(name).as_deref() == Some("1");
    match value("ProxyAutoConfigURLString") {
        Some(address) if is_on("ProxyAutoConfigEnable") => Some(address),
        _ => is_on("ProxyAutoDiscoveryEnable").then(|| "WPAD".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_are_read_as_systems_print_them() {
        for (printed, text) in [("'auto'\n", Some("auto")), ("''\n", None), ("", None)] {
            assert_eq!(gnome_text(printed).as_deref(), text);
        }
        let scutil = |lines: &str| script_of_scutil(&format!("<dictionary> {{\n{lines}}}\n"));
        let address = "  ProxyAutoConfigURLString : http://wpad.hospital/proxy.pac\n";
        assert_eq!(
            scutil(&format!("  ProxyAutoConfigEnable : 1\n{address}")).as_deref(),
            Some("http://wpad.hospital/proxy.pac")
        );
        assert_eq!(scutil(&format!("  ProxyAutoConfigEnable : 0\n{address}")), None);
        assert_eq!(scutil("  ProxyAutoDiscoveryEnable : 1\n").as_deref(), Some("WPAD"));
        assert_eq!(scutil("  HTTPEnable : 1\n"), None);
    }

    #[test]
    fn the_first_way_that_can_be_used_is_taken() {
        let through = |proxy: &str| Some(Some(proxy.to_owned()));
        for (list, https, http) in [
            ("PROXY a:8080; DIRECT", through("http://a:8080"), through("http://a:8080")),
            ("DIRECT; PROXY a:80", Some(None), Some(None)),
            ("direct", Some(None), Some(None)),
            ("SOCKS5 s:1080; proxy b.example:3128", through("http://b.example:3128"), through("http://b.example:3128")),
            ("SOCKS s:1080; DIRECT", Some(None), Some(None)),
            ("a:8080;b:8080", through("http://a:8080"), through("http://a:8080")),
            ("a", through("http://a:80"), through("http://a:80")),
            ("http=a:80;https=b:443", through("http://b:443"), through("http://a:80")),
            ("http=a:80", None, through("http://a:80")),
            ("http=http://a:80/ ftp=c:21", None, through("http://a:80")),
            ("[fd00::1]:3128", through("http://[fd00::1]:3128"), through("http://[fd00::1]:3128")),
            ("PROXY user:s3cret@a:80", None, None),
            ("PROXY a:0;PROXY a:65536;PROXY :80;PROXY", None, None),
            ("", None, None),
        ] {
            assert_eq!((first_way(list, "https"), first_way(list, "http")), (https, http), "{list:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn junk_ends_and_never_names_a_user(list in "(PROXY |DIRECT|http=|[a-z@:;=. \\[\\]0-9/é]){0,30}") {
            if let Some(Some(proxy)) = first_way(&list, "https") {
                proptest::prop_assert!(!proxy.contains('@') && proxy.starts_with("http://"));
            }
        }
    }
}
