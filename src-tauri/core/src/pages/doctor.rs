//! The network doctor's page (SPEC H1): the root cause, what to do, who must act, and what was looked at.

use super::Examination;
use crate::Core;
use crate::doctor::{self, Report, Verdict};
use crate::problem::WhoActs;
use crate::text::{Text, TextKey};
use crate::view::{Field, Form, Lamp, Row, Scene, View};

impl Core {
    pub(super) fn doctor_view(&self, examination: &Examination) -> View {
        let card = |headline, sentence| View::card(Scene::Doctor, self.named(headline), sentence);
        let label = || self.named(TextKey::FieldFinding);
        let (mut view, rows) = match examination {
            Examination::Asked(_) => {
                let row = Row::fact(Field::Finding, label(), self.named(TextKey::StateChecking), Lamp::Busy);
                let sentence = self.named(TextKey::DoctorBusySentence);
                (card(TextKey::DoctorBusyHeadline, sentence), vec![row])
            }
            Examination::Done(None) => {
                let sentence = self.named(TextKey::DoctorImpossibleSentence);
                (card(TextKey::DoctorBadHeadline, sentence), Vec::new())
            }
            Examination::Done(Some(report)) => {
                let headline = match report.root.lamp {
                    doctor::Lamp::Good => TextKey::DoctorGoodHeadline,
                    doctor::Lamp::Attention => TextKey::DoctorAttentionHeadline,
                    doctor::Lamp::Bad => TextKey::DoctorBadHeadline,
                };
                (card(headline, report.root.sentence.clone()), self.findings(report))
            }
        };
        view.form = Some(Form { step: None, rows });
        view
    }

    fn findings(&self, report: &Report) -> Vec<Row> {
        let findings = report
            .findings
            .iter()
            .map(|finding| Row::fact(Field::Finding, finding.label.clone(), finding.value.clone(), lamp(finding.lamp)));
        self.to_do(&report.root).into_iter().chain(findings).collect()
    }

    fn to_do(&self, root: &Verdict) -> Option<Row> {
        let who = root.who_acts?;
        let action = root.action.clone();
        let mut row = Row::fact(Field::Finding, self.named(TextKey::DoctorToDo), action, Lamp::None);
        row.note = Some(match who {
            WhoActs::You => Text::plain(TextKey::ActsYou),
            WhoActs::HospitalIt => Text::plain(TextKey::ActsIt),
            WhoActs::Vendor => Text::plain(TextKey::CallPhone).with("phone", self.phone()),
        });
        Some(row)
    }
}

const fn lamp(lamp: doctor::Lamp) -> Lamp {
    match lamp {
        doctor::Lamp::Good => Lamp::Good,
        doctor::Lamp::Attention => Lamp::Attention,
        doctor::Lamp::Bad => Lamp::Bad,
    }
}
