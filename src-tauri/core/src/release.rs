//! What a publisher signed about one file: the `custom` part of a TUF target and the target's own length and hash.
//!
//! Source: TRUST.md 2.6 (hospital profile). The publisher writes these types, the client reads them: one definition, so
//! that they cannot drift apart.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A SHA-256 digest (FIPS 180-4), written as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// Reads 64 hexadecimal digits; anything else is `None`.
    pub fn from_hex(text: &str) -> Option<Self> {
        let text = text.as_bytes();
        if text.len() != 64 {
            return None;
        }
        let mut bytes = [0u8; 32];
        for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
            let high = (pair[0] as char).to_digit(16)?;
            let low = (pair[1] as char).to_digit(16)?;
            *byte = u8::try_from(high << 4 | low).ok()?;
        }
        Some(Self(bytes))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

impl Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::from_hex(&text).ok_or_else(|| serde::de::Error::custom("expected 64 hexadecimal digits"))
    }
}

/// An operating system that the helper runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum System {
    /// Microsoft Windows.
    Windows,
    /// Apple macOS.
    Macos,
    /// Linux of any distribution.
    Linux,
}

/// A processor architecture; `Any` in a release fits every PC of its system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Arch {
    /// 64-bit x86.
    #[serde(rename = "x86_64")]
    X86_64,
    /// 64-bit ARM.
    Aarch64,
    /// Fits all.
    Any,
}

/// The publisher's word on a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// May be chosen by whoever the roll-out includes.
    Active,
    /// Nobody new gets it; who has it keeps it.
    Paused,
    /// Must not be started any more.
    Revoked,
}

/// How far a release is rolled out. Raising `basis_points` only ever adds PCs.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Rollout {
    /// 0 (nobody) to 10,000 (everybody).
    pub basis_points: u16,
    /// Different for every release, so that other PCs come first each time.
    pub salt: String,
}

/// Hashes of equal pieces of the file, the last one shorter: resuming and repairing need no trust in what is on disk.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Pieces {
    /// Bytes of every piece but the last; 64 KiB to 16 MiB.
    pub size: u32,
    /// One digest a piece, in order.
    pub sha256: Vec<Digest>,
}

/// The form a module comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PackageKind {
    /// One program file, started as it is.
    Exe,
    /// A zip archive with an application folder (macOS) or a program folder.
    Zip,
    /// A gzip-compressed tar archive.
    TarGz,
}

/// How a package is unpacked and what must come out of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Install {
    /// The form of the package.
    pub kind: PackageKind,
    /// Path of the program to start, relative to the unpacked folder, `/` between parts.
    pub entry: String,
    /// Digest of the unpacked tree (`helper_machine::package::Tree::digest`): what is on disk is proven against the
    /// publisher's signature before every start, not only the archive that it came in.
    pub tree: Digest,
    /// Upper bound of all unpacked bytes.
    pub max_unpacked: u64,
    /// Upper bound of the number of files, folders and links.
    pub max_entries: u32,
}

/// The signed description of one module file: a TUF target's `custom` object.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Custom {
    /// Which module this is a release of; `quicksupport` or `helper`.
    pub module: String,
    /// The version shown to people. Compared by nobody: `rank` decides.
    pub version: String,
    /// The system that it runs on.
    pub os: System,
    /// The processor that it runs on.
    pub arch: Arch,
    /// The publisher's channel, usually `stable`.
    pub channel: String,
    /// May it be chosen, and started.
    pub status: Status,
    /// The publisher's order; the highest wins.
    pub rank: u64,
    /// Who gets it.
    pub rollout: Rollout,
    /// Groups that are always included.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// Hashes of its pieces.
    pub pieces: Pieces,
    /// How it is unpacked.
    pub install: Install,
    /// The oldest helper version that can handle it (`major.minor.patch`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_helper: Option<String>,
    /// Where TeamViewer itself offers the very same file: asked when no mirror could be reached (TRUST.md 2.7).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor: Option<Vendor>,
    /// How many connections at once a slow line may use, 1 to 8; without it 4 (TRUST.md 5.4, 2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connections: Option<u8>,
    /// For releases of the helper itself: the updater's own signature of the file, as `tauri signer sign` writes it
    /// (base64 of a minisign signature that binds the version). The second of two locks (TRUST.md 2.7).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updater: Option<String>,
}

/// The vendor's own source of a release.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Vendor {
    /// An `https://` address that delivers exactly the signed bytes; anything else is refused piece by piece.
    pub url: String,
}

/// One file that signed metadata lists: the target's path, length and hash, and what the publisher says about it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Release {
    /// The TUF target path, for example `quicksupport/linux-x86_64/15.70.4/edgenext-support.tar.gz`.
    pub target: String,
    /// Bytes of the file.
    pub length: u64,
    /// Hash of the whole file.
    pub sha256: Digest,
    /// The signed description.
    #[serde(flatten)]
    pub custom: Custom,
}

impl Release {
    /// Where its file lies below a mirror's `targets/`: the hash stands before the file's name, in the target's folder
    /// (consistent snapshots, TUF 1.0, section 6.2).
    pub fn consistent_name(&self) -> String {
        match self.target.rsplit_once('/') {
            Some((folder, name)) => format!("{folder}/{}.{name}", self.sha256),
            None => format!("{}.{}", self.sha256, self.target),
        }
    }

    /// [`Self::consistent_name`] as it stands in an address, quoted as RFC 3986, 2.1 wants it.
    pub fn quoted_name(&self) -> String {
        let quoted = |byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        };
        self.consistent_name().bytes().map(quoted).collect()
    }
}
