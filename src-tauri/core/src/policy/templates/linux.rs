//! A policy file for Linux, in which every key stands as a remark with an example.

use super::{Tongue, Wording};
use crate::brand::Brand;
use crate::policy::{Example, Key};
use crate::text::{Text, TextKey};
use std::fmt::Write as _;

/// The file.
pub(super) fn text(brand: &Brand, tongue: &Tongue<'_>) -> String {
    let path = format!("/etc/{}/policy.toml", brand.identifier);
    let place = (tongue.say)(&Text::plain(TextKey::PolicyFilePlace).with("path", path));
    let mut text =
        format!("# {}\n# {}\n# {place}\n", remark(&tongue.product(brand)), remark(&tongue.label(TextKey::PolicyFile)));
    for key in Key::ALL {
        let Wording { title, .. } = (tongue.wording)(*key);
        let [value, otherwise] = tongue.explained(*key).map(|line| remark(&line));
        let _ = write!(
            text,
            "\n# {}: {value} {otherwise}\n#{} = {}\n",
            remark(&title),
            key.name(),
            example(tongue.example(*key))
        );
    }
    text
}

/// One line, whatever it holds.
fn remark(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// An example as TOML has it.
fn example(example: Example) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    match example {
        Example::List(texts) => format!("[{}]", texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", ")),
        Example::Text(text) | Example::Spoken { ko: text, .. } => quoted(text),
        Example::Number(number) => number.to_string(),
        Example::Flag(on) => quoted(if on { "on" } else { "off" }),
    }
}
