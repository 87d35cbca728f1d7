//! What a blind nurse hears: the accessibility tree of the real window, card by card, as reviewed in `snapshots`. A name, a role,
//! an order or a focus that changes is seen here; `UPDATE_SNAPSHOTS=1` writes the trees anew, for another review.
#![cfg(target_os = "linux")]

use helper_world::Full;
use smoke::heard::compare;
use smoke::{Desk, MODULE, words};

#[test]
fn every_kind_of_card_is_heard_as_it_was_reviewed() {
    flows::alone!();
    let (_publisher, desk) = Desk::ready();
    let ears = desk.listen();
    let tray = desk.tray();
    let _helper = desk.in_background(&tray);
    let (title, mut headline) = (words("ui.title"), String::new());
    let mut hear = |scene: &str| {
        desk.wait_for_scene(scene);
        let window = desk.wait_for_helper_window();
        // As a window manager does for a new window.
        desk.give_keyboard(&window);
        ears.next_card(&title, &mut headline)
    };

    tray.click_label(&words("do.open")).unwrap();
    let ready = hear("ready");

    let full = Full::start(&desk.pc.home, "").unwrap();
    desk.wait_for_window("TeamViewer");
    tray.activate().unwrap();
    let please_close = hear("please-close");
    desk.pc.answer("cancel");
    hear("ready");
    drop(full);

    desk.pc.home.plan_modules("die=early").unwrap();
    tray.activate().unwrap();
    let problem = hear("problem");

    desk.pc.home.plan_modules("").unwrap();
    desk.pc.answer("try-again");
    desk.wait_for_window(MODULE);
    let running = hear("running");

    compare("ready", &ready);
    compare("please-close", &please_close);
    compare("problem", &problem);
    compare("running", &running);
}
