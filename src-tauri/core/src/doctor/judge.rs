//! The order of causes: what hides everything else comes first.

use super::{
    Cause, Content, Distrust, Facts, Lamp, Line, NoConnection, Outcome, Probe, Role, Script, Verdict, common_name,
};

/// From this difference on, in seconds, a clock is wrong: a day, as for signed metadata.
const CLOCK_TOLERANCE: u64 = 86_400;
/// Fewer round trips than this say nothing about losses.
const ENOUGH: usize = 4;
/// A line whose usual round trip takes longer is slow, in milliseconds. The far side of the world is 250 away.
const SLOW: u32 = 1_000;
/// What a lost packet costs at least, in milliseconds: the shortest time after which one is sent again (RFC 6298 asks for a second,
/// Linux and Windows wait 200 to 300).
const RESENT: u32 = 200;
/// The same for the first packet of a connection, whose way is not known yet (RFC 6298, section 2.1).
const FIRST_RESENT: u32 = 1_000;

/// The root cause, and what would remain after it is mended.
pub fn judge(facts: &Facts) -> (Verdict, Vec<Verdict>) {
    let mut causes = Seen(facts).causes().into_iter();
    let verdict = |cause| Verdict::of(cause, args(facts, cause));
    let root = verdict(causes.next().unwrap_or(Cause::AllGood));
    (root, causes.map(verdict).collect())
}

struct Seen<'a>(&'a Facts);

impl Seen<'_> {
    fn causes(&self) -> Vec<Cause> {
        let (mirror, teamviewer) = (self.mirror_answers(), self.teamviewer_answers());
        if mirror && teamviewer {
            let hidden = [self.clock_is_wrong().then_some(Cause::WrongClock), self.of_line(), self.of_ports()];
            return hidden.into_iter().flatten().collect();
        }
        // These hide what lies behind them: nothing more can be told.
        if let Some(cause) = self.before_everything() {
            return vec![cause];
        }
        let outside = match teamviewer {
            true => None,
            false if self.outside_answers() => Some(Cause::TeamViewerBlocked),
            false => Some(Cause::Separated),
        };
        if mirror {
            return outside.into_iter().collect();
        }
        let touched = self.0.probes.iter().any(|probe| probe.outcome.touched_network());
        if !touched {
            let nameless = self.0.probes.iter().any(|probe| probe.outcome == Outcome::NoAddress);
            let named = self.0.probes.iter().any(|probe| {
                matches!(probe.outcome, Outcome::NoConnection(NoConnection::TimedOut | NoConnection::NoRoute))
            });
            return vec![if nameless && !named { Cause::NoNames } else { Cause::NoInternet }];
        }
        [Some(self.of_mirror()), outside].into_iter().flatten().collect()
    }

    fn before_everything(&self) -> Option<Cause> {
        let any = |test: &dyn Fn(&Probe) -> bool| self.0.probes.iter().any(test);
        if !self.0.interface_up && !any(&|probe| probe.outcome.touched_network()) {
            return Some(Cause::NoNetwork);
        }
        if self.clock_is_wrong() {
            return Some(Cause::WrongClock);
        }
        if self.gate_is_shut() {
            return Some(Cause::SignInPage);
        }
        let web = |test: &dyn Fn(&Outcome) -> bool| any(&|probe| self.is_missed(probe) && test(&probe.outcome));
        if web(&|outcome| matches!(outcome, Outcome::ProxySignIn(_))) {
            return Some(Cause::ProxySignIn);
        }
        if web(&|outcome| *outcome == Outcome::NoProxy) {
            return Some(if matches!(self.0.script, Script::Followed(_)) {
                Cause::ProxyScript
            } else {
                Cause::NoProxy
            });
        }
        let stands_still = |outcome: &Outcome| matches!(outcome, Outcome::NoAddress | Outcome::NoConnection(_));
        if matches!(self.0.script, Script::NotFollowed(_)) && web(&stands_still) && !self.outside_answers() {
            return Some(Cause::ProxyScript);
        }
        let unknown = |outcome: &Outcome| matches!(outcome, Outcome::Certificate(_, Distrust::UnknownAuthority));
        web(&unknown).then_some(Cause::Inspection)
    }

    /// Does it belong to what a click lacks: a mirror, or the way to TeamViewer?
    fn is_missed(&self, probe: &Probe) -> bool {
        match probe.target.role {
            Role::Mirror => !self.mirror_answers(),
            Role::Origin | Role::StatusPage | Role::Router(_) => !self.teamviewer_answers(),
        }
    }

    fn of(&self, role: impl Fn(Role) -> bool) -> impl Iterator<Item = &Probe> {
        self.0.probes.iter().filter(move |probe| role(probe.target.role))
    }

    /// One is enough: they are tried in order.
    fn mirror_answers(&self) -> bool {
        self.of(|role| role == Role::Mirror).any(|probe| probe.outcome.is_well())
    }

    /// One router on one port is enough.
    fn teamviewer_answers(&self) -> bool {
        self.of(is_router).any(|probe| probe.outcome.is_well())
    }

    /// Does anything outside answer that is not the mirror?
    fn outside_answers(&self) -> bool {
        self.of(|role| role != Role::Mirror).any(|probe| probe.outcome.is_well())
    }

    /// Does a gate answer in everybody's name? Not if somebody outside was heard: then it is one server's own page, or a filter's.
    fn gate_is_shut(&self) -> bool {
        let is_outside = |role| role == Role::StatusPage || (role == Role::Mirror && !self.0.own_mirrors);
        let heard = |probe: &Probe| probe.outcome == Outcome::Answered(Content::Expected);
        let shut = |probe: &Probe| match &probe.outcome {
            Outcome::Gate | Outcome::Answered(Content::Status(511)) => true,
            // The origin is a page, and may send to another one.
            Outcome::Answered(Content::Page | Content::Elsewhere(_)) => probe.target.role != Role::Origin,
            _ => false,
        };
        !self.of(is_outside).any(heard) && self.0.probes.iter().any(shut)
    }

    /// Is this PC's clock wrong? Not if somebody else's shows the same: then it is the other one.
    fn clock_is_wrong(&self) -> bool {
        let far = |date: i64| date.abs_diff(self.0.now) > CLOCK_TOLERANCE;
        let dates = || self.0.probes.iter().filter_map(|probe| probe.date);
        let shown = |probe: &Probe| matches!(probe.outcome, Outcome::Certificate(_, Distrust::Clock));
        (dates().any(far) || self.0.probes.iter().any(shown)) && dates().all(far)
    }

    /// What is the matter with the mirror, told by the one that came furthest.
    fn of_mirror(&self) -> Cause {
        let down = if self.0.own_mirrors { Cause::OwnMirrorDown } else { Cause::MirrorDown };
        let cause = |probe: &Probe| match &probe.outcome {
            Outcome::Answered(Content::Status(401 | 403 | 451) | Content::Page | Content::Elsewhere(_))
            | Outcome::ProxyRefused(401 | 403 | 451)
            | Outcome::Gate
            | Outcome::Cut
            | Outcome::NoConnection(NoConnection::TimedOut) => Cause::MirrorBlocked,
            Outcome::Certificate(_, Distrust::Itself) if !self.0.own_mirrors => Cause::MirrorCertificate,
            _ => down,
        };
        let furthest = self.of(|role| role == Role::Mirror).max_by_key(|probe| probe.outcome.touched_network());
        furthest.map_or(down, cause)
    }

    fn of_line(&self) -> Option<Cause> {
        let Line { round_trips, failures } = &self.0.line;
        let usual = median(round_trips);
        // Twice the usual and a resent packet's time on top: not a busy server, not another way through the net.
        let late = |time: &&u32| usual.is_some_and(|usual| **time > usual.saturating_mul(2).saturating_add(RESENT));
        // The line's own connection is among its round trips. A connection in time says little: it is two packets.
        let beside = self.of(|role| role == Role::Origin || is_router(role)).filter_map(|probe| probe.connected_ms);
        let late_connections = beside.filter(|time| *time >= FIRST_RESENT && late(&time)).count();
        let all = round_trips.len() + *failures as usize + late_connections;
        let lost = *failures as usize + round_trips.iter().filter(late).count() + late_connections;
        // One of ten may be an accident; two of ten, or one of the few that a bad line lets through, are none.
        if all >= ENOUGH && lost * 10 > all {
            return Some(Cause::Lossy);
        }
        // A very slow line lets only a few through.
        (round_trips.len() > 1 && usual.is_some_and(|usual| usual > SLOW)).then_some(Cause::Slow)
    }

    fn of_ports(&self) -> Option<Cause> {
        let open = |port: &dyn Fn(u16) -> bool| {
            self.of(|role| matches!(role, Role::Router(number) if port(number))).any(|probe| probe.outcome.is_well())
        };
        (open(&|port| port == 80) && !open(&|port| port != 80)).then_some(Cause::LastPort)
    }
}

const fn is_router(role: Role) -> bool {
    matches!(role, Role::Router(_))
}

/// The time in the middle; `None` of nothing.
pub(super) fn median(times: &[u32]) -> Option<u32> {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied()
}

/// By how many seconds this PC's clock differs from the first answer's.
pub(super) fn clock_difference(facts: &Facts) -> Option<i64> {
    facts.probes.iter().find_map(|probe| probe.date).map(|date| facts.now.saturating_sub(date))
}

/// How good a difference of clocks is.
pub(super) const fn clock_lamp(difference: i64) -> Lamp {
    if difference.unsigned_abs() > CLOCK_TOLERANCE { Lamp::Bad } else { Lamp::Good }
}

/// What the sentences of a cause name. Hosts and authorities as they are written, for IT to look for.
fn args(facts: &Facts, cause: Cause) -> Vec<(String, String)> {
    let one = |name: &str, value: Option<String>| vec![(name.to_owned(), value.unwrap_or_else(|| "-".to_owned()))];
    let find = |read: &dyn Fn(&Probe) -> Option<String>| facts.probes.iter().find_map(read);
    match cause {
        Cause::Inspection => one(
            "authority",
            find(&|probe| match &probe.outcome {
                Outcome::Certificate(issuer, Distrust::UnknownAuthority) => Some(common_name(issuer)),
                _ => None,
            }),
        ),
        Cause::ProxySignIn => one(
            "proxy",
            find(&|probe| probe.proxy.clone().filter(|_| matches!(probe.outcome, Outcome::ProxySignIn(_)))),
        ),
        Cause::NoProxy => {
            one("proxy", find(&|probe| probe.proxy.clone().filter(|_| probe.outcome == Outcome::NoProxy)))
        }
        Cause::ProxyScript => match &facts.script {
            Script::Followed(script) | Script::NotFollowed(script) => one("script", Some(script.clone())),
            Script::None => one("script", None),
        },
        Cause::MirrorBlocked | Cause::MirrorCertificate | Cause::MirrorDown | Cause::OwnMirrorDown => {
            let mirrors = || facts.probes.iter().filter(|probe| probe.target.role == Role::Mirror);
            let furthest = mirrors().max_by_key(|probe| probe.outcome.touched_network());
            one("host", furthest.map(|probe| probe.target.host().to_owned()))
        }
        _ => Vec::new(),
    }
}
