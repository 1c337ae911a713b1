//! Limits and networks as systems that the driver runs and observes: the loss as risk, the law of first-layer
//! weights, and for each hidden layer how far its neurons are apart.

pub mod coupled;
pub mod fluctuating;
pub mod limit;
pub mod network;

use meanfield_model::coordinates::Coordinates;
use meanfield_model::measure::Measure;
use meanfield_run::by_layer::LAYER_SPREADS;
use meanfield_run::system::{Observation, Scalar};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2};

use crate::engine::{Engine, Neurons, Points};
use crate::problem::DeepProblem;

/// Loss, spreads and law of neurons.
fn observe(problem: &DeepProblem, neurons: Neurons) -> Observation {
    let mut engine = Engine::new(problem.architecture.clone());
    let risk = engine.loss(neurons, Points::from(&*problem.data));
    let hidden = 1..problem.architecture.depth();
    let pre_activations: Vec<_> = hidden.map(|layer| engine.pre_activations(layer).clone()).collect();
    let scalars = spreads(&pre_activations, neurons.shares, problem.data.weights().view());
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

/// The spread of each hidden layer's pre-activations across its neurons: the root mean square over the inputs
/// (shares `inputs`) of the standard deviation. Pre-activations have the shape (inputs, neurons).
pub fn spreads(
    pre_activations: &[Array2<f64>],
    shares: &[Array1<f64>],
    inputs: ArrayView1<f64>,
) -> Vec<Scalar> {
    let layers = pre_activations.iter().zip(shares).zip(LAYER_SPREADS);
    layers
        .map(|((values, shares), quantity)| {
            let mean = values.dot(shares);
            let square = values.mapv(|h| h * h).dot(shares);
            let variance = (&square - &mean.mapv(|m| m * m)).mapv(|v| v.max(0.0));
            Scalar::new(quantity, variance.dot(&inputs).sqrt())
        })
        .collect()
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

    #[test]
    fn spreads_are_standard_deviations_over_neurons() {
        let values = [array![[1.0, 3.0], [5.0, 5.0]]];
        let found = spreads(&values, &[array![0.5, 0.5]], array![0.75, 0.25].view());
        assert!((found[0].value - 0.75_f64.sqrt()).abs() < 1e-15);
    }
}
