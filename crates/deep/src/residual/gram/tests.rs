//! Gram matrices beside closed forms and means over draws.

use meanfield_model::activation::{Activation, Placement, Shape, Smooth};
use meanfield_model::loss::Loss;
use meanfield_random::deviates::normal;
use meanfield_random::stream::{Purpose, generator};
use ndarray::{Array1, Axis, array};

use super::*;
use crate::activation::LayerActivation;
use crate::spectral::square_root;

fn smooth(shape: Shape) -> LayerActivation {
    LayerActivation::Other(Activation::Smooth(Smooth { shape, place: Placement::default() }))
}

fn architecture(depth: usize, shape: Shape) -> ResidualArchitecture {
    ResidualArchitecture::new(depth, smooth(shape), smooth(Shape::Tanh), Loss::Squared).expect("valid")
}

fn inputs() -> Array2<f64> {
    array![[1.0, 0.3, -0.5], [0.2, -1.5, 0.4], [1.1, 0.2, -0.3], [-0.7, 0.9, 1.3]]
}

#[test]
fn the_first_gram_of_erf_is_the_arcsine_kernel() {
    let grams = LimitGrams::new(&architecture(1, Shape::Erf), inputs().view(), 1.3, 1);
    let k = grams.matrix(0) * (1.3 * 1.3);
    for n in 0..4 {
        for other in 0..4 {
            let size = ((1.0 + 2.0 * k[[n, n]]) * (1.0 + 2.0 * k[[other, other]])).sqrt();
            let exact = std::f64::consts::FRAC_2_PI * (2.0 * k[[n, other]] / size).asin();
            let found = grams.matrix(1)[[n, other]];
            assert!((found - exact).abs() < 1e-9, "{n} {other}: {found} {exact}");
        }
    }
}

/// Means over draws of products of h₁(β_ℓ), and their standard errors.
fn drawn(grams: &LimitGrams, deviation: f64, draws: usize) -> [Vec<Array2<f64>>; 2] {
    let layers = grams.matrices().len() - 1;
    let roots: Vec<Array2<f64>> = grams.matrices().iter().map(|k| square_root(k) * deviation).collect();
    let mut random = generator(5, Purpose::Noise, 0);
    let mut sums = [vec![Array2::zeros((4, 4)); layers], vec![Array2::zeros((4, 4)); layers]];
    for _ in 0..draws {
        let mut features = Array1::zeros(4);
        for layer in 0..layers {
            let residuals = roots[layer].dot(&Array1::from_shape_simple_fn(4, || normal(&mut random)));
            features += &if layer == 0 { residuals } else { residuals.mapv(f64::tanh) };
            let values = features.mapv(f64::tanh).insert_axis(Axis(1));
            let products = values.dot(&values.t());
            sums[0][layer] += &products;
            sums[1][layer] += &products.mapv(|x| x * x);
        }
    }
    let count = draws as f64;
    let [means, squares] = sums;
    let means: Vec<Array2<f64>> = means.iter().map(|sum| sum / count).collect();
    let pairs = means.iter().zip(&squares);
    let errors = pairs.map(|(mean, square)| (square / count - mean * mean).mapv(|x| (x / count).sqrt()));
    let errors = errors.collect();
    [means, errors]
}

#[test]
fn grams_of_all_layers_are_means_over_paths() {
    let grams = LimitGrams::new(&architecture(4, Shape::Tanh), inputs().view(), 1.0, 4);
    let [means, errors] = drawn(&grams, 1.0, 100_000);
    for layer in 1..=4 {
        for ((mean, error), found) in means[layer - 1].iter().zip(&errors[layer - 1]).zip(grams.matrix(layer))
        {
            assert!((mean - found).abs() < 4.5 * error, "layer {layer}: {mean} ± {error}, {found}");
        }
    }
}

#[test]
fn equal_points_have_equal_entries() {
    // Points 0 and 1 are nearly the same: the series has to come to what the rule says of one point.
    let inputs = array![[1.0, 0.3], [1.0, 0.300001]];
    for layers in 1..=3 {
        let grams = LimitGrams::new(&architecture(3, Shape::Tanh), inputs.view(), 1.0, layers);
        let last = grams.matrix(layers);
        assert!((last[[0, 1]] - last[[0, 0]]).abs() < 2e-4, "layer {layers}: {last}");
    }
}

#[test]
fn products_of_slopes_are_means_over_paths() {
    let architecture = architecture(3, Shape::Tanh);
    let grams = LimitGrams::new(&architecture, inputs().view(), 1.0, 2);
    let roots: Vec<Array2<f64>> = grams.matrices().iter().map(square_root).collect();
    let mut random = generator(6, Purpose::Noise, 0);
    let normals: Vec<Array2<f64>> = roots
        .iter()
        .map(|root| root.dot(&Array2::from_shape_simple_fn((4, 100_000), || normal(&mut random))))
        .collect();
    let features = &normals[0] + &normals[1].mapv(f64::tanh) + normals[2].mapv(f64::tanh);
    let slope = |x: f64| 1.0 - x.tanh().powi(2);
    let functions = grams.slopes(&architecture);
    assert_eq!(functions.len(), 3);
    for (function, found) in functions {
        let values = match function {
            PathFunction::SlopeThrough { layer } => features.mapv(slope) * normals[layer - 1].mapv(slope),
            _ => features.mapv(slope),
        };
        let means = values.dot(&values.t()) / 1e5;
        // Functions are below 1: no standard error is above 1/(2 √draws).
        assert!((&means - &found).iter().all(|x| x.abs() < 4.5 * 0.5 / 1e5_f64.sqrt()), "{function:?}");
    }
}
