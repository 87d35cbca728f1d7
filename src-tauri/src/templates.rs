//! Writes the files with which hospital IT states a policy through its own tools (`policy templates`).

use crate::words::{Language, Words, wording};
use helper_core::brand::Brand;
use helper_core::policy::templates::{self, Template, Tongue};
use helper_machine::state_file;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Why a template is not there. What was written before stays, each file whole.
#[derive(Debug, thiserror::Error)]
pub enum Unwritten {
    /// There is no such folder, and none can be made.
    #[error("no folder can be made at {}: {error}", .path.display())]
    Folder {
        /// Where.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// The file cannot be written; the one from before is as it was.
    #[error("{} cannot be written: {error}", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
}

/// Every file, those of one language only in this one.
pub fn of(brand: &Brand, own: Language) -> Vec<Template> {
    let (korean, english) = (Words::of(Language::Ko), Words::of(Language::En));
    let in_korean = Tongue {
        language: Language::Ko.into(),
        wording: &|key| wording(Language::Ko, key),
        say: &|text| korean.say(text),
    };
    let in_english = Tongue {
        language: Language::En.into(),
        wording: &|key| wording(Language::En, key),
        say: &|text| english.say(text),
    };
    let own = match own {
        Language::Ko => &in_korean,
        Language::En => &in_english,
    };
    templates::of(brand, &[in_korean, in_english], own)
}

/// Writes them below this folder, which is made if it is not there, and says where they are. Files of these names are replaced.
///
/// # Errors
/// [`Unwritten`].
pub fn write(templates: &[Template], folder: &Path) -> Result<Vec<PathBuf>, Unwritten> {
    let mut written = Vec::new();
    for template in templates {
        let folder = template.folder.map_or_else(|| folder.to_owned(), |inner| folder.join(inner));
        fs::create_dir_all(&folder).map_err(|error| Unwritten::Folder { path: folder.clone(), error })?;
        let path = folder.join(&template.name);
        // A policy file that only root can read is none for anybody else's helper.
        state_file::write_readable(&path, template.text.as_bytes())
            .map_err(|error| Unwritten::File { path: path.clone(), error })?;
        written.push(path);
    }
    Ok(written)
}

#[cfg(test)]
mod tests;
