//! What is said about a key of the policy. It stands once: in the table of the guide for hospital IT (`ui/help/it.*.md`), which people
//! read there and find again in their tools (`policy templates`).

use super::Language;
use helper_core::policy::Key;
use helper_core::policy::templates::Wording;

const fn guide(language: Language) -> &'static str {
    match language {
        Language::Ko => include_str!("../../../ui/help/it.ko.md"),
        Language::En => include_str!("../../../ui/help/it.en.md"),
    }
}

/// What the guide says about this key. Its form is proven by test; a key without a row would be called by its name.
pub fn wording(language: Language, key: Key) -> Wording {
    let named = format!("`{}`", key.name());
    let cells = guide(language).lines().find_map(|line| {
        let row = line.strip_prefix("| ")?.strip_suffix(" |")?;
        let cells: Vec<&str> = row.split(" | ").collect();
        matches!(cells[..], [name, _, _, _] if name == named).then_some(cells)
    });
    match cells.as_deref() {
        Some(&[_, title, value, otherwise]) => {
            Wording { title: plain(title), value: plain(value), otherwise: plain(otherwise) }
        }
        _ => Wording { title: key.name().to_owned(), ..Wording::default() },
    }
}

/// Without the marks of code, and without the quotes inside them: those are TOML's, and no other tool wants them entered.
fn plain(cell: &str) -> String {
    let parts = cell.split('`').enumerate();
    parts.map(|(at, part)| if at % 2 == 1 { part.trim_matches('"') } else { part }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_explained_in_both_guides_without_marks() {
        for language in Language::ALL {
            let mut titles = std::collections::BTreeSet::new();
            for key in Key::ALL {
                let Wording { title, value, otherwise } = wording(language, *key);
                for said in [&title, &value, &otherwise] {
                    let clean = !said.trim().is_empty() && !said.contains(['`', '"', '|', '{', '}', '*', '\n']);
                    assert!(clean, "{language:?} {key:?}: {said:?}");
                }
                assert!(title.chars().count() <= 40 && !title.ends_with('.'), "{language:?} {key:?}: {title}");
                assert_ne!((language, title.as_str()), (Language::Ko, key.name()));
                assert!(titles.insert(title), "{language:?} {key:?}: two keys are called the same");
            }
        }
    }

    #[test]
    fn marks_and_quotes_go_and_words_stay() {
        assert_eq!(plain("`\"none\"` or `http://a:1`, \"x\""), "none or http://a:1, \"x\"");
    }
}
