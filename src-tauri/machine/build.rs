//! Notes when the program is built: no right clock shows an earlier time.

use std::env;
use std::time::{SystemTime, UNIX_EPOCH};

fn main() {
    // A rebuild of an old release must be able to say when it was released (reproducible-builds.org, SOURCE_DATE_EPOCH).
    println!("cargo::rerun-if-env-changed=SOURCE_DATE_EPOCH");
    println!("cargo::rerun-if-changed=build.rs");
    let given = env::var("SOURCE_DATE_EPOCH").ok().and_then(|seconds| seconds.parse::<u64>().ok());
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    println!("cargo::rustc-env=HELPER_BUILT={}", given.unwrap_or_else(now));
}
