//! The window lives only while it is looked at (SPEC A2; DESIGN, Faces).
#![cfg(target_os = "linux")]

use flows::LONG;
use helper_world::{Full, close_window, set_text_size, wait_until};
use smoke::{Desk, MODULE, process, words};

const NONE: [String; 0] = [];

#[test]
fn a_ready_pc_needs_no_window_and_no_web_view() {
    flows::alone!();
    let (_publisher, desk) = Desk::ready();
    let tray = desk.tray();
    let helper = desk.in_background(&tray);
    // A busy machine may take longer than a second once, and then the window is right to come.
    for _ in 0..5 {
        tray.activate().unwrap();
        desk.wait_for(&tray, "running", "tray.running");
        desk.wait_for_window(MODULE);
        if desk.seconds_of_last_click() < 1.0 {
            assert_eq!(desk.helper_windows(), []);
            assert_eq!(process::web_views(helper.pid()), NONE);
            return;
        }
        for window in desk.helper_windows() {
            close_window(desk.display(), window.id).unwrap();
        }
        desk.wait_for_no_helper_window();
        desk.pc.end_modules();
        desk.wait_for(&tray, "idle", "tray.ready");
    }
    panic!("SPEC A2: not one of five clicks on a ready PC took less than a second: {:#?}", desk.pc.journal());
}

#[test]
fn the_words_are_as_large_as_the_desktops() {
    flows::alone!();
    let heights = [96, 192].map(|dots| {
        let (_publisher, desk) = Desk::ready();
        set_text_size(desk.display(), dots).unwrap();
        let tray = desk.tray();
        let _helper = desk.in_background(&tray);
        assert_eq!(desk.pc.call(&["open"]).code, 0);
        let window = desk.wait_for_helper_window();
        let picture = desk.settled(&window);
        desk.keep_picture(window.geometry, &format!("ready-{dots}-dots"));
        picture.main_button_height().expect("a main button")
    });
    assert!(heights[1] * 2 >= heights[0] * 3, "{heights:?}");
}

#[test]
fn a_closed_window_takes_the_web_view_with_it_and_changes_nothing_else() {
    flows::alone!();
    let (_publisher, desk) = Desk::ready();
    let tray = desk.tray();
    let full = Full::start(&desk.pc.home, "").unwrap();
    let mut helper = desk.in_background(&tray);
    assert_eq!(process::web_views(helper.pid()), NONE);

    tray.activate().unwrap();
    desk.pc.wait_for_state("asking-to-close");
    for _ in 0..2 {
        let window = desk.wait_for_helper_window();
        desk.settled(&window);
        let views = process::web_views(helper.pid());
        assert!(views.iter().any(|name| name == "WebKitWebProcess"), "this test would not see a web view: {views:?}");
        close_window(desk.display(), window.id).unwrap();
        desk.wait_for_no_helper_window();
        wait_until(LONG, "the web engine's end", || process::web_views(helper.pid()).is_empty().then_some(()))
            .unwrap_or_else(|error| panic!("{error}: {:?}", process::web_views(helper.pid())));
        assert_eq!(desk.wait_for(&tray, "asking-to-close", "tray.asks").says, words("tray.asks"));
        assert!(full.is_alive());
        tray.click_label(&words("do.open")).unwrap();
    }
    desk.wait_for_helper_window();

    // Quitting with the window open is as good an end as any.
    tray.click_label(&words("do.quit")).unwrap();
    assert_eq!(helper.wait_end(), 0);
    assert!(full.is_alive(), "what was never consented to is not done at the end");
}
