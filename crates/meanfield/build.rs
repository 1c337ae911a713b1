//! What computes, as a digest of the sources of the crates that do: a result is served again only if it was
//! computed by these. Where the sources are not beside this crate (a package from a registry) the version
//! alone says it. And the commit of the source, for records to tell; nothing is served again by it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};

/// Crates whose sources decide what a run computes and what a record holds.
const COMPUTE: [&str; 10] =
    ["compare", "figure", "files", "kernel", "model", "particle", "run", "scenario", "solver", "store"];
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
    println!("cargo:rustc-env=MEANFIELD_COMMIT={}", commit().unwrap_or_default());
}

/// The commit of the workspace; None where it is no repository of its own, or there is no git.
fn commit() -> Option<String> {
    let top = git(&["rev-parse", "--show-toplevel"])?;
    if Path::new(&top).canonicalize().ok()? != Path::new("../..").canonicalize().ok()? {
        return None;
    }
    // It grows with every commit and checkout.
    let log = PathBuf::from(git(&["rev-parse", "--git-path", "logs/HEAD"])?);
    if log.exists() {
        println!("cargo:rerun-if-changed={}", log.display());
    }
    git(&["describe", "--always", "--dirty", "--exclude=*", "--abbrev=40"])
}

/// What git says; None if it fails.
fn git(arguments: &[&str]) -> Option<String> {
    let out = Command::new("git").arg("--no-optional-locks").args(arguments).output().ok()?;
    let said = String::from_utf8(out.stdout).ok()?;
    out.status.success().then(|| said.trim().to_owned()).filter(|said| !said.is_empty())
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
