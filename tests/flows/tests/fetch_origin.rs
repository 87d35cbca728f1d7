//! The vendor's own source: asked after outages only, over TLS only, and believed piece by piece (TRUST.md 2.7).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)] // A broken world ends the test here.

use flows::Download;
use helper_core::input::Failure;
use helper_core::release::Vendor;
use helper_machine::transport;
use helper_world::{Authority, Fault, Mirror, Times, TlsFront};
use std::fs;

/// A package on one mirror, and a vendor whose server is trusted and has the same file.
struct Origin {
    world: Download,
    vendor: Mirror,
    front: TlsFront,
}

fn origin() -> Origin {
    let mut world = Download::new(3_000_000, 1);
    let vendor = Mirror::serve(world.publisher.mirror()).unwrap();
    let authority = Authority::new("The vendor's").unwrap();
    let front = TlsFront::before(vendor.port(), &authority.issue(&["localhost"]).unwrap()).unwrap();
    // Of several tests in one process the first sets up the cryptography.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let trusted = reqwest::Certificate::from_pem(authority.pem().as_bytes()).unwrap();
    world.client = transport::rules().tls_certs_merge([trusted]).build().unwrap();
    let url = front.base("localhost") + &world.publisher.path_of(&world.release);
    world.release.custom.vendor = Some(Vendor { url });
    Origin { world, vendor, front }
}

impl Origin {
    fn fails_with(&self, failure: Failure) {
        let error = self.world.fetch().0.unwrap_err();
        assert_eq!(error.failure, failure, "{error}");
    }
}

#[test]
fn the_vendor_is_asked_when_the_mirrors_are_out_of_reach() {
    let origin = origin();
    origin.world.works();
    assert_eq!(origin.vendor.seen().len(), 0, "not as long as there is a mirror");
    origin.world.forget();
    origin.world.mirrors[0].down().unwrap();
    origin.world.works();
    assert_eq!(origin.vendor.seen().len(), 1);
}

#[test]
fn what_the_mirror_brought_before_it_vanished_is_kept() {
    let origin = origin();
    origin.world.mirrors[0].fault("*", Fault::Truncate(2_000_000), Times::Times(1));
    origin.world.mirrors[0].fault("*", Fault::Refuse, Times::Always);
    origin.world.works();
    assert_eq!(origin.vendor.seen()[0].range.as_deref(), Some("bytes=2000000-"));
}

#[test]
fn another_file_or_a_page_at_the_vendors_is_refused_and_no_alarm() {
    let origin = origin();
    origin.world.mirrors[0].fault("*", Fault::Truncate(1_500_000), Times::Times(1));
    origin.world.mirrors[0].fault("*", Fault::Refuse, Times::Always);
    for fault in [Fault::Html, Fault::FlipBit(2_500_000), Fault::Endless, Fault::WrongTotal, Fault::NotSatisfiable(9)] {
        origin.vendor.fault("*", fault, Times::Always);
        origin.fails_with(Failure::Unreachable);
        origin.vendor.clear_faults();
    }
    // What is kept is right, so that the mirror goes on from there.
    origin.world.mirrors[0].clear_faults();
    let told = origin.world.works();
    assert!(told[0].done >= 1 << 20, "{:?}", told[0]);
}

#[test]
fn the_vendor_is_never_asked_after_a_verification_failure() {
    let origin = origin();
    origin.world.mirrors[0].fault("*", Fault::FlipBit(2_500_000), Times::Times(1));
    origin.world.mirrors[0].fault("*", Fault::Refuse, Times::Always);
    origin.fails_with(Failure::Untrusted);
    origin.world.mirrors[0].clear_faults();
    origin.world.mirrors[0].fault("*", Fault::Html, Times::Always);
    origin.fails_with(Failure::SignInPage);
    assert_eq!(origin.vendor.seen().len(), 0);
}

#[test]
fn the_vendor_is_left_only_over_tls() {
    let mut origin = origin();
    origin.world.mirrors[0].down().unwrap();
    let plain = origin.vendor.url(&origin.world.publisher.path_of(&origin.world.release));
    origin.vendor.fault("*", Fault::RedirectTo(plain.clone()), Times::Times(1));
    origin.fails_with(Failure::Unreachable);
    assert_eq!(origin.vendor.seen().len(), 1, "a redirect from https to http is not followed");
    origin.world.release.custom.vendor = Some(Vendor { url: plain });
    origin.fails_with(Failure::Unreachable);
    assert_eq!(origin.vendor.seen().len(), 1, "and a plain address is not asked");
}

#[test]
fn a_certificate_that_nobody_knows_is_refused_and_not_tried_again() {
    let mut origin = origin();
    let path = origin.world.publisher.path_of(&origin.world.release);
    origin.world.client = transport::client(&Default::default()).unwrap();
    // The mirror itself leads there: its own failure is the certificate's then.
    origin.world.mirrors[0].fault("*", Fault::RedirectTo(origin.front.base("localhost") + &path), Times::Always);
    origin.fails_with(Failure::TlsRefused);
    assert_eq!((origin.world.seen(0).len(), origin.vendor.seen().len()), (1, 0));
    let part = origin.world.folder.path().join(format!("{}.part", origin.world.release.sha256));
    assert_eq!(fs::metadata(part).unwrap().len(), 0);
}
