//! The network doctor against networks that are broken in one way each (SPEC H1): the real program, its words and its exit code.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A broken world ends the test here.

use flows::LONG;
use flows::network::{HERE, NOWHERE, Network, closed};
use helper_core::doctor::{Content, Outcome, Place, ProxySource, Role, Target};
use helper_core::policy::Proxy;
use helper_machine::doctor::{Order, examine};
use helper_machine::fetch::Cancel;
use helper_machine::transport::block_on;
use helper_world::{Authority, Fault, HttpProxy, Mirror, ProxyAnswer, Times, TlsFront, days_from_now, wait_until};
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

#[test]
fn everything_well_is_said_so() {
    flows::alone!();
    let world = Network::well();
    let seen = world.finds("all-good", "nothing is wrong");
    assert!(seen.who().is_null());
    assert!(seen.line("파일 서버").starts_with("연결됨"), "{seen:?}");
    assert!(seen.line("회선 상태").starts_with("요청 11, 실패 0"), "{}", seen.line("회선 상태"));
    assert!(seen.took < Duration::from_secs(5), "nothing is waited for: {:?}", seen.took);
    // For people: the sentence first, then what to do, then the lines.
    let told = world.pc.call(&["--language", "en", "doctor"]);
    assert_eq!(told.code, 0);
    assert!(
        told.stdout.starts_with("Everything that remote support needs can be reached.\n-> You can start"),
        "{told:?}"
    );
    assert_eq!(told.stdout.lines().filter(|line| line.starts_with("+ ")).count(), 8, "{}", told.stdout);
    assert!(world.mirror.seen().iter().all(|seen| seen.method == "GET" && seen.path == "/metadata/timestamp.json"));
}

#[test]
fn names_without_an_address() {
    flows::alone!();
    let world = Network::well();
    world.pc.set_mirrors(&[&format!("https://{NOWHERE}/")]);
    world.outside_nameless();
    let seen = world.finds("no-names", "no name has an address");
    assert_eq!(seen.who(), "hospital-it");
    // The mirror's name alone.
    world.outside(&world.teamviewer.base(), &world.ports());
    let seen = world.finds("mirror-down", "the mirror's name alone");
    assert!(seen.sentence().contains(NOWHERE), "{seen:?}");
}

#[test]
fn ports_that_refuse() {
    flows::alone!();
    let world = Network::well();
    let nobody = closed();
    world.pc.set_mirrors(&[&format!("http://{nobody}/")]);
    let seen = world.finds("mirror-down", "the mirror refuses");
    assert_eq!((seen.who().as_str(), seen.line("파일 서버")), (Some("vendor"), "연결이 거부됨"));
    assert!(seen.said["root"]["call"].as_str().unwrap().contains("070-7488-3982"), "{seen:?}");
    // The same when IT chose it.
    world.pc.set_policy(format!("mirrors = [\"http://{nobody}/\"]\n"));
    assert_eq!(world.finds("own-mirror-down", "the hospital's own").who(), "hospital-it");
    // A second one is enough.
    world.pc.set_policy(format!("mirrors = [\"http://{nobody}/\", \"{}\"]\n", world.mirror.base()));
    world.finds("all-good", "a second mirror");

    let refused = [closed(), closed(), closed()];
    world.outside(&world.teamviewer.base(), &refused);
    world.finds("teamviewer-blocked", "every port of TeamViewer");
    let [best, second, last] = world.ports();
    world.outside(&world.teamviewer.base(), &[closed(), closed(), last]);
    let seen = world.finds("last-port", "80 alone");
    assert_eq!(seen.line("TeamViewer 포트 5938"), "연결이 거부됨");
    world.outside(&world.teamviewer.base(), &[closed(), second, closed()]);
    world.finds("all-good", "443 alone");
    // What no click needs.
    world.teamviewer.down().unwrap();
    world.outside(&world.teamviewer.base(), &[best, closed(), closed()]);
    let seen = world.finds("all-good", "neither origin nor status page");
    assert_eq!(seen.line("TeamViewer 상태 페이지"), "연결이 거부됨");
}

#[test]
fn sign_in_pages() {
    flows::alone!();
    let world = Network::well();
    let gate = |fault: Fault| {
        world.mirror.clear_faults();
        world.teamviewer.clear_faults();
        world.mirror.fault("*", fault.clone(), Times::Always);
        world.teamviewer.fault("*", fault, Times::Always);
    };
    gate(Fault::Html);
    assert_eq!(world.finds("sign-in-page", "a page").who(), "you");
    // Another host: by another name for the same place.
    let page = Mirror::serve(world.pages.path()).unwrap();
    let login = page.url("module").replace(HERE, "localhost");
    gate(Fault::RedirectTo(login));
    let seen = world.finds("sign-in-page", "302 to another host");
    assert_eq!(seen.line("파일 서버"), "다른 곳으로 보냄: localhost");
    gate(Fault::status(511));
    world.finds("sign-in-page", "511");

    // Clear text on TLS ports, as gateways answer there. The thread ends with the test's process.
    let gateway = TcpListener::bind((HERE, 0)).unwrap();
    let address = gateway.local_addr().unwrap();
    thread::spawn(move || {
        for mut visitor in gateway.incoming().flatten() {
            let _ = visitor.read(&mut [0; 4096]);
            let _ =
                visitor.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\n\r\n<html>Sign in</html>");
        }
    });
    world.pc.set_mirrors(&[&format!("https://{address}")]);
    world.outside(&format!("https://{address}"), &world.ports());
    world.finds("sign-in-page", "clear text where a handshake belongs");

    // Behind no gate: the mirror's own page is somebody's filter, and a mirror that is kept elsewhere is one.
    world.pc.set_mirrors(&[&world.mirror.base()]);
    world.outside(&world.teamviewer.base(), &world.ports());
    world.teamviewer.clear_faults();
    world.mirror.clear_faults();
    world.mirror.fault("*", Fault::Html, Times::Always);
    world.finds("mirror-blocked", "the mirror alone shows a page");
    let kept = Mirror::serve(world.mirror.root()).unwrap();
    world.mirror.clear_faults();
    let there = kept.url("metadata/timestamp.json").replace(HERE, "localhost");
    world.mirror.fault("*", Fault::RedirectTo(there), Times::Always);
    world.finds("all-good", "a mirror that is kept elsewhere");
}

#[test]
fn proxies() {
    flows::alone!();
    let world = Network::well();
    let proxy = HttpProxy::start().unwrap();
    world.pc.set_policy(format!("proxy = \"{}\"\n", proxy.base()));
    let refused = [closed(), closed(), closed()];
    let authority = Authority::new("Hospital CA").unwrap();
    world.trust(&authority);
    let front = TlsFront::before(world.mirror.port(), &authority.issue(&[NOWHERE]).unwrap()).unwrap();
    proxy.name(NOWHERE, front.port());
    for mirror in [format!("https://{NOWHERE}/"), world.mirror.base()] {
        world.pc.set_mirrors(&[&mirror]);
        world.outside(&world.teamviewer.base(), &world.ports());
        proxy.answer(ProxyAnswer::Pass);
        let seen = world.finds("all-good", "a proxy that works");
        assert!(seen.line("프록시").ends_with("(정책)"), "{seen:?}");

        world.outside(&world.teamviewer.base(), &refused);
        proxy.answer(ProxyAnswer::sign_in(&["Negotiate", "Basic realm=\"ward 3\""]));
        let seen = world.finds("proxy-sign-in", "407");
        assert!(seen.sentence().contains(&proxy.base()), "{seen:?}");
        assert_eq!(seen.line("파일 서버"), "프록시가 로그인을 요구함(Negotiate, Basic)");
        assert!(!seen.said.to_string().contains("ward 3"));

        world.outside(&world.teamviewer.base(), &world.ports());
        proxy.answer(ProxyAnswer::status(403));
        world.finds("mirror-blocked", "403 by the proxy");
    }
    assert!(!proxy.was_given_credentials());

    // TeamViewer's second port through the proxy, when nothing goes straight.
    proxy.answer(ProxyAnswer::Pass);
    proxy.name("router1.teamviewer.invalid", world.routers[1].local_addr().unwrap().port());
    let nameless = [closed(), "router1.teamviewer.invalid:443".into(), closed()];
    world.outside(&world.teamviewer.base(), &nameless);
    world.finds("all-good", "TeamViewer through the proxy");

    // The environment's proxy, where nobody is.
    world.pc.set_policy("proxy = \"system\"\n");
    fs::remove_file(world.pc.policy_file()).unwrap();
    let nobody = closed();
    for variable in ["http_proxy", "https_proxy"] {
        world.pc.home.set_env(variable, format!("http://nurse:s3cret@{nobody}"));
    }
    let seen = world.finds("proxy-unreachable", "no proxy");
    assert!(seen.line("프록시").contains("환경 변수"), "{seen:?}");
    assert!(!format!("{seen:?}").contains("s3cret"));
}

#[test]
fn a_script_that_cannot_be_followed() {
    flows::alone!();
    if !flows::alone::can_mount() {
        return;
    }
    let world = Network::well();
    // The desktop's settings say: a script. Linux itself has nothing that runs one.
    let folder = world.pc.home.root().join("bin");
    fs::create_dir(&folder).unwrap();
    let gsettings = folder.join("gsettings");
    let script =
        "#!/bin/sh\ncase $3 in mode) echo \"'auto'\";; *) echo \"'http://wpad.hospital.test/proxy.pac'\";; esac\n";
    fs::write(&gsettings, script).unwrap();
    assert!(Command::new("chmod").arg("755").arg(&gsettings).status().unwrap().success());
    let place = Path::new("/usr/bin/gsettings");
    if !place.exists() {
        eprintln!("SKIPPED: there is no gsettings on this machine to stand in for");
        return;
    }
    assert!(Command::new("mount").arg("--bind").arg(&gsettings).arg(place).status().unwrap().success());
    world.finds("all-good", "nobody needs the script");
    world.pc.set_mirrors(&[&format!("https://{NOWHERE}/")]);
    world.outside_nameless();
    let seen = world.finds("proxy-script", "nothing goes straight");
    assert!(seen.sentence().contains("http://wpad.hospital.test/proxy.pac"), "{seen:?}");
}

#[test]
fn inspection_is_named_and_never_accepted() {
    flows::alone!();
    let world = Network::well();
    let (trusted, box_in_between) = (Authority::new("Trusted CA").unwrap(), Authority::new("병원 검사 CA").unwrap());
    world.trust(&trusted);
    let front = TlsFront::before(world.mirror.port(), &box_in_between.issue(&[HERE]).unwrap()).unwrap();
    world.pc.set_mirrors(&[&front.base(HERE)]);
    let seen = world.finds("inspection", "an authority that the PC does not trust");
    assert!(seen.sentence().contains("병원 검사 CA가"), "{seen:?}");
    assert_eq!(seen.who(), "hospital-it");
    assert!(world.mirror.seen().is_empty(), "nothing was asked through a refused connection");

    world.trust(&box_in_between);
    world.finds("all-good", "IT installed it");

    let old = box_in_between.issue_between(&[HERE], days_from_now(-90), days_from_now(-1)).unwrap();
    let front = TlsFront::before(world.mirror.port(), &old).unwrap();
    world.pc.set_mirrors(&[&front.base(HERE)]);
    assert_eq!(world.finds("mirror-certificate", "expired").who(), "vendor");
    let ahead = box_in_between.issue_between(&[HERE], days_from_now(30), days_from_now(90)).unwrap();
    let front = TlsFront::before(world.mirror.port(), &ahead).unwrap();
    world.pc.set_mirrors(&[&front.base(HERE)]);
    world.teamviewer.fault("*", Fault::status(500), Times::Always);
    world.finds("wrong-clock", "valid in a month for the first time");
}

#[test]
fn a_clock_that_is_days_off_is_told_by_the_answers() {
    flows::alone!();
    let world = Network::well();
    let tell = |mirror: &str, outside: &str| {
        for (server, date) in [(&world.mirror, mirror), (&world.teamviewer, outside)] {
            server.clear_faults();
            let headers =
                vec![("Date".to_owned(), date.to_owned()), ("Content-Type".to_owned(), "text/plain".to_owned())];
            server.fault("*", Fault::Status(200, headers, b"{}".to_vec()), Times::Always);
        }
    };
    let now = jiff::Timestamp::now();
    let date = |hours: i64| {
        let then = now + jiff::SignedDuration::from_hours(hours);
        then.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
    };
    tell(&date(0), &date(0));
    assert_eq!(world.finds("all-good", "the right time").line("컴퓨터 시계"), "맞음");
    tell(&date(73), &date(73));
    let seen = world.finds("wrong-clock", "three days behind");
    assert_eq!(seen.who(), "you");
    assert_eq!(seen.line("컴퓨터 시계"), "실제보다 3일 느림");
    tell(&date(-72), &date(-72));
    world.finds("wrong-clock", "three days ahead");
    tell(&date(72), &date(0));
    world.finds("all-good", "the mirror's clock is wrong, not the PC's");
    tell(&date(-20), &date(-20));
    world.finds("all-good", "within a day");
}

#[test]
fn separated_networks() {
    flows::alone!();
    let world = Network::well();
    world.outside_nameless();
    let seen = world.finds("separated-network", "the hospital's mirror and nothing outside");
    assert_eq!(seen.who(), "hospital-it");
    assert!(seen.sentence().contains("담당자가 연결할 수 없어요"), "{seen:?}");
    // The same with a share instead of a web server.
    world.pc.set_mirrors(&[world.mirror.root().to_str().unwrap()]);
    let seen = world.finds("separated-network", "a folder and nothing outside");
    assert_eq!(seen.line("파일 서버"), "연결됨");
    world.outside(&world.teamviewer.base(), &world.ports());
    let seen = world.finds("all-good", "a folder, and TeamViewer");
    assert!(seen.line("회선 상태").starts_with("요청 11"), "measured to the status page: {seen:?}");
    world.pc.set_mirrors(&["/nowhere/at/all"]);
    world.finds("mirror-down", "the folder is gone");
}

#[test]
fn a_server_that_never_answers_holds_nothing_up() {
    flows::alone!();
    let world = Network::well();
    world.mirror.fault("*", Fault::Delay(Duration::from_secs(60)), Times::Always);
    let seen = world.finds("mirror-blocked", "silence after the connection");
    assert!(seen.took > Duration::from_secs(10), "it was waited for: {:?}", seen.took);
    assert_eq!(seen.line("파일 서버"), "연결이 도중에 끊김");
}

#[test]
fn an_examination_ends_when_it_is_cancelled_and_when_its_time_is_up() {
    let folder = tempfile::tempdir().unwrap();
    let mirror = Mirror::serve(folder.path()).unwrap();
    mirror.fault("*", Fault::Delay(Duration::from_secs(60)), Times::Always);
    let order = |limit| Order {
        targets: vec![Target::new(Role::Mirror, Place::Web(mirror.base()))],
        proxy: Proxy::None,
        proxy_source: ProxySource::Policy,
        own_mirrors: false,
        limit,
    };
    let begun = Instant::now();
    let (_held, cancelled) = Cancel::new();
    let facts = block_on(examine(order(Duration::from_secs(1)), cancelled)).unwrap().unwrap().unwrap();
    assert_eq!(facts.probes[0].outcome, Outcome::Cut);
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());

    let begun = Instant::now();
    let (cancel, cancelled) = Cancel::new();
    let asked = mirror.seen().len();
    let facts = thread::scope(|scope| {
        scope.spawn(|| {
            // In the middle of it.
            wait_until(LONG, "the request", || (mirror.seen().len() > asked).then_some(())).unwrap();
            cancel.cancel();
        });
        block_on(examine(order(LONG), cancelled)).unwrap().unwrap()
    });
    assert!(facts.is_none());
    assert!(begun.elapsed() < LONG / 2, "{:?}", begun.elapsed());

    // Nothing but metadata is taken for a mirror.
    mirror.clear_faults();
    fs::create_dir(folder.path().join("metadata")).unwrap();
    for (text, content) in [("{}", Content::Expected), ("PK", Content::Nonsense), (" \n<p>", Content::Page)] {
        fs::write(folder.path().join("metadata/timestamp.json"), text).unwrap();
        let (_held, cancelled) = Cancel::new();
        let facts = block_on(examine(order(LONG), cancelled)).unwrap().unwrap().unwrap();
        assert_eq!(facts.probes[0].outcome, Outcome::Answered(content), "{text:?}");
    }
}
