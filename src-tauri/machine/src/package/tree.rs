//! The digest of an unpacked folder: what is on disk is proven against the publisher's signature before every start.

use super::modes::{self, Modes};
use super::names::{self, EntryName};
use super::pieces::hash_all;
use super::{Limits, PackageError};
use helper_core::release::Digest;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, btree_map};
use std::fs::{self, File, Metadata};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// From this many bytes on a second thread pays.
const WORTH_A_THREAD: u64 = 4 << 20;

/// One file or link.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Node {
    File { executable: bool, size: u64, sha256: Digest },
    Link { target: String },
}

/// The files and links of an unpacked folder with their hashes.
///
/// The digest is the SHA-256 over one line each, sorted by the bytes of the path:
///
/// ```text
/// f <0644|0755> <size> <sha256, hexadecimal> <path>\n
/// l <bytes of the target> <target> <path>\n
/// ```
///
/// Paths are UTF-8 in normalisation form C with `/` between components and without control characters; a link's target
/// has its length in front because it may hold spaces. Folders are not listed. 0755 says that the owner may execute the
/// file. On systems without that mark the unpacking leaves a list of the executable files in the folder
/// (`.executables`, itself not in the tree), so that one package has one digest everywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
    nodes: BTreeMap<String, (PathBuf, Node)>,
    bytes: u64,
    entries: u32,
}

impl Tree {
    /// Reads and hashes a folder. Links are never followed. Memory does not depend on the size of the files.
    ///
    /// # Errors
    /// `Forbidden` for devices, pipes, sockets, setuid files and names that no package may hold, `TooLarge` beyond the
    /// limits, `Io` (or `DiskFull`) if something cannot be read, `Damaged` if a file changes meanwhile.
    pub fn of(folder: &Path, limits: Limits) -> Result<Self, PackageError> {
        Self::with_modes(folder, limits, &Modes::of(folder))
    }

    pub(super) fn with_modes(folder: &Path, limits: Limits, modes: &Modes) -> Result<Self, PackageError> {
        let mut walk = Walk { folder, limits, modes, files: Vec::new(), links: Vec::new(), bytes: 0, entries: 0 };
        walk.run()?;
        let Walk { files, links, bytes, entries, .. } = walk;
        let digests = hash(folder, &files, bytes)?;
        let mut nodes = BTreeMap::new();
        let files = files.into_iter().zip(digests).map(|(file, sha256)| {
            (file.name, file.path, Node::File { executable: file.executable, size: file.found.len(), sha256 })
        });
        let links = links.into_iter().map(|(name, path, target)| (name, path, Node::Link { target }));
        for (name, path, node) in files.chain(links) {
            match nodes.entry(name.composed()) {
                btree_map::Entry::Vacant(free) => free.insert((path, node)),
                btree_map::Entry::Occupied(taken) => {
                    return Err(PackageError::Clash { first: taken.key().clone(), second: name.as_str().into() });
                }
            };
        }
        Ok(Self { nodes, bytes, entries })
    }

    /// The digest that a publisher signs as `install.tree`.
    pub fn digest(&self) -> Digest {
        let mut hasher = Sha256::new();
        for (path, (_, node)) in &self.nodes {
            let line = match node {
                Node::File { executable, size, sha256 } => {
                    format!("f {} {size} {sha256} {path}\n", if *executable { "0755" } else { "0644" })
                }
                Node::Link { target } => format!("l {} {target} {path}\n", target.len()),
            };
            hasher.update(line);
        }
        Digest(hasher.finalize().into())
    }

    /// All bytes of all files.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Number of files, folders and links.
    pub fn entries(&self) -> u32 {
        self.entries
    }

    /// The files and links as paths relative to the folder, in normalisation form C, sorted.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.nodes.keys().map(String::as_str)
    }

    /// The executable files among them.
    pub fn programs(&self) -> impl Iterator<Item = &str> {
        let executable = |node: &Node| matches!(node, Node::File { executable: true, .. });
        self.nodes.iter().filter(move |(_, (_, node))| executable(node)).map(|(path, _)| path.as_str())
    }

    /// Does it hold symbolic links?
    pub fn has_links(&self) -> bool {
        self.nodes.values().any(|(_, node)| matches!(node, Node::Link { .. }))
    }

    /// Where the program to start lies below the folder (as spelled on disk).
    ///
    /// # Errors
    /// [`PackageError::Name`] for an entry that is no valid name, [`PackageError::EntryMissing`] if there is no such
    /// regular file, [`PackageError::EntryNotExecutable`] if there is but it is not executable.
    pub fn program(&self, entry: &str) -> Result<&Path, PackageError> {
        match self.nodes.get(&EntryName::parse(entry.as_bytes())?.composed()) {
            Some((path, Node::File { executable: true, .. })) => Ok(path),
            Some((_, Node::File { executable: false, .. })) => Err(PackageError::EntryNotExecutable(entry.into())),
            Some((_, Node::Link { .. })) | None => Err(PackageError::EntryMissing(entry.into())),
        }
    }
}

/// A regular file that the walk found.
struct Found {
    name: EntryName,
    path: PathBuf,
    executable: bool,
    found: Metadata,
}

struct Walk<'a> {
    folder: &'a Path,
    limits: Limits,
    modes: &'a Modes,
    files: Vec<Found>,
    links: Vec<(EntryName, PathBuf, String)>,
    bytes: u64,
    entries: u32,
}

impl Walk<'_> {
    fn run(&mut self) -> Result<(), PackageError> {
        let top = fs::symlink_metadata(self.folder).map_err(PackageError::at("look at", self.folder))?;
        if !top.is_dir() {
            return Err(PackageError::Kind { name: self.folder.display().to_string(), what: "no folder" });
        }
        let mut waiting = vec![PathBuf::new()];
        while let Some(below) = waiting.pop() {
            let full = self.folder.join(&below);
            for entry in fs::read_dir(&full).map_err(PackageError::at("list", &full))? {
                let entry = entry.map_err(PackageError::at("list", &full))?;
                let path = below.join(entry.file_name());
                if self.take(&path)? {
                    waiting.push(path);
                }
            }
        }
        Ok(())
    }

    /// Takes one entry in; true if it is a folder to look into.
    fn take(&mut self, path: &Path) -> Result<bool, PackageError> {
        let parts: Option<Vec<&str>> = path.iter().map(|part| part.to_str()).collect();
        let text = parts
            .map(|parts| parts.join("/"))
            .ok_or_else(|| PackageError::Name { name: path.display().to_string(), why: "it is not UTF-8" })?;
        if self.modes.is_list(&text) {
            return Ok(false);
        }
        self.entries += 1;
        if self.entries > self.limits.max_entries {
            return Err(PackageError::TooManyEntries(self.limits.max_entries));
        }
        let name = EntryName::parse(text.as_bytes())?;
        let full = self.folder.join(path);
        let found = fs::symlink_metadata(&full).map_err(PackageError::at("look at", &full))?;
        if found.is_dir() {
            return Ok(true);
        }
        if found.is_symlink() {
            let target = fs::read_link(&full).map_err(PackageError::at("read the link", &full))?;
            let target = names::check_target(&name, target.as_os_str().as_encoded_bytes())?;
            self.links.push((name, path.to_path_buf(), target));
            return Ok(false);
        }
        if !found.is_file() {
            return Err(PackageError::Kind { name: text, what: "a device, pipe or socket" });
        }
        self.bytes = self.bytes.saturating_add(found.len());
        if self.bytes > self.limits.max_unpacked {
            return Err(PackageError::TooManyBytes(self.limits.max_unpacked));
        }
        let executable = self.modes.executable(&name.composed(), &found)?;
        self.files.push(Found { name, path: path.to_path_buf(), executable, found });
        Ok(false)
    }
}

/// Hashes the files in the order given, on two threads if there is enough to do.
fn hash(folder: &Path, files: &[Found], bytes: u64) -> Result<Vec<Digest>, PackageError> {
    if bytes < WORTH_A_THREAD || files.len() < 2 {
        return files.iter().map(|file| hash_one(folder, file)).collect();
    }
    // The largest first, so that one thread is not left alone with it at the end.
    let mut order: Vec<usize> = (0..files.len()).collect();
    order.sort_by_key(|&at| std::cmp::Reverse(files.get(at).map_or(0, |file| file.found.len())));
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::with_capacity(files.len()));
    let work = || {
        while let Some(&at) = order.get(next.fetch_add(1, Ordering::Relaxed)) {
            let Some(file) = files.get(at) else { break };
            let result = hash_one(folder, file);
            if result.is_err() {
                next.store(order.len(), Ordering::Relaxed);
            }
            results.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((at, result));
        }
    };
    thread::scope(|scope| {
        scope.spawn(work);
        work();
    });
    let mut results = results.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    results.sort_by_key(|(at, _)| *at);
    // After an error the rest was left out, but then the error is among the results.
    results.into_iter().map(|(_, result)| result).collect()
}

fn hash_one(folder: &Path, file: &Found) -> Result<Digest, PackageError> {
    let path = folder.join(&file.path);
    let mut reader = File::open(&path).map_err(PackageError::at("open", &path))?;
    let opened = reader.metadata().map_err(PackageError::at("look at", &path))?;
    if !modes::same_file(&file.found, &opened) {
        return Err(PackageError::Kind {
            name: file.name.as_str().into(),
            what: "a file that was exchanged meanwhile",
        });
    }
    let expected = file.found.len();
    // One byte more than expected is enough to notice that the file grows.
    let (sha256, found) = hash_all(&mut reader, expected.saturating_add(1)).map_err(PackageError::at("read", &path))?;
    if found != expected {
        return Err(PackageError::Length { expected, found });
    }
    Ok(sha256)
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(unix)]
    use crate::package::Class;
    #[cfg(unix)]
    use std::collections::BTreeSet;
    use tempfile::tempdir;

    const LIMITS: Limits = Limits { max_unpacked: 100 << 20, max_entries: 1000 };

    fn sha(bytes: &[u8]) -> Digest {
        Digest(Sha256::digest(bytes).into())
    }

    #[cfg(unix)]
    fn set_mode(path: &Path, mode: u32) {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn the_digest_is_what_the_documentation_says() {
        let home = tempdir().unwrap();
        let root = home.path();
        fs::create_dir_all(root.join("b/empty")).unwrap();
        fs::write(root.join("b/run"), "#!/bin/sh\n").unwrap();
        set_mode(&root.join("b/run"), 0o700);
        fs::write(root.join("b.txt"), "text").unwrap();
        set_mode(&root.join("b.txt"), 0o600);
        std::os::unix::fs::symlink("b/run", root.join("a link")).unwrap();
        let tree = Tree::of(root, LIMITS).unwrap();
        let expected =
            format!("l 5 b/run a link\nf 0644 4 {} b.txt\nf 0755 10 {} b/run\n", sha(b"text"), sha(b"#!/bin/sh\n"));
        assert_eq!(tree.digest(), sha(expected.as_bytes()));
        assert_eq!((tree.bytes(), tree.entries()), (14, 5));
        assert_eq!(tree.program("b/run").unwrap(), Path::new("b/run"));
        assert_eq!(tree.programs().collect::<Vec<_>>(), ["b/run"]);
        assert!(tree.has_links());
        assert!(matches!(tree.program("b.txt"), Err(PackageError::EntryNotExecutable(_))));
        assert!(matches!(tree.program("a link"), Err(PackageError::EntryMissing(_))));
        assert!(matches!(tree.program("b"), Err(PackageError::EntryMissing(_))));
        assert!(matches!(tree.program("../x"), Err(PackageError::Name { .. })));
    }

    #[test]
    fn an_empty_folder_has_the_digest_of_nothing() {
        let home = tempdir().unwrap();
        assert_eq!(Tree::of(home.path(), LIMITS).unwrap().digest(), sha(b""));
    }

    #[cfg(unix)]
    #[test]
    fn any_change_changes_the_digest() {
        let home = tempdir().unwrap();
        let root = home.path();
        fs::write(root.join("x"), "1").unwrap();
        std::os::unix::fs::symlink("x", root.join("l")).unwrap();
        let before = Tree::of(root, LIMITS).unwrap().digest();
        let mut seen = BTreeSet::from([before]);
        set_mode(&root.join("x"), 0o755);
        assert!(seen.insert(Tree::of(root, LIMITS).unwrap().digest()));
        fs::write(root.join("x"), "2").unwrap();
        assert!(seen.insert(Tree::of(root, LIMITS).unwrap().digest()));
        fs::rename(root.join("x"), root.join("y")).unwrap();
        assert!(seen.insert(Tree::of(root, LIMITS).unwrap().digest()));
        fs::remove_file(root.join("l")).unwrap();
        assert!(seen.insert(Tree::of(root, LIMITS).unwrap().digest()));
        fs::write(root.join("z"), "").unwrap();
        assert!(seen.insert(Tree::of(root, LIMITS).unwrap().digest()));
    }

    #[cfg(unix)]
    #[test]
    fn a_tree_with_listed_modes_has_the_same_digest() {
        let home = tempdir().unwrap();
        let root = home.path();
        fs::create_dir(root.join("bin")).unwrap();
        fs::write(root.join("bin/실행"), "x").unwrap();
        fs::write(root.join("data"), "y").unwrap();
        set_mode(&root.join("bin/실행"), 0o755);
        let unix = Tree::of(root, LIMITS).unwrap();
        set_mode(&root.join("bin/실행"), 0o644);
        Modes::write_list(root, &BTreeSet::from(["bin/실행".to_owned()])).unwrap();
        let listed = Tree::with_modes(root, LIMITS, &Modes::listed(root)).unwrap();
        assert_eq!(listed.digest(), unix.digest());
        assert_eq!(listed.entries(), unix.entries());
        // On a system with modes the list is a foreign file.
        assert!(Tree::of(root, LIMITS).is_err());
        fs::remove_file(root.join(".executables")).unwrap();
        assert_ne!(Tree::with_modes(root, LIMITS, &Modes::listed(root)).unwrap().digest(), unix.digest());
    }

    #[cfg(unix)]
    #[test]
    fn decomposed_names_on_disk_give_the_same_digest() {
        let (one, two) = (tempdir().unwrap(), tempdir().unwrap());
        fs::write(one.path().join("\u{ac00}"), "x").unwrap();
        fs::write(two.path().join("\u{1100}\u{1161}"), "x").unwrap();
        set_mode(&two.path().join("\u{1100}\u{1161}"), 0o755);
        set_mode(&one.path().join("\u{ac00}"), 0o755);
        let (one, two) = (Tree::of(one.path(), LIMITS).unwrap(), Tree::of(two.path(), LIMITS).unwrap());
        assert_eq!(one.digest(), two.digest());
        assert_eq!(two.program("\u{ac00}").unwrap(), Path::new("\u{1100}\u{1161}"));
    }

    #[cfg(unix)]
    #[test]
    fn foreign_things_are_refused_and_links_not_followed() {
        use std::os::unix::net::UnixListener;
        let home = tempdir().unwrap();
        let root = home.path().join("tree");
        fs::create_dir(&root).unwrap();
        fs::write(home.path().join("secret"), "s").unwrap();
        std::os::unix::fs::symlink("../secret", root.join("l")).unwrap();
        assert_eq!(Tree::of(&root, LIMITS).unwrap_err().class(), Class::Forbidden);
        fs::remove_file(root.join("l")).unwrap();
        let _socket = UnixListener::bind(root.join("s")).unwrap();
        assert!(matches!(Tree::of(&root, LIMITS), Err(PackageError::Kind { .. })));
        fs::remove_file(root.join("s")).unwrap();
        fs::write(root.join("p"), "").unwrap();
        set_mode(&root.join("p"), 0o4755);
        assert!(matches!(Tree::of(&root, LIMITS), Err(PackageError::Kind { .. })));
        fs::remove_file(root.join("p")).unwrap();
        fs::write(root.join("a\nf 0644"), "").unwrap();
        assert!(matches!(Tree::of(&root, LIMITS), Err(PackageError::Name { .. })));
        std::os::unix::fs::symlink(&root, home.path().join("alias")).unwrap();
        assert!(matches!(Tree::of(&home.path().join("alias"), LIMITS), Err(PackageError::Kind { .. })));
        assert_eq!(Tree::of(&home.path().join("absent"), LIMITS).unwrap_err().class(), Class::Io);
    }

    #[test]
    fn limits_hold() {
        let home = tempdir().unwrap();
        for n in 0..5 {
            fs::write(home.path().join(n.to_string()), "12345").unwrap();
        }
        let fits = Limits { max_unpacked: 25, max_entries: 5 };
        assert!(Tree::of(home.path(), fits).is_ok());
        let error = Tree::of(home.path(), Limits { max_entries: 4, ..fits }).unwrap_err();
        assert!(matches!(error, PackageError::TooManyEntries(4)));
        let error = Tree::of(home.path(), Limits { max_unpacked: 24, ..fits }).unwrap_err();
        assert!(matches!(error, PackageError::TooManyBytes(24)));
    }

    #[test]
    fn two_threads_give_what_one_gives() {
        let home = tempdir().unwrap();
        let mut lines = String::new();
        for n in 0..40u8 {
            let bytes = vec![n; 150_000 + usize::from(n) * 1000];
            fs::write(home.path().join(format!("{n:02}")), &bytes).unwrap();
            lines += &format!("f 0644 {} {} {n:02}\n", bytes.len(), sha(&bytes));
        }
        let tree = Tree::of(home.path(), LIMITS).unwrap();
        assert!(tree.bytes() > WORTH_A_THREAD);
        assert_eq!(tree.digest(), sha(lines.as_bytes()));
    }
}
