//! The first run: four short steps and a rehearsal (SPEC E1, E2).

use super::Proof;
use crate::Core;
use crate::input::Rehearsal;
use crate::intent::Wish;
use crate::person::Part;
use crate::release::System;
use crate::text::TextKey;
use crate::view::{Field, Form, Lamp, Row, Scene, Step, View};

/// A place in the first run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// What this is, and in which language.
    Welcome,
    /// Who and where; may stay empty.
    Who,
    /// The module is fetched in advance.
    Prepare,
    /// Start at login; on macOS the two panes.
    AtLogin,
    /// The rehearsal: could support begin now?
    Ready,
}

impl Place {
    const STEPS: usize = 4;

    const fn number(self) -> Option<usize> {
        match self {
            Self::Welcome => Some(1),
            Self::Who => Some(2),
            Self::Prepare => Some(3),
            Self::AtLogin => Some(4),
            Self::Ready => None,
        }
    }

    const fn next(self) -> Self {
        match self {
            Self::Welcome => Self::Who,
            Self::Who => Self::Prepare,
            Self::Prepare => Self::AtLogin,
            Self::AtLogin | Self::Ready => Self::Ready,
        }
    }

    const fn back(self) -> Self {
        match self {
            Self::Welcome | Self::Who => Self::Welcome,
            Self::Prepare => Self::Who,
            Self::AtLogin => Self::Prepare,
            Self::Ready => Self::AtLogin,
        }
    }
}

impl Core {
    pub(super) fn wizard_offers(&self, place: Place) -> Vec<Wish> {
        let mut offers = match place {
            Place::Welcome => vec![Wish::Next, Wish::Later],
            Place::Who | Place::Prepare | Place::AtLogin => vec![Wish::Next, Wish::Back, Wish::Later],
            Place::Ready => vec![Wish::Finish, Wish::Back],
        };
        if place == Place::AtLogin && self.setup.me.system == System::Macos {
            offers.extend([Wish::OpenScreenRecording, Wish::OpenAccessibility]);
        }
        offers
    }

    pub(super) fn wizard_turns(&mut self, wish: Wish) {
        let Some(super::Page::Wizard(place)) = &mut self.pages.open else { return };
        *place = if wish == Wish::Next { place.next() } else { place.back() };
        let place = *place;
        self.pages.refused = None;
        if place == Place::Ready {
            // The rehearsal is one: what was proven a while ago is proven again.
            self.pages.proof = Proof::Unknown;
        }
    }

    pub(super) fn wizard_view(&self, place: Place) -> View {
        let (headline, sentence) = match place {
            Place::Welcome => (TextKey::WizardWelcomeHeadline, TextKey::WizardWelcomeSentence),
            Place::Who => (TextKey::WizardWhoHeadline, TextKey::WizardWhoSentence),
            Place::Prepare => (TextKey::WizardPrepareHeadline, self.preparing_sentence()),
            Place::AtLogin if self.setup.me.system == System::Macos => {
                (TextKey::WizardPanesHeadline, TextKey::WizardPanesSentence)
            }
            Place::AtLogin => (TextKey::WizardLoginHeadline, TextKey::WizardLoginSentence),
            Place::Ready if self.pages.proof == Proof::Known(Rehearsal::Ready) => {
                (TextKey::WizardReadyHeadline, TextKey::WizardReadySentence)
            }
            Place::Ready => (TextKey::WizardWaitingHeadline, TextKey::WizardWaitingSentence),
        };
        let rows = match place {
            Place::Welcome => self.rows(&[Field::Language]),
            Place::Who => self.rows(&Part::ALL.map(Field::of)),
            Place::AtLogin => self.rows(&[Field::AtLogin]),
            Place::Prepare | Place::Ready => vec![self.module_row()],
        };
        let mut view = View::card(Scene::Wizard, self.named(headline), self.named(sentence));
        view.form = Some(Form { step: place.number().map(|at| Step { at, of: Place::STEPS }), rows });
        view
    }

    fn preparing_sentence(&self) -> TextKey {
        match self.pages.proof {
            Proof::Known(Rehearsal::Ready) => TextKey::WizardPrepareDone,
            _ if self.is_working() => TextKey::WizardPrepareBusy,
            Proof::Known(_) if self.pages.asked_for_module => TextKey::WizardPrepareFailed,
            _ => TextKey::WizardPrepareSentence,
        }
    }

    /// Is the module ready?
    pub(super) fn module_row(&self) -> Row {
        let (key, lamp) = match self.pages.proof {
            Proof::Known(Rehearsal::Ready) => (TextKey::StateReady, Lamp::Good),
            _ if self.is_working() => (TextKey::StateFetching, Lamp::Busy),
            Proof::Known(Rehearsal::Missing | Rehearsal::Damaged) => (TextKey::StateMissing, Lamp::Attention),
            Proof::Unknown | Proof::Asked(_) => (TextKey::StateChecking, Lamp::Busy),
        };
        Row::fact(Field::Module, self.named(TextKey::FieldModule), self.named(key), lamp)
    }
}
