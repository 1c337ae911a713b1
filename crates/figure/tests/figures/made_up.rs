//! Made-up records that resemble the real case, and what can be asked of a figure drawn from them: every SVG
//! is checked, every bitmap seen not to be blank. Nothing is tested here.

use std::f64::consts::PI;
use std::fs;
use std::path::{Path, PathBuf};

use meanfield_compare::comparison::Comparison;
use meanfield_compare::judge::compare;
use meanfield_figure::{Content, draw_all};
use meanfield_model::axis::Axis;
use meanfield_model::measure::Measure;
use meanfield_run::claim::Claim;
use meanfield_run::record::{Curve, Fact, NamedLaw, Nature, Record, RunAxis};
use ndarray::{ArrayD, IxDyn};

const SNAPSHOTS: [f64; 4] = [0.1, 1.0, 4.0, 10.0];
const TITLE: &str = "Isotropic Gaussians: the PDE predicts the radial law and the risk of SGD";

/// Two Gaussians (share, centre, width) that part as time goes on.
fn peaks(time: f64) -> [(f64, f64, f64); 2] {
    let done = 1.0 - (-time / 2.0).exp();
    let down = 0.79 - 0.59 * done;
    let up = 0.79 + 2.21 * done;
    [(0.45, down, 0.09 - 0.06 * done), (0.55, up, 0.09 + 0.08 * done)]
}

pub fn density(time: f64, r: f64) -> f64 {
    peaks(time)
        .into_iter()
        .map(|(share, at, wide): (f64, f64, f64)| {
            share * (-0.5 * ((r - at) / wide).powi(2)).exp() / (wide * (2.0 * PI).sqrt())
        })
        .sum()
}

pub fn risk(time: f64) -> f64 {
    0.08 + 0.85 / (1.0 + (time / 1.5).powf(1.7))
}

pub fn cells(time: f64) -> Measure {
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

pub fn random_atoms(time: f64, count: usize, seed: u64) -> Measure {
    let law = cells(time).marginal(0);
    let points: Vec<f64> = uniforms(seed).take(count).map(|u| law.quantile(u)).collect();
    Measure::equal_atoms(&points)
}

pub fn uniforms(seed: u64) -> impl Iterator<Item = f64> {
    let mut state = seed;
    std::iter::repeat_with(move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    })
}

pub fn curve(name: &str, values: Vec<f64>) -> Curve {
    let values = ArrayD::from_shape_vec(IxDyn(&[values.len()]), values).expect("shape");
    Curve { name: name.into(), meaning: name.into(), values }
}

pub fn record(system: &str, kind: &str, time: Vec<f64>, risk: Vec<f64>, laws: Vec<Measure>) -> Record {
    Record {
        system: system.into(),
        kind: kind.into(),
        axes: Vec::new(),
        time,
        step: None,
        curves: vec![curve("risk", risk)],
        levels: Vec::new(),
        quantiles: Vec::new(),
        snapshot_time: SNAPSHOTS[..laws.len()].to_vec(),
        laws: vec![NamedLaw::neurons(vec!["radius".into()], laws)],
        facts: Vec::new(),
        ..Record::default()
    }
}

pub fn times() -> Vec<f64> {
    let logarithmic = (0..61).map(|i| 1e-3 * 10_f64.powf(4.0 * f64::from(i) / 60.0));
    std::iter::once(0.0).chain(logarithmic).collect()
}

pub fn limit(system: &str, kind: &str, shift: f64, law: impl Fn(f64) -> Measure) -> Record {
    let risks = times().iter().map(|t| risk(*t) + shift).collect();
    let mut record = record(system, kind, times(), risks, SNAPSHOTS.map(law).to_vec());
    record.curves.push(curve("bias_per_neuron", times().iter().map(|t| 6.0 * (1.0 - risk(*t))).collect()));
    record
}

pub fn sgd(seeds: u64) -> Record {
    let axis = RunAxis { name: "seed".into(), key: None, values: (0..seeds).map(|s| s as f64).collect() };
    Record::stack(
        axis,
        (0..seeds)
            .map(|seed: u64| {
                let mut noise = uniforms(seed + 100);
                let mut walk = 0.0;
                let risks = times().into_iter().map(|t| {
                    walk = 0.8 * walk + 0.006 * (noise.next().expect("endless") - 0.5);
                    risk(t) + walk + 6.0 * (1.0 - risk(t)) / 800.0
                });
                let risks = risks.collect();
                let laws = SNAPSHOTS.map(|t| random_atoms(t, 800, seed + 7)).to_vec();
                let mut run = record("sgd", "finite-network", times(), risks, laws);
                run.nature = Nature::Network;
                run.step = Some(times().iter().map(|t| (t * 1e6) as u64).collect());
                run.facts.push(Fact::new("neurons", 800.0));
                run
            })
            .collect(),
    )
    .expect("alike")
}

/// SGD's risk stays so near that of the reference from t = 0.1 on.
pub fn claim(within: f64) -> Claim {
    let system = "sgd".into();
    let quantity = "risk".into();
    Claim { system, quantity, from: Some(0.1), until: None, end: 10.0, within }
}

pub fn usual(seeds: u64) -> (Vec<Record>, Comparison) {
    let pde = limit("pde", "finite-volume", 0.0004, cells);
    let atoms = limit("atoms", "characteristics", 0.0, |t| quantile_atoms(t, 400));
    let records = vec![pde, atoms, sgd(seeds)];
    let comparison = compare(&records, "atoms", &[claim(0.02)]).expect("comparable");
    (records, comparison)
}

/// Figures are kept to be looked at with `FIGURES=folder cargo test --test figures`.
pub fn keep(files: &[PathBuf], name: &str) {
    let Ok(folder) = std::env::var("FIGURES") else { return };
    for file in files {
        fs::create_dir_all(&folder).expect("folder");
        let file_name = file.file_name().expect("name").display();
        fs::copy(file, format!("{folder}/{name}-{file_name}")).expect("kept");
    }
}

pub fn content<'a>(records: &'a [Record], comparison: Option<&'a Comparison>) -> Content<'a> {
    Content::new(TITLE, records, comparison)
}

pub fn draw(records: &[Record], comparison: Option<&Comparison>) -> (tempfile::TempDir, Vec<PathBuf>) {
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

pub fn names(files: &[PathBuf]) -> Vec<String> {
    files.iter().map(|f| f.file_name().expect("name").to_string_lossy().into_owned()).collect()
}

/// Every tag closed, texts as text with their font, every number a number.
fn check_svg(document: &str) {
    let mut open: Vec<&str> = Vec::new();
    for tag in document.split('<').skip(1) {
        let (inside, after) = tag.split_once('>').expect("closed");
        assert_eq!(inside.matches('"').count() % 2, 0, "{tag}");
        let name = inside.trim_start_matches('/').split([' ', '/']).next().expect("name");
        let has_words = ["text", "style"].contains(&name) && !inside.starts_with('/');
        assert!((has_words || after.trim().is_empty()) && !inside.contains('<'), "{tag}");
        if inside.starts_with('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !inside.ends_with('/') {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?}");
    assert!(document.starts_with("<svg width=\"510pt\"") && document.contains("viewBox=\"0 0 5100 "));
    let outside_the_font = document.split("base64,").map(|part| part.split_once(')').map_or(part, |p| p.1));
    let outside_the_font: String = outside_the_font.collect();
    assert!(outside_the_font.contains("<text") && document.contains("@font-face"));
    assert!(!outside_the_font.contains("NaN") && !outside_the_font.contains("inf\""));
}

/// The picture, seen to be of the right width and not blank.
pub fn pixels(file: &Path) -> image::RgbImage {
    let image = image::open(file).expect("a picture").to_rgb8();
    assert_eq!(image.width(), 1600);
    let inked = image.pixels().filter(|p| p.0 != [255; 3]).count();
    // Maps of two keys are full of colour.
    let is_map = file.to_string_lossy().contains("_and_");
    let most = (image.width() * image.height()) as usize * if is_map { 9 } else { 5 } / 10;
    assert!(inked > 5_000 && inked < most, "{inked} in {file:?}");
    image
}

/// The words of a picture.
pub fn words(svg: &Path) -> Vec<String> {
    let text = fs::read_to_string(svg).expect("text");
    let label = |part: &str| {
        let words = part.split_once('>').and_then(|(_, rest)| rest.split_once("</text>"));
        words.expect("closed").0.to_owned()
    };
    text.split("<text ").skip(1).map(label).collect()
}
