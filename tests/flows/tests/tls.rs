//! Certificates: a company's own authority works, everything else is refused once and said (TRUST.md 6.3, rows 14-16, 20).

#![allow(clippy::unwrap_used, clippy::expect_used)] // A broken world ends the test here.

use flows::{Called, Pc, Publisher};
use helper_world::{Authority, Certificate, Fault, Handshake, HttpProxy, Mirror, Times, TlsFront, days_from_now};
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread;

const HERE: &str = "127.0.0.1";

/// A mirror, an authority that the PC trusts, and a new PC.
struct World {
    publisher: Publisher,
    mirror: Mirror,
    authority: Authority,
    pc: Pc,
}

fn world() -> World {
    let publisher = Publisher::new();
    publisher.publish("15.70.4", 300_000, 1);
    let mirror = Mirror::serve(publisher.mirror()).unwrap();
    let authority = Authority::new("Hospital CA").unwrap();
    let pc = Pc::new(&publisher, &[]).with_display();
    let world = World { publisher, mirror, authority, pc };
    fs::write(world.store(), world.authority.pem()).unwrap();
    world.pc.home.set_env("SSL_CERT_FILE", world.store());
    world
}

impl World {
    fn store(&self) -> PathBuf {
        self.pc.home.root().join("authorities.pem")
    }

    /// TLS in front of the mirror, as the only mirror that the PC knows.
    fn front(&self, certificate: &Certificate) -> TlsFront {
        let front = TlsFront::before(self.mirror.port(), certificate).unwrap();
        self.pc.set_mirrors(&[&front.base(HERE)]);
        front
    }

    fn works(&self) {
        let called = self.pc.click();
        assert_eq!(called.code, 0, "{called:?}");
        assert_eq!(self.pc.modules().len(), 1);
    }

    fn ends_with(&self, problem: &str, why: &str) -> Called {
        self.judge(self.pc.click(), problem, why)
    }

    fn judge(&self, called: Called, problem: &str, why: &str) -> Called {
        assert_eq!((called.code, called.problem().as_deref()), (3, Some(problem)), "{why}: {called:?}");
        assert!(self.pc.placed().is_empty());
        called
    }

    /// A click while the PC's clock shows this time.
    fn click_at(&self, time: &str) -> Called {
        let helper = self.pc.helper(&["start", "--headless", "--json"]);
        let mut command = self.pc.home.command("faketime");
        command.args(["--exclude-monotonic", "-f", &format!("@{time}")]);
        command.arg(helper.get_program()).args(helper.get_args());
        Called::from(command.stdin(Stdio::null()).output().unwrap())
    }
}

#[test]
fn an_authority_in_the_systems_store_is_accepted() {
    flows::alone!();
    let world = world();
    let front = world.front(&world.authority.issue(&[HERE]).unwrap());
    world.works();
    assert!(front.handshakes().iter().all(|handshake| *handshake == Handshake::Accepted));

    // The same as a folder of authorities.
    world.pc.forget();
    let folder = world.pc.home.root().join("authorities");
    fs::create_dir(&folder).unwrap();
    fs::rename(world.store(), folder.join("hospital.crt")).unwrap();
    world.pc.home.set_env("SSL_CERT_FILE", "");
    world.pc.home.set_env("SSL_CERT_DIR", &folder);
    world.works();
    // It was the store that did it.
    world.pc.forget();
    fs::remove_file(folder.join("hospital.crt")).unwrap();
    fs::write(folder.join("other.crt"), Authority::new("Other CA").unwrap().pem()).unwrap();
    world.ends_with("N-16", "the store holds another authority");
}

#[test]
fn an_inspection_whose_authority_is_in_the_store_works() {
    flows::alone!();
    let world = world();
    // The proxy leads to a box that shows a certificate of its own for the mirror's name.
    let name = "mirror.edgenext.test";
    let inspection = TlsFront::before(world.mirror.port(), &world.authority.issue(&[name]).unwrap()).unwrap();
    let proxy = HttpProxy::start().unwrap();
    proxy.name(name, inspection.port());
    world.pc.set_mirrors(&[&format!("https://{name}/")]);
    world.pc.set_policy(format!("proxy = \"{}\"\n", proxy.base()));
    world.works();
    assert!(!inspection.handshakes().is_empty());

    world.pc.forget();
    fs::write(world.store(), Authority::new("Other CA").unwrap().pem()).unwrap();
    let called = world.ends_with("N-16", "inspection by an unknown authority");
    assert!(called.stderr.contains("CN=Hospital CA"), "IT must know whose inspection it is: {}", called.stderr);
}

#[test]
fn a_certificate_that_is_not_accepted_is_asked_once_and_the_next_mirror_helps() {
    flows::alone!();
    let world = world();
    let unknown = Authority::new("Unknown CA").unwrap();
    let (soon, hour) = (std::time::SystemTime::now(), std::time::Duration::from_secs(3_600));
    for (why, certificate) in [
        ("UnknownIssuer", unknown.issue(&[HERE]).unwrap()),
        ("expired", world.authority.issue_between(&[HERE], days_from_now(-90), days_from_now(-1)).unwrap()),
        ("not valid yet", world.authority.issue_between(&[HERE], soon + hour, days_from_now(90)).unwrap()),
        ("not valid for", world.authority.issue(&["other.example"]).unwrap()),
    ] {
        let front = world.front(&certificate);
        let called = world.ends_with("N-16", why);
        assert!(called.stderr.contains(why), "{why}: {}", called.stderr);
        assert!(called.stderr.contains(if why == "UnknownIssuer" { "CN=Unknown CA" } else { "CN=Hospital CA" }));
        assert!(!called.offers().iter().any(|offer| offer == "open-origin"), "SPEC A11: {:?}", called.offers());
        let handshakes = front.handshakes();
        assert!(matches!(handshakes[..], [Handshake::Refused(_)]), "{why}: not tried again at once: {handshakes:?}");

        let second = Mirror::serve(world.publisher.mirror()).unwrap();
        world.pc.set_mirrors(&[&front.base(HERE), &second.base()]);
        world.works();
        assert!(second.count("/metadata/*") > 0);
        world.pc.forget();
    }
    assert!(world.mirror.seen().is_empty(), "nothing was asked through a refused connection");
}

#[test]
fn a_clock_that_cannot_be_right_is_named_instead_of_the_certificate() {
    flows::alone!();
    if !flows::alone::can_mount() {
        return;
    }
    // `faketime` keeps a semaphore there by its process id, and in every namespace these begin at 1.
    flows::alone::mount_small(Path::new("/dev/shm"), 10_000_000);
    let world = world();
    let front = world.front(&world.authority.issue(&[HERE]).unwrap());
    for (time, problem) in [("1980-01-01 00:00:00", "N-18"), ("2099-01-01 00:00:00", "N-18")] {
        world.judge(world.click_at(time), problem, time);
    }
    assert_eq!(front.handshakes().len(), 2);
    // The right clock, and a certificate that others see as valid for the first time in a month: this PC is behind.
    let ahead = world.authority.issue_between(&[HERE], days_from_now(30), days_from_now(90)).unwrap();
    let _front = world.front(&ahead);
    world.ends_with("N-18", "a month ahead");
}

#[test]
fn whoever_speaks_without_tls_on_a_tls_port_is_a_sign_in_page() {
    flows::alone!();
    let world = world();
    let gateway = TcpListener::bind((HERE, 0)).unwrap();
    world.pc.set_mirrors(&[&format!("https://{}", gateway.local_addr().unwrap())]);
    // As web servers answer a handshake on a port for clear text. The thread ends with the test's process.
    thread::spawn(move || {
        for mut visitor in gateway.incoming().flatten() {
            let mut hello = [0; 4096];
            let _ = visitor.read(&mut hello);
            let _ =
                visitor.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\n\r\n<html>Sign in</html>");
        }
    });
    let called = world.ends_with("N-13", "clear text where a handshake belongs");
    assert!(called.stderr.contains("corrupt message"), "{}", called.stderr);
}

#[test]
fn a_pc_without_any_authority_refuses_certificates_and_nothing_else() {
    flows::alone!();
    let world = world();
    fs::write(world.store(), "").unwrap();
    let _front = world.front(&world.authority.issue(&[HERE]).unwrap());
    world.ends_with("N-16", "an empty store");
    world.pc.set_mirrors(&[&world.mirror.base()]);
    world.works();
}

#[test]
fn redirects_never_lose_tls_and_end() {
    flows::alone!();
    let world = world();
    let certificate = world.authority.issue(&[HERE]).unwrap();
    let _front = world.front(&certificate);
    let other = Mirror::serve(world.publisher.mirror()).unwrap();

    // To http: never, whoever says so.
    world.mirror.fault(
        "/metadata/timestamp.json",
        Fault::RedirectTo(other.url("/metadata/timestamp.json")),
        Times::Always,
    );
    let called = world.ends_with("N-17", "https to http");
    assert!(called.stderr.contains("redirect from https to http"), "{}", called.stderr);
    assert!(other.seen().is_empty());
    world.mirror.clear_faults();

    // In a circle: five times.
    let before = world.mirror.count("/metadata/timestamp.json");
    world.mirror.fault("/metadata/timestamp.json", Fault::RedirectLoop, Times::Always);
    world.ends_with("N-17", "a circle");
    assert_eq!(world.mirror.count("/metadata/timestamp.json") - before, 6, "one request and five redirects");
    world.mirror.clear_faults();

    // To another server with TLS: the signed hash decides.
    let elsewhere = TlsFront::before(other.port(), &certificate).unwrap();
    let target = format!("{}/metadata/timestamp.json", elsewhere.base(HERE));
    world.mirror.fault("/metadata/timestamp.json", Fault::RedirectTo(target), Times::Always);
    world.works();
    assert_eq!(other.count("/metadata/timestamp.json"), 1);
}
