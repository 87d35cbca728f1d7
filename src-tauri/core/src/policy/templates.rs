//! The files with which IT states a policy through its own tools: administrative templates for Windows (ADMX and ADML), a
//! configuration profile for macOS, and a file for Linux. All of them are made of the one list of keys and their shapes, so that what
//! they offer is what the reader takes. Nothing in them is set until somebody sets it.

mod adml;
mod admx;
mod linux;
mod mobileconfig;
mod xml;

use super::{Example, Key, Language, Shape};
use crate::brand::Brand;
use crate::text::{Text, TextKey};
use std::fmt;

/// What is said about one key in one language, without markup.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wording {
    /// What it is called.
    pub title: String,
    /// What may be stated.
    pub value: String,
    /// What holds when it is not stated.
    pub otherwise: String,
}

/// A language in which templates are written.
#[derive(Clone, Copy)]
pub struct Tongue<'a> {
    /// Which.
    pub language: Language,
    /// What is said about a key.
    pub wording: &'a dyn Fn(Key) -> Wording,
    /// Every other sentence.
    pub say: &'a dyn Fn(&Text) -> String,
}

impl fmt::Debug for Tongue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Tongue").field(&self.language).finish()
    }
}

impl Tongue<'_> {
    fn label(&self, key: TextKey) -> String {
        (self.say)(&Text::plain(key))
    }

    /// Its folder beside an ADMX file (RFC 5646).
    const fn folder(&self) -> &'static str {
        match self.language {
            Language::Ko => "ko-KR",
            Language::En => "en-US",
        }
    }

    fn example(&self, key: Key) -> Example {
        key.example().in_language(self.language)
    }

    /// The vendor's product, as IT finds it among the products of others.
    fn product(&self, brand: &Brand) -> String {
        let name = match self.language {
            Language::Ko => &brand.helper_name.ko,
            Language::En => &brand.helper_name.en,
        };
        format!("{} {name}", brand.vendor)
    }

    /// What may be stated, and what holds otherwise: one line each.
    fn explained(&self, key: Key) -> [String; 2] {
        let Wording { value, otherwise, .. } = (self.wording)(key);
        [value, (self.say)(&Text::plain(TextKey::PolicyOtherwise).with("value", otherwise))]
    }
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// The folder that it belongs into, below the one that was asked for.
    pub folder: Option<&'static str>,
    /// Its name.
    pub name: String,
    /// What is in it: UTF-8.
    pub text: String,
}

/// Every file. `all` are the languages of the administrative templates; the other files are written in `own`.
pub fn of(brand: &Brand, all: &[Tongue<'_>], own: &Tongue<'_>) -> Vec<Template> {
    // A name without dots: whatever splits it at the first one still finds the language's file.
    let stem = brand.identifier.replace('.', "-");
    let file = |folder, name, text| Template { folder, name, text };
    let mut files = vec![file(None, format!("{stem}.admx"), admx::text(brand))];
    files.extend(
        all.iter().map(|tongue| file(Some(tongue.folder()), format!("{stem}.adml"), adml::text(brand, tongue))),
    );
    files.push(file(None, format!("{stem}.mobileconfig"), mobileconfig::text(brand, own)));
    files.push(file(None, "policy.toml".to_owned(), linux::text(brand, own)));
    files
}

/// The revision of both kinds of administrative template: it grows with the list of keys, so that texts of an older helper are not
/// taken for those of a newer one.
fn revision() -> String {
    format!("1.{}", Key::ALL.len())
}

/// Does the editor show fields for it? On and off are its own "Enabled" and "Disabled".
const fn has_fields(shape: &Shape) -> bool {
    !matches!(shape, Shape::Flag)
}
