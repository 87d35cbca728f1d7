use super::*;
use crate::audit::Audit;
use crate::journal::{Journal, Line};
use helper_core::audit::Entry;
use helper_core::diagnostics::{self, Running};
use helper_core::upkeep::UpkeepStatus;
use std::fs;
use std::io::Read as _;
use zip::ZipArchive;

/// What must not be in any zip, in the spellings in which a reader would know it.
const PLANTED: [&str; 14] = [
    "900101-1234567",
    "9001011234567",
    "90010112",
    "12345678",
    "홍길동",
    "%ED%99%8D",
    "hong.gildong",
    "Hong",
    "원무과",
    "pacs.hospital.local",
    "010-1234-5678",
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9",
    "hunter2",
    "192.168.77",
];

const DIRT: &str = "환자 900101-1234567 (9001011234567) chart 12345678 홍길동 hong.gildong 원무과 010-1234-5678 \
    https://hong.gildong:hunter2@pacs.hospital.local/x?chart=12345678 file:///home/%ED%99%8D%EA%B8%B8%EB%8F%99%20%26%20Hong/a \
    /home/홍길동 & Hong/바탕화면/12345678.txt C:\\Users\\홍길동 & Hong\\x token=eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9 192.168.77.5";

fn dirty() -> (tempfile::TempDir, Dirs, Known) {
    let folder = tempfile::tempdir().unwrap();
    let dirs = Dirs::at(folder.path().join("홍길동 & Hong"), folder.path().join("run"));
    dirs.create().unwrap();
    let mut journal = Journal::open(dirs.journal());
    let code = Some("M-36 12345678");
    let at = "2026-11-25T06:30:24Z".to_owned();
    journal.add(&Line { at, what: DIRT, from: "idle", to: "stuck", code, effects: vec![DIRT.to_owned()] });
    let mut audit = Audit::open(&dirs.journal(), Some("hong.gildong".into()));
    audit.add(clock::wall(), &Entry::SettingsChanged { keys: vec![DIRT.into()] });
    fs::write(dirs.journal().join("log.txt"), format!("WARN {DIRT}\n")).unwrap();
    let known = known(&dirs)
        .home("/home/홍길동 & Hong")
        .home(r"C:\Users\홍길동 & Hong")
        .person("홍길동")
        .person("Hong")
        .person("원무과");
    (folder, dirs, known)
}

fn documents() -> Vec<Document> {
    let (_folder, dirs, known) = dirty();
    let store = Store::new(dirs.module(), Default::default());
    let dirt = || DIRT.to_owned();
    let mut facts = facts(&dirs, &store);
    facts.policy = vec![("mirrors".into(), dirt(), format!("environment {DIRT}"))];
    facts.complaints = vec![dirt()];
    facts.web_view = Some(Err(dirt()));
    facts.doctor = Some(serde_json::json!({ "found": DIRT }).to_string());
    let upkeep = UpkeepStatus { state: dirt(), refused: vec![dirt()], ..UpkeepStatus::default() };
    facts.running = Some(Running { version: dirt(), state: dirt(), upkeep });
    diagnostics::documents(&facts, &known)
}

fn entries(bytes: &[u8]) -> Vec<(String, String)> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..archive.len())
        .map(|n| {
            let mut file = archive.by_index(n).unwrap();
            let mut text = String::new();
            file.read_to_string(&mut text).unwrap();
            (file.name().unwrap().into_owned(), text)
        })
        .collect()
}

#[test]
fn nothing_that_was_planted_is_in_any_part_of_the_zip() {
    let documents = documents();
    let bytes = zip(&documents).unwrap();
    let entries = entries(&bytes);
    assert_eq!(entries.len(), 7);
    for (name, text) in &entries {
        for planted in PLANTED {
            assert!(!text.to_lowercase().contains(&planted.to_lowercase()), "{planted} is in {name}: {text}");
        }
        assert!(text.contains("[resident number]") || name == "teamviewer.txt", "{name} was dirty: {text}");
    }
    // Not by its names or in its frame either.
    let raw = String::from_utf8_lossy(&bytes).into_owned();
    assert!(PLANTED.iter().all(|planted| !raw.contains(planted)));
}

#[test]
fn what_is_previewed_is_what_is_zipped_byte_for_byte() {
    let documents = documents();
    let shown: Vec<(String, String)> =
        documents.iter().map(|document| (document.name.to_owned(), document.text.clone())).collect();
    let bytes = zip(&documents).unwrap();
    assert_eq!(entries(&bytes), shown);
    assert_eq!(zip(&documents).unwrap(), bytes, "the same documents are the same bytes");
    assert!(bytes.len() < 1_000_000);
}

#[test]
fn it_is_saved_whole_under_a_name_with_the_time() {
    let folder = tempfile::tempdir().unwrap();
    let documents = [Document { name: "a.txt".into(), text: "가".into() }];
    let at = jiff::civil::date(2026, 11, 25).at(15, 30, 59, 0);
    let path = save(&documents, folder.path(), "원격지원-진단", at).unwrap();
    assert_eq!(path.file_name().unwrap(), "원격지원-진단-20261125-1530.zip");
    assert_eq!(save(&documents, folder.path(), "원격지원-진단", at).unwrap(), path, "again in the same minute");
    assert_eq!(fs::read(&path).unwrap(), zip(&documents).unwrap());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    save(&documents, &folder.path().join("nowhere"), "x", at).unwrap_err();
}

#[test]
fn without_anything_to_read_there_is_a_diagnosis_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let dirs = Dirs::at(folder.path().join("nowhere"), folder.path().join("run"));
    let facts = facts(&dirs, &Store::new(dirs.module(), Default::default()));
    let documents = diagnostics::documents(&facts, &known(&dirs));
    assert_eq!(documents.len(), 6);
    assert!(documents[0].text.contains("module           none"), "{}", documents[0].text);
    assert!(!dirs.data().exists(), "nothing is made");
}

#[test]
fn the_problem_is_the_one_of_the_last_state() {
    let lines = |last: &str| vec![r#"{"code":"M-36 1"}"#.to_owned(), last.to_owned()];
    assert_eq!(last_problem(&lines(r#"{"to":"stuck","code":"N-11 2"}"#)).unwrap(), "N-11 2 (by the journal)");
    assert_eq!(last_problem(&lines(r#"{"to":"idle"}"#)), None);
    assert_eq!(last_problem(&lines("cut")), None);
}
