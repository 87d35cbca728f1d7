//! The first run, step by step.

use super::*;

#[test]
fn the_first_run_comes_once_and_every_step_can_be_left() {
    for leave in 0..4 {
        let mut desk = Desk::bare(System::Windows);
        assert!(desk.settle().contains(&Effect::PresentWindow));
        assert_eq!(desk.scene(), Scene::Wizard);
        for step in 0..leave {
            desk.wish(Wish::Next);
            assert_eq!(desk.core.view().form.unwrap().step.unwrap().at, step + 2);
        }
        let kept = |effects: &[Effect]| effects.iter().any(|effect| matches!(effect, Effect::KeepPreferences(..)));
        assert!(kept(&desk.wish(Wish::Later)) && desk.kept.welcomed);
        assert_eq!(desk.scene(), Scene::Ready);
        // The next start.
        let kept = desk.kept.clone();
        let mut next = Desk { kept, ..Desk::bare(System::Windows) };
        next.settle();
        assert_eq!(next.scene(), Scene::Ready);
        // From the tray again.
        next.wish(Wish::OpenWizard);
        assert_eq!(next.scene(), Scene::Wizard);
    }
}

#[test]
fn a_closed_window_has_been_seen_and_a_request_in_between_has_not() {
    let mut desk = Desk::bare(System::Windows);
    desk.settle();
    desk.ask(Intent::WindowClosed);
    assert!(desk.kept.welcomed && desk.core.page().is_none());

    let mut desk = Desk::bare(System::Windows);
    desk.settle();
    desk.ask(Wish::Request);
    assert_eq!(desk.scene(), Scene::Looking, "support goes before everything");
    assert!(!desk.kept.welcomed, "it was taken away: it comes at the next start");

    let mut desk = Desk::bare(System::Windows);
    desk.ask(Wish::Request);
    desk.settle();
    assert_eq!(desk.scene(), Scene::Looking);
}

#[test]
fn a_policy_may_leave_the_first_run_out() {
    let mut desk = Desk { stated: vec![("first_run", Value::Flag(false))], ..Desk::bare(System::Windows) };
    assert_eq!(desk.settle(), []);
    assert_eq!(desk.scene(), Scene::Ready);
    desk.wish(Wish::OpenWizard);
    assert_eq!(desk.scene(), Scene::Wizard, "who wants it gets it all the same");
}

#[test]
fn what_is_missing_is_fetched_in_the_first_run_and_the_rehearsal_says_ready() {
    let mut desk = Desk::bare(System::Windows);
    desk.settle();
    desk.began();
    desk.wish(Wish::Next);
    let asked = desk.wish(Wish::Next);
    let asked = desk.rehearsed(&asked, Rehearsal::Missing);
    let [Effect::RefreshCatalog(ticket)] = asked.as_slice() else { panic!("{asked:?}") };
    assert_eq!(desk.core.view().sentence.key, TextKey::WizardPrepareBusy);
    let ticket = *ticket;
    // The line is dead: said so, and not asked for a second time.
    let asked = desk.tell(Input::CatalogSeen(ticket, Err(Failure::Offline)));
    assert_eq!(desk.rehearsed(&asked, Rehearsal::Missing), []);
    assert_eq!(desk.core.view().sentence.key, TextKey::WizardPrepareFailed);
    desk.wish(Wish::Next);
    let asked = desk.wish(Wish::Next);
    assert_eq!(desk.headline(), TextKey::WizardWaitingHeadline, "nothing is promised before it is proven");
    desk.rehearsed(&asked, Rehearsal::Ready);
    assert_eq!(desk.headline(), TextKey::WizardReadyHeadline);
    desk.wish(Wish::Finish);
    assert!(desk.kept.welcomed && desk.core.page().is_none());
}

#[test]
fn before_the_background_has_begun_the_module_is_asked_for_when_it_begins() {
    let mut desk = Desk::bare(System::Windows);
    desk.settle();
    desk.wish(Wish::Next);
    let asked = desk.wish(Wish::Next);
    assert_eq!(desk.rehearsed(&asked, Rehearsal::Missing), []);
    let beginning = Beginning { wall: 1_795_000_000, every_hours: 6, ..Beginning::default() };
    let asked = desk.tell(Input::Began(beginning));
    assert!(matches!(asked.as_slice(), [Effect::RefreshCatalog(_)]), "{asked:?}");
}

#[test]
fn the_panes_stand_in_the_first_run_of_a_mac_only() {
    for (system, there) in [(System::Macos, true), (System::Windows, false)] {
        let mut desk = Desk::bare(system);
        desk.settle();
        for _ in 0..3 {
            desk.wish(Wish::Next);
        }
        let (answer, effects) = desk.ask(Wish::OpenScreenRecording);
        assert_eq!(answer == Answer::Accepted, there);
        assert_eq!(effects.contains(&Effect::OpenPane(crate::effect::Pane::ScreenRecording)), there);
    }
}
