//! Asking a process to end, ending it, and knowing when it is gone.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg(any(target_os = "linux", target_os = "windows"))]

use contract::desk::{Desk, Done, SOON, folder_of, id_of, on_a_desk};
use helper_core::input::CloseFailure;
use helper_core::presence::ProcessId;
use helper_machine::closing::{ask_to_end, end, wait_until_gone};
use helper_machine::processes::program_of;
use helper_world::{Full, Module, RunningStandIn};
use std::error::Error;
use std::time::Duration;

/// Long after a plan would have been followed.
const WELL_AFTER: Duration = Duration::from_millis(900);

/// A running Full whose window is up.
fn full(desk: &Desk, plan: &str) -> Result<(RunningStandIn, ProcessId, String), Box<dyn Error>> {
    let full = Full::start(&desk.home, plan)?;
    let id = id_of(&full)?;
    desk.window(&folder_of(id)?)?;
    let program = program_of(id).ok_or("no program")?;
    Ok((full, id, program))
}

#[test]
fn one_that_obeys_ends_by_itself() -> Done {
    on_a_desk("one_that_obeys_ends_by_itself", "", |desk| {
        let (full, id, program) = full(desk, "")?;
        assert_eq!(ask_to_end(id, Some(&program)), Ok(()));
        assert!(wait_until_gone(id));
        assert!(full.wait_end(SOON)?.success(), "it ended, nobody ended it");
        assert!(wait_until_gone(id), "gone is told at once");
        assert_eq!(ask_to_end(id, Some(&program)), Err(CloseFailure::Changed));
        assert_eq!(end(id, Some(&program)), Err(CloseFailure::Changed), "there is nothing to end any more");
        Ok(())
    })
}

#[test]
fn what_is_not_what_was_looked_at_is_left_alone() -> Done {
    on_a_desk("what_is_not_what_was_looked_at_is_left_alone", "", |desk| {
        let (full, id, program) = full(desk, "")?;
        let younger = ProcessId { started: id.started + 1, ..id };
        for close in [ask_to_end, end] {
            assert_eq!(close(younger, None), Err(CloseFailure::Changed));
            assert_eq!(close(younger, Some(&program)), Err(CloseFailure::Changed));
            assert_eq!(close(id, Some(&format!("{program}x"))), Err(CloseFailure::Changed));
        }
        assert!(wait_until_gone(younger), "that one is not there");
        assert!(full.wait_end(WELL_AFTER).is_err() && full.is_alive());
        Ok(())
    })
}

#[test]
fn one_that_refuses_stays_until_it_is_ended() -> Done {
    on_a_desk("one_that_refuses_stays_until_it_is_ended", "", |desk| {
        let (full, id, program) = full(desk, "quit=refuse")?;
        assert_eq!(ask_to_end(id, Some(&program)), Ok(()));
        assert!(full.wait_end(WELL_AFTER).is_err() && full.is_alive());
        assert_eq!(desk.window(&folder_of(id)?)?, id, "its window as well");
        assert_eq!(end(id, Some(&program)), Ok(()));
        assert!(wait_until_gone(id));
        assert!(!full.wait_end(SOON)?.success());
        Ok(())
    })
}

#[test]
fn one_that_hides_in_its_tray_is_still_there() -> Done {
    on_a_desk("one_that_hides_in_its_tray_is_still_there", "", |desk| {
        let (full, id, program) = full(desk, "quit=hide")?;
        let folder = folder_of(id)?;
        assert_eq!(ask_to_end(id, Some(&program)), Ok(()));
        desk.no_window(&folder)?;
        assert!(full.is_alive());
        // Asked again, without a window: nothing is wrong, and nothing happens.
        assert_eq!(ask_to_end(id, Some(&program)), Ok(()));
        assert!(full.wait_end(WELL_AFTER).is_err() && full.is_alive());
        full.plan("quit=now")?;
        assert!(wait_until_gone(id), "as from its tray icon");
        Ok(())
    })
}

#[test]
fn a_slow_end_is_waited_for() -> Done {
    on_a_desk("a_slow_end_is_waited_for", "", |desk| {
        let (full, id, program) = full(desk, "quit=slow")?;
        assert_eq!(ask_to_end(id, Some(&program)), Ok(()));
        assert!(full.is_alive());
        assert!(wait_until_gone(id));
        assert!(full.ended()?.is_some_and(|status| status.success()));
        Ok(())
    })
}

#[test]
fn one_that_hangs_holds_nobody_up_and_can_be_ended() -> Done {
    on_a_desk("one_that_hangs_holds_nobody_up_and_can_be_ended", "", |desk| {
        let (full, id, program) = full(desk, "")?;
        full.plan("hang=yes")?;
        // Well after the plan is followed.
        assert!(full.wait_end(WELL_AFTER).is_err());
        assert_eq!(ask_to_end(id, Some(&program)), Ok(()));
        assert!(full.wait_end(WELL_AFTER).is_err() && full.is_alive());
        assert_eq!(end(id, Some(&program)), Ok(()));
        assert!(wait_until_gone(id));
        Ok(())
    })
}

#[test]
fn one_without_a_window_can_be_ended() -> Done {
    on_a_desk("one_without_a_window_can_be_ended", "", |desk| {
        let module = Module::start(&desk.home, "window=none\nquit=refuse")?;
        let id = id_of(&module)?;
        let program = program_of(id).ok_or("no program")?;
        // A program that has only begun may not refuse yet where asking is a signal: that is the system's own answer.
        if cfg!(windows) {
            assert_eq!(ask_to_end(id, Some(&program)), Ok(()));
            assert!(module.wait_end(WELL_AFTER).is_err() && module.is_alive());
        }
        assert_eq!(end(id, Some(&program)), Ok(()));
        assert!(wait_until_gone(id));
        assert!(!module.wait_end(SOON)?.success());
        Ok(())
    })
}

#[test]
fn only_the_one_that_is_meant_ends() -> Done {
    on_a_desk("only_the_one_that_is_meant_ends", "", |desk| {
        let (full, id, program) = full(desk, "")?;
        let module = Module::start(&desk.home, "")?;
        let other = id_of(&module)?;
        desk.window(&folder_of(other)?)?;
        let twin = Full::start(&desk.home, "")?;
        assert_eq!(ask_to_end(id, Some(&program)), Ok(()));
        assert!(wait_until_gone(id));
        assert!(!full.is_alive());
        assert!(module.wait_end(WELL_AFTER).is_err() && module.is_alive());
        assert!(twin.is_alive(), "the same program, another process");
        assert_eq!(end(other, None), Ok(()));
        assert!(wait_until_gone(other) && twin.is_alive());
        Ok(())
    })
}

#[test]
fn one_that_vanishes_between_look_and_close_is_no_trouble() -> Done {
    on_a_desk("one_that_vanishes_between_look_and_close_is_no_trouble", "", |desk| {
        let (full, id, program) = full(desk, "")?;
        full.plan("quit=now")?;
        full.wait_end(SOON)?;
        assert_eq!(ask_to_end(id, Some(&program)), Err(CloseFailure::Changed), "its number is still held");
        drop(full);
        assert_eq!(ask_to_end(id, Some(&program)), Err(CloseFailure::Changed));
        assert_eq!(end(id, None), Err(CloseFailure::Changed));
        assert!(wait_until_gone(id));
        Ok(())
    })
}
