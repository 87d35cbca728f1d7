//! What the audit journal says of a click (SPEC I8), and what a diagnosis holds (SPEC H3).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)] // A broken world ends the test here.

use flows::{Called, Pc, Publisher};
use helper_core::release::Release;
use helper_world::{Full, Mirror, RunningStandIn};
use serde_json::{Value, json};
use std::fs;
use std::io::Read as _;
use std::path::Path;
use zip::ZipArchive;

/// A PC with a display, Hangul and `&` in every path, on which this module is placed and Full runs.
fn desk() -> (Publisher, Release, Mirror, Pc, RunningStandIn) {
    let publisher = Publisher::new();
    let release = publisher.publish("15.70.4", 2_000_000, 1);
    let mirror = Mirror::serve(publisher.mirror()).unwrap();
    let pc = Pc::awkward(&publisher, &[&mirror.base()]).with_display();
    pc.place(&publisher, &release);
    pc.learn(&publisher, &mirror.base());
    let full = Full::start(&pc.home, "").unwrap();
    (publisher, release, mirror, pc, full)
}

/// One click that is answered with the consent to close Full.
fn click_with_consent(pc: &Pc) {
    let mut talk = pc.talk();
    talk.wait_for_scene("please-close");
    talk.answer("close-and-continue");
    let called = talk.wait_end();
    assert_eq!(called.code, 0, "{called:?}");
}

fn audit(pc: &Pc) -> (Called, Value) {
    let called = pc.call(&["audit", "--json"]);
    let said = serde_json::from_str(&called.stdout).unwrap();
    (called, said)
}

fn entries(zip: &Path) -> Vec<(String, String)> {
    let mut archive = ZipArchive::new(fs::File::open(zip).unwrap()).unwrap();
    let count = archive.len();
    let mut entry = |n| {
        let mut file = archive.by_index(n).unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        (file.name().unwrap().into_owned(), text)
    };
    (0..count).map(&mut entry).collect()
}

#[test]
fn the_audit_journal_tells_of_one_click_what_was_agreed_to_and_what_started() {
    flows::alone!();
    let (_publisher, release, _mirror, pc, _full) = desk();
    click_with_consent(&pc);
    let (called, said) = audit(&pc);
    assert_eq!((called.code, &said["whole"]), (0, &json!(true)), "{called:?}");
    let entries = said["entries"].as_array().unwrap();
    let of =
        |what: &str| entries.iter().find(|entry| entry["what"] == what).unwrap_or_else(|| panic!("{what}: {said}"));
    assert_eq!(of("clicked")["click"], json!({ "wish": "request" }));
    assert_eq!(of("clicked")["from"], "terminal");
    let agreed = of("agreed");
    assert_eq!((&agreed["to"], &agreed["programs"]), (&json!("close-full"), &json!(1)));
    assert_eq!(agreed["sentence"], "close.sentence");
    let started = of("module-started");
    assert_eq!(started["version"], "15.70.4");
    assert_eq!(started["target"], release.target);
    assert_eq!(started["sha256"], release.sha256.to_string());
    assert_eq!(started["tree"], release.custom.install.tree.to_string());
    assert!(pc.modules().contains(&u32::try_from(started["pid"].as_u64().unwrap()).unwrap()));
    assert!(entries.iter().all(|entry| entry.get("user").is_none()), "no name unless the policy wants it");
    let order: Vec<u64> = entries.iter().map(|entry| entry["number"].as_u64().unwrap()).collect();
    assert_eq!(order, (1..=order.len() as u64).collect::<Vec<_>>());

    // In words, for people; and somebody who changes a line is seen.
    let words = pc.call(&["audit"]);
    assert!(words.stdout.contains("agreed to close-full (terminal), asked by close.sentence"), "{}", words.stdout);
    let path = pc.data().join("journal/audit.jsonl");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("close-full", "leave-running")).unwrap();
    let (called, said) = audit(&pc);
    assert_eq!((called.code, &said["whole"]), (3, &json!(false)));
    assert!(pc.call(&["audit"]).stdout.contains("BROKEN"));
}

#[test]
fn an_audit_journal_that_cannot_be_written_stops_no_click() {
    flows::alone!();
    let (_publisher, _release, _mirror, pc, _full) = desk();
    for name in ["audit.jsonl", "helper.jsonl", "log.txt"] {
        fs::create_dir_all(pc.data().join("journal").join(name)).unwrap();
    }
    click_with_consent(&pc);
    let (called, said) = audit(&pc);
    assert_eq!((called.code, &said["entries"]), (0, &json!([])));
    assert_eq!(pc.call(&["diagnostics", "--print"]).code, 0);
}

#[test]
fn the_zip_holds_what_was_shown_and_nobodys_name_or_number() {
    flows::alone!();
    let (_publisher, release, mirror, pc, _full) = desk();
    pc.home.set_env("USER", "hong.gildong");
    pc.set_policy(concat!(
        "groups = [\"pilot\", \"환자 900101-1234567\", \"차트 12345678 010-1234-5678\"]\n",
        "proxy = \"http://hong.gildong:hunter2@pacs.hospital.local:3128\"\n",
    ));
    click_with_consent(&pc);
    let journal = pc.data().join("journal/helper.jsonl");
    let mut text = fs::read_to_string(&journal).unwrap();
    text.push_str(&format!("{}\n", json!({ "what": format!("{} 900101-1234567", pc.home.root().display()) })));
    fs::write(&journal, text).unwrap();

    let out = pc.home.temp().join("진단 & out.zip");
    let called = pc.call(&["diagnostics", "--print", "--out", out.to_str().unwrap()]);
    assert_eq!(called.code, 0, "{called:?}");
    let entries = entries(&out);
    let shown: String = entries.iter().map(|(name, text)| format!("===== {name} =====\n{text}\n")).collect();
    let (previewed, said) = called.stdout.split_at(shown.len());
    // The time of the call stands in it: one call shows and saves the same.
    assert_eq!(previewed, shown);
    assert!(said.contains(out.to_str().unwrap()), "{said}");

    let root = pc.home.root().to_str().unwrap();
    let bytes = String::from_utf8_lossy(&fs::read(&out).unwrap()).into_owned();
    for planted in
        ["900101", "1234567", "12345678", "010-1234", "hong.gildong", "hunter2", "pacs.hospital", root, "간호사"]
    {
        for (name, text) in &entries {
            assert!(!text.contains(planted), "{planted} is in {name}: {text}");
        }
        assert!(!bytes.contains(planted));
    }
    let about = &entries[0].1;
    for kept in ["15.70.4, verified", &format!("sha256 {}", release.sha256), "running helper   none", "Linux"] {
        assert!(about.contains(kept), "{kept}: {about}");
    }
    let host = mirror.base();
    let policy = &entries[1].1;
    assert!(policy.contains(host.trim_end_matches('/')), "the mirror's host is needed: {policy}");
    assert!(policy.contains("COMPLAINT"), "{policy}");
    assert!(entries[2].1.contains("module"), "what runs is told by its kind: {}", entries[2].1);
}

#[test]
fn with_a_running_helper_its_own_word_is_in_the_diagnosis_that_lies_on_the_desktop() {
    flows::alone!();
    let publisher = Publisher::new();
    let mirror = Mirror::serve(publisher.mirror()).unwrap();
    let pc = Pc::awkward(&publisher, &[&mirror.base()]).with_display().with_bus();
    let desktop = pc.home.desktop();
    let mut helper = pc.daemon();
    // Nothing is published: a problem with a code that is read out.
    pc.call(&["start"]);
    pc.wait_for_state("stuck");
    let called = pc.call(&["diagnostics"]);
    assert_eq!(called.code, 0, "{called:?}");
    let names: Vec<String> =
        fs::read_dir(&desktop).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(names.len(), 1, "{names:?}");
    assert!(names[0].starts_with("원격지원-진단-20") && names[0].ends_with(".zip"), "{names:?}");
    assert!(called.stdout.contains(&names[0]), "{}", called.stdout);
    let about = &entries(&desktop.join(&names[0]))[0].1;
    let status = pc.status().unwrap();
    let problem = &status["view"]["problem"];
    let code = format!("{} {}\n", problem["code"].as_str().unwrap(), problem["spoken"].as_str().unwrap());
    assert!(about.contains(&code), "{code}: {about}");
    assert!(about.contains("running helper   0.1.0, stuck") && about.contains("upkeep"), "{about}");
    let (_, said) = audit(&pc);
    let clicked = said["entries"].as_array().unwrap().iter().find(|entry| entry["what"] == "clicked").unwrap();
    assert_eq!(clicked["from"], "other-start");
    // Where nothing can be written it says so.
    let english = pc.call(&["--language", "en", "diagnostics", "--out", "/proc/nowhere/x.zip"]);
    assert_eq!(english.code, 1);
    assert!(english.stderr.contains("could not be saved"), "{english:?}");
    // Its last entry is written before the program ends.
    assert_eq!(pc.call(&["quit"]).code, 0);
    helper.wait_end();
    let (called, said) = audit(&pc);
    assert_eq!((called.code, &said["whole"]), (0, &json!(true)));
    assert_eq!(said["entries"].as_array().unwrap().last().unwrap()["click"], "quit");
}

#[test]
fn what_was_carried_in_is_in_the_audit_journal_with_version_and_hash() {
    flows::alone!();
    let publisher = Publisher::new();
    let release = publisher.publish("15.70.4", 1_000_000, 1);
    let pc = Pc::awkward(&publisher, &[]);
    let called = pc.call(&["import", publisher.mirror().to_str().unwrap()]);
    assert_eq!(called.code, 0, "{called:?}");
    let (called, said) = audit(&pc);
    assert_eq!(called.code, 0);
    let imported = &said["entries"][0];
    assert_eq!((&imported["what"], &imported["version"]), (&json!("imported"), &json!("15.70.4")));
    assert_eq!(imported["sha256"], release.sha256.to_string());
    // A click in the same journal goes on behind it.
    assert_eq!(pc.click().code, 0);
    let (called, said) = audit(&pc);
    assert_eq!(called.code, 0, "{said}");
    assert_eq!(said["entries"].as_array().unwrap().last().unwrap()["what"], "module-started");
}
