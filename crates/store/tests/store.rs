//! The record file: what is written is read back, bad files are refused by name, a failing write
//! leaves nothing behind, and the readers that people use agree on what is in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::str::FromStr;

use hdf5::types::FixedUnicode;
use meanfield_compare::comparison::{Basis, Compared, Comparison, PointVerdict, Series, Verdict};
use meanfield_compare::power_law::{Estimate, MeasuredPart, PowerLaw, Remainder};
use meanfield_model::axis::Axis;
use meanfield_model::measure::Measure;
use meanfield_model::pushforward::Pushforward;
use meanfield_run::claim::{Claim, PowerLawClaim};
use meanfield_run::record::{
    Curve, Fact, NamedLaw, Nature, Place, Quantiles, Record, RunAxis, RunFailure, Timetable,
};
use meanfield_store as store;
use meanfield_store::{Header, StoreError};
use ndarray::{Array1, Array2, ArrayD, IxDyn};

/// Numbers that are no round binary fractions, so that a lost last bit shows.
fn numbers(shape: &[usize], salt: f64) -> ArrayD<f64> {
    let mut i = 0.0;
    ArrayD::from_shape_simple_fn(IxDyn(shape), || {
        i += 1.0;
        (i * salt).sin().abs() / 3.0 + 1e-3
    })
}

/// Weights of a law: such numbers with sum 1.
fn masses(shape: &[usize], salt: f64) -> ArrayD<f64> {
    let numbers = numbers(shape, salt);
    let total = numbers.sum();
    numbers / total
}

fn curve(name: &str, shape: &[usize]) -> Curve {
    Curve { name: name.into(), meaning: format!("{name}, in words: ½ Σ"), values: numbers(shape, 0.7) }
}

fn quantiles(coordinate: &str, shape: &[usize]) -> Quantiles {
    Quantiles { coordinate: coordinate.into(), values: numbers(shape, 0.3) }
}

fn neurons(coordinates: &[&str], measures: impl Into<Vec<Measure>>) -> Vec<NamedLaw> {
    let coordinates = coordinates.iter().map(|name| (*name).to_owned()).collect();
    vec![NamedLaw::neurons(coordinates, measures.into())]
}

const FOUR: [&str; 4] = ["a", "b", "radius_1", "radius_2"];

fn facts(names: &[&str]) -> Vec<Fact> {
    names.iter().zip(1..).map(|(name, i)| Fact::new(*name, f64::from(i) / 7.0)).collect()
}

/// Like finite volumes in two coordinates: cells of unequal width, one array large enough to be compressed.
fn cells() -> Record {
    let faces = |n: usize| (0..=n).map(|i| (i as f64 / n as f64).powi(2) * 3.3).collect();
    let axes: Vec<_> = [41, 30].map(|n| Axis::from_faces(faces(n)).expect("increasing")).into();
    let law = |salt| Measure::Cells { axes: axes.clone(), mass: masses(&[41, 30], salt) };
    Record {
        system: "pde".into(),
        kind: "finite-volume".into(),
        nature: Nature::Limit,
        axes: Vec::new(),
        time: vec![0.1, 0.2, 0.7],
        step: None,
        curves: ["risk", "mean_radius_1", "free_energy", "a_last_one"].map(|name| curve(name, &[3])).into(),
        levels: vec![0.01, 0.5, 0.99],
        quantiles: vec![quantiles("radius_2", &[3, 3]), quantiles("radius_1", &[3, 3])],
        snapshot_time: vec![0.1, 0.7],
        laws: neurons(&["radius_1", "radius_2"], [law(0.1), law(0.2)]),
        facts: facts(&["wall_seconds", "cells", "accepted_steps"]),
        ..Record::default()
    }
}

/// Like characteristics: one run, weighted atoms.
fn atoms() -> Record {
    let weights = Array1::from(vec![0.1, 0.2, 0.3, 0.4]);
    let points =
        |salt| Array2::from_shape_vec((4, 1), numbers(&[4], salt).into_iter().collect()).expect("4 × 1");
    let law = |salt| Measure::Atoms { points: points(salt), weights: weights.clone() };
    Record {
        system: "atoms".into(),
        kind: "characteristics".into(),
        nature: Nature::Limit,
        curves: vec![curve("risk", &[3])],
        levels: Vec::new(),
        quantiles: Vec::new(),
        laws: neurons(&["radius"], [law(0.5), law(0.6)]),
        facts: Vec::new(),
        ..cells()
    }
}

/// A law of one coordinate on equal cells.
fn line_of_cells(cells: usize, upper: f64) -> Measure {
    let axis = Axis::uniform(0.0, upper, cells).expect("axis");
    Measure::line_of_cells(axis, &masses(&[cells], 0.4).into_iter().collect::<Vec<_>>())
}

/// Like finite volumes whose grid depends on a varied key: four laws, no two on one grid.
fn moving_cells() -> Record {
    Record {
        system: "moving".into(),
        axes: vec![RunAxis {
            name: "scale".into(),
            key: Some("model.initial.gaussian.scale".into()),
            values: vec![0.5, 3.0],
        }],
        curves: vec![curve("risk", &[2, 3])],
        levels: Vec::new(),
        quantiles: Vec::new(),
        laws: neurons(
            &["radius"],
            [(5, 2.0), (7, 3.0), (3, 2.0), (7, 9.0)].map(|(cells, upper)| line_of_cells(cells, upper)),
        ),
        facts: vec![Fact::new("cells", 7.0), Fact { name: "upper".into(), values: vec![2.0, 9.0] }],
        ..cells()
    }
}

/// Atoms in two coordinates, without axes.
fn moving_plane() -> Record {
    let law = |n: usize, m: usize| Measure::Cells {
        axes: [n, m].map(|k| Axis::uniform(-1.0, k as f64, k).expect("axis")).into(),
        mass: masses(&[n, m], 0.3),
    };
    let laws = neurons(&["radius_1", "radius_2"], [law(4, 3), law(2, 6)]);
    Record { system: "plane".into(), laws, ..cells() }
}

/// Masses of four coordinates, as many cells along each.
fn marginals(cells: [usize; 4], salt: f64) -> Measure {
    let axes = cells.map(|n| Axis::uniform(-1.0, n as f64, n).expect("axis"));
    Measure::marginals_of(axes.into(), &masses(&cells, salt))
}

/// Like finite volumes in (a, b, r₁, r₂), of which marginals are recorded.
fn four() -> Record {
    Record {
        system: "four".into(),
        levels: Vec::new(),
        quantiles: Vec::new(),
        laws: neurons(&FOUR, [0.1, 0.2].map(|salt| marginals([4, 5, 3, 2], salt))),
        ..cells()
    }
}

/// Finite volumes at two values of a key, on moving grids.
fn moving_four() -> Record {
    let grids = [[4, 5, 3, 2], [2, 6, 3, 4], [3, 3, 4, 2], [2, 2, 2, 5]];
    Record {
        system: "moving-four".into(),
        laws: neurons(&FOUR, grids.map(|cells| marginals(cells, 0.3))),
        ..moving_cells()
    }
}

/// Laws of another form than those of [`moving_plane`] and [`four`].
fn kept_of_plane() -> Measure {
    let axis = Axis::uniform(0.0, 1.0, 2).expect("axis");
    Measure::marginals_of(vec![axis; 2], &masses(&[2, 2], 0.3))
}

fn atoms_in_four() -> Measure {
    Measure::Atoms { points: Array2::zeros((1, 4)), weights: Array1::ones(1) }
}

/// Like characteristics whose atoms split and change their weights; steps that differ from run to run.
fn splitting_atoms() -> Record {
    Record {
        system: "splitting".into(),
        step: Some(vec![1, 2, 7, 10, 20, 70]),
        laws: neurons(
            &["radius"],
            [3, 4, 4, 1].map(|n: usize| Measure::Atoms {
                points: numbers(&[n, 1], 0.9).into_dimensionality().expect("a column"),
                weights: masses(&[n], 0.8).into_dimensionality().expect("a line"),
            }),
        ),
        ..moving_cells()
    }
}

/// Like characteristics whose panels split: as many nodes on each, two directions, two coordinates.
fn panelled() -> Record {
    Record {
        system: "panelled".into(),
        laws: neurons(
            &["radius_1", "radius_2"],
            [2, 3, 5, 1].map(|panels: usize| {
                let ends = numbers(&[panels, 2, 2], 0.2).into_dimensionality().expect("three dimensions");
                let points = numbers(&[9 * panels, 2], 0.7).into_dimensionality().expect("a table");
                let weights = masses(&[9 * panels], 0.1).into_dimensionality().expect("a line");
                let lower = Array1::from(vec![0.0, f64::NEG_INFINITY]);
                Measure::Pushforward(
                    Pushforward::new(ends, points, weights, lower).expect("nine nodes a panel"),
                )
            }),
        ),
        ..moving_cells()
    }
}

/// Like SGD over seeds and a varied key: leading axes, steps, atoms in two coordinates.
fn ensemble() -> Record {
    let points = |i: u8| numbers(&[300, 2], 0.01 * f64::from(i + 1)).into_dimensionality().expect("300 × 2");
    Record {
        system: "sgd".into(),
        kind: "finite-network".into(),
        nature: Nature::Network,
        axes: vec![
            RunAxis {
                name: "separation".into(),
                key: Some("model.data.isotropic-gaussians.separation".into()),
                values: vec![0.2, 0.4, 0.8],
            },
            RunAxis { name: "seed".into(), key: None, values: vec![1.0, 2.0] },
        ],
        step: Some(vec![100, 200, 7_000_000_000_000]),
        curves: vec![curve("risk", &[3, 2, 3]), curve("mean_a", &[3, 2, 3])],
        levels: vec![0.1, 0.9],
        quantiles: vec![quantiles("a", &[3, 2, 3, 2])],
        laws: neurons(
            &["a", "radius"],
            (0..12)
                .map(|i| Measure::Atoms { points: points(i), weights: Array1::from_elem(300, 1.0 / 300.0) })
                .collect::<Vec<_>>(),
        ),
        ..cells()
    }
}

/// Like SGD over step sizes: each run observed at times of its own, and one that stopped before its end.
fn with_own_times() -> Record {
    let run = vec![
        Place { value: 0.4, ..place_on(&ensemble().axes[0]) },
        Place { value: 2.0, ..place_on(&ensemble().axes[1]) },
    ];
    let times = |each: usize| Some(numbers(&[6 * each], 0.9).into_iter().collect());
    Record {
        system: "own-times".into(),
        timetable: Timetable {
            planned: vec![0.1, 0.25, 0.7],
            planned_snapshots: vec![0.125, 0.7],
            of_runs: times(3),
            snapshots_of_runs: times(2),
        },
        failures: vec![RunFailure { run, reason: "at t = 0.3: the risk is no number".into() }],
        ..ensemble()
    }
}

fn place_on(axis: &RunAxis) -> Place {
    Place { axis: axis.name.clone(), key: axis.key.clone(), value: 0.0 }
}

/// Like three layers over a varied key: several laws under names of their own, none of them that of two
/// layers' neurons.
fn layers() -> Record {
    let law = |name: &str, coordinates: &[&str], cells: [usize; 4]| NamedLaw {
        name: name.into(),
        coordinates: coordinates.iter().map(|name| (*name).to_owned()).collect(),
        inputs: None,
        measures: cells.map(|n| line_of_cells(n, 2.0)).into(),
    };
    let joint = NamedLaw {
        measures: [3, 4, 4, 2]
            .map(|n: usize| Measure::Atoms {
                points: numbers(&[n, 2], 0.4).into_dimensionality().expect("a table"),
                weights: masses(&[n], 0.8).into_dimensionality().expect("a line"),
            })
            .into(),
        inputs: Some(numbers(&[2, 3], 0.7).into_dimensionality().expect("a table")),
        ..law("joint", &["input_1", "input_2"], [2; 4])
    };
    Record {
        system: "layers".into(),
        laws: vec![law("first", &["radius"], [4; 4]), joint, law("second", &["radius"], [3, 4, 5, 6])],
        ..moving_cells()
    }
}

/// Like a static problem: one time, no laws, one curve.
fn minimum() -> Record {
    Record {
        system: "minimum".into(),
        kind: "landscape".into(),
        nature: Nature::Static,
        time: vec![0.0],
        curves: vec![curve("risk", &[1])],
        levels: Vec::new(),
        quantiles: Vec::new(),
        snapshot_time: Vec::new(),
        laws: neurons(&["radius_1", "radius_2"], []),
        ..cells()
    }
}

#[test]
fn laws_of_which_only_some_are_maps_are_kept_as_atoms() {
    let mut mixed = panelled();
    let (points, weights) =
        mixed.laws[0].measures[2].atoms().map(|(p, w)| (p.clone(), w.clone())).expect("nodes");
    mixed.laws[0].measures[2] = Measure::Atoms { points, weights };
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("record.h5");
    store::write(&path, &header(), std::slice::from_ref(&mixed), None).expect("written");
    let (_, records) = store::read(&path).expect("read");
    assert!(records[0].measures().iter().all(|law| matches!(law, Measure::Atoms { .. })));
    let atoms = |record: &Record| {
        record
            .measures()
            .iter()
            .map(|law| law.atoms().map(|(p, w)| (p.clone(), w.clone())))
            .collect::<Vec<_>>()
    };
    assert_eq!(atoms(&records[0]), atoms(&mixed));
}

/// Not in the order of their names: the order must be kept too.
fn all_kinds() -> Vec<Record> {
    let first = vec![cells(), atoms(), ensemble(), minimum(), moving_cells()];
    let last = vec![
        moving_plane(),
        splitting_atoms(),
        four(),
        moving_four(),
        with_own_times(),
        panelled(),
        layers(),
    ];
    [first, last].concat()
}

fn header() -> Header {
    Header {
        title: "Isotropic Gaußians".into(),
        scenario: "[model]\ntemperature = 0.0 # β⁻¹\n".repeat(5000),
        program: "meanfield".into(),
        version: "0.1.0".into(),
        created: String::new(),
        command: "meanfield run \"a b.toml\"".into(),
        commit: "0123abcd".into(),
        machine: "A processor, 2 cores, linux".into(),
        quick: true,
    }
}

fn series(name: &str, values: &[f64]) -> Series {
    Series { name: name.into(), meaning: format!("{name} in words"), values: values.into() }
}

/// A point of the varied key.
fn there() -> Vec<Place> {
    vec![Place { axis: "scale".into(), key: None, value: 3.0 }]
}

fn comparison() -> Comparison {
    let claim = Claim {
        system: "pde".into(),
        quantity: "risk".into(),
        from: Some(0.1),
        until: None,
        end: 10.0,
        within: 0.03,
    };
    let worst = |worst, at, point| PointVerdict { point, worst, at, missing: None };
    let compared = |system: &str| Compared {
        system: system.into(),
        axes: vec![],
        time: vec![0.1, 0.2, 0.7],
        times_of_points: None,
        gaps: vec![series("risk_gap", &[0.1, f64::NAN, 0.3]), series("risk_gap_error", &[0.0; 3])],
        snapshot_time: vec![0.7],
        distances: vec![series("wasserstein_1_radius", &[0.01])],
        verdicts: vec![Verdict {
            claim: claim.clone(),
            worst: worst(0.012_345, 4.0, vec![]),
            basis: Basis::Times { count: 3, first: 0.1, last: 10.0 },
            holds: true,
            failing: vec![],
            caveats: vec![],
        }],
    };
    let apart =
        Compared { time: vec![], gaps: vec![], snapshot_time: vec![], distances: vec![], ..compared("sgd") };
    let at_points = Compared {
        axes: moving_cells().axes,
        gaps: vec![series("risk_gap", &[0.1, 0.2, 0.3, 0.4, 0.5, 0.6])],
        distances: vec![series("wasserstein_1_radius", &[0.01, 0.02])],
        verdicts: vec![Verdict {
            claim: claim.clone(),
            worst: worst(0.6, 0.7, there()),
            basis: Basis::Times { count: 1, first: 0.7, last: 0.7 },
            holds: false,
            failing: vec![worst(0.6, 0.7, there())],
            caveats: vec![],
        }],
        ..compared("moving")
    };
    Comparison {
        reference: "atoms".into(),
        systems: vec![compared("pde"), apart, at_points],
        power_laws: power_laws(),
    }
}

/// A law over three sizes, the same again, and one that could not be judged.
fn power_laws() -> Vec<PowerLaw> {
    let claim = PowerLawClaim {
        system: "sgd".into(),
        quantity: "risk_bias".into(),
        over: "systems.sgd.finite-network.neurons".into(),
        exponent: -1.0,
        within: 0.1,
        time: None,
        alone: false,
    };
    let not_judged = PowerLaw::not_judged(&claim, "there is no record of sgd".into());
    let estimate = |value| Estimate { value, standard_error: 0.02, interval: [value - 0.04, value + 0.04] };
    let part = |key: f64| MeasuredPart { key, value: 5.0 / key, standard_error: 0.001 };
    let judged = PowerLaw {
        exponent: estimate(-1.01),
        prefactor: estimate(5.2),
        prefactor_as_claimed: estimate(5.0),
        predicted_prefactor: Some(5.1),
        predicted_exponent: Some(-1.0),
        rest: Some(Remainder::Constant(estimate(0.1))),
        points: [50.0, 100.0, 200.0].map(part).to_vec(),
        missing: None,
        holds: true,
        ..not_judged.clone()
    };
    vec![judged.clone(), judged, not_judged]
}

#[test]
fn laws_are_variables_with_what_was_found_as_attributes() {
    let folder = tempfile::tempdir().expect("folder");
    let file = opened(&stored_in(folder.path()));
    let group = file.group("comparison/laws").expect("there");
    let names = ["risk_bias_of_sgd_over_neurons", "risk_bias_of_sgd_over_neurons_2"];
    for name in names {
        let law = group.dataset(name).expect("there");
        assert_eq!(law.read_1d::<f64>().expect("numbers").to_vec(), [0.1, 0.05, 0.025]);
        let number = |name: &str| law.attr(name).and_then(|own| own.read_scalar::<f64>()).expect("a number");
        let found =
            ["exponent", "standard_error", "prefactor", "predicted_prefactor", "rest_constant"].map(number);
        assert_eq!(found, [-1.01, 0.02, 5.2, 5.1, 0.1]);
        assert_eq!(law.attr("holds").and_then(|own| own.read_scalar::<u8>()).expect("a flag"), 1);
        assert!(text_of(&law, "verdict").contains("holds, exponent -1.010 ± 0.020"));
    }
    let missing = group.dataset("risk_bias_of_sgd_over_neurons_3").expect("there");
    assert!(text_of(&missing, "verdict").ends_with("DOES NOT HOLD, there is no record of sgd"));
    assert_eq!(
        group.dataset("neurons").expect("there").read_1d::<i64>().expect("numbers").to_vec(),
        [50, 100, 200]
    );
}

fn stored_in(folder: &Path) -> PathBuf {
    let path = folder.join("record.h5");
    store::write(&path, &header(), &all_kinds(), Some(&comparison())).expect("written");
    path
}

fn files_in(folder: &Path) -> Vec<String> {
    fs::read_dir(folder)
        .expect("folder")
        .map(|entry: std::io::Result<fs::DirEntry>| {
            entry.expect("entry").file_name().into_string().expect("UTF-8")
        })
        .collect()
}

/// HDF5 as the store uses it: without locks, which the processes that other tests start would inherit.
fn hdf5_file(path: &Path, mode: hdf5::OpenMode) -> hdf5::File {
    hdf5::File::with_options()
        .with_fapl(|access| access.file_locking(false))
        .open_as(path, mode)
        .expect("opened")
}

fn opened(path: &Path) -> hdf5::File {
    hdf5_file(path, hdf5::OpenMode::Read)
}

/// A stored record with something done to it.
fn read_damaged(
    path: &Path,
    damage: impl FnOnce(&hdf5::File) -> hdf5::Result<()>,
) -> Result<Vec<Record>, StoreError> {
    let copy = path.with_extension("damaged");
    fs::copy(path, &copy).expect("copied");
    let file = hdf5_file(&copy, hdf5::OpenMode::ReadWrite);
    damage(&file).expect("damaged");
    file.close().expect("closed");
    seal_again(&copy);
    store::read(&copy).map(|(_, records)| records)
}

/// Gives a file that was changed the last line that it would have had. What other programs leave of the old
/// one stays, as bytes that mean nothing.
fn seal_again(path: &Path) {
    let mut bytes = fs::read(path).expect("bytes");
    bytes.push(b'\n');
    let digest = meanfield_files::digest::sha256(&bytes);
    bytes.extend(format!("meanfield record, SHA-256 of all before this line: {digest}\n").into_bytes());
    fs::write(path, bytes).expect("written");
}

/// A text attribute as the store writes them; at most 63 bytes.
fn put_text(object: &hdf5::Location, name: &str, text: &str) -> hdf5::Result<()> {
    let text = FixedUnicode::<64>::from_str(text).expect("short");
    object.new_attr::<FixedUnicode<64>>().create(name)?.write_scalar(&text)
}

/// The value of a text attribute; at most 1023 bytes.
fn text_of(object: &hdf5::Location, name: &str) -> String {
    let text: FixedUnicode<1024> = object.attr(name).expect(name).read_scalar().expect("text");
    text.as_str().to_owned()
}

/// Puts other numbers in the place of a dataset.
fn replace(file: &hdf5::File, name: &str, values: ArrayD<f64>) -> hdf5::Result<()> {
    file.unlink(name)?;
    let dataset = file.new_dataset_builder().with_data(values.view()).create(name)?;
    put_text(&dataset, "long_name", "of another shape")
}

#[test]
fn records_come_back_as_they_were() {
    let folder = tempfile::tempdir().expect("folder");
    let (found, records) = store::read(&stored_in(folder.path())).expect("read");
    assert_eq!(found, header());
    assert_eq!(records, all_kinds());
    assert_eq!(files_in(folder.path()), ["record.h5"]);
}

#[test]
fn missing_numbers_come_back_missing() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("record.h5");
    let mut record = minimum();
    record.curves[0].values[[0]] = f64::NAN;
    record.facts[0].values = vec![f64::NAN];
    store::write(&path, &header(), &[record], None).expect("written");
    let (_, records) = store::read(&path).expect("read");
    assert!(records[0].curves[0].values[[0]].is_nan() && records[0].facts[0].values[0].is_nan());
}

#[test]
fn density_is_mass_over_volume_and_large_arrays_are_compressed() {
    let folder = tempfile::tempdir().expect("folder");
    let file = opened(&stored_in(folder.path()));
    let density = file.dataset("pde/density").expect("there");
    let Measure::Cells { axes, mass } = &cells().laws[0].measures[1] else { panic!("cells") };
    let values = density.read_dyn::<f64>().expect("numbers");
    let back = values[[1, 40, 3]] * axes[0].width(40) * axes[1].width(3);
    assert!((back / mass[[40, 3]] - 1.0).abs() < 1e-14);
    let filters = format!("{:?}", density.filters());
    assert!(filters.contains("Shuffle") && filters.contains("Deflate(4)"), "{filters}");
    assert!(!file.dataset("pde/risk").expect("there").is_chunked());
}

#[test]
fn densities_of_marginals_hold_the_mass_of_the_whole() {
    let folder = tempfile::tempdir().expect("folder");
    let file = opened(&stored_in(folder.path()));
    let array =
        |name: &str| file.dataset(&format!("four/{name}")).expect(name).read_dyn::<f64>().expect(name);
    let one = array("density_radius_1");
    let two = array("density_b_radius_1");
    let law = &four().laws[0].measures[1];
    let axes = law.axes().expect("a grid");
    let mass = |i: usize| law.pair_marginal(0, 2).expect("a pair").column(i).sum();
    for i in 0..3 {
        let over_b: f64 = (0..5).map(|j| two[[1, j, i]] * axes[1].width(j)).sum();
        assert!((one[[1, i]] * axes[2].width(i) / mass(i) - 1.0).abs() < 1e-13, "{i}");
        assert!((over_b / one[[1, i]] - 1.0).abs() < 1e-13, "{i}");
    }
}

#[test]
fn verdicts_can_be_read_by_people_and_programs() {
    let folder = tempfile::tempdir().expect("folder");
    let file = opened(&stored_in(folder.path()));
    let group = file.group("comparison/pde").expect("there");
    assert_eq!(
        text_of(&group, "claim_0"),
        "risk of pde within 0.03 (t in [0.1, 10], 3 times): holds, worst 0.01235 at t = 4"
    );
    let at_point = text_of(&file.group("comparison/moving").expect("there"), "claim_0");
    assert!(at_point.ends_with("(t = 0.7): DOES NOT HOLD, worst 0.6 at t = 0.7, scale = 3"), "{at_point}");
    assert_eq!(group.attr("claim_0_holds").expect("there").read_scalar::<i64>().expect("number"), 1);
    assert_eq!(group.attr("claim_0_worst").expect("there").read_scalar::<f64>().expect("number"), 0.012_345);
}

#[test]
fn rewriting_replaces_the_file_in_one_step() {
    let folder = tempfile::tempdir().expect("folder");
    let path = stored_in(folder.path());
    let before = fs::read(&path).expect("bytes");
    let mut open = fs::File::open(&path).expect("opened");
    store::write(&path, &header(), &[minimum()], None).expect("written");
    assert_eq!(store::read(&path).expect("read").1, [minimum()]);
    let mut still = Vec::new();
    std::io::Read::read_to_end(&mut open, &mut still).expect("bytes");
    assert!(still == before, "a reader of the old file must not see the new one");
    assert_eq!(files_in(folder.path()), ["record.h5"]);
}

#[test]
fn locks_of_others_hold_nobody_up() {
    let folder = tempfile::tempdir().expect("folder");
    let path = stored_in(folder.path());
    let partial = fs::File::create(folder.path().join("record.h5.partial")).expect("created");
    let old = fs::File::open(&path).expect("opened");
    partial.lock().and_then(|()| old.lock()).expect("locked");
    assert_eq!(store::read(&path).expect("read").1, all_kinds());
    store::write(&path, &header(), &[minimum()], None).expect("written");
}

#[test]
fn unfit_records_are_refused_by_name_and_leave_the_old_file() {
    type Spoil = fn(&mut Vec<Record>, &mut Comparison);
    let spoils: [(&str, Spoil); 17] = [
        ("plane/mass", |r, _| r[5].laws[0].measures[1] = kept_of_plane()),
        ("four/density_a", |r, _| r[7].laws[0].measures[1] = atoms_in_four()),
        ("pde/risk", |r, _| r[0].curves[0].values = numbers(&[4], 0.1)),
        ("pde/time", |r, _| r[0].curves[1].name = "time".into()),
        ("pde/snapshot", |r, _| r[0].laws[0].measures[1] = atoms().laws[0].measures[0].clone()),
        ("pde/snapshot", |r, _| r[0].laws[0].measures.truncate(1)),
        ("pde/snapshot", |r, _| r[0].laws[0].coordinates.truncate(1)),
        ("atoms/atoms", |r, _| r[1].laws[0].measures[1] = line_of_cells(2, 2.0)),
        ("sgd/step", |r, _| r[2].step = Some(vec![1])),
        ("sgd/step", |r, _| r[2].step = Some(vec![1, 2, u64::MAX])),
        ("attribute kind of minimum", |r, _| r[3].facts[0].name = "kind".into()),
        ("attribute systems", |r, _| r[3].system = "a/b".into()),
        ("atoms", |r, _| r[3].system = "atoms".into()),
        ("sweep: the name is reserved", |r, _| r[3].system = "sweep".into()),
        ("comparison: the name is reserved", |r, _| r[3].system = "comparison".into()),
        ("no record", |r, _| r.clear()),
        ("comparison/pde/risk_gap", |_, c| c.systems[0].gaps[0].values.truncate(1)),
    ];
    let folder = tempfile::tempdir().expect("folder");
    let path = stored_in(folder.path());
    for (name, spoil) in spoils {
        let mut records = all_kinds();
        let mut compared = comparison();
        spoil(&mut records, &mut compared);
        let error = store::write(&path, &header(), &records, Some(&compared)).expect_err(name);
        assert!(
            matches!(error, StoreError::Unfit { .. }) && error.to_string().contains(name),
            "{name}: {error}"
        );
        assert_eq!(files_in(folder.path()), ["record.h5"], "{name}");
    }
    assert_eq!(store::read(&path).expect("read").1, all_kinds());
}

#[test]
fn a_write_that_fails_leaves_nothing_behind() {
    let folder = tempfile::tempdir().expect("folder");
    let taken = folder.path().join("taken");
    let plain = folder.path().join("plain");
    fs::create_dir(&taken).expect("folder");
    fs::write(&plain, "no folder").expect("file");
    for path in [folder.path().join("absent/record.h5"), plain.join("record.h5"), taken] {
        let error = store::write(&path, &header(), &[minimum()], None).expect_err("refused");
        assert!(matches!(error, StoreError::Unwritable { .. }), "{error}");
        assert!(error.to_string().contains("see that its folder exists"), "{error}");
    }
    let mut left = files_in(folder.path());
    left.sort();
    assert_eq!(left, ["plain", "taken"]);
}

/// Runs itself again in a process that may write 8 KiB a file at most.
#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_leaves_the_old_file() {
    if let Some(path) = std::env::var_os("MEANFIELD_TEST_FULL_DISK") {
        let error = store::write(Path::new(&path), &header(), &all_kinds(), None).expect_err("no space");
        return assert!(matches!(error, StoreError::Unwritable { .. }), "{error}");
    }
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("record.h5");
    store::write(&path, &header(), &[minimum()], None).expect("written");
    let script = "trap '' XFSZ; ulimit -f 8; exec \"$0\" --exact a_full_disk_leaves_the_old_file --nocapture";
    let mut again = Command::new("bash");
    again.args(["-c", script]).arg(std::env::current_exe().expect("this test"));
    let out = again.env("MEANFIELD_TEST_FULL_DISK", &path).output().expect("bash");
    let said = String::from_utf8_lossy(&out.stdout);
    let complained = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success() && said.contains("1 passed"), "{said}{complained}");
    assert!(!complained.contains("HDF5-DIAG"), "the library must not print: {complained}");
    assert_eq!(store::read(&path).expect("read").1, [minimum()]);
    assert_eq!(files_in(folder.path()), ["record.h5"]);
}

#[test]
fn files_that_are_no_record_are_refused() {
    let folder = tempfile::tempdir().expect("folder");
    let bytes = fs::read(stored_in(folder.path())).expect("bytes");
    let noise: Vec<u8> = (0..5000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let cut = (0..40).map(|k| bytes[..bytes.len() * k / 40].to_vec());
    let damaged = folder.path().join("damaged.h5");
    for content in cut.chain([noise.clone(), [&bytes[..64], &noise].concat(), b"\n".to_vec()]) {
        fs::write(&damaged, &content).expect("file");
        assert!(store::read(&damaged).is_err());
        seal_again(&damaged);
        let error = store::read(&damaged).expect_err("not a record").to_string();
        assert!(error.contains("damaged.h5"), "{error}");
        match content.starts_with(b"\x89HDF\r\n\x1a\n") {
            true => {
                assert!(error.contains("is not a complete meanfield record: "), "{error}");
                assert!(error.contains("; run the scenario again"), "{error}");
            }
            false => assert!(error.ends_with("is not a meanfield record: it is not an HDF5 file"), "{error}"),
        }
    }
    let error = store::read(&folder.path().join("absent.h5")).expect_err("absent").to_string();
    assert!(error.contains("cannot read") && error.contains("absent.h5"), "{error}");
    assert!(store::read(folder.path()).expect_err("a folder").to_string().contains("is a directory"));
}

#[test]
fn a_foreign_hdf5_file_is_refused() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("foreign.h5");
    hdf5_file(&path, hdf5::OpenMode::Create).close().expect("closed");
    let error = store::read(&path).expect_err("foreign");
    assert!(matches!(error, StoreError::Unsealed { .. }), "{error}");
    let error = store::read_unsealed(&path).expect_err("foreign").to_string();
    assert!(error.contains("attribute systems: is missing"), "{error}");
}

/// Without any one dataset or attribute, the record is refused by that name, or it is whole
/// because the thing is there for other readers only.
#[test]
fn whatever_is_missing_is_named() {
    let mut for_other_readers = vec!["density", "snapshot", "coordinate", "radius_1", "radius_2"];
    for_other_readers.extend(["radius", "radius_cell", "radius_1_cell", "radius_2_cell"]);
    for_other_readers.extend(["a", "b", "a_cell", "b_cell", "side"]);
    let folder = tempfile::tempdir().expect("folder");
    let path = stored_in(folder.path());
    for record in all_kinds() {
        let file = opened(&path);
        let group = file.group(&record.system).expect("there");
        let datasets = group.member_names().expect("names");
        let attributes = group.attr_names().expect("names");
        for name in datasets {
            let place = format!("{}/{name}", record.system);
            let found = read_damaged(&path, |file| file.unlink(&place));
            let counts_only = name == "atom" && !["splitting", "panelled"].contains(&record.system.as_str());
            let of_marginals = name.starts_with("density_");
            // Records of version 0.2 have none: all runs are then at the times of the dimension.
            if name.starts_with("planned_") || name.starts_with("observed_") {
                let is_read = record.system == "own-times";
                assert_eq!(found.expect(&place) != all_kinds(), is_read, "{place}");
                continue;
            }
            match counts_only || of_marginals || for_other_readers.contains(&name.as_str()) {
                true => assert_eq!(found.expect(&place), all_kinds(), "{place}"),
                false => {
                    assert!(found.expect_err(&place).to_string().contains(&format!("{place}: is missing")))
                }
            }
        }
        for name in attributes {
            let damaged = read_damaged(&path, |file| file.group(&record.system)?.delete_attr(&name));
            if name == "law_names" {
                // Without it the law is taken for that of the neurons, as of version 0.2.
                assert_eq!(damaged.is_err(), record.neurons().is_none());
                continue;
            }
            if ["nature", "stopped_runs", "warnings"].contains(&name.as_str()) {
                damaged.expect("records of version 0.2 have none, and warnings are computed anew");
                continue;
            }
            let message = damaged.expect_err(&name).to_string();
            assert!(
                message.contains(&format!("attribute {name} of {}: is missing", record.system)),
                "{message}"
            );
        }
        let gone = read_damaged(&path, |file| file.unlink(&record.system)).expect_err("no group").to_string();
        assert!(gone.contains(&format!("{}: ", record.system)), "{gone}");
    }
}

#[test]
fn wrong_shapes_and_numbers_are_named() {
    let folder = tempfile::tempdir().expect("folder");
    let path = stored_in(folder.path());
    let wrong: [(&str, &[usize]); 11] = [
        ("four/mass_a_radius_2", &[2, 4, 3]),
        ("moving-four/mass_a_b", &[2, 2, 4, 5]),
        ("pde/risk", &[4]),
        ("pde/time", &[3, 1]),
        ("pde/quantile_radius_1", &[3, 2]),
        ("pde/mass", &[2, 41, 31]),
        ("pde/radius_1_faces", &[42]),
        ("atoms/weight", &[5]),
        ("sgd/atoms", &[3, 2, 2, 300, 3]),
        ("sgd/step", &[2]),
        ("sgd/seed", &[0]),
    ];
    for (name, shape) in wrong {
        let damaged = read_damaged(&path, |file| replace(file, name, numbers(shape, 0.9)));
        let message = damaged.expect_err(name).to_string();
        let group = name.split_once('/').expect("group").0;
        assert!(
            message.contains(name) || (name.ends_with("weight") && message.contains(group)),
            "{name}: {message}"
        );
    }
}

#[test]
fn members_of_another_sort_are_named() {
    type Damage<'a> = &'a dyn Fn(&hdf5::File) -> hdf5::Result<()>;
    let folder = tempfile::tempdir().expect("folder");
    let path = stored_in(folder.path());
    let damages: [(&str, Damage); 4] = [
        ("atoms/atoms: ", &|file: &hdf5::File| {
            let group = file.group("atoms")?;
            group.delete_attr("coordinate_names")?;
            put_text(&group, "coordinate_names", "")?;
            replace(file, "atoms/atoms", numbers(&[2, 4, 0], 1.0))
        }),
        ("sgd: ", &|file: &hdf5::File| {
            file.relink("sgd/risk", "risk")
                .and_then(|()| file.unlink("sgd"))
                .and_then(|()| file.relink("risk", "sgd"))
        }),
        ("pde/risk: ", &|file: &hdf5::File| {
            file.unlink("pde/risk").and_then(|()| file.create_group("pde/risk").map(|_| ()))
        }),
        ("pde/time: ", &|file: &hdf5::File| {
            file.unlink("pde/time").and_then(|()| file.relink("sgd/coordinate", "pde/time"))
        }),
    ];
    for (name, damage) in damages {
        let message = read_damaged(&path, damage).expect_err(name).to_string();
        assert!(message.contains(name), "{name}: {message}");
    }
}

#[test]
fn a_dataset_larger_than_its_file_is_refused_unread() {
    let folder = tempfile::tempdir().expect("folder");
    let path = stored_in(folder.path());
    let damaged = read_damaged(&path, |file| {
        file.unlink("pde/time")?;
        file.new_dataset::<f64>().shape(1_usize << 40).chunk(1_usize << 20).create("pde/time").map(|_| ())
    });
    let message = damaged.expect_err("too large").to_string();
    assert!(
        message.contains("pde/time: claims shape [1099511627776], more than the file can hold"),
        "{message}"
    );
}

/// Characters that a terminal obeys never come from a file.
#[test]
fn control_characters_are_refused() {
    let folder = tempfile::tempdir().expect("folder");
    let path = stored_in(folder.path());
    let damaged = read_damaged(&path, |file| {
        file.delete_attr("title")?;
        put_text(file, "title", "\u{1b}[31mred")
    });
    let message = damaged.expect_err("refused").to_string();
    assert!(message.contains("attribute title: holds control characters"), "{message}");
}

/// Damage and changes by other programs are detected before the library sees a byte.
#[test]
fn a_file_that_was_changed_is_refused() {
    let folder = tempfile::tempdir().expect("folder");
    let path = stored_in(folder.path());
    let whole = fs::read(&path).expect("bytes");
    // The first bytes say that it is HDF5 at all.
    for place in (8..whole.len()).step_by(997) {
        let mut bytes = whole.clone();
        bytes[place] ^= 1 << (place % 8);
        fs::write(&path, bytes).expect("written");
        let error = match store::read(&path).expect_err("changed") {
            StoreError::Unsealed { .. } => store::read_unsealed(&path).expect_err("changed"),
            other => other,
        };
        let reasons = ["damaged or was changed by another program", "its last line, a digest, is gone"];
        assert!(reasons.iter().any(|words| error.to_string().contains(words)), "{place}: {error}");
    }
    fs::write(&path, &whole).expect("written");
    let changed = hdf5_file(&path, hdf5::OpenMode::ReadWrite);
    changed.unlink("pde/risk").expect("changed");
    changed.close().expect("closed");
    assert!(store::read(&path).is_err());
    let message = store::read_unsealed(&path).expect_err("changed").to_string();
    assert!(message.contains("its last line, a digest, is gone"), "{message}");
}

/// Requests of files made with ill intent: each is refused with a reason, and no link of it is followed or
/// allocated.
#[test]
fn what_leads_out_of_a_record_is_refused() {
    type Damage<'a> = &'a dyn Fn(&hdf5::File) -> hdf5::Result<()>;
    let folder = tempfile::tempdir().expect("folder");
    let path = stored_in(folder.path());
    let replaced = |file: &hdf5::File, name: &str, text: &str| {
        let group = file.group("pde")?;
        group.delete_attr(name)?;
        put_text(&group, name, text)
    };
    let negative = |file: &hdf5::File| {
        let mut mass = file.dataset("pde/mass")?.read_dyn::<f64>()?;
        mass[[0, 0, 0]] = -1e-3;
        mass[[0, 0, 1]] += 1e-3;
        replace(file, "pde/mass", mass)
    };
    let damages: [(&str, Damage); 7] = [
        ("pde/risk: is a link", &|file| {
            file.unlink("pde/risk").and_then(|()| file.link_soft("/pde/time", "pde/risk"))
        }),
        ("pde/risk: is a link", &|file| {
            file.unlink("pde/risk").and_then(|()| file.link_external("other.h5", "/a", "pde/risk"))
        }),
        ("pde/risk: keeps its numbers in another file", &|file: &hdf5::File| {
            file.unlink("pde/risk")?;
            let dataset = file.new_dataset_builder().external("/etc/passwd", 0, 24).empty::<f64>();
            dataset.shape(3).create("pde/risk").map(|_| ())
        }),
        ("attribute curve_names of pde: lists risk twice", &|file| {
            replaced(file, "curve_names", "risk,risk")
        }),
        ("pde/law: law 0 is no probability measure", &negative),
        ("pde/law: marginals of pairs need two coordinates", &|file: &hdf5::File| {
            replaced(file, "coordinate_names", "radius_1").and_then(|()| replaced(file, "law", "marginals"))
        }),
        ("pde/law: law 0 is no probability measure", &|file| {
            replace(file, "pde/mass", ArrayD::from_elem(IxDyn(&[2, 41, 30]), f64::NAN))
        }),
    ];
    for (words, damage) in damages {
        let message = read_damaged(&path, damage).expect_err(words).to_string();
        assert!(message.contains(words), "{words}: {message}");
    }
}

/// The Python that has h5py, xarray, h5netcdf and netCDF4.
fn python(workspace: &Path) -> PathBuf {
    let python =
        std::env::var_os("MEANFIELD_PYTHON").map_or(workspace.join(".venv/bin/python"), PathBuf::from);
    assert!(
        python.exists(),
        "{} is not there: run `scripts/setup --test`, or let MEANFIELD_PYTHON name a Python with h5py, \
         xarray, h5netcdf and netCDF4",
        python.display()
    );
    python
}

#[test]
fn h5py_xarray_and_netcdf4_agree_on_the_record() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = tempfile::tempdir().expect("folder");
    let path = stored_in(folder.path());
    let script = workspace.join("scripts/read_record.py");
    let out = Command::new(python(&workspace)).arg(script).arg(&path).output().expect("Python runs");
    let table = String::from_utf8_lossy(&out.stdout);
    let mistakes = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{mistakes}\n{table}");
    let atoms = "/sgd/atoms(separation, seed, snapshot, atom, coordinate)";
    let variables = [
        "/pde/density(snapshot, radius_1, radius_2)",
        "/comparison/pde/risk_gap(time)",
        "/comparison/moving/risk_gap(scale, time)",
        "/comparison/moving/wasserstein_1_radius(scale, snapshot)",
        "/moving/radius(scale, snapshot, radius_cell)",
        "/moving/radius_faces(scale, snapshot, radius_face)",
        "/moving/density(scale, snapshot, radius_cell)",
        "/plane/density(snapshot, radius_1_cell, radius_2_cell)",
        "/plane/radius_2(snapshot, radius_2_cell)",
        "/four/density_a(snapshot, a)",
        "/four/mass_a_b(snapshot, a, b)",
        "/four/density_radius_1_radius_2(snapshot, radius_1, radius_2)",
        "/moving-four/a(scale, snapshot, a_cell)",
        "/moving-four/density_radius_2(scale, snapshot, radius_2_cell)",
        "/moving-four/density_a_b(scale, snapshot, a_cell, b_cell)",
        "/splitting/weight(scale, snapshot, atom)",
        "/splitting/step(scale, time)",
        "/layers/first/density(scale, snapshot, radius)",
        "/layers/joint/atoms(scale, snapshot, atom, coordinate)",
        "/layers/second/snapshot_time(snapshot)",
        "/pde/planned_time(time)",
        atoms,
    ];
    for variable in variables {
        assert!(table.contains(variable), "{variable} is not in\n{table}");
    }
}
