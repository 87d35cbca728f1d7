//! Writes the types that the window's files share with the program. Run by scripts/generate-types.

use crate::words::Shown;
use helper_core::intent::{Answer, Intent};
use ts_rs::{Config, TS as _};

#[test]
fn write_types() {
    let folder = std::env::var_os("TYPES_DIR").expect("scripts/generate-types names the folder in TYPES_DIR");
    let config = Config::new().with_out_dir(std::path::PathBuf::from(folder));
    Shown::export_all(&config).unwrap();
    Intent::export_all(&config).unwrap();
    Answer::export_all(&config).unwrap();
}
