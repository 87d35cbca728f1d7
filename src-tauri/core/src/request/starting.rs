//! Starting the module and knowing that it came up.

use super::{Errand, Request, SETTLE_TIME, START_LIMIT};
use crate::Core;
use crate::effect::Effect;
use crate::input::{LaunchFailure, Launched, PlacedId};
use crate::presence::{Presence, ProcessId};
use crate::problem::Problem;
use crate::release::System;
use crate::time::Moment;

impl Core {
    pub(super) fn launch(&mut self, errand: Errand, id: PlacedId, now: Moment, effects: &mut Vec<Effect>) {
        let ticket = self.new_ticket();
        // A start that nobody wants any more may still be under way: then its end is awaited instead.
        if self.launching.is_none() {
            self.launching = Some(ticket);
            effects.push(Effect::Launch(ticket, id));
        }
        let request = Request::Starting { errand, id, process: None, windows_visible: true };
        self.become_busy(request, START_LIMIT, now);
    }

    pub(super) fn module_launched(
        &mut self,
        result: Result<Launched, LaunchFailure>,
        now: Moment,
        effects: &mut Vec<Effect>,
    ) {
        let Request::Starting { errand, id, process, windows_visible } = &mut self.request else { return };
        match result {
            Ok(launched) => {
                if self.setup.me.system == System::Windows {
                    effects.push(Effect::PlaceCopy(*id));
                }
                *process = Some(launched.process);
                *windows_visible = launched.windows_visible;
                if !launched.windows_visible {
                    self.deadline = Some(now.after(SETTLE_TIME));
                }
            }
            Err(failure) => {
                let (mut errand, id) = (std::mem::take(errand), *id);
                let fresh = errand.placed == Some(id);
                match failure {
                    // It was whole a moment ago: something on this PC takes it away.
                    LaunchFailure::Damaged | LaunchFailure::Vanished if fresh => {
                        self.stuck(errand, Problem::Antivirus, effects);
                    }
                    LaunchFailure::Damaged | LaunchFailure::Vanished => {
                        errand.damaged.insert(id);
                        // Checking took time: Full may be back, and a package that was cancelled may be placed.
                        self.look(errand, now, effects);
                    }
                    LaunchFailure::Forbidden => self.stuck(errand, Problem::StartForbidden, effects),
                    LaunchFailure::System => self.stuck(errand, Problem::DidNotStart, effects),
                }
            }
        }
    }

    /// A start that was cancelled is over: the module may run by now, so look (again) before starting another.
    pub(super) fn unwanted_launch_ended(&mut self, now: Moment, effects: &mut Vec<Effect>) {
        if let Request::Looking { errand, .. } | Request::Starting { errand, .. } = &mut self.request {
            let errand = std::mem::take(errand);
            self.look(errand, now, effects);
        }
    }

    /// The window is there: that is the end of the request.
    pub(super) fn window_seen(&mut self, owner: ProcessId, effects: &mut Vec<Effect>) {
        if let Request::Starting { .. } = self.request {
            effects.push(Effect::Watch(owner));
            self.run(owner, false);
        }
    }

    pub(super) fn start_overdue(
        &mut self,
        errand: Errand,
        process: Option<ProcessId>,
        windows_visible: bool,
        effects: &mut Vec<Effect>,
    ) {
        match process {
            Some(process) if !windows_visible => self.run(process, false),
            _ => self.stuck(errand, Problem::DidNotStart, effects),
        }
    }

    /// A launcher may unpack the real program, start it and end (TEAMVIEWER.md 12.1, rule 6): look who is there now.
    pub(super) fn started_process_gone(&mut self, gone: ProcessId, effects: &mut Vec<Effect>) {
        if let Request::Starting { process, .. } = &mut self.request
            && *process == Some(gone)
        {
            *process = None;
            effects.push(Effect::LookForTeamViewer(self.ticket));
        }
    }

    /// The answer to that look: a successor is awaited instead, or the module died at once.
    pub(super) fn looked_for_successor(&mut self, seen: Presence, effects: &mut Vec<Effect>) {
        let Request::Starting { errand, process, .. } = &mut self.request else { return };
        match seen.modules.first() {
            Some(module) => {
                *process = Some(module.id);
                effects.push(Effect::Watch(module.id));
            }
            None => {
                let errand = std::mem::take(errand);
                self.stuck(errand, Problem::DidNotStart, effects);
            }
        }
    }
}
