//! What a vendor edits: names, links, mirrors, telephone, publisher identities. Read from `brand/brand.toml`.

use serde::{Deserialize, Serialize};

/// The vendor's own values. `brand/brand.toml` is their only source.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Brand {
    /// Reverse-domain identifier of the program; names its folders and its hand-over door.
    pub identifier: String,
    /// Scheme of the links that the HIS opens, without `:`.
    pub link_scheme: String,
    /// The vendor's name as people know it.
    pub vendor: String,
    /// What the helper is called, per language.
    pub helper_name: Words,
    /// The module.
    pub module: ModuleBrand,
    /// The mirrors, tried in order. `https://` (or `http://` for a mirror on this PC or inside the hospital: trust never
    /// comes from the transport).
    pub mirrors: Vec<String>,
    /// The vendor's link at TeamViewer, offered when no mirror answers.
    pub origin: String,
    /// Whom to call.
    pub phone: Phone,
}

/// The same thing in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// Korean.
    pub ko: String,
    /// English.
    pub en: String,
}

/// The module as the vendor made it in TeamViewer's console.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModuleBrand {
    /// The name in signed metadata.
    pub id: String,
    /// The name that people see, also the module window's title.
    pub name: String,
    /// TeamViewer's id of the customized module (`configId`, TEAMVIEWER.md 3.2); empty when not known.
    pub config_id: String,
    /// The channel in signed metadata that this build follows.
    pub channel: String,
    /// Exact subject of the Authenticode certificate.
    pub authenticode_subject: String,
    /// Apple Team ID.
    pub apple_team_id: String,
    /// Apple bundle identifier.
    pub apple_bundle_id: String,
}

/// The telephone line for people who are stuck.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phone {
    /// The number as it is dialled.
    pub number: String,
    /// When it is easiest to get through, per language.
    pub hours: Words,
}
