//! The way to the mirrors through a hospital's proxy (SPEC I3; TRUST.md 6.3, rows 11, 12 and 20).

#![allow(clippy::unwrap_used, clippy::expect_used)] // A broken world ends the test here.

use flows::{Called, Pc, Publisher};
use helper_world::{Authority, HttpProxy, Mirror, ProxyAnswer, TlsFront};
use std::fs;

/// A name that only the proxy can resolve: whoever reaches it went through the proxy.
const INSIDE: &str = "mirror.hospital.test";

/// A mirror with TLS in front, a proxy that knows it by name, and a new PC that trusts its authority.
struct World {
    publisher: Publisher,
    mirror: Mirror,
    front: TlsFront,
    proxy: HttpProxy,
    pc: Pc,
}

fn world() -> World {
    let publisher = Publisher::new();
    publisher.publish("15.70.4", 300_000, 1);
    let mirror = Mirror::serve(publisher.mirror()).unwrap();
    let authority = Authority::new("Hospital CA").unwrap();
    let front = TlsFront::before(mirror.port(), &authority.issue(&[INSIDE, "127.0.0.1"]).unwrap()).unwrap();
    let proxy = HttpProxy::start().unwrap();
    proxy.name(INSIDE, front.port());
    let pc = Pc::new(&publisher, &[&format!("https://{INSIDE}/")]).with_display();
    let store = pc.home.root().join("authorities.pem");
    fs::write(&store, authority.pem()).unwrap();
    pc.home.set_env("SSL_CERT_FILE", store);
    World { publisher, mirror, front, proxy, pc }
}

impl World {
    fn policy_names(&self, proxy: &str) {
        self.pc.set_policy(format!("proxy = \"{proxy}\"\n"));
    }

    /// The click ends with the module running.
    fn works(&self) {
        let called = self.pc.click();
        assert_eq!(called.code, 0, "{called:?}");
        assert_eq!(self.pc.modules().len(), 1);
    }

    /// The click ends with this problem and nothing was placed.
    fn ends_with(&self, problem: &str, why: &str) -> Called {
        let called = self.pc.click();
        assert_eq!((called.code, called.problem().as_deref()), (3, Some(problem)), "{why}: {called:?}");
        assert!(self.pc.placed().is_empty(), "{:?}", self.pc.placed());
        called
    }
}

/// Nobody listens there: port 1 of this PC.
const DEAD: &str = "http://127.0.0.1:1";

#[test]
fn the_policys_proxy_is_used_for_everything_and_the_environments_for_nothing() {
    flows::alone!();
    let world = world();
    world.policy_names(&world.proxy.base());
    for variable in ["http_proxy", "https_proxy", "all_proxy"] {
        world.pc.home.set_env(variable, DEAD);
    }
    world.works();
    let seen = world.proxy.seen();
    assert!(!seen.is_empty());
    for request in seen {
        assert_eq!((request.method.as_str(), request.target.as_str()), ("CONNECT", "mirror.hospital.test:443"));
    }

    // The same with a mirror without TLS: the proxy sees whole addresses.
    world.pc.forget();
    world.proxy.name(INSIDE, world.mirror.port());
    world.pc.set_mirrors(&[&format!("http://{INSIDE}/")]);
    world.works();
    let plain = world.proxy.seen().into_iter().filter(|seen| seen.method == "GET");
    let targets: Vec<String> = plain.map(|seen| seen.target).collect();
    assert!(targets.len() > 3, "{targets:?}");
    assert!(targets.iter().all(|target| target.starts_with("http://mirror.hospital.test/")), "{targets:?}");
    assert!(!world.proxy.was_given_credentials());
}

#[test]
fn a_policy_without_a_proxy_goes_straight_whatever_the_environment_says() {
    flows::alone!();
    let world = world();
    world.pc.set_mirrors(&[&world.front.base("127.0.0.1")]);
    world.pc.home.set_env("https_proxy", DEAD);
    world.ends_with("N-12", "the environment's proxy is followed");
    world.policy_names("none");
    world.works();
    assert!(world.proxy.seen().is_empty());
}

#[test]
fn the_environments_proxy_is_followed_without_its_password() {
    flows::alone!();
    let world = world();
    let with_password = world.proxy.base().replace("//", "//nurse:s3cret@");
    world.pc.home.set_env("https_proxy", &with_password);
    world.works();
    assert!(world.proxy.seen().iter().all(|seen| seen.method == "CONNECT"));
    assert!(!world.proxy.was_given_credentials(), "{:?}", world.proxy.seen());
    let shown = world.pc.call(&["policy", "show", "--json"]);
    assert_eq!(shown.code, 0, "{shown:?}");
    assert!(!format!("{}{}", shown.stdout, shown.stderr).contains("s3cret"));
    assert_eq!(shown.cards()[0]["proxy"]["source"]["place"], "https_proxy");
    assert_eq!(shown.cards()[0]["ways"][0]["proxy"], format!("{}/", world.proxy.base()));

    // A plain request could carry it as well.
    world.pc.forget();
    world.proxy.name(INSIDE, world.mirror.port());
    world.pc.set_mirrors(&[&format!("http://{INSIDE}/")]);
    world.pc.home.set_env("http_proxy", &with_password);
    world.works();
    assert!(!world.proxy.was_given_credentials(), "{:?}", world.proxy.seen());
}

#[test]
fn exceptions_of_the_environment_go_straight() {
    flows::alone!();
    let world = world();
    world.pc.set_mirrors(&[&world.front.base("127.0.0.1")]);
    world.pc.home.set_env("https_proxy", DEAD);
    world.pc.home.set_env("no_proxy", "example.org, 127.0.0.0/8");
    world.works();
}

#[test]
fn every_trouble_with_a_proxy_has_its_card() {
    flows::alone!();
    let world = world();
    world.policy_names(&world.proxy.base());
    let header = |name: &str, value: &str| vec![(name.to_owned(), value.to_owned())];
    for (answer, tunnelled, plain) in [
        (ProxyAnswer::sign_in(&["Basic realm=\"hospital\""]), "N-14", "N-14"),
        (ProxyAnswer::sign_in(&["Negotiate"]), "N-14", "N-14"),
        (ProxyAnswer::sign_in(&["NTLM", "Negotiate", "Basic realm=\"hospital\""]), "N-14", "N-14"),
        (ProxyAnswer::status(403), "N-15", "N-15"),
        (ProxyAnswer::status(451), "N-15", "N-15"),
        (ProxyAnswer::page(), "N-13", "N-13"),
        (ProxyAnswer::status(511), "N-13", "N-13"),
        (ProxyAnswer::Status(302, header("Location", "http://login.hospital.test/"), vec![]), "N-13", "N-17"),
        // It cannot reach the mirror: an outage, not a block.
        (ProxyAnswer::status(503), "N-12", "N-17"),
        (ProxyAnswer::status(504), "N-12", "N-17"),
        (ProxyAnswer::status(400), "N-17", "N-17"),
        (ProxyAnswer::Close, "N-12", "N-12"),
        (ProxyAnswer::ResetInTunnel, "N-12", ""),
    ] {
        for (scheme, problem) in [("https", tunnelled), ("http", plain)].into_iter().filter(|(_, p)| !p.is_empty()) {
            world.proxy.name(INSIDE, if scheme == "https" { world.front.port() } else { world.mirror.port() });
            world.pc.set_mirrors(&[&format!("{scheme}://{INSIDE}/")]);
            world.proxy.answer(answer.clone());
            let called = world.ends_with(problem, &format!("{answer:?} for {scheme}"));
            // SPEC A11: the vendor's own link only when nothing stands between us and the mirrors.
            let origin = called.offers().iter().any(|offer| offer == "open-origin");
            assert_eq!(origin, matches!(problem, "N-12" | "N-17"), "{answer:?} for {scheme}");
        }
    }
    assert!(!world.proxy.was_given_credentials(), "whatever it asked for");
    world.proxy.answer(ProxyAnswer::Pass);
    world.works();
}

#[test]
fn the_log_says_which_sign_in_the_proxy_wants() {
    flows::alone!();
    let world = world();
    world.policy_names(&world.proxy.base());
    world.proxy.answer(ProxyAnswer::sign_in(&["Negotiate"]));
    world.proxy.answer(ProxyAnswer::status(403));
    let called = world.ends_with("N-15", "403");
    let line =
        called.stderr.lines().find(|line| line.contains("the proxy gives no tunnel")).expect("a line in the log");
    assert!(line.contains("mirror.hospital.test:443") && line.contains("403"), "{line}");
}

#[test]
fn a_proxy_that_is_not_there_is_an_outage_and_the_next_mirror_helps() {
    flows::alone!();
    let world = world();
    world.policy_names(DEAD);
    world.ends_with("N-12", "nobody listens at the proxy's port");
    // The environment knows a way for one of two mirrors.
    world.policy_names("system");
    world.pc.home.set_env("https_proxy", DEAD);
    let second = Mirror::serve(world.publisher.mirror()).unwrap();
    world.pc.set_mirrors(&[&format!("https://{INSIDE}/"), &second.base()]);
    world.works();
}
