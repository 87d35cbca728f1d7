//! What is not TeamViewer's, or not the company's, is never started on Windows (SPEC A5; fault rows 40-44, 55).

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

use flows::{Publisher, alone};
use helper_world::Mirror;
use std::fs;
use windows_flows::{CodeSigner, MODULE, TEAMVIEWER, WindowsPc};

fn refused(publisher: &Publisher) {
    let mirror = Mirror::serve(publisher.mirror()).unwrap();
    let pc = WindowsPc::new(publisher, &[&mirror.base()]);
    let _helper = pc.daemon();
    pc.click();
    let status = pc.wait_for_state("stuck");
    assert_eq!(status["view"]["problem"]["code"], "P-24", "{status}");
    assert!(pc.windows().iter().all(|window| window.title != MODULE));
    let desktop: Vec<_> = fs::read_dir(pc.desktop()).unwrap().collect();
    assert!(desktop.is_empty(), "{desktop:?}");
}

#[test]
fn a_module_that_somebody_else_signed_is_refused_even_when_it_was_published() {
    alone!();
    let publisher = Publisher::new();
    CodeSigner::new("Somebody Else GmbH").publish(&publisher, "15.70.4", 1);
    refused(&publisher);
}

#[test]
fn somebody_elses_module_with_teamviewers_signature_is_not_the_published_one() {
    alone!();
    let publisher = Publisher::new();
    let signer = CodeSigner::new(TEAMVIEWER);
    let (release, _) = signer.publish(&publisher, "15.70.4", 1);
    // Genuinely signed, but another customized module.
    fs::copy(signer.module(2), publisher.package(&release)).unwrap();
    refused(&publisher);
}

#[test]
fn a_module_that_was_changed_on_the_pc_is_fetched_again_before_it_is_started() {
    alone!();
    let publisher = Publisher::new();
    let (_, signed) = CodeSigner::new(TEAMVIEWER).publish(&publisher, "15.70.4", 1);
    let mirror = Mirror::serve(publisher.mirror()).unwrap();
    let pc = WindowsPc::new(&publisher, &[&mirror.base()]);
    let _helper = pc.daemon();
    pc.click();
    pc.wait_for_state("running");
    pc.wait_for_window(MODULE);
    pc.close_window(MODULE);
    pc.wait_for_state("idle");
    let placed = pc.placed_programs().pop().unwrap();
    let mut bytes = signed.clone();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&placed, bytes).unwrap();
    pc.click();
    pc.wait_for_state("running");
    assert!(fs::read(pc.placed_programs().pop().unwrap()).unwrap() == signed, "mended");
}
