//! Where no web view can be made the settings and the first run are windows with real fields (SPEC I7, E1, E3).

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic)]

use flows::{LONG, Publisher, alone, chose};
use helper_core::person::Person;
use helper_core::policy::Language;
use helper_core::settings::Preferences;
use helper_world::{Display, Key, Mirror, point_at, press, press_with_shift, type_text, wait_until};
use serde_json::Value;
use windows_flows::{CodeSigner, MODULE, TEAMVIEWER, WindowsPc};

/// The title of every dialog.
const HELPER: &str = "원격지원 도우미";
/// The same in English.
const ENGLISH: &str = "Remote Support Helper";

fn pc() -> (WindowsPc, Mirror, Publisher) {
    let publisher = Publisher::new();
    CodeSigner::new(TEAMVIEWER).publish(&publisher, "15.70.4", 1);
    let mirror = Mirror::serve(publisher.mirror()).unwrap();
    (WindowsPc::new(&publisher, &[&mirror.base()]), mirror, publisher)
}

fn view(pc: &WindowsPc) -> Value {
    pc.status().map(|status| status["view"].clone()).unwrap_or_default()
}

fn row(view: &Value, field: &str) -> Value {
    let rows = view["form"]["rows"].as_array().cloned().unwrap_or_default();
    rows.into_iter().find(|row| row["field"] == field).unwrap_or_default()
}

fn wait_for(pc: &WindowsPc, what: &str, there: impl Fn(&Value) -> bool) -> Value {
    wait_until(LONG, what, || Some(view(pc)).filter(|view| there(view))).unwrap_or_else(|error| {
        pc.picture("failed");
        panic!("{error}: {:#}; windows {:?}; {}", view(pc), pc.windows(), pc.said())
    })
}

/// Waits until a line of the page holds this.
fn holds(pc: &WindowsPc, field: &str, value: &str) {
    wait_for(pc, &format!("{field} {value}"), |view| row(view, field)["control"]["value"] == value);
}

/// Without a window manager the keyboard follows the pointer: it is put on the window.
fn point(pc: &WindowsPc, title: &str) {
    let place = pc.wait_for_window(title).geometry;
    let middle = |from: i16, size: u16| from + i16::try_from(size / 2).unwrap();
    point_at(pc.display(), middle(place.x, place.width), middle(place.y, place.height)).unwrap();
}

fn key(pc: &WindowsPc, key: Key) {
    point(pc, HELPER);
    press(pc.display(), key).unwrap();
}

fn back(pc: &WindowsPc) {
    point(pc, HELPER);
    press_with_shift(pc.display(), Key::Tab).unwrap();
}

fn types(pc: &WindowsPc, text: &str) {
    point(pc, HELPER);
    type_text(pc.display(), text).unwrap();
}

/// For people to look at: by then the window has followed the helper, and nothing is judged by it.
fn picture(pc: &WindowsPc, name: &str) {
    std::thread::sleep(std::time::Duration::from_millis(600));
    pc.picture(name);
}

/// Waits until the helper has decided whether the first run comes: then it knows how it is set.
fn is_settled(pc: &WindowsPc) {
    wait_for(pc, "a helper that can be set", |view| {
        view["scene"] == "wizard"
            || view["actions"].as_array().is_some_and(|all| all.iter().any(|one| one["wish"] == "open-settings"))
    });
}

fn has_dialog(pc: &WindowsPc) -> bool {
    pc.windows().iter().any(|window| [HELPER, ENGLISH].contains(&window.title.as_str()))
}

#[test]
fn the_settings_are_changed_in_real_fields_and_what_is_refused_is_marked_and_not_lost() {
    alone!();
    let (pc, _mirror, _publisher) = pc();
    chose(&pc.data(), &Preferences { language: Some(Language::Ko), welcomed: true, ..Preferences::default() });
    pc.set_policy("extension = \"1234\"\n");
    let mut helper = pc.daemon_as_chosen();
    is_settled(&pc);
    pc.answer("open-settings");
    wait_for(&pc, "the module's state", |view| row(view, "module")["control"]["lamp"] != "busy");
    picture(&pc, "form-settings");

    key(&pc, Key::Tab);
    types(&pc, "Kim Haneul");
    key(&pc, Key::Tab);
    holds(&pc, "name", "Kim Haneul");
    types(&pc, "Ward 7");
    key(&pc, Key::Tab);
    holds(&pc, "department", "Ward 7");
    // What is locked can be reached and read, but not changed.
    types(&pc, "99");
    key(&pc, Key::Tab);
    back(&pc);
    back(&pc);
    types(&pc, "Ward 900101-1234567");
    key(&pc, Key::Tab);
    let refused = wait_for(&pc, "the refusal", |view| row(view, "department")["wrong"] == true);
    assert_eq!(row(&refused, "department")["control"]["value"], "Ward 7", "a number is not kept");
    assert_eq!(row(&refused, "extension")["control"]["value"], "1234");
    assert!(row(&refused, "extension")["locked"].is_object());
    picture(&pc, "form-settings-refused");
    // It still stands in its field: what is wrong with it is taken away, the rest is kept.
    back(&pc);
    key(&pc, Key::End);
    for _ in 0.." 900101-1234567".len() {
        key(&pc, Key::BackSpace);
    }
    types(&pc, " 8");
    back(&pc);
    holds(&pc, "department", "Ward 8");
    assert_ne!(row(&view(&pc), "department")["wrong"], true);

    // Another language holds at once, in the window that is open.
    back(&pc);
    key(&pc, Key::Down);
    pc.wait_for_window(ENGLISH);
    pc.wait_until_closed(HELPER);
    assert_eq!(row(&view(&pc), "name")["control"]["value"], "Kim Haneul");
    picture(&pc, "form-settings-english");
    // Escape leaves; what was set is still there in the next life.
    point(&pc, ENGLISH);
    press(pc.display(), Key::Escape).unwrap();
    pc.wait_until_closed(ENGLISH);
    wait_for(&pc, "the card below", |view| view["scene"] == "ready");
    assert_eq!(pc.call(&["quit"]).code, 0);
    helper.wait_end();
    let _helper = pc.daemon_as_chosen();
    is_settled(&pc);
    pc.answer("open-settings");
    holds(&pc, "name", "Kim Haneul");
    holds(&pc, "department", "Ward 8");
    pc.wait_for_window(ENGLISH);
}

#[test]
fn the_first_run_comes_once_by_itself_and_is_gone_through_with_the_keyboard_alone() {
    alone!();
    let (pc, _mirror, _publisher) = pc();
    pc.is_new();
    let mut helper = pc.daemon();
    pc.wait_for_scene("wizard");
    picture(&pc, "form-first-run-1");
    let step = |at: u64| wait_for(&pc, &format!("step {at}"), |view| view["form"]["step"]["at"] == at);
    step(1);
    key(&pc, Key::Return);
    step(2);
    // The window shows the step a moment after the helper says it: what is typed then is typed into its first field.
    wait_until(LONG, "the typed name", || {
        types(&pc, "Kim");
        key(&pc, Key::Tab);
        let name = row(&view(&pc), "name")["control"]["value"].clone();
        name.as_str().is_some_and(|name| name.contains("Kim")).then_some(())
    })
    .unwrap();
    picture(&pc, "form-first-run-2");
    key(&pc, Key::Return);
    step(3);
    wait_for(&pc, "the module, fetched in advance", |view| row(view, "module")["control"]["lamp"] == "good");
    picture(&pc, "form-first-run-3");
    key(&pc, Key::Return);
    step(4);
    picture(&pc, "form-first-run-4");
    key(&pc, Key::Return);
    wait_for(&pc, "the end", |view| view["actions"][0]["wish"] == "finish");
    picture(&pc, "form-first-run-5");
    key(&pc, Key::Return);
    pc.wait_until_closed(HELPER);
    wait_for(&pc, "the card below", |view| view["scene"] == "ready");
    assert_eq!(pc.call(&["quit"]).code, 0);
    helper.wait_end();
    let _helper = pc.daemon();
    is_settled(&pc);
    assert_eq!(view(&pc)["scene"], "ready", "it comes once");
    assert!(!has_dialog(&pc));
}

#[test]
fn a_request_goes_before_the_first_run_and_who_leaves_it_has_seen_it() {
    alone!();
    let (pc, _mirror, _publisher) = pc();
    pc.is_new();
    let mut helper = pc.daemon();
    pc.wait_for_scene("wizard");
    pc.wait_for_window(HELPER);
    pc.click();
    pc.wait_for_state("running");
    pc.wait_for_window(MODULE);
    assert_ne!(view(&pc)["scene"], "wizard", "nothing stands in front of support");
    assert_eq!(pc.call(&["quit"]).code, 0);
    helper.wait_end();
    pc.close_window(MODULE);

    let mut helper = pc.daemon();
    pc.wait_for_scene("wizard");
    pc.close_window(HELPER);
    wait_for(&pc, "the card below", |view| view["scene"] == "ready");
    assert_eq!(pc.call(&["quit"]).code, 0);
    helper.wait_end();
    let _helper = pc.daemon();
    is_settled(&pc);
    assert_eq!(view(&pc)["scene"], "ready", "it was left, and does not come again");
    assert!(!has_dialog(&pc));
}

#[test]
fn what_is_known_of_the_person_is_copied_with_one_key() {
    alone!();
    let (pc, _mirror, _publisher) = pc();
    let person =
        Person { name: "김하늘".into(), department: "7병동 간호사실".into(), extension: "1234".into() };
    chose(&pc.data(), &Preferences { welcomed: true, person, ..Preferences::default() });
    let _helper = pc.daemon();
    is_settled(&pc);
    pc.click();
    pc.wait_for_state("running");
    pc.wait_for_window(MODULE);
    assert_eq!(pc.call(&["open"]).code, 0);
    // The system's dialog that told of the start has made room for a window of our own, which is as wide as it wants to be.
    wait_until(LONG, "the window", || (pc.wait_for_window(HELPER).geometry.width >= 560).then_some(())).unwrap();
    key(&pc, Key::Return);
    wait_for(&pc, "the name on the clipboard", |view| view["copies"][0]["copied"] == true);
    key(&pc, Key::Tab);
    key(&pc, Key::Space);
    wait_for(&pc, "the department on the clipboard", |view| view["copies"][1]["copied"] == true);
    picture(&pc, "form-copies");
}

#[test]
fn the_guides_and_what_a_diagnostics_file_will_hold_are_read_in_the_window() {
    alone!();
    let (pc, _mirror, _publisher) = pc();
    let _helper = pc.daemon();
    is_settled(&pc);
    pc.answer("open-help");
    wait_until(LONG, "the window", || (pc.wait_for_window(HELPER).geometry.width >= 560).then_some(())).unwrap();
    picture(&pc, "form-help");
    key(&pc, Key::Down);
    picture(&pc, "form-help-supporters");
    // The Tab key leads through the long text to the button.
    key(&pc, Key::Tab);
    key(&pc, Key::Tab);
    let before = pc.wait_for_window(HELPER);
    key(&pc, Key::Space);
    wait_for(&pc, "the card below", |view| view["scene"] == "ready");
    // A card is a dialog of the system again.
    let is_another = || (pc.wait_for_window(HELPER).geometry != before.geometry).then_some(());
    wait_until(LONG, "the card's dialog", is_another).unwrap_or_else(|error| panic!("{error}: {}", pc.said()));
    picture(&pc, "form-left-for-the-card");
    pc.answer("open-diagnostics");
    wait_for(&pc, "the diagnosis", |view| view["documents"].as_array().is_some_and(|all| !all.is_empty()));
    wait_until(LONG, "the window", || (pc.wait_for_window(HELPER).geometry.width >= 560).then_some(())).unwrap();
    picture(&pc, "form-diagnostics");
}

#[test]
fn on_a_small_screen_everything_is_reached_with_the_keyboard_and_comes_into_sight() {
    alone!();
    let publisher = Publisher::new();
    let mirror = Mirror::serve(publisher.mirror()).unwrap();
    let pc = WindowsPc::with_display(Display::start(800, 480).unwrap(), &publisher, &[&mirror.base()]);
    pc.set_policy("name = \"Ward 7\"\ndepartment = \"Ward 7\"\nextension = \"1234\"\nstart_at_login = false\n");
    let _helper = pc.daemon();
    is_settled(&pc);
    pc.answer("open-settings");
    wait_for(&pc, "the settings", |view| view["scene"] == "settings");
    let place = pc.wait_for_window(HELPER).geometry;
    assert!(place.y >= 0 && place.y + i16::try_from(place.height).unwrap() <= 480, "{place:?}");
    picture(&pc, "form-small");
    // Language, three locked lines, the icon, the mirror, and at last the proxy; the locked check box is passed over.
    for _ in 0..6 {
        key(&pc, Key::Tab);
    }
    types(&pc, "none");
    picture(&pc, "form-small-end");
    back(&pc);
    holds(&pc, "proxy", "none");
}
