//! The settings of group policy, without words (Microsoft, "Group Policy ADMX Syntax Reference Guide"; the schema is in [MS-GPREG],
//! section 7).
//!
//! It refers to no other template: Intune takes none whose references it has not (its guide "Import custom ADMX templates"), and wants
//! an explanation and a category for every setting.

use super::xml::escaped;
use super::{has_fields, revision};
use crate::brand::Brand;
use crate::policy::{Key, Shape};
use std::fmt::Write as _;

/// The namespace of the schema, in both kinds of file.
pub(super) const SCHEMA: &str = "http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions";

/// So many lines of the longest kind find room in a list; a policy has a handful.
const LINES: usize = 100;

/// The file.
pub(super) fn text(brand: &Brand) -> String {
    let identifier = escaped(&brand.identifier);
    let revision = revision();
    let mut policies = String::new();
    for key in Key::ALL {
        policies.push_str(&policy(*key, &identifier));
    }
    format!(
        r#"<?xml version="1.0" encoding="utf-8"?>
<policyDefinitions xmlns="{SCHEMA}" revision="{revision}" schemaVersion="1.0">
  <policyNamespaces>
    <target prefix="helper" namespace="{identifier}.Policies"/>
  </policyNamespaces>
  <resources minRequiredRevision="{revision}"/>
  <supportedOn>
    <definitions>
      <definition name="SUPPORTED_helper" displayName="$(string.product)"/>
    </definitions>
  </supportedOn>
  <categories>
    <category name="helper" displayName="$(string.product)" explainText="$(string.about)"/>
  </categories>
  <policies>
{policies}  </policies>
</policyDefinitions>
"#
    )
}

/// The helper reads the PC's part of the registry and, weaker, the user's: each setting can be made in both.
fn policy(key: Key, identifier: &str) -> String {
    let (name, shape) = (key.name(), key.shape());
    let presentation =
        if has_fields(&shape) { format!(r#" presentation="$(presentation.{name})""#) } else { String::new() };
    let value_name = if has_fields(&shape) { String::new() } else { format!(r#" valueName="{name}""#) };
    format!(
        r#"    <policy name="{name}" class="Both" displayName="$(string.{name}_title)" explainText="$(string.{name}_explain)"{presentation} key="Software\Policies\{identifier}"{value_name}>
      <parentCategory ref="helper"/>
      <supportedOn ref="SUPPORTED_helper"/>
{}    </policy>
"#,
        content(name, &shape)
    )
}

fn content(name: &str, shape: &Shape) -> String {
    let element = match shape {
        Shape::Flag => {
            return "      <enabledValue><decimal value=\"1\"/></enabledValue>\n      \
                    <disabledValue><decimal value=\"0\"/></disabledValue>\n"
                .to_owned();
        }
        // One value with all lines in it (REG_MULTI_SZ): it goes with the setting, and keeps their order. Whether the limit is that of
        // a line or of all of them is not documented: it has room for many lines, and the reader judges each.
        Shape::List { longest, fewest, .. } => {
            let (required, all) = (*fewest > 0, longest * LINES);
            format!(r#"<multiText id="{name}" valueName="{name}" required="{required}" maxLength="{all}"/>"#)
        }
        Shape::Text { longest, .. } => {
            format!(r#"<text id="{name}" valueName="{name}" required="true" maxLength="{longest}"/>"#)
        }
        Shape::Number(range) => {
            let (least, most) = (range.start(), range.end());
            format!(r#"<decimal id="{name}" valueName="{name}" required="true" minValue="{least}" maxValue="{most}"/>"#)
        }
        Shape::Choice(words) => {
            let mut choice = format!("<enum id=\"{name}\" valueName=\"{name}\" required=\"true\">\n");
            for (word, _) in *words {
                let _ = writeln!(
                    choice,
                    r#"          <item displayName="$(string.{name}_{word})"><value><string>{word}</string></value></item>"#
                );
            }
            choice + "        </enum>"
        }
    };
    format!("      <elements>\n        {element}\n      </elements>\n")
}
