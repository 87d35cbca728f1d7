//! The proxy settings of Windows. One test: the settings are one for all programs of the user.
#![cfg(windows)]

use helper_core::policy::Proxy;
use helper_machine::proxy::{proxy_for, variable};
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::time::Instant;
use windows_registry::{CURRENT_USER, Key};

const SETTINGS: &str = r"Software\Microsoft\Windows\CurrentVersion\Internet Settings";
const NAMES: [&str; 4] = ["ProxyEnable", "ProxyServer", "ProxyOverride", "AutoConfigURL"];

struct Settings(Key);

impl Settings {
    fn new() -> Self {
        let settings = Self(CURRENT_USER.create(SETTINGS).unwrap());
        settings.clear();
        settings
    }

    fn clear(&self) {
        for name in NAMES {
            let _ = self.0.remove_value(name);
        }
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

    settings.0.set_u32("ProxyEnable", 1).unwrap();
    settings.0.set_string("ProxyServer", "proxy.example:3128").unwrap();
    settings.0.set_string("ProxyOverride", "*.inside.example;10.0.0.1").unwrap();
    assert_eq!(way("https://mirror.example/m").as_deref(), Some("http://proxy.example:3128/"));
    assert_eq!(proxy_for(&Proxy::None, "https://mirror.example/m"), None, "policy leaves nothing to the settings");

    settings.0.set_string("ProxyServer", "http=plain.example:80;https=secure.example:443").unwrap();
    assert_eq!(way("https://mirror.example/m").as_deref(), Some("http://secure.example:443/"));
    assert_eq!(way("http://mirror.example/m").as_deref(), Some("http://plain.example:80/"));
    assert_eq!(way("https://x.inside.example/m"), None);

    settings.clear();
    let script = "function FindProxyForURL(url, host) {\r\n\
        if (host == 'inside.example') return 'DIRECT';\r\n\
        return 'PROXY scripted.example:8080; DIRECT';\r\n}\r\n";
    settings.0.set_string("AutoConfigURL", script_server(script)).unwrap();
    let begun = Instant::now();
    assert_eq!(way("https://mirror.example/m").as_deref(), Some("http://scripted.example:8080"));
    assert_eq!(way("https://inside.example/m"), None);
    println!("two answers of a script in {:?}", begun.elapsed());

    // A script that cannot be had leaves the straight way, and in time.
    settings.0.set_string("AutoConfigURL", "http://127.0.0.1:9/proxy.pac").unwrap();
    let begun = Instant::now();
    assert_eq!(way("https://mirror.example/m"), None);
    println!("no script in {:?}", begun.elapsed());
    assert!(begun.elapsed().as_secs() < 7);

    settings.clear();
    let begun = Instant::now();
    assert_eq!(way("https://mirror.example/m"), None);
    println!("nothing set in {:?}", begun.elapsed());
    assert!(begun.elapsed().as_secs() < 7);
}
