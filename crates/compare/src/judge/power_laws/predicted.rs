//! What a limit predicts of its networks: the curves of its record that state the parts of bias and variance,
//! and their values at one N and ε. Where a record lacks a curve, nothing is predicted.

use meanfield_run::facts::{NEURONS, STEP_SIZE};
use meanfield_run::record::RunAxis;
use meanfield_run::scaled::{ScaledQuantity, Statistic};

use super::samples::SampledPoint;
use crate::align;
use crate::judge::pair::Pair;

/// A part of a quantity, `curve`(t) N^(−neurons) ε^steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PredictedPart {
    /// The reference's curve.
    curve: &'static str,
    /// Power of 1/N.
    pub neurons: i32,
    /// Power of ε.
    pub steps: i32,
}

impl PredictedPart {
    const fn new(curve: &'static str, neurons: i32, steps: i32) -> Self {
        Self { curve, neurons, steps }
    }

    /// The factor of the powers at a point, where the reference knows it.
    pub fn factor(&self, point: &SampledPoint) -> Option<f64> {
        let slack = Pair::new(&point.system, &point.reference, &[]).slack;
        let base = &point.reference;
        let values = align::mean(&align::runs(base, base.curve(self.curve)?));
        align::interpolate(&base.time, &values, point.time, slack).filter(|value| value.is_finite())
    }

    /// Its value at a point.
    pub fn value(&self, point: &SampledPoint) -> Option<f64> {
        let neurons = if self.neurons == 0 { 1.0 } else { point.system.fact(NEURONS)?.powi(-self.neurons) };
        let steps = if self.steps == 0 { 1.0 } else { point.system.fact(STEP_SIZE)?.powi(self.steps) };
        Some(self.factor(point)? * neurons * steps)
    }

    /// The exponent of the key that an axis varies, if the part is a power of that key alone.
    pub fn exponent_over(&self, axis: &RunAxis) -> Option<f64> {
        match (role(axis)?, self.neurons, self.steps) {
            (Role::Neurons, 1, 0) => Some(-1.0),
            (Role::Steps, 0, 1) => Some(1.0),
            _ => None,
        }
    }
}

/// Parts of E R_N − R.
const OF_BIAS: &[PredictedPart] =
    &[PredictedPart::new("bias_per_neuron", 1, 0), PredictedPart::new("bias_per_step", 0, 1)];
/// Parts of Var R_N: those of first order, then the second chaos.
const OF_VARIANCE: &[PredictedPart] = &[
    PredictedPart::new("variance_per_neuron", 1, 0),
    PredictedPart::new("variance_per_step", 0, 1),
    PredictedPart::new("variance_per_neuron_squared", 2, 0),
    PredictedPart::new("variance_per_neuron_step", 1, 1),
    PredictedPart::new("variance_per_step_squared", 0, 2),
];

/// The parts of a quantity (of its square, where parts add up in that) that a limit may predict.
pub(super) fn parts(quantity: &ScaledQuantity) -> &'static [PredictedPart] {
    match quantity {
        ScaledQuantity::Curve { curve, statistic } if curve == "risk" => match statistic {
            Statistic::Bias => OF_BIAS,
            Statistic::Spread => OF_VARIANCE,
            _ => &[],
        },
        _ => &[],
    }
}

/// The number of a network that a key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// N.
    Neurons,
    /// ε.
    Steps,
}

/// The number of a network that an axis varies; None of any other key.
pub(super) fn role(axis: &RunAxis) -> Option<Role> {
    match axis.key.as_ref()?.rsplit('.').next()? {
        "neurons" => Some(Role::Neurons),
        "step-size" => Some(Role::Steps),
        _ => None,
    }
}
