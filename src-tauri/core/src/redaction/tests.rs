use super::*;
use crate::spoken::Spoken;
use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization as _;

const HASH: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

/// The person at the desk, with a name and a home that have everything.
fn known() -> Known {
    Known::new()
        .home("/home/홍길동 & Kim")
        .home(r"C:\Users\홍길동 & Kim")
        .person("hong.gildong")
        .person("홍길동")
        .person("kim")
        .person("원무과")
        .person("내선 4321")
        .computer("WARD3-PC07")
        .needed_address("https://support.edgenext.example:8443/remote-support/")
        .vendors_telephone("070-7488-3982")
}

fn out(text: &str) -> String {
    redact(text, &known())
}

#[test]
fn what_must_not_leave_is_taken_out() {
    for (text, expected) in [
        ("환자 900101-1234567 님", "환자 [resident number] 님"),
        ("9001011234567", "[resident number]"),
        ("９００１０１－１２３４５６７", "[resident number]"),
        ("9 0 0 1 0 1 - 1 2 3 4 5 6 7", "[resident number]"),
        ("900101 1234567,", "[resident number],"),
        ("900101-1******", "[resident number]"),
        ("900101\u{200b}-123\u{ad}4567", "[resident number]"),
        ("등록번호 12345678번", "등록번호 [number]번"),
        ("P00123456x", "P[number]x"),
        ("123456", "[number]"),
        ("1234-567-89", "[number]"),
        ("010-1234-5678", "[telephone]"),
        ("010.1234.5678", "[telephone]"),
        ("+82 10 1234 5678", "[telephone]"),
        ("(02) 123-4567", "([telephone]"),
        ("1588-1234", "[number]"),
        ("kim.c-h+x@hospital.co.kr 홍보팀@병원.한국", "[e-mail] [e-mail]"),
        ("홍길동이 hong.gildong으로 KIM은", "[name]이 [name]으로 [name]은"),
        ("kimchi stays", "kimchi stays"),
        ("on ward3-pc07.", "on [computer]."),
        ("/home/홍길동 & Kim/바탕화면/x.txt", "~/바탕화면/x.txt"),
        (r"c:\users\홍길동 & kim\AppData", r"~\AppData"),
        (r#""C:\\Users\\홍길동 & Kim\\AppData""#, r#""~\\AppData""#),
        (r"C:\Users\Lee Sun-hee\Desktop", r"C:\Users\[name]\Desktop"),
        ("/Users/lee/x and /home/park", "/Users/[name]/x and /home/[name]"),
        (r"\\fileserver\pacs$\a.txt", r"\\[host]\[share]\a.txt"),
        (r#""\\\\fileserver\\pacs\\a""#, r#""\\\\[host]\\[share]\\a""#),
        (r"\\?\UNC\fileserver\pacs\a", r"\\[host]\[share]\a"),
        ("http://lee:pa/ss@proxy.hospital.local:3128/x?id=12#y", "http://[host]:3128/x?[hidden]"),
        ("file:///home/%ED%99%8D%EA%B8%B8%EB%8F%99%20%26%20Kim/a", "file://~/a"),
        ("proxy.snuh.org:3128", "[host]:3128"),
        ("pacs.local에서", "[host]에서"),
        ("192.168.10.24:80", "192.168.x.x:80"),
        ("fd12:3456::1%eth0, fe80::1.", "fd12:x:x, fe80:x:x."),
        ("00:1A:2b:3c:4d:5e 00-1A-2b-3c-4d-5e", "[network card] [network card]"),
        ("Authorization: Bearer abc.def", "Authorization: [hidden]"),
        (r#"{"password":"a b","x":1}"#, r#"{"password":"[hidden]","x":1}"#),
        ("pwd=1;x", "pwd=[hidden];x"),
        ("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9", "[token]"),
        ("id 550e8400-e29b-41d4-a716-446655440000", "id [token]"),
        (HASH, "[token]"),
        ("token12345678=x", "token[number]=[hidden]"),
        ("x12345678://lee:pw@pacs/a", "x[number]://[host]/a"),
        ("12345.678", "[number]"),
    ] {
        assert_eq!(out(text), expected, "{text}");
        let decomposed: String = text.nfd().collect();
        assert_eq!(out(&decomposed), expected, "{text} decomposed");
        assert_eq!(out(&out(text)), out(text), "{text} twice");
    }
}

#[test]
fn what_helps_stays() {
    for text in [
        "helper 0.1.0 of 2026-11-25, module 15.70.4, Windows 10.0.19045.5131",
        r#"{"at":"2026-11-25T06:30:24.123Z","what":"asked: Request","from":"idle","to":"looking"}"#,
        "2026-11-25T06:30:24+09:00",
        "call 070-7488-3982 or 07074883982",
        "https://support.edgenext.example:8443/remote-support/metadata/timestamp.json",
        "https://get.teamviewer.com/edgennext_support",
        "127.0.0.1 and ::1 and localhost",
        "ports 5938, 443, 80; 30 MB; 12345 processes",
        "needed 90000000 bytes",
        "quicksupport/linux-x86_64/15.70.4/edgenext-support.tar.gz",
        "/usr/lib/x86_64-linux-gnu/libwebkit2gtk-4.1.so.0",
        "com.edgenext.support-helper, TeamViewerQS.app, helper.jsonl, presence.rs",
        "looked at 2, store read, 1 placed",
    ] {
        assert_eq!(out(text), text);
    }
    for field in [r#""sha256":""#, r#""tree":""#, r#""before":""#, "sha256 ", "placed ", "Launch "] {
        let text = format!("{field}{HASH}");
        assert_eq!(out(&text), text);
    }
    assert_eq!(out("2026-11-25T06:30:24.123456789Z"), "2026-11-25T06:30:24.123Z");
}

#[test]
fn a_spoken_code_stays_and_one_with_a_wrong_digit_could_be_a_telephone() {
    let problem = crate::problem::Problem::DidNotStart;
    let spoken = Spoken { problem, has_module: true, has_catalog: true, restart: false, helper: 7, module: 42 };
    let text = format!("M-36 {spoken}.");
    assert_eq!(out(&text), text);
    let wrong = text.replace("36", "63");
    assert_eq!(out(&wrong), "M-63 [number].");
}

#[test]
fn a_name_that_names_nobody_takes_nothing_away() {
    let known = Known::new().home("/root").person("root").person("").person("a").home("/").home("C:\\");
    assert_eq!(redact("root of /root/x: a trust root, C:\\x", &known), "root of ~/x: a trust root, C:\\x");
}

/// Secrets, in the forms in which they may come.
fn planted() -> impl Strategy<Value = String> {
    let resident = (0u32..100, 1u32..=12, 1u32..=31, 0u32..10, 0u32..1_000_000, "[-–－ ./]{0,2}")
        .prop_map(|(y, m, d, s, n, between)| format!("{y:02}{m:02}{d:02}{between}{s}{n:06}"));
    let chart = "[1-9][0-9]{5,11}";
    let telephone =
        ("01[016789]", "[-. ]?", "[2-9][0-9]{3}", "[0-9]{4}").prop_map(|(a, s, b, c)| format!("{a}{s}{b}{s}{c}"));
    let word = prop::sample::select(vec!["hong.gildong", "홍길동", "원무과", "WARD3-PC07", "/home/홍길동 & Kim"])
        .prop_map(str::to_owned);
    let mail = "[a-z]{2,8}[.][a-z]{2,6}@[a-z]{3,8}[.]co[.]kr";
    let server = "[a-z]{4,9}[.][a-z]{4,9}[.](local|lan|org)";
    let token = "[a-f0-9]{31}[a-f][0-9][a-f]{2}";
    prop_oneof![resident, chart, telephone, word, mail, server, token]
}

/// The same thing otherwise written.
fn disguised(text: String) -> impl Strategy<Value = String> {
    (0..6).prop_map(move |how| match how {
        0 => text.to_uppercase(),
        1 => text.to_lowercase(),
        2 => text.nfd().collect(),
        3 => text
            .chars()
            .map(|c| match c {
                '0'..='9' | 'a'..='z' | 'A'..='Z' => char::from_u32(u32::from(c) + 0xfee0).unwrap(),
                other => other,
            })
            .collect(),
        4 => text.chars().flat_map(|c| [c, '\u{200b}']).collect(),
        _ => text.clone(),
    })
}

/// As a reader compares: small letters, nothing between.
fn bare(text: &str) -> String {
    let plain: String = plain(text).into_iter().collect();
    plain.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn a_planted_secret_is_found_in_every_position(
        (secret, text) in planted().prop_flat_map(|secret| {
            let around = prop::sample::select(vec![
                "", " ", "\"", "환자", "님", ":", "=", "(", ")", ",", "[", "]", "{\"x\":\"", "\"}", "\n", "\t", "<", ">", "번호는 ", "은 ", ";", "'",
            ]);
            (Just(secret.clone()), around.clone(), disguised(secret), around).prop_map(|(secret, before, text, after)| {
                (secret, format!("{before}{text}{after}"))
            })
        })
    ) {
        let shown = out(&text);
        prop_assert!(!bare(&shown).contains(&bare(&secret)), "{:?} -> {:?}", text, shown);
        let digits: String = secret.chars().filter(char::is_ascii_digit).collect();
        if digits.len() >= 6 {
            let left: String = plain(&shown).into_iter().filter(char::is_ascii_digit).collect();
            prop_assert!(left.len() < 6, "{:?} -> {:?}", text, shown);
        }
    }

    #[test]
    fn any_text_at_all_is_survived(text in "(\\PC|[0-9:/\\\\@. -]){0,60}") {
        out(&out(&text));
    }

    #[test]
    fn no_long_run_of_digits_is_left(text in "([0-9]{1,9}|[-. :/a-z가Tt@\"]){0,30}") {
        let shown = out(&text);
        let longest = shown.split(|c: char| !c.is_ascii_digit()).map(str::len).max().unwrap_or(0);
        prop_assert!(longest < 6 || shown.contains("bytes"), "{:?} -> {:?}", text, shown);
    }
}
