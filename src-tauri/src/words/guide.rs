//! What is said about a key of the policy. It stands once: in the table of the guide for hospital IT (`ui/help/it.*.md`), which people
//! read there and find again in their tools (`policy templates`).

use super::{Language, Words, fill};
use crate::setup;
use helper_core::brand::Brand;
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

/// The guides that the window shows (`ui/src/scenes/Help.svelte`), in its order, as plain text: what each is called, and what it says.
pub fn guides(brand: &Brand, words: &Words) -> Vec<(String, String)> {
    let language = words.language();
    let (staff, supporters) = match language {
        Language::Ko => {
            (include_str!("../../../ui/help/staff.ko.md"), include_str!("../../../ui/help/supporters.ko.md"))
        }
        Language::En => {
            (include_str!("../../../ui/help/staff.en.md"), include_str!("../../../ui/help/supporters.en.md"))
        }
    };
    let args = [
        ("module", brand.module.name.as_str()),
        ("phone", &brand.phone.number),
        ("hours", setup::name_in(&brand.phone.hours, language)),
        ("origin", &brand.origin),
        ("identifier", &brand.identifier),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()));
    [("ui.guide.staff", staff), ("ui.guide.supporters", supporters), ("ui.guide.it", guide(language))]
        .map(|(name, text)| (words.ui(name).unwrap_or(name).to_owned(), fill(&without_marks(text), &args)))
        .into()
}

/// A guide's text as it is read where nothing can be set large or in columns. The guides are our own: they use no other marks.
fn without_marks(guide: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut in_code = false;
    let mut goes_on = false;
    let mut guide = guide.lines().peekable();
    while let Some(line) = guide.next() {
        let heads = guide.peek().is_some_and(|next| next.starts_with("| ---"));
        if line.starts_with("```") {
            in_code = !in_code;
        } else if in_code {
            lines.push(format!("    {line}"));
        } else if let Some(heading) = line.strip_prefix("## ") {
            lines.push(format!("[ {heading} ]"));
        } else if let Some(cells) = line.strip_prefix("| ").and_then(|row| row.strip_suffix(" |")) {
            // What the columns are called is told by their place.
            if !heads && !line.starts_with("| ---") {
                lines.push(format!("- {}", in_line(&cells.replacen(" | ", ": ", 1).replace(" | ", " / "))));
            }
        } else {
            let text = in_line(line.trim_start_matches('#').trim_start());
            // A paragraph, or a line of a list, may go on in the next line.
            match lines.last_mut().filter(|last| goes_on && !last.is_empty() && !begins_anew(line)) {
                Some(last) => *last = format!("{last} {}", text.trim_start()),
                None => lines.push(text),
            }
            goes_on = !line.starts_with('#');
            continue;
        }
        goes_on = false;
    }
    lines.join("\n")
}

/// Is this line a heading, the begin of a list's line, or no line at all?
fn begins_anew(line: &str) -> bool {
    let text = line.trim_start();
    let number = text.trim_start_matches(|c: char| c.is_ascii_digit());
    text.is_empty() || text.starts_with(['#', '-']) || (number.len() < text.len() && number.starts_with(". "))
}

/// Without marks for code and weight; a link is followed by its address when it leads out of the guides.
fn in_line(line: &str) -> String {
    let line = line.replace("**", "").replace('`', "");
    let mut text = String::with_capacity(line.len());
    let mut rest = line.as_str();
    while let Some((before, link)) = rest.split_once("](") {
        let (name, Some((address, after))) = (before.rfind('['), link.split_once(')')) else { break };
        let (before, name) = name.map_or((before, ""), |at| (&before[..at], &before[at + 1..]));
        text.push_str(before);
        text.push_str(name);
        if address.starts_with("http") && address != name {
            text.push_str(&format!(" ({address})"));
        }
        rest = after;
    }
    text.push_str(rest);
    text
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
    fn guides_are_read_without_marks_and_with_the_vendors_values() {
        let brand = setup::Build::built_in().unwrap().brand;
        for language in Language::ALL {
            let guides = guides(&brand, &Words::of(language));
            assert_eq!(guides.len(), 3);
            for (name, text) in guides {
                assert!(text.lines().count() > 20, "{name}");
                for mark in ["`", "](", "**", "| ", "\n#", "{module", "{phone", "{hours", "{identifier"] {
                    assert!(!text.contains(mark), "{language:?} {name}: {mark}");
                }
            }
        }
    }

    #[test]
    fn a_table_becomes_lines_and_a_link_says_where_it_leads() {
        let text = "# Title\n\n## Part\n\n| a | b | c |\n| --- | --- | --- |\n| 1 | `2` | 3 |\n\nSee [it](it.en.md), [site](https://a.example/).";
        assert_eq!(
            without_marks("1. One\n   and on\n2. Two\n- three\n\nfour\nfive\n\n```\na\nb\n```\nsix"),
            "1. One and on\n2. Two\n- three\n\nfour five\n\n    a\n    b\nsix"
        );
        assert_eq!(without_marks(text), "Title\n\n[ Part ]\n\n- 1: 2 / 3\n\nSee it, site (https://a.example/).");
    }

    #[test]
    fn marks_and_quotes_go_and_words_stay() {
        assert_eq!(plain("`\"none\"` or `http://a:1`, \"x\""), "none or http://a:1, \"x\"");
    }
}
