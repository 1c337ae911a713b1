//! Figures of what does not move, and of what a varied key does. How axes and marks look is left to the eye.

use std::fs;
use std::path::Path;

use meanfield_compare::judge::compare;
use meanfield_figure::{Content, draw_all};
use meanfield_run::claim::Claim;
use meanfield_run::record::{Curve, Nature, Record, RunAxis};
use ndarray::{ArrayD, IxDyn};

use crate::made_up::*;

/// A state that does not move, observed once, beside the usual limit.
fn gibbs(risk: f64) -> Record {
    let mut gibbs = record("gibbs", "landscape", vec![10.0], vec![risk], vec![cells(10.0)]);
    gibbs.nature = Nature::Static;
    gibbs.snapshot_time = vec![10.0];
    gibbs.curves.push(curve("mean_radius", vec![1.5]));
    gibbs
}

/// Along how many pixels of its longest row a colour runs.
fn longest_row(file: &Path, colour: [u8; 3]) -> usize {
    let pixels = pixels(file);
    // legends stand in the uppermost fifth of the page
    (pixels.height() / 5..pixels.height())
        .map(|row| (0..pixels.width()).filter(|x| pixels.get_pixel(*x, row).0 == colour).count())
        .max()
        .unwrap_or(0)
}

/// Pixels of a colour in each of the four panels of a page.
fn in_quarters(file: &Path, colour: [u8; 3]) -> [usize; 4] {
    let pixels = pixels(file);
    let mut counts = [0; 4];
    for (x, y, _) in pixels.enumerate_pixels().filter(|(_, y, pixel)| pixel.0 == colour && *y > 160) {
        let right = x > pixels.width() / 2;
        let below = y > pixels.height() * 11 / 20;
        counts[usize::from(right) + 2 * usize::from(below)] += 1;
    }
    counts
}

const STANDING: [u8; 3] = [204, 121, 167];

#[test]
fn what_does_not_move_is_drawn_at_all_times() {
    let mut pde = limit("pde", "finite-volume", 0.0, cells);
    let means = ArrayD::from_elem(IxDyn(&[times().len()]), 1.2);
    pde.curves.push(Curve { name: "mean_radius".into(), meaning: "m".into(), values: means });
    let records = [gibbs(0.5), pde, sgd(2)];
    let comparison = compare(&records, "pde", &[]).expect("comparable");
    let (_folder, files) = draw(&records, Some(&comparison));
    keep(&files, "standing");
    assert!(longest_row(&files[1], STANDING) > 700, "a dashed line over the whole width");
    assert!(in_quarters(&files[3], STANDING).iter().all(|count| *count > 300), "a curve in every panel");
    let alone = draw(&[gibbs(0.5), records[1].clone()], None);
    assert!(words(&alone.1[0]).iter().any(|word| word == "gibbs (landscape, static)"));
    // an inset, or the panel in its stead, has such a line as well
    let content = Content { inset: &["mean_radius".to_owned()], ..content(&records, None) };
    let folder = tempfile::tempdir().expect("folder");
    let files = draw_all(folder.path(), &content).expect("drawn");
    keep(&files, "standing-inset");
    let dashes = |svg: &Path| fs::read_to_string(svg).expect("text").matches("#CC79A7").count();
    assert!(dashes(&files[0]) > dashes(&alone.1[0]) + 5);
}

#[test]
fn the_gap_of_what_does_not_move_is_drawn_where_a_claim_is_about_it() {
    let records = [gibbs(0.5), limit("pde", "finite-volume", 0.0, cells)];
    let comparison = compare(&records, "pde", &[]).expect("comparable");
    let dashes = |comparison| {
        let (_folder, files) = draw(&records, comparison);
        fs::read_to_string(&files[0]).expect("text").matches("#CC79A7").count()
    };
    assert_eq!(dashes(Some(&comparison)), dashes(None));
    let claim = Claim { system: "gibbs".into(), ..claim(10.0) };
    let claimed = compare(&records, "pde", &[claim]).expect("comparable");
    assert!(dashes(Some(&claimed)) > dashes(None));
}

#[test]
fn a_network_observed_once_was_so_only_then() {
    let mut network = gibbs(0.5);
    network.nature = Nature::Network;
    network.step = Some(vec![100]);
    let (_folder, files) = draw(&[network, limit("pde", "finite-volume", 0.0, cells)], None);
    assert!(longest_row(&files[1], [0, 114, 178]) < 30);
    assert!(!words(&files[0]).iter().any(|word| word.contains("static")));
}

/// The records at values of a key: each system's risk is `risk(value)`, some have a free energy.
fn over(name: &str, values: &[f64], records: &[Record]) -> Vec<Record> {
    let at = |record: &Record, value: f64| {
        let mut record = record.clone();
        record.curves[0].values *= 1.0 + (value.abs() + 1.0).ln();
        let energy = Curve { name: "free_energy".into(), ..record.curves[0].clone() };
        if record.step.is_none() {
            record.curves.push(Curve { values: -energy.values * value, ..energy });
        }
        record
    };
    let axis =
        || RunAxis { name: name.into(), key: Some(format!("dynamics.{name}")), values: values.to_vec() };
    records
        .iter()
        .map(|record: &Record| {
            Record::stack(axis(), values.iter().map(|value| at(record, *value)).collect()).expect("alike")
        })
        .collect()
}

#[test]
fn a_key_of_three_values_has_a_figure_of_its_own() {
    let records = over("temperature", &[1e-3, 0.01, 0.3], &[gibbs(0.1), usual(1).0.remove(0), sgd(4)]);
    let (_folder, files) = draw(&records, None);
    keep(&files, "over");
    assert_eq!(names(&files)[2..4], ["over_temperature.svg", "over_temperature.png"]);
    let said = words(&files[2]);
    let count = |word: &str| said.iter().filter(|said| *said == word).count();
    assert_eq!((count("temperature 1/β"), count("risk R"), count("free energy F")), (1, 1, 1), "{said:?}");
    assert_eq!((count("gibbs (landscape, static)"), count("pde (finite-volume) at t = 10")), (1, 1));
    let network = "sgd (finite-network, N = 800) at t = 10: mean ± standard error of 4 runs";
    assert_eq!((count(network), count("10⁻²"), count("regularised risk")), (1, 1, 0), "{said:?}");
}

#[test]
fn the_figure_over_a_key_answers_to_last_times_and_seeds() {
    let records = over("ridge", &[0.0, 0.1, 0.2], &[usual(1).0.remove(0), sgd(4)]);
    let svg = |records: &[Record]| {
        let (_folder, files) = draw(records, None);
        fs::read_to_string(files.iter().find(|file| file.ends_with("over_ridge.svg")).expect("drawn"))
            .expect("text")
    };
    let last = times().len() - 1;
    let mut end = records.clone();
    let mut seed = records.clone();
    let mut middle = records.clone();
    end[0].curves[0].values[[1, last]] += 0.1;
    // the mean stays, the error does not
    for (run, change) in [(0, 0.1), (1, -0.1)] {
        seed[1].curves[0].values[[2, run, last]] += change;
    }
    middle[0].curves[0].values[[1, last - 1]] += 0.1;
    assert_ne!(svg(&records), svg(&end));
    assert_ne!(svg(&records), svg(&seed));
    assert_eq!(svg(&records), svg(&middle));
}

#[test]
fn a_key_of_one_system_leaves_the_others_level() {
    let mut records = over("step_size", &[1e-4, 1e-3, 5e-3], &[sgd(3)]);
    let [mut pde, mut other] = [limit("pde", "finite-volume", 0.2, cells), sgd(2)];
    pde.curves.push(Curve { name: "free_energy".into(), ..pde.curves[0].clone() });
    other.system = "other".into();
    records.extend([pde, other]);
    let (_folder, files) = draw(&records, None);
    keep(&files, "over-level");
    let [svg, png] = [&files[2], &files[3]];
    assert_eq!(names(&files)[2], "over_step_size.svg");
    assert!(longest_row(png, [0, 0, 0]) > 1000, "a level line");
    let said = words(svg);
    assert!(said.iter().any(|word| word == "step size ε"));
    assert!(!said.iter().any(|word| word == "free energy F"), "it does not depend on the key");
}

#[test]
fn over_a_key_but_not_over_time_there_is_no_figure_over_time() {
    let values = [1e-3, 0.01, 0.1, 0.2, 0.3, 0.4];
    let (_folder, files) = draw(&over("temperature", &values, &[gibbs(0.1)]), None);
    keep(&files, "over-static");
    assert_eq!(
        names(&files),
        ["over_temperature.svg", "over_temperature.png", "law_radius.svg", "law_radius.png"]
    );
    assert_eq!(words(&files[2]).iter().filter(|word| word.starts_with("1/β = ")).count(), 6);
    assert!(pixels(&files[3]).height() < 842 * 1600 / 510, "it goes onto a page");
    let (_folder, files) = draw(&over("temperature", &values[..2], &[gibbs(0.1)]), None);
    assert_eq!(names(&files)[0], "risk.svg");
}

#[test]
fn three_keys_have_maps_of_two_at_each_value_of_the_third() {
    let one = over("ridge", &[0.1, 0.2, 0.3], &[usual(1).0.remove(0)]);
    let two = over("temperature", &[0.1, 0.2, 0.3], &one);
    let (_folder, files) = draw(&over("scale", &[0.4, 0.8], &two), None);
    keep(&files, "over-three");
    let name = "over_temperature_and_ridge_and_scale.svg";
    let svg = files.iter().find(|file| file.ends_with(name)).unwrap_or_else(|| panic!("{:?}", names(&files)));
    let said = words(svg);
    let count = |word: &str| said.iter().filter(|said| *said == word).count();
    assert_eq!((count("κ = 0.4"), count("κ = 0.8"), count("(b)"), count("(e)")), (1, 1, 1, 0), "{said:?}");
    // One range of colours for both values: the risk grows with each key.
    let risk = said.iter().filter(|word| word.contains("risk from ")).count();
    assert_eq!((risk, count("temperature 1/β"), count("ridge λ")), (1, 2, 1), "{said:?}");
}

#[test]
fn at_many_points_static_systems_are_drawn_over_the_key_alone() {
    let level = |values: &[f64]| {
        let (_folder, files) = draw(&over("temperature", values, &[gibbs(0.1), usual(1).0.remove(0)]), None);
        words(&files[0])
    };
    let few = level(&[0.1, 0.2, 0.3]);
    assert!(few.iter().any(|word| word == "gibbs (landscape, static)"), "{few:?}");
    let many = level(&[0.1, 0.2, 0.3, 0.4, 0.5]);
    assert!(many.iter().any(|word| word == "gibbs (static): in the figure over 1/β"), "{many:?}");
    assert!(!many.iter().any(|word| word == "gibbs (landscape, static)"), "{many:?}");
}

#[test]
fn two_keys_have_a_map_and_none_no_figure_over_a_key() {
    let one = over("ridge", &[0.1, 0.2, 0.3], &[usual(1).0.remove(0)]);
    let over_keys = |records: &[Record]| {
        let (_folder, files) = draw(records, None);
        names(&files).into_iter().filter(|name| name.starts_with("over_")).collect::<Vec<_>>()
    };
    let map = over_keys(&over("temperature", &[0.1, 0.2, 0.3], &one));
    assert_eq!(map, ["over_temperature_and_ridge.svg", "over_temperature_and_ridge.png"]);
    assert!(
        over_keys(&over("temperature", &[0.1, 0.2], &one)).is_empty(),
        "of two values no map can be judged"
    );
    assert!(over_keys(&usual(2).0).is_empty());
    let mut odd = one;
    odd[0].curves[0].values.fill(f64::NAN);
    assert!(draw(&odd, None).1.iter().all(|file| !file.ends_with("over_ridge.svg")));
}
