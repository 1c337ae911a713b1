//! Tests of the expansion by pairs of degrees.

use super::noise::{NoiseContractions, SampleNoise};
use super::*;
use crate::activation::{Placement, Shape, Smooth, examples};
use crate::data::BlockClasses;
use crate::quadrature;
use crate::sphere;

const NEURON: [f64; 4] = [0.7, 0.3, 0.5, 0.9];

fn data() -> BlockClasses {
    BlockClasses::anisotropic(24, 8, 0.4).expect("valid")
}

fn classes() -> InputClasses {
    InputClasses::from(&data())
}

#[test]
fn polynomials_of_a_length_are_orthonormal() {
    for (dimension, degree) in [(1, 0), (1, 1), (8, 0), (8, 3), (260, 2)] {
        let rule = sphere::lengths(dimension, 16).expect("nodes");
        for (p, q) in [(0, 0), (1, 1), (2, 2), (0, 2), (1, 2)] {
            let product: f64 = rule
                .iter()
                .map(|(s, weight)| {
                    let values = radial_functions(dimension, degree, *s, 3);
                    weight * values[p] * values[q]
                })
                .sum();
            assert!((product - f64::from(p == q)).abs() < 1e-11, "{dimension} {degree} {p} {q}: {product}");
        }
    }
}

#[test]
fn squares_add_up_to_the_second_moment() {
    for sigma in examples::all() {
        let modes = BlockModes::new(&sigma, classes(), 12, 6);
        let neuron = modes.neuron(0, NEURON);
        let mut sum = 0.0;
        for pair in DegreePair::below(12, data().dimensions) {
            for order in modes.length_orders() {
                sum += (modes.factor(pair, order) * neuron.output(pair, order, [0; 4])).powi(2);
            }
        }
        let (square, _) = neuron.square();
        // What is left of Hermite's expansion beyond order 11: of kinks a tail that falls with a power of it.
        let tolerance = if sigma.kinks().is_empty() { 1e-2 } else { 4e-2 };
        assert!(
            (sum / square - 1.0).abs() < tolerance && sum < square * (1.0 + 1e-12),
            "{sigma:?}: {sum} {square}"
        );
    }
}

#[test]
fn derivatives_meet_differences() {
    let h = 1e-5;
    for sigma in examples::all() {
        let modes = BlockModes::new(&sigma, classes(), 4, 3);
        for (pair, order) in [(DegreePair([0, 0]), [1, 1]), (DegreePair([2, 1]), [0, 1])] {
            for by in [[0, 0, 0, 0], [0, 0, 1, 1], [0, 1, 1, 0], [1, 0, 0, 1], [0, 0, 2, 0]] {
                for k in 0..4 {
                    let value = |step: f64| {
                        let mut z = NEURON;
                        z[k] += step;
                        modes.neuron(1, z).output(pair, order, by)
                    };
                    let mut more = by;
                    more[k] += 1;
                    let found = modes.neuron(1, NEURON).output(pair, order, more);
                    let rise = (value(h) - value(-h)) / (2.0 * h);
                    let size = found.abs() + value(0.0).abs() + 1.0;
                    assert!(
                        (rise - found).abs() < 1e-5 * size,
                        "{sigma:?} {pair:?} {by:?} {k}: {rise} {found}"
                    );
                }
            }
        }
    }
}

/// E h f(⟨w, x⟩ + b, g₁ cos, g₂ cos, |g|) by brute force over lengths and angles.
fn brute(class: usize, f: impl Fn(f64, [f64; 2], [f64; 2]) -> f64) -> f64 {
    let scales = data().classes[class].scales;
    let nodes = LengthNode::rule(data().dimensions, 14).expect("nodes");
    let [first, second] = data().dimensions.map(|d| sphere::quadrature(d, 30).expect("nodes"));
    let mut sum = 0.0;
    for node in nodes {
        for (zeta, share) in &first {
            for (other, weight) in &second {
                let along = [node.lengths[0] * zeta, node.lengths[1] * other];
                let z = NEURON[1] + scales[0] * NEURON[2] * along[0] + scales[1] * NEURON[3] * along[1];
                sum += node.weight * share * weight * f(z, along, node.lengths);
            }
        }
    }
    sum
}

#[test]
fn noise_is_the_second_moment_of_the_gradient() {
    let weight =
        |lengths: [f64; 2]| 1.0 + 0.02 * lengths[0].powi(2) + 0.001 * (lengths[0] * lengths[1]).powi(2);
    for sigma in examples::all().into_iter().filter(|sigma| sigma.kinks().is_empty()) {
        let modes = BlockModes::new(&sigma, classes(), 4, 5);
        let nodes = LengthNode::rule(data().dimensions, 14).expect("nodes");
        let weights: Vec<f64> = nodes.iter().map(|node| weight(node.lengths)).collect();
        let contracted = NoiseContractions::new(&modes, &nodes, &weights);
        let found = SampleNoise::new(&modes, &modes.neuron(0, NEURON), &contracted);
        let [a, tau] = [[NEURON[0]; 2], data().classes[0].scales];
        let gradient = |z: f64, along: [f64; 2]| {
            let slope = a[0] * sigma.slope(z);
            [sigma.value(z), slope, slope * tau[0] * along[0], slope * tau[1] * along[1]]
        };
        for (k, row) in found.along.iter().enumerate() {
            for (l, found) in row.iter().enumerate() {
                let exact = brute(0, |z, along, lengths| {
                    let gradient = gradient(z, along);
                    weight(lengths) * gradient[k] * gradient[l]
                });
                assert!(
                    (found - exact).abs() < 1e-6 * (1.0 + exact.abs()),
                    "{sigma:?} {k} {l}: {found} {exact}"
                );
            }
        }
        for block in 0..2 {
            let exact = brute(0, |z, along, lengths| {
                let rest = lengths[block].powi(2) - along[block].powi(2);
                weight(lengths) * (a[0] * sigma.slope(z) * tau[block]).powi(2) * rest
            });
            let found = found.across[block];
            assert!((found - exact).abs() < 1e-6 * (1.0 + exact), "{sigma:?} {block}: {found} {exact}");
        }
    }
}

#[test]
fn means_are_those_of_the_activation() {
    for sigma in examples::all() {
        let found = GaussianMeans::new(&sigma, 0.3, 0.8, 3, 2);
        let kinks: Vec<f64> = sigma.kinks().iter().map(|t| (t - 0.3) / 0.8).collect();
        let square = quadrature::gaussian_expectation(&kinks, |g| sigma.value(0.3 + 0.8 * g).powi(2));
        assert!((found.output[0] - sigma.mean(0.3, 0.8)).abs() < 1e-11, "{sigma:?}");
        assert!((found.output[1] - sigma.mean_slope(0.3, 0.8)).abs() < 1e-11, "{sigma:?}");
        assert!((found.square[0] - square).abs() < 1e-11 * (1.0 + square), "{sigma:?}");
    }
}

#[test]
fn at_a_point_means_are_the_derivatives_themselves() {
    for gain in [1.0, 4.0, 40.0] {
        let place = Placement { height: 1.5, gain, offset: 0.2, constant: 0.1 };
        let sigma = Activation::Smooth(Smooth { shape: Shape::Tanh, place });
        let found = GaussianMeans::at_point(&sigma, 0.3 / gain, 9, 4);
        let t = 0.5f64.tanh();
        let slope = 1.0 - t * t;
        let exact = [1.5 * t + 0.1, 1.5 * slope, -3.0 * t * slope, 1.5 * slope * (6.0 * t * t - 2.0)];
        for (n, exact) in exact.iter().enumerate() {
            let exact = exact * gain.powi(n as i32);
            assert!((found.output[n] / exact - 1.0).abs() < 1e-7, "{gain} {n}: {} {exact}", found.output[n]);
        }
        assert!((found.square[1] - 2.0 * found.output[0] * found.output[1]).abs() < 1e-12 * gain);
        assert!(found.output[4].is_nan() && found.square[2].is_nan());
    }
}
