//! Problems that several tests share.
#![allow(dead_code)]

use meanfield_deep::activation::LayerActivation;
use meanfield_deep::architecture::{Architecture, LayerSchedule};
use meanfield_deep::data::DataPoints;
use meanfield_deep::law::EntryLaw;
use meanfield_deep::problem::DeepProblem;
use meanfield_deep::start::Start;
use meanfield_model::activation::{Activation, Placement, Shape, Smooth};
use meanfield_model::loss::Loss;
use ndarray::{Array1, Array2};

pub fn tanh() -> LayerActivation {
    LayerActivation::Other(Activation::Smooth(Smooth { shape: Shape::Tanh, place: Placement::default() }))
}

/// tanh in all layers but the last.
pub fn activations(depth: usize) -> Vec<LayerActivation> {
    (0..depth - 1).map(|_| tanh()).chain([LayerActivation::Identity]).collect()
}

/// Forty inputs (x, 1), and labels of a curve.
pub fn curve() -> DataPoints {
    let inputs = Array2::from_shape_fn((40, 2), |(point, coordinate)| match coordinate {
        0 => -1.5 + 3.0 * point as f64 / 39.0,
        _ => 1.0,
    });
    let labels = Array1::from_iter(inputs.column(0).iter().map(|x| (2.0 * x).sin() + 0.3 * x));
    DataPoints::uniform(inputs, labels).expect("valid")
}

pub fn problem(depth: usize, loss: Loss) -> DeepProblem {
    problem_on(curve(), depth, loss)
}

pub fn problem_on(data: DataPoints, depth: usize, loss: Loss) -> DeepProblem {
    let architecture = Architecture::new(activations(depth), loss, vec![LayerSchedule::PLAIN; depth]);
    DeepProblem::new(architecture.expect("valid"), data)
}

pub const STANDARD: EntryLaw = EntryLaw::Normal { mean: 0.0, deviation: 1.0 };

/// Independent: normal first layer, means away from 0 in the others.
pub fn independent(depth: usize) -> Start {
    let mut others = vec![EntryLaw::Normal { mean: 1.0, deviation: 0.5 }; depth - 2];
    others.push(EntryLaw::Uniform { low: -0.5, high: 2.0 });
    Start::independent(vec![STANDARD; 2], others).expect("valid")
}
