//! Pairs from the tables against the trapezoid rule, and across the seams of the tables.

use super::*;
use crate::activation::{Activation, examples};

#[test]
fn pairs_meet_quadrature() {
    let scales = [0.0, 1e-3, 0.4, 3.0, 11.0, 70.0, 1e4, 1e9];
    for sigma in examples::all() {
        let Activation::Smooth(sigma) = sigma else { continue };
        if sigma.shape == Shape::Cosine {
            continue;
        }
        for inputs in [
            (0..8).map(|i: usize| Input { offset: 0.0, scale: scales[i] }).collect::<Vec<_>>(),
            (0..6)
                .map(|i: usize| Input { offset: 15.0 * (i as f64 + 0.3).cos(), scale: scales[i] })
                .collect(),
        ] {
            let pairs = NoisyPairs::new(&sigma, &inputs);
            let count = inputs.len();
            let cosine = |k: usize| [1.0, 0.999999, -0.98, 0.3, -1.0][k % 5];
            for (i, j, cosine) in (0..count * count).map(|k| (k / count, k % count, cosine(k))) {
                let first = inputs[i];
                let other = inputs[j];
                let exact = sigma.pair(first, other, cosine);
                let size = |input: Input| {
                    (sigma.place.height.abs() + sigma.place.constant.abs())
                        * (1.0 + input.offset.abs() + input.scale)
                };
                let error = (pairs.pair(i, j, cosine) - exact).abs() / (size(first) * size(other));
                // The table's 1e-12.
                assert!(error < 1e-12, "{sigma:?} {first:?} {other:?} {cosine}: {error:.1e}");
            }
        }
    }
}

#[test]
fn a_mean_with_noise_is_continuous_between_tables_and_panels() {
    for shape in Shape::ALL.into_iter().filter(|shape| *shape != Shape::Cosine) {
        let sigma = Smooth { shape, place: Placement::default() };
        for noise in [0.0, 1e-3, 0.4, 1.0 - 1e-12, 1.0, 1.7, 30.0, 1e5] {
            let mean = Mean::new(shape, noise);
            for v in [0.0, 0.3, 0.75, -1.49, 2.9, -4.5, 5.9, -7.0, 11.0, 23.0, -47.9, 48.1, 300.0] {
                let exact = sigma.mean(v * mean.width, noise);
                let error = (mean.value(v * mean.width) - exact).abs() / (mean.width * (1.0 + v.abs()));
                // The table's 1e-12.
                assert!(error < 1e-12, "{shape:?} s={noise} v={v}: {error:.1e}");
            }
        }
    }
}
