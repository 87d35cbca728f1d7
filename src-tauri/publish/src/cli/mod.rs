//! The command line: words in, one step of the library, words out.

mod args;
mod ceremony;
mod release;
mod watch;

pub use args::Cli;

use args::{Command, Signing};
use helper_publish::init::{Quorum, create};
use helper_publish::kit::{self, Kit};
use helper_publish::passphrase::{Files, Passphrases, Terminal, Unencrypted};
use helper_publish::{Outcome, Refused, report, repository};
use jiff::Timestamp;
use std::io::{self, IsTerminal as _, Write};
use std::path::Path;
use std::process::ExitCode;

/// Does what the command line says. The exit code is for programs: 0 done, 1 something is not as it should be.
pub fn run(command: Command, now: Timestamp, out: &mut dyn Write) -> Result<ExitCode, Refused> {
    match command {
        Command::Init(args) => init(&args, now, out)?,
        Command::Add(args) => release::publish(*args, now, out)?,
        Command::Approve(args) => release::approve(&args, now, out)?,
        Command::Discard(place) => {
            helper_publish::approve::discard(&place.folder)?;
            say(out, "dropped; what is published stays as it is\n")?;
        }
        Command::Status(place) => say(out, &report::report(&place.folder, now)?)?,
        Command::Rollout(args) => release::roll_out(&args, now, out)?,
        Command::StepBack(change) => release::step_back(&change, now, out)?,
        Command::Revoke(change) => release::word(&change, helper_core::release::Status::Revoked, now, out)?,
        Command::Pause(change) => release::word(&change, helper_core::release::Status::Paused, now, out)?,
        Command::Resume(change) => release::word(&change, helper_core::release::Status::Active, now, out)?,
        Command::Renew(signing) => release::renew(&signing, now, out)?,
        Command::Refresh(signing) => release::refresh(&signing, now, out)?,
        Command::Root(command) => ceremony::root(command, now, out)?,
        Command::Key(command) => ceremony::key(command, out)?,
        Command::Verify(args) => return watch::verify(&args, now, out),
        Command::ExportBundle(args) => watch::export(&args, now, out)?,
        Command::Decode { code, repository } => {
            say(out, &helper_publish::decode::decode(&code, repository.as_deref())?)?;
        }
        Command::Serve { mirror, port } => watch::serve(&mirror, port, out)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn init(args: &args::Init, now: Timestamp, out: &mut dyn Write) -> Result<(), Refused> {
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
    let passphrases = passphrases(&args.passphrases, args.unencrypted);
    create(&args.dir, &keys, root, targets, passphrases.as_ref(), now)?;
    let text = format!(
        "created {}\n  build {} into the helper\n  serve {}\n  keys{}: {} - move root-*.pem into a safe, and give each \
         targets-*.pem to its holder\n",
        args.dir.display(),
        args.dir.join("root.json").display(),
        repository::mirror_folder(&args.dir).display(),
        if args.unencrypted { ", not encrypted" } else { "" },
        keys.display()
    );
    say(out, &text)
}

/// Files for those keys that have one; the others are asked for, or lie open by an explicit wish.
fn passphrases(files: &[String], unencrypted: bool) -> Box<dyn Passphrases> {
    let otherwise: Box<dyn Passphrases> = if unencrypted { Box::new(Unencrypted) } else { Box::new(Terminal) };
    if files.is_empty() { otherwise } else { Box::new(Files::new(files, otherwise)) }
}

/// Runs a step with the keys that are named.
fn with_keys<T>(
    signing: &Signing,
    step: impl FnOnce(&Path, helper_publish::keys::Keyring<'_>) -> Result<T, Refused>,
) -> Result<T, Refused> {
    let folder = &signing.place.folder;
    let passphrases = passphrases(&signing.passphrases, false);
    let own = folder.join("keys");
    let keyring = if signing.keys.is_empty() {
        helper_publish::keys::Keyring::new([own], passphrases.as_ref())
    } else {
        helper_publish::keys::Keyring::new(signing.keys.iter().cloned(), passphrases.as_ref()).with_online(own)
    };
    step(folder, keyring)
}

/// What became of a change, with the next step for people.
fn fate(outcome: Outcome, folder: &Path) -> String {
    let name = folder.display();
    match outcome {
        Outcome::Published => kit_follows(folder),
        Outcome::Staged { signed, needed } => format!(
            "not visible yet: {signed} of {needed} signatures. Another key holder now runs:\n  helper-publish approve \
             --repo {name} --keys FOLDER\n"
        ),
        Outcome::NeedsOnlineKey => format!(
            "not visible yet: enough people have signed, but the online key is not here. It is published by the next:\n  \
             helper-publish refresh --repo {name}\n"
        ),
    }
}

/// Lets the kit on the mirror follow. The release is published already, whatever becomes of this.
fn kit_follows(folder: &Path) -> String {
    match kit::renew(folder) {
        Ok(Kit::Absent | Kit::Same) => String::new(),
        Ok(Kit::Renewed) => "the HIS kit on the mirror offers what is published now\n".into(),
        Err(refused) => format!("WARNING: the HIS kit still offers what it did: {refused}\n"),
    }
}

/// Asks for a yes. Without a terminal nobody can be asked.
fn confirmed(yes: bool, question: &str, out: &mut dyn Write) -> Result<bool, Refused> {
    if yes {
        return Ok(true);
    }
    if !io::stdin().is_terminal() {
        return Err(Refused::Input(
            "nothing was signed: nobody can be asked here. To sign without a question add --yes".into(),
        ));
    }
    say(out, &format!("{question} Type yes: "))?;
    let mut answer = String::new();
    io::stdin()
        .read_line(&mut answer)
        .map_err(|source| Refused::Io { doing: "cannot read the answer".into(), source })?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "yes" | "예" | "네"))
}

fn say(out: &mut dyn Write, text: &str) -> Result<(), Refused> {
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|source| Refused::Io { doing: "cannot write the answer".into(), source })
}
