//! Activations of the layers: those of the model, and the identity, which the last layer usually has.

use meanfield_kernel::tanh;
use meanfield_model::activation::{Activation, Placement, Shape, Smooth};

/// The activation φ_i of one layer.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum LayerActivation {
    /// φ(h) = h.
    Identity,
    /// One of the model's.
    Other(Activation),
}

impl LayerActivation {
    /// φ(h).
    pub fn value(&self, h: f64) -> f64 {
        match self {
            Self::Identity => h,
            Self::Other(activation) => activation.value(h),
        }
    }

    /// φ'(h); at a kink, from the right.
    pub fn slope(&self, h: f64) -> f64 {
        match self {
            Self::Identity => 1.0,
            Self::Other(activation) => activation.slope(h),
        }
    }

    /// φ and φ' of many pre-activations at once, fast where φ is tanh. Bits do not depend on their number.
    pub fn evaluate(&self, h: &[f64], value: &mut [f64], slope: &mut [f64]) {
        pulp::Arch::new().dispatch(Evaluation { activation: self, h, value, slope });
    }

    /// The same inside a dispatch on the instruction set.
    #[inline(always)]
    pub(crate) fn evaluate_inline(&self, h: &[f64], value: &mut [f64], slope: &mut [f64]) {
        match self {
            Self::Identity => {
                value.copy_from_slice(h);
                slope.fill(1.0);
            }
            Self::Other(Activation::Smooth(Smooth { shape: Shape::Tanh, place })) => {
                evaluate_tanh(*place, h, value, slope);
            }
            Self::Other(activation) => activation.evaluate(h, value, slope),
        }
    }

    /// Whether φ stays between two numbers, as the theory asks of all layers but the last.
    pub fn is_bounded(&self) -> bool {
        match self {
            Self::Identity => false,
            Self::Other(activation) => activation.is_bounded(),
        }
    }

    /// Whether φ' is continuous, as the theory asks of all layers.
    pub fn is_smooth(&self) -> bool {
        match self {
            Self::Identity => true,
            Self::Other(activation) => activation.is_smooth(),
        }
    }

    /// Whether φ' is 0 somewhere, which the theory excludes of the last layer.
    pub fn has_stationary_points(&self) -> bool {
        match self {
            Self::Identity => false,
            Self::Other(activation) => activation.has_stationary_points(),
        }
    }
}

/// Pre-activations and what becomes of them.
struct Evaluation<'a> {
    activation: &'a LayerActivation,
    h: &'a [f64],
    value: &'a mut [f64],
    slope: &'a mut [f64],
}

impl pulp::WithSimd for Evaluation<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        self.activation.evaluate_inline(self.h, self.value, self.slope);
    }
}

/// height · tanh(gain h + offset) + constant, and its slope.
#[inline(always)]
fn evaluate_tanh(place: Placement, h: &[f64], value: &mut [f64], slope: &mut [f64]) {
    let Placement { height, gain, offset, constant } = place;
    for ((h, value), slope) in h.iter().zip(value).zip(slope) {
        let (f, df) = tanh::value_and_slope(gain * h + offset);
        (*value, *slope) = (height * f + constant, height * gain * df);
    }
}

impl From<Activation> for LayerActivation {
    fn from(activation: Activation) -> Self {
        Self::Other(activation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use meanfield_model::activation::{PiecewiseLinear, Placement, Shape, Smooth};

    #[test]
    fn many_are_evaluated_as_each_is() {
        let tanh = Activation::Smooth(Smooth { shape: Shape::Tanh, place: Placement::default() });
        let relu = Activation::PiecewiseLinear(PiecewiseLinear::relu());
        let h: Vec<f64> = (-40..40).map(|k| 0.31 * f64::from(k)).collect();
        for activation in [LayerActivation::Identity, tanh.into(), relu.into()] {
            let mut value = vec![0.0; h.len()];
            let mut slope = value.clone();
            activation.evaluate(&h, &mut value, &mut slope);
            for (k, h) in h.iter().enumerate() {
                assert!((value[k] - activation.value(*h)).abs() < 1e-15, "{activation:?} {h}");
                assert!((slope[k] - activation.slope(*h)).abs() < 1e-15, "{activation:?} {h}");
            }
        }
    }
}
