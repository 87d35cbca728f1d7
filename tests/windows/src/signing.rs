//! Programs signed as TeamViewer signs its own (TEAMVIEWER.md 5), by the authority that `scripts/build-windows` made.

use crate::{built, folder};
use flows::Publisher;
use helper_core::release::{Release, System};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// Who signs TeamViewer's programs.
pub const TEAMVIEWER: &str = "TeamViewer Germany GmbH";

const EXTENSIONS: &str = "[code]\nbasicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n\
    extendedKeyUsage=critical,codeSigning\n";

/// Signs programs in the name of an organisation.
#[derive(Debug)]
pub struct CodeSigner {
    folder: TempDir,
}

impl CodeSigner {
    /// A certificate of this organisation, from the authority that every PC of the tests trusts.
    pub fn new(organisation: &str) -> Self {
        let signer = Self { folder: tempfile::tempdir().unwrap() };
        fs::write(signer.file("extensions"), EXTENSIONS).unwrap();
        let subject = format!("/C=DE/O={organisation}/CN={organisation}");
        for file in ["ca.key", "ca.pem"] {
            fs::copy(folder().join("authority").join(file), signer.file(file)).unwrap();
        }
        signer.openssl("req -newkey rsa:2048 -nodes -keyout leaf.key -out leaf.csr -subj", &[&subject]);
        signer.openssl(
            "x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out leaf.pem -days 100 -extfile extensions \
             -extensions code",
            &[],
        );
        let chain = [fs::read(signer.file("leaf.pem")).unwrap(), fs::read(signer.file("ca.pem")).unwrap()].concat();
        fs::write(signer.file("chain.pem"), chain).unwrap();
        signer
    }

    /// Publishes a module of its own making; `seed` makes it another customized one. Told are the release and the program's bytes.
    pub fn publish(&self, publisher: &Publisher, version: &str, seed: u64) -> (Release, Vec<u8>) {
        let signed = self.module(seed);
        let release = publisher.add_program(System::Windows, version, &signed);
        (release, fs::read(signed).unwrap())
    }

    /// A signed module; `seed` makes it another customized one.
    pub fn module(&self, seed: u64) -> PathBuf {
        let plain = self.file("plain.exe");
        let mut bytes = fs::read(built("standin-quicksupport.exe")).unwrap();
        // What is customized lies behind the program, as with any self-extracting one.
        bytes.extend(seed.to_le_bytes());
        fs::write(&plain, bytes).unwrap();
        self.sign(&plain, &format!("module-{seed}.exe"))
    }

    /// A signed copy of a program, in the signer's own folder.
    pub fn sign(&self, program: &Path, name: &str) -> PathBuf {
        let signed = self.file(name);
        let words = ["sign", "-h", "sha256", "-certs", "chain.pem", "-key", "leaf.key", "-in"];
        run(Command::new("osslsigncode").args(words).arg(program).arg("-out").arg(&signed).current_dir(&self.folder));
        signed
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn openssl(&self, words: &str, more: &[&str]) {
        run(Command::new("openssl").args(words.split_whitespace()).args(more).current_dir(&self.folder));
    }
}

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
