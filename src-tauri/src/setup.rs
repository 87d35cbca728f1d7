//! What this program is and what this PC is, read once at the start.

use crate::words::Language;
use helper_core::Setup;
use helper_core::brand::{self, Brand};
use helper_core::choice::{self, Me};
use helper_core::policy::Effective;
use helper_core::release::{Arch, System};
use helper_machine::autostart::{AtLogin, Entry};
use helper_machine::clock;
use helper_machine::dirs::{Dirs, NoFolder};
use helper_machine::links;
use helper_machine::shortcut::{OnDesktop, Shortcut};
use helper_machine::signer::Publisher;
use helper_machine::state_file::StateFile;
use std::io;
use std::path::PathBuf;

/// The helper cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The built-in brand does not fit its type.
    #[error("the brand cannot be read: {0}")]
    Brand(String),
    /// There is no folder to keep anything in.
    #[error(transparent)]
    Folder(#[from] NoFolder),
    /// The folders cannot be made.
    #[error("the helper's folders cannot be made: {0}")]
    Create(io::Error),
}

/// The vendor's values and trust root of this build.
#[derive(Clone, Debug)]
pub struct Build {
    /// The vendor's values.
    pub brand: Brand,
    /// The trust root; empty when the vendor has made none.
    pub root: Vec<u8>,
    /// The updater's public key as `tauri signer generate` writes it; empty when the vendor has made none: then the helper never
    /// replaces itself.
    pub updater: String,
    /// When this program was built. A clock that is behind that is wrong.
    pub built: jiff::Timestamp,
}

impl Build {
    /// What was built in; with the feature `rehearsal`, what the folder in `SUPPORT_HELPER_BRAND_DIR` says.
    ///
    /// # Errors
    /// [`SetupError::Brand`].
    pub fn load() -> Result<Self, SetupError> {
        #[cfg(feature = "rehearsal")]
        if let Some(folder) = std::env::var_os("SUPPORT_HELPER_BRAND_DIR") {
            return Self::rehearsed(std::path::Path::new(&folder));
        }
        Self::built_in()
    }

    /// What was built in.
    ///
    /// # Errors
    /// [`SetupError::Brand`].
    pub fn built_in() -> Result<Self, SetupError> {
        Self::read(
            include_bytes!(concat!(env!("OUT_DIR"), "/brand.json")),
            include_bytes!(concat!(env!("OUT_DIR"), "/root.json")),
            include_str!(concat!(env!("OUT_DIR"), "/updater.pub")),
        )
    }

    /// Whose signature the module must carry.
    pub fn publisher(&self) -> Publisher {
        let module = self.brand.module.clone();
        Publisher {
            authenticode_subject: module.authenticode_subject,
            apple_team_id: module.apple_team_id,
            apple_bundle_id: module.apple_bundle_id,
        }
    }

    fn read(brand: &[u8], root: &[u8], updater: &str) -> Result<Self, SetupError> {
        let brand = serde_json::from_slice(brand).map_err(|error| SetupError::Brand(error.to_string()))?;
        let built = jiff::Timestamp::from_second(clock::built()).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        Ok(Self { brand, root: root.to_vec(), updater: updater.trim().to_owned(), built })
    }

    /// A folder with `mirrors` (one address a line), `root.json` and, for renewal, `updater.pub`; the rest of the brand is the built-in one.
    #[cfg(feature = "rehearsal")]
    fn rehearsed(folder: &std::path::Path) -> Result<Self, SetupError> {
        let wrap = |error: io::Error| SetupError::Brand(format!("{}: {error}", folder.display()));
        let mut build = Self::read(include_bytes!(concat!(env!("OUT_DIR"), "/brand.json")), b"", "")?;
        build.root = std::fs::read(folder.join("root.json")).map_err(wrap)?;
        build.updater = std::fs::read_to_string(folder.join("updater.pub")).unwrap_or_default().trim().to_owned();
        let mirrors = std::fs::read_to_string(folder.join("mirrors")).map_err(wrap)?;
        build.brand.mirrors =
            mirrors.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
        Ok(build)
    }
}

/// This helper's version, `major.minor.patch`.
#[cfg(not(feature = "rehearsal"))]
pub const fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}

/// The same; rehearsals change the version in a copy of the program, which is another program then, with another hash: an update of the real
/// program to the real program, without compiling it twice.
#[cfg(feature = "rehearsal")]
pub fn version() -> &'static str {
    const BEGIN: &str = "support-helper version: ";
    // With room for a longer one; the optimizer must not see through it.
    static MARK: &str = concat!("support-helper version: ", env!("CARGO_PKG_VERSION"), "          ");
    std::hint::black_box(MARK).trim_start_matches(BEGIN).trim_end_matches(' ')
}

/// The system that this program was built for.
pub const fn system() -> System {
    if cfg!(target_os = "windows") {
        System::Windows
    } else if cfg!(target_os = "macos") {
        System::Macos
    } else {
        System::Linux
    }
}

const fn arch() -> Arch {
    if cfg!(target_arch = "aarch64") { Arch::Aarch64 } else { Arch::X86_64 }
}

/// The user's folders, made if they are not there.
///
/// # Errors
/// [`SetupError`].
pub fn folders(brand: &Brand) -> Result<Dirs, SetupError> {
    let dirs = of_user(&brand.identifier)?;
    dirs.create().map_err(SetupError::Create)?;
    Ok(dirs)
}

/// The user's folders, whether they are there or not: nothing is made.
///
/// # Errors
/// [`NoFolder`].
pub fn of_user(identifier: &str) -> Result<Dirs, NoFolder> {
    // Rehearsals have a temporary home. Elsewhere the environment names it to everybody; Windows itself does not ask there.
    #[cfg(all(feature = "rehearsal", target_os = "windows"))]
    if let Some(home) = std::env::var_os("LOCALAPPDATA") {
        let data = PathBuf::from(home).join(identifier);
        return Ok(Dirs::at(&data, data.join("run")));
    }
    Dirs::of_user(identifier)
}

/// The helper's name as people see it.
pub fn title(brand: &Brand, language: Language) -> String {
    name_in(&brand.helper_name, language).to_owned()
}

/// What something is called in this language.
pub fn name_in(names: &brand::Words, language: Language) -> &str {
    match language {
        Language::Ko => &names.ko,
        Language::En => &names.en,
    }
}

/// The file that starts this program: an AppImage's own, which is mounted elsewhere every time.
fn program() -> io::Result<PathBuf> {
    match std::env::var_os("APPIMAGE").map(PathBuf::from).filter(|path| path.is_absolute()) {
        Some(image) => Ok(image),
        None => std::env::current_exe(),
    }
}

/// The helper's start at login.
///
/// # Errors
/// It is not known where this program lies.
pub fn at_login(brand: &Brand, language: Language) -> io::Result<Entry> {
    Ok(Entry::of(AtLogin {
        identifier: brand.identifier.clone(),
        title: title(brand, language),
        program: program()?,
        arguments: vec!["--background".to_owned()],
    }))
}

/// The helper's icon on the Desktop.
///
/// # Errors
/// It is not known where this program lies.
pub fn shortcut(brand: &Brand, language: Language) -> io::Result<Shortcut> {
    let title_in = |language| title(brand, language);
    let others = [Language::Ko, Language::En].into_iter().filter(|other| *other != language);
    Ok(Shortcut::of(OnDesktop {
        identifier: brand.identifier.clone(),
        title: title_in(language),
        also: others.map(title_in).collect(),
        program: program()?,
        request: "start".to_owned(),
    }))
}

/// Sees beside everything else that links of the HIS open this program, which was moved or installed again. Nothing depends on it.
pub fn own_links(brand: &Brand, title: &str) {
    let (scheme, title) = (brand.link_scheme.clone(), title.to_owned());
    let begun = std::thread::Builder::new().name("links".into()).spawn(move || {
        match program().and_then(|program| links::register(&scheme, &title, &program)) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::Unsupported => {}
            Err(error) => tracing::warn!(%error, "links do not open this program"),
        }
    });
    if let Err(error) = begun {
        tracing::warn!(%error, "nobody sees to the links");
    }
}

/// What core needs to know.
pub fn core_setup(brand: &Brand, policy: &Effective, dirs: &Dirs) -> Setup {
    Setup {
        me: Me {
            module: brand.module.id.clone(),
            system: system(),
            arch: arch(),
            channel: policy.channel.value.clone(),
            groups: policy.groups.value.clone(),
            seed: seed(dirs),
            helper: choice::version(version()).unwrap_or_default(),
        },
        module_name: brand.module.name.clone(),
        phone: phone(brand, policy.language.value.into()),
    }
}

/// Whom to call, and when.
pub fn phone(brand: &Brand, language: Language) -> String {
    format!("{} ({})", brand.phone.number, name_in(&brand.phone.hours, language))
}

/// The random number that gives this PC its place in roll-outs; made once, sent nowhere.
fn seed(dirs: &Dirs) -> [u8; 16] {
    let file = StateFile::new(dirs.data().join("seed"));
    if let Some(seed) = file.read() {
        return seed;
    }
    let mut seed = [0u8; 16];
    if let Err(error) = getrandom::fill(&mut seed) {
        tracing::warn!(%error, "no randomness: this PC keeps the first place in every roll-out");
        return seed;
    }
    if let Err(error) = file.write(&seed) {
        tracing::warn!(%error, "the seed cannot be kept");
    }
    seed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_brand_is_complete() {
        let build = Build::load().unwrap();
        assert!(!build.brand.mirrors.is_empty());
        assert!(build.brand.origin.starts_with("https://"));
        assert_eq!(build.brand.module.name, "EDGE&NEXT Support");
        assert!(build.built > jiff::Timestamp::UNIX_EPOCH && build.built <= jiff::Timestamp::now());
    }

    #[test]
    fn the_seed_stays() {
        let folder = tempfile::tempdir().unwrap();
        let dirs = Dirs::at(folder.path().join("data"), folder.path().join("run"));
        dirs.create().unwrap();
        assert_eq!(seed(&dirs), seed(&dirs));
    }
}
