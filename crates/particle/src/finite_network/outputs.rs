//! What a network answers to inputs: the mean of its neurons' outputs. Nothing here trains or observes.

use meanfield_model::activation::Activation;
use meanfield_model::unit::{Neurons, Unit};
use ndarray::{Array2, ArrayView1};

/// A network as a function of inputs.
pub struct Outputs {
    outer: Vec<f64>,
    offsets: Vec<f64>,
    /// Shape (d, neuron).
    weights: Array2<f64>,
}

impl Outputs {
    /// The network of these parameters, shape (neuron, D).
    pub fn new(unit: Unit, parameters: &Array2<f64>) -> Self {
        let Neurons { outer, offsets, weights } = unit.neurons(parameters.view());
        Self { outer, offsets, weights: weights.t().to_owned() }
    }

    /// f_N at inputs of shape (sample, d).
    pub fn on(&self, activation: &Activation, inputs: &Array2<f64>) -> Vec<f64> {
        let seen = inputs.dot(&self.weights);
        seen.rows().into_iter().map(|z| self.mean(activation, z)).collect()
    }

    /// The mean of a σ(z + b) over the neurons.
    fn mean(&self, activation: &Activation, z: ArrayView1<f64>) -> f64 {
        let neurons = z.iter().zip(&self.outer).zip(&self.offsets);
        let outputs = neurons.map(|((z, a), b): ((&f64, &f64), &f64)| a * activation.value(z + b));
        outputs.sum::<f64>() / z.len() as f64
    }
}
