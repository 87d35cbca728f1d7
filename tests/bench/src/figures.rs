//! Samples, their middle and spread, and the table that is printed.

use std::fmt::Write as _;

/// Measurements of one thing.
#[derive(Clone, Debug, Default)]
pub struct Sample(Vec<f64>);

impl Sample {
    /// Adds one.
    pub fn add(&mut self, value: f64) {
        self.0.push(value);
    }

    /// The differences from another sample, pair by pair.
    pub fn minus(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(one, other)| one - other).collect())
    }

    /// The value below which this part of the sample lies; between two values in proportion.
    fn quantile(&self, part: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let at = part * (sorted.len().max(1) - 1) as f64;
        let value = |index: f64| sorted.get(index as usize).copied().unwrap_or(f64::NAN);
        value(at.floor()) + (value(at.ceil()) - value(at.floor())) * at.fract()
    }

    /// The middle.
    pub fn median(&self) -> f64 {
        self.quantile(0.5)
    }

    /// The middle with the quartiles, which say how noisy it was.
    pub fn shown(&self, unit: &str) -> String {
        format!("{:.1} {unit} ({:.1}-{:.1})", self.median(), self.quantile(0.25), self.quantile(0.75))
    }
}

/// One line of the table.
#[derive(Debug)]
struct Row {
    what: String,
    helper: String,
    peer: String,
    compared: String,
    target: String,
    met: Option<bool>,
}

/// The table, and what must not be.
#[derive(Debug, Default)]
pub struct Report {
    rows: Vec<Row>,
    broken: Vec<String>,
}

impl Report {
    /// A line. `met` says whether the target was reached; `None` for a line without one.
    pub fn row(
        &mut self,
        what: &str,
        helper: impl ToString,
        peer: impl ToString,
        compared: impl ToString,
        target: (&str, Option<bool>),
    ) {
        let row = Row {
            what: what.into(),
            helper: helper.to_string(),
            peer: peer.to_string(),
            compared: compared.to_string(),
            target: target.0.into(),
            met: target.1,
        };
        eprintln!("bench: {} | {} | {} | {}", row.what, row.helper, row.peer, row.compared);
        self.rows.push(row);
    }

    /// Two numbers, their ratio, and a target for it.
    pub fn ratio(&mut self, what: &str, unit: &str, pair: (f64, f64), most: Option<f64>) {
        let (helper, peer) = pair;
        let ratio = helper / peer;
        let target = most.map_or(String::new(), |most| format!("ratio at most {most:.2}"));
        let shown = |value: f64| format!("{value:.0} {unit}");
        let met = most.map(|most| ratio <= most);
        self.row(what, shown(helper).trim(), shown(peer).trim(), format!("ratio {ratio:.2}"), (&target, met));
    }

    /// Something that must hold on any machine, however slow.
    pub fn must(&mut self, what: &str, holds: bool, seen: impl ToString) {
        self.row(what, seen, "", "", ("none", Some(holds)));
        if !holds {
            self.broken.push(what.into());
        }
    }

    /// Was something seen that must not be?
    pub fn broken(&self) -> bool {
        !self.broken.is_empty()
    }

    /// The table.
    pub fn markdown(&self, circumstances: &str) -> String {
        let mut text = format!("# Measurements\n\n{circumstances}\n\n");
        text += "Times are medians with quartiles in brackets.\n\n";
        text += "| what | helper | peer | compared | target | |\n| --- | --- | --- | --- | --- | --- |\n";
        for Row { what, helper, peer, compared, target, met } in &self.rows {
            let met = match met {
                Some(true) => "met",
                Some(false) => "**missed**",
                None => "",
            };
            let _ = writeln!(text, "| {what} | {helper} | {peer} | {compared} | {target} | {met} |");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_and_the_quartiles() {
        let mut sample = Sample::default();
        for value in [9.0, 1.0, 3.0, 5.0, 7.0] {
            sample.add(value);
        }
        assert_eq!(sample.shown("ms"), "5.0 ms (3.0-7.0)");
        sample.add(11.0);
        assert_eq!(sample.median().to_string(), "6");
    }

    #[test]
    fn what_must_not_be_is_remembered() {
        let mut report = Report::default();
        report.ratio("size", "", (12.0, 10.0), Some(1.1));
        assert!(!report.broken(), "a missed target is no failure");
        report.must("requests", false, 1);
        assert!(report.broken());
        let text = report.markdown("");
        assert!(text.contains("| size | 12 | 10 | ratio 1.20 | ratio at most 1.10 | **missed** |"), "{text}");
    }
}
