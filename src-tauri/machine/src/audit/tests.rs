use super::*;
use std::fs;
use std::path::PathBuf;

const SMALL: Limits = Limits { bytes: 1_500, closed: 3 };

fn entry(n: u64) -> Entry {
    Entry::HelperStarted { version: format!("0.1.{n} 한글 & \"x\"") }
}

/// A journal of so many entries.
fn journal(limits: Limits, count: u64) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let mut audit = Audit::with(folder.path(), Some("홍길동".into()), limits);
    (1..=count).for_each(|n| audit.add(Timestamp::UNIX_EPOCH, &entry(n)));
    let path = folder.path().join("audit.jsonl");
    (folder, path)
}

fn lines(path: &Path) -> Vec<String> {
    fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect()
}

fn write(path: &Path, lines: &[String]) {
    fs::write(path, lines.iter().map(|line| format!("{line}\n")).collect::<String>()).unwrap();
}

#[test]
fn lines_follow_each_other_over_starts_and_in_the_same_instant() {
    let (folder, path) = journal(LIMITS, 3);
    let mut audit = Audit::open(folder.path(), None);
    // Two in the same instant differ by their numbers, whatever the clock says.
    audit.add(Timestamp::UNIX_EPOCH, &entry(4));
    audit.add(Timestamp::UNIX_EPOCH, &entry(4));
    let log = read(folder.path());
    assert!(log.is_whole(), "{:?}", log.broken);
    assert_eq!(log.records.iter().map(|record| record.number).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    assert_eq!(log.records[0].user.as_deref(), Some("홍길동"));
    assert_eq!(log.records[4].user, None);
    assert_eq!(log.records[3].entry, Some(entry(4)));
    assert_eq!(lines(&path).len(), 5);
}

#[test]
fn equal_entries_at_an_equal_time_have_different_seals() {
    let sealed = |number, before| {
        Unsealed { number, at: "2026-11-25T00:00:00Z".into(), user: None, entry: &entry(1), before }.sealed().unwrap()
    };
    let (_, first) = sealed(1, NOTHING);
    assert_ne!(sealed(2, first).1, first);
}

#[test]
fn an_entry_of_a_later_version_is_a_link_of_the_chain_all_the_same() {
    let (folder, path) = journal(LIMITS, 1);
    let first = read(folder.path()).records.remove(0);
    let body = format!(r#"{{"number":2,"at":"now","what":"not-known-yet","x":[1],"before":"{}"}}"#, first.seal);
    let open = body.strip_suffix('}').unwrap();
    let line = format!("{open}{SEAL}{}\"}}", seal_of(&body));
    write(&path, &[first.line, line]);
    Audit::open(folder.path(), None).add(Timestamp::UNIX_EPOCH, &entry(3));
    let log = read(folder.path());
    assert!(log.is_whole(), "{:?}", log.broken);
    assert_eq!((log.records.len(), &log.records[1].entry), (3, &None));
}

#[test]
fn every_changed_line_is_seen() {
    let (folder, path) = journal(LIMITS, 4);
    let good = lines(&path);
    for at in 0..4 {
        for (from, to) in [("0.1.", "0.2."), ("홍길동", "김철수"), ("helper-started\"", "helper-started\",\"x\":1")]
        {
            let mut bad = good.clone();
            bad[at] = bad[at].replace(from, to);
            assert_ne!(bad[at], good[at]);
            write(&path, &bad);
            assert!(!read(folder.path()).is_whole(), "line {at}: {from}");
        }
        let mut bad = good.clone();
        bad[at] = "{}".into();
        write(&path, &bad);
        assert!(!read(folder.path()).is_whole(), "line {at} emptied");
        // Sealed anew by somebody who knows how: the line behind it tells.
        let record = Record::read(good[at].as_bytes()).unwrap();
        let (number, at_, before) = (record.number, record.at, record.before);
        let anew = Unsealed { number, at: at_, user: None, entry: &entry(1), before }.sealed().unwrap();
        let mut bad = good.clone();
        bad[at] = anew.0;
        write(&path, &bad);
        assert_eq!(read(folder.path()).is_whole(), at == 3, "line {at} sealed anew");
    }
}

#[test]
fn removed_doubled_and_exchanged_lines_are_seen() {
    let (folder, path) = journal(LIMITS, 5);
    let good = lines(&path);
    for at in 0..4 {
        let mut removed = good.clone();
        removed.remove(at);
        write(&path, &removed);
        let log = read(folder.path());
        let expected = if at == 0 { Broken::Beginning(1) } else { Broken::Missing(at as u64) };
        assert_eq!(log.broken, [expected], "line {at} removed");
        let mut doubled = good.clone();
        doubled.insert(at, good[at].clone());
        write(&path, &doubled);
        assert!(!read(folder.path()).is_whole(), "line {at} doubled");
        let mut exchanged = good.clone();
        exchanged.swap(at, at + 1);
        write(&path, &exchanged);
        assert!(!read(folder.path()).is_whole(), "line {at} exchanged");
    }
    // The limit of such a chain, said in the module's documentation: its last lines can be taken away.
    write(&path, &good[..3]);
    assert!(read(folder.path()).is_whole());
}

#[test]
fn wherever_the_power_cuts_the_last_line_the_chain_goes_on() {
    let (folder, path) = journal(LIMITS, 3);
    let whole = fs::read(&path).unwrap();
    let last = whole[..whole.len() - 1].iter().rposition(|byte| *byte == b'\n').unwrap() + 1;
    for cut in last + 1..whole.len() {
        let mut left = whole[..cut].to_vec();
        if cut % 7 == 0 {
            // A file system may have given the room already.
            left.extend([0; 20]);
        }
        fs::write(&path, &left).unwrap();
        let log = read(folder.path());
        let only_the_end_is_missing = cut == whole.len() - 1 && cut % 7 != 0;
        assert!(log.is_whole(), "cut at {cut}: {:?}", log.broken);
        assert_eq!((log.records.len(), log.cut), if only_the_end_is_missing { (3, 0) } else { (2, 1) }, "at {cut}");
        let mut audit = Audit::open(folder.path(), None);
        audit.add(Timestamp::UNIX_EPOCH, &entry(9));
        audit.add(Timestamp::UNIX_EPOCH, &entry(9));
        let log = read(folder.path());
        assert!(log.is_whole(), "cut at {cut}, then written: {:?}", log.broken);
        assert_eq!(log.records.last().unwrap().number, if only_the_end_is_missing { 5 } else { 4 });
    }
}

#[test]
fn files_are_bounded_and_the_chain_goes_through_them() {
    let (folder, path) = journal(SMALL, 60);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 4);
    let log = read_with(folder.path(), SMALL);
    assert!(log.is_whole(), "{:?}", log.broken);
    assert_eq!(log.records.last().unwrap().number, 60);
    assert!(log.records[0].number > 1, "the oldest are gone as they should be");
    // A later start goes on, also right after the file was changed.
    let mut audit = Audit::with(folder.path(), None, SMALL);
    audit.add(Timestamp::UNIX_EPOCH, &entry(61));
    assert!(read_with(folder.path(), SMALL).is_whole());
    // A file from the middle, and the oldest one too early.
    fs::remove_file(folder.path().join("audit.2.jsonl")).unwrap();
    assert!(!read_with(folder.path(), SMALL).is_whole());
    fs::remove_file(folder.path().join("audit.3.jsonl")).unwrap();
    assert!(matches!(read_with(folder.path(), SMALL).broken[..], [Broken::Beginning(_)]));
    let mut kept = lines(&folder.path().join("audit.1.jsonl"));
    kept.pop();
    write(&folder.path().join("audit.1.jsonl"), &kept);
    assert!(read_with(folder.path(), SMALL).broken.iter().any(|broken| matches!(broken, Broken::Missing(_))));
    assert!(path.exists());
}

#[test]
fn without_a_place_to_write_nothing_fails() {
    let folder = tempfile::tempdir().unwrap();
    let mut audit = Audit::open(&folder.path().join("nowhere"), None);
    audit.add(Timestamp::UNIX_EPOCH, &entry(1));
    let log = read(&folder.path().join("nowhere"));
    assert!(log.is_whole() && log.records.is_empty());
    // A folder in the file's place: as unwritable for root as for anybody.
    fs::create_dir(folder.path().join("audit.jsonl")).unwrap();
    Audit::open(folder.path(), None).add(Timestamp::UNIX_EPOCH, &entry(1));
}
