//! The words of the command line, as clap reads them.

use crate::words::Language;
use clap::{Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

const CODES: &str = "\
Exit codes:
  0  done: the module runs, or the running helper accepted or joined the request
  1  the helper itself cannot work here; the message says why
  2  the command line or the link is not understood
  3  a problem: its card was printed, with its code
  4  cancelled, or a question had nobody to answer it
  5  the running helper refused; the reason is printed
  6  no helper is running
  7  policy show: something in the policy is not used as it stands; the complaints say what and why
  8  autostart: the helper does not start at login; after `autostart on` because the system's own settings keep it off

`doctor` ends with 0 when everything that support needs can be reached, and 3 otherwise.

`import` ends with 0 when the module is in place, 3 when nothing in what was named can be used (the reason is printed and
nothing was changed), and 5 when a helper is running: quit it first.

`audit` ends with 3 when lines of the journal are missing or were changed.

SUPPORT_HELPER_LOG=info (debug, trace) writes more to standard error.";

/// Remote support helper: one click, and the remote support module runs.
#[derive(Debug, Parser)]
#[command(name = "support-helper", version, after_help = CODES)]
pub(super) struct Cli {
    /// Language of the faces; without it the system's.
    #[arg(long, global = true, value_enum)]
    pub(super) language: Option<LanguageArgument>,
    /// Start in the tray without ever opening a window by itself (for the start at login).
    #[arg(long)]
    pub(super) background: bool,
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    /// A link that the HIS opened.
    #[arg(hide = true, value_name = "LINK")]
    pub(super) link: Option<String>,
}

impl Cli {
    /// Does the person who starts it this way look at the desktop, not at a terminal?
    pub(super) const fn shows(&self) -> bool {
        matches!(self.command, None | Some(Command::Start { headless: false, json: false }))
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum LanguageArgument {
    Ko,
    En,
}

impl From<LanguageArgument> for Language {
    fn from(argument: LanguageArgument) -> Self {
        match argument {
            LanguageArgument::Ko => Self::Ko,
            LanguageArgument::En => Self::En,
        }
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Ask for support: the same as a click on the icon.
    Start {
        /// Use the terminal: one line a step, questions on standard input, no window and no tray.
        #[arg(long)]
        headless: bool,
        /// With --headless or to a running helper: print each state as one line of JSON.
        #[arg(long)]
        json: bool,
    },
    /// End the module's window and start it again.
    Restart {
        /// Print the acknowledgement as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Show the window of the running helper.
    Open,
    /// Answer the running helper's card, for example `answer close-and-continue`.
    Answer {
        /// One of the wishes that `status --json` lists under `actions`.
        wish: String,
    },
    /// Say how the running helper stands.
    Status {
        /// Print it as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Let the running helper look for a newer module and a newer helper now.
    Update,
    /// Bring in a copy of the mirror on a USB stick or a share, for PCs without a network. No helper may be running.
    Import {
        /// The folder with `metadata` and `targets` in it, or a zip file of these.
        path: PathBuf,
    },
    /// Examine the network: what is in the way of support, and who must act.
    Doctor {
        /// Print it as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Print the audit journal, and whether a line of it is missing or was changed.
    Audit {
        /// Print its lines as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Save what a supporter needs to know of this PC as one zip file, without names and patients' data.
    Diagnostics {
        /// The file to write; without it one on the Desktop or among the downloads.
        #[arg(long)]
        out: Option<PathBuf>,
        /// Print everything that is in it. Nothing is written then, unless --out says where.
        #[arg(long)]
        print: bool,
    },
    /// End the running helper. The module goes on.
    Quit,
    /// Give the place to a new version and see that it comes up. The helper calls this itself.
    #[command(hide = true)]
    GiveWay,
    /// What hospital IT manages.
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// The helper's start at login, for this user.
    #[command(subcommand)]
    Autostart(AutostartCommand),
}

#[derive(Clone, Copy, Debug, Subcommand)]
pub(super) enum AutostartCommand {
    /// Start at login, in the tray.
    On,
    /// Do not start at login.
    Off,
    /// Say `on` or `off`.
    Status,
}

#[derive(Debug, Subcommand)]
pub(super) enum PolicyCommand {
    /// Show every value with its source, the way to every mirror, and what is wrong with the policy.
    Show {
        /// Print it as JSON.
        #[arg(long)]
        json: bool,
    },
}
