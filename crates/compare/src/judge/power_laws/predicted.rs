//! What a limit predicts of its networks: the curves of its record that state the parts of bias and variance,
//! and their values at one N and ε. Where a record lacks a curve, nothing is predicted.

use meanfield_run::facts::{NEURONS, STEP_SIZE};
use meanfield_run::record::RunAxis;
use meanfield_run::scaled::{ScaledQuantity, Statistic};

use super::samples::SampledPoint;
use crate::align;
use crate::judge::pair::Pair;
pub(super) use crate::judge::prediction::PredictedPart;
use crate::judge::prediction::{BIAS, RADIUS_BIAS, RADIUS_VARIANCE, VARIANCE};

impl PredictedPart {
    /// The factor of the powers at a point, where the reference knows it.
    pub(super) fn factor(&self, point: &SampledPoint) -> Option<f64> {
        let slack = Pair::new(&point.system, &point.reference, &[]).slack;
        let base = &point.reference;
        let values = align::mean(&align::runs(base, base.curve(self.quantity)?));
        align::interpolate(&base.time, &values, point.time, slack).filter(|value| value.is_finite())
    }

    /// Its value at a point.
    pub(super) fn value(&self, point: &SampledPoint) -> Option<f64> {
        if !self.fits(&point.system) {
            return None;
        }
        let neurons = if self.neurons == 0 { 1.0 } else { point.system.fact(NEURONS)? };
        let step_size = if self.steps == 0 { 1.0 } else { point.system.fact(STEP_SIZE)? };
        Some(self.factor(point)? * self.powers(neurons, step_size))
    }

    /// The exponent of the key that an axis varies, if the part is a power of that key alone.
    pub(super) fn exponent_over(&self, axis: &RunAxis) -> Option<f64> {
        match (role(axis)?, self.neurons, self.steps) {
            (Role::Neurons, 1, 0) => Some(-1.0),
            (Role::Steps, 0, 1) => Some(1.0),
            _ => None,
        }
    }
}

/// The parts of a quantity (of its square, where parts add up in that) that a limit may predict.
pub(super) fn parts(quantity: &ScaledQuantity) -> &'static [PredictedPart] {
    let ScaledQuantity::Curve { curve, statistic } = quantity else { return &[] };
    match (curve.as_str(), statistic) {
        ("risk", Statistic::Bias) => BIAS,
        ("risk", Statistic::Spread) => VARIANCE,
        ("mean_radius", Statistic::Bias) => RADIUS_BIAS,
        ("mean_radius", Statistic::Spread) => RADIUS_VARIANCE,
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
