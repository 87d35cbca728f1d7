//! Builds the brand into the program: `brand/brand.toml` as JSON, and the trust root beside it if the vendor has made one;
//! and when it was built.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let brand = Path::new("brand");
    println!("cargo::rerun-if-changed={}", brand.display());
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let text = fs::read_to_string(brand.join("brand.toml"))?;
    let value: toml::Value = toml::from_str(&text)?;
    fs::write(out.join("brand.json"), serde_json::to_vec(&value)?)?;
    // Without a root the program trusts nothing and says so (problem P-25); it never trusts something by default.
    let root = fs::read(brand.join("root.json")).unwrap_or_default();
    if root.is_empty() {
        println!("cargo::warning=brand/root.json is missing: this build trusts no mirror (see helper-publish init)");
    }
    fs::write(out.join("root.json"), root)?;
    println!("cargo::rustc-env=SUPPORT_HELPER_BUILT={}", built()?);
    tauri_build::try_build(tauri_build::Attributes::new())?;
    Ok(())
}

/// Seconds since 1970; the time of the sources where builds are to be reproducible
/// (<https://reproducible-builds.org/specs/source-date-epoch/>).
fn built() -> Result<u64, Box<dyn Error>> {
    println!("cargo::rerun-if-env-changed=SOURCE_DATE_EPOCH");
    match env::var("SOURCE_DATE_EPOCH") {
        Ok(seconds) => Ok(seconds.parse()?),
        Err(_) => Ok(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs()),
    }
}
