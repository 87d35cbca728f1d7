//! The diagnosis for a supporter: collected, shown, saved (SPEC H3). The window may use `collect` and `save` as the command does.

use crate::faces::tray;
use crate::instance::{self, Knock};
use crate::mailbox::Reply;
use crate::setup::{self, Build};
use crate::words::Words;
use helper_core::diagnostics::{self, Document, Running};
use helper_core::policy::Effective;
use helper_core::redaction::Known;
use helper_core::text::{Text, TextKey};
use helper_machine::dirs::Dirs;
use helper_machine::processes::{self, Own};
use helper_machine::repository::{MetadataFolder, Repository};
use helper_machine::store::Store;
use helper_machine::{clock, diagnostics as files, placing};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Everything that the diagnosis holds, redacted: what is shown and what is written. `reply` is the running helper's word, `persons` are
/// what is known of the person (name, department, extension), `doctor` what the network doctor found, as JSON.
pub fn collect(
    build: &Build,
    policy: &Effective,
    dirs: &Dirs,
    reply: Option<Reply>,
    persons: &[String],
    doctor: Option<String>,
) -> Vec<Document> {
    let seat = placing::runs_from(&build.brand.module.name);
    let store = Store::new(dirs.module(), build.publisher()).seated(seat.clone());
    let mut facts = files::facts(dirs, &store);
    facts.helper = setup::version().to_owned();
    facts.language = format!("{} ({})", policy.language.value.name(), policy.language.source);
    facts.tray = tray::has_place();
    facts.web_view = Some(tauri::webview_version().map_err(|error| error.to_string()));
    facts.releases = Repository::new(&build.root, MetadataFolder::new(dirs.repository())).cached().len();
    facts.policy = policy
        .rows()
        .into_iter()
        .map(|(key, value, source)| (key.name().to_owned(), value, source.to_string()))
        .collect();
    facts.complaints = policy.complaints.iter().map(ToString::to_string).collect();
    facts.doctor = doctor;
    let own = Own {
        folders: [dirs.module()].into_iter().chain(seat).collect(),
        names: Vec::new(),
        title: build.brand.module.name.clone(),
        config_id: build.brand.module.config_id.clone(),
    };
    facts.scan = processes::scan(&own, None).ok();
    if let Some(Reply { state, view, version, upkeep, .. }) = reply {
        // What the running helper shows is newer than what the journal says.
        facts.problem = view.problem.map(|problem| format!("{} {}", problem.code, problem.spoken));
        facts.running = Some(Running { version, state, upkeep });
    }
    diagnostics::documents(&facts, &known(build, policy, dirs, persons))
}

fn known(build: &Build, policy: &Effective, dirs: &Dirs, persons: &[String]) -> Known {
    let addresses = policy.mirrors.value.iter().chain(&build.brand.mirrors).chain([&build.brand.origin]);
    let known = addresses.fold(files::known(dirs), |known, address| known.needed_address(address));
    let known = persons.iter().fold(known, |known, person| known.person(person));
    known.vendors_telephone(&build.brand.phone.number)
}

/// Writes the documents to this file, or under a name of their own where people look for files.
///
/// # Errors
/// Whatever the system says; nothing is left behind then.
pub fn save(documents: &[Document], words: &Words, out: Option<&Path>) -> io::Result<PathBuf> {
    match out {
        Some(path) => files::save_as(documents, path).map(|()| path.to_owned()),
        None => files::save_for_people(documents, &words.label(TextKey::DiagnosticsFile), clock::local()),
    }
}

/// The command: prints, saves, and says where. `false` when it could not be saved.
///
/// # Errors
/// Nothing can be printed.
pub fn run(
    build: &Build,
    policy: &Effective,
    dirs: &Dirs,
    words: &Words,
    out: Option<&Path>,
    print: bool,
) -> io::Result<bool> {
    // Without a helper nobody opens, and the files say what they can.
    let reply = instance::knock(dirs, &Knock::Status).ok();
    let documents = collect(build, policy, dirs, reply, &[], None);
    let mut stdout = io::stdout().lock();
    if print {
        for Document { name, text } in &documents {
            write!(stdout, "===== {name} =====\n{text}\n")?;
        }
        if out.is_none() {
            return Ok(true);
        }
    }
    match save(&documents, words, out) {
        Ok(path) => {
            let said = words.say(&Text::plain(TextKey::DiagnosticsSaved).with("path", path.display()));
            writeln!(stdout, "{said}")?;
            Ok(true)
        }
        Err(error) => {
            let said = words.label(TextKey::DiagnosticsNotSaved);
            writeln!(io::stderr().lock(), "support-helper: {said} ({error})")?;
            Ok(false)
        }
    }
}
