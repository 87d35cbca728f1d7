//! What the person changes, and what is locked.

use super::*;

#[test]
fn a_change_holds_and_a_patient_is_refused_with_its_reason() {
    let mut desk = Desk::seen();
    desk.wish(Wish::OpenSettings);
    assert_eq!(desk.change(Field::Name, " 김하늘 "), Answer::Accepted);
    assert_eq!(desk.line(Field::Name), "김하늘");
    assert_eq!(desk.change(Field::Name, "홍길동 900101-1234567"), Answer::Refused(Refusal::Unfit));
    let row = desk.row(Field::Name);
    assert!(row.wrong && row.note.unwrap().key == TextKey::UnfitResident);
    assert_eq!(desk.line(Field::Name), "김하늘", "nothing is lost");
    assert_eq!(desk.kept.person.name, "김하늘");
    assert_eq!(desk.change(Field::Department, "7병동"), Answer::Accepted);
    assert!(desk.row(Field::Name).wrong, "another line does not make it right");
    assert_eq!(desk.change(Field::Name, ""), Answer::Accepted);
    assert!(!desk.row(Field::Name).wrong);
    for (field, value) in [
        (Field::Extension, "ext"),
        (Field::Language, "fr"),
        (Field::AtLogin, "perhaps"),
        (Field::Shortcut, "1"),
        (Field::Proxy, "not a proxy"),
        (Field::Proxy, "http://user:secret@proxy:1"),
        (Field::Mirror, &"m".repeat(301)),
    ] {
        assert_eq!(desk.change(field, value), Answer::Refused(Refusal::Unfit), "{field:?} {value}");
        assert!(desk.row(field).wrong, "{field:?}");
    }
    for field in [Field::State, Field::HelperVersion, Field::Module, Field::Finding] {
        assert_eq!(desk.change(field, "x"), Answer::Refused(Refusal::NotOffered));
    }
    assert_eq!(desk.change(Field::AtLogin, "on"), Answer::Accepted);
    assert_eq!(desk.row(Field::AtLogin).control, Control::Switch { on: true });
    assert_eq!(desk.change(Field::Shortcut, "on"), Answer::Accepted);
    assert_eq!(desk.row(Field::Shortcut).control, Control::Switch { on: true });
    assert_eq!(desk.change(Field::Shortcut, "off"), Answer::Accepted);
    assert!(desk.at_login && !desk.shortcut, "one switch moves one thing");
    assert_eq!(desk.change(Field::Language, "en"), Answer::Accepted);
    assert_eq!(desk.core.settings().unwrap().effective.language.value, Language::En);
}

#[test]
fn what_a_policy_says_is_locked_with_its_place() {
    let text = |text: &str| Value::Text(text.into());
    let mut desk = Desk {
        stated: vec![
            ("language", text("en")),
            ("name", text("Reception")),
            ("start_at_login", Value::Flag(true)),
            ("desktop_shortcut", text("on")),
            ("mirrors", Value::List(vec![text("https://it.example")])),
            ("proxy", text("none")),
        ],
        kept: Preferences { welcomed: true, ..Preferences::default() },
        ..Desk::bare(System::Windows)
    };
    desk.settle();
    desk.wish(Wish::OpenSettings);
    for (field, value) in [
        (Field::Language, "ko"),
        (Field::Name, "x"),
        (Field::AtLogin, "off"),
        (Field::Shortcut, "off"),
        (Field::Mirror, "https://x.example"),
        (Field::Proxy, "system"),
    ] {
        let locked = desk.row(field).locked.unwrap_or_else(|| panic!("{field:?}"));
        assert_eq!(locked.args, [("place".to_owned(), "/etc/policy.toml".to_owned())]);
        assert_eq!(desk.change(field, value), Answer::Refused(Refusal::NotOffered), "{field:?}");
    }
    assert!(desk.row(Field::Department).locked.is_none());
    assert_eq!((desk.line(Field::Name), desk.line(Field::Mirror)), ("Reception".into(), "https://it.example".into()));
}

#[test]
fn changes_in_a_row_lose_nothing_before_the_disk_has_answered() {
    let mut desk = Desk::seen();
    desk.wish(Wish::OpenSettings);
    let change = |desk: &mut Desk, field, value: &str| {
        let effects = desk.tell(Input::Asked(Intent::Change { field, value: value.into() }));
        effects.into_iter().find_map(|effect| match effect {
            Effect::KeepPreferences(preferences, _) => Some(preferences),
            _ => None,
        })
    };
    let answer = |desk: &mut Desk, kept: &Preferences| {
        let settings = settings(&[], kept, false, false);
        desk.tell(Input::Settled(Arc::new(settings)));
    };
    let first = change(&mut desk, Field::Name, "Kim").unwrap();
    let second = change(&mut desk, Field::Department, "Ward 7").unwrap();
    answer(&mut desk, &first);
    let third = change(&mut desk, Field::Extension, "123").unwrap();
    assert_eq!((third.person.name.as_str(), third.person.department.as_str()), ("Kim", "Ward 7"));
    answer(&mut desk, &second);
    answer(&mut desk, &third);
    assert_eq!(desk.line(Field::Extension), "123");
    // A disk that refuses: the truth is told again, with the reason.
    change(&mut desk, Field::Extension, "456").unwrap();
    answer(&mut desk, &third);
    desk.tell(Input::NotKept(Field::Extension, NotKept::Refused));
    assert_eq!(desk.line(Field::Extension), "123");
    assert_eq!(desk.row(Field::Extension).note.unwrap().key, TextKey::UnfitNotKept);
    let again = change(&mut desk, Field::Name, "Lee").unwrap();
    assert_eq!(again.person.extension, "123");
}
