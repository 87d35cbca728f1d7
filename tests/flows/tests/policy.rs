//! What hospital IT manages (SPEC I2; TRUST.md 6.3, row 64).

#![allow(clippy::unwrap_used, clippy::expect_used)] // A broken world ends the test here.

use flows::{Called, Pc, Publisher};
use helper_core::release::{Arch, System};
use helper_publish::add::{self, Add};
use helper_world::{ArchiveKind, Mirror, ModuleArchive};
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::Stdio;

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
    world.pc.is_new();
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
            entry: Some(flows::ENTRY.into()),
            basis_points,
            channel: channel.into(),
            groups: groups.iter().map(|group| (*group).to_owned()).collect(),
            ..Add::new(file, System::Linux, Arch::X86_64, version)
        };
        let folder = world.publisher.root();
        add::add(folder.parent().unwrap(), &world.publisher.keys(), &request, jiff::Timestamp::now()).unwrap().what
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

/// A call of the helper to which the kernel says that these folders are NFS (`f_type` of statfs, `linux/magic.h`).
fn with_homes_on_a_server(pc: &Pc, folders: &[PathBuf], words: &[&str]) -> Called {
    let helper = pc.helper(words);
    let mut command = pc.home.command("strace");
    // The first thread alone: the module would keep its tracer for as long as it runs.
    command.args(["-qq", "-o", "/dev/null", "-e", "trace=statfs"]);
    command.args(["-e", "inject=statfs:poke_exit=@arg2=6969000000000000"]);
    for folder in folders {
        command.arg("-P").arg(folder);
    }
    command.arg(helper.get_program()).args(helper.get_args());
    Called::from(command.stdin(Stdio::null()).output().unwrap())
}

#[test]
fn a_home_on_a_network_share_is_left_for_a_local_folder() {
    flows::alone!();
    if !flows::alone::can_mount() {
        return;
    }
    let world = world();
    world.pc.is_new();
    let id = "com.edgenext.support-helper";
    let (data, cache) = (world.pc.home.data(), world.pc.home.cache());
    let click = ["start", "--headless", "--json"];
    let runs_from = |folder: &Path| {
        let programs: Vec<PathBuf> = world.pc.home.processes().into_iter().map(|seen| seen.exe).collect();
        programs.iter().any(|program| program.starts_with(folder))
    };

    // Only the data is on the server: the cache is on this PC.
    let called = with_homes_on_a_server(&world.pc, std::slice::from_ref(&data), &click);
    assert_eq!(called.code, 0, "{called:?}");
    assert!(called.stderr.contains("network share (NFS)"), "{}", called.stderr);
    assert!(runs_from(&cache.join(id)) && !data.join(id).exists());
}

#[test]
fn a_home_that_is_wholly_on_a_network_share_is_left_for_the_pcs_own_folder() {
    flows::alone!();
    if !flows::alone::can_mount() {
        return;
    }
    let world = world();
    world.pc.is_new();
    flows::alone::mount_small(Path::new("/var/tmp"), 50_000_000);
    let both = [world.pc.home.data(), world.pc.home.cache()];
    let id = "com.edgenext.support-helper";
    let local = PathBuf::from(format!("/var/tmp/{id}-{}", fs::metadata(world.pc.home.root()).unwrap().uid()));
    let called = with_homes_on_a_server(&world.pc, &both, &["start", "--headless", "--json"]);
    assert_eq!(called.code, 0, "{called:?}");
    assert!(local.join("module/versions").exists());
    assert_eq!(fs::metadata(&local).unwrap().mode() & 0o777, 0o700);
    assert!(!both.iter().any(|folder| folder.join(id).exists()));

    // Somebody else can use what is there under our name: better the share than that.
    fs::set_permissions(&local, fs::Permissions::from_mode(0o777)).unwrap();
    let called = with_homes_on_a_server(&world.pc, &both, &["status"]);
    assert!(called.stderr.contains("no local folder can be used instead"), "{}", called.stderr);
}
