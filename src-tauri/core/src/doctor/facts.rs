//! What the probes measured, as plain data. Every probe ends in exactly one [`Outcome`]: as far as it came.

/// What a probe is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// A copy of the signed repository.
    Mirror,
    /// The vendor's link at TeamViewer.
    Origin,
    /// TeamViewer's status page: only whether it can be reached.
    StatusPage,
    /// One of TeamViewer's routers, on one port.
    Router(u16),
}

/// What is looked at.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// A web address.
    Web(String),
    /// A port of a host, to which nothing is said.
    Port(String, u16),
    /// A folder.
    Folder(String),
}

/// One thing to look at, and why.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Target {
    /// What it is for.
    pub role: Role,
    /// Where it is.
    pub place: Place,
}

impl Target {
    /// A target.
    pub const fn new(role: Role, place: Place) -> Self {
        Self { role, place }
    }

    /// The host, or the folder, as IT would look for it: never a path, a query or a user of an address.
    pub fn host(&self) -> &str {
        match &self.place {
            Place::Web(address) => {
                let rest = address.split_once("://").map_or(address.as_str(), |(_, rest)| rest);
                let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
                authority.rsplit_once('@').map_or(authority, |(_, host)| host)
            }
            Place::Port(host, _) => host,
            Place::Folder(folder) => folder,
        }
    }
}

/// Why there is no connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NoConnection {
    /// The host, or somebody in its name, said no at once.
    Refused,
    /// Nobody said anything: what a firewall does that drops packets.
    TimedOut,
    /// This PC knows no way there.
    NoRoute,
}

/// Why the system does not accept a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Distrust {
    /// Nobody on this PC trusts who issued it: what inspection without its authority looks like.
    UnknownAuthority,
    /// Its dates, and they show that this PC's clock is wrong (`certificate::judge`).
    Clock,
    /// Anything else: another name, expired, withdrawn.
    Itself,
}

/// What a web server sent.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Content {
    /// What was asked for: signed metadata of a mirror, the status page's data, anything from the origin.
    Expected,
    /// A web page where data belongs.
    Page,
    /// The way to a page on this other host instead.
    Elsewhere(String),
    /// A status that is no success.
    Status(u16),
    /// Something else.
    Nonsense,
}

/// How far a probe came.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Nobody could say the host's address.
    NoAddress,
    /// There is no connection to the host.
    NoConnection(NoConnection),
    /// The proxy that leads there cannot be reached.
    NoProxy,
    /// The proxy wants a sign-in (HTTP 407), of one of these kinds (`Negotiate`, `Basic`).
    ProxySignIn(Vec<String>),
    /// The proxy answered itself, with this status, instead of leading there.
    ProxyRefused(u16),
    /// Somebody answered without TLS where TLS belongs, or the proxy with a page of its own: a gate.
    Gate,
    /// The certificate is not accepted; who issued it (RFC 5280, section 4.1.2.4).
    Certificate(String, Distrust),
    /// The connection was cut, or fell silent, after it stood.
    Cut,
    /// An answer.
    Answered(Content),
    /// The port takes connections.
    Open,
    /// The folder is there and has metadata in it, or not.
    Folder(bool),
}

impl Outcome {
    /// Did it end well?
    pub const fn is_well(&self) -> bool {
        matches!(self, Self::Answered(Content::Expected) | Self::Open | Self::Folder(true))
    }

    /// Did a connection over the network stand, to whomever?
    pub const fn touched_network(&self) -> bool {
        !matches!(self, Self::NoAddress | Self::NoConnection(_) | Self::NoProxy | Self::Folder(_))
    }
}

/// One target as it was found.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Probe {
    /// What was looked at.
    pub target: Target,
    /// How far it came.
    pub outcome: Outcome,
    /// Milliseconds until the connection stood, to the proxy if one leads there.
    pub connected_ms: Option<u32>,
    /// The proxy that leads there.
    pub proxy: Option<String>,
    /// What time it was there when it answered (RFC 9110, section 6.6.1), in seconds since 1970. Only from whoever showed the right
    /// certificate, or from a plain answer with the expected content.
    pub date: Option<i64>,
}

/// Who names the proxy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum ProxySource {
    /// The hospital's policy.
    Policy,
    /// This environment variable.
    Environment(String),
    /// The system's own settings.
    #[default]
    System,
}

/// Is there a script that names proxies (PAC)?
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Script {
    /// None is set, or nothing is known of one.
    #[default]
    None,
    /// It is asked for every address.
    Followed(String),
    /// It is set, and this helper cannot follow it here.
    NotFollowed(String),
}

/// Small requests one after another to a server that answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Line {
    /// Milliseconds of each that came back.
    pub round_trips: Vec<u32>,
    /// How many did not.
    pub failures: u32,
}

/// Everything that was measured.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Facts {
    /// Is there any network but the PC's own?
    pub interface_up: bool,
    /// This PC's wall clock, in seconds since 1970.
    pub now: i64,
    /// Who names the proxy, if one is used.
    pub proxy_source: ProxySource,
    /// Is there a script that names proxies?
    pub script: Script,
    /// Are the mirrors the hospital's own choice?
    pub own_mirrors: bool,
    /// Every target.
    pub probes: Vec<Probe>,
    /// The line to the first mirror that answered.
    pub line: Line,
}
