//! Training samples by counters, as the kernels draw them: pairs of normal deviates by Box and Muller, keyed
//! by (seed, step, pair). The pair after the last one draws the class, the next one the noise of the label.
//! The noise of a step is keyed by (seed, step, pair) too, of all pairs of the network's parameters.

use std::f64::consts::TAU;

use meanfield_model::mixture::{Component, Mixture};
use meanfield_particle::sampler::Samples;
use meanfield_random::counter::{open_uniform, words};
use meanfield_random::stream::Purpose;
use ndarray::{Array2, ArrayViewMut1};

use crate::trainer::Shape;

/// A seed, and what its samples are for.
pub type Source = (u64, Purpose);

/// The samples of `count` steps, of which the first follows `first` others.
pub fn draw(shape: &Shape, source: Source, first: u64, count: usize) -> Samples {
    let mut x = Array2::zeros((count, shape.data.dimension()));
    let steps = first..first + count as u64;
    let y = steps.zip(x.rows_mut()).map(|(step, row)| draw_sample(shape, source, step, row)).collect();
    Samples { x, y }
}

/// Draws one sample into `x`, and returns its label.
fn draw_sample(shape: &Shape, source: Source, step: u64, mut x: ArrayViewMut1<f64>) -> f64 {
    let (data, (seed, purpose)) = (&shape.data, source);
    let class = class(data, source, step);
    let blocks = data.blocks().zip(&class.scales);
    for (j, scale) in blocks.flat_map(|(block, scale)| block.map(move |j| (j, scale))) {
        x[j] = scale * normals(words(seed, purpose, step, (j / 2) as u32))[j % 2];
    }
    let label = class.label.value(&[]);
    if shape.label_noise == 0.0 {
        return label;
    }
    let pairs = data.dimension().div_ceil(2) as u32;
    label + shape.label_noise * normals(words(seed, purpose, step, pairs + 1))[0]
}

/// Normal deviates of the noise of a step, for parameters of this shape: those of a neuron in pairs.
pub fn noise(seed: u64, step: u64, shape: (usize, usize)) -> Array2<f64> {
    let pairs = shape.1.div_ceil(2);
    Array2::from_shape_fn(shape, |(neuron, parameter)| {
        let index = (neuron * pairs + parameter / 2) as u32;
        normals(words(seed, Purpose::Noise, step, index))[parameter % 2]
    })
}

/// The class of a sample.
fn class(data: &Mixture, (seed, purpose): Source, step: u64) -> &Component {
    let pairs = data.dimension().div_ceil(2);
    let [lower, upper, ..] = words(seed, purpose, step, pairs as u32);
    let level = open_uniform([lower, upper]);
    let passed = class_ends(data).iter().filter(|end| level >= **end).count();
    &data.components[passed]
}

/// Where the classes end on [0, 1), without the last.
pub(crate) fn class_ends(data: &Mixture) -> Vec<f64> {
    let mut end = 0.0;
    let ends = data.components.iter().map(|class| {
        end += class.weight;
        end
    });
    ends.take(data.components.len() - 1).collect()
}

/// Two normal deviates from four words.
fn normals(words: [u32; 4]) -> [f64; 2] {
    let radius = (-2.0 * open_uniform([words[0], words[1]]).ln()).sqrt();
    let (sine, cosine) = (TAU * open_uniform([words[2], words[3]])).sin_cos();
    [radius * cosine, radius * sine]
}

#[cfg(test)]
mod tests {
    use super::*;
    use meanfield_model::data::BlockClasses;
    use meanfield_particle::finite_network::Precision;

    #[test]
    fn samples_have_the_law_of_the_data() {
        let data = BlockClasses::anisotropic(7, 3, 0.6).expect("valid").into();
        let shape = Shape { data, ..Shape::figure_1(1, 7, Precision::Double) };
        let samples = draw(&shape, (3, Purpose::Data), 1 << 33, 100_000);
        for (label, scales) in [(1.0, [1.6, 1.0]), (-1.0, [0.4, 1.0])] {
            let rows: Vec<_> =
                samples.x.rows().into_iter().zip(&samples.y).filter(|(_, y)| **y == label).collect();
            let count = rows.len() as f64;
            assert!((count / 1e5 - 0.5).abs() < 5.0 * 0.5 / 1e5_f64.sqrt());
            for j in 0..7 {
                let scale: f64 = scales[usize::from(j >= 3)];
                let mean = rows.iter().map(|(x, _)| x[j]).sum::<f64>() / count;
                let square = rows.iter().map(|(x, _)| x[j] * x[j]).sum::<f64>() / count;
                let fourth = rows.iter().map(|(x, _)| x[j].powi(4)).sum::<f64>() / count;
                // Standard errors τ/√n, τ²√(2/n) and τ⁴√(96/n); five of them.
                assert!(mean.abs() < 5.0 * scale / count.sqrt(), "{j}: {mean}");
                let error = scale.powi(2) * (2.0 / count).sqrt();
                assert!((square - scale.powi(2)).abs() < 5.0 * error, "{j}: {square}");
                let error = scale.powi(4) * (96.0 / count).sqrt();
                assert!((fourth - 3.0 * scale.powi(4)).abs() < 5.0 * error, "{j}: {fourth}");
            }
        }
    }

    #[test]
    fn coordinates_are_uncorrelated_and_steps_differ() {
        let data = BlockClasses::anisotropic(4, 3, 0.0).expect("valid").into();
        let shape = Shape { data, ..Shape::figure_1(1, 4, Precision::Double) };
        let samples = draw(&shape, (3, Purpose::Data), 0, 100_000);
        for i in 0..4 {
            for j in 0..i {
                let product = samples.x.column(i).dot(&samples.x.column(j)) / 1e5;
                assert!(product.abs() < 5.0 / 1e5_f64.sqrt(), "{i} {j}: {product}");
            }
        }
        assert_eq!(draw(&shape, (3, Purpose::Data), 10, 5).x, samples.x.slice(ndarray::s![10..15, ..]));
        assert_ne!(draw(&shape, (4, Purpose::Data), 10, 5).x, samples.x.slice(ndarray::s![10..15, ..]));
    }
}
