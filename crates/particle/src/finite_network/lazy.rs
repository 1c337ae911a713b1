//! Networks in the lazy scaling ŷ = α (f_N − f_N(0)), trained with steps ε/α². With the squared loss
//!
//! ```text
//!   θ ← θ + 2 (s_k/α²) (y − ŷ) α ∇σ_* = θ + 2 s_k (y/α + f_N(0) − f_N) ∇σ_*,
//! ```
//! the SGD of the plain network on labels y/α + f_N(0)(x): engines need not know. What is observed is the
//! network of 2N neurons, a σ with a = ±2α, whose mean is ŷ: the trained ones less those of the start.

use meanfield_model::unit::{Neurons, Unit};
use ndarray::{Array2, Axis, concatenate};

use super::outputs::Outputs;
use super::setup::Setup;
use crate::sampler::Samples;

/// The start of a network in this scaling.
pub struct LazyStart {
    alpha: f64,
    outputs: Outputs,
}

impl LazyStart {
    /// The start of a run; None of one in the mean-field scaling.
    pub fn new(setup: &Setup) -> Option<Self> {
        let alpha = setup.lazy?;
        Some(Self { alpha, outputs: Outputs::new(setup.unit(), &setup.start()) })
    }

    /// y/α + f_N(0)(x) in place of labels.
    pub fn relabel(&self, setup: &Setup, samples: &mut Samples) {
        let first = self.outputs.on(&setup.activation, &samples.x);
        samples.y.iter_mut().zip(first).for_each(|(y, first)| *y = *y / self.alpha + first);
    }
}

/// The neurons (a, b, w) of the network whose output is ŷ, with their unit: of the scaling α those of
/// `parameters`, shape (neuron, D), less those of the start.
pub fn observed_neurons(setup: &Setup, parameters: &Array2<f64>) -> (Unit, Array2<f64>) {
    let Some(alpha) = setup.lazy else { return (setup.unit(), parameters.clone()) };
    let trained = affine(setup.unit(), parameters, 2.0 * alpha);
    let first = affine(setup.unit(), &setup.start(), -2.0 * alpha);
    (Unit::Affine, concatenate![Axis(0), trained, first])
}

/// Rows (factor a, b, w).
fn affine(unit: Unit, parameters: &Array2<f64>, factor: f64) -> Array2<f64> {
    let Neurons { outer, offsets, weights } = unit.neurons(parameters.view());
    let columns = Array2::from_shape_fn((outer.len(), 2), |(i, c)| match c {
        0 => factor * outer[i],
        _ => offsets[i],
    });
    concatenate![Axis(1), columns, weights]
}
