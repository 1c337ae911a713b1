//! Starts that another run left: a run in two halves is the run in one, laws go from one kind of system to
//! another, and what cannot be begun from is refused in words.

use crate::support;

use std::path::Path;
use std::sync::OnceLock;

use meanfield_run::record::Record;
use meanfield_scenario::from_record::{RecordFile, RecordReader};
use meanfield_scenario::{Scenario, load, overrides::Overrides};
use support::{curve, records};

const ISOTROPIC: &str = "data.isotropic-gaussians = { dimension = 20, separation = 0.6 }";
const PLANE: &str = "data.grid = { axes = [[-1.5, 1.5, 6]], target = \"tanh(2*x1)\", bias = true }";
const SIGMA: &str = "activation.tanh = { height = 2.0, gain = 2.0, offset = -1.0 }";
const STATED: &str = "initial.gaussian = { scale = 0.8 }";
/// Steps of a size that time sums exactly, and as many as engines pause after.
const SGD: &str = "sgd.finite-network = { neurons = 20, step-size = 0.00390625, seeds = [1, 2] }";
const ATOMS: &str = "atoms.characteristics = { atoms = 60, tolerance = 1e-10 }";
const CELLS: &str = "cells.finite-volume = { cells = [200] }";

/// A scenario of this data, start and systems, with laws at its end.
fn text(data: &str, start: &str, end: f64, systems: &[&str]) -> String {
    let systems: String = systems.iter().map(|system| format!("systems.{system}\n")).collect();
    format!(
        "title = \"Halves\"\nmodel = {{ {data}, {SIGMA}, {start} }}\n\
         dynamics = {{ end-time = {end:?}, schedule.constant = {{}} }}\n{systems}\
         [observe]\ntimes = [0.0, {end:?}]\nsnapshots = [0.0, {end:?}]\n"
    )
}

/// The same with all weights of networks.
fn with_weights(text: &str) -> String {
    format!("{text}weights = true\n")
}

/// What a reader finds at a path: the first half, which the name of the file describes.
fn first_half(path: &Path) -> Result<RecordFile, String> {
    static RADIUS: OnceLock<RecordFile> = OnceLock::new();
    static IN_PLANE: OnceLock<RecordFile> = OnceLock::new();
    let ring = "cells.finite-volume = { cells = [24, 24] }";
    match path.file_name().and_then(|name| name.to_str()) {
        Some("radius.h5") => Ok(RADIUS.get_or_init(|| ended(ISOTROPIC, &[SGD, ATOMS, CELLS])).clone()),
        Some("plane.h5") => Ok(IN_PLANE.get_or_init(|| ended(PLANE, &[SGD, ATOMS, ring])).clone()),
        _ => Err(format!("{} cannot be read", path.display())),
    }
}

/// The first half of these systems.
fn ended(data: &str, systems: &[&str]) -> RecordFile {
    let first = scenario(&with_weights(&text(data, STATED, 1.0, systems)));
    RecordFile { scenario: first.resolved.clone(), records: records(&first).into_values().collect() }
}

fn overrides() -> Overrides {
    Overrides { records: Some(RecordReader(first_half)), ..Overrides::default() }
}

fn scenario(text: &str) -> Scenario {
    load("halves.toml", text, &overrides()).unwrap_or_else(|error| panic!("{error:?}\n{text}"))
}

/// What is said of a scenario that is refused.
fn refused(text: &str) -> String {
    format!("{:?}", load("halves.toml", text, &overrides()).expect_err("refused"))
}

/// The record of one system over the second half, from a system of the first one.
fn second_half(data: &str, from: &str, system: &str) -> Record {
    let start = format!("initial.from = \"{from}\"");
    let all = records(&scenario(&with_weights_of(system, &text(data, &start, 1.0, &[system]))));
    all.into_values().next().expect("one")
}

fn with_weights_of(system: &str, text: &str) -> String {
    if system.contains("finite-network") { with_weights(text) } else { text.to_owned() }
}

/// The record of one system over both halves.
fn whole(data: &str, system: &str) -> Record {
    let all = records(&scenario(&with_weights_of(system, &text(data, STATED, 2.0, &[system]))));
    all.into_values().next().expect("one")
}

/// The largest difference of the ends of a curve, seed by seed.
fn apart(halves: &Record, whole: &Record, name: &str) -> f64 {
    let ends = |record: &Record| -> Vec<f64> { curve(record, name).into_iter().skip(1).step_by(2).collect() };
    let pairs = ends(halves).into_iter().zip(ends(whole));
    pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

#[test]
fn networks_in_two_halves_are_the_same_bit_for_bit() {
    for (data, file) in [(ISOTROPIC, "radius.h5:sgd"), (PLANE, "plane.h5:sgd@1")] {
        let (halves, whole) = (second_half(data, file, SGD), whole(data, SGD));
        let laws = |record: &Record| record.named_law("weights").expect("kept").measures.clone();
        let ends = |record: &Record| [1, 3].map(|i| laws(record)[i].clone());
        assert_eq!(ends(&halves), ends(&whole), "{file}");
        assert_eq!(apart(&halves, &whole, "risk"), 0.0, "{file}");
        // Other samples would lead elsewhere.
        let moved = laws(&whole)[0] != laws(&halves)[0] && laws(&halves)[0] != laws(&halves)[1];
        assert!(moved, "{file}");
    }
}

#[test]
fn limits_in_two_halves_are_the_same_to_their_steps() {
    // Steps of 1e-10 each, and of cells a change of 1 % each, to second order or higher.
    for (data, file, system, within) in [
        (ISOTROPIC, "radius.h5:atoms", ATOMS, 1e-8),
        (PLANE, "plane.h5:atoms", ATOMS, 1e-7),
        (ISOTROPIC, "radius.h5:cells", CELLS, 1e-5),
    ] {
        let (halves, whole) = (second_half(data, file, system), whole(data, system));
        let risk = apart(&halves, &whole, "risk");
        assert!(risk < within, "{file}: {risk:e}");
        let first = curve(&halves, "risk")[0] - curve(&halves, "risk")[1];
        assert!(first > 100.0 * within, "{file}: the second half lowers the risk, by {first:e}");
    }
}

#[test]
fn laws_go_from_one_kind_to_another() {
    let end = |record: &Record, name: &str| curve(record, name)[1];
    let exact = whole(ISOTROPIC, ATOMS);
    // Cells of 0.01 to second order, as atoms at their midpoints; the mass of a map between faces is exact.
    for (file, system, within) in [("radius.h5:cells", ATOMS, 1e-3), ("radius.h5:atoms", CELLS, 1e-3)] {
        let found = second_half(ISOTROPIC, file, system);
        for name in ["risk", "mean_radius"] {
            let apart = (end(&found, name) - end(&exact, name)).abs();
            assert!(apart < within, "{file}: {name} {apart:e}");
        }
    }
    // Twenty neurons of two seeds as forty atoms begin at what the networks ended with.
    let pooled = second_half(ISOTROPIC, "radius.h5:sgd", ATOMS);
    let networks = second_half(ISOTROPIC, "radius.h5:sgd", SGD);
    let means = curve(&networks, "mean_radius");
    assert!((curve(&pooled, "mean_radius")[0] - 0.5 * (means[0] + means[2])).abs() < 1e-14);
    // Neurons drawn from the law of a limit.
    let many = "sgd.finite-network = { neurons = 4000, step-size = 1e-2, seeds = [3] }";
    let drawn = second_half(ISOTROPIC, "radius.h5:atoms", many);
    let law = second_half(ISOTROPIC, "radius.h5:atoms", ATOMS);
    let [mean, deviation] = ["mean_radius", "std_radius"].map(|name| curve(&law, name)[0]);
    // Four standard errors.
    let apart = (curve(&drawn, "mean_radius")[0] - mean).abs();
    assert!(apart < 4.0 * deviation / 4000f64.sqrt(), "{apart} {deviation}");
}

#[test]
fn a_resolved_scenario_holds_the_start_and_reads_nothing() {
    let start = "initial.from = \"radius.h5:cells@1\"";
    let first = scenario(&text(ISOTROPIC, start, 1.0, &[CELLS]));
    let again = load("resolved.toml", &first.resolved, &Overrides::default()).expect("by itself");
    assert_eq!(again.resolved, first.resolved);
    assert_eq!(records(&again)["cells"].curve("risk"), records(&first)["cells"].curve("risk"));
    assert!(first.resolved.contains("radius.h5:cells@1"));
}

#[test]
fn what_cannot_be_begun_from_is_refused_in_words() {
    let from = |data: &str, address: &str, systems: &[&str]| {
        refused(&text(data, &format!("initial.from = \"{address}\""), 1.0, systems))
    };
    let many = "sgd.finite-network = { neurons = 30, step-size = 1e-2, seeds = [1] }";
    let other_seed = "sgd.finite-network = { neurons = 20, step-size = 1e-2, seeds = [7] }";
    let finer = "cells.finite-volume = { cells = [300] }";
    let ring = "cells.finite-volume = { cells = [24, 24] }";
    let larger = "data.isotropic-gaussians = { dimension = 40, separation = 0.6 }";
    for (said, words) in [
        (from(ISOTROPIC, "radius.h5", &[ATOMS]), "names no law of a record"),
        (from(ISOTROPIC, "nowhere.h5:atoms", &[ATOMS]), "nowhere.h5 cannot be read"),
        (from(ISOTROPIC, "radius.h5:atom", &[ATOMS]), "did you mean `atoms`?"),
        (from(ISOTROPIC, "radius.h5:atoms@0.5", &[ATOMS]), "no law of \\\"atoms\\\" at t = 0.5"),
        (from(PLANE, "radius.h5:atoms", &[ATOMS]), "neurons of this model have weight_1, weight_2"),
        (from(larger, "radius.h5:atoms", &[ATOMS]), "20 coordinates, and those of this model 40"),
        (from(ISOTROPIC, "radius.h5:sgd", &[many]), "write neurons = 20"),
        (from(ISOTROPIC, "radius.h5:sgd", &[other_seed]), "write some of seeds = [1, 2]"),
        (from(ISOTROPIC, "radius.h5:cells", &[finer]), "write cells = [200]"),
        (from(PLANE, "plane.h5:atoms", &[ring]), "lie too thinly in cells"),
        (from(ISOTROPIC, "radius.h5:atoms", &["x.jko = { atoms = 80, step = 0.1 }"]), "another run's"),
        (from(ISOTROPIC, "radius.h5:atoms", &["x.linearised = {}"]), "another run's"),
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let refined = text(ISOTROPIC, "initial.from = \"radius.h5:atoms\"", 1.0, &[ATOMS]);
    assert!(refused(&format!("refinement = true\n{refined}")).contains("companion"));
    let no_reader = load("x.toml", &refined, &Overrides::default()).expect_err("refused");
    assert!(format!("{no_reader:?}").contains("no records can be read here"));
}
