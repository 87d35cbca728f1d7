//! A copy of a program under a name that people know, in the first folder that takes it.

use super::{Copied, NotPlaced};
use crate::disk;
use helper_core::input::CopyPlace;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Copies `source` as `name` into the first of these folders that can be written. What stands there under that name is replaced in
/// one step. It gets a name of its own until it is whole; what a kill left of such is removed.
///
/// No mark of the web is set: the bytes are copied, not the streams beside them, and the helper has checked them already.
pub(super) fn place_in(
    folders: impl IntoIterator<Item = (CopyPlace, PathBuf)>,
    source: &Path,
    name: &str,
) -> Result<Copied, NotPlaced> {
    if Path::new(name).file_name() != Some(name.as_ref()) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, format!("{name:?} is no file name")).into());
    }
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the user has neither a Desktop nor a folder for downloads");
    for (place, folder) in folders {
        match place_one(&folder, source, name) {
            Ok(path) => return Ok(Copied { place, path }),
            Err(NotPlaced::System(error)) => {
                tracing::debug!(%error, folder = %folder.display(), "the copy cannot be placed here");
                last = error;
            }
            Err(other) => return Err(other),
        }
    }
    Err(last.into())
}

fn place_one(folder: &Path, source: &Path, name: &str) -> Result<PathBuf, NotPlaced> {
    let path = folder.join(name);
    if fs::symlink_metadata(&path).is_ok_and(|found| found.is_dir()) {
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, "a folder has the copy's name").into());
    }
    let prefix = format!(".{name}.unfinished-");
    clear(folder, &prefix);
    let mut program = disk::hold(source)?;
    let unfinished = disk::write_beside(&path, &prefix, |file| io::copy(&mut program, file).map(drop))?;
    disk::settle(unfinished, &path, disk::PATIENTLY).map_err(|error| {
        // A running program cannot be replaced; the person has the copy from before.
        if disk::is_held(&error) && path.exists() { NotPlaced::InUse(path.clone()) } else { error.into() }
    })?;
    Ok(path)
}

fn clear(folder: &Path, prefix: &str) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(prefix) {
            // It is in nobody's way but for its look.
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "EDGE&NEXT 지원 Support.exe";

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn the_first_folder_that_takes_it_has_the_copy_and_nothing_else() {
        let home = tempfile::tempdir().unwrap();
        let [desktop, downloads, source] = ["바탕 화면", "Downloads", "source"].map(|name| home.path().join(name));
        fs::write(&source, b"first").unwrap();
        fs::create_dir(&downloads).unwrap();
        let place = |source: &Path| {
            let folders = [(CopyPlace::Desktop, desktop.clone()), (CopyPlace::Downloads, downloads.clone())];
            place_in(folders, source, NAME)
        };

        // No Desktop; then a file in its place.
        let below = Copied { place: CopyPlace::Downloads, path: downloads.join(NAME) };
        assert_eq!(place(&source).unwrap(), below);
        fs::write(&desktop, b"").unwrap();
        assert_eq!(place(&source).unwrap(), below);
        assert_eq!(fs::read(&desktop).unwrap(), b"");
        fs::remove_file(&desktop).unwrap();

        fs::create_dir(&desktop).unwrap();
        let above = Copied { place: CopyPlace::Desktop, path: desktop.join(NAME) };
        assert_eq!(place(&source).unwrap(), above);
        // What a kill left, and what is not ours.
        fs::write(desktop.join(format!(".{NAME}.unfinished-abc")), b"half").unwrap();
        fs::write(desktop.join(".unfinished-letter.doc"), b"the person's own").unwrap();
        fs::write(&source, b"second").unwrap();
        assert_eq!(place(&source).unwrap(), above);
        assert_eq!(names(&desktop), [".unfinished-letter.doc", NAME]);
        assert_eq!(fs::read(desktop.join(NAME)).unwrap(), b"second");

        // Without a source the copy from before stays.
        fs::remove_file(&source).unwrap();
        assert!(matches!(place(&source), Err(NotPlaced::System(_))));
        assert_eq!(fs::read(desktop.join(NAME)).unwrap(), b"second");
        // A folder of that name is nobody's copy.
        fs::write(&source, b"third").unwrap();
        fs::remove_file(desktop.join(NAME)).unwrap();
        fs::create_dir(desktop.join(NAME)).unwrap();
        assert_eq!(place(&source).unwrap(), below);
        assert_eq!(fs::read(downloads.join(NAME)).unwrap(), b"third");
    }

    #[test]
    fn a_name_is_no_way_into_another_folder() {
        let home = tempfile::tempdir().unwrap();
        let source = home.path().join("source");
        fs::write(&source, b"program").unwrap();
        for name in ["../name", "a/b", "/name", "..", ""] {
            let folders = [(CopyPlace::Desktop, home.path().join("."))];
            let refused = place_in(folders, &source, name);
            assert!(matches!(&refused, Err(NotPlaced::System(error)) if error.kind() == io::ErrorKind::InvalidInput));
        }
        assert!(matches!(place_in([], &source, "name"), Err(NotPlaced::System(_))));
        assert_eq!(names(home.path()), ["source"]);
    }
}
