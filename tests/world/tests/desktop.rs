//! The private bus and the tray host, driven by a real tray program.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that fails here has said enough")]

use std::env;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use helper_world::{SessionBus, StatusNotifierHost, ToolTip, wait_until};

const SOON: Duration = Duration::from_secs(20);

struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn item(bus: &SessionBus) -> Ended {
    let test = env::current_exe().unwrap();
    let program = test.parent().unwrap().parent().unwrap().join("examples/tray-item");
    let mut command = Command::new(program);
    Ended(command.env("DBUS_SESSION_BUS_ADDRESS", bus.address()).stdin(Stdio::null()).spawn().unwrap())
}

#[test]
fn an_icon_is_read_and_used() {
    let bus = SessionBus::start().unwrap();
    let tray = StatusNotifierHost::start(bus.address()).unwrap();
    assert!(tray.title().is_err());
    let _item = item(&bus);
    tray.wait_for_item(SOON).unwrap();
    assert_eq!(tray.item_count(), 1);
    assert_eq!((tray.title().unwrap().as_str(), tray.status().unwrap().as_str()), ("Item 0", "Active"));
    assert_eq!(tray.icon_name().unwrap(), "");
    let hash = tray.icon_hash().unwrap();
    assert_eq!(hash, tray.icon_hash().unwrap());

    tray.activate().unwrap();
    wait_until(SOON, "the click", || (tray.title().ok()? == "Item 1").then_some(())).unwrap();
    assert_ne!(tray.icon_hash().unwrap(), hash);
    assert_eq!(tray.tooltip().unwrap(), ToolTip { title: "원격 지원".into(), text: "1 clicks".into() });

    let menu = tray.menu().unwrap();
    let labels: Vec<_> = menu.iter().map(|line| line.label.as_str()).collect();
    assert_eq!(labels, ["Add ten", "Never", "", "Tick", "More"]);
    assert!(menu[0].enabled && !menu[1].enabled && menu[2].separator);
    assert_eq!((menu[0].checked, menu[3].checked), (None, Some(false)));
    assert_eq!(menu[4].children[0].label, "끝내기");

    tray.click(menu[0].id).unwrap();
    wait_until(SOON, "the click", || (tray.title().ok()? == "Item 11").then_some(())).unwrap();
    assert!(tray.click_label("Never").is_err());
    assert!(tray.click_label("nothing like it").is_err());
    tray.click_label("Tick").unwrap();
    wait_until(SOON, "the tick", || (tray.menu().ok()?.get(3)?.checked == Some(true)).then_some(())).unwrap();
    tray.click_label("끝내").unwrap();
    tray.wait_for_no_item(SOON).unwrap();
}

#[test]
fn two_buses_know_nothing_of_each_other() {
    let (one, two) = (SessionBus::start().unwrap(), SessionBus::start().unwrap());
    let (here, there) =
        (StatusNotifierHost::start(one.address()).unwrap(), StatusNotifierHost::start(two.address()).unwrap());
    let _item = item(&one);
    here.wait_for_item(SOON).unwrap();
    assert_eq!((here.item_count(), there.item_count()), (1, 0));
}

#[test]
fn a_tray_that_comes_late_is_found() {
    let bus = SessionBus::start().unwrap();
    let tray = StatusNotifierHost::start(bus.address()).unwrap();
    let _item = item(&bus);
    tray.wait_for_item(SOON).unwrap();
    drop(tray);
    let again = StatusNotifierHost::start(bus.address()).unwrap();
    again.wait_for_item(SOON).unwrap();
}
