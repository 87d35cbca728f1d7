//! Policy in the registry of Windows.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg(windows)]

use helper_core::policy::{Value, Wrong};
use helper_machine::managed::{stated, stated_in};
use windows_registry::{CURRENT_USER, Key, LOCAL_MACHINE, Type};

struct Policy {
    identifier: &'static str,
}

impl Policy {
    fn new(identifier: &'static str) -> Self {
        let policy = Self { identifier };
        policy.clear();
        policy
    }

    fn path(&self) -> String {
        format!(r"Software\Policies\{}", self.identifier)
    }

    fn key(&self, hive: &Key) -> Key {
        hive.create(self.path()).unwrap()
    }

    fn clear(&self) {
        for hive in [LOCAL_MACHINE, CURRENT_USER] {
            let _ = hive.remove_tree(self.path());
        }
    }
}

impl Drop for Policy {
    fn drop(&mut self) {
        self.clear();
    }
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

#[test]
fn without_a_key_nothing_is_stated_and_nothing_is_wrong() {
    let stated = stated("com.example.contract-none");
    assert!(stated.places().all(|place| place.values.is_empty() && place.wrong.is_empty()), "{stated:?}");
    let places: Vec<_> = stated.places().map(|place| place.place.clone()).collect();
    assert_eq!(
        places,
        [
            r"HKEY_LOCAL_MACHINE\Software\Policies\com.example.contract-none",
            r"HKEY_CURRENT_USER\Software\Policies\com.example.contract-none"
        ]
    );
}

#[test]
fn every_type_comes_as_a_plain_value() {
    let policy = Policy::new("com.example.contract-types");
    let key = policy.key(LOCAL_MACHINE);
    key.set_string("channel", "베타").unwrap();
    key.set_expand_string("proxy", "%PROXY%").unwrap();
    key.set_u32("check_hours", 12).unwrap();
    key.set_u64("rate_limit_kib", 1 << 33).unwrap();
    key.set_u64("huge", u64::MAX).unwrap();
    key.set_multi_string("groups", &["a", "b"]).unwrap();
    key.set_bytes("binary", Type::Bytes, &[1, 2, 3]).unwrap();
    key.set_bytes("odd", Type::U32, &[1, 2]).unwrap();
    key.set_bytes("half", Type::String, &[0x00, 0xd8, 0, 0]).unwrap();
    key.set_bytes("long", Type::Bytes, &vec![0; 70_000]).unwrap();
    let list = key.create("mirrors").unwrap();
    for (name, value) in [("10", "third"), ("2", "second"), ("1", "first")] {
        list.set_string(name, value).unwrap();
    }
    let mut values = stated(policy.identifier).values;
    values.sort_by(|a, b| a.0.cmp(&b.0));
    let expected = [
        ("binary", Value::Other("binary data")),
        ("channel", text("베타")),
        ("check_hours", Value::Number(12)),
        ("groups", Value::List(vec![text("a"), text("b")])),
        ("half", text("\u{fffd}")),
        ("huge", Value::Other("a number that is too large")),
        ("long", Value::Other("a value that is too long")),
        ("mirrors", Value::List(vec![text("first"), text("second"), text("third")])),
        ("odd", Value::Other("a number of an odd length")),
        ("proxy", text("%PROXY%")),
        ("rate_limit_kib", Value::Number(1 << 33)),
    ];
    assert_eq!(values, expected.map(|(name, value)| (name.to_owned(), value)));
}

#[test]
fn the_pcs_part_stands_before_the_users() {
    let policy = Policy::new("com.example.contract-hives");
    policy.key(LOCAL_MACHINE).set_string("channel", "pc").unwrap();
    policy.key(CURRENT_USER).set_string("channel", "user").unwrap();
    policy.key(CURRENT_USER).set_string("language", "en").unwrap();
    let stated = stated(policy.identifier);
    let places: Vec<_> = stated.places().collect();
    assert_eq!(places.len(), 2);
    assert!(places[0].place.starts_with("HKEY_LOCAL_MACHINE") && places[1].place.starts_with("HKEY_CURRENT_USER"));
    assert_eq!(places[0].values, [("channel".to_owned(), text("pc"))]);
    assert_eq!(places[1].values.len(), 2);
}

#[test]
fn a_flood_is_cut_and_counted() {
    let policy = Policy::new("com.example.contract-flood");
    let key = policy.key(CURRENT_USER);
    for n in 0..300 {
        key.set_u32(format!("junk{n}"), n).unwrap();
    }
    let stated = stated(policy.identifier);
    let user = stated.places().nth(1).unwrap();
    assert_eq!(user.values.len(), 200);
    assert!(matches!(user.wrong[..], [Wrong::More(_)]), "{:?}", user.wrong);
}

#[test]
fn rehearsals_read_a_file() {
    let folder = tempfile::tempdir().unwrap();
    assert!(stated_in(folder.path()).wrong.is_empty());
    std::fs::write(folder.path().join("policy.toml"), "channel = \"beta\"\n").unwrap();
    assert_eq!(stated_in(folder.path()).values, [("channel".to_owned(), text("beta"))]);
}
