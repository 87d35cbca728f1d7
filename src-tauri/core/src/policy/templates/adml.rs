//! The words of group policy in one language.

use super::admx::SCHEMA;
use super::xml::escaped;
use super::{Tongue, has_fields, revision};
use crate::brand::Brand;
use crate::policy::{Example, Key, Shape};
use crate::text::TextKey;
use std::fmt::Write as _;

/// The file.
pub(super) fn text(brand: &Brand, tongue: &Tongue<'_>) -> String {
    let (mut strings, mut presentations) = (String::new(), String::new());
    let mut string = |id: &str, text: &str| {
        let _ = writeln!(strings, r#"      <string id="{id}">{}</string>"#, escaped(text));
    };
    let product = tongue.product(brand);
    let about = tongue.label(TextKey::PolicyAbout);
    string("product", &product);
    string("about", &about);
    for key in Key::ALL {
        let (name, shape, title) = (key.name(), key.shape(), (tongue.wording)(*key).title);
        let mut explanation = tongue.explained(*key).to_vec();
        if matches!(shape, Shape::Flag) {
            explanation.push(tongue.label(TextKey::PolicyOnOff));
        }
        string(&format!("{name}_title"), &title);
        string(&format!("{name}_explain"), &explanation.join("\n\n"));
        if let Shape::Choice(words) = shape {
            for (word, meaning) in words {
                string(&format!("{name}_{word}"), &tongue.label(*meaning));
            }
        }
        if has_fields(&shape) {
            let _ = writeln!(
                presentations,
                "      <presentation id=\"{name}\">\n{}      </presentation>",
                fields(*key, &escaped(&title), tongue)
            );
        }
    }
    format!(
        r#"<?xml version="1.0" encoding="utf-8"?>
<policyDefinitionResources xmlns="{SCHEMA}" revision="{}" schemaVersion="1.0">
  <displayName>{}</displayName>
  <description>{}</description>
  <resources>
    <stringTable>
{strings}    </stringTable>
    <presentationTable>
{presentations}    </presentationTable>
  </resources>
</policyDefinitionResources>
"#,
        revision(),
        escaped(&product),
        escaped(&about)
    )
}

/// What the editor shows below "Enabled".
fn fields(key: Key, title: &str, tongue: &Tongue<'_>) -> String {
    let name = key.name();
    match key.shape() {
        Shape::List { .. } => format!(
            "        <text>{}</text>\n        <multiTextBox refId=\"{name}\" defaultHeight=\"5\"/>\n",
            escaped(&tongue.label(TextKey::PolicyLines))
        ),
        Shape::Text { .. } => {
            format!("        <textBox refId=\"{name}\">\n          <label>{title}</label>\n        </textBox>\n")
        }
        Shape::Number(range) => {
            // The editor's own beginning, 1, may lie outside the range.
            let first = if let Example::Number(number) = key.example() { number } else { *range.start() };
            format!("        <decimalTextBox refId=\"{name}\" defaultValue=\"{first}\">{title}</decimalTextBox>\n")
        }
        Shape::Choice(_) => {
            format!("        <dropdownList refId=\"{name}\" noSort=\"true\" defaultItem=\"0\">{title}</dropdownList>\n")
        }
        Shape::Flag => String::new(),
    }
}
