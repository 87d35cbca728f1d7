//! The pages in the real program: first run, settings, help, doctor, diagnostics; pictures for people to look at.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use flows::{LONG, Publisher};
use helper_world::{Mirror, close_window, wait_until};
use serde_json::{Value, json};
use smoke::picture::Picture;
use smoke::{Desk, ENGLISH, labels, standing_labels, words};
use std::fs;
use std::io::Read as _;

fn shown(desk: &Desk) -> Value {
    desk.pc.status().expect("a helper").get("view").cloned().expect("a view")
}

fn wait_for(desk: &Desk, what: &str, there: impl Fn(&Value) -> bool) -> Value {
    wait_until(LONG, what, || Some(shown(desk)).filter(|view| there(view)))
        .unwrap_or_else(|error| panic!("{error}: {:#}", shown(desk)))
}

fn row(view: &Value, field: &str) -> Value {
    let rows = view["form"]["rows"].as_array().expect("rows");
    rows.iter().find(|row| row["field"] == field).cloned().unwrap_or_else(|| panic!("no {field} in {view:#}"))
}

fn change(desk: &Desk, field: &str, value: &str) -> Value {
    desk.pc.tell(&json!({ "intent": "change", "field": field, "value": value }))
}

/// What the icons on the Desktop start.
fn icons(desk: &Desk) -> Vec<String> {
    let files =
        fs::read_dir(desk.pc.home.desktop()).unwrap().map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap());
    let starts =
        files.map(|text| text.lines().find_map(|line| line.strip_prefix("Exec=")).unwrap_or_default().to_owned());
    starts.filter(|line| line.ends_with(" start")).collect()
}

fn take(desk: &Desk, name: &str, before: Option<&Picture>) -> Picture {
    let window = desk.wait_for_helper_window();
    let picture = desk.settled_after(&window, before);
    desk.keep_picture(window.geometry, name);
    picture
}

#[test]
fn the_first_run_prepares_the_module_and_comes_once() {
    flows::alone!();
    let publisher = Publisher::new();
    publisher.publish("15.70.4", 3_000_000, 1);
    let mirror = Mirror::serve(publisher.mirror()).unwrap();
    let desk = Desk::new(&publisher, &[&mirror.base()]);
    desk.pc.is_new();
    let tray = desk.tray();
    let mut helper = desk.in_background(&tray);
    desk.wait_for_scene("wizard");
    let mut last = take(&desk, "wizard-welcome", None);

    desk.pc.answer("next");
    assert_eq!(change(&desk, "name", "홍길동 900101-1234567")["reason"], "unfit");
    wait_for(&desk, "the refusal", |view| row(view, "name")["wrong"] == true);
    last = take(&desk, "wizard-who-wrong", Some(&last));
    assert_eq!(change(&desk, "name", "김하늘")["answer"], "accepted");
    wait_for(&desk, "the name", |view| row(view, "name")["control"]["value"] == "김하늘");
    assert_eq!(change(&desk, "department", "7병동")["answer"], "accepted");

    desk.pc.answer("next");
    let ready = |view: &Value| row(view, "module")["control"]["lamp"] == "good";
    wait_for(&desk, "the module, fetched in advance", ready);
    assert!(!desk.pc.placed().is_empty());
    last = take(&desk, "wizard-prepare-done", Some(&last));
    desk.pc.answer("next");
    assert_eq!(change(&desk, "at-login", "on")["answer"], "accepted");
    wait_for(&desk, "the start at login", |view| row(view, "at-login")["control"]["on"] == true);
    assert_eq!(desk.pc.call(&["autostart", "status"]).code, 0, "the real entry is there");
    assert_eq!(icons(&desk), Vec::<String>::new());
    assert_eq!(change(&desk, "shortcut", "on")["answer"], "accepted");
    wait_for(&desk, "the icon on the Desktop", |view| row(view, "shortcut")["control"]["on"] == true);
    assert_eq!(icons(&desk).len(), 1);
    last = take(&desk, "wizard-login", Some(&last));
    desk.pc.answer("next");
    wait_for(&desk, "the rehearsal", |view| view["headline"]["key"] == "wizard.ready.headline");
    take(&desk, "wizard-ready", Some(&last));
    desk.pc.answer("finish");
    desk.wait_for_scene("ready");
    assert_eq!(desk.pc.modules(), Vec::<u32>::new(), "a rehearsal starts nothing");

    assert_eq!(desk.pc.call(&["quit"]).code, 0);
    assert_eq!(helper.wait_end(), 0);
    let _helper = desk.in_background(&tray);
    wait_until(LONG, "its settings", || shown(&desk)["actions"].as_array().filter(|all| all.len() > 1).map(|_| ()))
        .unwrap();
    assert_eq!(shown(&desk)["scene"], "ready");
    assert_eq!(desk.helper_windows(), []);

    // Who was named is there for the module's window.
    tray.activate().unwrap();
    desk.pc.wait_for_state("running");
    let copies = shown(&desk)["copies"].clone();
    let values: Vec<&Value> = copies.as_array().expect("copies").iter().map(|copy| &copy["value"]).collect();
    assert_eq!(values, ["김하늘", "7병동"]);
    desk.pc.end_modules();
}

#[test]
fn another_language_holds_at_once_everywhere_and_at_the_next_start() {
    flows::alone!();
    let (_publisher, desk) = Desk::ready();
    let tray = desk.tray();
    let mut helper = desk.in_background(&tray);
    wait_until(LONG, "the whole menu", || (labels(&tray) == standing_labels()).then_some(())).unwrap();
    tray.click_label(&words("do.settings")).unwrap();
    desk.wait_for_scene("settings");
    let korean = take(&desk, "settings", None);
    assert_eq!(change(&desk, "language", "en")["answer"], "accepted");
    wait_until(LONG, "an English menu", || labels(&tray).contains(&"Start support".to_owned()).then_some(())).unwrap();
    desk.wait_for_window(ENGLISH);
    take(&desk, "settings-en", Some(&korean));
    // A mirror that is none: refused with its reason, the old one stays.
    assert_eq!(change(&desk, "mirror", "gopher://x")["answer"], "accepted");
    wait_for(&desk, "the refusal", |view| row(view, "mirror")["wrong"] == true);
    assert_eq!(row(&shown(&desk), "mirror")["control"]["value"], "");
    assert_eq!(change(&desk, "mirror", "https://mirror.example/m")["answer"], "accepted");
    wait_for(&desk, "the mirror", |view| row(view, "mirror")["control"]["value"] == "https://mirror.example/m");

    assert_eq!(desk.pc.call(&["quit"]).code, 0);
    assert_eq!(helper.wait_end(), 0);
    let policy = desk.pc.call(&["policy", "show"]);
    assert!(policy.stdout.contains("https://mirror.example/m (settings of this user)"), "{}", policy.stdout);
    let _helper = desk.in_background(&tray);
    wait_until(LONG, "an English menu", || labels(&tray).contains(&"Start support".to_owned()).then_some(())).unwrap();
    assert_eq!(desk.pc.call(&["open"]).code, 0);
    desk.wait_for_window(ENGLISH);
    // A window that is made later is called as the language that holds says by then.
    assert_eq!(change_in_settings(&desk, "ko")["answer"], "accepted");
    desk.wait_for_window(&words("ui.title"));
    let window = desk.wait_for_helper_window();
    close_window(desk.display(), window.id).unwrap();
    desk.wait_for_no_helper_window();
    assert_eq!(desk.pc.call(&["open"]).code, 0);
    desk.wait_for_window(&words("ui.title"));
}

fn change_in_settings(desk: &Desk, language: &str) -> Value {
    desk.pc.answer("open-settings");
    desk.wait_for_scene("settings");
    change(desk, "language", language)
}

#[test]
fn help_doctor_and_diagnostics_open_in_the_window() {
    flows::alone!();
    let (_publisher, desk) = Desk::ready();
    fs::write(desk.pc.brand_file("outside"), "origin http://127.0.0.1:9/\nstatus http://127.0.0.1:9/\n").unwrap();
    let tray = desk.tray();
    let _helper = desk.in_background(&tray);
    wait_until(LONG, "the whole menu", || (labels(&tray) == standing_labels()).then_some(())).unwrap();
    tray.click_label(&words("do.help")).unwrap();
    desk.wait_for_scene("help");
    let last = take(&desk, "help", None);

    desk.pc.answer("open-doctor");
    let examined = |view: &Value| view["scene"] == "doctor" && view["headline"]["key"] != "doctor.headline.busy";
    let view = wait_for(&desk, "the doctor's word", examined);
    assert_eq!(view["headline"]["key"], "doctor.headline.bad", "{view:#}");
    let last = take(&desk, "doctor", Some(&last));

    desk.pc.answer("open-diagnostics");
    let view = wait_for(&desk, "the diagnosis", |view| !view["documents"].as_array().is_none_or(Vec::is_empty));
    take(&desk, "diagnostics", Some(&last));
    desk.pc.answer("save-diagnostics");
    let view_after = wait_for(&desk, "the file", |view| view["sentence"]["key"] == "diagnostics.saved");
    let path = view_after["sentence"]["args"]
        .as_array()
        .and_then(|args| args.iter().find(|arg| arg[0] == "path").and_then(|arg| arg[1].as_str().map(str::to_owned)));
    let mut zip = zip::ZipArchive::new(fs::File::open(path.expect("a path")).unwrap()).unwrap();
    let documents = view["documents"].as_array().unwrap();
    assert_eq!(zip.len(), documents.len());
    for document in documents {
        let mut text = String::new();
        zip.by_name(document["name"].as_str().unwrap()).unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(document["text"], text, "saved is what was shown");
    }
    assert!(documents.iter().any(|document| document["name"] == "doctor.json"), "with what the doctor found");
}

#[test]
fn a_link_of_the_his_names_the_person_and_a_policy_keeps_the_first_run_away() {
    flows::alone!();
    let (_publisher, desk) = Desk::ready();
    fs::remove_file(desk.pc.data().join("preferences")).unwrap();
    desk.pc.set_policy("first_run = false\ndepartment = \"응급실\"\ndesktop_shortcut = true\n");
    let tray = desk.tray();
    let _helper = desk.in_background(&tray);
    wait_until(LONG, "the whole menu", || (labels(&tray) == standing_labels()).then_some(())).unwrap();
    assert_eq!(desk.helper_windows(), []);
    wait_until(LONG, "the icon that the policy wants", || (icons(&desk).len() == 1).then_some(())).unwrap();
    let link = "edgenext-support://start?name=%EA%B9%80%ED%95%98%EB%8A%98&extension=1234&department=%EC%99%B8%EB%9E%98";
    assert_eq!(desk.pc.call(&[link]).code, 0);
    desk.pc.wait_for_state("running");
    let copies = shown(&desk)["copies"].clone();
    let values: Vec<&Value> = copies.as_array().expect("copies").iter().map(|copy| &copy["value"]).collect();
    assert_eq!(values, ["김하늘", "외래", "1234"], "this request is this person's");
    assert_eq!(desk.pc.tell(&json!({ "intent": "copy-line", "field": "name" }))["answer"], "accepted");
    assert_eq!(shown(&desk)["copies"][0]["copied"], true);
    tray.click_label(&words("do.open")).unwrap();
    take(&desk, "running-copies", None);
    desk.pc.end_modules();
}
