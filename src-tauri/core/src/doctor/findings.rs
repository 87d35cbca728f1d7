//! What was looked at, line by line, for whoever wants to know more.

use super::judge::{clock_difference, clock_lamp, median};
use super::{
    Cause, Content, Facts, Finding, Lamp, NoConnection, Outcome, PORTS, Probe, ProxySource, Role, Script, common_name,
    judge,
};
use crate::text::{Text, TextKey};

/// The lines in the order of a connection: this PC, the way, the mirrors, TeamViewer, and how good the line is.
pub(super) fn of(facts: &Facts) -> Vec<Finding> {
    let mut findings = vec![interface(facts)];
    findings.extend(clock_difference(facts).map(clock));
    findings.extend(proxy(facts));
    findings.extend(script(facts));
    let mirror_answers = facts.probes.iter().any(|probe| probe.target.role == Role::Mirror && probe.outcome.is_well());
    for probe in &facts.probes {
        let label = match probe.target.role {
            Role::Mirror => TextKey::DoctorLabelMirror,
            Role::Origin => TextKey::DoctorLabelOrigin,
            Role::StatusPage => TextKey::DoctorLabelStatusPage,
            Role::Router(_) => continue,
        };
        // One mirror is enough, and a click needs neither the origin nor the status page.
        let lamp = match (probe.outcome.is_well(), probe.target.role) {
            (true, _) => Lamp::Good,
            (false, Role::Mirror) if !mirror_answers => Lamp::Bad,
            (false, _) => Lamp::Attention,
        };
        let label = Text::plain(label).with("host", probe.target.host());
        findings.push(Finding { label, value: outcome(probe), lamp });
    }
    let routers = |port| facts.probes.iter().filter(move |probe| probe.target.role == Role::Router(port));
    let any_port = PORTS.iter().any(|port| routers(*port).any(|probe| probe.outcome.is_well()));
    for port in PORTS {
        // The best of them stands for all: one is enough.
        let Some(best) = routers(port).max_by_key(|probe| (probe.outcome.is_well(), probe.outcome.touched_network()))
        else {
            continue;
        };
        let lamp = match (best.outcome.is_well(), any_port) {
            (true, _) => Lamp::Good,
            (false, true) => Lamp::Attention,
            (false, false) => Lamp::Bad,
        };
        findings.push(Finding {
            label: Text::plain(TextKey::DoctorLabelPort).with("port", port).with("host", best.target.host()),
            value: outcome(best),
            lamp,
        });
    }
    findings.extend(line(facts));
    findings
}

fn interface(facts: &Facts) -> Finding {
    let (key, lamp) = match facts.interface_up {
        true => (TextKey::DoctorConnected, Lamp::Good),
        false => (TextKey::DoctorNotConnected, Lamp::Bad),
    };
    Finding { label: Text::plain(TextKey::DoctorLabelNetwork), value: Text::plain(key), lamp }
}

fn clock(difference: i64) -> Finding {
    let (ahead, minutes) = (difference > 0, difference.unsigned_abs() / 60);
    let (days, hours, minutes) = (minutes / 1_440, minutes / 60 % 24, minutes % 60);
    let value = match (days, hours, minutes) {
        (0, 0, 0..5) => Text::plain(TextKey::DoctorClockRight),
        (0, ..) => Text::plain(if ahead { TextKey::DoctorClockAhead } else { TextKey::DoctorClockBehind })
            .with("time", format!("{hours}:{minutes:02}")),
        _ => Text::plain(if ahead { TextKey::DoctorClockDaysAhead } else { TextKey::DoctorClockDaysBehind })
            .with("days", days),
    };
    Finding { label: Text::plain(TextKey::DoctorLabelClock), value, lamp: clock_lamp(difference) }
}

fn proxy(facts: &Facts) -> Option<Finding> {
    let probe = facts.probes.iter().find(|probe| probe.proxy.is_some())?;
    let proxy = probe.proxy.as_deref().unwrap_or_default();
    let value = match (&facts.proxy_source, &facts.script) {
        (ProxySource::Policy, _) => Text::plain(TextKey::DoctorProxyByPolicy),
        (ProxySource::Environment(variable), _) => {
            Text::plain(TextKey::DoctorProxyByEnvironment).with("variable", variable)
        }
        (ProxySource::System, Script::Followed(_)) => Text::plain(TextKey::DoctorProxyByScript),
        (ProxySource::System, _) => Text::plain(TextKey::DoctorProxyBySystem),
    };
    let is_lost =
        |probe: &Probe| matches!(probe.outcome, Outcome::NoProxy | Outcome::ProxySignIn(_) | Outcome::ProxyRefused(_));
    let lamp = if facts.probes.iter().any(is_lost) { Lamp::Attention } else { Lamp::Good };
    Some(Finding { label: Text::plain(TextKey::DoctorLabelProxy), value: value.with("proxy", proxy), lamp })
}

fn script(facts: &Facts) -> Option<Finding> {
    let (key, script, lamp) = match &facts.script {
        Script::None => return None,
        Script::Followed(script) => (TextKey::DoctorScriptFollowed, script, Lamp::Good),
        Script::NotFollowed(script) => (TextKey::DoctorScriptNotFollowed, script, Lamp::Attention),
    };
    Some(Finding {
        label: Text::plain(TextKey::DoctorLabelScript),
        value: Text::plain(key).with("script", script),
        lamp,
    })
}

fn outcome(probe: &Probe) -> Text {
    let plain = Text::plain;
    match &probe.outcome {
        Outcome::Answered(Content::Expected) | Outcome::Open => match probe.connected_ms {
            Some(time) => plain(TextKey::DoctorReachedIn).with("time", time),
            None => plain(TextKey::DoctorReached),
        },
        Outcome::Folder(true) => plain(TextKey::DoctorReached),
        Outcome::Folder(false) => plain(TextKey::DoctorNoFolder),
        Outcome::NoAddress => plain(TextKey::DoctorNoAddress),
        Outcome::NoConnection(NoConnection::Refused) => plain(TextKey::DoctorRefused),
        Outcome::NoConnection(NoConnection::TimedOut) => plain(TextKey::DoctorTimedOut),
        Outcome::NoConnection(NoConnection::NoRoute) => plain(TextKey::DoctorNoRoute),
        Outcome::NoProxy => plain(TextKey::DoctorProxySilent),
        Outcome::ProxySignIn(kinds) if kinds.is_empty() => plain(TextKey::DoctorProxyAsks).with("kinds", "407"),
        Outcome::ProxySignIn(kinds) => plain(TextKey::DoctorProxyAsks).with("kinds", kinds.join(", ")),
        Outcome::ProxyRefused(status) => plain(TextKey::DoctorProxyRefused).with("status", status),
        Outcome::Gate | Outcome::Answered(Content::Page) => plain(TextKey::DoctorPage),
        Outcome::Answered(Content::Elsewhere(host)) => plain(TextKey::DoctorElsewhere).with("host", host),
        Outcome::Answered(Content::Status(status)) => plain(TextKey::DoctorStatus).with("status", status),
        Outcome::Answered(Content::Nonsense) => plain(TextKey::DoctorNonsense),
        Outcome::Certificate(issuer, _) => plain(TextKey::DoctorCertificate).with("authority", common_name(issuer)),
        Outcome::Cut => plain(TextKey::DoctorCut),
    }
}

fn line(facts: &Facts) -> Option<Finding> {
    let times = &facts.line.round_trips;
    let all = times.len() + facts.line.failures as usize;
    if all == 0 {
        return None;
    }
    let value = Text::plain(TextKey::DoctorRoundTrips)
        .with("count", all)
        .with("failed", facts.line.failures)
        .with("median", median(times).map_or("-".to_owned(), |time| time.to_string()))
        .with("worst", times.iter().max().map_or("-".to_owned(), u32::to_string));
    let (root, further) = judge(facts);
    let is_bad = |cause| matches!(cause, Cause::Slow | Cause::Lossy);
    let bad = is_bad(root.cause) || further.iter().any(|verdict| is_bad(verdict.cause));
    let lamp = if bad { Lamp::Attention } else { Lamp::Good };
    Some(Finding { label: Text::plain(TextKey::DoctorLabelLine), value, lamp })
}
