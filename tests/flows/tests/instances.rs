//! Many starts, one helper, one module; and what the command line answers (SPEC A2, I5).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)] // A broken world ends the test here.

use flows::{Called, LONG, Pc, Publisher};
use helper_world::{Fault, Full, Mirror, Times, wait_until};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Child;

/// A PC that has to fetch first, over a line slow enough for everybody to come meanwhile.
fn new_pc() -> (Publisher, Mirror, Pc) {
    let publisher = Publisher::new();
    publisher.publish("15.70.4", 3_000_000, 1);
    let mirror = Mirror::serve(publisher.mirror()).unwrap();
    mirror.fault("/targets/*", Fault::Trickle { bytes_per_second: 2_000_000 }, Times::Always);
    let pc = Pc::awkward(&publisher, &[&mirror.base()]).with_display().with_bus();
    (publisher, mirror, pc)
}

/// Starts `count` calls at once and waits for all of them.
fn at_once(pc: &Pc, count: usize, words: &[&str]) -> Vec<Called> {
    let children: Vec<Child> = (0..count).map(|_| pc.helper(words).spawn().unwrap()).collect();
    children.into_iter().map(|child| Called::from(child.wait_with_output().unwrap())).collect()
}

/// Every call ended well.
fn all_well(called: &[Called]) {
    let others: Vec<_> = called.iter().filter(|called| called.code != 0).collect();
    assert!(others.is_empty(), "{} of {} did not end with 0, the first: {:#?}", others.len(), called.len(), others[0]);
}

/// Exactly one package came and one module runs, as soon as there is one and for good.
fn exactly_one(mirror: &Mirror, pc: &Pc) {
    wait_until(LONG, "the module", || (!pc.modules().is_empty()).then_some(())).unwrap();
    assert_eq!(pc.modules().len(), 1, "{:?}", pc.home.processes());
    let launches = pc.journal().iter().filter(|line| line["effects"].to_string().contains("\"Launch ")).count();
    assert_eq!(launches, 1, "starts of a module");
    assert_eq!(mirror.count("/targets/*"), 1, "one package transfer");
}

#[test]
fn a_hundred_clicks_on_the_running_helper_are_one_request() {
    flows::alone!();
    let (_publisher, mirror, pc) = new_pc();
    let _helper = pc.daemon();
    let called = at_once(&pc, 100, &["start"]);
    all_well(&called);
    let accepted = called.iter().filter(|called| called.stdout.contains("accepted")).count();
    let joined = called.iter().filter(|called| called.stdout.contains("joined")).count();
    assert!(accepted >= 1 && accepted + joined == 100, "{accepted} accepted, {joined} joined");
    pc.wait_for_state("running");
    exactly_one(&mirror, &pc);
}

#[test]
fn twenty_starts_with_nothing_running_are_one_helper_and_one_module() {
    flows::alone!();
    let (_publisher, mirror, pc) = new_pc();
    let called = at_once(&pc, 20, &["start", "--headless"]);
    all_well(&called);
    exactly_one(&mirror, &pc);
}

#[test]
fn starts_in_a_long_row_never_fall_between_two_helpers() {
    flows::alone!();
    let (publisher, _mirror, pc) = new_pc();
    let release = publisher.publish("15.71.0", 1_000_000, 2);
    pc.place(&publisher, &release);
    // Each helper ends as soon as the module runs: some of these meet one that is coming up or going away.
    for _ in 0..4 {
        let called = at_once(&pc, 8, &["start", "--headless"]);
        all_well(&called);
    }
    assert_eq!(pc.modules().len(), 1);
}

#[test]
fn the_commands_answer_with_the_documented_codes() {
    flows::alone!();
    let (_publisher, _mirror, pc) = new_pc();
    let help = pc.call(&["--help"]);
    assert_eq!(help.code, 0);
    for line in
        ["0  done", "1  the helper", "2  the command", "3  a problem", "4  cancelled", "5  the running", "6  no helper"]
    {
        assert!(help.stdout.contains(line), "{line} in {}", help.stdout);
    }
    for words in [&["restart"][..], &["open"], &["answer", "cancel"], &["status"], &["status", "--json"], &["quit"]] {
        let called = pc.call(words);
        assert_eq!(called.code, 6, "nobody is there: {words:?} {called:?}");
    }
    for words in [&["dance"][..], &["start", "--loudly"], &["answer", "please"], &["answer"], &["status", "status"]] {
        let called = pc.call(words);
        assert_eq!(called.code, 2, "{words:?} {called:?}");
    }

    let mut helper = pc.daemon();
    for words in [&["status"][..], &["status", "--json"], &["start", "--json"]] {
        let called = pc.call(words);
        assert_eq!(called.code, 0, "{words:?} {called:?}");
    }
    let refused = pc.call(&["answer", "force-close"]);
    assert_eq!(refused.code, 5, "{refused:?}");
    assert!(refused.stdout.contains("refused"), "{refused:?}");
    pc.wait_for_state("running");
    assert_eq!(pc.call(&["restart", "--json"]).code, 0);
    assert_eq!(pc.call(&["quit"]).code, 0);
    assert_eq!(helper.wait_end(), 0);
    assert_eq!(pc.call(&["status"]).code, 6);
}

#[test]
fn quitting_leaves_the_module_running() {
    flows::alone!();
    let (_publisher, _mirror, pc) = new_pc();
    let mut helper = pc.daemon();
    assert_eq!(pc.call(&["start"]).code, 0);
    pc.wait_for_state("running");
    let module = pc.modules();
    assert_eq!(pc.call(&["quit"]).code, 0);
    assert_eq!(helper.wait_end(), 0);
    assert_eq!(pc.modules(), module);
}

#[test]
fn a_click_of_another_process_joins_the_question_that_is_open() {
    flows::alone!();
    let (_publisher, _mirror, pc) = new_pc();
    let full = Full::start(&pc.home, "").unwrap();
    let talk = pc.talk();
    talk.wait_for_scene("please-close");
    let second = pc.click();
    assert_eq!(second.code, 0, "{second:?}");
    assert!(second.stdout.contains("joined"), "{second:?}");
    pc.answer("cancel");
    assert_eq!(talk.wait_end().code, 4);
    assert!(full.is_alive());
}

#[test]
fn a_link_asks_for_support_and_nothing_else_does() {
    flows::alone!();
    let publisher = Publisher::new();
    let release = publisher.publish("15.70.4", 1_000_000, 1);
    let pc = Pc::awkward(&publisher, &[]);
    pc.place(&publisher, &release);
    for junk in [
        "edgenext-support://quit",
        "edgenext-support://start/../quit",
        "edgenext-support://",
        "edgenext-support://start?a b",
        "https://start",
        "file:///etc/passwd",
        "nonsense",
        "../start",
    ] {
        let called = pc.call(&[junk]);
        assert_eq!(called.code, 2, "{junk}: {called:?}");
        assert!(!called.stderr.is_empty());
        assert!(pc.modules().is_empty());
    }
    // What an opener makes of a link with a quote in it.
    for words in [["edgenext-support://start?a", "quit"], ["edgenext-support://start?a", "--background"]] {
        let called = pc.call(&words);
        assert_eq!(called.code, 2, "{words:?}: {called:?}");
        assert!(pc.modules().is_empty());
    }
    let called = pc.call(&["edgenext-support://start?name=%ED%99%8D%EA%B8%B8%EB%8F%99&ext=1234"]);
    assert_eq!(called.code, 0, "{called:?}");
    assert_eq!(pc.modules().len(), 1);
}

#[test]
fn no_port_is_open_and_the_door_is_for_one_user() {
    flows::alone!();
    let (_publisher, _mirror, pc) = new_pc();
    let helper = pc.daemon();
    assert_eq!(pc.call(&["start"]).code, 0);
    pc.wait_for_state("running");
    // Sockets that this process holds and the kernel lists as listening (state 0A of proc_pid_net(5)).
    let held: Vec<String> = fs::read_dir(format!("/proc/{}/fd", helper.pid()))
        .unwrap()
        .filter_map(|entry| fs::read_link(entry.unwrap().path()).ok())
        .map(|target| target.display().to_string())
        .collect();
    assert!(held.iter().any(|target| target.starts_with("socket:")), "the door at least: {held:?}");
    for table in ["tcp", "tcp6", "udp", "udp6"] {
        let Ok(lines) = fs::read_to_string(format!("/proc/{}/net/{table}", helper.pid())) else { continue };
        for line in lines.lines().skip(1) {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let open = fields[3] == "0A" || table.starts_with("udp");
            assert!(!(open && held.contains(&format!("socket:[{}]", fields[9]))), "{table}: {line}");
        }
    }
    let door = pc.home.runtime().join("com.edgenext.support-helper/door");
    assert_eq!(fs::metadata(&door).unwrap().permissions().mode() & 0o777, 0o600, "SPEC I5");
    assert_eq!(fs::metadata(door.parent().unwrap()).unwrap().permissions().mode() & 0o777, 0o700);
    assert_eq!(fs::metadata(pc.data()).unwrap().permissions().mode() & 0o777, 0o700);
}

#[test]
fn what_a_killed_helper_leaves_behind_is_in_nobodys_way() {
    flows::alone!();
    let (_publisher, _mirror, pc) = new_pc();
    let mut helper = pc.daemon();
    helper.kill();
    assert!(pc.home.runtime().join("com.edgenext.support-helper/door").exists(), "a dead door stands there");
    assert_eq!(pc.call(&["status"]).code, 6);
    assert_eq!(pc.click().code, 0);
    assert_eq!(pc.modules().len(), 1);
}
