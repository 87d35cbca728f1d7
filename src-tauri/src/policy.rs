//! What hospital IT stated and what holds in the end: read once at the start, and shown by `policy show`.

use crate::words::Language;
use helper_core::brand::Brand;
use helper_core::policy::{self, Effective, Otherwise, Source, Stated, Valued};
use helper_core::settings::Preferences;
use helper_machine::mirror::Mirror;
use helper_machine::{managed, proxy};
use serde::Serialize;
use std::io::{self, Write};

/// The environment variables that name a language, the strongest first (POSIX, section 8.2).
const LOCALES: [&str; 3] = ["LC_ALL", "LC_MESSAGES", "LANG"];

impl From<policy::Language> for Language {
    fn from(language: policy::Language) -> Self {
        match language {
            policy::Language::Ko => Self::Ko,
            policy::Language::En => Self::En,
        }
    }
}

impl From<Language> for policy::Language {
    fn from(language: Language) -> Self {
        match language {
            Language::Ko => Self::Ko,
            Language::En => Self::En,
        }
    }
}

/// What the system's place for policy holds; with the feature `rehearsal`, what the folder in `SUPPORT_HELPER_POLICY_DIR`
/// holds.
pub fn stated(brand: &Brand) -> Stated {
    #[cfg(feature = "rehearsal")]
    if let Some(folder) = std::env::var_os("SUPPORT_HELPER_POLICY_DIR") {
        return managed::stated_in(std::path::Path::new(&folder));
    }
    managed::stated(&brand.identifier)
}

/// What holds. `language` is the one asked for on the command line, `preferences` what the person chose.
pub fn effective(stated: &Stated, brand: &Brand, language: Option<Language>, preferences: &Preferences) -> Effective {
    let otherwise = Otherwise {
        preferences: preferences.clone(),
        mirrors: brand.mirrors.clone(),
        channel: brand.module.channel.clone(),
        language: unmanaged_language(language, preferences.language),
        proxy_variable: proxy::variable().map(str::to_owned),
    };
    let is_mirror = |text: &str| text.parse::<Mirror>().map(|_| ()).map_err(|error| error.to_string());
    Effective::of(stated, otherwise, &is_mirror)
}

/// The language where no policy says one: what was asked for, what the person chose, what the environment names, what is built in.
pub fn unmanaged_language(asked: Option<Language>, chosen: Option<policy::Language>) -> Valued<policy::Language> {
    if let Some(language) = asked {
        return Valued { value: language.into(), source: Source::CommandLine };
    }
    if let Some(language) = chosen {
        return Valued { value: language, source: Source::Person };
    }
    let set = LOCALES
        .into_iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()).map(|value| (name, value)));
    match set {
        Some((name, value)) => {
            Valued { value: Language::from_locale(&value).into(), source: Source::Environment(name.to_owned()) }
        }
        // Windows and macOS keep it in the user's settings; on Linux there is nothing but the variables.
        None => match sys_locale::get_locale() {
            Some(locale) => Valued { value: Language::from_locale(&locale).into(), source: Source::System },
            None => Valued { value: Language::from_locale("").into(), source: Source::BuiltIn },
        },
    }
}

/// One line of the log for everything that is wrong with the policy.
pub fn log(effective: &Effective) {
    for complaint in &effective.complaints {
        tracing::warn!("policy: {complaint}");
    }
}

/// For the journal: which keys are not used as they stand. `None` when all is well.
pub fn journal_words(effective: &Effective) -> Option<String> {
    let mut keys: Vec<&str> =
        effective.complaints.iter().map(|complaint| complaint.key.as_deref().unwrap_or("the file")).collect();
    keys.dedup();
    (!keys.is_empty()).then(|| format!("policy not used as it stands: {}", keys.join(", ")))
}

/// How a mirror is reached.
#[derive(Debug, Serialize)]
struct Way<'a> {
    mirror: &'a str,
    /// The proxy; `null` for a straight connection or a folder.
    proxy: Option<String>,
}

/// Everything that `policy show` says.
#[derive(Debug, Serialize)]
struct Shown<'a> {
    /// Where policy is looked for, the strongest first.
    place: String,
    #[serde(flatten)]
    effective: &'a Effective,
    ways: Vec<Way<'a>>,
    /// Which settings of the system cannot be followed, and why.
    not_followed: Vec<String>,
}

/// Writes every value with its source, the way to every mirror, and every complaint.
///
/// # Errors
/// Whatever `out` says.
pub fn show(stated: &Stated, effective: &Effective, json: bool, out: &mut dyn Write) -> io::Result<()> {
    let way = |mirror| Way { mirror, proxy: proxy::proxy_for(&effective.proxy.value, mirror) };
    let abilities = proxy::abilities();
    let not_followed =
        [("proxy entered in the system's settings", abilities.entered), ("proxy script", abilities.scripted)]
            .into_iter()
            .filter_map(|(what, ability)| ability.err().map(|why| format!("{what}: {why}")));
    let shown = Shown {
        place: stated.places().map(|place| place.place.as_str()).collect::<Vec<_>>().join("; "),
        effective,
        ways: effective.mirrors.value.iter().map(|mirror| way(mirror)).collect(),
        not_followed: not_followed.collect(),
    };
    if json {
        serde_json::to_writer(&mut *out, &shown)?;
        return writeln!(out);
    }
    writeln!(out, "policy: {}", shown.place)?;
    for (key, value, source) in effective.rows() {
        writeln!(out, "{:<15} {value} ({source})", key.name())?;
    }
    for way in &shown.ways {
        match &way.proxy {
            Some(proxy) => writeln!(out, "way to {}: through {proxy}", way.mirror)?,
            None => writeln!(out, "way to {}: straight", way.mirror)?,
        }
    }
    for line in &shown.not_followed {
        writeln!(out, "not followed: {line}")?;
    }
    for complaint in &effective.complaints {
        writeln!(out, "COMPLAINT: {complaint}")?;
    }
    Ok(())
}
