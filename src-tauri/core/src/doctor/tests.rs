//! A table of networks, and what holds in all of them.

use super::*;
use proptest::prelude::*;

const NOW: i64 = 1_790_000_000;
const DAY: i64 = 86_400;

fn web(role: Role, address: &str, outcome: Outcome) -> Probe {
    let connected_ms = outcome.touched_network().then_some(12);
    let date = matches!(outcome, Outcome::Answered(Content::Expected)).then_some(NOW - 3);
    Probe { target: Target::new(role, Place::Web(address.into())), outcome, connected_ms, proxy: None, date }
}

fn expected() -> Outcome {
    Outcome::Answered(Content::Expected)
}

fn inspected() -> Outcome {
    Outcome::Certificate("CN=Hospital CA,O=Hospital".into(), Distrust::UnknownAuthority)
}

/// A PC whose mirror, origin, status page and ports (5938, 443, 80) were found so; the line is good.
fn pc(mirror: Outcome, origin: Outcome, status: Outcome, ports: [Outcome; 3]) -> Facts {
    let mut probes = vec![
        web(Role::Mirror, "https://mirror.example/m", mirror),
        web(Role::Origin, "https://get.example/x", origin),
        web(Role::StatusPage, STATUS_PAGE, status),
    ];
    for (port, outcome) in PORTS.into_iter().zip(ports) {
        let target = Target::new(Role::Router(port), Place::Port("router1.example".into(), port));
        probes.push(Probe { target, outcome, connected_ms: None, proxy: None, date: None });
    }
    let line = Line { round_trips: vec![30, 31, 33, 29, 30, 34], failures: 0 };
    Facts { interface_up: true, now: NOW, probes, line, ..Facts::default() }
}

fn well() -> Facts {
    pc(expected(), expected(), expected(), [Outcome::Open, Outcome::Open, Outcome::Open])
}

fn all(outcome: Outcome) -> Facts {
    let ports = [outcome.clone(), outcome.clone(), outcome.clone()];
    pc(outcome.clone(), outcome.clone(), outcome, ports)
}

/// The mirror so, and everything outside well.
fn mirror(outcome: Outcome) -> Facts {
    pc(outcome, expected(), expected(), [Outcome::Open, Outcome::Open, Outcome::Open])
}

fn with(mut facts: Facts, change: impl FnOnce(&mut Facts)) -> Facts {
    change(&mut facts);
    facts
}

fn through_proxy(facts: Facts) -> Facts {
    with(facts, |facts| {
        for probe in &mut facts.probes[..3] {
            probe.proxy = Some("http://proxy.hospital:3128".into());
        }
    })
}

const SILENT: Outcome = Outcome::NoConnection(NoConnection::TimedOut);
const REFUSED: Outcome = Outcome::NoConnection(NoConnection::Refused);
const LOST: [Outcome; 3] = [SILENT, SILENT, SILENT];

fn codes(facts: &Facts) -> Vec<&'static str> {
    let (root, further) = judge(facts);
    std::iter::once(root).chain(further).map(|verdict| verdict.cause.code()).collect()
}

#[test]
fn every_network_has_its_verdict() {
    let page = || Outcome::Answered(Content::Page);
    let sign_in = || Outcome::ProxySignIn(vec!["Negotiate".into()]);
    let folder = |there| {
        with(all(Outcome::NoAddress), |facts| {
            let target = Target::new(Role::Mirror, Place::Folder("/media/usb".into()));
            facts.probes[0] =
                Probe { target, outcome: Outcome::Folder(there), connected_ms: None, proxy: None, date: None };
        })
    };
    let script = |script, facts| with(facts, |facts| facts.script = script);
    let shifted = |facts, seconds| with(facts, |facts: &mut Facts| facts.now += seconds);
    let line = |round_trips: &[u32], failures| {
        let line = Line { round_trips: round_trips.to_vec(), failures };
        with(well(), |facts| facts.line = line)
    };
    let slow_to_connect = |late: &[u32], round_trips: &[u32]| {
        with(line(round_trips, 0), |facts| {
            for (probe, time) in facts.probes.iter_mut().skip(3).zip(late) {
                probe.connected_ms = Some(*time);
            }
        })
    };
    let clock_by_certificate = Outcome::Certificate("CN=Any".into(), Distrust::Clock);
    for (why, facts, expected_codes) in [
        ("everything", well(), vec!["all-good"]),
        ("no cable", with(all(Outcome::NoAddress), |facts| facts.interface_up = false), vec!["no-network"]),
        ("no cable, addresses", with(all(SILENT), |facts| facts.interface_up = false), vec!["no-network"]),
        // A system that cannot tell, or a way that no interface has: what is reached counts.
        ("no interface, and yet", with(well(), |facts| facts.interface_up = false), vec!["all-good"]),
        ("no names", all(Outcome::NoAddress), vec!["no-names"]),
        (
            "no names, mirror by number",
            with(all(Outcome::NoAddress), |facts| facts.probes[0].outcome = REFUSED),
            vec!["no-names"],
        ),
        ("nobody answers", all(SILENT), vec!["no-internet"]),
        ("everything is refused", all(REFUSED), vec!["no-internet"]),
        ("a gate", all(Outcome::Gate), vec!["sign-in-page"]),
        (
            "a gate with a page",
            pc(page(), expected(), page(), [Outcome::Open, SILENT, Outcome::Open]),
            vec!["sign-in-page"],
        ),
        (
            "a gate that leads away",
            with(all(SILENT), |facts| {
                facts.probes[0].outcome = Outcome::Answered(Content::Elsewhere("login.hospital".into()));
            }),
            vec!["sign-in-page"],
        ),
        (
            "511",
            with(all(SILENT), |facts| facts.probes[0].outcome = Outcome::Answered(Content::Status(511))),
            vec!["sign-in-page"],
        ),
        ("the mirror's own page", mirror(page()), vec!["mirror-blocked"]),
        ("the proxy asks", through_proxy(pc(sign_in(), sign_in(), sign_in(), LOST)), vec!["proxy-sign-in"]),
        (
            "no proxy",
            through_proxy(pc(Outcome::NoProxy, Outcome::NoProxy, Outcome::NoProxy, LOST)),
            vec!["proxy-unreachable"],
        ),
        (
            "the script's proxy is gone",
            script(
                Script::Followed("http://wpad/x.pac".into()),
                pc(Outcome::NoProxy, Outcome::NoProxy, Outcome::NoProxy, LOST),
            ),
            vec!["proxy-script"],
        ),
        (
            "a script that is not followed",
            script(Script::NotFollowed("http://wpad/x.pac".into()), all(SILENT)),
            vec!["proxy-script"],
        ),
        (
            "a script that nobody needs",
            script(Script::NotFollowed("http://wpad/x.pac".into()), well()),
            vec!["all-good"],
        ),
        ("inspection", pc(inspected(), inspected(), inspected(), LOST), vec!["inspection"]),
        (
            "inspection, TeamViewer exempted",
            with(well(), |facts| facts.probes[0].outcome = inspected()),
            vec!["inspection"],
        ),
        (
            "inspection of what no click needs",
            with(well(), |facts| facts.probes[1].outcome = inspected()),
            vec!["all-good"],
        ),
        ("a separated network", pc(expected(), SILENT, SILENT, LOST), vec!["separated-network"]),
        (
            "a separated network, no names",
            pc(expected(), Outcome::NoAddress, Outcome::NoAddress, LOST),
            vec!["separated-network"],
        ),
        ("a stick, no names", folder(true), vec!["separated-network"]),
        ("no stick, no names", folder(false), vec!["no-names"]),
        ("TeamViewer's ports alone", pc(expected(), expected(), expected(), LOST), vec!["teamviewer-blocked"]),
        (
            "TeamViewer, and the mirror by a filter",
            pc(SILENT, expected(), expected(), LOST),
            vec!["mirror-blocked", "teamviewer-blocked"],
        ),
        ("403", mirror(Outcome::Answered(Content::Status(403))), vec!["mirror-blocked"]),
        ("403 by the proxy", through_proxy(mirror(Outcome::ProxyRefused(403))), vec!["mirror-blocked"]),
        ("dropped", mirror(SILENT), vec!["mirror-blocked"]),
        ("reset in the handshake", mirror(Outcome::Cut), vec!["mirror-blocked"]),
        ("refused", mirror(REFUSED), vec!["mirror-down"]),
        ("no such name", mirror(Outcome::NoAddress), vec!["mirror-down"]),
        ("503", mirror(Outcome::Answered(Content::Status(503))), vec!["mirror-down"]),
        ("404", mirror(Outcome::Answered(Content::Status(404))), vec!["mirror-down"]),
        ("the hospital's own mirror", with(mirror(REFUSED), |facts| facts.own_mirrors = true), vec!["own-mirror-down"]),
        (
            "an expired certificate",
            mirror(Outcome::Certificate("CN=Any".into(), Distrust::Itself)),
            vec!["mirror-certificate"],
        ),
        ("the clock by its certificate", all(clock_by_certificate), vec!["wrong-clock"]),
        ("two days ahead", shifted(well(), 2 * DAY), vec!["wrong-clock"]),
        ("two days behind", shifted(well(), -2 * DAY), vec!["wrong-clock"]),
        ("hours ahead", shifted(well(), 20 * 3_600), vec!["all-good"]),
        (
            "one server's clock is wrong",
            with(well(), |facts| facts.probes[0].date = Some(NOW - 9 * DAY)),
            vec!["all-good"],
        ),
        (
            "port 443 is enough",
            pc(expected(), expected(), expected(), [SILENT, Outcome::Open, SILENT]),
            vec!["all-good"],
        ),
        ("port 80 alone", pc(expected(), expected(), expected(), [SILENT, REFUSED, Outcome::Open]), vec!["last-port"]),
        (
            "origin and status page blocked",
            pc(expected(), SILENT, SILENT, [Outcome::Open, SILENT, SILENT]),
            vec!["all-good"],
        ),
        ("slow", line(&[1_400, 1_500, 1_390, 1_500], 0), vec!["slow"]),
        ("far", line(&[250, 255, 250, 260], 0), vec!["all-good"]),
        ("requests lost", line(&[30, 30, 30, 30], 2), vec!["lossy"]),
        ("packets lost", line(&[30, 30, 290, 31, 30, 1_031], 0), vec!["lossy"]),
        ("one late in ten", line(&[30, 30, 30, 30, 30, 30, 30, 30, 30, 400], 0), vec!["all-good"]),
        ("first packets lost", slow_to_connect(&[1_054, 41, 1_053], &[40, 41, 40, 627, 40, 41]), vec!["lossy"]),
        ("one connection late", slow_to_connect(&[1_054, 41, 40], &[40; 11]), vec!["all-good"]),
        ("a far router", slow_to_connect(&[620, 640, 610], &[30, 31, 30, 29]), vec!["all-good"]),
        ("everything is far", slow_to_connect(&[1_300, 1_400, 1_300], &[900, 910, 905, 900]), vec!["all-good"]),
        ("slow because of losses", line(&[1_100, 1_200, 1_100, 4_000, 1_150], 1), vec!["lossy"]),
        ("all lost after the first answer", line(&[], 5), vec!["lossy"]),
        ("too few for losses", line(&[5_000, 5_000], 1), vec!["slow"]),
        ("too few to tell", line(&[5_000], 2), vec!["all-good"]),
    ] {
        assert_eq!(codes(&facts), expected_codes, "{why}");
    }
}

#[test]
fn sentences_name_who_is_meant() {
    let root = |facts: &Facts| judge(facts).0;
    let verdict = root(&pc(inspected(), inspected(), inspected(), LOST));
    assert_eq!(verdict.sentence, Text::plain(TextKey::DoctorInspection).with("authority", "Hospital CA"));
    assert_eq!((verdict.who_acts, verdict.lamp), (Some(WhoActs::HospitalIt), Lamp::Bad));
    let proxied = || Outcome::ProxySignIn(vec!["Negotiate".into(), "Basic".into()]);
    let facts = through_proxy(pc(proxied(), proxied(), proxied(), LOST));
    assert_eq!(root(&facts).sentence.args, [("proxy".to_owned(), "http://proxy.hospital:3128".to_owned())]);
    let mirror = root(&mirror(REFUSED));
    assert_eq!(mirror.sentence.args, [("host".to_owned(), "mirror.example".to_owned())]);
    assert_eq!(mirror.who_acts, Some(WhoActs::Vendor));
}

#[test]
fn names_are_read_out_of_distinguished_names() {
    for (name, common) in [
        ("CN=Hospital CA", "Hospital CA"),
        ("C=KR,O=병원,CN=병원 CA", "병원 CA"),
        (r"O=a\,CN=b,CN=Real\, Inc", "Real, Inc"),
        ("cn=x+OU=y", "x"),
        ("O=Box", "O=Box"),
        ("CN=", "CN="),
        ("", ""),
        ("CN", "CN"),
    ] {
        assert_eq!(common_name(name), common, "{name}");
    }
}

#[test]
fn a_host_is_neither_a_path_nor_a_user() {
    for (address, host) in [
        ("https://a.example/x/y?z", "a.example"),
        ("https://nurse:s3cret@a.example:8443/x", "a.example:8443"),
        ("http://[::1]:80/", "[::1]:80"),
        ("nonsense", "nonsense"),
    ] {
        assert_eq!(Target::new(Role::Mirror, Place::Web(address.into())).host(), host);
    }
}

#[test]
fn every_line_is_there_and_says_how_good_it_is() {
    let report = Report::of(&pc(expected(), SILENT, REFUSED, [SILENT, Outcome::Open, REFUSED]));
    let lines: Vec<_> = report.findings.iter().map(|line| (line.label.key, line.value.key, line.lamp)).collect();
    use TextKey as Key;
    assert_eq!(
        lines,
        [
            (Key::DoctorLabelNetwork, Key::DoctorConnected, Lamp::Good),
            (Key::DoctorLabelClock, Key::DoctorClockRight, Lamp::Good),
            (Key::DoctorLabelMirror, Key::DoctorReachedIn, Lamp::Good),
            (Key::DoctorLabelOrigin, Key::DoctorTimedOut, Lamp::Attention),
            (Key::DoctorLabelStatusPage, Key::DoctorRefused, Lamp::Attention),
            (Key::DoctorLabelPort, Key::DoctorTimedOut, Lamp::Attention),
            (Key::DoctorLabelPort, Key::DoctorReached, Lamp::Good),
            (Key::DoctorLabelPort, Key::DoctorRefused, Lamp::Attention),
            (Key::DoctorLabelLine, Key::DoctorRoundTrips, Lamp::Good),
        ]
    );
    assert!(report.is_good());
    let value = |facts: &Facts, key| {
        Report::of(facts).findings.into_iter().find(|line| line.label.key == key).map(|line| (line.value, line.lamp))
    };
    for (seconds, text, lamp) in [
        (200, Text::plain(Key::DoctorClockRight), Lamp::Good),
        (-3_661, Text::plain(Key::DoctorClockBehind).with("time", "1:00"), Lamp::Good),
        (7_500, Text::plain(Key::DoctorClockAhead).with("time", "2:05"), Lamp::Good),
        (3 * DAY, Text::plain(Key::DoctorClockDaysAhead).with("days", 3), Lamp::Bad),
        (-4 * DAY, Text::plain(Key::DoctorClockDaysBehind).with("days", 3), Lamp::Bad),
    ] {
        let facts = with(well(), |facts| facts.now += seconds);
        assert_eq!(value(&facts, Key::DoctorLabelClock), Some((text, lamp)), "{seconds}");
    }
    let environment = with(through_proxy(well()), |facts| {
        facts.proxy_source = ProxySource::Environment("https_proxy".into());
    });
    let (proxy, lamp) = value(&environment, Key::DoctorLabelProxy).unwrap();
    assert_eq!((proxy.key, lamp), (Key::DoctorProxyByEnvironment, Lamp::Good));
    let two = with(mirror(REFUSED), |facts| {
        facts.probes.push(web(Role::Mirror, "https://second.example", expected()));
    });
    assert_eq!(value(&two, Key::DoctorLabelMirror).unwrap().1, Lamp::Attention, "the second one is enough");
    assert!(Report::of(&two).is_good());
}

#[test]
fn every_code_is_its_own_and_in_small_letters() {
    let codes: std::collections::BTreeSet<_> = Cause::ALL.iter().map(|cause| cause.code()).collect();
    assert_eq!(codes.len(), Cause::ALL.len());
    for cause in Cause::ALL {
        assert!(cause.code().chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{cause:?}");
        assert_eq!(cause.who_acts().is_none(), *cause == Cause::AllGood, "{cause:?}");
        assert_eq!(cause.lamp() == Lamp::Good, *cause == Cause::AllGood, "{cause:?}");
    }
}

fn any_outcome() -> impl Strategy<Value = Outcome> {
    let distrust = prop_oneof![Just(Distrust::UnknownAuthority), Just(Distrust::Clock), Just(Distrust::Itself)];
    let none = prop_oneof![Just(NoConnection::Refused), Just(NoConnection::TimedOut), Just(NoConnection::NoRoute)];
    prop_oneof![
        Just(Outcome::NoAddress),
        none.prop_map(Outcome::NoConnection),
        Just(Outcome::NoProxy),
        Just(Outcome::ProxySignIn(Vec::new())),
        (400u16..600).prop_map(Outcome::ProxyRefused),
        Just(Outcome::Gate),
        distrust.prop_map(|distrust| Outcome::Certificate("CN=Box".into(), distrust)),
        Just(Outcome::Cut),
        Just(Outcome::Answered(Content::Expected)),
        Just(Outcome::Answered(Content::Page)),
        Just(Outcome::Answered(Content::Elsewhere("login".into()))),
        (300u16..600).prop_map(|status| Outcome::Answered(Content::Status(status))),
        Just(Outcome::Answered(Content::Nonsense)),
        Just(Outcome::Open),
        any::<bool>().prop_map(Outcome::Folder),
    ]
}

fn any_facts() -> impl Strategy<Value = Facts> {
    let role = prop_oneof![
        Just(Role::Mirror),
        Just(Role::Origin),
        Just(Role::StatusPage),
        Just(Role::Router(5938)),
        Just(Role::Router(443)),
        Just(Role::Router(80))
    ];
    let date = prop_oneof![Just(None), Just(Some(NOW)), Just(Some(NOW - 5 * DAY)), any::<i64>().prop_map(Some)];
    let probe = (role, any_outcome(), date, any::<bool>()).prop_map(|(role, outcome, date, proxied)| Probe {
        date,
        proxy: proxied.then(|| "http://p:1".to_owned()),
        ..web(role, "https://a.example", outcome)
    });
    let script =
        prop_oneof![Just(Script::None), Just(Script::Followed("x".into())), Just(Script::NotFollowed("x".into()))];
    let line = (proptest::collection::vec(any::<u32>(), 0..12), 0u32..6)
        .prop_map(|(round_trips, failures)| Line { round_trips, failures });
    (any::<bool>(), script, any::<bool>(), proptest::collection::vec(probe, 0..9), line).prop_map(
        |(interface_up, script, own_mirrors, probes, line)| Facts {
            interface_up,
            now: NOW,
            proxy_source: ProxySource::System,
            script,
            own_mirrors,
            probes,
            line,
        },
    )
}

proptest! {
    #[test]
    fn one_root_cause_and_all_good_only_if_a_click_would_work(facts in any_facts()) {
        let report = Report::of(&facts);
        let roles = |test: &dyn Fn(Role) -> bool| {
            facts.probes.iter().any(|probe| test(probe.target.role) && probe.outcome.is_well())
        };
        let works = roles(&|role| role == Role::Mirror) && roles(&|role| matches!(role, Role::Router(_)));
        if report.is_good() {
            prop_assert!(works);
            prop_assert!(report.further.is_empty());
        }
        // What works is at most worth attention, but for a clock by which nothing signed can be judged.
        if works && report.root.cause != Cause::WrongClock {
            prop_assert!(report.root.lamp != Lamp::Bad);
        }
        if !works {
            prop_assert!(report.root.lamp == Lamp::Bad);
        }
        let mut causes: Vec<_> = report.further.iter().map(|verdict| verdict.cause).collect();
        causes.push(report.root.cause);
        prop_assert!(!report.further.iter().any(|verdict| verdict.cause == Cause::AllGood));
        causes.sort_unstable();
        let all = causes.len();
        causes.dedup();
        prop_assert_eq!(causes.len(), all);
        // Nothing is promised that is not filled in.
        for verdict in report.further.iter().chain([&report.root]) {
            prop_assert_eq!(&verdict.sentence.args, &verdict.action.args);
        }
    }
}
