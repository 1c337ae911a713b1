//! Engines: how SGD steps are computed. Every engine gives the same weights as [`Sequential`], which does
//! one sample after the other as the equation says and is the reference for all.

use meanfield_model::activation::Activation;
use meanfield_model::loss::Loss;
use ndarray::{Array2, ArrayView2, Axis};

/// A run of consecutive samples with their step sizes.
pub struct Batch<'a> {
    /// Inputs, shape (sample, d).
    pub x: ArrayView2<'a, f64>,
    /// Labels.
    pub y: &'a [f64],
    /// s_k of each.
    pub step_sizes: &'a [f64],
}

/// Trains a network, one sample after the other.
pub trait Engine: Send {
    /// Applies the steps of `batch`, in order, to `weights` of shape (neuron, d).
    fn train(&mut self, activation: &Activation, loss: Loss, weights: &mut Array2<f64>, batch: &Batch);
}

/// One sample at a time; neurons with σ' = 0 are left alone. The instruction set is chosen at run time;
/// on one instruction set the bits are always the same (sums are ordered by its vector length).
#[derive(Default)]
pub struct Sequential {
    arch: pulp::Arch,
    z: Vec<f64>,
    value: Vec<f64>,
    slope: Vec<f64>,
}

impl Engine for Sequential {
    fn train(&mut self, activation: &Activation, loss: Loss, weights: &mut Array2<f64>, batch: &Batch) {
        let neurons = weights.nrows();
        for buffer in [&mut self.z, &mut self.value, &mut self.slope] {
            buffer.resize(neurons, 0.0);
        }
        let samples = batch.x.axis_iter(Axis(0)).zip(batch.y).zip(batch.step_sizes);
        for ((x, y), step_size) in samples {
            if let (Some(x), Some(weights)) = (x.as_slice(), weights.as_slice_mut()) {
                let Self { arch, z, value, slope } = self;
                let sample = (x, *y);
                arch.dispatch(Step {
                    activation,
                    loss,
                    weights,
                    sample,
                    step_size: *step_size,
                    z,
                    value,
                    slope,
                });
            }
        }
    }
}

/// One step, MMN (3) with any loss, and its buffers.
struct Step<'a> {
    activation: &'a Activation,
    loss: Loss,
    weights: &'a mut [f64],
    /// (x, y).
    sample: (&'a [f64], f64),
    step_size: f64,
    z: &'a mut [f64],
    value: &'a mut [f64],
    slope: &'a mut [f64],
}

impl pulp::WithSimd for Step<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, simd: S) {
        let Self { activation, loss, weights, sample: (x, y), step_size, z, value, slope } = self;
        for (z, w) in z.iter_mut().zip(weights.chunks_exact(x.len())) {
            *z = dot(simd, w, x);
        }
        activation.evaluate(z, value, slope);
        let output = sum(simd, value) / value.len() as f64;
        let push = -step_size * loss.slope(y, output);
        for (slope, w) in slope.iter().zip(weights.chunks_exact_mut(x.len())) {
            if *slope != 0.0 {
                w.iter_mut().zip(x).for_each(|(w, x)| *w += push * slope * x);
            }
        }
    }
}

/// Σ a_i b_i in two vectors of running sums.
#[inline(always)]
fn dot<S: pulp::Simd>(simd: S, a: &[f64], b: &[f64]) -> f64 {
    let ((a, a_rest), (b, b_rest)) = (S::as_simd_f64s(a), S::as_simd_f64s(b));
    let mut sums = [simd.splat_f64s(0.0); 2];
    let (a_pairs, b_pairs) = (a.chunks_exact(2), b.chunks_exact(2));
    for (a, b) in a_pairs.remainder().iter().zip(b_pairs.remainder()) {
        sums[0] = simd.mul_f64s(*a, *b);
    }
    for (a, b) in a_pairs.zip(b_pairs) {
        sums[0] = simd.mul_add_f64s(a[0], b[0], sums[0]);
        sums[1] = simd.mul_add_f64s(a[1], b[1], sums[1]);
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    simd.reduce_sum_f64s(simd.add_f64s(sums[0], sums[1])) + rest
}

/// Σ a_i in one vector of running sums.
#[inline(always)]
fn sum<S: pulp::Simd>(simd: S, a: &[f64]) -> f64 {
    let (a, rest) = S::as_simd_f64s(a);
    let sums = a.iter().fold(simd.splat_f64s(0.0), |sums, a| simd.add_f64s(sums, *a));
    simd.reduce_sum_f64s(sums) + rest.iter().sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use meanfield_model::activation::{PiecewiseLinear, Placement, Shape, Smooth};
    use ndarray::array;

    fn sigmas() -> [Activation; 2] {
        let kinked = PiecewiseLinear::new(vec![[0.5, -2.5], [1.5, 7.5]]).expect("valid");
        let smooth = Smooth { shape: Shape::Tanh, place: Placement { height: 2.0, gain: 1.0, offset: 0.5 } };
        [Activation::PiecewiseLinear(kinked), Activation::Smooth(smooth)]
    }

    /// The equation as printed, with ndarray and no buffers.
    fn textbook(
        (sigma, loss): (&Activation, Loss),
        weights: &Array2<f64>,
        x: &ndarray::Array1<f64>,
        y: f64,
        s: f64,
    ) -> Array2<f64> {
        let z = weights.dot(x);
        let output = z.mapv(|z| sigma.value(z)).mean().expect("neurons");
        let push = if loss == Loss::Squared { 2.0 * s * (y - output) } else { -s * loss.slope(y, output) };
        let mut next = weights.clone();
        for (mut w, z) in next.rows_mut().into_iter().zip(&z) {
            w.scaled_add(push * sigma.slope(*z), x);
        }
        next
    }

    #[test]
    fn a_step_is_the_equation() {
        let weights = array![[0.9, 0.1, -0.3], [0.4, 0.8, 0.2], [-1.0, 0.2, 0.1], [2.0, 2.0, 2.0]];
        let x = array![[1.0, 0.5, -0.2], [0.3, 1.2, 0.4]];
        let (y, step_sizes) = ([1.0, -1.0], [0.05, 0.02]);
        for sigma in sigmas() {
            for loss in Loss::ALL {
                let (mut trained, mut exact) = (weights.clone(), weights.clone());
                let batch = Batch { x: x.view(), y: &y, step_sizes: &step_sizes };
                Sequential::default().train(&sigma, loss, &mut trained, &batch);
                for k in 0..2 {
                    exact = textbook((&sigma, loss), &exact, &x.row(k).to_owned(), y[k], step_sizes[k]);
                }
                assert!((&trained - &exact).iter().all(|e| e.abs() < 1e-15), "{trained}\n{exact}");
                assert_ne!(trained.row(0), weights.row(0));
            }
        }
    }
}
