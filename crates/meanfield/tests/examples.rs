//! Every example runs to its end. They are built with the tests of this crate; each is a program of its own.

use std::path::PathBuf;
use std::process::Command;

/// All files of `examples/`.
const EXAMPLES: [&str; 9] = [
    "gibbs_state",
    "least_risk",
    "own_activation",
    "own_system",
    "progress",
    "radial_pde",
    "read_record",
    "sgd_beside_pde",
    "sweep",
];

/// The program that an example was built into, beside this test.
fn program(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a path");
    let profile = test.ancestors().nth(2).expect("target/<profile>/deps");
    profile.join("examples").join(name)
}

#[test]
fn every_example_runs() {
    for name in EXAMPLES {
        let program = program(name);
        assert!(program.exists(), "{name} is not built: run `cargo test -p meanfield`");
        let output = Command::new(&program).output().expect("starts");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{name}: {said}");
        assert!(!output.stdout.is_empty(), "{name} says nothing");
    }
}

#[test]
fn no_example_is_forgotten() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("examples");
    let files = std::fs::read_dir(folder).expect("examples/").flatten().map(|entry| entry.path());
    let mut found: Vec<String> =
        files.filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned())).collect();
    found.sort();
    assert_eq!(found, EXAMPLES);
}
