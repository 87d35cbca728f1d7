//! The proxy settings of Windows. One test: the settings are one for all programs of the user.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg(windows)]

use helper_core::policy::Proxy;
use helper_machine::proxy::{proxy_for, variable};
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::time::Instant;
use windows_registry::{CURRENT_USER, Key, Type};

const SETTINGS: &str = r"Software\Microsoft\Windows\CurrentVersion\Internet Settings";
const NAMES: [&str; 3] = ["ProxyEnable", "ProxyServer", "ProxyOverride"];
const CONNECTION: &str = "DefaultConnectionSettings";

/// The same settings lie in two places: as values that programs read, and as the record that the dialog writes and WinHTTP reads.
struct Settings {
    values: Key,
    connections: Key,
}

impl Settings {
    fn new() -> Self {
        let values = CURRENT_USER.create(SETTINGS).unwrap();
        let settings = Self { connections: values.create("Connections").unwrap(), values };
        settings.clear();
        settings
    }

    fn enter(&self, proxy: &str, except: &str) {
        self.values.set_u32("ProxyEnable", 1).unwrap();
        self.values.set_string("ProxyServer", proxy).unwrap();
        self.values.set_string("ProxyOverride", except).unwrap();
        self.record(3, proxy, except, "");
    }

    fn name_script(&self, script: &str) {
        self.record(5, "", "", script);
    }

    /// Flags: 1 straight, 2 proxy, 4 script, 8 search.
    fn record(&self, flags: u32, proxy: &str, except: &str, script: &str) {
        let mut bytes = Vec::new();
        let number = |bytes: &mut Vec<u8>, n: u32| bytes.extend(n.to_le_bytes());
        number(&mut bytes, 0x46);
        number(&mut bytes, 1);
        number(&mut bytes, flags);
        for text in [proxy, except, script] {
            number(&mut bytes, u32::try_from(text.len()).unwrap());
            bytes.extend(text.as_bytes());
        }
        bytes.extend([0; 32]);
        self.connections.set_bytes(CONNECTION, Type::Bytes, &bytes).unwrap();
    }

    fn clear(&self) {
        for name in NAMES {
            let _ = self.values.remove_value(name);
        }
        let _ = self.connections.remove_value(CONNECTION);
    }
}

impl Drop for Settings {
    fn drop(&mut self) {
        self.clear();
    }
}

/// Hands out a proxy script, whatever is asked for.
fn script_server(script: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/proxy.pac", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = [0; 4096];
            let _ = stream.read(&mut request);
            let length = script.len();
            let kind = "application/x-ns-proxy-autoconfig";
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{script}"
            );
        }
    });
    address
}

#[test]
fn what_is_entered_and_what_a_script_says_is_followed() {
    assert_eq!(variable(), None, "run without proxy variables");
    let settings = Settings::new();
    let way = |address: &str| proxy_for(&Proxy::System, address);

    settings.enter("proxy.example:3128", "*.inside.example;10.0.0.1");
    assert_eq!(way("https://mirror.example/m").as_deref(), Some("http://proxy.example:3128/"));
    assert_eq!(proxy_for(&Proxy::None, "https://mirror.example/m"), None, "policy leaves nothing to the settings");

    settings.enter("http=plain.example:80;https=secure.example:443", "*.inside.example;10.0.0.1");
    assert_eq!(way("https://mirror.example/m").as_deref(), Some("http://secure.example:443/"));
    assert_eq!(way("http://mirror.example/m").as_deref(), Some("http://plain.example:80/"));
    assert_eq!(way("https://x.inside.example/m"), None);

    settings.clear();
    let script = "function FindProxyForURL(url, host) {\r\n\
        if (host == 'inside.example') return 'DIRECT';\r\n\
        return 'PROXY scripted.example:8080; DIRECT';\r\n}\r\n";
    settings.name_script(&script_server(script));
    let begun = Instant::now();
    assert_eq!(way("https://mirror.example/m").as_deref(), Some("http://scripted.example:8080"));
    assert_eq!(way("https://inside.example/m"), None);
    println!("two answers of a script in {:?}", begun.elapsed());

    // A script that cannot be had leaves the straight way, and in time.
    settings.name_script("http://127.0.0.1:9/proxy.pac");
    let begun = Instant::now();
    assert_eq!(way("https://mirror.example/m"), None);
    println!("no script in {:?}", begun.elapsed());
    assert!(begun.elapsed().as_secs() < 10);

    settings.clear();
    let begun = Instant::now();
    assert_eq!(way("https://mirror.example/m"), None);
    println!("nothing set in {:?}", begun.elapsed());
    assert!(begun.elapsed().as_secs() < 10);
}
