//! Exact identities of the engine: gradients, duplicated neurons, tagged neurons.

use std::sync::Arc;

use meanfield_deep::activation::LayerActivation;
use meanfield_deep::architecture::{Architecture, LayerSchedule};
use meanfield_deep::atoms::Atoms;
use meanfield_deep::data::DataPoints;
use meanfield_deep::engine::{Engine, Neurons, Points, squared_gradients};
use meanfield_model::activation::{Activation, Placement, Shape, Smooth};
use meanfield_model::loss::Loss;
use ndarray::{Array1, Array2, Axis, concatenate};

/// Numbers that look random, the same ones every time.
fn numbers(count: usize, from: usize) -> Vec<f64> {
    (from..from + count).map(|k| 1.7 * (12.9898 * (k as f64 + 1.0)).sin()).collect()
}

fn data() -> DataPoints {
    let inputs = Array2::from_shape_vec((7, 2), numbers(14, 100)).expect("as many");
    let weights = Array1::from_iter(numbers(7, 40).into_iter().map(|x| x * x + 0.1));
    let sum = weights.sum();
    DataPoints::new(inputs, numbers(7, 300).into(), weights / sum).expect("valid")
}

fn architecture(depth: usize, loss: Loss) -> Arc<Architecture> {
    let place = Placement { offset: 0.3, ..Placement::default() };
    let tanh = LayerActivation::Other(Activation::Smooth(Smooth { shape: Shape::Tanh, place }));
    let mut activations = vec![tanh; depth - 1];
    activations.push(LayerActivation::Identity);
    Arc::new(Architecture::new(activations, loss, vec![LayerSchedule::PLAIN; depth]).expect("valid"))
}

/// Atoms of unequal shares, in layers of these widths.
fn atoms(widths: &[usize]) -> Atoms {
    let all: Vec<usize> = [2].iter().chain(widths).chain(&[1]).copied().collect();
    let weights = all.windows(2).enumerate().map(|(i, pair)| {
        let drawn = numbers(pair[0] * pair[1], 1000 * (i + 1));
        Array2::from_shape_vec((pair[0], pair[1]), drawn).expect("as many")
    });
    let shares = widths.iter().map(|width| {
        let shares = Array1::from_iter(numbers(*width, 7).into_iter().map(|x| x * x + 0.05));
        let sum = shares.sum();
        shares / sum
    });
    Atoms::new(weights.collect(), shares.collect()).expect("they fit")
}

fn gradient(engine: &mut Engine, atoms: &Atoms, data: &DataPoints) -> Vec<Array2<f64>> {
    let mut gradients: Vec<Array2<f64>> =
        atoms.weights.iter().map(|matrix| Array2::zeros(matrix.dim())).collect();
    let mut views: Vec<_> = gradients.iter_mut().map(|matrix| matrix.view_mut()).collect();
    let neurons = Neurons { weights: &atoms.views(), shares: &atoms.shares };
    engine.gradient(neurons, Points::from(data), &mut views);
    gradients
}

fn loss(engine: &mut Engine, atoms: &Atoms, data: &DataPoints) -> f64 {
    engine.loss(Neurons { weights: &atoms.views(), shares: &atoms.shares }, Points::from(data))
}

/// Share of a row or column of a layer's weights.
fn share(atoms: &Atoms, layer: usize, index: usize) -> f64 {
    if layer == 0 || layer > atoms.shares.len() { 1.0 } else { atoms.shares[layer - 1][index] }
}

#[test]
fn gradients_are_differences_of_the_loss_over_shares() {
    let data = data();
    for loss_kind in [Loss::Squared, Loss::Huber { threshold: 9.0 }, Loss::Welsch { scale: 1.3 }] {
        for widths in [&[5][..], &[4, 3], &[3, 4, 2], &[3, 2, 3, 2]] {
            let mut engine = Engine::new(architecture(widths.len() + 1, loss_kind));
            let atoms = atoms(widths);
            let gradients = gradient(&mut engine, &atoms, &data);
            for (i, gradient) in gradients.iter().enumerate() {
                for ((row, column), g) in gradient.indexed_iter() {
                    let step = 1e-4;
                    let mut moved = atoms.clone();
                    let mut shifted = [-2.0, -1.0, 1.0, 2.0].map(|side: f64| {
                        moved.weights[i][[row, column]] = atoms.weights[i][[row, column]] + side * step;
                        loss(&mut engine, &moved, &data)
                    });
                    shifted[0] -= shifted[3];
                    shifted[2] -= shifted[1];
                    let slope = (8.0 * shifted[2] + shifted[0]) / (12.0 * step);
                    let expected = share(&atoms, i, row) * share(&atoms, i + 1, column) * g;
                    // Rounding of the loss over the step; the rule's own error is of fourth order.
                    assert!((slope - expected).abs() < 1e-11, "{widths:?} {i} {slope} {expected}");
                }
            }
        }
    }
}

/// Every neuron of an inner layer twice, with half its share.
fn duplicated(atoms: &Atoms, layer: usize) -> Atoms {
    let mut twice = atoms.clone();
    let [into, out] = [&atoms.weights[layer - 1], &atoms.weights[layer]];
    twice.weights[layer - 1] = concatenate![Axis(1), into.view(), into.view()];
    twice.weights[layer] = concatenate![Axis(0), out.view(), out.view()];
    let half = &atoms.shares[layer - 1] * 0.5;
    twice.shares[layer - 1] = concatenate![Axis(0), half.view(), half.view()];
    twice
}

#[test]
fn duplicating_a_layer_changes_nothing() {
    let data = data();
    let widths = [4, 3, 5];
    let mut engine = Engine::new(architecture(4, Loss::Huber { threshold: 0.5 }));
    let atoms = atoms(&widths);
    let outputs = engine.outputs(&atoms, data.inputs().view());
    let gradients = gradient(&mut engine, &atoms, &data);
    for layer in 1..=3 {
        let twice = duplicated(&atoms, layer);
        let other = engine.outputs(&twice, data.inputs().view());
        assert!((&outputs - &other).iter().all(|e| e.abs() < 1e-14), "layer {layer}");
        for (i, found) in gradient(&mut engine, &twice, &data).iter().enumerate() {
            for ((row, column), g) in found.indexed_iter() {
                let (rows, columns) = gradients[i].dim();
                let expected = gradients[i][[row % rows, column % columns]];
                assert!((g - expected).abs() < 1e-14, "layer {layer}: {g} {expected}");
            }
        }
    }
}

#[test]
fn tagged_neurons_feel_and_do_not_act() {
    let data = data();
    let widths = [4, 3, 5];
    let mut engine = Engine::new(architecture(4, Loss::Squared));
    let atoms = atoms(&widths);
    let outputs = engine.outputs(&atoms, data.inputs().view());
    let gradients = gradient(&mut engine, &atoms, &data);
    for layer in 1..=3 {
        // The second copy of each neuron loses its share to the first.
        let mut tagged = duplicated(&atoms, layer);
        let width = widths[layer - 1];
        tagged.shares[layer - 1].iter_mut().skip(width).for_each(|q| *q = 0.0);
        tagged.shares[layer - 1].iter_mut().take(width).for_each(|q| *q *= 2.0);
        assert_eq!(engine.outputs(&tagged, data.inputs().view()), outputs, "layer {layer}");
        for (i, found) in gradient(&mut engine, &tagged, &data).iter().enumerate() {
            for ((row, column), g) in found.indexed_iter() {
                let (rows, columns) = gradients[i].dim();
                let expected = gradients[i][[row % rows, column % columns]];
                assert!((g - expected).abs() < 1e-14, "layer {layer}: {g} {expected}");
            }
        }
    }
}

#[test]
fn the_loss_falls_by_the_squared_gradients() {
    let data = data();
    let mut engine = Engine::new(architecture(3, Loss::Squared));
    let atoms = atoms(&[4, 3]);
    let gradients = gradient(&mut engine, &atoms, &data);
    let views: Vec<_> = gradients.iter().map(|matrix| matrix.view()).collect();
    let rate: f64 = squared_gradients(&views, &atoms.shares).iter().sum();
    let mut after = [-1e-4, 1e-4].map(|time: f64| {
        let mut moved = atoms.clone();
        for (weights, gradient) in moved.weights.iter_mut().zip(&gradients) {
            weights.scaled_add(-time, gradient);
        }
        loss(&mut engine, &moved, &data)
    });
    after[1] -= after[0];
    let slope = after[1] / 2e-4;
    // Central difference: third derivative times 1e-8.
    assert!((slope + rate).abs() < 1e-6 * rate, "{slope} {rate}");
}
