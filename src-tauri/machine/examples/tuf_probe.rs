//! The command line that the public TUF conformance suite drives (theupdateframework/tuf-conformance), over exactly the
//! repository code that the helper uses:
//!
//! ```text
//! tuf_probe --metadata-dir D init TRUSTED_ROOT
//! tuf_probe --metadata-dir D --metadata-url U refresh
//! tuf_probe --metadata-dir D --metadata-url U --target-name T [--target-name T2] --target-base-url B --target-dir O download
//! ```
//!
//! Exit code 0: accepted; 1: refused.

use helper_machine::package::hash_piece;
use helper_machine::repository::{HttpMirror, MetadataFolder, Repository, Session};
use helper_machine::{clock, transport};
use sigstore_tuf::transport::FetchFuture;
use std::error::Error;
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

type Done<T> = Result<T, Box<dyn Error>>;

#[derive(Debug, Default)]
struct Words {
    metadata_dir: PathBuf,
    metadata_url: String,
    target_names: Vec<String>,
    target_dir: PathBuf,
    target_base_url: String,
    rest: Vec<String>,
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "tuf_probe: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Done<()> {
    let words = read_words()?;
    match words.rest.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["init", root] => init(&words, root),
        ["refresh"] => transport::block_on(refresh(&words))?,
        ["download"] => transport::block_on(download(&words))?,
        _ => Err("init ROOT, refresh or download".into()),
    }
}

fn read_words() -> Done<Words> {
    let mut words = Words::default();
    let mut arguments = std::env::args().skip(1);
    while let Some(word) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| format!("{word} needs a value"));
        match word.as_str() {
            "--metadata-dir" => words.metadata_dir = value()?.into(),
            "--metadata-url" => words.metadata_url = value()?,
            "--target-name" => words.target_names.push(value()?),
            "--target-dir" => words.target_dir = value()?.into(),
            "--target-base-url" => words.target_base_url = value()?,
            other if other.starts_with('-') => return Err(format!("{other} is not known").into()),
            _ => words.rest.push(word),
        }
    }
    Ok(words)
}

fn init(words: &Words, root: &str) -> Done<()> {
    let bytes = fs::read(root)?;
    Repository::check_root(&bytes)?;
    Ok(fs::write(words.metadata_dir.join("root.json"), bytes)?)
}

/// Metadata as the helper fetches it, targets into memory as the suite's small ones may be.
struct Mirror {
    metadata: HttpMirror,
    client: reqwest::Client,
    targets: String,
}

impl sigstore_tuf::Repository for Mirror {
    fn fetch_metadata<'a>(&'a self, name: &'a str, max_length: u64) -> FetchFuture<'a> {
        self.metadata.fetch_metadata(name, max_length)
    }

    fn fetch_target<'a>(&'a self, path: &'a str, max_length: u64) -> FetchFuture<'a> {
        Box::pin(async move {
            let address = format!("{}/{path}", self.targets.trim_end_matches('/'));
            let wrap = |error| sigstore_tuf::Error::transport_with_source("target", error);
            let mut response =
                self.client.get(&address).send().await.map_err(wrap)?.error_for_status().map_err(wrap)?;
            let mut body = Vec::new();
            while let Some(chunk) = response.chunk().await.map_err(wrap)? {
                body.extend_from_slice(&chunk);
                if body.len() as u64 > max_length {
                    return Err(sigstore_tuf::Error::transport("the target is longer than signed"));
                }
            }
            Ok(Some(body))
        })
    }
}

fn session(words: &Words) -> Done<Session> {
    let client = transport::client(&Default::default())?;
    let root = fs::read(words.metadata_dir.join("root.json"))?;
    let mirror = Mirror {
        metadata: HttpMirror::of_metadata(client.clone(), &words.metadata_url),
        client,
        targets: words.target_base_url.clone(),
    };
    Ok(Repository::new(&root, MetadataFolder::new(&words.metadata_dir)).session(mirror)?)
}

async fn refresh(words: &Words) -> Done<()> {
    session(words)?.refresh(clock::wall()).await?;
    Ok(())
}

async fn download(words: &Words) -> Done<()> {
    let mut session = session(words)?;
    session.refresh(clock::wall()).await?;
    let updater = session.updater();
    for name in &words.target_names {
        // The suite expects the name percent-encoded whole: one file, whatever the name holds.
        let file: String = name
            .bytes()
            .map(|byte| match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
                other => format!("%{other:02X}"),
            })
            .collect();
        let path = words.target_dir.join(file);
        let target = updater.get_target_info(name, clock::wall()).await?.ok_or("nobody signs this target")?;
        // What is there already and is what was signed is not fetched again.
        let present = fs::read(&path).ok().map(|bytes| hash_piece(&bytes).to_string());
        if present.is_none() || present.as_ref() != target.hashes.get("sha256") {
            fs::write(&path, updater.download_target(&target, name).await?)?;
        }
    }
    Ok(())
}
