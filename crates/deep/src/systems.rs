//! Limits and networks as systems that the driver runs and observes: the loss as risk, the law of first-layer
//! weights, and for each hidden layer how far its neurons are apart.

pub mod coupled;
pub mod fluctuating;
pub mod limit;
pub mod network;
pub mod residual;

use meanfield_model::coordinates::Coordinates;
use meanfield_model::measure::Measure;
use meanfield_run::by_layer::LAYER_SPREADS;
use meanfield_run::system::{Observation, Scalar};
use ndarray::{Array2, ArrayView1, ArrayView2};

use crate::engine::{Engine, Neurons, Points};
use crate::problem::DeepProblem;
use crate::statistics::spread;

/// Multiplications in a stride: a fraction of a second.
const STRIDE: f64 = 2e8;

/// Loss, spreads and law of neurons.
fn observe(problem: &DeepProblem, neurons: Neurons) -> Observation {
    let mut engine = Engine::new(problem.architecture.clone());
    let risk = engine.loss(neurons, Points::from(&*problem.data));
    let hidden = neurons.shares.iter().zip(1..).zip(LAYER_SPREADS);
    let scalars = hidden.map(|((shares, layer), quantity)| {
        let spread = spread(engine.pre_activations(layer), shares, problem.data.weights().view());
        Scalar::new(quantity, spread)
    });
    let scalars = scalars.collect();
    let law = law_of_first_layer(neurons.weights[0], neurons.shares[0].view());
    Observation { risk, scalars, law }
}

/// The law of the weights of the first layer, shape (d, neurons), in its coordinates: the weights where
/// inputs have few coordinates, their length where they have many.
pub fn law_of_first_layer(weights: ArrayView2<f64>, shares: ArrayView1<f64>) -> Measure {
    let coordinates = Coordinates::of_inputs(weights.nrows());
    let mut points = Array2::zeros((weights.ncols(), coordinates.names().len()));
    for (neuron, mut point) in weights.columns().into_iter().zip(points.rows_mut()) {
        let neuron = neuron.to_vec();
        coordinates.project(&neuron, point.as_slice_mut().expect("a row of its own"));
    }
    Measure::Atoms { points, weights: shares.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn laws_have_the_coordinates_that_inputs_leave() {
        let few = law_of_first_layer(array![[1.0, 2.0], [3.0, 4.0]].view(), array![0.25, 0.75].view());
        assert_eq!(few.atoms().expect("atoms").0, &array![[1.0, 3.0], [2.0, 4.0]]);
        let many = law_of_first_layer(Array2::from_elem((4, 1), 2.0).view(), array![1.0].view());
        assert_eq!(many.atoms().expect("atoms").0, &array![[4.0]]);
    }
}
