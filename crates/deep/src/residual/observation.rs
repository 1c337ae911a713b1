//! What residual networks and their limits report: of each layer of features how far paths are apart, in how
//! many directions, and the least eigenvalue of their Gram matrix; the law of first-layer weights and, where
//! they are asked for, the laws of features at the inputs of the data. How paths move is not known here.

use meanfield_run::by_layer::{self, LAYER_DIMENSIONS, LAYER_SPREADS};
use meanfield_run::quantities::LEAST_GRAM_EIGENVALUE;
use meanfield_run::system::{FurtherLaw, Observation, Scalar};
use ndarray::s;

use super::architecture::ResidualProblem;
use super::engine::{PathWeights, ResidualEngine};
use super::paths::Paths;
use crate::engine::Points;
use crate::observation::{law_at_inputs, law_of_first_layer};
use crate::spectral::{empirical_gram, spectrum};
use crate::statistics::{effective_dimension, spread};

/// How curves are defined here.
const SPREAD: &str =
    "root mean square over the inputs of the deviation of the layer's features β across paths";
const DIMENSION: &str = "effective dimension (Σλ)²/Σλ² of the span of the layer's features, λ the \
                         eigenvalues of their covariance over the inputs";

/// Loss, curves by layer and law of paths; tagged ones do not count.
pub fn observe(problem: &ResidualProblem, paths: &Paths) -> Observation {
    let mut engine = ResidualEngine::new(problem.architecture.clone());
    let risk = engine.loss(PathWeights::from(paths), Points::from(&*problem.data));
    let weights = problem.data.weights();
    let layers = 1..=problem.architecture.depth();
    let mut scalars = Vec::new();
    for (layer, quantity) in layers.clone().zip(LAYER_SPREADS) {
        let value = spread(engine.features(layer), &paths.shares, weights.view());
        scalars.push(Scalar::defined(quantity, SPREAD, value));
    }
    for (layer, quantity) in layers.clone().zip(LAYER_DIMENSIONS) {
        let value = effective_dimension(engine.features(layer), &paths.shares, weights.view());
        scalars.push(Scalar::defined(quantity, DIMENSION, value));
    }
    let grams = layers.map(|layer| empirical_gram(engine.values(layer).view(), &paths.shares));
    let least = grams.map(|gram| spectrum(&gram)[0]).fold(f64::INFINITY, f64::min);
    scalars.push(Scalar::new(LEAST_GRAM_EIGENVALUE, least));
    let acting = paths.acting();
    let shares = paths.shares.slice(s![..acting]);
    let law = law_of_first_layer(paths.first.slice(s![.., ..acting]), shares);
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
    let layers = 1..=problem.architecture.depth();
    let laws = layers
        .map(|layer| law_at_inputs(by_layer::features(layer), inputs, engine.features(layer), &paths.shares));
    laws.collect()
}
