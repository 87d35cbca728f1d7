//! Linux: `/etc/<identifier>/policy.toml`, which belongs to root and which nobody else can write.

use super::file::{self, LIMIT};
use helper_core::policy::{Stated, Wrong};
use rustix::fs::{Mode, OFlags, Stat, fstat, open};
use rustix::io::Errno;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

/// The file's name.
const NAME: &str = "policy.toml";
/// Write permission of group and others.
const OTHERS_WRITE: u32 = 0o022;

/// What the administrator stated for the program with this identifier.
pub fn stated(identifier: &str) -> Stated {
    read(&Path::new("/etc").join(identifier), 0)
}

/// The same from a folder that belongs to the current user, for rehearsals.
pub fn stated_in(folder: &Path) -> Stated {
    read(folder, rustix::process::getuid().as_raw())
}

fn read(folder: &Path, owner: u32) -> Stated {
    let path = folder.join(NAME);
    let mut stated = Stated { place: path.display().to_string(), ..Stated::default() };
    let bytes = match protected_bytes(folder, &path, owner) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return stated,
        Err(wrong) => {
            stated.wrong.push(wrong);
            return stated;
        }
    };
    (stated.values, stated.wrong) = file::parse(&bytes);
    stated
}

/// The file's bytes, if nobody but the owner can have written it or put it there; `None` when there is none.
fn protected_bytes(folder: &Path, path: &Path, owner: u32) -> Result<Option<Vec<u8>>, Wrong> {
    let unreadable = |error: Errno| Wrong::Unreadable(error.to_string());
    // Without waiting for anybody: it may be a pipe that somebody left there.
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let file = match open(path, flags, Mode::empty()) {
        Ok(file) => File::from(file),
        Err(Errno::NOENT | Errno::NOTDIR) => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    };
    let about = fstat(&file).map_err(unreadable)?;
    if !rustix::fs::FileType::from_raw_mode(about.st_mode).is_file() {
        return Err(Wrong::Unreadable("not a file".to_owned()));
    }
    protected(&about, owner, "the file")?;
    // Who can write the folder can put another file there.
    let folder = rustix::fs::stat(folder).map_err(unreadable)?;
    protected(&folder, owner, "its folder")?;
    let mut bytes = Vec::new();
    file.take(LIMIT + 1).read_to_end(&mut bytes).map_err(|error| Wrong::Unreadable(error.to_string()))?;
    if bytes.len() as u64 > LIMIT { Err(Wrong::TooLarge(LIMIT)) } else { Ok(Some(bytes)) }
}

fn protected(about: &Stat, owner: u32, what: &str) -> Result<(), Wrong> {
    if about.st_uid != owner {
        return Err(Wrong::Unprotected(format!("{what} belongs to user {}, not {owner}", about.st_uid)));
    }
    if about.st_mode & OTHERS_WRITE != 0 {
        return Err(Wrong::Unprotected(format!("{what} has mode {:o}", about.st_mode & 0o7777)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use helper_core::policy::Value;
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    fn folder(bytes: &[u8]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(NAME), bytes).unwrap();
        folder
    }

    fn mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn a_file_of_the_owner_alone_is_read() {
        let folder = folder(b"channel = \"beta\"\n");
        let stated = stated_in(folder.path());
        assert_eq!(stated.values, [("channel".to_owned(), Value::Text("beta".into()))]);
        assert!(stated.wrong.is_empty() && stated.place.ends_with("/policy.toml"), "{stated:?}");
    }

    #[test]
    fn no_file_is_no_complaint() {
        let folder = tempfile::tempdir().unwrap();
        assert!(stated_in(folder.path()).wrong.is_empty());
        assert!(stated_in(&folder.path().join("nowhere")).wrong.is_empty());
    }

    #[test]
    fn what_others_can_write_is_not_believed() {
        for bits in [0o666, 0o664, 0o646] {
            let folder = folder(b"channel = \"beta\"\n");
            mode(&folder.path().join(NAME), bits);
            let stated = stated_in(folder.path());
            assert!(matches!(stated.wrong[..], [Wrong::Unprotected(_)]) && stated.values.is_empty(), "{stated:?}");
        }
        let open_folder = folder(b"channel = \"beta\"\n");
        mode(open_folder.path(), 0o777);
        assert!(matches!(stated_in(open_folder.path()).wrong[..], [Wrong::Unprotected(_)]));
        let somebody_elses = folder(b"channel = \"beta\"\n");
        let stated = read(somebody_elses.path(), rustix::process::getuid().as_raw() + 1);
        assert!(matches!(stated.wrong[..], [Wrong::Unprotected(_)]) && stated.values.is_empty());
    }

    #[test]
    fn what_is_no_file_or_too_long_is_said_and_holds_nobody_up() {
        let folder_instead = tempfile::tempdir().unwrap();
        fs::create_dir(folder_instead.path().join(NAME)).unwrap();
        assert!(matches!(stated_in(folder_instead.path()).wrong[..], [Wrong::Unreadable(_)]));

        let pipe = tempfile::tempdir().unwrap();
        rustix::fs::mknodat(
            rustix::fs::CWD,
            pipe.path().join(NAME),
            rustix::fs::FileType::Fifo,
            Mode::from_raw_mode(0o600),
            0,
        )
        .unwrap();
        assert!(matches!(stated_in(pipe.path()).wrong[..], [Wrong::Unreadable(_)]));

        let long = folder(&vec![b'#'; 10_000_000]);
        assert_eq!(stated_in(long.path()).wrong, [Wrong::TooLarge(LIMIT)]);
    }
}
