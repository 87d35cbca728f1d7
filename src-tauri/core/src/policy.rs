//! What the hospital's IT may set, and what holds in the end: every value with its source (SPEC I2).
//!
//! The machine brings what it found as plain [`Value`]s; here they are judged. Whatever is wrong becomes a [`Complaint`] and
//! leaves everything else as it is: one wrong line takes nothing else away (TRUST.md 6.3, row 64).

mod complaint;
mod keys;
mod reader;
#[cfg(test)]
mod tests;

pub use complaint::{Complaint, Wrong};
pub use keys::{CHECK_HOURS, DEFAULT_CHECK_HOURS, Key, RATE_LIMIT_KIB};

use crate::person::{self, Part};
use crate::settings::Preferences;
use reader::Reader;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Longer addresses, in bytes, are a slip: no system's path or server's name is that long.
const LONGEST_ADDRESS: usize = 2_000;

/// A value as a policy states it, whatever the system keeps it in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Text.
    Text(String),
    /// A whole number.
    Number(i64),
    /// A list.
    List(Vec<Value>),
    /// Yes or no.
    Flag(bool),
    /// Anything else, by the name of its type.
    Other(&'static str),
}

/// What was found in the system's place for policy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stated {
    /// The place, as IT would look for it: a file's path, a registry key.
    pub place: String,
    /// Names and values, in any order.
    pub values: Vec<(String, Value)>,
    /// What is wrong with the place as a whole.
    pub wrong: Vec<Wrong>,
    /// What another place says about the keys that this one says nothing about (Windows: the user's part of the registry behind the
    /// PC's).
    pub weaker: Option<Box<Stated>>,
}

impl Stated {
    /// This place and the weaker ones, the strongest first.
    pub fn places(&self) -> impl Iterator<Item = &Stated> {
        std::iter::successors(Some(self), |stated| stated.weaker.as_deref())
    }
}

/// What holds where the policy says nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Otherwise {
    /// What the person chose, but for the language.
    pub preferences: Preferences,
    /// The vendor's mirrors.
    pub mirrors: Vec<String>,
    /// The vendor's channel.
    pub channel: String,
    /// The person's language, or the system's.
    pub language: Valued<Language>,
    /// Name of the environment variable that names a proxy, if one does.
    pub proxy_variable: Option<String>,
}

/// Where a value comes from, the strongest first.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind", content = "place")]
pub enum Source {
    /// The hospital's IT, at this place. Nobody else can change it.
    Policy(String),
    /// The command line of this call.
    CommandLine,
    /// The person, in the settings.
    Person,
    /// This environment variable.
    Environment(String),
    /// The system's own settings.
    System,
    /// The vendor, at build time.
    BuiltIn,
}

impl Source {
    /// Is it out of the person's hands (SPEC E3)?
    pub const fn is_locked(&self) -> bool {
        matches!(self, Self::Policy(_))
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Policy(place) => write!(f, "policy {place}"),
            Self::CommandLine => f.write_str("command line"),
            Self::Person => f.write_str("settings of this user"),
            Self::Environment(variable) => write!(f, "environment {variable}"),
            Self::System => f.write_str("system settings"),
            Self::BuiltIn => f.write_str("built-in"),
        }
    }
}

/// A value with its source.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Valued<T> {
    /// What holds.
    pub value: T,
    /// Who said so.
    pub source: Source,
}

/// The way to the mirrors.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Proxy {
    /// Straight, whatever environment and system say.
    None,
    /// What the environment says, else what the system says.
    #[default]
    System,
    /// This proxy for everything: `http://host:port`, never with a password.
    Address(String),
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::System => f.write_str("system"),
            Self::Address(address) => f.write_str(address),
        }
    }
}

impl Serialize for Proxy {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Who renews the helper itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Updates {
    /// The helper, as its publisher rolls it out.
    #[default]
    Own,
    /// The hospital's software distribution; the helper renews only the module (SPEC F4).
    Managed,
}

/// The languages of the faces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Language {
    /// Korean.
    Ko,
    /// English.
    En,
}

/// What holds in the end.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Effective {
    /// Asked in this order; never empty unless the vendor built in none.
    pub mirrors: Valued<Vec<String>>,
    /// The way to them.
    pub proxy: Valued<Proxy>,
    /// Groups that this PC is in.
    pub groups: Valued<Vec<String>>,
    /// The channel that it follows.
    pub channel: Valued<String>,
    /// Who renews the helper.
    pub updates: Valued<Updates>,
    /// Hours between two checks, 1 to 168.
    pub check_hours: Valued<u8>,
    /// KiB a second for background downloads; `None` is the helper's own measure.
    pub rate_limit_kib: Valued<Option<u32>>,
    /// The language of the faces.
    pub language: Valued<Language>,
    /// The person's name; empty when not known.
    pub name: Valued<String>,
    /// Their department; empty when not known.
    pub department: Valued<String>,
    /// Their telephone extension; empty when not known.
    pub extension: Valued<String>,
    /// Must the helper start at login, or not? `None` leaves it to the person.
    pub start_at_login: Valued<Option<bool>>,
    /// Does the wizard come at the first start?
    pub first_run: Valued<bool>,
    /// Does the audit journal name the user (SPEC I8)?
    pub audit_user_name: Valued<bool>,
    /// What is wrong with the policy.
    pub complaints: Vec<Complaint>,
}

impl Effective {
    /// Judges a policy. `is_mirror` says what is wrong with an address that names no mirror.
    pub fn of(stated: &Stated, otherwise: Otherwise, is_mirror: &dyn Fn(&str) -> Result<(), String>) -> Self {
        let mut reader = Reader::new(stated);
        let proxy_source = otherwise.proxy_variable.map_or(Source::BuiltIn, Source::Environment);
        let mirrors = reader.list(Key::Mirrors, &otherwise.mirrors.join(", "), &|text| mirror(text, is_mirror));
        let proxy = reader.text(Key::Proxy, "system", &proxy_of);
        let groups = reader.list(Key::Groups, "no group", &|text| word(text, "-_."));
        let channel = reader.text(Key::Channel, &otherwise.channel, &|text| word(text, "-"));
        let updates = reader.text(Key::Updates, "own", &|text| match text {
            "own" => Ok(Updates::Own),
            "managed" => Ok(Updates::Managed),
            _ => Err(Wrong::unfit(Key::Updates, text)),
        });
        let hours = DEFAULT_CHECK_HOURS;
        let check_hours = reader.number(Key::CheckHours, &hours.to_string(), CHECK_HOURS);
        let rate_limit_kib = reader.number(Key::RateLimitKib, "no limit", RATE_LIMIT_KIB);
        let language = reader.text(Key::Language, otherwise.language.value.name(), &|text| match text {
            "ko" => Ok(Language::Ko),
            "en" => Ok(Language::En),
            _ => Err(Wrong::unfit(Key::Language, text)),
        });
        let built_in = Source::BuiltIn;
        let wishes = otherwise.preferences;
        let theirs = |wished: Option<String>| match wished {
            Some(line) => Valued { value: line, source: Source::Person },
            None => Valued { value: String::new(), source: Source::BuiltIn },
        };
        let [name, department, extension] =
            [(Key::Name, Part::Name), (Key::Department, Part::Department), (Key::Extension, Part::Extension)].map(
                |(key, part)| {
                    let stated = reader
                        .text(key, "what the person says", &|text| person::line(part, text).map_err(Wrong::Person));
                    let wished = wishes.line(part).map(str::to_owned);
                    stated.unwrap_or_else(|| theirs(wished))
                },
            );
        let at_login = reader.flag(Key::StartAtLogin, "what the person says");
        let at_login = at_login.map(|flag| Valued { value: Some(flag.value), source: flag.source });
        let first_run = reader.flag(Key::FirstRun, "on");
        let audit_user_name = reader.flag(Key::AuditUserName, "off");
        // What the person entered was judged when it was entered; what no longer holds is as if it were not there.
        let (mirrors_otherwise, mirrors_source) = match wishes.mirror.filter(|mirror| is_mirror(mirror).is_ok()) {
            Some(mirror) => (vec![mirror], Source::Person),
            None => (otherwise.mirrors, Source::BuiltIn),
        };
        let (proxy_otherwise, proxy_source) = match wishes.proxy.and_then(|text| proxy_of(&text).ok()) {
            Some(proxy) => (proxy, Source::Person),
            None => (Proxy::System, proxy_source),
        };
        Self {
            mirrors: reader.or(mirrors, mirrors_otherwise, &mirrors_source),
            proxy: reader.or(proxy, proxy_otherwise, &proxy_source),
            groups: reader.or(groups, Vec::new(), &built_in),
            channel: reader.or(channel, otherwise.channel, &built_in),
            updates: reader.or(updates, Updates::Own, &built_in),
            check_hours: reader.or(check_hours, hours, &built_in),
            rate_limit_kib: reader.or(
                rate_limit_kib.map(|rate| Valued { value: Some(rate.value), source: rate.source }),
                None,
                &built_in,
            ),
            language: reader.or(language, otherwise.language.value, &otherwise.language.source),
            name,
            department,
            extension,
            start_at_login: reader.or(at_login, None, &built_in),
            first_run: reader.or(first_run, true, &built_in),
            audit_user_name: reader.or(audit_user_name, false, &built_in),
            complaints: reader.complaints(),
        }
    }

    /// Every value in words, with its source.
    pub fn rows(&self) -> Vec<(Key, String, &Source)> {
        fn row<T: fmt::Display>(key: Key, valued: &Valued<T>) -> (Key, String, &Source) {
            (key, valued.value.to_string(), &valued.source)
        }
        fn line(key: Key, valued: &Valued<String>) -> (Key, String, &Source) {
            let said = if valued.value.is_empty() { "not known" } else { &valued.value };
            (key, said.to_owned(), &valued.source)
        }
        fn flag(key: Key, value: Option<bool>, source: &Source) -> (Key, String, &Source) {
            (key, value.map_or("the person's choice", |on| if on { "on" } else { "off" }).to_owned(), source)
        }
        let groups = if self.groups.value.is_empty() { "no group".to_owned() } else { self.groups.value.join(", ") };
        let rate = self.rate_limit_kib.value.map_or("no limit".to_owned(), |limit| limit.to_string());
        vec![
            (Key::Mirrors, self.mirrors.value.join(", "), &self.mirrors.source),
            row(Key::Proxy, &self.proxy),
            (Key::Groups, groups, &self.groups.source),
            row(Key::Channel, &self.channel),
            (Key::Updates, self.updates.value.name().to_owned(), &self.updates.source),
            row(Key::CheckHours, &self.check_hours),
            (Key::RateLimitKib, rate, &self.rate_limit_kib.source),
            (Key::Language, self.language.value.name().to_owned(), &self.language.source),
            line(Key::Name, &self.name),
            line(Key::Department, &self.department),
            line(Key::Extension, &self.extension),
            flag(Key::StartAtLogin, self.start_at_login.value, &self.start_at_login.source),
            flag(Key::FirstRun, Some(self.first_run.value), &self.first_run.source),
            flag(Key::AuditUserName, Some(self.audit_user_name.value), &self.audit_user_name.source),
        ]
    }
}

impl Updates {
    /// As a policy writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Managed => "managed",
        }
    }
}

impl Language {
    /// As a policy writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ko => "ko",
            Self::En => "en",
        }
    }
}

fn mirror(text: &str, is_mirror: &dyn Fn(&str) -> Result<(), String>) -> Result<String, Wrong> {
    let text = text.trim();
    if names_a_user(text) {
        return Err(Wrong::Password);
    }
    if text.len() > LONGEST_ADDRESS {
        return Err(Wrong::unfit(Key::Mirrors, text));
    }
    is_mirror(text).map(|()| text.to_owned()).map_err(Wrong::NoMirror)
}

/// The way to the mirrors as policies and settings write it.
///
/// # Errors
/// [`Wrong`].
pub fn proxy_of(text: &str) -> Result<Proxy, Wrong> {
    match text.trim() {
        "none" => Ok(Proxy::None),
        "system" => Ok(Proxy::System),
        address if names_a_user(address) => Err(Wrong::Password),
        address => host_and_port(address)
            .map(|(host, port)| Proxy::Address(format!("http://{host}:{port}")))
            .ok_or_else(|| Wrong::unfit(Key::Proxy, address)),
    }
}

/// `http://host:port`, perhaps with a slash at the end: a name, an IPv4 address, or an IPv6 address in brackets.
fn host_and_port(address: &str) -> Option<(&str, u16)> {
    let (scheme, rest) = address.split_once("://")?;
    let (host, port) = rest.strip_suffix('/').unwrap_or(rest).rsplit_once(':')?;
    let port = port.parse().ok().filter(|port| *port != 0 && !rest.contains(":+"))?;
    let is_host = match host.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')) {
        Some(inner) => inner.parse::<std::net::Ipv6Addr>().is_ok(),
        None => !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte)),
    };
    (scheme.eq_ignore_ascii_case("http") && is_host).then_some((host, port))
}

/// Is there a user, and perhaps a password, before the host? (RFC 3986, section 3.2.1)
fn names_a_user(address: &str) -> bool {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().is_some_and(|authority| authority.contains('@'))
}

fn word(text: &str, also: &str) -> Result<String, Wrong> {
    let fits = (1..=64).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || also.contains(c));
    if fits { Ok(text.to_owned()) } else { Err(Wrong::NoWord(complaint::shortened(text))) }
}
