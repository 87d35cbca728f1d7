//! What hospital IT manages (SPEC I2; TRUST.md 6.3, row 64).

#![allow(clippy::unwrap_used, clippy::expect_used)] // A broken world ends the test here.

use flows::{Called, Pc, Publisher};
use helper_core::release::{Arch, System};
use helper_publish::add::{self, Add};
use helper_world::{ArchiveKind, Mirror, ModuleArchive};
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

struct World {
    publisher: Publisher,
    mirror: Mirror,
    pc: Pc,
}

fn world() -> World {
    let publisher = Publisher::new();
    publisher.publish("15.70.4", 300_000, 1);
    let mirror = Mirror::serve(publisher.mirror()).unwrap();
    let pc = Pc::new(&publisher, &[&mirror.base()]).with_display();
    World { publisher, mirror, pc }
}

impl World {
    fn show(&self) -> (i32, Value) {
        let called = self.pc.call(&["policy", "show", "--json"]);
        assert_eq!(called.cards().len(), 1, "{called:?}");
        (called.code, called.cards().remove(0))
    }

    fn works(&self) -> Called {
        let called = self.pc.click();
        assert_eq!(called.code, 0, "{called:?}");
        assert_eq!(self.pc.modules().len(), 1);
        called
    }
}

#[test]
fn the_policys_mirrors_are_asked_and_no_others() {
    flows::alone!();
    let world = world();
    let hospitals = Mirror::serve(world.publisher.mirror()).unwrap();
    world.pc.set_policy(format!("mirrors = [\"{}\"]\n", hospitals.base()));
    world.works();
    assert!(hospitals.count("/targets/*") > 0);
    assert_eq!(world.mirror.seen(), []);
    let (code, shown) = world.show();
    let source = json!({ "kind": "policy", "place": world.pc.policy_file() });
    assert_eq!((code, &shown["mirrors"]), (0, &json!({ "value": [hospitals.base()], "source": source })));
    assert_eq!(shown["channel"], json!({ "value": "stable", "source": { "kind": "built-in" } }));
    // The policy may go again.
    fs::remove_file(world.pc.policy_file()).unwrap();
    world.pc.forget();
    world.works();
    assert!(world.mirror.count("/targets/*") > 0);
}

#[test]
fn a_wrong_address_leaves_the_built_in_mirrors_and_is_said() {
    flows::alone!();
    let world = world();
    world.pc.set_policy("mirrors = [\"htps:/mirror.hospital\"]\nlanguage = \"en\"\n");
    let called = world.works();
    let said = called.stderr.lines().filter(|line| line.contains("policy:")).collect::<Vec<_>>();
    assert_eq!(said.len(), 2, "one line for the address, one for the list that is empty without it: {said:?}");
    assert!(said[0].contains("htps:/mirror.hospital"), "{said:?}");
    let journal = world.pc.journal();
    let lines = journal.iter().filter(|line| line["what"].as_str().is_some_and(|what| what.starts_with("policy")));
    let words: Vec<&Value> = lines.map(|line| &line["what"]).collect();
    assert_eq!(words, [&json!("policy not used as it stands: mirrors")]);

    let (code, shown) = world.show();
    assert_eq!(code, 7);
    assert_eq!(shown["mirrors"], json!({ "value": [world.mirror.base()], "source": { "kind": "built-in" } }));
    assert_eq!(shown["language"]["source"]["kind"], "policy", "the other keys still count");
    assert_eq!(shown["complaints"][0]["key"], "mirrors");
    assert_eq!(shown["complaints"][1]["instead"], world.mirror.base());
    let words = world.pc.call(&["policy", "show"]);
    assert_eq!(words.code, 7);
    assert!(words.stdout.contains(&format!("COMPLAINT: {}: mirrors: ", world.pc.policy_file().display())), "{words:?}");
}

#[test]
fn whatever_is_wrong_with_the_file_the_click_works_and_the_complaint_says_what() {
    flows::alone!();
    let world = world();
    let file = world.pc.policy_file();
    let mut utf16 = vec![0xff, 0xfe];
    utf16.extend("channel = \"beta\"".encode_utf16().flat_map(u16::to_le_bytes));
    let beta = b"channel = \"stable\"\n".to_vec();
    for (bytes, words, counts) in [
        (Vec::new(), "empty", false),
        ([b"\xef\xbb\xbf".to_vec(), beta.clone()].concat(), "byte order mark", true),
        (utf16, "UTF-16", false),
        ([b"# \xba\xb4\xbf\xf8\n".to_vec(), beta.clone()].concat(), "not UTF-8", true),
        (vec![b'#'; 10_000_000], "longer than 65536 bytes", false),
        ([b"\x7fELF\x02\x01\x01\0\0\n".to_vec(), beta.clone()].concat(), "line 1 is not TOML", true),
        ([beta.clone(), b"channels = 1\n".to_vec()].concat(), "unknown key", true),
        ([beta.clone(), b"groups = \"pilot\"\n".to_vec()].concat(), "is text, must be a list", true),
        ([beta.clone(), b"check_hours = 0\n".to_vec()].concat(), "a whole number from 1 to 168", true),
        ([beta.clone(), b"proxy = \"http://u:s3cret@p:1\"\n".to_vec()].concat(), "user or password", true),
    ] {
        world.pc.set_policy(&bytes);
        let (code, shown) = world.show();
        assert_eq!(code, 7, "{words}");
        let said = shown["complaints"][0]["wrong"].as_str().unwrap();
        assert!(said.contains(words), "{words}: {said}");
        assert_eq!(shown["channel"]["source"]["kind"] == "policy", counts, "{words}");
        assert!(!shown.to_string().contains("s3cret"));
        world.works();
        world.pc.end_modules();
    }

    // Somebody else could have written it.
    world.pc.set_policy("channel = \"beta\"\n");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o666)).unwrap();
    let (code, shown) = world.show();
    assert_eq!((code, &shown["channel"]["value"]), (7, &json!("stable")));
    assert!(shown["complaints"][0]["wrong"].as_str().unwrap().contains("mode 666"), "{shown}");
    // No file at all, but a folder of that name.
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    assert_eq!(world.show().0, 7);
    world.works();
}

#[test]
fn showing_the_policy_makes_and_writes_nothing() {
    flows::alone!();
    let world = world();
    assert_eq!(world.show().0, 0);
    assert!(!world.pc.data().exists());
    assert_eq!(fs::read_dir(world.pc.home.runtime()).unwrap().count(), 0);
}

#[test]
fn channel_and_groups_of_the_policy_decide_which_module_comes() {
    flows::alone!();
    let world = world();
    let release = |version: &str, seed, channel: &str, basis_points, groups: &[&str]| {
        let file = world.pc.home.temp().join("module.tar.gz");
        let archive = ModuleArchive { kind: ArchiveKind::TarGz, plan: String::new(), size: 300_000, seed };
        archive.write_to(&file).unwrap();
        let request = Add {
            module: "quicksupport".into(),
            system: System::Linux,
            arch: Arch::X86_64,
            version: version.into(),
            file,
            rank: None,
            entry: Some(flows::ENTRY.into()),
            kind: None,
            basis_points,
            channel: channel.into(),
            groups: groups.iter().map(|group| (*group).to_owned()).collect(),
            min_helper: None,
        };
        let folder = world.publisher.root();
        add::add(folder.parent().unwrap(), &world.publisher.keys(), &request, jiff::Timestamp::now()).unwrap()
    };
    let beta = release("16.0.0", 2, "beta", 10_000, &[]);
    let pilot = release("15.71.0", 3, "stable", 0, &["pilot-it"]);
    for (policy, expected) in [("channel = \"beta\"\n", &beta), ("groups = [\"pilot-it\", \"x\"]\n", &pilot)] {
        world.pc.set_policy(policy);
        world.works();
        assert_eq!(world.pc.placed(), [expected.custom.install.tree.to_string()], "{policy}");
        world.pc.forget();
    }
    world.pc.set_policy("groups = [\"x\"]\n");
    world.works();
    let ordinary = world.pc.placed();
    assert!(![&beta, &pilot].iter().any(|other| ordinary.contains(&other.custom.install.tree.to_string())));
}
