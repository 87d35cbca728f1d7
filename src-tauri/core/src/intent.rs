//! The one way in which every face speaks: wishes.

use crate::person::Person;
use crate::view::Field;
use serde::{Deserialize, Serialize};

/// What a person may wish by a button or a menu line. What is not offered by the present card is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum Wish {
    /// Ask for support.
    Request,
    /// End the module and start it again.
    Restart,
    /// Consent: close TeamViewer Full and go on.
    CloseAndContinue,
    /// The unknown program may stay: go on.
    LeaveRunning,
    /// Second consent: end it by force.
    ForceClose,
    /// Go on with the module's present window.
    GoOn,
    /// End the module's present window and start a new one.
    StartAfresh,
    /// The same once more.
    TryAgain,
    /// Fetch a fresh copy.
    FetchFresh,
    /// Show the copy, to be started by hand.
    ShowCopy,
    /// Open the pane in which the module is allowed to show the screen (macOS).
    OpenScreenRecording,
    /// Open the pane in which the module is allowed to be controlled (macOS).
    OpenAccessibility,
    /// Open the vendor's own page.
    OpenOrigin,
    /// Stop this request, or close the card.
    Cancel,
    /// Open the wizard.
    OpenWizard,
    /// Its next step.
    Next,
    /// Its step before.
    Back,
    /// Leave the rest of the wizard for another time.
    Later,
    /// Its end.
    Finish,
    /// Open the settings.
    OpenSettings,
    /// Open the help pages.
    OpenHelp,
    /// Examine the network.
    OpenDoctor,
    /// Show what a diagnostics file would hold.
    OpenDiagnostics,
    /// Save that file.
    SaveDiagnostics,
    /// Look for something newer now.
    CheckNow,
    /// Back to the card.
    ClosePage,
}

/// Everything that a face can ask of core.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "intent")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum Intent {
    /// A wish that the card or the menu offers.
    Wish {
        /// Which.
        wish: Wish,
    },
    /// The HIS asks for support, for this person (SPEC C2).
    Called {
        /// Who asks, as the link says.
        person: Person,
    },
    /// A value of the page is changed.
    Change {
        /// Which.
        field: Field,
        /// To what: a line, the value of a choice, `on` or `off`.
        value: String,
    },
    /// A line about the person, for the module's window.
    CopyLine {
        /// Which.
        field: Field,
    },
    /// Show the window.
    OpenWindow,
    /// The person closed the window: only hidden, nothing is cancelled.
    WindowClosed,
    /// A supporter's session code, to be checked and copied (SPEC D3).
    CopyCode {
        /// As typed.
        code: String,
    },
    /// Look for a newer module and a newer helper now.
    CheckNow,
    /// End the helper. The module goes on.
    Quit,
}

impl From<Wish> for Intent {
    fn from(wish: Wish) -> Self {
        Intent::Wish { wish }
    }
}

/// The acknowledgement of an intent: what a second process is told at hand-over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "answer", content = "reason")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum Answer {
    /// It is being done.
    Accepted,
    /// A request was already under way: this one joined it.
    Joined,
    /// Not done.
    Refused(Refusal),
}

/// Why an intent was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum Refusal {
    /// The present card does not offer it.
    NotOffered,
    /// The text has not the form of a session code.
    NotACode,
    /// The value cannot be this; the page says why.
    Unfit,
    /// The helper is ending.
    Ending,
}
