//! The network doctor (SPEC H1): from what the probes measured to one sentence, one action and who must act.
//!
//! Exactly one verdict is the root cause; others stand behind it only if they would remain after it is mended.

mod facts;
mod findings;
mod judge;
#[cfg(test)]
mod tests;

pub use facts::{
    Content, Distrust, Facts, Line, NoConnection, Outcome, Place, Probe, ProxySource, Role, Script, Target,
};
pub use judge::judge;

use crate::problem::WhoActs;
use crate::text::{Text, TextKey};
use serde::Serialize;

/// TeamViewer's ports, the best first (TEAMVIEWER.md 7: 5938, then 443, then 80).
pub const PORTS: [u16; 3] = [5938, 443, 80];
/// Three of TeamViewer's routers (TEAMVIEWER.md 7: `router1` to `router16`); one that answers is enough.
pub const ROUTERS: [&str; 3] = ["router1.teamviewer.com", "router8.teamviewer.com", "router15.teamviewer.com"];
/// TeamViewer's status page (TEAMVIEWER.md 7: an Atlassian Statuspage).
pub const STATUS_PAGE: &str = "https://status.teamviewer.com/api/v2/status.json";

/// How good something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lamp {
    /// As it should be.
    Good,
    /// Support works, but not as well as it could.
    Attention,
    /// Support does not work.
    Bad,
}

macro_rules! causes {
    ($($(#[$doc:meta])* $name:ident: $code:literal, $lamp:ident, $who:expr, $sentence:ident, $action:ident;)*) => {
        /// A cause that the doctor knows, with a code that stays the same for ever. ONE table.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Cause { $($(#[$doc])* $name,)* }

        impl Cause {
            /// Every cause, for tests and lists.
            pub const ALL: &'static [Cause] = &[$(Cause::$name,)*];

            /// Its code.
            pub const fn code(self) -> &'static str {
                match self { $(Cause::$name => $code,)* }
            }

            /// How bad it is.
            pub const fn lamp(self) -> Lamp {
                match self { $(Cause::$name => Lamp::$lamp,)* }
            }

            /// Who must act; nobody when all is well.
            pub const fn who_acts(self) -> Option<WhoActs> {
                match self { $(Cause::$name => $who,)* }
            }

            /// What is the matter.
            pub const fn sentence(self) -> TextKey {
                match self { $(Cause::$name => TextKey::$sentence,)* }
            }

            /// The one thing to do.
            pub const fn action(self) -> TextKey {
                match self { $(Cause::$name => TextKey::$action,)* }
            }
        }
    };
}

const YOU: Option<WhoActs> = Some(WhoActs::You);
const IT: Option<WhoActs> = Some(WhoActs::HospitalIt);
const VENDOR: Option<WhoActs> = Some(WhoActs::Vendor);

causes! {
    /// No cable, no Wi-Fi.
    NoNetwork: "no-network", Bad, YOU, DoctorNoNetwork, DoctorNoNetworkAction;
    /// This PC's clock is far off.
    WrongClock: "wrong-clock", Bad, YOU, DoctorClock, DoctorClockAction;
    /// A sign-in page stands before the internet.
    SignInPage: "sign-in-page", Bad, YOU, DoctorSignIn, DoctorSignInAction;
    /// The proxy asks for a password (HTTP 407).
    ProxySignIn: "proxy-sign-in", Bad, IT, DoctorProxySignIn, DoctorProxySignInAction;
    /// A proxy script (PAC) that leads nowhere, or cannot be followed here.
    ProxyScript: "proxy-script", Bad, IT, DoctorScript, DoctorScriptAction;
    /// The proxy cannot be reached.
    NoProxy: "proxy-unreachable", Bad, IT, DoctorNoProxy, DoctorNoProxyAction;
    /// Inspection by an authority that this PC does not trust.
    Inspection: "inspection", Bad, IT, DoctorInspection, DoctorInspectionAction;
    /// No name has an address.
    NoNames: "no-names", Bad, IT, DoctorNoNames, DoctorNoNamesAction;
    /// There is a network, and nothing outside answers.
    NoInternet: "no-internet", Bad, IT, DoctorNoInternet, DoctorNoInternetAction;
    /// The mirror is blocked on the way.
    MirrorBlocked: "mirror-blocked", Bad, IT, DoctorMirrorBlocked, DoctorMirrorBlockedAction;
    /// The mirror's own certificate is not in order.
    MirrorCertificate: "mirror-certificate", Bad, VENDOR, DoctorMirrorCertificate, DoctorMirrorDownAction;
    /// The vendor's mirror is down or has a fault.
    MirrorDown: "mirror-down", Bad, VENDOR, DoctorMirrorDown, DoctorMirrorDownAction;
    /// The hospital's own mirror is down or has a fault.
    OwnMirrorDown: "own-mirror-down", Bad, IT, DoctorOwnMirrorDown, DoctorOwnMirrorDownAction;
    /// A separated network: the mirror answers, nothing outside does.
    Separated: "separated-network", Bad, IT, DoctorSeparated, DoctorSeparatedAction;
    /// Only TeamViewer's connections are blocked.
    TeamViewerBlocked: "teamviewer-blocked", Bad, IT, DoctorBlocked, DoctorBlockedAction;
    /// Answers get lost.
    Lossy: "lossy", Attention, IT, DoctorLossy, DoctorLossyAction;
    /// Answers take long.
    Slow: "slow", Attention, IT, DoctorSlow, DoctorSlowAction;
    /// TeamViewer is left with its last port, 80.
    LastPort: "last-port", Attention, IT, DoctorLastPort, DoctorLastPortAction;
    /// Everything that a click needs can be reached.
    AllGood: "all-good", Good, None, DoctorAllGood, DoctorAllGoodAction;
}

/// A cause as it shows on this PC.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Verdict {
    /// Which one; serialized as its code.
    #[serde(rename = "code", serialize_with = "as_code")]
    pub cause: Cause,
    /// What is the matter.
    pub sentence: Text,
    /// The one thing to do.
    pub action: Text,
    /// Who must act; nobody when all is well.
    pub who_acts: Option<WhoActs>,
    /// How bad it is.
    pub lamp: Lamp,
}

impl Verdict {
    /// This cause with the values that its sentences name.
    fn of(cause: Cause, args: Vec<(String, String)>) -> Self {
        let text = |key| Text { key, args: args.clone() };
        let (sentence, action) = (text(cause.sentence()), text(cause.action()));
        Self { cause, sentence, action, who_acts: cause.who_acts(), lamp: cause.lamp() }
    }
}

fn as_code<S: serde::Serializer>(cause: &Cause, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(cause.code())
}

/// One line of what was found.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Finding {
    /// What was looked at.
    pub label: Text,
    /// What was found.
    pub value: Text,
    /// How good that is.
    pub lamp: Lamp,
}

/// The whole examination.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Report {
    /// The root cause, or that all is well.
    pub root: Verdict,
    /// What would remain after it is mended.
    pub further: Vec<Verdict>,
    /// What was looked at, line by line.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Judges what was measured.
    pub fn of(facts: &Facts) -> Self {
        let (root, further) = judge(facts);
        Self { root, further, findings: findings::of(facts) }
    }

    /// Does everything that a click needs work, and well?
    pub fn is_good(&self) -> bool {
        self.root.lamp == Lamp::Good
    }
}

/// The common name in a distinguished name as RFC 4514 writes it (`CN=Hospital CA,O=Hospital`), or the whole name without one.
pub fn common_name(name: &str) -> String {
    let mut parts = Vec::from([String::new()]);
    let mut escaped = false;
    for c in name.chars() {
        match c {
            _ if escaped => {
                escaped = false;
                parts.last_mut().into_iter().for_each(|part| part.push(c));
            }
            '\\' => escaped = true,
            ',' | '+' => parts.push(String::new()),
            _ => parts.last_mut().into_iter().for_each(|part| part.push(c)),
        }
    }
    let common = parts.iter().find_map(|part| {
        let (kind, value) = part.split_once('=')?;
        kind.trim().eq_ignore_ascii_case("cn").then(|| value.trim().to_owned())
    });
    common.filter(|common| !common.is_empty()).unwrap_or_else(|| name.to_owned())
}
