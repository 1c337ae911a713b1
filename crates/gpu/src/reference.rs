//! What every trainer is held against: the sequential engine on the same samples, on the processor.

use meanfield_model::activation::Activation;
use meanfield_model::loss::Loss;
use meanfield_model::parameter_groups::ParameterGroups;
use meanfield_particle::engine::{Batch, Engine, Rule, Sequential};
use meanfield_random::stream::Purpose;
use ndarray::{Array2, ArrayView1, s};

use crate::samples;
use crate::trainer::{Losses, Shape, Slice};

/// The weights, shape (neuron, D), that the sequential engine makes of `start` on the samples of a seed;
/// `pushes` are 2 s_k.
pub fn sequential(shape: &Shape, start: &Array2<f64>, seed: u64, pushes: &[f64]) -> Array2<f64> {
    let rule = Rule {
        activation: Activation::PiecewiseLinear(shape.sigma.clone()),
        loss: Loss::Squared,
        unit: shape.unit,
        ridge: 0.0,
        temperature: 0.0,
        groups: ParameterGroups::default(),
    };
    let step_sizes: Vec<f64> = pushes.iter().map(|push| 0.5 * push).collect();
    let drawn = samples::draw(&shape.data, (seed, Purpose::Data), 0, pushes.len());
    let mut engine = Sequential::new(rule, start.clone(), 0);
    engine.train(&Batch { x: drawn.x.view(), y: &drawn.y, step_sizes: &step_sizes, cooling: &[], first: 0 });
    engine.weights()
}

/// The losses of a network with these weights, shape (neuron, D), on the samples of a slice.
pub fn losses(shape: &Shape, weights: &Array2<f64>, seed: u64, slice: &Slice) -> Losses {
    let drawn = samples::draw(&shape.data, (seed, slice.purpose), slice.first, slice.pushes.len());
    let outer = shape.unit.outer();
    let mut losses = Losses::default();
    for (x, label) in drawn.x.rows().into_iter().zip(&drawn.y) {
        let neuron = |w: ArrayView1<f64>| match outer {
            0 => shape.sigma.value(w.dot(&x)),
            _ => w[0] * shape.sigma.value(w[1] + w.slice(s![2..]).dot(&x)),
        };
        let output = weights.rows().into_iter().map(neuron).sum::<f64>() / weights.nrows() as f64;
        losses.push((label - output).powi(2));
    }
    losses
}
