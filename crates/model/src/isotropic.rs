//! A neuron σ(⟨w, x⟩) under isotropic classes: its mean square output, whatever its features are.

use crate::activation::Activation;
use crate::data::Class;

/// E σ(⟨w, x⟩)² = U(θ, θ) for |w| = `radius`, exact.
pub(crate) fn mean_square_output(classes: &[Class], activation: &Activation, radius: f64) -> f64 {
    classes.iter().map(|class| class.weight * activation.second_moment(0.0, class.scale * radius)).sum()
}
