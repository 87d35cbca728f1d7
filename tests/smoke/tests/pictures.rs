//! A picture of every card in the real window, for people to look at: `target/pictures`. Each must at least be painted.
#![cfg(target_os = "linux")]

use flows::{LONG, Publisher};
use helper_world::{Fault, Full, Geometry, Mirror, Times, wait_until};
use smoke::picture::Picture;
use smoke::{Desk, MODULE, words};

struct Shooting {
    desk: Desk,
    last: Option<Picture>,
}

impl Shooting {
    /// Waits for the card and takes its picture.
    fn take(&mut self, scene: &str, name: &str) {
        self.desk.wait_for_scene(scene);
        let window = self.desk.wait_for_helper_window();
        self.last = Some(self.desk.settled_after(&window, self.last.as_ref()));
        self.desk.keep_picture(window.geometry, name);
    }

    fn wish(&self, wish: &str) {
        self.desk.pc.answer(wish);
    }
}

#[test]
fn every_card_in_the_real_window() {
    flows::alone!();
    let publisher = Publisher::new();
    publisher.publish("15.70.4", 6_000_000, 1);
    let mirror = Mirror::serve(publisher.mirror()).unwrap();
    let desk = Desk::new(&publisher, &[&mirror.base()]);
    let tray = desk.tray();
    let _helper = desk.in_background(&tray);
    tray.click_label(&words("do.open")).unwrap();
    let mut shots = Shooting { desk, last: None };
    shots.take("ready", "ready");

    mirror.down().unwrap();
    tray.activate().unwrap();
    shots.take("problem", "problem-mirror");
    mirror.up().unwrap();

    let full = Full::start(&shots.desk.pc.home, "quit=refuse").unwrap();
    shots.desk.wait_for_window("TeamViewer");
    shots.wish("try-again");
    shots.take("please-close", "please-close");
    shots.wish("cancel");
    full.plan("quit=refuse\nin_use=yes").unwrap();
    wait_until(LONG, "somebody who is connected", || {
        let all = shots.desk.pc.home.processes();
        all.iter().any(|seen| seen.exe.ends_with("TeamViewer_Desktop")).then_some(())
    })
    .unwrap();
    assert_eq!(shots.desk.pc.call(&["start"]).code, 0);
    shots.take("please-close", "please-close-in-use");
    shots.wish("close-and-continue");
    shots.take("closing", "closing");
    shots.take("how-to-quit", "how-to-quit");

    mirror.fault("/targets/*", Fault::Trickle { bytes_per_second: 900_000 }, Times::Always);
    shots.desk.pc.home.plan_modules("window=none").unwrap();
    full.plan("quit=now").unwrap();
    wait_until(LONG, "an honest remaining time", || {
        shots.desk.pc.status()?["view"]["progress"]["remaining"].as_u64().map(drop)
    })
    .unwrap();
    shots.take("preparing", "preparing");
    shots.take("starting", "starting");
    shots.desk.pc.end_modules();
    shots.take("problem", "problem-no-start");
    shots.desk.pc.home.plan_modules("code=s12-345-678").unwrap();
    shots.wish("try-again");
    shots.take("running", "running");
    assert_eq!(shots.desk.pc.call(&["start"]).code, 0);
    shots.take("already-running", "already-running");
    shots.wish("go-on");
    shots.take("running", "running");

    // The two windows side by side, as they stand on a small screen.
    let module = shots.desk.wait_for_window(MODULE);
    let window = shots.desk.wait_for_helper_window();
    shots.desk.paint_desktop("#c9d3d1");
    shots.desk.keep_picture(around(window.geometry, module.geometry), "readme");
    shots.desk.pc.end_modules();
    shots.take("ready", "ended");
}

/// The part of the screen that holds both, with a little air.
fn around(a: Geometry, b: Geometry) -> Geometry {
    const AIR: i32 = 24;
    let ends = |window: Geometry| {
        let (x, y) = (i32::from(window.x), i32::from(window.y));
        (x, y, x + i32::from(window.width), y + i32::from(window.height))
    };
    let (a, b) = (ends(a), ends(b));
    let (x, y) = ((a.0.min(b.0) - AIR).max(0), (a.1.min(b.1) - AIR).max(0));
    let (right, bottom) = ((a.2.max(b.2) + AIR).min(1366), (a.3.max(b.3) + AIR).min(768));
    // What is on this screen fits into the numbers of a window.
    Geometry { x: x as i16, y: y as i16, width: (right - x) as u16, height: (bottom - y) as u16 }
}
