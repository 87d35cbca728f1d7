//! One click on Windows, from nothing to the running module.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

use flows::{Publisher, alone};
use helper_core::release::System;
use helper_world::Mirror;
use windows_flows::{WindowsPc, built};

#[test]
fn the_first_click_fetches_checks_places_and_starts() {
    alone!();
    let publisher = Publisher::new();
    publisher.add_program(System::Windows, "15.70.4", &built("standin-quicksupport.exe"));
    let mirror = Mirror::serve(publisher.mirror()).unwrap();
    let pc = WindowsPc::new(&publisher, &[&mirror.base()]);
    let _helper = pc.daemon();
    pc.picture("rest");
    pc.click();
    pc.wait_for_state("running");
    pc.picture("running");
}
