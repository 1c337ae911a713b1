//! What limits and networks report of their neurons: the loss as risk, for each layer how far its neurons are
//! apart, how many directions they span and what keeps them moving, the law of first-layer weights, and the
//! laws of pre-activations at chosen inputs. How neurons move is not known here.

use meanfield_model::coordinates::Coordinates;
use meanfield_model::measure::Measure;
use meanfield_run::by_layer::{self, LAYER_DIMENSIONS, LAYER_GRADIENTS, LAYER_SPREADS};
use meanfield_run::quantities::GRADIENT_ANYWHERE;
use meanfield_run::quantity::Quantity;
use meanfield_run::system::{FurtherLaw, Observation, Scalar};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2};

use crate::engine::{Engine, Neurons, Points};
use crate::optimality::{largest_gradient_anywhere, largest_gradients};
use crate::problem::DeepProblem;
use crate::statistics::{effective_dimension, spread};

/// Loss, curves by layer and law of neurons.
pub fn observe(problem: &DeepProblem, neurons: Neurons) -> Observation {
    let mut engine = Engine::new(problem.architecture.clone());
    let mut gradients: Vec<Array2<f64>> =
        neurons.weights.iter().map(|matrix| Array2::zeros(matrix.dim())).collect();
    let mut views: Vec<_> = gradients.iter_mut().map(|gradient| gradient.view_mut()).collect();
    let risk = engine.gradient(neurons, Points::from(&*problem.data), &mut views);
    let mut scalars = by_hidden_layer(problem, &engine, neurons, &LAYER_SPREADS, spread);
    scalars.extend(by_hidden_layer(problem, &engine, neurons, &LAYER_DIMENSIONS, effective_dimension));
    let largest = largest_gradients(&gradients, neurons.shares);
    let of_layers = LAYER_GRADIENTS.iter().zip(&largest);
    scalars.extend(of_layers.map(|(quantity, value)| Scalar::new(quantity, *value)));
    let at_probes = largest_gradient_anywhere(&engine, &problem.data, neurons.shares);
    let anywhere = largest.first().copied().unwrap_or(0.0).max(at_probes);
    scalars.push(Scalar::new(GRADIENT_ANYWHERE, anywhere));
    let law = law_of_first_layer(neurons.weights[0], neurons.shares[0].view());
    Observation { risk, scalars, law }
}

/// A number of the pre-activations of a hidden layer: of H, shape (points, n), the shares of its neurons and
/// the weights of the points.
type LayerStatistic = fn(&Array2<f64>, &Array1<f64>, ArrayView1<f64>) -> f64;

/// A statistic of each hidden layer, as these quantities, where the engine has computed pre-activations.
fn by_hidden_layer(
    problem: &DeepProblem,
    engine: &Engine,
    neurons: Neurons,
    quantities: &'static [&'static Quantity],
    statistic: LayerStatistic,
) -> Vec<Scalar> {
    let weights = problem.data.weights();
    let layers = neurons.shares.iter().zip(1..).zip(quantities);
    let scalars = layers.map(|((shares, layer), quantity)| {
        let value = statistic(engine.pre_activations(layer), shares, weights.view());
        Scalar::new(quantity, value)
    });
    scalars.collect()
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

/// The joint laws of H_i at the observed inputs over the neurons of each layer i = 1 … L; that of layer L is
/// one atom, the output before φ_L. None where no inputs are observed.
pub fn laws_of_pre_activations(problem: &DeepProblem, neurons: Neurons) -> Vec<FurtherLaw> {
    let inputs = &problem.observed_inputs;
    if inputs.is_empty() {
        return Vec::new();
    }
    let mut engine = Engine::new(problem.architecture.clone());
    engine.forward(neurons, inputs.view());
    let output = Array1::ones(1);
    let shares = neurons.shares.iter().chain([&output]);
    let laws = shares.zip(1..).map(|(shares, layer)| {
        law_at_inputs(by_layer::pre_activations(layer), inputs, engine.pre_activations(layer), shares)
    });
    laws.collect()
}

/// The joint law of what neurons of these shares answer, shape (inputs, neurons), to inputs of shape
/// (inputs, d).
pub fn law_at_inputs(
    name: String,
    inputs: &Array2<f64>,
    answers: &Array2<f64>,
    shares: &Array1<f64>,
) -> FurtherLaw {
    let points = answers.t().as_standard_layout().into_owned();
    FurtherLaw {
        name,
        coordinates: (1..=inputs.nrows()).map(|number| format!("input_{number}")).collect(),
        inputs: Some(inputs.clone()),
        measure: Measure::Atoms { points, weights: shares.clone() },
    }
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
