//! Figures, drawn from made-up records that resemble the real case: are they there, whole, and do
//! they answer to what is in the records?

use std::f64::consts::PI;
use std::fs;
use std::path::{Path, PathBuf};

use meanfield_compare::comparison::Comparison;
use meanfield_compare::figure::{Content, FigureError, draw_all};
use meanfield_compare::judge::compare;
use meanfield_model::axis::Axis;
use meanfield_model::measure::Measure;
use meanfield_run::claim::Claim;
use meanfield_run::record::{Curve, Fact, Record, RunAxis};
use ndarray::{ArrayD, IxDyn};

const SNAPSHOTS: [f64; 4] = [0.1, 1.0, 4.0, 10.0];
const TITLE: &str = "Isotropic Gaussians: the PDE predicts the radial law and the risk of SGD";

/// Two Gaussians (share, centre, width) that part as time goes on.
fn peaks(time: f64) -> [(f64, f64, f64); 2] {
    let done = 1.0 - (-time / 2.0).exp();
    let (down, up) = (0.79 - 0.59 * done, 0.79 + 2.21 * done);
    [(0.45, down, 0.09 - 0.06 * done), (0.55, up, 0.09 + 0.08 * done)]
}

fn density(time: f64, r: f64) -> f64 {
    let normal = |(share, at, wide): (f64, f64, f64)| {
        share * (-0.5 * ((r - at) / wide).powi(2)).exp() / (wide * (2.0 * PI).sqrt())
    };
    peaks(time).into_iter().map(normal).sum()
}

fn risk(time: f64) -> f64 {
    0.08 + 0.85 / (1.0 + (time / 1.5).powf(1.7))
}

fn cells(time: f64) -> Measure {
    let axis = Axis::uniform(0.0, 8.0, 1600).expect("axis");
    let mass: Vec<f64> = (0..1600).map(|i| density(time, axis.centre(i)) * axis.width(i)).collect();
    Measure::line_of_cells(axis, &mass)
}

/// Atoms at equal levels of the law.
fn quantile_atoms(time: f64, count: usize) -> Measure {
    let law = cells(time).marginal(0);
    let points: Vec<f64> = (0..count).map(|i| law.quantile((i as f64 + 0.5) / count as f64)).collect();
    Measure::equal_atoms(&points)
}

fn random_atoms(time: f64, count: usize, seed: u64) -> Measure {
    let law = cells(time).marginal(0);
    let points: Vec<f64> = uniforms(seed).take(count).map(|u| law.quantile(u)).collect();
    Measure::equal_atoms(&points)
}

fn uniforms(seed: u64) -> impl Iterator<Item = f64> {
    let mut state = seed;
    std::iter::repeat_with(move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    })
}

fn curve(name: &str, values: Vec<f64>) -> Curve {
    let values = ArrayD::from_shape_vec(IxDyn(&[values.len()]), values).expect("shape");
    Curve { name: name.into(), meaning: name.into(), values }
}

fn record(system: &str, kind: &str, time: Vec<f64>, risk: Vec<f64>, laws: Vec<Measure>) -> Record {
    Record {
        system: system.into(),
        kind: kind.into(),
        coordinates: vec!["radius".into()],
        axes: Vec::new(),
        time,
        step: None,
        curves: vec![curve("risk", risk)],
        levels: Vec::new(),
        quantiles: Vec::new(),
        snapshot_time: SNAPSHOTS[..laws.len()].to_vec(),
        laws,
        facts: Vec::new(),
    }
}

fn times() -> Vec<f64> {
    let logarithmic = (0..61).map(|i| 1e-3 * 10_f64.powf(4.0 * f64::from(i) / 60.0));
    std::iter::once(0.0).chain(logarithmic).collect()
}

fn limit(system: &str, kind: &str, shift: f64, law: impl Fn(f64) -> Measure) -> Record {
    let risks = times().iter().map(|t| risk(*t) + shift).collect();
    let mut record = record(system, kind, times(), risks, SNAPSHOTS.map(law).to_vec());
    record.curves.push(curve("network_bias", times().iter().map(|t| 6.0 * (1.0 - risk(*t))).collect()));
    record
}

fn sgd(seeds: u64) -> Record {
    let run = |seed: u64| {
        let mut noise = uniforms(seed + 100);
        let mut walk = 0.0;
        let risks = times().into_iter().map(|t| {
            walk = 0.8 * walk + 0.006 * (noise.next().expect("endless") - 0.5);
            risk(t) + walk + 6.0 * (1.0 - risk(t)) / 800.0
        });
        let risks = risks.collect();
        let laws = SNAPSHOTS.map(|t| random_atoms(t, 800, seed + 7)).to_vec();
        let mut run = record("sgd", "finite-network", times(), risks, laws);
        run.step = Some(times().iter().map(|t| (t * 1e6) as u64).collect());
        run.facts.push(Fact::new("neurons", 800.0));
        run
    };
    let axis = RunAxis { name: "seed".into(), key: None, values: (0..seeds).map(|s| s as f64).collect() };
    Record::stack(axis, (0..seeds).map(run).collect()).expect("alike")
}

fn usual(seeds: u64) -> (Vec<Record>, Comparison) {
    let pde = limit("pde", "finite-volume", 0.0004, cells);
    let atoms = limit("atoms", "characteristics", 0.0, |t| quantile_atoms(t, 400));
    let records = vec![pde, atoms, sgd(seeds)];
    let claims =
        [Claim { system: "sgd".into(), quantity: "risk".into(), from: 0.1, until: 10.0, within: 0.02 }];
    let comparison = compare(&records, "atoms", &claims).expect("comparable");
    (records, comparison)
}

/// Figures are kept to be looked at with `FIGURES=folder cargo test --test figures`.
fn keep(files: &[PathBuf], name: &str) {
    let Ok(folder) = std::env::var("FIGURES") else { return };
    for file in files {
        fs::create_dir_all(&folder).expect("folder");
        let file_name = file.file_name().expect("name").display();
        fs::copy(file, format!("{folder}/{name}-{file_name}")).expect("kept");
    }
}

fn content<'a>(records: &'a [Record], comparison: Option<&'a Comparison>) -> Content<'a> {
    Content { title: TITLE, records, comparison, inset: None }
}

fn draw(records: &[Record], comparison: Option<&Comparison>) -> (tempfile::TempDir, Vec<PathBuf>) {
    let folder = tempfile::tempdir().expect("folder");
    let files = draw_all(folder.path(), &content(records, comparison)).expect("drawn");
    for file in &files {
        match file.extension().and_then(|e| e.to_str()) {
            Some("svg") => check_svg(&fs::read_to_string(file).expect("text")),
            Some("png") => drop(pixels(file)),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(
        fs::read_dir(folder.path()).expect("folder").count(),
        files.len(),
        "nothing half-written is left"
    );
    (folder, files)
}

fn names(files: &[PathBuf]) -> Vec<String> {
    files.iter().map(|f| f.file_name().expect("name").to_string_lossy().into_owned()).collect()
}

/// Every tag closed, no text left to fonts, every number a number.
fn check_svg(document: &str) {
    let mut open: Vec<&str> = Vec::new();
    for tag in document.split('<').skip(1) {
        let (inside, after) = tag.split_once('>').expect("closed");
        assert!(after.trim().is_empty() && !inside.contains('<'), "{tag}");
        assert_eq!(inside.matches('"').count() % 2, 0, "{tag}");
        let name = inside.trim_start_matches('/').split([' ', '/']).next().expect("name");
        if inside.starts_with('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !inside.ends_with('/') {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?}");
    assert!(document.starts_with("<svg width=\"510pt\"") && document.contains("viewBox=\"0 0 5100 "));
    assert!(!document.contains("<text") && !document.contains("NaN") && !document.contains("inf"));
}

/// The picture, seen to be of the right width and not blank.
fn pixels(file: &Path) -> image::RgbImage {
    let image = image::open(file).expect("a picture").to_rgb8();
    assert_eq!(image.width(), 1600);
    let inked = image.pixels().filter(|p| p.0 != [255; 3]).count();
    assert!(inked > 5_000 && inked < (image.width() * image.height()) as usize / 2, "{inked} in {file:?}");
    image
}

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
    changed[2].laws[1] = random_atoms(1.3, 800, 5);
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
    odd.coordinates = vec!["a".into()];
    let mut network =
        record("net", "finite-network", time.clone(), bad.iter().rev().copied().collect(), laws());
    network.step = Some(vec![0; time.len()]);
    let mut wide = record("wide", "finite-volume", time.clone(), vec![0.5; time.len()], Vec::new());
    wide.time[0] = f64::NAN;
    for records in [vec![odd.clone(), network.clone(), wide.clone()], vec![network, odd], vec![wide]] {
        let claims = [Claim {
            system: records[0].system.clone(),
            quantity: "risk".into(),
            from: 0.0,
            until: f64::INFINITY,
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
    assert!(fs::read_to_string(&files[2]).expect("text").contains("aria-label=\"peak 41.9 ↑\""));
}

#[test]
fn many_snapshots_and_two_coordinates_fill_their_pages() {
    let count = 23;
    let mut wide = record("pde", "finite-volume", vec![1.0, 2.0], vec![1.0, 0.5], Vec::new());
    wide.coordinates = vec!["radius_1".into(), "a & <b>".into()];
    wide.snapshot_time = (0..count).map(f64::from).collect();
    let law = |i: i32| {
        let axes =
            vec![Axis::uniform(0.0, 2.0, 20).expect("axis"), Axis::uniform(-1.0, 1.0, 30).expect("axis")];
        let mass = ArrayD::from_shape_fn(IxDyn(&[20, 30]), |k| 1.0 + (k[0] * (k[1] + i as usize)) as f64);
        Measure::Cells { axes, mass: &mass / mass.sum() }
    };
    wide.laws = (0..count).map(law).collect();
    let (_folder, files) = draw(&[wide], None);
    assert_eq!(
        names(&files)[2..],
        ["law_radius_1.svg", "law_radius_1.png", "law_a____b_.svg", "law_a____b_.png"]
    );
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
    let stacked = |record: &Record| {
        Record::stack(axis(), scales.iter().map(|scale| at(record, *scale)).collect()).expect("alike")
    };
    records.iter().map(stacked).collect()
}

/// The words of a picture.
fn words(svg: &Path) -> Vec<String> {
    let text = fs::read_to_string(svg).expect("text");
    let label = |part: &str| part.split('"').next().expect("closed").to_owned();
    text.split("aria-label=\"").skip(1).map(label).collect()
}

fn drawn_with_inset(records: &[Record], name: &str) -> (tempfile::TempDir, Vec<PathBuf>) {
    let claims =
        [Claim { system: "sgd".into(), quantity: "risk".into(), from: 0.1, until: 10.0, within: 0.04 }];
    let comparison = compare(records, "atoms", &claims).expect("comparable");
    let folder = tempfile::tempdir().expect("folder");
    let content = Content { inset: Some("mean_radius"), ..content(records, Some(&comparison)) };
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
    assert_eq!((count("scale = 0.1"), count("scale = 0.4"), count("claim on sgd")), (1, 1, 1));
    assert_eq!((count("(finite-volume)"), count("(characteristics)"), count("(finite-network)")), (1, 1, 1));
    assert_eq!((count("± refinement error"), count("mean radius |w|")), (2, 1));
    let colours = |file: &Path, colour: [u8; 3]| pixels(file).pixels().filter(|p| p.0 == colour).count();
    for colour in [[0, 114, 178], [213, 94, 0]] {
        assert!(colours(&files[1], colour) > 500, "{colour:?}");
    }
    // the law: a row a point, systems in their usual colours
    let law = words(&files[2]);
    assert_eq!(law.iter().filter(|word| word.starts_with("scale = ")).count(), 2);
    assert_eq!(law.iter().filter(|word| *word == "t = 4").count(), 2);
    assert!(law.iter().any(|word| word == "sgd (finite-network, 800 neurons, 2 runs pooled)"), "{law:?}");
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
    let ((_a, with), (_b, without)) = (drawn_with_inset(&one, "one"), drawn_with_inset(&none, "none"));
    for (file, other) in with.iter().zip(&without) {
        assert_eq!(fs::read(file).expect("bytes"), fs::read(other).expect("bytes"), "{file:?}");
    }
}

#[test]
fn many_points_are_named_in_part() {
    let scales: Vec<f64> = (1..=12).map(|i| 0.1 * f64::from(i)).collect();
    let (_folder, files) = drawn_with_inset(&at_points(&scales), "many-points");
    assert_eq!(words(&files[0]).iter().filter(|word| word.starts_with("scale = ")).count(), 8);
    assert_eq!(words(&files[2]).iter().filter(|word| word.starts_with("scale = ")).count(), 5);
}

#[test]
fn an_inset_without_room_gets_a_panel_of_its_own() {
    let mut records = usual(2).0;
    let mean = |values: ArrayD<f64>| Curve { name: "mean_radius".into(), meaning: "m".into(), values };
    for record in &mut records {
        let (mut values, times) = (record.curves[0].values.clone(), record.time.len());
        record.curves.push(mean(values.clone()));
        values.iter_mut().enumerate().for_each(|(i, risk)| *risk = f64::from(u8::from(i % times % 4 < 2)));
        record.curves[0].values = values;
    }
    let (_folder, apart) = drawn_with_inset(&records, "apart");
    let (_other, without) = draw(&records, None);
    assert!(words(&apart[0]).iter().any(|word| word == "mean radius |w|"));
    assert!(pixels(&apart[1]).height() > pixels(&without[1]).height() + 200);
}
