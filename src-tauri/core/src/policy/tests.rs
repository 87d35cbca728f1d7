use super::*;
use crate::person::Person;
use proptest::prelude::*;

const PLACE: &str = "/etc/helper/policy.toml";

fn otherwise() -> Otherwise {
    Otherwise {
        preferences: Preferences::default(),
        mirrors: vec!["https://built.example/m".into()],
        channel: "stable".into(),
        language: Valued { value: Language::Ko, source: Source::Environment("LANG".into()) },
        proxy_variable: None,
    }
}

fn is_mirror(text: &str) -> Result<(), String> {
    if text.starts_with("https://") || text.starts_with('/') { Ok(()) } else { Err(format!("{text:?} is no mirror")) }
}

fn judge(values: &[(&str, Value)]) -> Effective {
    let values = values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    let stated = Stated { place: PLACE.into(), values, ..Stated::default() };
    Effective::of(&stated, otherwise(), &is_mirror)
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

fn list(entries: &[&str]) -> Value {
    Value::List(entries.iter().map(|entry| text(entry)).collect())
}

fn keys_complained_about(effective: &Effective) -> Vec<Option<&str>> {
    effective.complaints.iter().map(|complaint| complaint.key.as_deref()).collect()
}

#[test]
fn without_a_policy_everything_is_built_in_or_from_the_environment() {
    let effective = Effective::of(&Stated::default(), otherwise(), &is_mirror);
    assert_eq!(effective.mirrors, Valued { value: otherwise().mirrors, source: Source::BuiltIn });
    assert_eq!(effective.proxy, Valued { value: Proxy::System, source: Source::BuiltIn });
    assert_eq!(effective.check_hours.value, 6);
    assert_eq!(effective.rate_limit_kib.value, None);
    assert_eq!(effective.updates.value, Updates::Own);
    assert_eq!(effective.language.source, Source::Environment("LANG".into()));
    assert!(effective.complaints.is_empty());

    let variable = Otherwise { proxy_variable: Some("https_proxy".into()), ..otherwise() };
    let effective = Effective::of(&Stated::default(), variable, &is_mirror);
    assert_eq!(effective.proxy.source, Source::Environment("https_proxy".into()));
}

#[test]
fn a_policy_wins_over_everything_and_is_locked() {
    let effective = judge(&[
        ("mirrors", list(&["https://one.example", " /media/mirror "])),
        ("proxy", text("http://proxy.hospital:3128/")),
        ("groups", list(&["pilot-it", "ward_3"])),
        ("channel", text("beta")),
        ("updates", text("managed")),
        ("check_hours", Value::Number(168)),
        ("rate_limit_kib", Value::Number(16)),
        ("language", text("en")),
        ("name", text(" 김간호사 ")),
        ("department", text("3병동")),
        ("extension", text("7123")),
        ("start_at_login", text("on")),
        ("first_run", Value::Flag(false)),
        ("audit_user_name", Value::Flag(true)),
    ]);
    assert!(effective.complaints.is_empty(), "{:?}", effective.complaints);
    assert_eq!((effective.name.value.as_str(), effective.extension.value.as_str()), ("김간호사", "7123"));
    assert_eq!(effective.start_at_login.value, Some(true));
    assert!(!effective.first_run.value && effective.audit_user_name.value);
    assert_eq!(effective.mirrors.value, ["https://one.example", "/media/mirror"]);
    assert_eq!(effective.proxy.value, Proxy::Address("http://proxy.hospital:3128".into()));
    assert_eq!(effective.groups.value, ["pilot-it", "ward_3"]);
    assert_eq!(effective.channel.value, "beta");
    assert_eq!(effective.updates.value, Updates::Managed);
    assert_eq!((effective.check_hours.value, effective.rate_limit_kib.value), (168, Some(16)));
    assert_eq!(effective.language.value, Language::En);
    let rows = effective.rows();
    assert_eq!(rows.iter().map(|(key, ..)| *key).collect::<Vec<_>>(), Key::ALL, "every key is shown, in order");
    assert!(rows.iter().all(|(_, _, source)| source.is_locked()));
}

#[test]
fn what_the_person_chose_holds_where_no_policy_speaks() {
    let preferences = Preferences {
        person: Person { name: "김간호사".into(), ..Person::default() },
        mirror: Some("https://hospital.example/m".into()),
        proxy: Some("none".into()),
        ..Preferences::default()
    };
    let variable = Some("https_proxy".to_owned());
    let chosen = Otherwise { preferences, proxy_variable: variable, ..otherwise() };
    let effective = Effective::of(&Stated::default(), chosen.clone(), &is_mirror);
    assert_eq!(effective.name, Valued { value: "김간호사".into(), source: Source::Person });
    assert_eq!(effective.department.source, Source::BuiltIn);
    assert_eq!(effective.mirrors.value, ["https://hospital.example/m"]);
    assert_eq!(effective.proxy, Valued { value: Proxy::None, source: Source::Person });

    let place = Stated {
        place: PLACE.into(),
        values: vec![("name".into(), text("3병동 PC")), ("mirrors".into(), list(&["https://one.example"]))],
        ..Stated::default()
    };
    let effective = Effective::of(&place, chosen.clone(), &is_mirror);
    assert_eq!(effective.name.value, "3병동 PC");
    assert_eq!(effective.mirrors.value, ["https://one.example"]);

    // A mirror that was good once and is none any more does not leave the PC without one.
    let preferences = Preferences { mirror: Some("gone".into()), proxy: Some("x".into()), ..Preferences::default() };
    let effective = Effective::of(&Stated::default(), Otherwise { preferences, ..chosen }, &is_mirror);
    assert_eq!((effective.mirrors.value, effective.mirrors.source), (otherwise().mirrors, Source::BuiltIn));
    assert_eq!(effective.proxy.source, Source::Environment("https_proxy".into()));
}

#[test]
fn every_wrong_value_is_named_and_takes_nothing_else_away() {
    for (name, value) in [
        ("mirrors", text("https://a.example")),
        ("mirrors", Value::List(vec![])),
        ("mirrors", list(&["ftp://a.example"])),
        ("mirrors", Value::Number(1)),
        ("proxy", text("")),
        ("proxy", text("proxy.hospital:3128")),
        ("proxy", text("http://proxy.hospital")),
        ("proxy", text("https://proxy.hospital:3128")),
        ("proxy", text("socks5://proxy.hospital:1080")),
        ("proxy", text("http://proxy.hospital:0")),
        ("proxy", text("http://proxy.hospital:+80")),
        ("proxy", text("http://proxy.hospital:65536")),
        ("proxy", text("http://proxy.hospital:3128/path")),
        ("proxy", text("http://pro xy:3128")),
        ("proxy", text("http://[::g]:3128")),
        ("proxy", text("http://:3128")),
        ("proxy", Value::Other("a truth value")),
        ("groups", list(&["a b"])),
        ("groups", text("pilot")),
        ("channel", text("")),
        ("channel", text("a/b")),
        ("channel", text(&"x".repeat(65))),
        ("updates", text("Own")),
        ("updates", Value::Other("a truth value")),
        ("check_hours", Value::Number(0)),
        ("check_hours", Value::Number(169)),
        ("check_hours", Value::Number(i64::MAX)),
        ("check_hours", text("6")),
        ("rate_limit_kib", Value::Number(15)),
        ("rate_limit_kib", Value::Number(i64::MIN)),
        ("rate_limit_kib", Value::Other("a fraction")),
        ("language", text("de")),
        ("language", text("ko\u{fffd}")),
        ("name", text("홍길동 900101-1234567")),
        ("name", text(&"가".repeat(300))),
        ("department", text("12345678")),
        ("extension", Value::Number(7123)),
        ("start_at_login", text("yes")),
        ("start_at_login", Value::Number(2)),
        ("first_run", Value::List(vec![])),
        ("first_run", text("")),
        ("audit_user_name", Value::Other("a fraction")),
    ] {
        let other = if name == "channel" { ("updates", text("managed")) } else { ("channel", text("beta")) };
        let effective = judge(&[(name, value.clone()), other]);
        let about = keys_complained_about(&effective);
        assert!(!about.is_empty() && about.iter().all(|key| *key == Some(name)), "{name} {value:?}: {about:?}");
        let rows = effective.rows();
        let (_, shown, source) = rows.iter().find(|(key, ..)| key.name() == name).unwrap();
        assert!(!source.is_locked(), "{name} {value:?} is shown as {shown}");
        assert_eq!(rows.iter().filter(|(_, _, source)| source.is_locked()).count(), 1, "{name} {value:?}");
    }
}

#[test]
fn good_proxies_are_told_from_bad_ones() {
    for (stated, meant) in [
        ("none", Proxy::None),
        ("system", Proxy::System),
        (" HTTP://10.0.0.1:8080 ", Proxy::Address("http://10.0.0.1:8080".into())),
        ("http://[fd00::1]:3128", Proxy::Address("http://[fd00::1]:3128".into())),
    ] {
        let effective = judge(&[("proxy", text(stated))]);
        assert_eq!((effective.proxy.value, effective.complaints), (meant, vec![]), "{stated}");
    }
}

#[test]
fn a_password_is_refused_and_never_repeated() {
    for (name, value) in [
        ("proxy", text("http://user:s3cret@proxy.hospital:3128")),
        ("proxy", text("user:s3cret@proxy.hospital:3128")),
        ("proxy", text("http://s3cret@proxy.hospital:3128")),
        ("mirrors", list(&["https://user:s3cret@a.example/m"])),
    ] {
        let effective = judge(&[(name, value)]);
        assert_eq!(effective.complaints[0].wrong, Wrong::Password, "{name}");
        assert!(!format!("{effective:?}").contains("s3cret"), "{effective:?}");
    }
    // After the host it is a part of the path.
    assert_eq!(judge(&[("mirrors", list(&["https://a.example/@m"]))]).complaints, []);
}

#[test]
fn one_wrong_mirror_does_not_take_the_others_away() {
    let effective = judge(&[("mirrors", list(&["nonsense", "https://a.example", "\u{fffd}"]))]);
    assert_eq!(effective.mirrors.value, ["https://a.example"]);
    assert!(effective.mirrors.source.is_locked());
    assert_eq!(effective.complaints.len(), 2);
    assert_eq!(effective.complaints[0].instead, "the other entries");
}

#[test]
fn wrong_mirrors_leave_the_built_in_ones() {
    let effective = judge(&[("mirrors", list(&["htp:/broken"]))]);
    assert_eq!(effective.mirrors, Valued { value: otherwise().mirrors, source: Source::BuiltIn });
    assert_eq!(
        effective.complaints.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [
            "/etc/helper/policy.toml: mirrors: \"htp:/broken\" is no mirror; used instead: the other entries",
            "/etc/helper/policy.toml: mirrors: the list has no entry that can be used; used instead: https://built.example/m",
        ]
    );
}

#[test]
fn no_group_can_be_said() {
    let effective = judge(&[("groups", list(&[]))]);
    assert_eq!((effective.groups.source.is_locked(), effective.complaints.len()), (true, 0));
}

#[test]
fn unknown_keys_are_named_and_floods_are_counted() {
    let effective = judge(&[("mirorrs", list(&["https://a.example"])), ("channel", text("beta"))]);
    assert_eq!(keys_complained_about(&effective), [Some("mirorrs")]);
    assert_eq!(effective.channel.value, "beta");

    let names: Vec<String> = (0..500).map(|n| format!("unknown{n}")).collect();
    let values: Vec<(&str, Value)> = names.iter().map(|name| (name.as_str(), Value::Number(1))).collect();
    let effective = judge(&values);
    assert_eq!(effective.complaints.len(), 31);
    assert_eq!(effective.complaints[30].wrong, Wrong::More(470));
}

#[test]
fn what_is_wrong_with_the_place_is_said_first() {
    let stated = Stated {
        place: PLACE.into(),
        values: vec![("channel".into(), text("beta")), ("x".into(), Value::Number(1))],
        wrong: vec![Wrong::ByteOrderMark, Wrong::Syntax(3, "expected `=`".into())],
        weaker: None,
    };
    let effective = Effective::of(&stated, otherwise(), &is_mirror);
    assert_eq!(keys_complained_about(&effective), [None, None, Some("x")]);
    assert_eq!(effective.channel.value, "beta");
}

#[test]
fn the_stronger_place_wins_key_by_key_and_each_is_named() {
    let weaker = Stated {
        place: "the user's".into(),
        values: vec![
            ("channel".into(), text("weak")),
            ("language".into(), text("en")),
            ("updates".into(), text("managed")),
            ("check_hours".into(), text("often")),
            ("odd".into(), text("x")),
        ],
        ..Stated::default()
    };
    let stated = Stated {
        place: "the PC's".into(),
        values: vec![("channel".into(), text("strong")), ("updates".into(), Value::Number(1))],
        weaker: Some(Box::new(weaker)),
        ..Stated::default()
    };
    let effective = Effective::of(&stated, otherwise(), &is_mirror);
    assert_eq!(effective.channel, Valued { value: "strong".into(), source: Source::Policy("the PC's".into()) });
    assert_eq!(effective.language, Valued { value: Language::En, source: Source::Policy("the user's".into()) });
    // A slip in the stronger place is not a reason to follow the weaker one against it.
    assert_eq!(effective.updates, Valued { value: Updates::Own, source: Source::BuiltIn });
    assert_eq!(effective.check_hours.source, Source::BuiltIn);
    let complaints: Vec<_> =
        effective.complaints.iter().map(|one| (one.place.as_str(), one.key.as_deref().unwrap())).collect();
    assert_eq!(complaints, [("the user's", "odd"), ("the PC's", "updates"), ("the user's", "check_hours")]);
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<i64>().prop_map(Value::Number),
        "\\PC{0,20}".prop_map(Value::Text),
        "(http://)?(u(:p)?@)?[a-z0-9.]{0,8}(:[0-9]{0,6})?/?".prop_map(Value::Text),
        Just(Value::Other("a table")),
    ];
    leaf.prop_recursive(2, 8, 4, |inner| prop::collection::vec(inner, 0..4).prop_map(Value::List))
}

proptest! {
    #[test]
    fn whatever_is_stated_the_values_are_usable(
        named in prop::collection::vec((prop::sample::select(Key::ALL), any_value()), 0..10),
    ) {
        let values: Vec<_> = named.iter().map(|(key, value)| (key.name(), value.clone())).collect();
        let effective = judge(&values);
        prop_assert!(!effective.mirrors.value.is_empty());
        prop_assert!(effective.mirrors.value.iter().all(|mirror| is_mirror(mirror).is_ok()));
        prop_assert!(CHECK_HOURS.contains(&i64::from(effective.check_hours.value)));
        prop_assert!(effective.rate_limit_kib.value.is_none_or(|limit| RATE_LIMIT_KIB.contains(&i64::from(limit))));
        prop_assert!(!effective.proxy.value.to_string().contains('@'));
        prop_assert!(!effective.channel.value.is_empty());
    }
}
