//! Activations of the layers: those of the model, and the identity, which the last layer usually has.

use meanfield_model::activation::Activation;

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

    /// φ and φ' of many pre-activations at once.
    #[inline(always)]
    pub fn evaluate(&self, h: &[f64], value: &mut [f64], slope: &mut [f64]) {
        match self {
            Self::Identity => {
                value.copy_from_slice(h);
                slope.fill(1.0);
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
            Self::Other(activation) => activation.kinks().is_empty(),
        }
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
