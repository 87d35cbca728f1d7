//! Builds the brand into the program: `brand/brand.toml` as JSON, and the trust root beside it if the vendor has made one.

use std::error::Error;
use std::path::{Path, PathBuf};
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
    // Without the updater's key the helper never replaces itself.
    fs::write(out.join("updater.pub"), fs::read(brand.join("updater.pub")).unwrap_or_default())?;
    tauri_build::try_build(tauri_build::Attributes::new())?;
    Ok(())
}
