//! Steps of several samples, as the equation says: the mean of their gradients at the same weights.
//!
//! ```text
//!   θ_i ← (1 − 2λ s_k) θ_i − (s_k/B) Σ_j ∂₂ℓ(y_j, ŷ_j) ∇σ_*(x_j; θ_i) + √(4 s_k/β) g
//! ```
//! Products of matrices take the place of passes over the weights; a step is one after the other.

use meanfield_model::parameter_groups::ParameterGroup;
use meanfield_model::unit::Unit;
use ndarray::{Array1, Array2, ArrayView2, Axis, s};

use super::rule::Rule;
use super::training::{Batch, Engine};

/// A network whose steps take B samples each; of a batch of samples those of one step lie side by side.
#[derive(Clone)]
pub struct MiniBatch {
    rule: Rule,
    seed: u64,
    samples: usize,
    weights: Array2<f64>,
}

impl MiniBatch {
    /// A network of these parameters, shape (neuron, D), the number B of samples of a step, and the seed of
    /// its noise.
    pub fn new(rule: Rule, weights: Array2<f64>, samples: usize, seed: u64) -> Self {
        Self { rule, seed, samples, weights: weights.as_standard_layout().into_owned() }
    }

    /// The step of these samples, without ridge and noise: relative to what the ridge will leave.
    fn learn(&mut self, x: ArrayView2<f64>, labels: &[f64], step_size: f64) {
        let before = self.rule.unit.parameters(0); // a and b, where there are any
        let neurons = self.weights.nrows();
        let mut z = self.weights.slice(s![.., before..]).dot(&x.t()).as_standard_layout().into_owned();
        let output_weights = match self.rule.unit {
            Unit::Inner => Array1::ones(neurons),
            Unit::Affine => {
                z += &self.weights.slice(s![.., 1..2]);
                self.weights.column(0).to_owned()
            }
        };
        let [mut value, mut slope] = [0; 2].map(|_| Array2::zeros(z.dim()));
        if let (Some(z), Some(value), Some(slope)) =
            (z.as_slice(), value.as_slice_mut(), slope.as_slice_mut())
        {
            self.rule.activation.evaluate(z, value, slope);
        }
        let outputs = output_weights.dot(&value) / neurons as f64;
        let share = step_size / self.samples as f64;
        let pushes = labels.iter().zip(&outputs).map(|(y, output)| self.rule.push(share, *y, *output));
        let pushes: Array1<f64> = pushes.collect();
        // push_j a_i σ'(z_ij)
        let mut gains = slope;
        gains *= &pushes;
        gains *= &output_weights.insert_axis(Axis(1));
        let groups = self.rule.groups;
        let gain = |group: ParameterGroup| self.rule.gain(group, step_size);
        let mut inner = self.weights.slice_mut(s![.., before..]);
        inner.scaled_add(gain(groups.w), &gains.dot(&x));
        if self.rule.unit == Unit::Affine {
            let mut offsets = self.weights.column_mut(1);
            offsets.scaled_add(gain(groups.b), &gains.sum_axis(Axis(1)));
            let mut output_weights = self.weights.column_mut(0);
            output_weights.scaled_add(gain(groups.a), &value.dot(&pushes));
        }
    }
}

impl Engine for MiniBatch {
    fn train(&mut self, batch: &Batch) {
        let samples = batch.x.axis_chunks_iter(Axis(0), self.samples).zip(batch.y.chunks(self.samples));
        for (step, ((x, y), step_size)) in samples.zip(batch.step_sizes).enumerate() {
            // ŷ and ∇σ_* are those of θ_k: the gradient comes first.
            self.learn(x, y, *step_size);
            let lengths = [*step_size, batch.cooling_at(step)];
            self.rule.shrink_and_disturb(&mut self.weights, lengths, self.seed, batch.first + step as u64);
        }
    }

    fn weights(&self) -> Array2<f64> {
        self.weights.clone()
    }

    fn block(&self) -> usize {
        1
    }

    fn fork(&self) -> Box<dyn Engine> {
        Box::new(self.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::super::sequential::Sequential;
    use super::*;
    use meanfield_model::activation::{Activation, PiecewiseLinear};
    use meanfield_model::loss::Loss;
    use meanfield_model::parameter_groups::ParameterGroups;
    use ndarray::array;

    fn rule(unit: Unit) -> Rule {
        let sigma = PiecewiseLinear::new(vec![[0.5, -2.5], [1.5, 7.5]]).expect("valid");
        let activation = Activation::PiecewiseLinear(sigma);
        let slow = ParameterGroup { factor: 0.3, has_ridge: false };
        let groups = ParameterGroups { b: slow, ..ParameterGroups::default() };
        Rule { activation, loss: Loss::Squared, unit, ridge: 0.1, temperature: 0.3, groups }
    }

    #[test]
    fn a_batch_moves_by_the_mean_of_its_samples_steps() {
        let x = array![[1.0, 0.5], [0.3, 1.2], [-0.7, 0.8]];
        let y = [1.0, -1.0, 1.0];
        let inner = array![[0.9, 0.1], [0.4, 0.8], [-1.0, 0.2]];
        let affine = array![[0.5, 0.2, 0.9, 0.1], [1.5, -0.3, 0.4, 0.8], [-0.7, 0.6, -1.0, 0.2]];
        for (unit, weights) in [(Unit::Inner, inner), (Unit::Affine, affine)] {
            let mut batch = MiniBatch::new(rule(unit), weights.clone(), 3, 7);
            batch.train(&Batch { x: x.view(), y: &y, step_sizes: &[0.05], cooling: &[0.5], first: 4 });
            let mut mean = Array2::<f64>::zeros(weights.dim());
            for k in 0..3 {
                let mut one = Sequential::new(rule(unit), weights.clone(), 7);
                let x = x.slice(s![k..=k, ..]);
                one.train(&Batch { x, y: &y[k..=k], step_sizes: &[0.05], cooling: &[0.5], first: 4 });
                mean += &(one.weights() / 3.0);
            }
            // The same ridge and the same noise of step 4; rounding.
            assert!((&batch.weights() - &mean).iter().all(|e| e.abs() < 1e-14), "{unit:?}");
        }
    }
}
