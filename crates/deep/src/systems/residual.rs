//! Residual networks and their limits as systems that the driver runs and observes: the loss as risk, the law
//! of v_1, and for each hidden layer how far features are apart across paths.

pub mod coupled;
pub mod limit;
pub mod network;

use meanfield_run::by_layer::LAYER_SPREADS;
use meanfield_run::quantity::Quantity;
use meanfield_run::system::{Observation, Scalar};
use ndarray::s;

use super::law_of_first_layer;
use crate::engine::Points;
use crate::residual::architecture::ResidualProblem;
use crate::residual::engine::{PathWeights, ResidualEngine};
use crate::residual::flow::feature_spread;

use crate::residual::paths::Paths;
use crate::residual::spectral::{empirical_gram, spectrum};

/// λ_min of Assumption 2, along the run.
pub static GRAM_EIGENVALUE: &Quantity = &Quantity::result(
    "gram_eigenvalue",
    "λ_min",
    "smallest eigenvalue of E h₁(β_ℓ) h₁(β_ℓ)ᵀ over the layers ℓ: fits fail where it is 0",
);

/// By how much the loss of the limit may err.
pub static LIMIT_ERROR: &Quantity = &Quantity::result(
    "limit_error",
    "",
    "half the width of a 95 % interval about the extrapolated loss of the limit, from its groups of paths",
);

/// How the spread is defined here.
const SPREAD: &str =
    "root mean square over the inputs of the deviation of the layer's features β across paths";

/// Loss, spreads and law of paths; tagged ones do not count.
fn observe(problem: &ResidualProblem, paths: &Paths) -> Observation {
    let mut engine = ResidualEngine::new(problem.architecture.clone());
    let risk = engine.loss(PathWeights::from(paths), Points::from(&*problem.data));
    let weights = problem.data.weights().view();
    let layers = 1..=problem.architecture.depth();
    let spreads = layers.clone().zip(LAYER_SPREADS).map(|(layer, quantity)| {
        let spread = feature_spread(engine.features(layer), &paths.shares, weights);
        Scalar::defined(quantity, SPREAD, spread)
    });
    let mut scalars: Vec<Scalar> = spreads.collect();
    let grams = layers.map(|layer| empirical_gram(engine.values(layer).view(), &paths.shares));
    let smallest = grams.map(|gram| spectrum(&gram)[0]).fold(f64::INFINITY, f64::min);
    scalars.push(Scalar::new(GRAM_EIGENVALUE, smallest));
    let acting = paths.acting();
    let law = law_of_first_layer(paths.first.slice(s![.., ..acting]), paths.shares.slice(s![..acting]));
    Observation { risk, scalars, law }
}
