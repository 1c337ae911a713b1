//! Draws from the data model and from the initial law.

use meanfield_model::data::GaussianClasses;
use meanfield_model::initial::Initial;
use ndarray::Array2;
use rand::{Rng, RngExt};
use rand_distr::{Distribution, StandardNormal};

use crate::stream::{Purpose, generator};

/// Samples drawn together; block `j` of a stream holds samples j·BLOCK … (j+1)·BLOCK − 1.
pub const BLOCK: usize = 256;

/// A block of samples.
#[derive(Clone, Debug, PartialEq)]
pub struct Samples {
    /// Inputs, shape (sample, d).
    pub x: Array2<f64>,
    /// Labels.
    pub y: Vec<f64>,
}

/// Block `block` of the stream `(seed, purpose)`.
pub fn block(data: &GaussianClasses, seed: u64, purpose: Purpose, block: u64) -> Samples {
    let mut random = generator(seed, purpose, block);
    let (mut x, mut y) = (Array2::zeros((BLOCK, data.dimension)), Vec::with_capacity(BLOCK));
    for mut row in x.rows_mut() {
        let (label, scale) = draw_class(data, &mut random);
        row.mapv_inplace(|_| scale * normal(&mut random));
        y.push(label);
    }
    Samples { x, y }
}

/// (label, scale) of a class drawn by its weight.
fn draw_class(data: &GaussianClasses, random: &mut impl Rng) -> (f64, f64) {
    let mut level: f64 = random.random();
    for class in &data.classes {
        if level < class.weight {
            return (class.label, class.scale);
        }
        level -= class.weight;
    }
    let last = data.classes[data.classes.len() - 1];
    (last.label, last.scale)
}

/// Weights at k = 0, shape (neuron, d).
pub fn initial_weights(initial: &Initial, neurons: usize, dimension: usize, seed: u64) -> Array2<f64> {
    let Initial::Gaussian { scale } = initial;
    let deviation = scale / (dimension as f64).sqrt();
    let mut random = generator(seed, Purpose::InitialWeights, 0);
    Array2::from_shape_simple_fn((neurons, dimension), || deviation * normal(&mut random))
}

pub(crate) fn normal(random: &mut impl Rng) -> f64 {
    StandardNormal.sample(random)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_class_has_its_share_and_its_scale() {
        let data = GaussianClasses::isotropic(8, 0.6).expect("valid");
        let (mut count, mut squares) = ([0.0_f64; 2], [0.0_f64; 2]);
        for index in 0..400 {
            let samples = block(&data, 3, Purpose::Data, index);
            for (x, y) in samples.x.rows().into_iter().zip(&samples.y) {
                let class = usize::from(*y < 0.0);
                count[class] += 1.0;
                squares[class] += x.dot(&x) / 8.0;
            }
        }
        let total = count[0] + count[1];
        // Binomial standard error of a share: ½/√n; of a mean square: τ²√(2/(8n)). Five of them.
        assert!((count[0] / total - 0.5).abs() < 5.0 * 0.5 / f64::sqrt(total));
        for (class, variance) in [(0, 2.56_f64), (1, 0.16)] {
            let error = variance * f64::sqrt(2.0 / (8.0 * count[class]));
            assert!((squares[class] / count[class] - variance).abs() < 5.0 * error, "class {class}");
        }
    }

    #[test]
    fn the_start_has_the_scale_asked_for() {
        let weights = initial_weights(&Initial::Gaussian { scale: 0.8 }, 4000, 40, 1);
        let mean_square = weights.iter().map(|w| w * w).sum::<f64>() / 4000.0;
        // Var |w|² = 2 κ⁴/d: standard error κ²√(2/(40·4000)); five of them.
        assert!((mean_square - 0.64).abs() < 5.0 * 0.64 * f64::sqrt(2.0 / 160_000.0), "{mean_square}");
    }
}
