//! The command line. Exit codes are part of the interface for a HIS and for scripts: they stay as they are.

mod args;

use crate::app::{self, Desk};
use crate::audit;
use crate::console;
use crate::diagnostics;
use crate::doctor;
use crate::driver::Driver;
use crate::effects::Hands;
use crate::faces::dialogs;
use crate::faces::terminal::{self, Ending};
use crate::import;
use crate::instance::{self, Knock};
use crate::mailbox::{self, Reply};
use crate::policy;
use crate::renewal;
use crate::settings::{self, Keeper};
use crate::setup::{self, Build};
use crate::templates;
use crate::words::{Language, Words};
use args::{AutostartCommand, Cli, Command, PolicyCommand};
use clap::Parser as _;
use helper_core::Core;
use helper_core::intent::{Answer, Intent, Refusal, Wish};
use helper_core::link;
use helper_core::policy::{Effective, Stated};
use helper_core::text::{Text, TextKey};
use helper_machine::clock;
use helper_machine::dirs::Dirs;
use helper_machine::handover::{self, Single};
use helper_machine::journal::{Journal, Line};
use helper_machine::launching;
use helper_machine::log;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

const FAILED: u8 = 1;
const USAGE: u8 = 2;
const PROBLEM: u8 = 3;
const CANCELLED: u8 = 4;
const REFUSED: u8 = 5;
const NOT_RUNNING: u8 = 6;
const COMPLAINTS: u8 = 7;
const NOT_AT_LOGIN: u8 = 8;

/// How long a helper that comes up or goes away is waited for, in milliseconds.
const HANDOVER_LIMIT: u64 = 10_000;
/// How long between two tries to reach it.
const HANDOVER_PAUSE: Duration = Duration::from_millis(50);

/// Runs the program.
pub fn main() -> ExitCode {
    console::join();
    let level = std::env::var("SUPPORT_HELPER_LOG").ok().and_then(|level| level.parse().ok());
    tracing_subscriber::fmt()
        .with_max_level(level.unwrap_or(tracing::level_filters::LevelFilter::WARN))
        .with_writer(log::sink)
        .init();
    // The system's opener puts the link first and nothing behind it. A quote in a link must not add words of its own.
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    if arguments.len() > 1 && arguments[0].to_str().is_some_and(link::is_link) {
        say_error("a link stands alone");
        return ExitCode::from(USAGE);
    }
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are no errors; clap knows which stream.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { USAGE } else { 0 });
        }
    };
    let (shows, language) = (cli.shows(), cli.language.map(Language::from));
    match run(cli) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            say_error(&error.to_string());
            if shows {
                last_resort(language, &error.to_string());
            }
            ExitCode::from(FAILED)
        }
    }
}

/// The helper cannot begin, and who clicked sees no terminal: one dialog says so and whom to call.
fn last_resort(language: Option<Language>, error: &str) {
    let language = Language::from(policy::unmanaged_language(language, None).value);
    let words = Words::of(language);
    let say = |key| words.ui(key).unwrap_or_default().to_owned();
    let call = Build::built_in()
        .ok()
        .map(|build| words.say(&Text::plain(TextKey::CallPhone).with("phone", setup::phone(&build.brand, language))));
    let lines = [Some(say("ui.broken.headline")), Some(say("ui.broken.sentence")), call, Some(error.to_owned())];
    let text = lines.into_iter().flatten().collect::<Vec<_>>().join("\n\n");
    if let Err(error) = dialogs::tell(&say("ui.title"), &text) {
        tracing::debug!(%error, "the terminal has it alone");
    }
}

fn say_error(message: &str) {
    // Without a standard error nobody would read it anyway.
    let _ = writeln!(io::stderr().lock(), "support-helper: {message}");
}

fn run(cli: Cli) -> Result<u8, Box<dyn std::error::Error>> {
    let build = Build::load()?;
    let stated = policy::stated(&build.brand);
    let asked = cli.language.map(Language::from);
    let chosen = setup::of_user(&build.brand.identifier).map(|dirs| settings::kept(&dirs)).unwrap_or_default();
    let policy = policy::effective(&stated, &build.brand, asked, &chosen);
    let language = Language::from(policy.language.value);
    let dirs = || setup::folders(&build.brand);
    let headless_start = |headless, json| Start { first: Some(Wish::Request.into()), headless, json, visible: true };
    let start = match (cli.command, cli.link) {
        (None, None) => Start { first: None, headless: false, json: false, visible: !cli.background },
        (None, Some(argument)) => {
            if !link::is_link(&argument) {
                say_error(&format!("`{argument}` is no command; see --help"));
                return Ok(USAGE);
            }
            match link::read(&argument, &build.brand.link_scheme) {
                Ok(person) => Start { first: Some(Intent::Called { person }), ..headless_start(false, false) },
                Err(error) => {
                    say_error(&error.to_string());
                    return Ok(USAGE);
                }
            }
        }
        (Some(Command::Start { headless, json }), _) => headless_start(headless, json),
        (Some(Command::Restart { json }), _) => return knock(&dirs()?, Wish::Restart.into(), json),
        (Some(Command::Open), _) => return knock(&dirs()?, Intent::OpenWindow, false),
        (Some(Command::Update), _) => return knock(&dirs()?, Intent::CheckNow, false),
        (Some(Command::GiveWay), _) => {
            let came_up = renewal::give_way(&dirs()?, renewal::come_up_limit())?;
            return Ok(if came_up { 0 } else { FAILED });
        }
        (Some(Command::Import { path }), _) => {
            return import(&build, &policy, &dirs()?, &Words::of(language), &path);
        }
        (Some(Command::Audit { json }), _) => {
            let dirs = setup::of_user(&build.brand.identifier)?;
            return Ok(if audit::print(&dirs, json, &mut io::stdout().lock())? { 0 } else { PROBLEM });
        }
        (Some(Command::Diagnostics { out, print }), _) => {
            let dirs = setup::of_user(&build.brand.identifier)?;
            let done = diagnostics::run(&build, &policy, &dirs, &Words::of(language), out.as_deref(), print)?;
            return Ok(if done { 0 } else { FAILED });
        }
        (Some(Command::Doctor { json }), _) => {
            let good = doctor::show(&build.brand, &policy, &Words::of(language), json, &mut io::stdout().lock())?;
            return Ok(if good { 0 } else { PROBLEM });
        }
        (Some(Command::Quit), _) => return knock(&dirs()?, Intent::Quit, false),
        (Some(Command::Answer { wish }), _) => {
            return match serde_json::from_value::<Wish>(serde_json::Value::String(wish.clone())) {
                Ok(wish) => knock(&dirs()?, wish.into(), false),
                Err(_) => {
                    say_error(&format!("`{wish}` is no answer; see status --json"));
                    Ok(USAGE)
                }
            };
        }
        (Some(Command::Status { json }), _) => return status(&dirs()?, &Words::of(language), json),
        // IT may ask as another user: nothing is made or written.
        (Some(Command::Policy(PolicyCommand::Show { json })), _) => {
            policy::show(&stated, &policy, json, &mut io::stdout().lock())?;
            return Ok(if policy.complaints.is_empty() { 0 } else { COMPLAINTS });
        }
        (Some(Command::Policy(PolicyCommand::Templates { folder })), _) => {
            let written = templates::write(&templates::of(&build.brand, language), &folder)?;
            let mut out = io::stdout().lock();
            for path in written {
                writeln!(out, "{}", path.display())?;
            }
            return Ok(0);
        }
        (Some(Command::Autostart(command)), _) => return at_login(command, &build, language),
    };
    become_or_join(&build, &Managed { stated, asked }, &dirs()?, start)
}

/// What holds as long as this process runs, whatever the person changes.
#[derive(Debug)]
struct Managed {
    stated: Stated,
    /// The language that the command line asks for.
    asked: Option<Language>,
}

/// Becomes the helper, or hands the wish to the one that is there. One that is coming up has no door yet, and one that is
/// going away does not answer any more: both last a moment, so both ways are tried again.
fn become_or_join(
    build: &Build,
    managed: &Managed,
    dirs: &Dirs,
    start: Start,
) -> Result<u8, Box<dyn std::error::Error>> {
    let give_up = clock::moment().after(HANDOVER_LIMIT);
    let knocking = match &start.first {
        Some(intent) => Knock::Wish(intent.clone()),
        None if start.visible => Knock::Wish(Intent::OpenWindow),
        // Two entries may start it at login, the user's and the PC's: the second one wants nothing.
        None => Knock::Status,
    };
    loop {
        if let Some(single) = handover::become_single(&dirs.lock())? {
            return begin(&single, build, managed, dirs, start);
        }
        let reply = instance::knock(dirs, &knocking);
        let is_ending = |reply: &Reply| reply.answer == Some(Answer::Refused(Refusal::Ending));
        if clock::moment() >= give_up || reply.as_ref().is_ok_and(|reply| !is_ending(reply)) {
            return acknowledged(reply, start.json);
        }
        std::thread::sleep(HANDOVER_PAUSE);
    }
}

fn at_login(command: AutostartCommand, build: &Build, language: Language) -> Result<u8, Box<dyn std::error::Error>> {
    let entry = setup::at_login(&build.brand, language)?;
    match command {
        AutostartCommand::On => entry.switch_on()?,
        AutostartCommand::Off => entry.switch_off()?,
        AutostartCommand::Status => {}
    }
    let is_on = entry.is_on();
    writeln!(io::stdout().lock(), "{}", if is_on { "on" } else { "off" })?;
    if matches!(command, AutostartCommand::On) && !is_on {
        say_error("the entry is there, but the system's own settings keep it off; switch it on there");
    }
    Ok(if is_on || matches!(command, AutostartCommand::Off) { 0 } else { NOT_AT_LOGIN })
}

#[derive(Debug)]
struct Start {
    first: Option<Intent>,
    headless: bool,
    json: bool,
    visible: bool,
}

/// This process becomes the helper.
fn begin(
    single: &Single,
    build: &Build,
    managed: &Managed,
    dirs: &Dirs,
    start: Start,
) -> Result<u8, Box<dyn std::error::Error>> {
    let headless = start.headless || !has_display();
    if headless && start.first.is_none() {
        // Nobody asked for support (a start at login on a console, for example): it is not begun unasked.
        return Err("there is no display; `support-helper start` works in the terminal".into());
    }
    if !headless && let Some(program) = renewal::on_start(dirs) {
        renewal::go_on_as(&program)?;
        return Ok(0);
    }
    log::keep(&dirs.journal());
    dirs.clear_unfinished();
    let (mailbox, receiver) = mailbox::mailbox();
    let keeper = Keeper::new(&build.brand, &managed.stated, managed.asked, dirs, !headless);
    let policy = &keeper.settings().effective;
    let language = Language::from(policy.language.value);
    let core = Core::new(Arc::new(setup::core_setup(&build.brand, policy, dirs)));
    let hands = Hands::new(build, keeper, dirs, mailbox.clone());
    let (beginning, desk, settle) = (hands.beginning(policy.check_hours.value), hands.desk(), hands.settle());
    let mut journal = Journal::open(dirs.journal());
    policy::log(policy);
    if let Some(what) = policy::journal_words(policy) {
        let state = core.request().name();
        let at = clock::wall().to_string();
        journal.add(&Line { at, what: &what, from: state, to: state, code: None, effects: Vec::new() });
    }
    let words = Arc::new(Words::of(language));
    let scribe = audit::Scribe::begin(policy, dirs);
    let driver = Driver::new(core, hands, Arc::clone(&words), journal, scribe, receiver);
    let looping = std::thread::Builder::new().name("driver".into()).spawn(move || driver.run())?;
    instance::serve(single, dirs, mailbox.clone())?;
    let code = if headless {
        settle();
        let ending = terminal::run(&mailbox, &words, start.json, start.first)?;
        match ending {
            Ending::Running => 0,
            Ending::Problem => PROBLEM,
            Ending::Cancelled => CANCELLED,
        }
    } else {
        let title = setup::title(&build.brand, language);
        setup::own_links(&build.brand, &title);
        let come_up_dirs = dirs.clone();
        app::run(Desk {
            mailbox: mailbox.clone(),
            words,
            title,
            brand: build.brand.clone(),
            module: build.brand.module.name.clone(),
            scheme: build.brand.link_scheme.clone(),
            first: start.first,
            visible: start.visible,
            beginning,
            settle: Box::new(settle),
            up: Box::new(move |app| {
                desk(app);
                renewal::came_up(&come_up_dirs);
            }),
        })?;
        0
    };
    mailbox.wish(Intent::Quit);
    drop(mailbox);
    if looping.join().is_err() {
        return Err("the loop ended by a fault".into());
    }
    Ok(code)
}

/// Is there a display to draw on? A name of one is not enough: its server may be gone, and a toolkit would end the program.
fn has_display() -> bool {
    !cfg!(target_os = "linux")
        || std::env::var_os("WAYLAND_DISPLAY").is_some_and(|value| !value.is_empty())
        || launching::Desktop::open().is_some()
}

/// Hands a wish to the running helper and says what it answered.
fn knock(dirs: &Dirs, intent: Intent, json: bool) -> Result<u8, Box<dyn std::error::Error>> {
    acknowledged(instance::knock(dirs, &Knock::Wish(intent)), json)
}

/// Says what the running helper answered to a wish.
fn acknowledged(reply: io::Result<Reply>, json: bool) -> Result<u8, Box<dyn std::error::Error>> {
    let reply = match reply {
        Ok(reply) => reply,
        Err(error) => {
            say_error(&format!("no helper is running ({error})"));
            return Ok(NOT_RUNNING);
        }
    };
    let mut out = io::stdout().lock();
    let (code, said) = match reply.answer {
        Some(Answer::Refused(reason)) => (REFUSED, format!("refused: {reason:?}")),
        Some(Answer::Joined) => (0, "joined".to_owned()),
        Some(Answer::Accepted) | None => (0, "accepted".to_owned()),
    };
    if json {
        serde_json::to_writer(&mut out, &reply)?;
        writeln!(out)?;
    } else {
        writeln!(out, "{said}")?;
    }
    Ok(code)
}

fn import(
    build: &Build,
    policy: &Effective,
    dirs: &Dirs,
    words: &Words,
    path: &Path,
) -> Result<u8, Box<dyn std::error::Error>> {
    let Some(single) = handover::become_single(&dirs.lock())? else {
        say_error(&words.label(TextKey::ImportHelperRuns));
        return Ok(REFUSED);
    };
    let imported = import::run(&single, build, policy, dirs, path);
    for text in &imported.said {
        if imported.done {
            writeln!(io::stdout().lock(), "{}", words.say(text))?;
        } else {
            say_error(&words.say(text));
        }
    }
    Ok(if imported.done { 0 } else { PROBLEM })
}

fn status(dirs: &Dirs, words: &Words, json: bool) -> Result<u8, Box<dyn std::error::Error>> {
    let reply: Reply = match instance::knock(dirs, &Knock::Status) {
        Ok(reply) => reply,
        Err(error) => {
            say_error(&format!("no helper is running ({error})"));
            return Ok(NOT_RUNNING);
        }
    };
    let mut out = io::stdout().lock();
    if json {
        serde_json::to_writer(&mut out, &reply)?;
        writeln!(out)?;
    } else {
        writeln!(out, "{}: {} {}", reply.state, words.say(&reply.view.headline), words.say(&reply.view.sentence))?;
    }
    Ok(0)
}
