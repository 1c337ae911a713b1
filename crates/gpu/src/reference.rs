//! What every trainer is held against: the sequential engine on the same samples, on the processor.

use meanfield_model::activation::Activation;
use meanfield_model::loss::Loss;
use meanfield_model::parameter_groups::ParameterGroups;
use meanfield_particle::engine::{Batch, Engine, Rule, Sequential};
use meanfield_random::stream::Purpose;
use ndarray::{Array2, ArrayView1, s};

use crate::samples;
use crate::trainer::{Losses, Shape, Slice, Step};

/// The weights, shape (neuron, D), that the sequential engine makes of `start` on the samples of a seed, the
/// noise of steps being added to what it has made of each.
pub fn sequential(shape: &Shape, start: &Array2<f64>, seed: u64, steps: &[Step]) -> Array2<f64> {
    let drawn = samples::draw(shape, (seed, Purpose::Data), 0, steps.len());
    let mut weights = start.clone();
    // Without noise of its own all steps are one batch.
    let together = if shape.is_disturbed { 1 } else { steps.len() };
    for first in (0..steps.len()).step_by(together) {
        let place = first..first + together;
        let sizes: Vec<f64> = steps[place.clone()].iter().map(|step| 0.5 * step.push).collect();
        let mut engine = Sequential::new(rule(shape, steps[first]), weights, 0);
        let x = drawn.x.slice(s![place.clone(), ..]);
        engine.train(&Batch { x, y: &drawn.y[place], step_sizes: &sizes, cooling: &[], first: 0 });
        weights = engine.weights();
        if shape.is_disturbed {
            let deviates = samples::noise(seed, first as u64, weights.dim());
            weights.scaled_add(steps[first].noise, &deviates);
        }
    }
    weights
}

/// The rule of a step, but for its noise.
fn rule(shape: &Shape, step: Step) -> Rule {
    Rule {
        activation: Activation::PiecewiseLinear(shape.sigma.clone()),
        loss: Loss::Squared,
        unit: shape.unit,
        ridge: (1.0 - step.shrink) / step.push,
        temperature: 0.0,
        groups: ParameterGroups::default(),
    }
}

/// The losses of a network with these weights, shape (neuron, D), on the samples of a slice.
pub fn losses(shape: &Shape, weights: &Array2<f64>, seed: u64, slice: &Slice) -> Losses {
    let drawn = samples::draw(shape, (seed, slice.purpose), slice.first, slice.steps.len());
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
