//! Figures, drawn from made-up records that resemble the real case: are they there, whole, and do
//! they answer to what is in the records?

use std::fs;
use std::path::{Path, PathBuf};

use meanfield_compare::judge::compare;
use meanfield_figure::{Content, FigureError, draw_all};
use meanfield_model::axis::Axis;
use meanfield_model::measure::Measure;
use meanfield_run::claim::Claim;
use meanfield_run::record::{Curve, Nature, Record, RunAxis};
use ndarray::{ArrayD, IxDyn};

mod forces;
mod joint;
mod layers;
mod made_up;
mod paper;
mod power_laws;
mod still_and_over;

use made_up::*;

#[test]
fn the_usual_figures_are_drawn() {
    for seeds in [2, 8] {
        let (records, comparison) = usual(seeds);
        let (_folder, files) = draw(&records, Some(&comparison));
        assert_eq!(names(&files), ["risk.svg", "risk.png", "law_radius.svg", "law_radius.png"]);
        keep(&files, &format!("{seeds}"));
    }
}

#[test]
fn figures_answer_to_the_records() {
    let (records, comparison) = usual(2);
    let (_folder, files) = draw(&records, Some(&comparison));
    let mut changed = records.clone();
    changed[0].curves[0].values[30] += 0.02;
    changed[2].laws[0].measures[1] = random_atoms(1.3, 800, 5);
    let recompared = compare(&changed, "atoms", &[]).expect("comparable");
    let (_other, others) = draw(&changed, Some(&recompared));
    for (file, other) in files.iter().zip(&others) {
        assert_ne!(fs::read(file).expect("bytes"), fs::read(other).expect("bytes"), "{file:?}");
    }
    let (_again, same) = draw(&records, Some(&comparison));
    for (file, other) in files.iter().zip(&same) {
        assert_eq!(fs::read(file).expect("bytes"), fs::read(other).expect("bytes"), "{file:?}");
    }
}

#[test]
fn each_system_shows_in_its_own_colour() {
    let (records, _) = usual(2);
    let colours = [[0, 0, 0], [213, 94, 0], [0, 114, 178]];
    let shown = |records: &[Record]| {
        let (_folder, files) = draw(records, None);
        let law = fs::read_to_string(&files[2]).expect("text");
        let bitmap = pixels(&files[3]);
        colours.map(|[r, g, b]| {
            let in_vector = law.contains(&format!("#{r:02X}{g:02X}{b:02X}"));
            let in_bitmap = bitmap.pixels().filter(|p| p.0 == [r, g, b]).count() > 100;
            assert_eq!(in_vector, in_bitmap, "{r} {g} {b}");
            in_bitmap
        })
    };
    assert_eq!(shown(&records), [true, true, true]);
    assert_eq!(shown(&records[..1]), [true, false, false]);
    assert_eq!(shown(&records[2..]), [false, false, true]);
}

#[test]
fn what_is_missing_is_left_out() {
    let draw_names = |records: &[Record]| names(&draw(records, None).1);
    let no_laws = record("pde", "finite-volume", times(), times(), Vec::new());
    assert_eq!(draw_names(&[no_laws]), ["risk.svg", "risk.png"]);
    let only_start = record("pde", "finite-volume", vec![0.0], vec![1.0], vec![cells(0.1)]);
    assert_eq!(draw_names(&[only_start]), ["law_radius.svg", "law_radius.png"]);
    let empty = record("pde", "finite-volume", Vec::new(), Vec::new(), Vec::new());
    assert!(draw_names(&[empty]).is_empty() && draw_names(&[]).is_empty());
    let mut no_risk = record("pde", "finite-volume", times(), times(), Vec::new());
    no_risk.curves.clear();
    assert!(draw_names(&[no_risk]).is_empty());
}

#[test]
fn odd_numbers_do_no_harm() {
    let bad = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1e300, 1e300, 0.0, -1.0];
    let time: Vec<f64> = (1..=bad.len()).map(|i| i as f64).collect();
    let laws =
        || vec![Measure::equal_atoms(&[2.0]), Measure::equal_atoms(&bad), Measure::equal_atoms(&[f64::NAN])];
    let mut odd = record("odd", "characteristics", time.clone(), bad.to_vec(), laws());
    odd.laws[0].coordinates = vec!["a".into()];
    let mut network =
        record("net", "finite-network", time.clone(), bad.iter().rev().copied().collect(), laws());
    network.nature = Nature::Network;
    network.step = Some(vec![0; time.len()]);
    let mut wide = record("wide", "finite-volume", time.clone(), vec![0.5; time.len()], Vec::new());
    wide.time[0] = f64::NAN;
    for records in [vec![odd.clone(), network.clone(), wide.clone()], vec![network, odd], vec![wide]] {
        let claims = [Claim {
            system: records[0].system.clone(),
            quantity: "risk".into(),
            from: None,
            until: None,
            end: f64::INFINITY,
            within: f64::INFINITY,
        }];
        let comparison = records.get(1).and_then(|other| compare(&records, &other.system, &claims).ok());
        let (_folder, files) = draw(&records, comparison.as_ref());
        keep(&files, &format!("odd{}", records.len()));
    }
}

#[test]
fn a_single_time_and_a_single_atom_are_drawn() {
    let mut network =
        record("sgd", "finite-network", vec![2.0], vec![0.3], vec![Measure::equal_atoms(&[1.0])]);
    network.nature = Nature::Network;
    network.step = Some(vec![20]);
    let pde = record("pde", "finite-volume", vec![2.0], vec![-0.1], vec![Measure::equal_atoms(&[1.0, 1.0])]);
    let comparison = compare(&[network.clone(), pde.clone()], "pde", &[]).expect("comparable");
    let (_folder, files) = draw(&[network, pde], Some(&comparison));
    assert_eq!(files.len(), 4);
}

#[test]
fn peaks_narrower_than_bars_are_cut_and_said_to_be() {
    let narrow = |r: f64| if (r - 0.2).abs() < 0.004 { 60.0 } else { density(10.0, r) };
    let axis = Axis::uniform(0.0, 8.0, 4000).expect("axis");
    let mass: Vec<f64> = (0..4000).map(|i| narrow(axis.centre(i)) * axis.width(i)).collect();
    let pde = record("pde", "finite-volume", times(), times(), vec![Measure::line_of_cells(axis, &mass); 3]);
    let other = Record { system: "other".into(), ..sgd(1) };
    let (_folder, files) = draw(&[pde, sgd(2), other], None);
    keep(&files, "narrow");
    assert!(words(&files[2]).iter().any(|word| word == "↑ 41.9"));
}

#[test]
fn many_snapshots_and_two_coordinates_fill_their_pages() {
    let count = 23;
    let mut wide = record("pde", "finite-volume", vec![1.0, 2.0], vec![1.0, 0.5], Vec::new());
    wide.laws[0].coordinates = vec!["radius_1".into(), "a & <b>".into()];
    wide.snapshot_time = (0..count).map(f64::from).collect();
    let law = |i: i32| {
        let axes =
            vec![Axis::uniform(0.0, 2.0, 20).expect("axis"), Axis::uniform(-1.0, 1.0, 30).expect("axis")];
        let mass = ArrayD::from_shape_fn(IxDyn(&[20, 30]), |k| 1.0 + (k[0] * (k[1] + i as usize)) as f64);
        Measure::Cells { axes, mass: &mass / mass.sum() }
    };
    wide.laws[0].measures = (0..count).map(law).collect();
    let (_folder, files) = draw(&[wide], None);
    assert_eq!(names(&files)[2..], ["law.svg", "law.png", "joint_law.svg", "joint_law.png"]);
    keep(&files, "many");
}

#[test]
fn a_file_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().expect("folder");
    fs::create_dir(folder.path().join("risk.svg")).expect("in the way");
    let (records, _) = usual(2);
    let error = draw_all(folder.path(), &content(&records, None)).expect_err("a folder is in the way");
    assert!(matches!(&error, FigureError::Write { file, .. } if file.ends_with("risk.svg")), "{error}");
    assert!(error.to_string().contains("risk.svg"));
    assert_eq!(fs::read_dir(folder.path()).expect("folder").count(), 1, "nothing half-written is left");
}

/// The usual records at several values of κ, each with its own risk.
fn at_points(scales: &[f64]) -> Vec<Record> {
    let (records, _) = usual(2);
    let at = |record: &Record, scale: f64| {
        let mut record = record.clone();
        record.curves[0].values *= 1.0 + scale;
        let error = Curve { name: "risk_refinement_error".into(), ..record.curves[0].clone() };
        let mean = Curve {
            name: "mean_radius".into(),
            values: error.values.mapv(|r| 2.0 - scale * r),
            ..error.clone()
        };
        record.curves.push(mean);
        if record.step.is_none() {
            record.curves.push(Curve { values: error.values * 0.02, ..error });
        }
        record
    };
    let axis = || RunAxis {
        name: "scale".into(),
        key: Some("model.initial.gaussian.scale".into()),
        values: scales.to_vec(),
    };
    records
        .iter()
        .map(|record: &Record| {
            Record::stack(axis(), scales.iter().map(|scale| at(record, *scale)).collect()).expect("alike")
        })
        .collect()
}

fn drawn_with_inset(records: &[Record], name: &str) -> (tempfile::TempDir, Vec<PathBuf>) {
    let claims = [claim(0.04)];
    let comparison = compare(records, "atoms", &claims).expect("comparable");
    let folder = tempfile::tempdir().expect("folder");
    let content = Content { inset: &["mean_radius".to_owned()], ..content(records, Some(&comparison)) };
    let files = draw_all(folder.path(), &content).expect("drawn");
    keep(&files, name);
    (folder, files)
}

#[test]
fn points_have_colours_and_systems_dashes_and_marks() {
    let (_folder, files) = drawn_with_inset(&at_points(&[0.1, 0.4]), "points");
    let risk = words(&files[0]);
    let count = |label: &str| risk.iter().filter(|word| word.contains(label)).count();
    // two points and three systems are five entries, not six; the claim is said once
    assert_eq!((count("κ = 0.1"), count("κ = 0.4"), count("claim on sgd")), (1, 1, 1));
    assert_eq!((count("(finite-volume)"), count("(characteristics)"), count("(finite-network)")), (1, 1, 1));
    assert_eq!((count("± refinement error"), count("mean radius |w|")), (2, 1));
    let colours = |file: &Path, colour: [u8; 3]| pixels(file).pixels().filter(|p| p.0 == colour).count();
    for colour in [[0, 114, 178], [213, 94, 0]] {
        assert!(colours(&files[1], colour) > 500, "{colour:?}");
    }
    // the law: a row a point, systems in their usual colours
    let law = words(&files[2]);
    assert_eq!(law.iter().filter(|word| word.starts_with("κ = ")).count(), 2);
    assert_eq!(law.iter().filter(|word| *word == "t = 4").count(), 2);
    assert!(law.iter().any(|word| word == "sgd (finite-network, N = 800, 2 runs pooled)"), "{law:?}");
}

#[test]
fn one_point_looks_as_no_point() {
    let without = |mut record: Record| {
        record.axes.retain(|axis| axis.key.is_none());
        record.curves.iter_mut().for_each(|c| c.values = c.values.index_axis(ndarray::Axis(0), 0).to_owned());
        record
    };
    let one = at_points(&[0.2]);
    let none: Vec<Record> = one.iter().cloned().map(without).collect();
    let (_a, with) = drawn_with_inset(&one, "one");
    let (_b, without) = drawn_with_inset(&none, "none");
    for (file, other) in with.iter().zip(&without) {
        assert_eq!(fs::read(file).expect("bytes"), fs::read(other).expect("bytes"), "{file:?}");
    }
}

#[test]
fn many_points_are_named_in_part() {
    let scales: Vec<f64> = (1..=15).map(|i| 0.1 * f64::from(i)).collect();
    let (_folder, files) = drawn_with_inset(&at_points(&scales), "many-points");
    assert_eq!(words(&files[0]).iter().filter(|word| word.starts_with("κ = ")).count(), 12);
    assert!(words(&files[0]).iter().any(|word| word == "12 of 15 named"));
    assert_eq!(names(&files)[2..5], ["over_scale.svg", "over_scale.png", "law_radius.svg"]);
    assert_eq!(words(&files[4]).iter().filter(|word| word.starts_with("κ = ")).count(), 4);
    assert!(words(&files[4]).iter().any(|word| word == "4 of 15 points shown"));
}

#[test]
fn an_inset_without_room_gets_a_panel_of_its_own() {
    let mut records = usual(2).0;
    let mean = |values: ArrayD<f64>| Curve { name: "mean_radius".into(), meaning: "m".into(), values };
    for record in &mut records {
        let mut values = record.curves[0].values.clone();
        let times = record.time.len();
        record.curves.push(mean(values.clone()));
        values.iter_mut().enumerate().for_each(|(i, risk)| *risk = f64::from(u8::from(i % times % 4 < 2)));
        record.curves[0].values = values;
    }
    let (_folder, apart) = drawn_with_inset(&records, "apart");
    let (_other, without) = draw(&records, None);
    assert!(words(&apart[0]).iter().any(|word| word == "mean radius |w|"));
    assert!(pixels(&apart[1]).height() > pixels(&without[1]).height() + 200);
}
