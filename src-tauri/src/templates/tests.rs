//! The templates as other programs read them: an XML reader, a property list reader, and the helper's own reader of policies.

use super::*;
use crate::policy;
use crate::setup::Build;
use helper_core::policy::{Effective, Key, Shape, Stated, Value};
use helper_core::settings::Preferences;
use helper_machine::managed;
use quick_xml::events::{BytesStart, Event};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Debug, Default)]
struct Element {
    name: String,
    attributes: BTreeMap<String, String>,
    text: String,
    inside: Vec<Element>,
}

impl Element {
    fn of(start: &BytesStart<'_>) -> Self {
        let attribute = |one: quick_xml::events::attributes::Attribute<'_>| {
            let value = one.normalized_value(quick_xml::XmlVersion::Implicit1_0).unwrap().into_owned();
            (one.key.0.to_owned(), value)
        };
        Self {
            name: start.name().0.to_owned(),
            attributes: start.attributes().map(|one| attribute(one.unwrap())).collect(),
            ..Self::default()
        }
    }

    /// Everything inside, at any depth, and itself.
    fn all(&self) -> Vec<&Element> {
        std::iter::once(self).chain(self.inside.iter().flat_map(Element::all)).collect()
    }

    fn named(&self, name: &str) -> Vec<&Element> {
        self.all().into_iter().filter(|element| element.name == name).collect()
    }

    fn one(&self, name: &str) -> &Element {
        let found = self.named(name);
        assert_eq!(found.len(), 1, "{name} in {}", self.name);
        found[0]
    }

    fn get(&self, attribute: &str) -> &str {
        self.attributes.get(attribute).unwrap_or_else(|| panic!("no {attribute} in {self:?}"))
    }

    fn number(&self, attribute: &str) -> i64 {
        i64::from(self.get(attribute).parse::<u32>().unwrap())
    }
}

/// The whole file as a tree; anything that is not XML ends the test.
fn parsed(text: &str) -> Element {
    let mut reader = quick_xml::Reader::from_str(text);
    reader.config_mut().check_comments = true;
    let mut open = vec![Element::default()];
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => open.push(Element::of(&start)),
            Event::Empty(start) => open.last_mut().unwrap().inside.push(Element::of(&start)),
            Event::End(_) => {
                let done = open.pop().unwrap();
                open.last_mut().unwrap().inside.push(done);
            }
            Event::Text(text) => open.last_mut().unwrap().text.push_str(&text),
            Event::GeneralRef(name) => {
                let meant = quick_xml::escape::resolve_predefined_entity(&name).unwrap_or_else(|| panic!("{name:?}"));
                open.last_mut().unwrap().text.push_str(meant);
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!((open.len(), open[0].inside.len()), (1, 1), "one root, and everything closed");
    open.remove(0).inside.remove(0)
}

fn brand() -> Brand {
    Build::built_in().unwrap().brand
}

fn file(ending: &str) -> Template {
    let all = of(&brand(), Language::Ko);
    let found: Vec<&Template> =
        all.iter().filter(|one| format!("{}/{}", one.folder.unwrap_or_default(), one.name).ends_with(ending)).collect();
    assert_eq!(found.len(), 1, "{ending}");
    found[0].clone()
}

fn admx() -> Element {
    parsed(&file(".admx").text)
}

fn adml(tag: &str) -> Element {
    let all = of(&brand(), Language::Ko);
    parsed(&all.iter().find(|one| one.folder == Some(tag)).unwrap().text)
}

/// What the helper makes of these values.
fn judged(values: Vec<(String, Value)>) -> Effective {
    let stated = Stated { place: "here".to_owned(), values, ..Stated::default() };
    policy::effective(&stated, &brand(), None, &Preferences::default())
}

fn is_taken(key: Key, value: &Value) -> bool {
    let effective = judged(vec![(key.name().to_owned(), value.clone())]);
    let locked = effective.rows().into_iter().any(|(row, _, source)| row == key && source.is_locked());
    assert_eq!(locked, effective.complaints.is_empty(), "{key:?} {value:?}: {:?}", effective.complaints);
    locked
}

/// A text of exactly so many characters that is otherwise what the key wants.
fn of_length(key: Key, length: usize) -> String {
    let (before, filling, after) = match key {
        Key::Mirrors => ("https://mirror.example/", "a", ""),
        Key::Proxy => ("http://", "a", ":3128"),
        Key::Name | Key::Department => ("", "가", ""),
        Key::Extension => ("7", "가", ""),
        _ => ("", "a", ""),
    };
    format!("{before}{}{after}", filling.repeat(length - before.chars().count() - after.chars().count()))
}

#[test]
fn files_have_the_names_under_which_tools_look_for_them() {
    let names: Vec<String> = of(&brand(), Language::En)
        .into_iter()
        .map(|one| one.folder.map_or_else(String::new, |folder| format!("{folder}/")) + &one.name)
        .collect();
    let stem = brand().identifier.replace('.', "-");
    let wanted = [
        format!("{stem}.admx"),
        format!("ko-KR/{stem}.adml"),
        format!("en-US/{stem}.adml"),
        format!("{stem}.mobileconfig"),
        "policy.toml".to_owned(),
    ];
    assert_eq!(names, wanted);
}

#[test]
fn every_key_is_a_setting_where_the_helper_reads() {
    let admx = admx();
    let settings = admx.named("policy");
    let names: Vec<&str> = settings.iter().map(|setting| setting.get("name")).collect();
    assert_eq!(names, Key::ALL.iter().map(|key| key.name()).collect::<Vec<_>>());
    for setting in settings {
        let name = setting.get("name");
        // `helper_machine::managed` on Windows reads this key in both parts of the registry, and every value by the key's name.
        assert_eq!(setting.get("key"), format!(r"Software\Policies\{}", brand().identifier));
        assert_eq!(setting.get("class"), "Both");
        let elements: Vec<&Element> = setting.inside.iter().filter(|one| one.name == "elements").collect();
        let value_name = match elements[..] {
            [] => setting.get("valueName"),
            [elements] => {
                assert_eq!(elements.inside.len(), 1, "{name}");
                elements.inside[0].get("valueName")
            }
            _ => panic!("{name}"),
        };
        assert_eq!(value_name, name);
    }
}

#[test]
fn every_reference_is_resolved_in_both_languages_and_nothing_is_left_over() {
    let admx = admx();
    let referred = |kind: &str| -> BTreeSet<String> {
        let start = format!("$({kind}.");
        let values = admx.all().into_iter().flat_map(|element| element.attributes.values());
        values.filter_map(|value| value.strip_prefix(&start)?.strip_suffix(')').map(str::to_owned)).collect()
    };
    let (strings, presentations) = (referred("string"), referred("presentation"));
    assert!(strings.len() > 2 * Key::ALL.len() && presentations.len() < Key::ALL.len());
    let category = admx.one("category").get("name");
    let supported = admx.one("definition").get("name");
    for setting in admx.named("policy") {
        assert_eq!(setting.one("parentCategory").get("ref"), category);
        assert_eq!(setting.one("supportedOn").get("ref"), supported);
        assert!(setting.attributes.contains_key("explainText"), "Intune refuses a setting without");
    }
    for tag in ["ko-KR", "en-US"] {
        let adml = adml(tag);
        let ids = |name: &str| -> Vec<String> {
            adml.named(name).into_iter().map(|element| element.get("id").to_owned()).collect()
        };
        for (said, wanted) in [(ids("string"), &strings), (ids("presentation"), &presentations)] {
            assert_eq!(&said.iter().cloned().collect::<BTreeSet<_>>(), wanted, "{tag}");
            assert_eq!(said.len(), wanted.len(), "{tag}: one stands twice");
        }
        // The editor shows each field under its own setting.
        for setting in admx.named("policy") {
            let fields: Vec<&str> = match setting.attributes.get("presentation") {
                Some(reference) => {
                    let id = reference.strip_prefix("$(presentation.").unwrap().strip_suffix(')').unwrap();
                    let shown = adml.named("presentation").into_iter().find(|one| one.get("id") == id).unwrap();
                    shown.inside.iter().filter_map(|field| field.attributes.get("refId")).map(String::as_str).collect()
                }
                None => Vec::new(),
            };
            let elements = setting.named("elements");
            let ids: Vec<&str> = elements.iter().flat_map(|one| &one.inside).map(|one| one.get("id")).collect();
            assert_eq!(fields, ids, "{tag} {}", setting.get("name"));
        }
        assert!(admx.one("resources").get("minRequiredRevision") == adml.get("revision"), "{tag}");
    }
}

#[test]
fn what_the_editor_can_enter_is_what_the_reader_takes_to_the_last_value() {
    let admx = admx();
    let mut seen = 0;
    for (key, setting) in Key::ALL.iter().copied().zip(admx.named("policy")) {
        let mut case = |value: Value, taken: bool| {
            seen += 1;
            assert_eq!(is_taken(key, &value), taken, "{key:?} {value:?}");
        };
        let text = |length| Value::Text(of_length(key, length));
        if key.shape() == Shape::Flag {
            let numbers =
                ["enabledValue", "disabledValue"].map(|name| setting.one(name).one("decimal").number("value"));
            assert_eq!(
                numbers.map(|number| judged(vec![(key.name().to_owned(), Value::Number(number))])
                    .rows()
                    .into_iter()
                    .find(|(row, ..)| *row == key)
                    .map(|(_, shown, _)| shown)),
                ["on", "off"].map(|word| Some(word.to_owned()))
            );
            case(Value::Number(numbers[0]), true);
            case(Value::Number(numbers[1]), true);
            case(Value::Number(numbers[0].max(numbers[1]) + 1), false);
            continue;
        }
        let element = &setting.one("elements").inside[0];
        match element.name.as_str() {
            "decimal" => {
                let [least, most] = ["minValue", "maxValue"].map(|end| element.number(end));
                for (number, taken) in [(least, true), (most, true), (least - 1, false), (most + 1, false)] {
                    case(Value::Number(number), taken);
                }
                for tag in ["ko-KR", "en-US"] {
                    let adml = adml(tag);
                    let boxes = adml.named("decimalTextBox");
                    let field = boxes.iter().find(|field| field.get("refId") == key.name()).unwrap();
                    case(Value::Number(field.number("defaultValue")), true);
                }
            }
            "text" => {
                let longest = usize::try_from(element.number("maxLength")).unwrap();
                case(text(longest), true);
                case(text(longest + 1), false);
            }
            "multiText" => {
                // The limit is for all lines together or for each: it must not keep a list of many whole lines out.
                let Shape::List { longest, .. } = key.shape() else { panic!("{key:?}") };
                assert!(element.number("maxLength") >= 50 * i64::try_from(longest).unwrap(), "{key:?}");
                case(Value::List(vec![text(longest); 50]), true);
                case(Value::List(vec![text(longest + 1)]), false);
                case(Value::List(Vec::new()), element.get("required") == "false");
            }
            "enum" => {
                let words = element.named("string");
                assert!(words.len() > 1, "{key:?}");
                for word in words {
                    case(Value::Text(word.text.clone()), true);
                    case(Value::Text(format!("{}x", word.text)), false);
                }
            }
            other => panic!("{key:?}: {other}"),
        }
    }
    assert!(seen >= 3 * Key::ALL.len(), "{seen}");
}

fn hangul(text: &str) -> bool {
    text.chars().any(|c| matches!(c, '\u{ac00}'..='\u{d7a3}'))
}

#[test]
fn both_languages_of_the_editor_keep_apart() {
    for (tag, other) in [("ko-KR", "en-US"), ("en-US", "ko-KR")] {
        let (here, there) = (adml(tag), adml(other));
        for (string, twin) in here.named("string").into_iter().zip(there.named("string")) {
            let id = string.get("id");
            assert_eq!(id, twin.get("id"));
            assert!(!string.text.trim().is_empty(), "{tag} {id}");
            // A language is called as whoever speaks it calls it.
            if !id.starts_with("language_k") && !id.starts_with("language_e") || id.contains("_title") {
                assert_eq!(hangul(&string.text), tag == "ko-KR", "{tag} {id}: {}", string.text);
            }
        }
    }
}

/// The lines between marks that stand alone: what IT takes the marks away from.
fn without_marks(text: &str) -> String {
    text.lines().filter(|line| !matches!(line.trim(), "<!--" | "-->")).collect::<Vec<_>>().join("\n")
}

fn plain(value: &plist::Value) -> Value {
    match value {
        plist::Value::String(text) => Value::Text(text.clone()),
        plist::Value::Boolean(flag) => Value::Flag(*flag),
        plist::Value::Integer(number) => Value::Number(number.as_signed().unwrap()),
        plist::Value::Array(list) => Value::List(list.iter().map(plain).collect()),
        other => panic!("{other:?}"),
    }
}

/// What macOS would show the helper as its managed preferences.
fn forced(text: &str) -> Vec<(String, Value)> {
    let profile = plist::Value::from_reader_xml(text.as_bytes()).unwrap();
    let profile = profile.as_dictionary().unwrap();
    assert_eq!(profile["PayloadType"].as_string(), Some("Configuration"));
    assert_eq!(profile["PayloadScope"].as_string(), Some("System"));
    let payload = profile["PayloadContent"].as_array().unwrap()[0].as_dictionary().unwrap();
    assert_eq!(payload["PayloadType"].as_string(), Some("com.apple.ManagedClient.preferences"));
    assert_ne!(payload["PayloadUUID"], profile["PayloadUUID"]);
    let domains = payload["PayloadContent"].as_dictionary().unwrap();
    assert_eq!(domains.keys().map(String::as_str).collect::<Vec<_>>(), [brand().identifier]);
    let domain = domains[&brand().identifier].as_dictionary().unwrap();
    let settings = domain["Forced"].as_array().unwrap()[0].as_dictionary().unwrap();
    let settings = settings["mcx_preference_settings"].as_dictionary().unwrap();
    settings.iter().map(|(name, value)| (name.clone(), plain(value))).collect()
}

fn all_are_taken(values: Vec<(String, Value)>) {
    let names: Vec<&str> = values.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names.iter().collect::<BTreeSet<_>>(),
        Key::ALL.iter().map(|key| key.name()).collect::<Vec<_>>().iter().collect()
    );
    let effective = judged(values);
    assert_eq!(effective.complaints, []);
    assert!(effective.rows().iter().all(|(_, _, source)| source.is_locked()));
}

#[test]
fn the_profile_sets_nothing_until_marks_are_taken_away_and_then_what_the_reader_takes() {
    for language in Language::ALL {
        let all = of(&brand(), language);
        let text = &all.iter().find(|one| one.name.ends_with(".mobileconfig")).unwrap().text;
        parsed(text);
        assert_eq!(forced(text), []);
        assert_eq!(hangul(text), language == Language::Ko);
        all_are_taken(forced(&without_marks(text)));
    }
}

#[test]
fn the_file_for_linux_sets_nothing_until_marks_are_taken_away_and_then_what_the_reader_takes() {
    for language in Language::ALL {
        let all = of(&brand(), language);
        let text = &all.iter().find(|one| one.name == "policy.toml").unwrap().text;
        assert!(text.contains(&format!("/etc/{}/policy.toml", brand().identifier)), "{text}");
        assert_eq!(hangul(text), language == Language::Ko);
        let read = |text: &str| {
            let folder = tempfile::tempdir().unwrap();
            fs::write(folder.path().join("policy.toml"), text).unwrap();
            managed::stated_in(folder.path())
        };
        let untouched = read(text);
        assert!(untouched.values.is_empty() && untouched.wrong.is_empty(), "{untouched:?}");
        let taken: Vec<String> = text
            .lines()
            .map(|line| match line.strip_prefix('#') {
                Some(rest) if !rest.starts_with(' ') => rest.to_owned(),
                _ => line.to_owned(),
            })
            .collect();
        let stated = read(&taken.join("\n"));
        assert_eq!(stated.wrong, []);
        all_are_taken(stated.values);
    }
}

#[test]
fn every_example_has_the_shape_of_its_key() {
    for key in Key::ALL {
        let example = Value::from(key.example());
        let fits = match (key.shape(), &example) {
            (Shape::List { fewest, .. }, Value::List(texts)) => texts.len() >= fewest.max(1),
            (Shape::Text { .. }, Value::Text(_)) | (Shape::Flag, Value::Flag(_)) => true,
            (Shape::Number(range), Value::Number(number)) => range.contains(number),
            (Shape::Choice(words), Value::Text(text)) => words.iter().any(|(word, _)| word == text),
            _ => false,
        };
        assert!(fits && is_taken(*key, &example), "{key:?} {example:?}");
    }
}

#[test]
fn a_vendor_with_awkward_names_gets_files_that_can_be_read() {
    let mut brand = brand();
    brand.vendor = "A <&> \"B\" -- 'C'".to_owned();
    brand.helper_name.en = "--> ]]> &amp;".to_owned();
    for template in of(&brand, Language::En) {
        if template.name != "policy.toml" {
            parsed(&template.text);
        }
        if template.folder == Some("en-US") {
            let product = parsed(&template.text).one("displayName").text.clone();
            assert_eq!(product, "A <&> \"B\" -- 'C' --> ]]> &amp;");
        }
    }
}

#[test]
fn files_are_replaced_whole_and_what_is_in_the_way_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let templates = of(&brand(), Language::Ko);
    let inner = folder.path().join("not/there yet");
    let written = write(&templates, &inner).unwrap();
    assert_eq!(written.len(), templates.len());
    for (path, template) in written.iter().zip(&templates) {
        assert_eq!(fs::read_to_string(path).unwrap(), template.text);
        fs::write(path, "old").unwrap();
    }
    assert_eq!(write(&templates, &inner).unwrap(), written);
    for (path, template) in written.iter().zip(&templates) {
        assert_eq!(fs::read_to_string(path).unwrap(), template.text);
    }
    let names = |folder: &Path| fs::read_dir(folder).unwrap().count();
    assert_eq!((names(&inner), names(&inner.join("ko-KR"))), (5, 1), "nothing unfinished is left");

    let file = folder.path().join("file");
    fs::write(&file, "mine").unwrap();
    let refused = write(&templates, &file).unwrap_err();
    assert!(matches!(&refused, Unwritten::Folder { path, .. } if *path == file), "{refused}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");

    // A folder where a file belongs.
    let other = folder.path().join("other");
    fs::create_dir_all(other.join(&templates[0].name).join("x")).unwrap();
    let refused = write(&templates, &other).unwrap_err();
    assert!(matches!(&refused, Unwritten::File { path, .. } if path.ends_with(&templates[0].name)), "{refused}");
}
