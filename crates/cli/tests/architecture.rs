//! The walls of the house (ARCHITECTURE.md): which crate may know which, and who alone knows a library.

use std::collections::BTreeSet;
use std::path::Path;

use crate::sources::crates;

/// Crate, and what of the workspace it may depend on.
const MAY_KNOW: [(&str, &[&str]); 18] = [
    ("kernel", &[]),
    ("model", &["kernel"]),
    ("files", &[]),
    ("run", &["model", "kernel"]),
    ("solver", &["model", "run", "kernel"]),
    ("mpi", &[]),
    ("random", &[]),
    ("particle", &["model", "random", "run", "kernel"]),
    ("deep", &["model", "random", "run", "kernel"]),
    ("gpu", &["model", "random", "run", "particle"]),
    ("compare", &["model", "run"]),
    ("store", &["model", "run", "compare", "files"]),
    ("figure", &["model", "run", "compare", "files", "kernel"]),
    ("report", &["model", "run", "compare"]),
    // Of files digests alone.
    ("scenario", &["model", "random", "run", "solver", "particle", "deep", "gpu", "files"]),
    (
        "meanfield",
        &[
            "model", "run", "solver", "particle", "deep", "compare", "store", "figure", "report", "scenario",
            "files", "mpi",
        ],
    ),
    ("cli", &["meanfield", "run", "scenario", "store", "mpi"]),
    ("python", &["meanfield", "store"]), // the store for its feature `static` alone
];

/// Library, and the only crates that may know it.
const KNOWN_TO: [(&str, &[&str]); 23] = [
    ("toml", &["scenario"]),
    ("csv", &["scenario"]),
    ("exmex", &["scenario"]),
    ("hdf5", &["store"]),
    ("hdf5-sys", &["store"]),
    ("plotters", &["figure"]),
    ("image", &["figure"]),
    ("pdf-writer", &["figure"]),
    ("subsetter", &["figure"]),
    ("clap", &["cli"]),
    ("pyo3", &["python"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
    ("indicatif", &["cli"]),
    ("cudarc", &["gpu"]),
    ("mpi", &["mpi"]),
    ("rand", &["compare", "particle", "random"]),
    ("rand_distr", &["random"]),
    ("rand_philox", &["random"]),
    ("rand_xoshiro", &["compare", "random"]),
    ("rayon", &["run"]),
    ("sha2", &["files"]),
    ("ndarray-linalg", &[]), // an oracle of tests: OpenBLAS's threads start before `main`
];

fn dependencies(name: &str) -> BTreeSet<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name).join("Cargo.toml");
    let text = std::fs::read_to_string(path).expect("every crate has a manifest");
    let manifest: toml::Table = toml::from_str(&text).expect("valid TOML");
    manifest["dependencies"].as_table().expect("a table").keys().cloned().collect()
}

/// The folder of a crate of the workspace, by the name of its package.
fn workspace_crate(package: &str) -> Option<&str> {
    if package == "meanfield" { Some(package) } else { package.strip_prefix("meanfield-") }
}

#[test]
fn crates_know_only_what_they_may() {
    for (name, allowed) in MAY_KNOW {
        for dependency in dependencies(name) {
            if let Some(other) = workspace_crate(&dependency) {
                assert!(allowed.contains(&other), "crates/{name} must not know crates/{other}");
            }
        }
    }
}

#[test]
fn libraries_are_known_to_their_owner_alone() {
    for (library, owners) in KNOWN_TO {
        for (name, _) in MAY_KNOW {
            let known = dependencies(name).contains(library);
            assert!(!known || owners.contains(&name), "crates/{name} must not know {library}");
        }
    }
}

#[test]
fn no_crate_is_missing_from_the_table() {
    let crates = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).expect("crates/");
    let found: BTreeSet<String> =
        crates.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    let listed: BTreeSet<String> = MAY_KNOW.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(found, listed);
}

/// Without `autotests` a file of tests that nothing names would never be compiled.
#[test]
fn no_file_of_tests_is_forgotten() {
    let mut merged = 0;
    for tests in crates().iter().map(|folder| folder.join("tests")) {
        let Ok(named) = std::fs::read_to_string(tests.join("main.rs")) else { continue };
        merged += 1;
        let manifest = std::fs::read_to_string(tests.join("../Cargo.toml")).expect("there");
        for entry in std::fs::read_dir(&tests).expect("there").flatten() {
            let path = entry.path();
            let module = path.file_stem().expect("a name").to_string_lossy().into_owned();
            let is_stated = manifest.contains(&format!("path = \"tests/{module}.rs\""));
            let is_binary = is_stated || path.join("main.rs").exists();
            assert!(is_binary || named.contains(&format!("mod {module};\n")), "{path:?} is in no binary");
        }
    }
    assert_eq!(merged, 7, "cli, deep, meanfield, particle, run, scenario and solver");
}
