//! The figure of what moves a few neurons: there where the record has forces, with a panel a time, and
//! answering to them.

use std::fs;

use meanfield_model::measure::Measure;
use meanfield_run::record::{FORCES, NamedLaw, Nature, Record};
use ndarray::{Array1, Array2};

use crate::made_up::*;

const TIMES: [f64; 4] = [0.0, 0.5, 1.0, 4.0];
/// Sky blue, vermillion and ink: field, repulsion and their sum.
const COLOURS: [[u8; 3]; 3] = [[86, 180, 233], [213, 94, 0], [38, 38, 38]];

/// Three neurons that spread while field and repulsion come to balance.
fn forces(time: f64, turned: f64) -> Measure {
    let left = (-time).exp();
    let points = Array2::from_shape_fn((3, 6), |(i, c)| {
        let angle = 2.1 * i as f64 + [0.0, 0.3, turned][c / 2];
        let size = [1.0 - 0.4 * left, 0.2 + 0.5 * left, -0.2 - 0.1 * left][c / 2];
        size * if c % 2 == 0 { angle.cos() } else { angle.sin() }
    });
    Measure::Atoms { points, weights: Array1::from_elem(3, 1.0 / 3.0) }
}

fn three(turned: f64) -> Record {
    let risks = times().iter().map(|t| risk(*t)).collect();
    let mut record = record("three", "finite-network", times(), risks, Vec::new());
    record.nature = Nature::Network;
    record.snapshot_time = TIMES.to_vec();
    let names = |parts: &[&str]| -> Vec<String> {
        parts.iter().flat_map(|part| [1, 2].map(|i| format!("{part}weight_{i}"))).collect()
    };
    let all: Vec<Measure> = TIMES.iter().map(|time| forces(*time, turned)).collect();
    let places = all.iter().map(|law: &Measure| {
        let (points, weights) = law.atoms().expect("atoms");
        Measure::Atoms { points: points.slice(ndarray::s![.., ..2]).to_owned(), weights: weights.clone() }
    });
    let mut law = NamedLaw::neurons(names(&[""]), places.collect());
    let neurons = law.clone();
    (law.name, law.coordinates, law.measures) = (FORCES.into(), names(&["", "field_", "repulsion_"]), all);
    record.laws = vec![neurons, law];
    record
}

#[test]
fn arrows_are_drawn_at_each_time_and_answer_to_the_record() {
    let (_folder, files) = draw(&[three(0.3)], None);
    keep(&files, "forces");
    assert_eq!(names(&files)[names(&files).len() - 2..], ["forces.svg", "forces.png"]);
    let svg = files.iter().find(|file| file.ends_with("forces.svg")).expect("drawn");
    let png = files.iter().find(|file| file.ends_with("forces.png")).expect("drawn");
    let said = words(svg);
    assert_eq!(said.iter().filter(|word| word.starts_with("t = ")).count(), TIMES.len(), "{said:?}");
    for words in ["field of the data, −∇V(w)", "their sum −∇Ψ, along the net step", "first-layer weight w₂"]
    {
        assert!(said.iter().any(|said| said == words), "{words}: {said:?}");
    }
    for colour in COLOURS {
        let drawn = pixels(png).pixels().filter(|pixel| pixel.0 == colour).count();
        assert!(drawn > 100, "{colour:?}: {drawn} pixels");
    }
    let (_other, others) = draw(&[three(1.3)], None);
    let other = others.iter().find(|file| file.ends_with("forces.svg")).expect("drawn");
    assert_ne!(fs::read(svg).expect("bytes"), fs::read(other).expect("bytes"));
}

#[test]
fn without_forces_there_is_no_such_figure() {
    let mut record = three(0.3);
    record.laws.pop();
    let (_folder, files) = draw(&[record], None);
    assert!(names(&files).iter().all(|name| !name.starts_with("forces")), "{:?}", names(&files));
}
