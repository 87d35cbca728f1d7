//! From keys and values to finished sentences: the ONE place where a sentence is made, for every face.
//!
//! The catalogues are `ui/locales/{ko,en}.json`, built into the program. A placeholder is `{name}`; in Korean `{name|을/를}`
//! inserts the value and the particle that its last sound asks for.

mod form;
mod guide;
mod particles;

pub use form::{Choice, Control, Copy, Form, Row};
pub use guide::{guides, wording};

use helper_core::diagnostics::Document;
use helper_core::intent::Wish;
use helper_core::text::{Text, TextKey};
use helper_core::view::{ProblemView, ProgressView, Scene, View};
use serde::Serialize;
use std::collections::BTreeMap;

/// A language that the helper speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum Language {
    /// Korean, spoken when nothing else is asked for.
    Ko,
    /// English.
    En,
}

impl Language {
    /// Every language.
    #[cfg(test)]
    pub const ALL: [Language; 2] = [Language::Ko, Language::En];

    /// The language for a locale as systems write it: `ko-KR`, `ko_KR.UTF-8`, `en_US`, `C`.
    ///
    /// Nothing set means Korean: the helper is made for Korean hospitals, and a missing setting says nothing about the
    /// person. Any other language gets English.
    pub fn from_locale(locale: &str) -> Self {
        let locale = locale.trim();
        let language = locale.split(['-', '_', '.', '@']).next().unwrap_or_default();
        if locale.is_empty() || language.eq_ignore_ascii_case("ko") || language.eq_ignore_ascii_case("kor") {
            Language::Ko
        } else {
            Language::En
        }
    }

    /// The tag for `lang` attributes.
    #[cfg(test)]
    pub const fn tag(self) -> &'static str {
        match self {
            Language::Ko => "ko",
            Language::En => "en",
        }
    }

    const fn catalogue(self) -> &'static str {
        match self {
            Language::Ko => include_str!("../../ui/locales/ko.json"),
            Language::En => include_str!("../../ui/locales/en.json"),
        }
    }
}

/// The sentences of one language.
#[derive(Clone, Debug)]
pub struct Words {
    language: Language,
    sentences: BTreeMap<String, String>,
}

impl Words {
    /// The sentences of this language. The catalogue is part of the program and its form is proven by test; were it not
    /// readable, every sentence would be its key, and nothing would fail.
    pub fn of(language: Language) -> Self {
        Self { language, sentences: serde_json::from_str(language.catalogue()).unwrap_or_default() }
    }

    /// Which language this is.
    pub const fn language(&self) -> Language {
        self.language
    }

    /// The finished sentence.
    pub fn say(&self, text: &Text) -> String {
        fill(self.sentence(text.key.id()), &text.args)
    }

    /// A label: a sentence into which nothing is inserted.
    pub fn label(&self, key: TextKey) -> String {
        self.sentence(key.id()).to_owned()
    }

    /// A static label of a face (`ui.` and `term.` keys, which core does not know).
    pub fn ui(&self, key: &str) -> Option<&str> {
        is_of_a_face(key).then(|| self.sentences.get(key).map(String::as_str)).flatten()
    }

    fn sentence<'a>(&'a self, id: &'a str) -> &'a str {
        self.sentences.get(id).map_or(id, String::as_str)
    }
}

fn is_of_a_face(key: &str) -> bool {
    key.starts_with("ui.") || key.starts_with("term.")
}

/// Inserts the values. What is inserted is never read as a template itself; a placeholder without a value stays visible.
fn fill(template: &str, args: &[(String, String)]) -> String {
    let mut filled = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((placeholder, tail)) = after.split_once('}') else {
            filled.push('{');
            rest = after;
            continue;
        };
        let (name, pair) = placeholder.split_once('|').map_or((placeholder, None), |(name, pair)| (name, Some(pair)));
        match args.iter().find(|(known, _)| known == name) {
            Some((_, value)) => {
                filled.push_str(value);
                if let Some(pair) = pair {
                    filled.push_str(&particles::particle(value, pair));
                }
            }
            None => {
                filled.push('{');
                filled.push_str(name);
                filled.push('}');
            }
        }
        rest = tail;
    }
    filled.push_str(rest);
    filled
}

/// A button of the card, ready to be drawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct ShownAction {
    /// What it does.
    pub wish: Wish,
    /// What is written on it.
    pub label: String,
}

/// The view in one language: what window, dialogs and terminal draw. They have no grammar of their own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Shown {
    /// Which card.
    pub scene: Scene,
    /// The language of every sentence here.
    pub language: Language,
    /// One headline.
    pub headline: String,
    /// What happens, or what to do now.
    pub sentence: String,
    /// Smaller lines, in the view's order: in `Running` the four numbered parts of the module's window, the dead code, then
    /// what was last said about a typed code; in `Problem` the last three are who acts, whom to call, and the code.
    pub details: Vec<String>,
    /// What can be done, the main thing first.
    pub actions: Vec<ShownAction>,
    /// Fetching.
    pub progress: Option<ProgressView>,
    /// The problem.
    pub problem: Option<ProblemView>,
    /// A supporter's code can be entered here.
    pub takes_code: bool,
    /// What can be answered or read, row by row.
    pub form: Option<Form>,
    /// What can be copied for the module's window.
    pub copies: Vec<Copy>,
    /// Exactly what the diagnostics will contain.
    pub documents: Vec<Document>,
}

impl Shown {
    /// Renders a view.
    pub fn of(view: &View, words: &Words) -> Self {
        Self {
            scene: view.scene,
            language: words.language(),
            headline: words.say(&view.headline),
            sentence: words.say(&view.sentence),
            details: view.details.iter().map(|detail| words.say(detail)).collect(),
            actions: view
                .actions
                .iter()
                .map(|action| ShownAction { wish: action.wish, label: words.label(action.label) })
                .collect(),
            progress: view.progress,
            problem: view.problem.clone(),
            takes_code: view.takes_code,
            form: view.form.as_ref().map(|form| Form::of(form, words)),
            copies: view.copies.iter().map(|copy| Copy::of(copy, words)).collect(),
            documents: view.documents.clone(),
        }
    }
}

#[cfg(test)]
mod fixtures;

#[cfg(test)]
mod tests {
    use super::*;
    use helper_core::problem::Problem;
    use std::collections::BTreeSet;

    /// What may stand in Latin letters in a Korean sentence: names that the person sees on the screen.
    const LATIN_IN_KOREAN: &[&str] =
        &["TeamViewer", "QuickSupport", "Your", "name", "Description", "Chat", "Cancel", "s00-000-000", "s12-345-678"];

    /// What IT looks for in its own settings, in the doctor's lines and in policy templates only.
    const LATIN_FOR_IT: &[&str] = &["DNS", "PAC", "TCP", "teamviewer", "com", "on", "off", "true", "false", "root"];

    /// What core fills in (`core/src/view.rs`, `core/src/doctor`).
    fn arguments(id: &str) -> &'static [&'static str] {
        match id {
            "preparing.fetching" => &["module", "done", "total"],
            "preparing.remaining" => &["time", "rate"],
            "call.phone" => &["phone"],
            "problem.code" => &["code"],
            "term.percent" | "tray.fetching" => &["percent"],
            "plain" => &["value"],
            "locked" => &["place"],
            "policy.otherwise" => &["value"],
            "policy.file.place" => &["path"],
            _ if id.starts_with("policy.") => &[],
            "import.done" => &["module", "version", "date"],
            "diagnostics.saved" => &["path"],
            _ if id.starts_with("diagnostics.") => &[],
            "import.stale" => &["days"],
            "import.older" => &["held", "offered"],
            "import.too_old" => &["date"],
            "import.no_room" => &["size"],
            _ if id.starts_with("import.") => &[],
            _ if id.starts_with("doctor.") => &[
                "authority",
                "count",
                "days",
                "failed",
                "host",
                "kinds",
                "median",
                "port",
                "proxy",
                "script",
                "status",
                "time",
                "variable",
                "worst",
            ],
            _ if ["do.", "tray.", "acts.", "code.", "ui.", "term."].iter().any(|start| id.starts_with(start)) => &[],
            _ if id.starts_with("problem.") && id.ends_with(".sentence") => &["module", "size"],
            _ => &["module"],
        }
    }

    fn placeholders(sentence: &str) -> Vec<(String, Option<String>)> {
        sentence
            .split('{')
            .skip(1)
            .map(|part| {
                let (inside, _) = part.split_once('}').expect("closed placeholder");
                match inside.split_once('|') {
                    Some((name, pair)) => (name.to_owned(), Some(pair.to_owned())),
                    None => (inside.to_owned(), None),
                }
            })
            .collect()
    }

    fn names(sentence: &str) -> BTreeSet<String> {
        placeholders(sentence).into_iter().map(|(name, _)| name).collect()
    }

    fn without_placeholders(sentence: &str) -> String {
        let mut parts = sentence.split('{');
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |text, part| text + " " + part.split_once('}').map_or("", |(_, tail)| tail))
    }

    fn is_hangul(c: char) -> bool {
        matches!(c, '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' | '\u{ac00}'..='\u{d7a3}')
    }

    #[test]
    fn both_catalogues_have_every_key_and_nothing_else() {
        let wanted: BTreeSet<&str> = TextKey::ALL.iter().map(|key| key.id()).collect();
        for language in Language::ALL {
            let words = Words::of(language);
            let said: BTreeSet<&str> =
                words.sentences.keys().map(String::as_str).filter(|key| !is_of_a_face(key)).collect();
            assert_eq!(said, wanted, "{language:?}");
            assert!(words.sentences.values().all(|sentence| !sentence.trim().is_empty()), "{language:?}");
        }
        let face = |language| -> BTreeSet<String> {
            Words::of(language).sentences.into_keys().filter(|key| is_of_a_face(key)).collect()
        };
        assert_eq!(face(Language::Ko), face(Language::En));
    }

    #[test]
    fn no_key_stands_twice_in_a_catalogue() {
        for language in Language::ALL {
            let lines = language.catalogue().lines().filter(|line| line.trim_start().starts_with('"')).count();
            assert_eq!(lines, Words::of(language).sentences.len(), "{language:?}: a later line would silently win");
        }
    }

    #[test]
    fn both_languages_insert_the_same_and_only_what_core_fills_in() {
        let (ko, en) = (Words::of(Language::Ko), Words::of(Language::En));
        for (id, korean) in &ko.sentences {
            let english = &en.sentences[id];
            assert_eq!(names(korean), names(english), "{id}");
            for name in names(korean) {
                assert!(arguments(id).contains(&name.as_str()), "{id} inserts {name}, which nobody fills in");
            }
            for (name, pair) in placeholders(korean) {
                let pairs = ["을/를", "이/가", "은/는", "으로/로", "과/와"];
                assert!(pair.as_deref().is_none_or(|pair| pairs.contains(&pair)), "{id}: {name}");
            }
            assert!(placeholders(english).iter().all(|(_, pair)| pair.is_none()), "{id}: English has no particles");
        }
    }

    #[test]
    fn a_korean_particle_is_never_fixed_behind_a_value() {
        for (id, korean) in Words::of(Language::Ko).sentences {
            for part in korean.split('{').skip(1) {
                let (inside, tail) = part.split_once('}').expect("closed placeholder");
                // Days are counted, not named: `3일` is right behind every number.
                let tail = if inside == "days" { tail.trim_start_matches('일') } else { tail };
                let next = tail.chars().next();
                assert!(!next.is_some_and(is_hangul), "{id}: {{{inside}}} is followed at once by {next:?}");
            }
        }
    }

    #[test]
    fn korean_is_korean_and_english_is_english() {
        for (id, korean) in Words::of(Language::Ko).sentences {
            let text = without_placeholders(&korean);
            let latin = text
                .split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
                .filter(|word| word.bytes().any(|byte| byte.is_ascii_alphabetic()));
            for word in latin {
                let for_it =
                    ["doctor.", "policy."].iter().any(|start| id.starts_with(start)) && LATIN_FOR_IT.contains(&word);
                // A language is called as whoever speaks it calls it.
                let is_name = id == "option.language.en";
                assert!(for_it || is_name || LATIN_IN_KOREAN.contains(&word), "{id}: {word}");
            }
            let is_example =
                ["ui.code.placeholder", "term.percent", "plain", "option.language.en"].contains(&id.as_str());
            assert!(is_example || text.chars().any(is_hangul), "{id}: not Korean");
        }
        for (id, english) in Words::of(Language::En).sentences {
            assert!(id == "option.language.ko" || !english.chars().any(is_hangul), "{id}: {english}");
        }
    }

    /// One tone: 해요체 throughout, no 합니다체.
    #[test]
    fn korean_speaks_in_one_tone() {
        for (id, korean) in Words::of(Language::Ko).sentences {
            for ending in ["니다", "니까", "십시오"] {
                assert!(!korean.contains(ending), "{id}: {korean}");
            }
            if korean.ends_with('.') || id.ends_with(".headline") {
                let end = korean.trim_end_matches(['.', '?']);
                assert!(end.ends_with('요'), "{id}: {korean}");
            }
        }
    }

    /// The buttons that a sentence names, `[...]` in Korean and `“...”` in English.
    fn named_buttons(language: Language, sentence: &str) -> BTreeSet<String> {
        let (open, close) = match language {
            Language::Ko => ('[', ']'),
            Language::En => ('“', '”'),
        };
        sentence
            .split(open)
            .skip(1)
            .map(|part| part.split_once(close).expect("closed button name").0.to_owned())
            .collect()
    }

    #[test]
    fn a_sentence_names_buttons_as_they_are_written() {
        for language in Language::ALL {
            let words = Words::of(language);
            let buttons: BTreeSet<&String> =
                words.sentences.iter().filter(|(id, _)| id.starts_with("do.")).map(|(_, label)| label).collect();
            for (id, sentence) in &words.sentences {
                for button in named_buttons(language, sentence) {
                    assert!(buttons.contains(&button), "{id}: no button says {button}");
                }
            }
        }
    }

    #[test]
    fn a_problem_names_only_what_its_card_offers() {
        for language in Language::ALL {
            let words = Words::of(language);
            for problem in Problem::ALL {
                // Start and restart are always in the tray's menu.
                let mut offered: BTreeSet<String> = BTreeSet::from([words.label(TextKey::DoRequest)]);
                for (wish, key) in [
                    (Wish::TryAgain, TextKey::DoTryAgain),
                    (Wish::FetchFresh, TextKey::DoFetchFresh),
                    (Wish::ShowCopy, TextKey::DoShowCopy),
                    (Wish::OpenOrigin, TextKey::DoOpenOrigin),
                    (Wish::OpenScreenRecording, TextKey::DoOpenScreenRecording),
                    (Wish::OpenAccessibility, TextKey::DoOpenAccessibility),
                ] {
                    if problem.offers().contains(&wish) {
                        offered.insert(words.label(key));
                    }
                }
                let sentence = words.label(problem.sentence());
                for button in named_buttons(language, &sentence) {
                    assert!(offered.contains(&button), "{problem:?} speaks of {button}");
                }
            }
        }
    }

    #[test]
    fn a_card_is_short() {
        for language in Language::ALL {
            for (id, sentence) in Words::of(language).sentences {
                let length = sentence.chars().count();
                let limit = match language {
                    Language::Ko if id.ends_with("headline") => 28,
                    Language::Ko => 90,
                    Language::En if id.ends_with("headline") => 46,
                    Language::En => 150,
                };
                assert!(length <= limit, "{language:?} {id}: {length} characters");
            }
        }
    }

    #[test]
    fn values_are_inserted_with_their_particles() {
        let args = |value: &str| vec![("x".to_owned(), value.to_owned())];
        assert_eq!(fill("{x|이/가} 열렸어요", &args("EDGE&NEXT Support")), "EDGE&NEXT Support가 열렸어요");
        assert_eq!(fill("{x|으로/로}, {x|과/와} {x}", &args("파일")), "파일로, 파일과 파일");
        assert_eq!(fill("{x} {x|을/를}", &args("{창}")), "{창} {창}을", "a value is no template");
        assert_eq!(fill("{y|을/를} {x}", &args("1")), "{y} 1", "what is missing stays visible");
        assert_eq!(fill("a { b", &args("1")), "a { b");
        assert_eq!(fill("{}{x", &args("1")), "{}{x");
    }

    #[test]
    fn locales_of_all_systems_are_understood() {
        for korean in ["", " ", "ko", "ko-KR", "ko_KR.UTF-8", "KO_kr", "ko_KR.eucKR", "kor"] {
            assert_eq!(Language::from_locale(korean), Language::Ko, "{korean}");
        }
        for other in ["en", "en-US", "en_US.UTF-8", "C", "POSIX", "ja_JP", "kok_IN", "ky"] {
            assert_eq!(Language::from_locale(other), Language::En, "{other}");
        }
    }

    #[test]
    fn face_labels_are_apart_from_core_sentences() {
        let words = Words::of(Language::Ko);
        assert!(words.ui("ui.title").is_some());
        assert!(words.ui("ready.headline").is_none());
        assert!(words.ui("ui.no-such").is_none());
    }
}
