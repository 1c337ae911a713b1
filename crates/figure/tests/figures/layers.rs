//! Figures of what layers answer to inputs.

use meanfield_model::measure::Measure;
use meanfield_run::by_layer;
use meanfield_run::record::{NamedLaw, Record};
use ndarray::{Array1, Array2, array};

use crate::made_up::*;

/// A law of pre-activations at three inputs, at every snapshot of a record.
fn answers(record: &Record, layer: usize, neurons: &Array2<f64>) -> NamedLaw {
    let shares = Array1::from_elem(neurons.nrows(), 1.0 / neurons.nrows() as f64);
    let law = Measure::Atoms { points: neurons.clone(), weights: shares };
    NamedLaw {
        name: by_layer::pre_activations(layer),
        coordinates: ["input_1", "input_2", "input_3"].map(str::to_owned).to_vec(),
        inputs: Some(array![[-1.0, 1.0], [0.5, 1.0], [2.0, 1.0]]),
        measures: vec![law; record.runs() * record.snapshot_time.len()],
    }
}

/// The usual records, with two layers whose second has these neurons in the first record.
fn layered(second: &Array2<f64>) -> Vec<Record> {
    let (mut records, _) = usual(2);
    for (number, record) in records.iter_mut().enumerate() {
        let lines = array![[-1.0, 0.5, 2.0], [3.0, 0.0, -3.0], [0.25, 0.25, 0.25]];
        let own = if number == 0 { second.clone() } else { lines.clone() };
        let further = [answers(record, 1, &lines), answers(record, 2, &own)];
        let output = answers(record, 3, &array![[0.0, 1.0, 2.0]]);
        record.laws.extend(further);
        record.laws.push(output);
    }
    records
}

#[test]
fn answers_of_layers_are_drawn_as_fans_and_spectra() {
    let different = layered(&array![[0.0, 1.0, 2.0], [0.5, 0.0, 1.0]]);
    let (_folder, files) = draw(&different, None);
    let names = names(&files);
    for name in ["pre_activations.svg", "diversity_spectrum.png"] {
        assert!(names.contains(&name.to_owned()), "{names:?}");
    }
    keep(&files, "layers");
    let text = |records: &[Record]| {
        let (_folder, files) = draw(records, None);
        let file = files.iter().find(|file| file.ends_with("diversity_spectrum.svg")).expect("drawn");
        std::fs::read_to_string(file).expect("text")
    };
    assert!(!text(&different).contains("neurons are equal"));
    // A limit whose neurons are equal has no spectrum, and the figure says so.
    assert!(
        text(&layered(&array![[0.0, 1.0, 2.0], [0.0, 1.0, 2.0]])).contains("limit: all neurons are equal")
    );
}
