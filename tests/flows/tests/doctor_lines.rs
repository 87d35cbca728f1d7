//! The network doctor on lines that are slow, lossy or silent (SPEC H1).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A broken world ends the test here.

use flows::Called;
use flows::network::{Network, Seen};
use helper_world::line::{Line, LineProfile, SERVER};
use helper_world::{Fault, Mirror, Times};
use std::process::Stdio;
use std::time::{Duration, Instant};

#[test]
fn slow_and_lossy_lines_are_told_apart() {
    flows::alone!();
    let world = Network::well();
    world.mirror.fault("*", Fault::Delay(Duration::from_millis(1_300)), Times::Always);
    let seen = world.finds("slow", "every answer takes long");
    assert_eq!(seen.said["root"]["lamp"], "attention");
    world.mirror.clear_faults();
    // Every third answer is lost.
    for _ in 0..4 {
        // Nobody asks for a range: these are answered.
        world.mirror.fault("*", Fault::IgnoreRange, Times::Times(2));
        world.mirror.fault("*", Fault::Refuse, Times::Times(1));
    }
    world.finds("lossy", "answers are lost");
}

/// Real packets on a line that loses them, in network namespaces of its own.
#[test]
fn a_real_line() {
    flows::alone!();
    for (profile, code, why) in [
        (LineProfile::with(40, 50_000_000, 0.0, 7), "all-good", "near"),
        (LineProfile::with(250, 20_000_000, 0.0, 7), "all-good", "half around the world"),
        (LineProfile::with(1_200, 1_000_000, 0.0, 7), "slow", "over satellites"),
        (LineProfile::with(40, 50_000_000, 0.3, 7), "lossy", "three of ten packets lost"),
    ] {
        let line = match Line::lay(profile) {
            Ok(line) => line,
            Err(error) => return eprintln!("SKIPPED: no line can be laid here: {error}"),
        };
        let mut world = Network::well();
        let (metadata, pages) = (world.mirror.root().to_owned(), world.pages.path().to_owned());
        world.mirror = Mirror::serve_on(line.listen("cubic").unwrap(), metadata).unwrap();
        world.teamviewer = Mirror::serve_on(line.listen("cubic").unwrap(), pages).unwrap();
        world.routers = (0..3).map(|_| line.listen("cubic").unwrap()).collect();
        world.pc.set_mirrors(&[&world.mirror.base()]);
        world.outside(&world.teamviewer.base(), &world.ports());
        let examine = || {
            let helper = world.pc.helper(&["doctor", "--json"]);
            let mut command = line.client_command(helper.get_program().to_str().unwrap());
            command.args(helper.get_args()).env_clear();
            for (name, value) in helper.get_envs() {
                if let Some(value) = value {
                    command.env(name, value);
                }
            }
            let begun = Instant::now();
            Seen::of(Called::from(command.stdin(Stdio::null()).output().unwrap()), begun.elapsed())
        };
        let seen = examine();
        seen.is(code, why);
        if why == "near" {
            // Nobody is there, and nobody says so: a firewall that drops what it does not like.
            let mut silent = SERVER.octets();
            silent[3] = 77;
            let silent = std::net::Ipv4Addr::from(silent);
            let ports = [5938, 443, 80].map(|port| format!("{silent}:{port}"));
            world.outside(&world.teamviewer.base(), &ports);
            let seen = examine();
            seen.is("teamviewer-blocked", "dropped");
            assert_eq!(seen.line("TeamViewer 포트 443"), "응답 없음");
            world.pc.set_mirrors(&[&format!("http://{silent}/")]);
            world.outside(&format!("http://{silent}"), &ports);
            examine().is("no-internet", "everything is dropped");
        }
    }
}
