//! What a code tells that somebody read out on the telephone (SPEC H2).

use crate::Refused;
use crate::repository::Repository;
use helper_core::problem::WhoActs;
use helper_core::release::Release;
use helper_core::spoken::{self, Spoken};
use helper_core::text::TextKey;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

/// The sentences of the cards, so that the supporter reads what the person sees.
const KOREAN: &str = include_str!("../../../ui/locales/ko.json");
const ENGLISH: &str = include_str!("../../../ui/locales/en.json");

/// Decodes a code. With a repository the versions are named that its numbers may stand for.
///
/// # Errors
/// [`Refused::Input`] when it is no code, or one of its digits is wrong; [`Refused`] if the repository is damaged.
pub fn decode(code: &str, repository: Option<&Path>) -> Result<String, Refused> {
    let spoken: Spoken = code.parse().map_err(|error| Refused::Input(format!("{code:?}: {error}")))?;
    let releases = match repository {
        Some(folder) => Repository::open(folder)?.releases()?,
        None => Vec::new(),
    };
    Ok(words(spoken, &releases))
}

fn words(spoken: Spoken, releases: &[Release]) -> String {
    let problem = spoken.problem;
    let mut text = String::new();
    let _ = writeln!(text, "{}  {problem:?}", problem.code());
    for catalogue in [KOREAN, ENGLISH] {
        let _ = writeln!(text, "  {}", said(catalogue, problem.headline()));
    }
    let acts = match problem.who_acts() {
        WhoActs::You => "the person at the PC",
        WhoActs::HospitalIt => "the hospital's IT",
        WhoActs::Vendor => "the vendor",
    };
    let _ = writeln!(text, "who acts: {acts}");
    let yes = |yes: bool| if yes { "yes" } else { "no" };
    let _ = writeln!(text, "a module is on the PC: {}", yes(spoken.has_module));
    let _ = writeln!(text, "signed metadata is on the PC: {}", yes(spoken.has_catalog));
    let _ = writeln!(text, "was to be started afresh: {}", yes(spoken.restart));
    let of = |helper: bool, number: u8| {
        let fits = |release: &&Release| {
            (release.custom.module == helper_core::choice::HELPER) == helper
                && spoken::digest(&release.custom.version) == number
        };
        let versions: BTreeSet<&str> =
            releases.iter().filter(fits).map(|release| release.custom.version.as_str()).collect();
        let versions = versions.into_iter().collect::<Vec<_>>().join(" or ");
        if versions.is_empty() { format!("number {number:02}") } else { format!("{versions} (number {number:02})") }
    };
    let _ = writeln!(text, "helper: {}", of(true, spoken.helper));
    let module = if spoken.module == 0 { "none, or not known".to_owned() } else { of(false, spoken.module) };
    let _ = writeln!(text, "module: {module}");
    text
}

/// A sentence without the names that are put into it.
fn said(catalogue: &str, key: TextKey) -> String {
    let all: BTreeMap<String, String> = serde_json::from_str(catalogue).unwrap_or_default();
    all.get(key.id()).cloned().unwrap_or_else(|| key.id().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use helper_core::problem::Problem;

    #[test]
    fn the_supporter_reads_what_the_person_sees() {
        let spoken = Spoken {
            problem: Problem::DidNotStart,
            has_module: true,
            has_catalog: true,
            restart: false,
            helper: spoken::digest("0.1.0"),
            module: spoken::digest("15.70.4"),
        };
        let text = decode(&spoken.to_string(), None).unwrap();
        for part in ["M-36", "the person at the PC", "a module is on the PC: yes", "afresh: no"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(text.contains("열리지") || text.contains("시작"), "the Korean headline: {text}");
        assert!(decode("1234-5678", None).is_err() && decode("", None).is_err());
    }
}
