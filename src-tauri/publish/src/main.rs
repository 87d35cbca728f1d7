//! `helper-publish`: reads the command line and the clock, and says what happened. Exit codes: 0 done, 1 refused
//! (nothing changed; the message says what to do), 2 wrong usage.

use clap::{Args, Parser, Subcommand, ValueEnum};
use helper_core::release::{Arch, PackageKind, Release, Status, System};
use helper_publish::add::{Add, add, arch_name, system_name};
use helper_publish::init::{Quorum, init};
use helper_publish::serve::Server;
use helper_publish::status::{Selection, basis_points, percent, refresh, report, set, status_name};
use helper_publish::{Refused, repository};
use jiff::Timestamp;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Creates, fills and signs the repository that the remote support helper trusts.
///
/// The mirror folder of a repository is plain files: copy it to any web server, `timestamp.json` last.
#[derive(Debug, Parser)]
#[command(name = "helper-publish", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Create a repository with new keys.
    ///
    /// Writes DIR/keys (or --keys), DIR/mirror and DIR/root.json, which is built into the helper. The key files are not
    /// encrypted in this version: keep the folder on an encrypted disk, never on the web server, and move root-*.pem
    /// into a safe.
    Init(Init),
    /// Check a module, sign it and put it into the mirror.
    Add(AddArgs),
    /// List what is published, and what expires when.
    Status(Place),
    /// Nobody may start this version any more. Final.
    Revoke(Change),
    /// Nobody new gets this version; who has it keeps it.
    Pause(Change),
    /// Take a pause back.
    Resume(Change),
    /// Sign snapshot and timestamp anew. Run it daily: the timestamp is valid for 7 days.
    Refresh(Signing),
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
struct Init {
    /// Folder of the repository; created if needed.
    dir: PathBuf,
    /// Folder for the private keys; must not exist yet [default: DIR/keys]
    #[arg(long)]
    keys: Option<PathBuf>,
    /// One key each for root and targets, one signature each: for one person and demonstrations.
    #[arg(long, conflicts_with_all = ["root_keys", "root_threshold", "targets_keys", "targets_threshold"])]
    single: bool,
    /// Number of root keys.
    #[arg(long, default_value_t = 3)]
    root_keys: usize,
    /// How many of them must sign.
    #[arg(long, default_value_t = 2)]
    root_threshold: usize,
    /// Number of targets keys.
    #[arg(long, default_value_t = 3)]
    targets_keys: usize,
    /// How many of them must sign.
    #[arg(long, default_value_t = 2)]
    targets_threshold: usize,
}

#[derive(Debug, Args)]
struct Place {
    /// Folder of the repository.
    #[arg(long = "repo", value_name = "DIR")]
    folder: PathBuf,
}

#[derive(Debug, Args)]
struct Signing {
    #[command(flatten)]
    place: Place,
    /// Folder of the private keys [default: DIR/keys]
    #[arg(long)]
    keys: Option<PathBuf>,
}

impl Signing {
    fn keys(&self) -> PathBuf {
        self.keys.clone().unwrap_or_else(|| self.place.folder.join("keys"))
    }
}

#[derive(Debug, Args)]
struct AddArgs {
    #[command(flatten)]
    signing: Signing,
    /// The package: .exe or .zip for Windows, .zip with an .app for macOS, .tar.gz or a program for Linux.
    file: PathBuf,
    /// The system that it runs on.
    #[arg(long)]
    system: SystemArg,
    /// The processor that it runs on.
    #[arg(long)]
    arch: ArchArg,
    /// The version that people see.
    #[arg(long)]
    version: String,
    /// The module.
    #[arg(long, default_value = "quicksupport")]
    module: String,
    /// The publisher's order, the highest wins [default: one above the highest]
    #[arg(long)]
    rank: Option<u64>,
    /// The program in the package [default: the only one]
    #[arg(long)]
    entry: Option<String>,
    /// The form of the package [default: from its first bytes]
    #[arg(long)]
    kind: Option<KindArg>,
    /// How many percent of the PCs get it.
    #[arg(long, value_name = "PERCENT", default_value = "100", value_parser = basis_points)]
    rollout: u16,
    /// The channel.
    #[arg(long, default_value = "stable")]
    channel: String,
    /// A group that gets it whatever the roll-out says; may be given more than once.
    #[arg(long = "group")]
    groups: Vec<String>,
    /// The oldest helper that can handle it, for example 1.2.0.
    #[arg(long)]
    min_helper: Option<String>,
}

#[derive(Debug, Args)]
struct Change {
    #[command(flatten)]
    signing: Signing,
    /// The system.
    #[arg(long)]
    system: SystemArg,
    /// The version.
    #[arg(long)]
    version: String,
    /// Only for this processor [default: all]
    #[arg(long)]
    arch: Option<ArchArg>,
    /// The module.
    #[arg(long, default_value = "quicksupport")]
    module: String,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum SystemArg {
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
enum ArchArg {
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
enum KindArg {
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

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli.command, Timestamp::now(), &mut io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(refused) => {
            // Nobody is left to tell if this fails.
            let _ = writeln!(io::stderr().lock(), "refused: {refused}");
            ExitCode::from(1)
        }
    }
}

fn run(command: Command, now: Timestamp, out: &mut dyn Write) -> Result<(), Refused> {
    match command {
        Command::Init(args) => create(&args, now, out),
        Command::Add(args) => publish(args, now, out),
        Command::Status(place) => say(out, &report(&place.folder, now)?),
        Command::Revoke(change) => word(&change, Status::Revoked, now, out),
        Command::Pause(change) => word(&change, Status::Paused, now, out),
        Command::Resume(change) => word(&change, Status::Active, now, out),
        Command::Refresh(signing) => {
            let expires = refresh(&signing.place.folder, &signing.keys(), now)?;
            say(out, &format!("timestamp signed until {expires}\n"))
        }
        Command::Serve { mirror, port } => serve(&mirror, port, out),
    }
}

fn create(args: &Init, now: Timestamp, out: &mut dyn Write) -> Result<(), Refused> {
    let keys = args.keys.clone().unwrap_or_else(|| args.dir.join("keys"));
    let one = Quorum { keys: 1, threshold: 1 };
    let (root, targets) = if args.single {
        (one, one)
    } else {
        (
            Quorum { keys: args.root_keys, threshold: args.root_threshold },
            Quorum { keys: args.targets_keys, threshold: args.targets_threshold },
        )
    };
    init(&args.dir, &keys, root, targets, now)?;
    let text = format!(
        "created {}\n  build {} into the helper\n  serve {}\n  keys, not encrypted: {} - move root-*.pem into a safe\n",
        args.dir.display(),
        args.dir.join("root.json").display(),
        repository::mirror_folder(&args.dir).display(),
        keys.display()
    );
    say(out, &text)
}

fn publish(args: AddArgs, now: Timestamp, out: &mut dyn Write) -> Result<(), Refused> {
    let keys = args.signing.keys();
    let request = Add {
        file: args.file,
        module: args.module,
        system: args.system.into(),
        arch: args.arch.into(),
        version: args.version,
        rank: args.rank,
        entry: args.entry,
        kind: args.kind.map(Into::into),
        basis_points: args.rollout,
        channel: args.channel,
        groups: args.groups,
        min_helper: args.min_helper,
    };
    let release = add(&args.signing.place.folder, &keys, &request, now)?;
    let text = format!(
        "published {}, rank {}, to {} of the PCs\n  file    {}, {} bytes\n  starts  {}\n  tree    {}\n",
        title(&release),
        release.custom.rank,
        percent(release.custom.rollout.basis_points),
        repository::consistent(&release),
        release.length,
        release.custom.install.entry,
        release.custom.install.tree
    );
    say(out, &text)
}

fn word(change: &Change, status: Status, now: Timestamp, out: &mut dyn Write) -> Result<(), Refused> {
    let selection = Selection {
        module: change.module.clone(),
        system: change.system.into(),
        arch: change.arch.map(Into::into),
        version: change.version.clone(),
    };
    let changed = set(&change.signing.place.folder, &change.signing.keys(), &selection, status, now)?;
    let line = |release: &Release| {
        let before = status_name(release.custom.status);
        format!("{}: {before} -> {}\n", title(release), status_name(status))
    };
    say(out, &changed.iter().map(line).collect::<String>())
}

fn serve(mirror: &Path, port: u16, out: &mut dyn Write) -> Result<(), Refused> {
    let failed = |source| Refused::Io { doing: format!("cannot serve {} on port {port}", mirror.display()), source };
    let server = Server::bind(mirror, port).map_err(failed)?;
    say(out, &format!("http://{}/\n", server.address().map_err(failed)?))?;
    server.run().map_err(failed)
}

fn title(release: &Release) -> String {
    let custom = &release.custom;
    format!("{} {} for {}-{}", custom.module, custom.version, system_name(custom.os), arch_name(custom.arch))
}

fn say(out: &mut dyn Write, text: &str) -> Result<(), Refused> {
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|source| Refused::Io { doing: "cannot write the answer".into(), source })
}
