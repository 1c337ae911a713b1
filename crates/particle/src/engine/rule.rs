//! The step of SGD (MMN 3 and 11, with any loss):
//!
//! ```text
//!   θ_i ← (1 − 2λ s_k) θ_i − s_k ∂₂ℓ(y_k, ŷ_k) ∇σ_*(x_k; θ_i) + √(4 s_k/β) g
//! ```
//! where s_k is f_g s_k for the parameters of group g.

use meanfield_model::activation::Activation;
use meanfield_model::loss::Loss;
use meanfield_model::parameter_groups::{ParameterGroup, ParameterGroups};
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
    /// 1/β at t = 0.
    pub temperature: f64,
    /// f_g, and on which groups the ridge acts.
    pub groups: ParameterGroups,
}

impl Rule {
    /// −s ∂₂ℓ(y, ŷ), by which every ∇σ_* is multiplied.
    pub fn push(&self, step_size: f64, label: f64, output: f64) -> f64 {
        -step_size * self.loss.slope(label, output)
    }

    /// 1 − 2λ s, of groups that are trained alike.
    pub fn shrink(&self, step_size: f64) -> f64 {
        1.0 - 2.0 * self.ridge * step_size
    }

    /// 1 − 2λ f s of a group, 1 where the ridge does not act on it.
    fn shrink_of(&self, group: ParameterGroup, step_size: f64) -> f64 {
        if group.has_ridge { self.shrink(group.factor * step_size) } else { 1.0 }
    }

    /// √(4 s/β). (MMN print √(2 s/β), which is not the diffusion of their eq. 12: a factor 2 in β.)
    pub fn noise(&self, step_size: f64) -> f64 {
        (4.0 * step_size * self.temperature).sqrt()
    }

    /// By what a group's gradients are multiplied before it shrinks, so that θ is as the equation says after.
    pub fn gain(&self, group: ParameterGroup, step_size: f64) -> f64 {
        group.factor / self.shrink_of(group, step_size)
    }

    /// What a step does beside following the gradient: the ridge's shrinking of the weights, then the noise
    /// of step k, whose temperature has changed by a factor, from the stream of a seed.
    pub fn shrink_and_disturb(
        &self,
        weights: &mut Array2<f64>,
        [step_size, cooling]: [f64; 2],
        seed: u64,
        k: u64,
    ) {
        if self.ridge != 0.0 {
            for (c, mut column) in weights.columns_mut().into_iter().enumerate() {
                column *= self.shrink_of(self.groups.of_coordinate(self.unit, c), step_size);
            }
        }
        if self.temperature != 0.0 {
            let mut random = generator(seed, Purpose::Noise, k);
            let noises = self.noises(weights.ncols(), cooling * step_size);
            for mut row in weights.rows_mut() {
                row.iter_mut().zip(&noises).for_each(|(w, noise)| *w += noise * normal(&mut random));
            }
        }
    }

    /// √(4 f s/β) of each parameter of a neuron.
    fn noises(&self, parameters: usize, step_size: f64) -> Vec<f64> {
        let groups = (0..parameters).map(|c| self.groups.of_coordinate(self.unit, c));
        groups.map(|group| self.noise(group.factor * step_size)).collect()
    }
}
