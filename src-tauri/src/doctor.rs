//! `support-helper doctor`: the network examined, for a person at the terminal and for the window (SPEC H1).

use crate::setup;
use crate::words::Words;
use helper_core::brand::Brand;
use helper_core::doctor::{self, Finding, Lamp, Place, ProxySource, Report, Role, Target, Verdict};
use helper_core::policy::{Effective, Source};
use helper_core::problem::WhoActs;
use helper_core::text::{Text, TextKey};
use helper_machine::doctor::{LIMIT, Order};
use helper_machine::fetch::{Cancel, Cancelled};
use helper_machine::mirror::{Mirror, mirrors_of};
use helper_machine::transport::{TransportError, block_on};
use serde::Serialize;
use std::io::{self, Write};

/// Examines the network to its end. Blocks, about twelve seconds at most.
///
/// # Errors
/// [`TransportError`] when nothing can be run at all.
pub fn examine(brand: &Brand, policy: &Effective) -> Result<Report, TransportError> {
    // Held to the end: nobody stops it.
    let (_held, cancelled) = Cancel::new();
    let report = examine_until(brand, policy, cancelled)?;
    Ok(report.unwrap_or_else(|| Report::of(&doctor::Facts::default())))
}

/// Examines the network; `None` when it was cancelled. Blocks, about twelve seconds at most.
///
/// # Errors
/// [`TransportError`] when nothing can be run at all.
pub fn examine_until(
    brand: &Brand,
    policy: &Effective,
    cancelled: Cancelled,
) -> Result<Option<Report>, TransportError> {
    let order = order(brand, policy);
    let facts = block_on(helper_machine::doctor::examine(order, cancelled))??;
    Ok(facts.map(|facts| Report::of(&facts)))
}

fn order(brand: &Brand, policy: &Effective) -> Order {
    let mut targets: Vec<Target> = mirrors_of(policy.mirrors.value.iter().map(String::as_str))
        .into_iter()
        .map(|mirror| match mirror {
            Mirror::Http(address) => Place::Web(address),
            Mirror::Folder(folder) => Place::Folder(folder.display().to_string()),
        })
        .map(|place| Target::new(Role::Mirror, place))
        .collect();
    targets.extend(outside(brand));
    Order {
        targets,
        proxy: policy.proxy.value.clone(),
        proxy_source: match &policy.proxy.source {
            Source::Policy(_) => ProxySource::Policy,
            Source::Environment(variable) => ProxySource::Environment(variable.clone()),
            Source::CommandLine | Source::Person | Source::System | Source::BuiltIn => ProxySource::System,
        },
        own_mirrors: policy.mirrors.source.is_locked(),
        limit: LIMIT,
    }
}

/// What belongs to TeamViewer.
fn outside(brand: &Brand) -> Vec<Target> {
    #[cfg(feature = "rehearsal")]
    if let Some(targets) = rehearsed() {
        return targets;
    }
    let web = |role, address: &str| Target::new(role, Place::Web(address.to_owned()));
    let mut targets = vec![web(Role::Origin, &brand.origin), web(Role::StatusPage, doctor::STATUS_PAGE)];
    for port in doctor::PORTS {
        targets.extend(doctor::ROUTERS.map(|host| Target::new(Role::Router(port), Place::Port(host.to_owned(), port))));
    }
    targets
}

/// Rehearsals have a TeamViewer of their own: lines `origin <address>`, `status <address>`, `router <port> <host>:<real port>` in the file
/// `outside` of the brand's folder.
#[cfg(feature = "rehearsal")]
fn rehearsed() -> Option<Vec<Target>> {
    let folder = std::env::var_os("SUPPORT_HELPER_BRAND_DIR")?;
    let text = std::fs::read_to_string(std::path::Path::new(&folder).join("outside")).ok()?;
    let target = |line: &str| {
        let mut words = line.split_whitespace();
        let web = |role, address: &str| Target::new(role, Place::Web(address.to_owned()));
        match (words.next()?, words.next()?, words.next()) {
            ("origin", address, None) => Some(web(Role::Origin, address)),
            ("status", address, None) => Some(web(Role::StatusPage, address)),
            ("router", port, Some(place)) => {
                let (host, real) = place.rsplit_once(':')?;
                Some(Target::new(Role::Router(port.parse().ok()?), Place::Port(host.to_owned(), real.parse().ok()?)))
            }
            _ => None,
        }
    };
    Some(text.lines().filter_map(target).collect())
}

/// A verdict in one language.
#[derive(Debug, Serialize)]
struct ShownVerdict {
    code: &'static str,
    lamp: Lamp,
    who_acts: Option<WhoActs>,
    sentence: String,
    action: String,
    /// Whom to call, when it is the vendor who must act.
    call: Option<String>,
}

impl ShownVerdict {
    fn of(verdict: &Verdict, words: &Words, phone: &str) -> Self {
        let call = || words.say(&Text::plain(TextKey::CallPhone).with("phone", phone));
        Self {
            code: verdict.cause.code(),
            lamp: verdict.lamp,
            who_acts: verdict.who_acts,
            sentence: words.say(&verdict.sentence),
            action: words.say(&verdict.action),
            call: (verdict.who_acts == Some(WhoActs::Vendor)).then(call),
        }
    }
}

/// A line in one language.
#[derive(Debug, Serialize)]
struct ShownFinding {
    lamp: Lamp,
    label: String,
    value: String,
}

impl ShownFinding {
    fn of(finding: &Finding, words: &Words) -> Self {
        Self { lamp: finding.lamp, label: words.say(&finding.label), value: words.say(&finding.value) }
    }
}

/// Everything that `doctor` says.
#[derive(Debug, Serialize)]
struct Shown {
    root: ShownVerdict,
    further: Vec<ShownVerdict>,
    findings: Vec<ShownFinding>,
}

impl Shown {
    fn of(report: &Report, words: &Words, phone: &str) -> Self {
        Self {
            root: ShownVerdict::of(&report.root, words, phone),
            further: report.further.iter().map(|verdict| ShownVerdict::of(verdict, words, phone)).collect(),
            findings: report.findings.iter().map(|finding| ShownFinding::of(finding, words)).collect(),
        }
    }
}

/// Examines and writes: the root cause, what to do, who must act, then one line for everything that was looked at. Is all well?
///
/// # Errors
/// Whatever `out` or the examination says.
pub fn show(
    brand: &Brand,
    policy: &Effective,
    words: &Words,
    json: bool,
    out: &mut dyn Write,
) -> Result<bool, Box<dyn std::error::Error>> {
    let report = examine(brand, policy)?;
    let shown = Shown::of(&report, words, &setup::phone(brand, words.language()));
    if json {
        serde_json::to_writer(&mut *out, &shown)?;
        writeln!(out)?;
    } else {
        write(&shown, words, out)?;
    }
    Ok(report.is_good())
}

fn write(shown: &Shown, words: &Words, out: &mut dyn Write) -> io::Result<()> {
    for verdict in std::iter::once(&shown.root).chain(&shown.further) {
        writeln!(out, "{}", verdict.sentence)?;
        writeln!(out, "-> {}", verdict.action)?;
        if let Some(who) = verdict.who_acts {
            writeln!(out, "   {} [{}]", words.label(who_acts(who)), verdict.code)?;
        }
        if let Some(call) = &verdict.call {
            writeln!(out, "   {call}")?;
        }
        writeln!(out)?;
    }
    for finding in &shown.findings {
        let mark = match finding.lamp {
            Lamp::Good => "+",
            Lamp::Attention => "!",
            Lamp::Bad => "x",
        };
        writeln!(out, "{mark} {}: {}", finding.label, finding.value)?;
    }
    Ok(())
}

const fn who_acts(who: WhoActs) -> TextKey {
    match who {
        WhoActs::You => TextKey::ActsYou,
        WhoActs::HospitalIt => TextKey::ActsIt,
        WhoActs::Vendor => TextKey::ActsVendor,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;
    use helper_core::doctor::{Content, Distrust, Facts, Outcome, Probe, Script};

    fn probe(role: Role, outcome: Outcome) -> Probe {
        let target = Target::new(role, Place::Web("https://mirror.example/m".into()));
        let proxy = Some("http://proxy.example:3128".to_owned());
        Probe { target, outcome, connected_ms: Some(10), proxy, date: Some(0) }
    }

    #[test]
    fn every_placeholder_of_every_outcome_is_filled_in() {
        let outcomes = [
            Outcome::NoAddress,
            Outcome::NoProxy,
            Outcome::ProxySignIn(vec!["Negotiate".into()]),
            Outcome::ProxySignIn(Vec::new()),
            Outcome::ProxyRefused(403),
            Outcome::Gate,
            Outcome::Certificate("CN=Box".into(), Distrust::UnknownAuthority),
            Outcome::Certificate("CN=Box".into(), Distrust::Itself),
            Outcome::Cut,
            Outcome::Answered(Content::Expected),
            Outcome::Answered(Content::Elsewhere("login.example".into())),
            Outcome::Answered(Content::Status(500)),
            Outcome::Folder(false),
        ];
        for language in Language::ALL {
            let words = Words::of(language);
            for outcome in &outcomes {
                for (now, script) in [
                    (0, Script::None),
                    (90_000, Script::NotFollowed("http://wpad.example/x.pac".into())),
                    (-7_200, Script::Followed("http://wpad.example/x.pac".into())),
                ] {
                    let status = probe(Role::StatusPage, Outcome::Answered(Content::Expected));
                    for probes in [
                        vec![probe(Role::Mirror, outcome.clone())],
                        vec![probe(Role::Mirror, outcome.clone()), status, probe(Role::Router(443), Outcome::Open)],
                    ] {
                        let facts =
                            Facts { interface_up: true, now, script: script.clone(), probes, ..Facts::default() };
                        let mut out = Vec::new();
                        write(&Shown::of(&Report::of(&facts), &words, "070"), &words, &mut out).unwrap();
                        let text = String::from_utf8(out).unwrap();
                        assert!(!text.contains('{') && !text.contains("doctor."), "{text}");
                    }
                }
            }
        }
    }

    #[test]
    fn no_sentence_is_filled_in_with_nothing() {
        let words = Words::of(Language::Ko);
        let refused = probe(Role::Mirror, Outcome::Cut);
        let facts = Facts { interface_up: true, probes: vec![refused], ..Facts::default() };
        let shown = Shown::of(&Report::of(&facts), &words, "070");
        assert!(shown.root.sentence.contains("mirror.example"), "{}", shown.root.sentence);
    }
}
