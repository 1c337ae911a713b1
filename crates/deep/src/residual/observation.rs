//! What residual networks and their limits report: of each layer of features how far paths are apart, in how
//! many directions, and the least eigenvalue of their Gram matrix; the law of first-layer weights and, where
//! they are asked for, the laws of features at the inputs of the data. How paths move is not known here.

use meanfield_model::measure::Measure;
use meanfield_run::by_layer::{self, LAYER_DIMENSIONS, LAYER_SPREADS, LEAST_GRAMS};
use meanfield_run::system::{FurtherLaw, Observation, Scalar};

use super::architecture::ResidualProblem;
use super::engine::{PathWeights, ResidualEngine};
use super::gram::{empirical_gram, spectrum};
use super::paths::Paths;
use crate::engine::Points;
use crate::observation::law_of_first_layer;
use crate::statistics::{effective_dimension, spread};

/// Loss, curves by layer and law of paths.
pub fn observe(problem: &ResidualProblem, paths: &Paths) -> Observation {
    let mut engine = ResidualEngine::new(problem.architecture.clone());
    let risk = engine.loss(PathWeights::from(paths), Points::from(&*problem.data));
    let weights = problem.data.weights();
    let layers = 1..=problem.architecture.depth();
    let mut scalars = Vec::new();
    for (layer, quantity) in layers.clone().zip(LAYER_SPREADS) {
        let value = spread(engine.features(layer), &paths.shares, weights.view());
        scalars.push(Scalar::new(quantity, value));
    }
    for (layer, quantity) in layers.clone().zip(LAYER_DIMENSIONS) {
        let value = effective_dimension(engine.features(layer), &paths.shares, weights.view());
        scalars.push(Scalar::new(quantity, value));
    }
    for (layer, quantity) in layers.zip(LEAST_GRAMS) {
        let gram = empirical_gram(engine.values(layer).view(), &paths.shares);
        let least = spectrum(&gram).first().copied().unwrap_or(f64::NAN);
        scalars.push(Scalar::new(quantity, least));
    }
    let law = law_of_first_layer(paths.first.view(), paths.shares.view());
    Observation { risk, scalars, law }
}

/// The joint laws of β_1 … β_L at the inputs of the data; none where the problem does not ask for them.
pub fn laws_of_features(problem: &ResidualProblem, paths: &Paths) -> Vec<FurtherLaw> {
    if !problem.are_features_recorded {
        return Vec::new();
    }
    let inputs = problem.data.inputs();
    let mut engine = ResidualEngine::new(problem.architecture.clone());
    engine.forward(PathWeights::from(paths), inputs.view());
    let laws = (1..=problem.architecture.depth()).map(|layer| FurtherLaw {
        name: by_layer::features(layer),
        coordinates: (1..=inputs.nrows()).map(|number| format!("input_{number}")).collect(),
        inputs: Some(inputs.clone()),
        measure: Measure::Atoms {
            points: engine.features(layer).t().as_standard_layout().into_owned(),
            weights: paths.shares.clone(),
        },
    });
    laws.collect()
}
