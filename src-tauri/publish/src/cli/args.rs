//! The words of the command line. The publisher's guide (ui/help/publish.*.md) says the same at length.

use clap::{Args, Parser, Subcommand, ValueEnum};
use helper_core::release::{Arch, PackageKind, System};
use helper_publish::report::basis_points;
use std::path::PathBuf;

/// Creates, fills and signs the repository that the remote support helper trusts.
///
/// A normal release is two commands by two people:
///   helper-publish add FILE --repo DIR --keys MY_KEYS --system windows --arch any --version 15.70.4 --rollout 5
///   helper-publish approve --repo DIR --keys MY_KEYS
/// then later, by two people again: rollout --percent 25, rollout --percent 100.
///
/// Something is wrong with a version: revoke (nobody may start it) or step-back (everybody gets an older one again).
///
/// Every day, by cron: helper-publish refresh --repo DIR, then copy DIR/mirror to the web server with
/// metadata/timestamp.json last, then verify. The mirror folder is plain files: any web server, object store or CDN
/// serves it.
#[derive(Debug, Parser)]
#[command(name = "helper-publish", version, arg_required_else_help = true, verbatim_doc_comment)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Create a repository with new keys.
    ///
    /// Writes DIR/keys (or --keys), DIR/mirror and DIR/root.json, which is built into the helper. Every key is encrypted
    /// with a passphrase that its holder types; root-*.pem belong into a safe, each targets-*.pem to its holder, and only
    /// online.pem stays on the publish host.
    Init(Init),
    /// Check a package and sign it; with enough keys at hand it is published, else another holder approves it.
    Add(Box<AddArgs>),
    /// Look at the change that waits, and sign it.
    ///
    /// Shows what is added, changed and revoked, and who gets what afterwards; checks the packages once more; asks; signs.
    /// When enough holders have signed it is published.
    Approve(Approve),
    /// Drop the change that waits.
    Discard(Place),
    /// List what is published, what waits, who may sign, and what expires when.
    Status(Place),
    /// Give a version to more PCs, to fewer, or to groups first.
    Rollout(RolloutArgs),
    /// Make an older, published version the best choice for everybody again.
    StepBack(Change),
    /// Nobody may start this version any more. Final.
    Revoke(Change),
    /// Nobody new gets this version; who has it keeps it.
    Pause(Change),
    /// Take a pause back.
    Resume(Change),
    /// Sign the list of targets for another 180 days, as it is.
    Renew(Signing),
    /// Sign snapshot and timestamp anew. Run it daily: the timestamp is valid for 7 days.
    ///
    /// Needs online.pem only. A change that enough holders have signed is published along. For cron, name the file with the
    /// key's passphrase: --passphrase-file /etc/helper-publish/online.pass (mode 600).
    Refresh(Signing),
    /// Replace keys, change thresholds, renew the root: the ceremony with the keys from the safe.
    #[command(subcommand)]
    Root(RootCommand),
    /// Create keys, change their passphrase.
    #[command(subcommand)]
    Key(KeyCommand),
    /// Check mirrors from outside, as a helper would. Exit code 1 if one is wrong.
    ///
    /// Signatures, agreement, packages (first and last piece, or all with --deep), Range, 404, caching, and what ends soon:
    /// less than 48 hours on a timestamp is an error, less than 30 days on the list of targets a warning.
    Verify(VerifyArgs),
    /// Write the mirror for a network without a way to it: one .zip or a folder.
    ExportBundle(ExportArgs),
    /// Say what a code tells that somebody read out on the telephone.
    Decode {
        /// The eight digits of the card, for example 3631-1691.
        code: String,
        /// Folder of the repository: then versions are named.
        #[arg(long = "repo", value_name = "DIR")]
        repository: Option<PathBuf>,
    },
    /// Serve a mirror folder on this PC only, for demonstrations.
    Serve {
        /// The mirror folder.
        mirror: PathBuf,
        /// Port on 127.0.0.1; 0 takes a free one.
        #[arg(long, default_value_t = 0)]
        port: u16,
    },
}

#[derive(Debug, Args)]
pub struct Init {
    /// Folder of the repository; created if needed.
    pub dir: PathBuf,
    /// Folder for the private keys; must not exist yet [default: DIR/keys]
    #[arg(long)]
    pub keys: Option<PathBuf>,
    /// One key each for root and targets, one signature each: for one person and demonstrations.
    #[arg(long, conflicts_with_all = ["root_keys", "root_threshold", "targets_keys", "targets_threshold"])]
    pub single: bool,
    /// Number of root keys.
    #[arg(long, default_value_t = 3)]
    pub root_keys: usize,
    /// How many of them must sign.
    #[arg(long, default_value_t = 2)]
    pub root_threshold: usize,
    /// Number of targets keys.
    #[arg(long, default_value_t = 3)]
    pub targets_keys: usize,
    /// How many of them must sign.
    #[arg(long, default_value_t = 2)]
    pub targets_threshold: usize,
    /// Do not encrypt the keys: for demonstrations only.
    #[arg(long, conflicts_with = "passphrases")]
    pub unencrypted: bool,
    /// A file whose first line is the passphrase, for all keys, or NAME=FILE for one (online=FILE); the others are asked for.
    #[arg(long = "passphrase-file", value_name = "[NAME=]FILE")]
    pub passphrases: Vec<String>,
}

#[derive(Debug, Args)]
pub struct Place {
    /// Folder of the repository.
    #[arg(long = "repo", value_name = "DIR")]
    pub folder: PathBuf,
}

#[derive(Debug, Args)]
pub struct Signing {
    #[command(flatten)]
    pub place: Place,
    /// Folder of private keys; may be given more than once. The online key is looked for in DIR/keys as well
    /// [default: DIR/keys]
    #[arg(long, value_name = "FOLDER")]
    pub keys: Vec<PathBuf>,
    /// A file whose first line is the passphrase, for all keys, or NAME=FILE for one (online=FILE); the others are asked for.
    #[arg(long = "passphrase-file", value_name = "[NAME=]FILE")]
    pub passphrases: Vec<String>,
}

#[derive(Debug, Args)]
pub struct AddArgs {
    #[command(flatten)]
    pub signing: Signing,
    /// The package: .exe or .zip for Windows, .zip with an .app for macOS, .tar.gz or a program for Linux.
    pub file: PathBuf,
    /// The system that it runs on.
    #[arg(long)]
    pub system: SystemArg,
    /// The processor that it runs on.
    #[arg(long)]
    pub arch: ArchArg,
    /// The version that people see.
    #[arg(long)]
    pub version: String,
    /// The module: quicksupport, or helper for the helper itself.
    #[arg(long, default_value = "quicksupport")]
    pub module: String,
    /// The publisher's order, the highest wins [default: one above the highest]
    #[arg(long)]
    pub rank: Option<u64>,
    /// The program in the package [default: the only one]
    #[arg(long)]
    pub entry: Option<String>,
    /// The form of the package [default: from its first bytes]
    #[arg(long)]
    pub kind: Option<KindArg>,
    /// How many percent of the PCs get it.
    #[arg(long, value_name = "PERCENT", default_value = "100", value_parser = basis_points)]
    pub rollout: u16,
    /// The channel.
    #[arg(long, default_value = "stable")]
    pub channel: String,
    /// A group that gets it whatever the roll-out says; may be given more than once.
    #[arg(long = "group", value_name = "GROUP")]
    pub groups: Vec<String>,
    /// The oldest helper that can handle it, for example 1.2.0.
    #[arg(long)]
    pub min_helper: Option<String>,
    /// The version is lower than what is published, and that is meant.
    #[arg(long)]
    pub older: bool,
    /// Where TeamViewer offers the very same file, https:// only: asked when no mirror can be reached.
    #[arg(long, value_name = "ADDRESS")]
    pub vendor_url: Option<String>,
    /// How many connections at once a slow line may use, 1 to 8; a line that is fast uses one
    #[arg(long, default_value = "8", value_name = "COUNT", value_parser = clap::value_parser!(u8).range(1..=8))]
    pub connections: Option<u8>,
    /// Whose signature a module for Windows must carry: `authenticode_subject` of the helper's brand
    #[arg(long, value_name = "NAME", default_value = "TeamViewer Germany GmbH")]
    pub publisher: String,
    /// For the helper: the updater's signature, as `tauri signer sign --app-version` writes it.
    #[arg(long, value_name = "FILE.sig", requires = "updater_key")]
    pub signature: Option<PathBuf>,
    /// For the helper: the public key that the signature must hold under.
    #[arg(long, value_name = "FILE.pub", requires = "signature")]
    pub updater_key: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Approve {
    #[command(flatten)]
    pub signing: Signing,
    /// Sign without a question.
    #[arg(long, conflicts_with = "show")]
    pub yes: bool,
    /// Only show it.
    #[arg(long)]
    pub show: bool,
}

#[derive(Debug, Args)]
pub struct Selected {
    /// The system.
    #[arg(long)]
    pub system: SystemArg,
    /// The version.
    #[arg(long)]
    pub version: String,
    /// Only for this processor [default: all]
    #[arg(long)]
    pub arch: Option<ArchArg>,
    /// The module.
    #[arg(long, default_value = "quicksupport")]
    pub module: String,
}

#[derive(Debug, Args)]
pub struct Change {
    #[command(flatten)]
    pub signing: Signing,
    #[command(flatten)]
    pub selected: Selected,
}

#[derive(Debug, Args)]
pub struct RolloutArgs {
    #[command(flatten)]
    pub change: Change,
    /// How many percent of the PCs get it. More only ever adds PCs.
    #[arg(long, value_parser = basis_points, required_unless_present_any = ["groups", "no_groups"])]
    pub percent: Option<u16>,
    /// The groups that get it whatever the percentage, instead of those before; may be given more than once.
    #[arg(long = "group", value_name = "GROUP")]
    pub groups: Vec<String>,
    /// No groups any more.
    #[arg(long, conflicts_with = "groups")]
    pub no_groups: bool,
}

#[derive(Debug, Subcommand)]
pub enum RootCommand {
    /// Which keys may sign what, and until when.
    Show(Place),
    /// Sign the same keys for another two years.
    Renew(RootSign),
    /// Replace a lost or stolen key, or change how many must sign.
    ///
    /// A lost targets key: root change --remove targets=OLD_ID --add targets=targets-kim.pub
    /// The holder of the new key makes it with: helper-publish key new targets-kim.pem
    #[command(verbatim_doc_comment)]
    Change(RootChangeArgs),
    /// Look at the new root that waits, and sign it.
    Sign(RootSign),
    /// Drop the new root that waits.
    Discard(Place),
}

#[derive(Debug, Args)]
pub struct RootSign {
    #[command(flatten)]
    pub signing: Signing,
    /// Sign without a question.
    #[arg(long, conflicts_with = "show")]
    pub yes: bool,
    /// Only show it.
    #[arg(long)]
    pub show: bool,
}

#[derive(Debug, Args)]
pub struct RootChangeArgs {
    #[command(flatten)]
    pub sign: RootSign,
    /// A public key that may sign from now on; ROLE is root, targets or online.
    #[arg(long, value_name = "ROLE=FILE.pub")]
    pub add: Vec<String>,
    /// A key that may no longer, by the first eight digits of its id.
    #[arg(long, value_name = "ROLE=ID")]
    pub remove: Vec<String>,
    /// How many keys must sign.
    #[arg(long, value_name = "ROLE=COUNT")]
    pub threshold: Vec<String>,
}

#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Create a key: FILE.pem for its holder, FILE.pub for those who change the root.
    New {
        /// root-NAME.pem, targets-NAME.pem or online-NAME.pem.
        file: PathBuf,
        /// A file whose first line is the passphrase [default: it is asked for]
        #[arg(long = "passphrase-file", value_name = "FILE")]
        passphrase_files: Vec<String>,
        /// Do not encrypt the key: for demonstrations only.
        #[arg(long, conflicts_with = "passphrase_files")]
        unencrypted: bool,
    },
    /// Change the passphrase of a key.
    Passphrase {
        /// The key.
        file: PathBuf,
        /// A file whose first line is the present passphrase [default: it is asked for]
        #[arg(long = "passphrase-file", value_name = "FILE")]
        passphrase_files: Vec<String>,
        /// A file whose first line is the new passphrase [default: it is asked for]
        #[arg(long = "new-passphrase-file", value_name = "FILE")]
        new_passphrase_files: Vec<String>,
        /// Take the encryption off: for demonstrations only.
        #[arg(long, conflicts_with = "new_passphrase_files")]
        unencrypted: bool,
    },
}

#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// Mirrors: addresses (https://...) or folders.
    #[arg(required = true)]
    pub mirrors: Vec<String>,
    /// The root that is trusted: root.json of the repository.
    #[arg(long, value_name = "FILE")]
    pub root: PathBuf,
    /// Read every package as a whole.
    #[arg(long)]
    pub deep: bool,
    /// The report as JSON, for programs.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct ExportArgs {
    #[command(flatten)]
    pub place: Place,
    /// The bundle: a name that ends in .zip, or a folder that is not there yet.
    pub to: PathBuf,
    /// Packages for this system only; may be given more than once [default: all]
    #[arg(long = "system", value_name = "SYSTEM")]
    pub systems: Vec<SystemArg>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum SystemArg {
    Linux,
    Windows,
    Macos,
}

impl From<SystemArg> for System {
    fn from(system: SystemArg) -> Self {
        match system {
            SystemArg::Linux => Self::Linux,
            SystemArg::Windows => Self::Windows,
            SystemArg::Macos => Self::Macos,
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum ArchArg {
    #[value(name = "x86_64")]
    X86_64,
    Aarch64,
    Any,
}

impl From<ArchArg> for Arch {
    fn from(arch: ArchArg) -> Self {
        match arch {
            ArchArg::X86_64 => Self::X86_64,
            ArchArg::Aarch64 => Self::Aarch64,
            ArchArg::Any => Self::Any,
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum KindArg {
    Exe,
    Zip,
    TarGz,
}

impl From<KindArg> for PackageKind {
    fn from(kind: KindArg) -> Self {
        match kind {
            KindArg::Exe => Self::Exe,
            KindArg::Zip => Self::Zip,
            KindArg::TarGz => Self::TarGz,
        }
    }
}
