//! What computes, as a digest of the sources of the crates that do: a result is served again only if it was computed by these.
//! Where the sources are not beside this crate (a package from a registry) the version alone says it.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// Crates whose sources decide what a run computes and what a record holds.
const COMPUTE: [&str; 8] = ["compare", "files", "model", "particle", "run", "scenario", "solver", "store"];
/// Hexadecimal digits that are kept.
const DIGITS: usize = 12;

fn main() {
    let crates = Path::new("..");
    let mut files = vec![crates.join("../Cargo.lock")];
    println!("cargo:rerun-if-changed=../../Cargo.lock");
    for name in COMPUTE {
        println!("cargo:rerun-if-changed={}", crates.join(name).display());
        collect(&crates.join(name).join("src"), &mut files);
    }
    files.sort();
    let mut digest = Sha256::new();
    for file in &files {
        digest.update(file.to_string_lossy().as_bytes());
        digest.update(fs::read(file).unwrap_or_default());
    }
    let digits: String = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    println!("cargo:rustc-env=MEANFIELD_SOURCE={}", &digits[..DIGITS]);
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for path in entries.map(|entry| entry.path()) {
        match path.is_dir() {
            true => collect(&path, files),
            false if path.extension().is_some_and(|extension| extension == "rs") => files.push(path),
            false => {}
        }
    }
}
