//! The step of SGD (MMN 3 and 11, with any loss):
//!
//! ```text
//!   θ_i ← (1 − 2λ s_k) θ_i − s_k ∂₂ℓ(y_k, ŷ_k) ∇σ_*(x_k; θ_i) + √(4 s_k/β) g
//! ```

use meanfield_model::activation::Activation;
use meanfield_model::loss::Loss;
use meanfield_model::unit::Unit;
use meanfield_random::deviates::normal;
use meanfield_random::stream::{Purpose, generator};
use ndarray::Array2;

/// The rule by which weights are trained.
#[derive(Clone, Debug)]
pub struct Rule {
    /// σ.
    pub activation: Activation,
    /// ℓ.
    pub loss: Loss,
    /// σ_*, all of whose parameters are trained.
    pub unit: Unit,
    /// λ.
    pub ridge: f64,
    /// 1/β.
    pub temperature: f64,
}

impl Rule {
    /// −s ∂₂ℓ(y, ŷ), by which every ∇σ_* is multiplied.
    pub fn push(&self, step_size: f64, label: f64, output: f64) -> f64 {
        -step_size * self.loss.slope(label, output)
    }

    /// 1 − 2λ s.
    pub fn shrink(&self, step_size: f64) -> f64 {
        1.0 - 2.0 * self.ridge * step_size
    }

    /// √(4 s/β). (MMN print √(2 s/β), which is not the diffusion of their eq. 12: a factor 2 in β.)
    pub fn noise(&self, step_size: f64) -> f64 {
        (4.0 * step_size * self.temperature).sqrt()
    }
    /// What a step does beside following the gradient: the ridge's shrinking of all weights, then the noise
    /// of step k from the stream of a seed.
    pub fn shrink_and_disturb(&self, weights: &mut Array2<f64>, step_size: f64, seed: u64, k: u64) {
        if self.ridge != 0.0 {
            *weights *= self.shrink(step_size);
        }
        if self.temperature != 0.0 {
            let noise = self.noise(step_size);
            let mut random = generator(seed, Purpose::Noise, k);
            weights.mapv_inplace(|w| w + noise * normal(&mut random));
        }
    }
}
