//! Pairs of nearly parallel neurons against quadrature, and their limits.

use super::*;
use crate::activation::{Activation, examples};
use crate::finite_network::pair_by_quadrature;

const SCALES: [f64; 9] = [1e-9, 1e-3, 0.04, 0.21, 0.77, 0.7701, 2.9, 40.0, 1e4];

/// Centred ones, and some off the centre: near one another, on a knot, far out.
fn inputs() -> impl Iterator<Item = Input> {
    let centred = SCALES.map(|scale| Input { offset: 0.0, scale });
    let away = [(0.5, 1e-3), (0.3, 0.77), (-0.29, 0.8), (7.0, 2.9)];
    centred.into_iter().chain(away.map(|(offset, scale)| Input { offset, scale }))
}

/// Size of the terms of a neuron of this input.
fn terms(sigma: &PiecewiseLinear, input: Input) -> f64 {
    sigma.terms(input.scale + input.offset.abs())
}

fn kinked() -> impl Iterator<Item = (Activation, PiecewiseLinear)> {
    examples::all().into_iter().filter_map(|sigma| match &sigma {
        Activation::PiecewiseLinear(kinked) => Some((sigma.clone(), kinked.clone())),
        _ => None,
    })
}

#[test]
fn pairs_meet_quadrature() {
    for (sigma, kinked) in kinked() {
        for (input, other) in inputs().flat_map(|input| inputs().map(move |other| (input, other))) {
            let first = Hinged::new(&kinked, input);
            let second = Hinged::new(&kinked, other);
            for angle in [1e-6, 1e-4, 3e-3, 0.02, 0.1, 0.3, 0.45, LEAST_COSINE.acos()] {
                let cosine = f64::cos(angle);
                for (second, cosine) in [(&second, cosine), (&second.reflected(), -cosine)] {
                    let found = first.pair(second, cosine.abs());
                    let exact = pair_by_quadrature(&sigma, input, other, cosine);
                    // Rounding of σ's terms; the polynomial leaves 19⁻⁸ sin³θ/12 of it.
                    let size = terms(&kinked, input) * terms(&kinked, other);
                    let error = (found - exact).abs() / size;
                    assert!(error < 1e-12, "{sigma:?} {input:?} {other:?} {cosine}: {error:.1e}");
                }
            }
        }
    }
}

#[test]
fn parallel_neurons_and_those_at_rest_have_their_limits() {
    for (sigma, kinked) in kinked() {
        for input in inputs() {
            let Input { offset, scale } = input;
            let neuron = Hinged::new(&kinked, input);
            let square = sigma.second_moment(offset, scale);
            let size = terms(&kinked, input).powi(2);
            for gap in [0.0, 1e-16, 1e-12] {
                let error = neuron.pair(&neuron, 1.0 - gap) - square;
                // The slope in the cosine is below the square of σ's largest slope times S².
                assert!(error.abs() < 1e-14 * size + gap * size, "{sigma:?} {input:?} {gap}: {error:.1e}");
            }
            let still = Hinged::new(&kinked, Input { offset, scale: 0.0 }).pair(&neuron, 0.9);
            let error = still - sigma.value(offset) * sigma.mean(offset, scale);
            assert!(error.abs() < 1e-13 * size, "{sigma:?} {input:?}: {error:.1e}");
        }
    }
}
